// datasets/filter/block_queue.h - blocks of traces, read ahead, judged by all threads, given out in
// the order of the input. Private to the filter room.
//
//     TRY(block_queue_create(&queue, inputs, count));
//     block_queue_start(queue, &work);                      // work.judge: any thread
//     for (;;) {
//         TRY(block_queue_next(queue, &slot));              // the caller reads: HDF5 knows no threads
//         if (slot == NULL)
//             break;
//         …                                                 // meanwhile the next ones are judged
//     }
//     block_queue_free(queue);
#ifndef DATASETS_FILTER_BLOCK_QUEUE_H
#define DATASETS_FILTER_BLOCK_QUEUE_H

#include "datasets/filter/filter_rules.h"
#include "datasets/filter/rules/near_duplicates.h"
#include "datasets/filter/trace_summary.h"
#include "datasets/traces/shard/trace_block.h"

/// What is found out about a trace.
typedef struct judgement {
    trace_summary summary;
    contamination overlap;     // if the reason is TRACE_CONTAMINATED
    near_signature *signature; // NULL: not made
} judgement;

/// A block, and room for what is found out about its traces.
typedef struct block_slot {
    trace_block *block;
    uint64_t first; // place of its first trace in the whole input
    judgement *judgements;
    near_signature *signatures;
    size_t capacity;
    distill_text extracted; // answers, one after the other
    filter_scratch scratch;
    grade grade; // of the trace judged last
} block_slot;

typedef struct block_work {
    trace_block_part part;
    /// Called with an unpacked block, on any thread; NULL: only read.
    distill_status (*judge)(block_slot *slot, void *context);
    /// The first place from `index` on that is of interest; NULL: all are. The caller's thread.
    uint64_t (*next)(uint64_t index, void *context);
    void *context;
    bool signatures; // near_signatures are wanted
} block_work;

typedef struct block_queue block_queue;

/// Threads  as many as distill_threads(); with one, the caller judges.
distill_status block_queue_create(block_queue **out, trace_reader *const *inputs,
                                  size_t input_count) DISTILL_MUST_CHECK;
/// Begins with the first trace; blocks that were not taken are dropped.
void block_queue_start(block_queue *queue, const block_work *work);
/// Sets *out to the next block, NULL behind the last; it is borrowed until the next call. Errors  of
/// reading and judging, in the order of the input.
distill_status block_queue_next(block_queue *queue, block_slot **out) DISTILL_MUST_CHECK;
/// Traces of all inputs.
uint64_t block_queue_total(const block_queue *queue);
void block_queue_free(block_queue *queue);

#endif
