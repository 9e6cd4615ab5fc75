// datasets/filter/block_round.h - blocks of traces, read and judged by all threads at once.
// Private to the pipeline.
//
//     TRY(block_round_create(&round, inputs, count));
//     while (!block_round_is_over(round)) {
//         TRY(block_round_next(round, &work));                  // work.judge: any thread
//         for (i …; i < block_round_count(round)) slot = block_round_at(round, i);   // in order
//     }
#ifndef DATASETS_FILTER_BLOCK_ROUND_H
#define DATASETS_FILTER_BLOCK_ROUND_H

#include "datasets/filter/filter_rows.h"
#include "datasets/filter/near_duplicates.h"
#include "datasets/filter/trace_summary.h"
#include "datasets/trace_block.h"

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
    correctness verdict;
    distill_status status;
    char message[DISTILL_ERROR_CAPACITY];
} block_slot;

typedef struct block_work {
    trace_block_part part;
    /// Called with an unpacked block, on any thread; NULL: only read.
    distill_status (*judge)(block_slot *slot, void *context);
    /// The first place from `index` on that is of interest; NULL: all are. Serial.
    uint64_t (*next)(uint64_t index, void *context);
    void *context;
    bool signatures; // near_signatures are wanted
} block_work;

typedef struct block_round block_round;

distill_status block_round_create(block_round **out, trace_reader *const *inputs,
                                  size_t input_count) DISTILL_MUST_CHECK;
/// Starts again from the first trace.
void block_round_rewind(block_round *round);
bool block_round_is_over(const block_round *round);
/// Reads and judges the next blocks. Errors  of reading and judging, the first in the input.
distill_status block_round_next(block_round *round, const block_work *work) DISTILL_MUST_CHECK;
size_t block_round_count(const block_round *round);
block_slot *block_round_at(block_round *round, size_t index);
/// Traces of all inputs.
uint64_t block_round_total(const block_round *round);
void block_round_free(block_round *round);

#endif
