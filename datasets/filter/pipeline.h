// datasets/filter/pipeline.h - traces in, kept traces (and rejected ones) out, each with its reason.
//
// Blocks of traces are read and judged by all threads: rows of filter_rules.h, then the verifier. In
// the order of the input, duplicates are found. Where nothing depends on traces that come later, each
// block is written at once and forgotten. Pass rates, --select, --max-per-domain and --mix need all
// traces: then a first pass judges, the rest is decided, and a second pass reads again what is to be
// written. What is kept does not depend on the number of threads.
// Memory  a few MB a thread; 64 bytes a trace where there are two passes; 16 bytes a trace with exact
//         duplicates, 1.4 kB a kept trace with near ones.
#ifndef DATASETS_FILTER_PIPELINE_H
#define DATASETS_FILTER_PIPELINE_H

#include "datasets/filter/filter_settings.h"
#include "datasets/traces/shard/shard_read.h"
#include "datasets/traces/trace_store.h"

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
    distill_text overlaps; // a JSON array: the contaminated prompts, 10,000 at most
    size_t overlap_count;
} filter_result;

/// Finishes both outputs. Errors  those of readers and stores; INTERRUPTED.
/// Owns  release with filter_result_free, also after an error.
distill_status filter_run(filter_result *result, const filter_job *job) DISTILL_MUST_CHECK;
void filter_result_free(filter_result *result);

#endif
