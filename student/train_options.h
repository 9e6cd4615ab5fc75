// student/train_options.h - the options of distill-train.
#ifndef STUDENT_TRAIN_OPTIONS_H
#define STUDENT_TRAIN_OPTIONS_H

#include "distill/text/chat/chat_template.h"
#include "distill/train/trainer_options.h"
#include "student/training_data.h"

typedef enum train_objective { OBJECTIVE_SFT } train_objective;

typedef struct train_options {
    distill_common_options common;
    distill_trainer_options trainer;
    // model and data
    const char *model, *init, *tokenizer;
    distill_string_list data, eval_data;
    const char *output;
    bool overwrite, skip_bad;
    distill_chat_options chat;
    const char *prompt_template, *system;
    learned_part loss_on;
    learned_turns learn;
    bool completion_only_loss, train_on_prompt;
    train_objective objective;
    // lengths and batches
    double epochs;
    size_t max_steps, max_seq_len;
    excess_length excess_length;
    size_t batch_tokens, batch_size, device_batch_size, accumulation_steps;
    bool packing;
    size_t eval_every; // steps; 0 = at the end of each epoch
} train_options;

extern const distill_program TRAIN_PROGRAM;

/// Settings that may differ between a run and its resume: they change no weight.
extern const char *const TRAIN_FREE_KEYS[];
extern const size_t TRAIN_FREE_KEY_COUNT;

/// Checks that the options are consistent with each other.
/// Errors  USAGE, naming the options.
distill_status train_options_check(const train_options *options) DISTILL_MUST_CHECK;
/// The part of a document that is learned, by all three options about it.
learned_part train_options_learned(const train_options *options);

#endif
