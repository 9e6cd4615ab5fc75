// student/training_run.h - a training run from options to a finished checkpoint.
//
//     training_run run = {0};
//     TRY(training_run_prepare(&run, &options));    // reads model and data, prints the plan
//     TRY(training_run_train(&run));                // from the newest checkpoint, if there is one
//     TRY(training_run_write(&run));                // checkpoint and report
//     training_run_close(&run);
#ifndef STUDENT_TRAINING_RUN_H
#define STUDENT_TRAINING_RUN_H

#include "distill/checkpoint/hf_read.h"
#include "distill/text/chat/chat_date.h"
#include "distill/train/run_directory.h"
#include "distill/train/trainer.h"
#include "student/sft.h"
#include "student/train_options.h"

typedef struct training_run {
    const train_options *options;
    distill_run_directory directory;
    distill_text model_dir;         // "" with --init
    const char *config_source;      // folder or .json file, borrowed
    const char *tokenizer_dir;      // borrowed
    distill_checkpoint *checkpoint; // NULL with --init
    distill_layout *layout;
    distill_dtype dtype; // of the trained weights
    distill_tokenizer *tokenizer;
    distill_chat *chat;
    char date[DISTILL_CHAT_DATE_CAPACITY];      // of chat templates that write it
    distill_text tokens_path, eval_tokens_path; // of data and eval_data
    skipped_lines skipped;
    training_data data, eval_data;
    sft *objective, *evaluation;
    distill_trainer_settings settings;
    char data_sha256[DISTILL_SHA256_HEX];
    distill_trainer *trainer;
} training_run;

/// Sets the date in the options. If run->directory.finished, the run is complete and nothing else is read.
/// Errors  those of model, tokenizer and data; LIMIT if it does not fit in memory, with the
///         numbers.
distill_status training_run_prepare(training_run *run, train_options *options) DISTILL_MUST_CHECK;
distill_status training_run_train(training_run *run) DISTILL_MUST_CHECK;
distill_status training_run_write(training_run *run) DISTILL_MUST_CHECK;
void training_run_close(training_run *run);

#endif
