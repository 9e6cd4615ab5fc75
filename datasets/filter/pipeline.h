// datasets/filter/pipeline.h - traces in, kept traces (and rejected ones) out, each with its reason.
//
// Two passes over the input. The first judges every trace by itself (rows of filter_rows.h, then the
// verifier), many at a time; then replies to one prompt are compared with each other (duplicates,
// pass rate, selection); the second pass copies what is to be written, with all its columns.
// Memory  about 100 bytes a trace, and 256 traces at a time.
#ifndef DATASETS_FILTER_PIPELINE_H
#define DATASETS_FILTER_PIPELINE_H

#include "datasets/filter/filter_settings.h"
#include "datasets/shard_read.h"
#include "datasets/trace_store.h"

enum { FILTER_REASONS = 32 };

typedef struct filter_job {
    trace_reader *const *inputs;
    size_t input_count;
    filter_settings settings;
    trace_store *kept;     // NULL = complete already
    trace_store *rejected; // NULL = not wanted
} filter_job;

typedef struct filter_result {
    uint64_t seen, kept, prompts;
    uint64_t bytes; // of prompts and replies
    uint64_t reasons[FILTER_REASONS];
    uint64_t without_answer; // traces that could not be verified because they have no reference
    double seconds;
} filter_result;

/// Finishes both outputs. Errors  those of readers and stores; INTERRUPTED.
distill_status filter_run(filter_result *result, const filter_job *job) DISTILL_MUST_CHECK;

#endif
