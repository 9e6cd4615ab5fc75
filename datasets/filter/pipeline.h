// datasets/filter/pipeline.h - runs the filter: reads traces, sets the reason and the verdict of
// each, writes the kept and the rejected ones.
//
// Blocks of traces are checked by all threads: the rules of filter_rules.h, then the grader.
// Duplicates are found in the order of the input. Where no decision depends on later traces, a
// block is written at once. Pass rates, --select, --max-per-domain and --mix need all traces: a
// first pass checks them, then the decisions are made, and a second pass reads again what is to be
// written. The output does not depend on the number of threads.
// Memory  a few MB a thread; with two passes 64 bytes a trace; with exact duplicates 16 bytes a
// trace, with
//         near duplicates 1.4 kB a kept trace.
#ifndef DATASETS_FILTER_PIPELINE_H
#define DATASETS_FILTER_PIPELINE_H

#include "datasets/filter/filter_settings.h"
#include "datasets/traces/shard/trace_reader.h"
#include "datasets/traces/trace_store.h"
#include "datasets/verify/grade_counts.h"

enum { FILTER_REASONS = 32 };

typedef struct filter_job {
    trace_reader *const *inputs;
    size_t input_count;
    filter_settings settings;
    trace_store *kept;     // NULL = not written: it is complete
    trace_store *rejected; // NULL = not written
} filter_job;

typedef struct filter_result {
    uint64_t seen, kept, prompts;
    uint64_t bytes; // of prompts and replies
    uint64_t reasons[FILTER_REASONS];
    grade_counts grades; // of all traces, whatever else rejects them
    double seconds;
    distill_text overlaps; // a JSON array: the contaminated prompts, 10,000 at most
    size_t overlap_count;
} filter_result;

/// Finishes both outputs.
/// Owns    release with filter_result_free, also after an error.
/// Errors  those of the readers and stores; LIMIT if memory is short; INTERRUPTED.
distill_status filter_run(filter_result *result, const filter_job *job) DISTILL_MUST_CHECK;
void filter_result_free(filter_result *result);

#endif
