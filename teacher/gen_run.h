// teacher/gen_run.h - a run of distill-gen: its inputs, its output, sampling, and the summary.
//
//     TRY(gen_open_inputs(&run, &options));
//     TRY(gen_open_output(&run));
//     TRY(gen_sample(&run));
//     gen_print_summary(&run);
//     gen_run_close(&run);
#ifndef TEACHER_GEN_RUN_H
#define TEACHER_GEN_RUN_H

#include "datasets/sample/sampling.h"
#include "distill/generate/local_generator.h"
#include "distill/text/chat/chat_date.h"
#include "teacher/gen_options.h"

typedef struct gen_run {
    const gen_options *options; // borrowed
    prompt_set *prompts;
    skipped_lines skipped; // of the prompts
    bool served;           // the teacher is behind servers: no directory, no tokenizer
    distill_text teacher_dir;
    distill_local_options local; // of a checkpoint; set by gen_open_output
    distill_tokenizer *tok;
    distill_chat *chat;                    // NULL: the servers apply their own template
    char date[DISTILL_CHAT_DATE_CAPACITY]; // of chat templates that write it
    char *prompt_template;
    distill_text settings; // as JSON
    distill_text account;  // OUTPUT/usage.json, of a served teacher
    trace_store *store;
    distill_generator *generator;
    uint64_t before; // traces of earlier runs
    sampling_result result;
} gen_run;

/// Opens prompts, tokenizer and chat template. Borrows `options`, whose date and prompt template it sets.
distill_status gen_open_inputs(gen_run *run, gen_options *options) DISTILL_MUST_CHECK;
/// Plans the memory of a local teacher, or connects to the servers; then opens the output.
/// Errors  LIMIT if the teacher does not fit in memory; REMOTE; MISMATCH if an existing output has
///         other settings.
distill_status gen_open_output(gen_run *run) DISTILL_MUST_CHECK;
/// Loads the teacher and samples what the output lacks.
distill_status gen_sample(gen_run *run) DISTILL_MUST_CHECK;
/// Prints on stdout what the run has sampled.
void gen_print_summary(const gen_run *run);
void gen_run_close(gen_run *run);

#endif
