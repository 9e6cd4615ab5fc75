// datasets/sample/sampling.h - samples n replies to each prompt of a set, from a generator into a
// trace store.
//
//     sampling_job job = sampling_options_job(&options->sampling);
//     job.prompts = prompts; job.generator = generator; job.samples = 4; job.store = store;
//     TRY(sampling_run(&result, &job));          // what the store has already is not sampled again
//     TRY(trace_store_finish(store));
//
// Each reply has random numbers of its own, addressed by (seed, prompt id, sample). Of a local
// model the traces are therefore the same whatever the batch size, threads, order or interruptions;
// servers may ignore the seed. A trace is acknowledged, and survives kill -9, when its reply is
// done.
#ifndef DATASETS_SAMPLE_SAMPLING_H
#define DATASETS_SAMPLE_SAMPLING_H

#include "datasets/prompts/prompts.h"
#include "datasets/sample/spending.h"
#include "datasets/traces/trace_store.h"

/// Everything is borrowed.
typedef struct sampling_job {
    const prompt_set *prompts;
    distill_generator *generator; // local, opened with a tokenizer; or servers
    const distill_chat *chat;     // servers: NULL = chat completions, else plain completions
    distill_sampling sampling;
    size_t samples; // replies to each prompt
    uint64_t seed;
    const char *system;          // NULL = none
    const char *prompt_template; // with {prompt} in it; "{prompt}" alone = the prompt as given
    const char *think_prefix;    // every reply is forced to begin with this text; "" = none
    trace_store *store;
    /// Called for each trace before it is stored, to fill in its verdict; may be NULL.
    distill_status (*judge)(void *context, trace_record *record);
    void *judge_context;
    const char *what;           // name of the work in the progress line
    double price_in, price_out; // servers: for a million tokens
    const char *spending_path;  // servers: the account that this run adds to; NULL = none
} sampling_job;

typedef struct sampling_result {
    uint64_t traces, tokens, truncated; // of this run
    uint64_t errors;                    // samples that failed permanently; their traces say why
    uint64_t skipped;                   // prompts that do not fit in the context
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
