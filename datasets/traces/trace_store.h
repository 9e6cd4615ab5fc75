// datasets/traces/trace_store.h - an output directory of traces: journal, shards, manifest.
//
//     trace_store *store = NULL;
//     TRY(trace_store_open(&store, "traces", &settings));   // replays the journal, if any
//     if (!trace_store_has(store, id, sample))
//         TRY(trace_store_append(store, &record, order));   // survives kill -9 once it returns
//     TRY(trace_store_sync(store));                         // survives a power cut once it returns
//     TRY(trace_store_finish(store));                       // writes last shard and manifest
//     trace_store_close(store);                             // without finish: can be resumed
//
// Shards hold traces in the order of (prompt number, sample), not of completion, so that the same
// seed gives the same bytes of every column with any batch size, number of threads and
// interruption.
#ifndef DATASETS_TRACES_TRACE_STORE_H
#define DATASETS_TRACES_TRACE_STORE_H

#include "datasets/traces/record.h"
#include "datasets/traces/trace_store_settings.h"

typedef struct trace_store trace_store;

/// Errors  MISMATCH naming the first setting that differs from the existing output; IO if another
/// process writes there.
distill_status trace_store_open(trace_store **out, const char *dir,
                                const trace_store_settings *settings) DISTILL_MUST_CHECK;
/// True if the output is complete: there is nothing to do.
bool trace_store_is_finished(const trace_store *store);
bool trace_store_has(const trace_store *store, distill_span id, int32_t sample);
size_t trace_store_count(const trace_store *store);
/// `order`: place of the trace in the whole output (prompt number * samples + sample).
distill_status trace_store_append(trace_store *store, const trace_record *record,
                                  uint64_t order) DISTILL_MUST_CHECK;
/// Adds a trace to the shard without the journal, for output that can be made again from its input.
/// Traces must come in rising order; those of an incomplete shard are lost by an interruption, and
/// the caller writes them again (trace_store_has_order is true for the others). Not to be mixed
/// with trace_store_append.
distill_status trace_store_write(trace_store *store, const trace_record *record,
                                 uint64_t order) DISTILL_MUST_CHECK;
/// True if a trace of this order is stored, or can no longer be appended (its shard is complete).
bool trace_store_has_order(const trace_store *store, uint64_t order);
/// Promises that no further trace has an order below `order`, so that full shards are written at
/// once instead of at the end. Not needed for orders 0, 1, 2, … without a gap. Each call sorts the
/// pending traces: make one for a hundred traces, not one for each.
distill_status trace_store_settle(trace_store *store, uint64_t order) DISTILL_MUST_CHECK;
distill_status trace_store_sync(trace_store *store) DISTILL_MUST_CHECK;
distill_status trace_store_finish(trace_store *store) DISTILL_MUST_CHECK;
/// Removes everything that the store has written, for output that is useless when unfinished. Only
/// trace_store_close may follow.
distill_status trace_store_discard(trace_store *store) DISTILL_MUST_CHECK;
void trace_store_close(trace_store *store);

#endif
