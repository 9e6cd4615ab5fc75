// datasets/sample/sampling.h - samples n replies to each prompt of a set, from a generator into a
// trace store.
//
//     sampling_job job = sampling_options_job(&options->sampling);
//     job.prompts = prompts; job.generator = generator; job.samples = 4; job.store = store;
//     TRY(sampling_run(&result, &job));          // samples only what the store lacks
//     TRY(trace_store_finish(store));
//
// The random numbers of a reply are addressed by (seed, prompt id, sample). With a local model the
// traces therefore do not depend on batch size, threads, order and interruptions; servers may
// ignore the seed. The trace of a completed reply survives kill -9.
#ifndef DATASETS_SAMPLE_SAMPLING_H
#define DATASETS_SAMPLE_SAMPLING_H

#include "datasets/sample/sampling_job.h"
#include "datasets/sample/spending.h"

typedef struct sampling_result {
    uint64_t traces, tokens, truncated; // of this run
    uint64_t errors;  // samples that failed permanently; their traces give the reason
    uint64_t skipped; // prompts that do not fit in the context
    double seconds;
    spending spent, spent_in_all; // servers: by this run; by all runs
} sampling_result;

/// Samples what the store lacks.
/// Errors  those of the generator and the store; INTERRUPTED. What was sampled before is saved.
distill_status sampling_run(sampling_result *result, const sampling_job *job) DISTILL_MUST_CHECK;

/// Sets *tokens to an upper bound on the longest prompt and its reply: the context that a local
/// generator needs, unless the model's is shorter. Renders each prompt, so that it takes a
/// microsecond for each. Uses the job's prompts, chat, system, prompt_template, think_prefix and
/// sampling.max_tokens.
distill_status sampling_context(size_t *tokens, const sampling_job *job) DISTILL_MUST_CHECK;

#endif
