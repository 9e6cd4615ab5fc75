// teacher/gen_run.h - a run of distill-gen: what it opens, in this order, and what it prints at the
// end.
#ifndef TEACHER_GEN_RUN_H
#define TEACHER_GEN_RUN_H

#include "datasets/sample/sampling.h"
#include "teacher/gen_options.h"

typedef struct gen_run {
    const gen_options *options; // borrowed
    prompt_set *prompts;
    bool served; // the teacher stands behind servers: no directory, no tokenizer
    distill_text teacher_dir;
    distill_tokenizer *tok;
    distill_chat *chat;    // NULL: chat completions of a server
    distill_text settings; // as JSON
    distill_text account;  // OUTPUT/usage.json of a served teacher
    trace_store *store;
    distill_generator *generator;
    uint64_t before; // traces that earlier runs stored
    sampling_result result;
} gen_run;

/// Errors  USAGE for options that are missing or do not go together.
distill_status gen_check_options(const gen_options *options) DISTILL_MUST_CHECK;
/// Prompts, tokenizer and chat template.
distill_status gen_open_inputs(gen_run *run, const gen_options *options) DISTILL_MUST_CHECK;
/// Refuses a teacher that does not fit in memory, or asks the servers for its name, then opens the
/// output: an existing one must have the same settings. Errors  LIMIT; REMOTE; MISMATCH.
distill_status gen_open_output(gen_run *run) DISTILL_MUST_CHECK;
/// Loads the teacher and samples what the output lacks.
distill_status gen_sample(gen_run *run) DISTILL_MUST_CHECK;
/// Prints what was done on stdout.
void gen_print_summary(const gen_run *run);
void gen_run_close(gen_run *run);

#endif
