// datasets/filter/trace_check.h - checks the traces of a block, each by itself: rules, grade,
// judge, signature.
#ifndef DATASETS_FILTER_TRACE_CHECK_H
#define DATASETS_FILTER_TRACE_CHECK_H

#include "datasets/filter/block_queue.h"

/// Sets the findings of the block, with signatures of kept traces if settings->near_duplicates is
/// set. Thread-safe for different slots.
/// Errors  NO_MEMORY; those of the grader.
distill_status trace_check_block(block_slot *slot,
                                 const filter_settings *settings) DISTILL_MUST_CHECK;

#endif
