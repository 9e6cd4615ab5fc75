// datasets/sample/sampling.h - samples of every prompt of a set, from a generator into a trace store;
// resumes where it stopped. Shared by distill-gen and distill-bench.
//
// Every reply has its own random numbers, addressed by (seed, prompt id, sample): what is stored
// does not depend on batch size, threads, order or interruptions. A trace is acknowledged (it
// survives kill -9) as soon as its reply ends. What a server replies is its own affair: there the
// address says which sample a trace is, no more.
#ifndef DATASETS_SAMPLE_SAMPLING_H
#define DATASETS_SAMPLE_SAMPLING_H

#include "datasets/prompts/prompts.h"
#include "datasets/sample/spending.h"
#include "datasets/traces/trace_store.h"

typedef struct sampling_job {
    const prompt_set *prompts;
    distill_generator *generator; // opened with a tokenizer, or on servers
    const distill_chat *chat;     // servers: NULL for chat completions, else text is completed
    distill_sampling sampling;
    size_t samples; // replies a prompt
    uint64_t seed;
    const char *system;          // NULL = none
    const char *prompt_template; // "{prompt}" alone = as given
    const char *think_prefix;    // text every reply is forced to begin with; "" = none
    trace_store *store;
    /// Called for each finished trace before it is stored (bench fills in the verdict); may be
    /// NULL.
    distill_status (*judge)(void *context, trace_record *record);
    void *judge_context;
    const char *what;           // for the progress line: "sampling"
    double price_in, price_out; // servers: a million tokens
    const char *spending_path;  // servers: the account that this run adds to; NULL = none
} sampling_job;

typedef struct sampling_result {
    uint64_t traces, tokens, truncated; // of this run
    uint64_t errors;                    // samples that failed for good; the trace says why
    uint64_t skipped;                   // prompts that do not fit in the context
    double seconds;
    spending spent, spent_in_all; // servers: by this run; by all runs
} sampling_result;

/// Errors  those of generator and store; INTERRUPTED with the work so far saved.
distill_status sampling_run(sampling_result *result, const sampling_job *job) DISTILL_MUST_CHECK;

/// Positions that the longest prompt and its reply can take (not yet clipped to the model's): what
/// a generator needs room for. Uses `prompts`, `chat`, the texts and sampling.max_tokens of the
/// job.
distill_status sampling_context(size_t *tokens, const sampling_job *job) DISTILL_MUST_CHECK;

#endif
