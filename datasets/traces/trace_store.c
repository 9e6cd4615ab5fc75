// datasets/traces/trace_store.c - journal first; into a shard as soon as its place in it is
// certain.
//
// A trace goes to the journal and is acknowledged. Shard k holds the traces k*S … k*S+S-1 in rising
// order. A trace is placed in the open shard when all before it are placed and final: either the
// orders 0, 1, 2, … have come without a gap, or the writer has promised (trace_store_settle) that
// none below a number will come; the rest is placed by trace_store_finish. What cannot be placed
// yet waits in the journal. So shards do not depend on the order of completion, memory holds 32
// bytes a waiting trace, and the journal holds only what no complete shard has.
//
// A shard with S traces is sealed: put in its place (temporary name, fsync, rename), entered in the
// head frame that begins a new journal segment, fsync; segments that are needed no more are
// removed. A shard without its frame, complete or not, is written again after a crash, with the
// same content. Traces written without the journal do not wait for that: the next shard fills
// meanwhile. It is not sealed before the one before it is entered, so that at most one complete
// shard has no frame.
#include "datasets/traces/trace_store.h"

#include "datasets/traces/journal.h"
#include "datasets/traces/shard/shard_file.h"
#include "datasets/traces/shard/shard_seal.h"
#include "datasets/traces/trace_columns.h"
#include "datasets/traces/trace_frame.h"
#include "datasets/traces/trace_manifest.h"
#include "distill/base/file.h"
#include "distill/base/hash_map.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct waiting_trace {
    uint64_t order;
    journal_place place;
} waiting_trace;

struct trace_store {
    distill_output_dir output;
    trace_store_settings settings; // strings are the caller's until open returns; then copies
    char *teacher, *tokenizer_sha256, *settings_json;
    bool finished, has_head;
    journal *log;
    manifest_shards sealed;
    uint64_t sealed_end;    // orders below this are in sealed shards
    uint64_t final_end;     // no trace with an order below this will come any more
    shard_writer *shard;    // the open shard; NULL = none yet
    manifest_shard open;    // what is in it so far
    shard_seal *sealing;    // the shard before it, being put in its place; NULL = none
    manifest_shard closed;  // what is in that
    bool direct;            // the journal holds no traces
    bool broken;            // it could not be written: nothing more is taken
    waiting_trace *waiting; // in the journal, not in a shard
    size_t waiting_count, waiting_capacity, unchecked;
    size_t sealed_traces;
    distill_hash_set keys;   // (id, sample) of every trace
    distill_hash_set orders; // of traces that no shard had at the start
    distill_text scratch;
};

static uint64_t key_of(distill_span id, int32_t sample)
{
    return distill_hash_bytes((uint64_t)(uint32_t)sample + 1, id);
}

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

// --- files of an output ------------------------------------------------------------------------

static const char *const FILES[] = {"shard-#.h5", "manifest.json"};

static const distill_output_kind TRACES = {
    .record = "manifest.json",
    .record_member = "settings",
    .finished_file = "manifest.json",
    .files = FILES,
    .file_count = sizeof FILES / sizeof *FILES,
};

/// Removes everything that the store has written, the journal included.
static distill_status remove_output(trace_store *store)
{
    distill_status status = DISTILL_OK;
    TRY(journal_remove(store->output.path));
    TRY(distill_output_clear(&store->output));
done:
    return status;
}

// --- replay --------------------------------------------------------------------------------------

/// Enters a trace in the sets of what is there; its order must be new.
static distill_status remember(trace_store *store, const trace_record *record, uint64_t order)
{
    distill_status status = DISTILL_OK;
    bool added = false;
    TRY(distill_hash_set_insert(&added, &store->orders, order));
    if (!added)
        TRY(distill_fail(DISTILL_INTERNAL, "%s: two traces of order %llu", store->output.path,
                         (unsigned long long)order));
    TRY(distill_hash_set_insert(&added, &store->keys, key_of(record->id, record->sample)));
done:
    return status;
}

static distill_status add_waiting(trace_store *store, uint64_t order, journal_place place)
{
    distill_status status = DISTILL_OK;
    if (store->waiting_count == store->waiting_capacity) {
        size_t capacity = store->waiting_capacity > 0 ? 2 * store->waiting_capacity : 256;
        TRY(distill_grow((void **)&store->waiting, store->waiting_count, capacity,
                         sizeof *store->waiting));
        store->waiting_capacity = capacity;
    }
    store->waiting[store->waiting_count++] = (waiting_trace){order, place};
    store->unchecked++;
done:
    return status;
}

static distill_status add_sealed(trace_store *store, const manifest_shard *shard, size_t number)
{
    distill_status status = DISTILL_OK;
    if (number < store->sealed.count)
        return DISTILL_OK; // head frames come again with every segment
    if (number != store->sealed.count)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: the journal lacks shard %zu; --overwrite starts "
                         "afresh",
                         store->output.path, store->sealed.count));
    TRY(distill_grow((void **)&store->sealed.at, number, number + 1, sizeof *store->sealed.at));
    store->sealed.at[store->sealed.count++] = *shard;
    store->sealed_end = shard->end_order;
    if (store->final_end < shard->end_order)
        store->final_end = shard->end_order;
    store->sealed_traces += shard->info.traces;
done:
    return status;
}

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
        TRY(add_sealed(store, &shard, number));
    }
done:
    distill_json_free(doc);
    return status;
}

static distill_status replay_frame(void *context, journal_kind kind, journal_place place,
                                   distill_span payload)
{
    distill_status status = DISTILL_OK;
    trace_store *store = context;
    trace_record record;
    uint64_t order = 0;
    if (kind == JOURNAL_HEAD)
        return replay_head(store, payload);
    if (kind != JOURNAL_TRACE)
        return distill_fail(DISTILL_FORMAT,
                            "%s: a journal of another version of the program; finish the run with "
                            "that version, or --overwrite starts afresh",
                            store->output.path);
    TRY(trace_frame_decode(&record, &order, payload));
    // a trace that is in a shard by now, or that came twice, has been dealt with
    if (order < store->sealed_end || distill_hash_set_has(&store->orders, order))
        goto done;
    TRY(remember(store, &record, order));
    TRY(add_waiting(store, order, place));
done:
    return status;
}

/// Traces replayed before the head frame of their shard was seen.
static void drop_sealed(trace_store *store)
{
    size_t kept = 0;
    for (size_t i = 0; i < store->waiting_count; i++)
        if (store->waiting[i].order >= store->sealed_end)
            store->waiting[kept++] = store->waiting[i];
    store->waiting_count = kept;
}

/// Keys of the traces in sealed shards; a shard that is gone or changed is an error.
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
            TRY(distill_hash_set_insert(&added, &store->keys, key_of(id, sample)));
        }
        shard_file_close(shard);
        shard = NULL;
    }
done:
    shard_file_close(shard);
    distill_text_free(&path);
    return status;
}

/// Removes shards that were renamed into place but not yet entered in the journal.
static distill_status remove_unsealed(trace_store *store)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    char name[32];
    manifest_shard_name(name, store->sealed.count);
    TRY(distill_path_join(&path, store->output.path, name));
    TRY(distill_remove_all(path.bytes));
    TRY(distill_output_sweep(&store->output));
done:
    distill_text_free(&path);
    return status;
}

static distill_status write_head(trace_store *store)
{
    distill_status status = DISTILL_OK;
    journal_place place;
    distill_text_clear(&store->scratch);
    TRY(distill_text_add_char(&store->scratch, '{'));
    TRY(manifest_write_settings(&store->scratch, &store->settings));
    TRY(distill_text_add_char(&store->scratch, '}'));
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

/// A finished output has all its shards, of their size; `distill show --verify` reads them too.
static distill_status check_shard(const trace_store *store, size_t number)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    char name[32];
    uint64_t wanted = store->sealed.at[number].info.bytes, bytes = 0;
    manifest_shard_name(name, number);
    TRY(distill_path_join(&path, store->output.path, name));
    if (!distill_file_exists(path.bytes))
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: the shard is missing, though manifest.json names it (put it back, or "
                         "--overwrite starts afresh)",
                         path.bytes));
    TRY(distill_file_size(&bytes, path.bytes));
    if (bytes != wanted)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: expected %llu bytes as in manifest.json, found %llu (put the whole "
                         "shard back, or --overwrite starts afresh)",
                         path.bytes, (unsigned long long)wanted, (unsigned long long)bytes));
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
        TRY(remove_output(store));
    if (store->output.state == DISTILL_OUTPUT_FINISHED)
        TRY(open_finished(store));
    else
        TRY(open_unfinished(store));
    // the keys are borrowed from the caller and needed no more
    store->settings.keys = (distill_output_keys){0};
    *out = store;
    store = NULL;
done:
    trace_store_close(store);
    return status;
}

bool trace_store_is_finished(const trace_store *store)
{
    return store->finished;
}

bool trace_store_has(const trace_store *store, distill_span id, int32_t sample)
{
    return distill_hash_set_has(&store->keys, key_of(id, sample));
}

bool trace_store_has_order(const trace_store *store, uint64_t order)
{
    uint64_t full_end = store->sealing != NULL ? store->closed.end_order : store->sealed_end;
    return order < full_end || distill_hash_set_has(&store->orders, order);
}

size_t trace_store_count(const trace_store *store)
{
    return store->sealed_traces + (size_t)store->closed.counts.traces +
           (size_t)store->open.counts.traces + store->waiting_count;
}

// --- the open shard ---------------------------------------------------------------------------

/// Those before the open one.
static size_t full_shards(const trace_store *store)
{
    return store->sealed.count + (store->sealing != NULL);
}

static distill_status open_shard(trace_store *store)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    char name[32];
    shard_settings settings = {
        .teacher = store->settings.teacher,
        .tokenizer_sha256 = store->settings.tokenizer_sha256,
        .settings_json = store->settings.settings_json,
        .compression_level = store->settings.compression_level,
        .topk = store->settings.topk,
        .verdict = store->settings.verdict,
    };
    if (store->shard != NULL)
        return DISTILL_OK;
    manifest_shard_name(name, full_shards(store));
    TRY(distill_path_join(&path, store->output.path, name));
    TRY(shard_write_open(&store->shard, path.bytes, &settings));
done:
    distill_text_free(&path);
    return status;
}

static void count_trace(trace_counts *counts, const trace_record *record)
{
    counts->traces++;
    counts->prompt_tokens += (uint64_t)(record->prompt_tokens > 0 ? record->prompt_tokens : 0);
    counts->response_tokens +=
        (uint64_t)(record->response_tokens > 0 ? record->response_tokens : 0);
    counts->truncated += record->finish == TRACE_FINISH_LENGTH;
    counts->errors += record->finish == TRACE_FINISH_ERROR;
}

static uint32_t first_needed_segment(const trace_store *store)
{
    uint32_t first = UINT32_MAX;
    for (size_t i = 0; i < store->waiting_count; i++)
        if (store->waiting[i].place.segment < first)
            first = store->waiting[i].place.segment;
    return first;
}

/// Enters the shard that was being sealed, if there is one.
static distill_status enter_sealed(trace_store *store)
{
    distill_status status = DISTILL_OK;
    if (store->sealing == NULL)
        return DISTILL_OK;
    TRY(shard_seal_end(&store->sealing, &store->closed.info));
    distill_text_clear(&store->scratch);
    TRY(manifest_write_sealed(&store->scratch, &store->closed, store->sealed.count));
    TRY(journal_seal(store->log, distill_text_span(&store->scratch)));
    TRY(add_sealed(store, &store->closed, store->sealed.count));
    store->closed = (manifest_shard){0};
    TRY(journal_drop_before(store->log, first_needed_segment(store)));
done:
    return status;
}

static distill_status seal(trace_store *store)
{
    distill_status status = DISTILL_OK;
    TRY(open_shard(store)); // an output without traces has one shard, without rows
    TRY(enter_sealed(store));
    TRY(shard_seal_begin(&store->sealing, &store->shard));
    store->closed = store->open;
    store->open = (manifest_shard){0};
    if (!store->direct) // segments go that hold the traces of the next shard: it must have none yet
        TRY(enter_sealed(store));
done:
    return status;
}

/// The next row. After a failure the shard cannot go on: the run ends, and the next one writes it
/// again from the journal.
static distill_status place_trace(trace_store *store, const trace_record *record, uint64_t order)
{
    distill_status status = DISTILL_OK;
    if (store->sealing != NULL && shard_seal_is_done(store->sealing))
        TRY(enter_sealed(store));
    TRY(open_shard(store));
    TRY(shard_write_row(store->shard, record));
    count_trace(&store->open.counts, record);
    store->open.end_order = order + 1;
    if (store->final_end <= order)
        store->final_end = order + 1;
    if (store->open.counts.traces == store->settings.shard_traces)
        TRY(seal(store));
done:
    store->broken = store->broken || status != DISTILL_OK;
    return status;
}

static int by_falling_order(const void *a, const void *b)
{
    uint64_t x = ((const waiting_trace *)a)->order, y = ((const waiting_trace *)b)->order;
    return (x < y) - (x > y);
}

/// Places the waiting traces that no later one can come before.
static distill_status place_waiting(trace_store *store)
{
    distill_status status = DISTILL_OK;
    trace_record record;
    uint64_t order = 0;
    store->unchecked = 0;
    if (store->waiting_count > 1)
        qsort(store->waiting, store->waiting_count, sizeof *store->waiting, by_falling_order);
    while (store->waiting_count > 0 &&
           store->waiting[store->waiting_count - 1].order <= store->final_end) {
        store->waiting_count--;
        TRY(journal_fetch(store->log, &store->scratch, store->waiting[store->waiting_count].place));
        TRY(trace_frame_decode(&record, &order, distill_text_span(&store->scratch)));
        TRY(place_trace(store, &record, order));
    }
done:
    store->broken = store->broken || status != DISTILL_OK;
    return status;
}

// --- the writer's calls -------------------------------------------------------------------------

static distill_status check_open(const trace_store *store)
{
    if (store->finished)
        return distill_fail(DISTILL_INTERNAL, "%s: the output is complete already",
                            store->output.path);
    if (store->broken)
        return distill_fail(DISTILL_IO,
                            "%s: a shard could not be written; run the same command again",
                            store->output.path);
    return DISTILL_OK;
}

distill_status trace_store_append(trace_store *store, const trace_record *record, uint64_t order)
{
    distill_status status = DISTILL_OK;
    journal_place place;
    TRY(check_open(store));
    if (trace_store_has_order(store, order))
        TRY(distill_fail(DISTILL_INTERNAL, "%s: a second trace of order %llu", store->output.path,
                         (unsigned long long)order));
    TRY(trace_record_check(record));
    TRY(trace_frame_encode(&store->scratch, record, order));
    TRY(journal_append(store->log, &place, JOURNAL_TRACE, distill_text_span(&store->scratch)));
    TRY(remember(store, record, order));
    if (order == store->final_end) {
        TRY(place_trace(store, record, order));
        goto done;
    }
    TRY(add_waiting(store, order, place));
    // sorting is not free: look only now and then
    if (store->unchecked > store->settings.shard_traces / 8 + store->waiting_count / 16)
        TRY(place_waiting(store));
done:
    return status;
}

distill_status trace_store_write(trace_store *store, const trace_record *record, uint64_t order)
{
    distill_status status = DISTILL_OK;
    TRY(check_open(store));
    if (order < store->final_end || store->waiting_count > 0)
        TRY(distill_fail(DISTILL_INTERNAL, "%s: a trace of order %llu behind a later one",
                         store->output.path, (unsigned long long)order));
    store->direct = true;
    TRY(place_trace(store, record, order));
done:
    return status;
}

distill_status trace_store_settle(trace_store *store, uint64_t order)
{
    distill_status status = DISTILL_OK;
    TRY(check_open(store));
    if (order > store->final_end)
        store->final_end = order;
    TRY(place_waiting(store));
done:
    return status;
}

distill_status trace_store_sync(trace_store *store)
{
    return store->finished ? DISTILL_OK : journal_sync(store->log);
}

distill_status trace_store_finish(trace_store *store)
{
    distill_status status = DISTILL_OK;
    TRY(check_open(store));
    store->final_end = UINT64_MAX;
    TRY(place_waiting(store));
    if (store->open.counts.traces > 0 || full_shards(store) == 0)
        TRY(seal(store));
    TRY(enter_sealed(store));
    TRY(manifest_write(store->output.path, &store->settings, &store->sealed));
    store->finished = true;
    journal_close(store->log);
    store->log = NULL;
    TRY(journal_remove(store->output.path));
done:
    return status;
}

distill_status trace_store_discard(trace_store *store)
{
    distill_status status = DISTILL_OK;
    shard_write_abort(&store->shard);
    shard_seal_abort(&store->sealing);
    journal_close(store->log);
    store->log = NULL;
    TRY(remove_output(store));
done:
    return status;
}

/// A full shard is not lost by an interruption; why the run ends must not be lost either.
static void keep_full_shard(trace_store *store)
{
    char why[DISTILL_ERROR_CAPACITY];
    distill_error_take(why, sizeof why);
    if (enter_sealed(store) != DISTILL_OK) // then the next run writes it again
        distill_error_put(why);
}

void trace_store_close(trace_store *store)
{
    if (store == NULL)
        return;
    shard_write_abort(&store->shard);
    keep_full_shard(store);
    journal_close(store->log);
    distill_output_close(&store->output);
    distill_free(store->sealed.at);
    distill_free(store->waiting);
    distill_hash_set_free(&store->keys);
    distill_hash_set_free(&store->orders);
    distill_text_free(&store->scratch);
    distill_free(store->teacher);
    distill_free(store->tokenizer_sha256);
    distill_free(store->settings_json);
    distill_free(store);
}
