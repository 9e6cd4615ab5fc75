// datasets/traces/trace_store_state.h - the state of a trace_store, and the steps that its files
// share. Private to trace_store.c, trace_store_resume.c and trace_store_shards.c, which make up one
// module.
#ifndef DATASETS_TRACES_TRACE_STORE_STATE_H
#define DATASETS_TRACES_TRACE_STORE_STATE_H

#include "datasets/traces/journal.h"
#include "datasets/traces/shard/shard_seal.h"
#include "datasets/traces/shard/shard_write.h"
#include "datasets/traces/trace_frame.h"
#include "datasets/traces/trace_manifest.h"
#include "datasets/traces/trace_store.h"
#include "distill/base/hash_map.h"
#include "distill/base/output_dir.h"

typedef struct pending_trace {
    uint64_t order;
    journal_place place;
} pending_trace;

struct trace_store {
    distill_output_dir output;
    trace_store_settings settings; // its strings are copies, its keys the caller's
    char *teacher, *tokenizer_sha256, *settings_json;
    bool finished, has_head;
    journal *log;
    manifest_shards sealed;
    uint64_t sealed_end;    // orders below this are in sealed shards
    uint64_t final_end;     // no further trace has an order below this
    shard_writer *shard;    // the open shard; NULL = none yet
    manifest_shard open;    // counts of the open shard so far
    shard_seal *sealing;    // the shard before it, which is being sealed; NULL = none
    manifest_shard closed;  // counts of the shard that is being sealed
    bool direct;            // traces come through trace_store_write: the journal has none
    bool broken;            // a shard could not be written: no more traces are accepted
    pending_trace *pending; // in the journal, not in a shard
    size_t pending_count, pending_capacity;
    size_t unchecked; // added to `pending` since the last trace_store_place_pending
    size_t sealed_traces;
    distill_hash_set keys;   // (id, sample) of every trace
    distill_hash_set orders; // of the traces that were not in a shard when the store was opened
    distill_text scratch;
};

/// The form of the trace frame at this place of the journal.
static inline trace_frame_form trace_store_frame_form(journal_place place)
{
    return place.kind == JOURNAL_TRACE_4 ? TRACE_FRAME_OLDER : TRACE_FRAME_CURRENT;
}

/// The key of a trace in `keys`.
uint64_t trace_store_key(distill_span id, int32_t sample);

// --- trace_store_shards.c

/// Enters a trace in the sets of stored traces; its order must be new.
distill_status trace_store_remember(trace_store *store, const trace_record *record,
                                    uint64_t order) DISTILL_MUST_CHECK;
/// Adds a trace that is in the journal and cannot be placed in a shard yet.
distill_status trace_store_add_pending(trace_store *store, uint64_t order,
                                       journal_place place) DISTILL_MUST_CHECK;
/// Adds a sealed shard; one with a known number is ignored. Errors  FORMAT if an earlier one is
/// missing.
distill_status trace_store_add_sealed(trace_store *store, const manifest_shard *shard,
                                      size_t number) DISTILL_MUST_CHECK;
/// The number of shards before the open one, the one that is being sealed included.
size_t trace_store_full_shards(const trace_store *store);
/// Writes a trace as the next row of the open shard, and seals that if it is full. After a failure
/// the shard cannot be continued: the run ends, and the next run writes the shard again from the
/// journal.
distill_status trace_store_place(trace_store *store, const trace_record *record,
                                 uint64_t order) DISTILL_MUST_CHECK;
/// Places the pending traces that are final: no earlier one can follow.
distill_status trace_store_place_pending(trace_store *store) DISTILL_MUST_CHECK;
/// Begins to seal the open shard.
distill_status trace_store_seal(trace_store *store) DISTILL_MUST_CHECK;
/// Waits for the shard that is being sealed, if there is one, and enters it in the journal.
distill_status trace_store_enter_sealed(trace_store *store) DISTILL_MUST_CHECK;

// --- trace_store_resume.c

/// Removes everything that the store has written, the journal included.
distill_status trace_store_remove(trace_store *store) DISTILL_MUST_CHECK;

#endif
