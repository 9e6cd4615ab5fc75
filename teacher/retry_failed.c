// teacher/retry_failed.c - copies the traces that did not fail into a second store, and swaps the
// two.
#include "teacher/retry_failed.h"

#include "datasets/traces/shard/trace_reader.h"
#include "distill/base/file.h"
#include "distill/base/hash_map.h"
#include "distill/base/json/json_reader.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_MANIFEST_BYTES = 1 << 28 };
static const char FOLDER[] = ".retry";

distill_status retry_failed_count(uint64_t *failed, const char *output)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    distill_json *doc = NULL;
    size_t errors = 0;
    *failed = 0;
    TRY(distill_path_join(&path, output, "manifest.json"));
    if (!distill_file_exists(path.bytes))
        goto done;
    TRY(distill_json_read(&doc, path.bytes, MOST_MANIFEST_BYTES));
    const distill_json_node *counts = distill_json_member(distill_json_root(doc), "counts");
    TRY(distill_json_get_size_or(&errors, doc, counts, "errors", 0, SIZE_MAX / 2, 0));
    *failed = errors;
done:
    distill_json_free(doc);
    distill_text_free(&path);
    return status;
}

distill_status retry_failed_forget(const char *output)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    TRY(distill_path_join(&path, output, FOLDER));
    TRY(distill_remove_all(path.bytes));
done:
    distill_text_free(&path);
    return status;
}

// ---- copying ------------------------------------------------------------------------------------

/// Maps the id of each prompt to its number, from 1.
static distill_status number_prompts(distill_hash_map *numbers, const prompt_set *prompts)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < prompt_set_count(prompts); i++) {
        uint64_t *number = NULL;
        TRY(distill_hash_map_insert(&number, numbers,
                                    distill_hash_bytes(0, prompt_set_at(prompts, i)->id)));
        *number = i + 1;
    }
done:
    return status;
}

static distill_status copy_trace(trace_store *store, const trace_record *record,
                                 const distill_hash_map *numbers, size_t samples)
{
    distill_status status = DISTILL_OK;
    uint64_t number = distill_hash_map_get(numbers, distill_hash_bytes(0, record->id));
    if (record->finish == TRACE_FINISH_ERROR || trace_store_has(store, record->id, record->sample))
        return DISTILL_OK;
    if (number == 0 || record->sample < 0 || (size_t)record->sample >= samples)
        TRY(distill_fail(DISTILL_FORMAT, "trace %.*s, sample %d: no such prompt in --prompts",
                         (int)record->id.length, record->id.bytes, record->sample));
    TRY(trace_store_append(store, record, (number - 1) * samples + (uint64_t)record->sample));
done:
    return status;
}

static distill_status copy_good_traces(trace_store *store, const char *output,
                                       const prompt_set *prompts, size_t samples)
{
    distill_status status = DISTILL_OK;
    trace_reader *traces = NULL;
    distill_hash_map numbers = {0};
    trace_record record;
    TRY(number_prompts(&numbers, prompts));
    TRY(trace_reader_open(&traces, output));
    for (size_t i = 0; i < trace_reader_count(traces); i++) {
        TRY(trace_reader_read(traces, i, &record));
        TRY(copy_trace(store, &record, &numbers, samples));
    }
    TRY(trace_store_sync(store));
done:
    trace_reader_close(traces);
    distill_hash_map_free(&numbers);
    return status;
}

distill_status retry_failed_open(trace_store **out, const char *output,
                                 const trace_store_settings *settings, const prompt_set *prompts,
                                 size_t samples)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    trace_store *store = NULL;
    *out = NULL;
    TRY(distill_path_join(&path, output, FOLDER));
    TRY(trace_store_open(&store, path.bytes, settings));
    if (!trace_store_is_finished(store))
        TRY(copy_good_traces(store, output, prompts, samples));
    *out = store;
    store = NULL;
done:
    trace_store_close(store);
    distill_text_free(&path);
    return status;
}

// ---- the swap -----------------------------------------------------------------------------------

static int is_shard(const struct dirent *entry)
{
    unsigned number;
    int length = 0;
    return sscanf(entry->d_name, "shard-%9u.h5%n", &number, &length) == 1 &&
           entry->d_name[length] == '\0';
}

static distill_status move_file(const char *to, const char *from, const char *name)
{
    distill_status status = DISTILL_OK;
    distill_text source = {0}, target = {0};
    TRY(distill_path_join(&source, from, name));
    TRY(distill_path_join(&target, to, name));
    if (rename(source.bytes, target.bytes) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s", target.bytes));
done:
    distill_text_free(&source);
    distill_text_free(&target);
    return status;
}

static distill_status move_shards(const char *to, const char *from)
{
    distill_status status = DISTILL_OK;
    struct dirent **entries = NULL;
    int count = scandir(from, &entries, is_shard, alphasort);
    if (count < 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s", from));
    for (int i = 0; i < count; i++)
        TRY(move_file(to, from, entries[i]->d_name));
done:
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return status;
}

distill_status retry_failed_complete(const char *output)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0}, manifest = {0}, old = {0};
    TRY(distill_path_join(&folder, output, FOLDER));
    TRY(distill_path_join(&manifest, folder.bytes, "manifest.json"));
    TRY(distill_path_join(&old, output, "manifest.json"));
    if (!distill_file_exists(manifest.bytes))
        goto done;
    TRY(distill_remove_all(old.bytes));
    TRY(distill_sync_directory(output));
    TRY(move_shards(output, folder.bytes)); // each replaces the old one with its number
    TRY(distill_sync_directory(output));
    TRY(move_file(output, folder.bytes, "manifest.json"));
    TRY(distill_sync_directory(output));
    TRY(retry_failed_forget(output));
done:
    distill_text_free(&folder);
    distill_text_free(&manifest);
    distill_text_free(&old);
    return status;
}

distill_status retry_failed_recover(const char *output)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0}, path = {0};
    int lock = -1;
    TRY(distill_path_join(&folder, output, FOLDER));
    if (!distill_is_directory(folder.bytes))
        goto done;
    TRY(distill_path_join(&path, output, ".lock"));
    TRY(distill_lock_take(&lock, path.bytes));
    TRY(retry_failed_complete(output));
done:
    distill_lock_release(&lock);
    distill_text_free(&folder);
    distill_text_free(&path);
    return status;
}
