// datasets/sample/sampling_job.h - what to sample, from which generator, into which store.
#ifndef DATASETS_SAMPLE_SAMPLING_JOB_H
#define DATASETS_SAMPLE_SAMPLING_JOB_H

#include "datasets/prompts/prompts.h"
#include "datasets/traces/trace_store.h"
#include "distill/generate/generator.h"

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

#endif
