// datasets/filter/block_queue.h - blocks of traces, read ahead, checked by all threads, returned in
// the order of the input. Private to the filter.
//
//     TRY(block_queue_create(&queue, inputs, count));
//     block_queue_start(queue, &work);                // work.check runs on any thread
//     for (;;) {
//         TRY(block_queue_next(queue, &slot));        // reads: HDF5 is called by one thread only
//         if (slot == NULL)
//             break;
//         ...                                         // meanwhile the next blocks are checked
//     }
//     block_queue_free(queue);
#ifndef DATASETS_FILTER_BLOCK_QUEUE_H
#define DATASETS_FILTER_BLOCK_QUEUE_H

#include "datasets/filter/filter_rules.h"
#include "datasets/filter/rules/near_duplicates.h"
#include "datasets/filter/trace_summary.h"
#include "datasets/traces/shard/trace_block.h"

/// What the check of a trace finds.
typedef struct finding {
    trace_summary summary;
    contamination overlap;     // if the reason is TRACE_CONTAMINATED
    near_signature *signature; // NULL: not made
} finding;

/// A block, the findings on its traces, and the memory that their check uses.
typedef struct block_slot {
    trace_block *block;
    uint64_t first; // index of its first trace in all inputs
    finding *findings;
    near_signature *signatures;
    size_t capacity;
    distill_text extracted; // answers of all its traces
    filter_scratch scratch;
    grade grade; // of the last trace
} block_slot;

typedef struct block_work {
    trace_block_part part;
    /// Called with an unpacked block, on any thread; NULL: blocks are only read.
    distill_status (*check)(block_slot *slot, void *context);
    /// The first index from `index` on that is to be read; NULL: all are. Called on the caller's
    /// thread.
    uint64_t (*next)(uint64_t index, void *context);
    void *context;
    bool signatures; // allocates slot->signatures
} block_work;

typedef struct block_queue block_queue;

/// Uses distill_threads() workers; with one thread the caller checks. The inputs are borrowed.
distill_status block_queue_create(block_queue **out, trace_reader *const *inputs,
                                  size_t input_count) DISTILL_MUST_CHECK;
/// Begins at the first trace. Blocks of earlier work that were not taken are dropped.
void block_queue_start(block_queue *queue, const block_work *work);
/// Sets *out to the next block, borrowed until the next call; NULL after the last one.
/// Errors  of reading and checking, in the order of the input.
distill_status block_queue_next(block_queue *queue, block_slot **out) DISTILL_MUST_CHECK;
/// Traces of all inputs.
uint64_t block_queue_total(const block_queue *queue);
void block_queue_free(block_queue *queue);

#endif
