// datasets/traces/trace_store_resume.c - opens a store: creates the output, resumes an unfinished
// one or recognises a finished one.
//
// An unfinished output is its journal: the head frames give the settings, which must be the same,
// and the complete shards; the other frames are the traces that are in no complete shard. A shard
// without a head frame, complete or not, is removed and written again, with the same content. A
// finished output is its manifest: settings and sizes of the shards are checked, the shards are not
// read.
#include "datasets/traces/shard/shard_file.h"
#include "datasets/traces/trace_frame.h"
#include "datasets/traces/trace_store_state.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/skipped_lines.h"

#include <string.h>

static distill_status copy_settings(trace_store *store, const trace_store_settings *settings)
{
    distill_status status = DISTILL_OK;
    const char *teacher = settings->teacher != NULL ? settings->teacher : "";
    const char *sha256 = settings->tokenizer_sha256 != NULL ? settings->tokenizer_sha256 : "";
    const char *json = settings->settings_json != NULL ? settings->settings_json : "{}";
    store->settings = *settings;
    TRY(distill_copy_string(&store->teacher, teacher, strlen(teacher)));
    TRY(distill_copy_string(&store->tokenizer_sha256, sha256, strlen(sha256)));
    TRY(distill_copy_string(&store->settings_json, json, strlen(json)));
    store->settings.teacher = store->teacher;
    store->settings.tokenizer_sha256 = store->tokenizer_sha256;
    store->settings.settings_json = store->settings_json;
    if (store->settings.shard_traces == 0)
        store->settings.shard_traces = 10000;
    if (store->settings.compression_level == 0)
        store->settings.compression_level = 3;
done:
    return status;
}

static const char *const FILES[] = {"shard-#.h5", SKIPPED_LINES_FILE, "manifest.json"};

static const distill_output_kind TRACES = {
    .record = "manifest.json",
    .record_member = "settings",
    .finished_file = "manifest.json",
    .files = FILES,
    .file_count = sizeof FILES / sizeof *FILES,
};

distill_status trace_store_remove(trace_store *store)
{
    distill_status status = DISTILL_OK;
    TRY(journal_remove(store->output.path));
    TRY(distill_output_clear(&store->output));
done:
    return status;
}

// --- replay --------------------------------------------------------------------------------------

static distill_status replay_head(trace_store *store, distill_span payload)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    manifest_shard shard = {0};
    size_t number = 0;
    TRY(distill_json_parse(&doc, payload.bytes, payload.length, "journal"));
    if (distill_json_member(distill_json_root(doc), "settings") != NULL) {
        TRY(manifest_compare_settings(doc, &store->settings, store->output.path));
        store->has_head = true;
    } else {
        TRY(manifest_read_sealed(&shard, &number, doc));
        TRY(trace_store_add_sealed(store, &shard, number));
    }
done:
    distill_json_free(doc);
    return status;
}

static distill_status replay_frame(void *context, journal_place place, distill_span payload)
{
    distill_status status = DISTILL_OK;
    trace_store *store = context;
    trace_record record;
    uint64_t order = 0;
    if (place.kind == JOURNAL_HEAD)
        return replay_head(store, payload);
    if (place.kind != JOURNAL_TRACE && place.kind != JOURNAL_TRACE_4)
        return distill_fail(DISTILL_FORMAT,
                            "%s: a journal of another version of the program; finish the run with "
                            "that version, or --overwrite starts afresh",
                            store->output.path);
    TRY(trace_frame_decode(&record, &order, payload, trace_store_frame_form(place)));
    // the trace is in a complete shard, or its frame came twice
    if (order < store->sealed_end || distill_hash_set_has(&store->orders, order))
        goto done;
    TRY(trace_store_remember(store, &record, order));
    TRY(trace_store_add_pending(store, order, place));
done:
    return status;
}

/// Drops the traces that were replayed before the head frame of their shard.
static void drop_sealed(trace_store *store)
{
    size_t kept = 0;
    for (size_t i = 0; i < store->pending_count; i++)
        if (store->pending[i].order >= store->sealed_end)
            store->pending[kept++] = store->pending[i];
    store->pending_count = kept;
}

/// Enters the keys of the traces in sealed shards. Errors  those of opening a shard; FORMAT if one
/// has changed.
static distill_status read_sealed_keys(trace_store *store)
{
    distill_status status = DISTILL_OK;
    shard_file *shard = NULL;
    distill_text path = {0};
    for (size_t i = 0; i < store->sealed.count; i++) {
        char name[32];
        manifest_shard_name(name, i);
        TRY(distill_path_join(&path, store->output.path, name));
        TRY(shard_file_open(&shard, path.bytes));
        if (shard_file_count(shard) != store->sealed.at[i].info.traces)
            TRY(distill_fail(DISTILL_FORMAT,
                             "%s: changed since it was written; --overwrite starts "
                             "afresh",
                             path.bytes));
        for (uint64_t row = 0; row < shard_file_count(shard); row++) {
            distill_span id;
            int32_t sample = 0;
            bool added = false;
            TRY(shard_file_read_key(shard, row, &id, &sample));
            TRY(distill_hash_set_insert(&added, &store->keys, trace_store_key(id, sample)));
        }
        shard_file_close(shard);
        shard = NULL;
    }
done:
    shard_file_close(shard);
    distill_text_free(&path);
    return status;
}

/// Removes the shard that was renamed but not entered in the journal, and temporary files.
static distill_status remove_unsealed(trace_store *store)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    char name[32];
    manifest_shard_name(name, store->sealed.count);
    TRY(distill_path_join(&path, store->output.path, name));
    TRY(distill_remove_all(path.bytes));
    TRY(distill_output_remove_unfinished(&store->output));
done:
    distill_text_free(&path);
    return status;
}

static distill_status write_head(trace_store *store)
{
    distill_status status = DISTILL_OK;
    journal_place place;
    distill_json_writer w = {.out = &store->scratch};
    distill_text_clear(&store->scratch);
    distill_json_begin_object(&w, NULL);
    manifest_add_settings(&w, &store->settings);
    distill_json_end_object(&w);
    TRY(distill_json_finish(&w));
    TRY(journal_append(store->log, &place, JOURNAL_HEAD, distill_text_span(&store->scratch)));
    TRY(journal_sync(store->log));
done:
    return status;
}

static distill_status open_unfinished(trace_store *store)
{
    distill_status status = DISTILL_OK;
    TRY(journal_open(&store->log, store->output.path, 0, replay_frame, store));
    drop_sealed(store);
    TRY(remove_unsealed(store));
    TRY(read_sealed_keys(store));
    if (!store->has_head)
        TRY(write_head(store));
done:
    return status;
}

/// Checks that a shard of a finished output is there and has its size; `distill show --verify`
/// reads the content.
static distill_status check_shard(const trace_store *store, size_t number)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    char name[32];
    uint64_t expected = store->sealed.at[number].info.bytes, bytes = 0;
    manifest_shard_name(name, number);
    TRY(distill_path_join(&path, store->output.path, name));
    if (!distill_file_exists(path.bytes))
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: the shard is missing, though manifest.json names it (put it back, or "
                         "--overwrite starts afresh)",
                         path.bytes));
    TRY(distill_file_size(&bytes, path.bytes));
    if (bytes != expected)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: expected %llu bytes as in manifest.json, found %llu (put the whole "
                         "shard back, or --overwrite starts afresh)",
                         path.bytes, (unsigned long long)expected, (unsigned long long)bytes));
done:
    distill_text_free(&path);
    return status;
}

static distill_status open_finished(trace_store *store)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    TRY(manifest_read(&store->sealed, &doc, store->output.path));
    TRY(manifest_compare_settings(doc, &store->settings, store->output.path));
    for (size_t i = 0; i < store->sealed.count; i++) {
        TRY(check_shard(store, i));
        store->sealed_traces += store->sealed.at[i].info.traces;
    }
    store->finished = true;
    TRY(journal_remove(store->output.path)); // left by a crash after the manifest was written
done:
    distill_json_free(doc);
    return status;
}

distill_status trace_store_open(trace_store **out, const char *dir,
                                const trace_store_settings *settings)
{
    distill_status status = DISTILL_OK;
    trace_store *store = NULL;
    TRY(DISTILL_NEW(&store, 1));
    TRY(copy_settings(store, settings));
    TRY(distill_output_open(&store->output, dir, &TRACES));
    if (settings->overwrite)
        TRY(trace_store_remove(store));
    if (store->output.state == DISTILL_OUTPUT_FINISHED)
        TRY(open_finished(store));
    else
        TRY(open_unfinished(store));
    // borrowed from the caller, and not used after this
    store->settings.keys = (distill_output_keys){0};
    *out = store;
    store = NULL;
done:
    trace_store_close(store);
    return status;
}
