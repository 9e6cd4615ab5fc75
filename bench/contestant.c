// bench/contestant.c - see contestant.h.
#include "bench/contestant.h"

#include "bench/naming.h"
#include "datasets/sampling.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 64, PART_BYTES = 64 << 10, WHOLE_BYTES = PARTS * PART_BYTES };

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length > tail && strcmp(name + length - tail, end) == 0;
}

static int is_part_of_model(const struct dirent *entry)
{
    const char *name = entry->d_name;
    return name[0] != '.' && (ends_with(name, ".safetensors") || ends_with(name, ".json") ||
                              ends_with(name, ".jinja"));
}

/// Appends "NAME BYTES SHA-256" of one file.
static distill_status add_file(distill_text *out, const char *dir, const char *name)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0}, sample = {0};
    distill_mapping file = {0};
    char hex[DISTILL_SHA256_HEX];
    TRY(distill_path_join(&path, dir, name));
    if (distill_is_directory(path.bytes))
        goto done;
    TRY(distill_file_map(&file, path.bytes));
    const char *bytes = (const char *)file.bytes;
    if (file.length <= WHOLE_BYTES) {
        TRY(distill_sha256_bytes(hex, bytes, file.length));
    } else {
        size_t stride = (file.length - PART_BYTES) / (PARTS - 1);
        for (size_t i = 0; i < PARTS; i++)
            TRY(distill_text_append(&sample, bytes + i * stride, PART_BYTES));
        TRY(distill_sha256_bytes(hex, sample.bytes, sample.length));
    }
    TRY(distill_text_printf(out, "%s %zu %s\n", name, file.length, hex));
done:
    distill_file_unmap(&file);
    distill_text_free(&sample);
    distill_text_free(&path);
    return status;
}

distill_status contestant_fingerprint(char hex[DISTILL_SHA256_HEX], const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_text list = {0};
    struct dirent **entries = NULL;
    int count = scandir(dir, &entries, is_part_of_model, alphasort);
    if (count < 0)
        return distill_fail_errno(DISTILL_IO, "%s: cannot be read", dir);
    for (int i = 0; i < count; i++)
        TRY(add_file(&list, dir, entries[i]->d_name));
    TRY(distill_sha256_bytes(hex, list.bytes, list.length));
done:
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    distill_text_free(&list);
    return status;
}

/// The last part of a path: "out/student/" is "student".
static distill_span last_part(distill_span path)
{
    while (path.length > 1 && path.bytes[path.length - 1] == '/')
        path.length--;
    size_t slash = distill_span_find_last(path, distill_span_of("/"));
    if (slash == SIZE_MAX || path.length == 1)
        return path;
    return (distill_span){path.bytes + slash + 1, path.length - slash - 1};
}

static bool is_address(distill_span value)
{
    return distill_span_find(value, distill_span_of("http://"), 0) == 0 ||
           distill_span_find(value, distill_span_of("https://"), 0) == 0;
}

distill_status contestant_open(contestant *out, const char *word)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0};
    distill_span name, value;
    *out = (contestant){0};
    naming_split(&name, &value, word);
    if (is_address(value))
        return distill_fail(DISTILL_UNSUPPORTED,
                            "--model %s: a model behind a server cannot be measured by this "
                            "version (give the directory of its checkpoint)",
                            word);
    if (name.length == 0)
        name = last_part(value);
    if (value.length == 0 || name.length == 0)
        return distill_fail(DISTILL_USAGE, "--model %s: expected NAME=DIR, DIR or builtin", word);
    TRY(naming_folder(&folder, name));
    TRY(distill_copy_string(&out->name, name.bytes, name.length));
    TRY(distill_copy_string(&out->folder, folder.bytes, folder.length));
    TRY(sampling_model_dir(&out->dir, value.bytes));
    if (!distill_is_directory(out->dir.bytes))
        TRY(distill_fail(DISTILL_IO,
                         "--model %s: %s is not a directory (expected a Hugging Face checkpoint: "
                         "config.json, tokenizer.json, model.safetensors)",
                         word, out->dir.bytes));
    TRY(contestant_fingerprint(out->fingerprint, out->dir.bytes));
done:
    distill_text_free(&folder);
    if (status != DISTILL_OK)
        contestant_close(out);
    return status;
}

void contestant_close(contestant *model)
{
    distill_free(model->name);
    distill_free(model->folder);
    distill_text_free(&model->dir);
    *model = (contestant){0};
}
