// student/train_options.h - the options of distill-train: each declared once.
#ifndef STUDENT_TRAIN_OPTIONS_H
#define STUDENT_TRAIN_OPTIONS_H

#include "distill/base/options/options.h"

typedef struct train_options {
    distill_common_options common;
    // what to train, on what
    const char *model, *init, *tokenizer;
    distill_string_list data, eval_data;
    const char *output;
    bool overwrite;
    const char *chat_template, *prompt_template, *system;
    const char *loss_on;
    bool completion_only_loss, train_on_prompt;
    // lengths and batches
    double epochs;
    size_t max_steps, max_seq_len;
    const char *excess_length;
    size_t batch_tokens, batch_size, device_batch_size, accumulation_steps, micro_batch_tokens;
    bool packing;
    // optimization
    const char *objective, *optimizer, *precision;
    double learning_rate;
    const char *lr_schedule;
    double min_lr_ratio, warmup_ratio;
    size_t warmup_steps;
    double weight_decay, adam_beta1, adam_beta2, adam_eps, max_grad_norm;
    const char *activation_checkpointing;
    double max_memory; // GiB; 0 = what there is
    bool gradient_checkpointing;
    // saving
    size_t save_every, keep, eval_every;
    const char *save_dtype;
} train_options;

extern const distill_program TRAIN_PROGRAM;

/// Settings that may differ between a run and its resume: they change no weight.
extern const char *const TRAIN_FREE_KEYS[];
extern const size_t TRAIN_FREE_KEY_COUNT;

/// Checks what no single row can: that the options fit together.
/// Errors  USAGE, naming the options.
distill_status train_options_check(const train_options *options) DISTILL_MUST_CHECK;

#endif
