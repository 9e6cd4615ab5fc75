// datasets/traces/trace_store_shards.c - places traces in shards and seals full shards.
//
// A trace is placed in the open shard when it is final: all traces before it are placed, because
// the orders 0, 1, 2, … came without a gap or because the caller has promised (trace_store_settle,
// trace_store_finish) that no earlier one follows. The others are pending: they stay in the
// journal, and memory holds 32 bytes for each.
//
// A full shard is sealed: a thread hashes, fsyncs and renames it, then its head frame begins a new
// segment of the journal, and the segments that hold no pending trace are removed. If traces come
// through the journal, this ends before the next shard gets a row: that row's frame could be in a
// segment that is removed. Otherwise the next shard is filled meanwhile; it is sealed only after
// the one before it has its head frame, so that at most one complete shard has none.
#include "datasets/traces/trace_frame.h"
#include "datasets/traces/trace_store_state.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"

#include <stdlib.h>

// --- what is stored ------------------------------------------------------------------------------

uint64_t trace_store_key(distill_span id, int32_t sample)
{
    return distill_hash_bytes((uint64_t)(uint32_t)sample + 1, id);
}

distill_status trace_store_remember(trace_store *store, const trace_record *record, uint64_t order)
{
    distill_status status = DISTILL_OK;
    bool added = false;
    TRY(distill_hash_set_insert(&added, &store->orders, order));
    if (!added)
        TRY(distill_fail(DISTILL_INTERNAL, "%s: two traces of order %llu", store->output.path,
                         (unsigned long long)order));
    TRY(distill_hash_set_insert(&added, &store->keys, trace_store_key(record->id, record->sample)));
done:
    return status;
}

distill_status trace_store_add_pending(trace_store *store, uint64_t order, journal_place place)
{
    distill_status status = DISTILL_OK;
    if (store->pending_count == store->pending_capacity) {
        size_t capacity = store->pending_capacity > 0 ? 2 * store->pending_capacity : 256;
        TRY(distill_grow((void **)&store->pending, store->pending_count, capacity,
                         sizeof *store->pending));
        store->pending_capacity = capacity;
    }
    store->pending[store->pending_count++] = (pending_trace){order, place};
    store->unchecked++;
done:
    return status;
}

distill_status trace_store_add_sealed(trace_store *store, const manifest_shard *shard,
                                      size_t number)
{
    distill_status status = DISTILL_OK;
    if (number < store->sealed.count)
        return DISTILL_OK; // head frames are repeated in every segment
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

// --- the open shard ------------------------------------------------------------------------------

size_t trace_store_full_shards(const trace_store *store)
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
    manifest_shard_name(name, trace_store_full_shards(store));
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
    for (size_t i = 0; i < store->pending_count; i++)
        if (store->pending[i].place.segment < first)
            first = store->pending[i].place.segment;
    return first;
}

distill_status trace_store_enter_sealed(trace_store *store)
{
    distill_status status = DISTILL_OK;
    if (store->sealing == NULL)
        return DISTILL_OK;
    TRY(shard_seal_end(&store->sealing, &store->closed.info));
    distill_text_clear(&store->scratch);
    TRY(manifest_write_sealed(&store->scratch, &store->closed, store->sealed.count));
    TRY(journal_seal(store->log, distill_text_span(&store->scratch)));
    TRY(trace_store_add_sealed(store, &store->closed, store->sealed.count));
    store->closed = (manifest_shard){0};
    TRY(journal_drop_before(store->log, first_needed_segment(store)));
done:
    return status;
}

distill_status trace_store_seal(trace_store *store)
{
    distill_status status = DISTILL_OK;
    TRY(open_shard(store)); // an output without traces has one shard without rows
    TRY(trace_store_enter_sealed(store));
    TRY(shard_seal_begin(&store->sealing, &store->shard));
    store->closed = store->open;
    store->open = (manifest_shard){0};
    // this removes segments of the journal, which must not hold traces of the next shard
    if (!store->direct)
        TRY(trace_store_enter_sealed(store));
done:
    return status;
}

distill_status trace_store_place(trace_store *store, const trace_record *record, uint64_t order)
{
    distill_status status = DISTILL_OK;
    if (store->sealing != NULL && shard_seal_is_done(store->sealing))
        TRY(trace_store_enter_sealed(store));
    TRY(open_shard(store));
    TRY(shard_write_row(store->shard, record));
    count_trace(&store->open.counts, record);
    store->open.end_order = order + 1;
    if (store->final_end <= order)
        store->final_end = order + 1;
    if (store->open.counts.traces == store->settings.shard_traces)
        TRY(trace_store_seal(store));
done:
    store->broken = store->broken || status != DISTILL_OK;
    return status;
}

static int by_falling_order(const void *a, const void *b)
{
    uint64_t x = ((const pending_trace *)a)->order, y = ((const pending_trace *)b)->order;
    return (x < y) - (x > y);
}

distill_status trace_store_place_pending(trace_store *store)
{
    distill_status status = DISTILL_OK;
    trace_record record;
    uint64_t order = 0;
    store->unchecked = 0;
    if (store->pending_count > 1)
        qsort(store->pending, store->pending_count, sizeof *store->pending, by_falling_order);
    while (store->pending_count > 0 &&
           store->pending[store->pending_count - 1].order <= store->final_end) {
        store->pending_count--;
        journal_place place = store->pending[store->pending_count].place;
        TRY(journal_fetch(store->log, &store->scratch, place));
        TRY(trace_frame_decode(&record, &order, distill_text_span(&store->scratch),
                               trace_store_frame_form(place)));
        TRY(trace_store_place(store, &record, order));
    }
done:
    store->broken = store->broken || status != DISTILL_OK;
    return status;
}
