// datasets/traces/trace_store.c - the calls that add traces to a store and finish it.
//
// An appended trace goes to the journal first, and survives a kill once the call has returned.
// Shard k holds the traces k*S … k*S+S-1 in rising order, where S is `shard_traces`. A trace whose
// place in a shard is not certain yet is pending: it stays in the journal. So the content of a
// shard does not depend on the order of completion, and the journal holds only traces that are in
// no complete shard.
//
// trace_store_resume.c opens a store, trace_store_shards.c places traces and seals shards.
//
// Memory: hash sets of 64-bit numbers: one for the ids of all traces, one for the orders of the
// traces that were appended; 32 bytes for each pending trace.
#include "datasets/traces/trace_store_state.h"

#include "datasets/traces/trace_columns.h"
#include "datasets/traces/trace_frame.h"
#include "distill/base/memory.h"

bool trace_store_is_finished(const trace_store *store)
{
    return store->finished;
}

bool trace_store_has(const trace_store *store, distill_span id, int32_t sample)
{
    return distill_hash_set_has(&store->keys, trace_store_key(id, sample));
}

bool trace_store_has_order(const trace_store *store, uint64_t order)
{
    uint64_t full_end = store->sealing != NULL ? store->closed.end_order : store->sealed_end;
    return order < full_end || distill_hash_set_has(&store->orders, order);
}

size_t trace_store_count(const trace_store *store)
{
    return store->sealed_traces + (size_t)store->closed.counts.traces +
           (size_t)store->open.counts.traces + store->pending_count;
}

// --- adding traces -------------------------------------------------------------------------------

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
    TRY(trace_store_remember(store, record, order));
    if (order == store->final_end) {
        TRY(trace_store_place(store, record, order));
        goto done;
    }
    TRY(trace_store_add_pending(store, order, place));
    // placing sorts the pending traces: do it once for many of them
    if (store->unchecked > store->settings.shard_traces / 8 + store->pending_count / 16)
        TRY(trace_store_place_pending(store));
done:
    return status;
}

distill_status trace_store_write(trace_store *store, const trace_record *record, uint64_t order)
{
    distill_status status = DISTILL_OK;
    TRY(check_open(store));
    if (order < store->final_end || store->pending_count > 0)
        TRY(distill_fail(DISTILL_INTERNAL, "%s: a trace of order %llu after a later one",
                         store->output.path, (unsigned long long)order));
    store->direct = true;
    TRY(trace_store_place(store, record, order));
done:
    return status;
}

distill_status trace_store_settle(trace_store *store, uint64_t order)
{
    distill_status status = DISTILL_OK;
    TRY(check_open(store));
    if (order > store->final_end)
        store->final_end = order;
    TRY(trace_store_place_pending(store));
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
    TRY(trace_store_place_pending(store));
    if (store->open.counts.traces > 0 || trace_store_full_shards(store) == 0)
        TRY(trace_store_seal(store));
    TRY(trace_store_enter_sealed(store));
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
    TRY(trace_store_remove(store));
done:
    return status;
}

/// Enters a full shard that is being sealed, so that an interruption does not lose it. A failure
/// here must not overwrite the pending error.
static void keep_full_shard(trace_store *store)
{
    char pending[DISTILL_ERROR_CAPACITY];
    distill_error_take(pending, sizeof pending);
    if (trace_store_enter_sealed(store) != DISTILL_OK) // the next run writes the shard again
        distill_error_put(pending);
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
    distill_free(store->pending);
    distill_hash_set_free(&store->keys);
    distill_hash_set_free(&store->orders);
    distill_text_free(&store->scratch);
    distill_free(store->teacher);
    distill_free(store->tokenizer_sha256);
    distill_free(store->settings_json);
    distill_free(store);
}
