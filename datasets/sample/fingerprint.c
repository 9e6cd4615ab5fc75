// datasets/sample/fingerprint.c - fingerprints. Of a checkpoint: the hash of a list of its files
// with their hashes. Of a prompt set: a hash chain, in which each prompt is hashed together with
// the hash of the prompts before it.
#include "datasets/sample/fingerprint.h"

#include "distill/base/file.h"

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

distill_status model_fingerprint(char hex[DISTILL_SHA256_HEX], const char *dir)
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

/// Appends the length of a text and the text, so that moving a byte from one text to the next
/// changes the hash.
static distill_status add_text(distill_text *out, distill_span text)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, "%zu:", text.length));
    TRY(distill_text_add_span(out, text));
done:
    return status;
}

distill_status prompts_fingerprint(char hex[DISTILL_SHA256_HEX], const prompt_set *prompts)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    hex[0] = '\0';
    TRY(distill_text_add(&text, ""));
    for (size_t i = 0; i < prompt_set_count(prompts); i++) {
        const prompt_record *record = prompt_set_at(prompts, i);
        distill_text_clear(&text);
        TRY(distill_text_add(&text, hex));
        TRY(add_text(&text, record->id));
        TRY(add_text(&text, record->prompt));
        TRY(add_text(&text, record->answer));
        if (record->messages.length > 0)
            TRY(add_text(&text, record->messages));
        if (record->extra.length > 0)
            TRY(add_text(&text, record->extra));
        TRY(distill_sha256_bytes(hex, text.bytes, text.length));
    }
    if (prompt_set_count(prompts) == 0)
        TRY(distill_sha256_bytes(hex, "", 0));
done:
    distill_text_free(&text);
    return status;
}
