// student/data_key.c - hashes the content of sources and the settings of their reading.
//
// Spellings of paths do not count: the same data under another name are the same.
#include "student/data_key.h"

#include "distill/base/file.h"
#include "distill/base/options/version.h"
#include "distill/base/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

distill_status data_spec_split(distill_text *path, double *weight, const char *spec)
{
    distill_status status = DISTILL_OK;
    const char *colon = strrchr(spec, ':');
    bool builtin = strncmp(spec, "builtin:", 8) == 0;
    size_t colons = 0;
    char *end = NULL;
    for (const char *c = spec; *c != '\0'; c++)
        colons += *c == ':';
    *weight = 1;
    distill_text_clear(path);
    TRY(distill_text_add(path, spec));
    if (colon == NULL || colon[1] == '\0' || distill_file_exists(spec) || (builtin && colons < 3))
        goto done;
    double value = strtod(colon + 1, &end);
    if (*end != '\0')
        goto done;
    if (!isfinite(value) || value <= 0 || value > 1e6)
        TRY(distill_fail(DISTILL_USAGE, "--data %s: the weight must be above 0 (and at most 1e6)",
                         spec));
    *weight = value;
    distill_text_clear(path);
    TRY(distill_text_append(path, spec, (size_t)(colon - spec)));
done:
    return status;
}

static distill_status add_content(distill_text *out, const char *path)
{
    distill_status status = DISTILL_OK;
    char sum[DISTILL_SHA256_HEX];
    distill_text manifest = {0};
    if (strncmp(path, "builtin:", 8) == 0) {
        TRY(distill_text_add(out, path));
        goto done;
    }
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
        // a pipe can be read only once, and not to hash it: it is new each time
        TRY(distill_text_printf(out, "pipe of process %ld at %.6f", (long)getpid(),
                                distill_now_s()));
        goto done;
    }
    if (distill_is_directory(path)) {
        TRY(distill_path_join(&manifest, path, "manifest.json"));
        path = manifest.bytes;
    }
    TRY(distill_sha256_file(sum, path));
    TRY(distill_text_add(out, sum));
done:
    distill_text_free(&manifest);
    return status;
}

/// Appends a text that may be absent, with its length.
static distill_status add_setting(distill_text *out, const char *text)
{
    if (text == NULL)
        return distill_text_add(out, "\n-");
    return distill_text_printf(out, "\n%zu:%s", strlen(text), text);
}

distill_status data_key(char key[DISTILL_SHA256_HEX], const distill_string_list *specs,
                        const training_reading *reading)
{
    distill_status status = DISTILL_OK;
    distill_text all = {0}, path = {0};
    double weight;
    bool skips = reading->skipped != NULL && reading->skipped->allowed;
    TRY(distill_text_printf(&all, "%s %d %d %d %zu", DISTILL_VERSION, (int)reading->learned,
                            (int)reading->turns, (int)skips, reading->vocabulary));
    TRY(add_setting(&all, distill_tokenizer_sha256(reading->tokenizer)));
    TRY(add_setting(&all, distill_chat_name(reading->chat)));
    TRY(add_setting(&all, reading->system));
    TRY(add_setting(&all, reading->prompt_template));
    for (size_t i = 0; i < specs->count; i++) {
        TRY(data_spec_split(&path, &weight, specs->at[i]));
        TRY(distill_text_printf(&all, "\n%a ", weight));
        TRY(add_content(&all, path.bytes));
    }
    TRY(distill_sha256_bytes(key, all.bytes, all.length));
done:
    distill_text_free(&all);
    distill_text_free(&path);
    return status;
}
