// distill/train/trainer_options.h - the options of every program that trains: optimizer, precision,
// schedule, memory and saving.
//
//     typedef struct train_options {
//         distill_common_options common;
//         distill_trainer_options trainer;
//     } train_options;
//     static const train_options DEFAULTS = {
//         .common = DISTILL_COMMON_DEFAULTS,
//         .trainer = DISTILL_TRAINER_DEFAULTS(1e-5, DISTILL_LR_COSINE, 0.03)};
//     static const distill_option ROWS[] = {
//         DISTILL_OPTIMIZER_ROWS(offsetof(train_options, trainer)),
//         DISTILL_SAVING_ROWS(offsetof(train_options, trainer)), DISTILL_COMMON_ROWS};
//
// distill/train/training_plan.h turns them into the settings of a trainer.
#ifndef DISTILL_TRAIN_TRAINER_OPTIONS_H
#define DISTILL_TRAIN_TRAINER_OPTIONS_H

#include "distill/base/options/options.h"
#include "distill/tensor/dtype.h"

// Each enum has a value for every word of its option, in order, including the spellings of other
// programs.
typedef enum distill_lr_option {
    DISTILL_LR_COSINE,
    DISTILL_LR_LINEAR,
    DISTILL_LR_CONSTANT,
    DISTILL_LR_COSINE_WITH_MIN_LR,
    DISTILL_LR_CONSTANT_WITH_WARMUP
} distill_lr_option;

typedef enum distill_optimizer_option {
    DISTILL_OPTIMIZER_ADAMW,
    DISTILL_OPTIMIZER_ADAMW8BIT,
    DISTILL_OPTIMIZER_ADAMW_8BIT,
    DISTILL_OPTIMIZER_ADAMW_BNB_8BIT
} distill_optimizer_option;

typedef enum distill_recompute_option {
    DISTILL_RECOMPUTE_AUTO,
    DISTILL_RECOMPUTE_ON,
    DISTILL_RECOMPUTE_OFF
} distill_recompute_option;

typedef enum distill_save_option {
    DISTILL_SAVE_AUTO,
    DISTILL_SAVE_F32,
    DISTILL_SAVE_BF16,
    DISTILL_SAVE_F16
} distill_save_option;

typedef struct distill_trainer_options {
    double learning_rate; // the peak
    distill_lr_option lr_schedule;
    double min_lr_ratio, warmup_ratio;
    size_t warmup_steps; // 0 = by warmup_ratio
    double weight_decay, adam_beta1, adam_beta2, adam_eps;
    double max_grad_norm; // 0 = no clipping
    distill_optimizer_option optimizer;
    distill_dtype precision; // of weights and gradients: DISTILL_F32 or DISTILL_BF16
    distill_recompute_option activation_checkpointing;
    bool gradient_checkpointing; // the same as DISTILL_RECOMPUTE_ON
    double max_memory;           // GiB; 0 = what is available
    size_t micro_batch_tokens;   // 0 = chosen
    size_t save_every;           // steps; 0 = only when interrupted
    size_t keep;                 // checkpoints; 0 = all
    distill_save_option save_dtype;
} distill_trainer_options;

#define DISTILL_TRAINER_DEFAULTS(peak, schedule, warmup)                                           \
    {                                                                                              \
        .learning_rate = (peak), .lr_schedule = (schedule), .warmup_ratio = (warmup),              \
        .min_lr_ratio = 0.1, .adam_beta1 = 0.9, .adam_beta2 = 0.95, .adam_eps = 1e-8,              \
        .max_grad_norm = 1, .save_every = 500, .keep = 2                                           \
    }

/// Options that may differ between a run and its resume: they change no weight.
#define DISTILL_TRAINER_FREE_KEYS                                                                  \
    "save-every", "keep", "activation-checkpointing", "max-memory", "save-dtype",                  \
        "gradient-checkpointing"

#define DISTILL_TRAINER_AT(base, field) ((base) + offsetof(distill_trainer_options, field))
// clang-format off
#define DISTILL_OPTIMIZER_ROWS(base)                                                               \
    {.section = "Optimization"},                                                                   \
    {.name = "learning-rate", .letter = 'l', .type = DISTILL_OPT_REAL,                             \
     .offset = DISTILL_TRAINER_AT(base, learning_rate), .low = 0, .high = 100, .aliases = "lr",    \
     .help = "peak learning rate"},                                                                          \
    {.name = "lr-schedule", .type = DISTILL_OPT_CHOICE,                                              \
     .offset = DISTILL_TRAINER_AT(base, lr_schedule),                                              \
     .choices = "cosine|linear|constant|cosine_with_min_lr|constant_with_warmup",                  \
     .aliases = "lr-scheduler,lr-scheduler-type", .help = "how the learning rate falls after the warmup"},        \
    {.name = "min-lr-ratio", .type = DISTILL_OPT_REAL,                                             \
     .offset = DISTILL_TRAINER_AT(base, min_lr_ratio), .low = 0, .high = 1,                        \
     .aliases = "min-lr-rate",                                                                     \
     .help = "the last step's rate as a share of the peak (cosine, linear)"},                      \
    {.name = "warmup-ratio", .type = DISTILL_OPT_REAL,                                             \
     .offset = DISTILL_TRAINER_AT(base, warmup_ratio), .low = 0, .high = 1,                        \
     .help = "share of the steps in which the rate rises, rounded up"},                            \
    {.name = "warmup-steps", .type = DISTILL_OPT_SIZE,                                             \
     .offset = DISTILL_TRAINER_AT(base, warmup_steps), .low = 0, .high = 1 << 30, .unit = "N",     \
     .help = "the warmup in steps; 0 follows --warmup-ratio"},                                       \
    {.name = "weight-decay", .type = DISTILL_OPT_REAL,                                             \
     .offset = DISTILL_TRAINER_AT(base, weight_decay), .low = 0, .high = 100,                      \
     .help = "decoupled, on matrices only"},                                                       \
    {.name = "adam-beta1", .type = DISTILL_OPT_REAL,                                               \
     .offset = DISTILL_TRAINER_AT(base, adam_beta1), .low = 0, .high = 0.99999999,                 \
     .help = "decay of the first moment"},                                                         \
    {.name = "adam-beta2", .type = DISTILL_OPT_REAL,                                               \
     .offset = DISTILL_TRAINER_AT(base, adam_beta2), .low = 0, .high = 0.99999999,                 \
     .help = "decay of the second moment"},                                                        \
    {.name = "adam-eps", .type = DISTILL_OPT_REAL,                                                 \
     .offset = DISTILL_TRAINER_AT(base, adam_eps), .low = 1e-30, .high = 1,                        \
     .aliases = "adam-epsilon", .help = "added to the root of the second moment"},                 \
    {.name = "max-grad-norm", .type = DISTILL_OPT_REAL,                                            \
     .offset = DISTILL_TRAINER_AT(base, max_grad_norm), .low = 0, .high = 1e9,                     \
     .help = "gradients of a larger norm are scaled down to this; 0 is off"},                                  \
    {.name = "optimizer", .type = DISTILL_OPT_CHOICE,                                                \
     .offset = DISTILL_TRAINER_AT(base, optimizer),                                                \
     .choices = "adamw|adamw8bit|adamw_8bit|adamw_bnb_8bit", .aliases = "optim",                   \
     .help = "adamw8bit keeps its two moments in 8 bits with a scale for every 256: a quarter of " \
             "the memory"},                                                                        \
    {.name = "precision", .type = DISTILL_OPT_CHOICE,                                                \
     .offset = DISTILL_TRAINER_AT(base, precision), .choices = "fp32|bf16",                        \
     .help = "type of weights and gradients in memory; bf16 takes 5 bytes a parameter instead of " \
             "8, with arithmetic in float32, and is saved as bfloat16"},                                 \
    {.name = "activation-checkpointing", .type = DISTILL_OPT_CHOICE,                                 \
     .offset = DISTILL_TRAINER_AT(base, activation_checkpointing), .choices = "auto|on|off",       \
     .help = "recompute layers in the backward pass: all of them, or with auto as many as memory " \
             "requires"},                                                                          \
    {.name = "max-memory", .type = DISTILL_OPT_REAL,                                               \
     .offset = DISTILL_TRAINER_AT(base, max_memory), .low = 0, .high = 1e6, .unit = "GIB",         \
     .help = "use at most this much memory; 0 takes what is available"},                                      \
    {.name = "gradient-checkpointing", .type = DISTILL_OPT_FLAG,                                   \
     .offset = DISTILL_TRAINER_AT(base, gradient_checkpointing),                                   \
     .help = "the same as --activation-checkpointing on"}
#define DISTILL_MICRO_BATCH_ROW(base)                                                              \
    {.name = "micro-batch-tokens", .type = DISTILL_OPT_SIZE,                                       \
     .offset = DISTILL_TRAINER_AT(base, micro_batch_tokens), .low = 0, .high = 1 << 30,            \
     .unit = "TOKENS",                                                                             \
     .help = "most tokens of a forward pass, at least the longest document: memory and speed, not "\
             "what is learned; 0 chooses"}
#define DISTILL_SAVING_ROWS(base)                                                                  \
    {.name = "save-every", .type = DISTILL_OPT_SIZE,                                               \
     .offset = DISTILL_TRAINER_AT(base, save_every), .low = 0, .high = 1e12, .unit = "STEPS",      \
     .aliases = "save-steps",                                                                      \
     .help = "checkpoint to resume from; 0 saves only when interrupted"},                          \
    {.name = "keep", .type = DISTILL_OPT_SIZE, .offset = DISTILL_TRAINER_AT(base, keep),           \
     .low = 0, .high = 1 << 30, .unit = "N", .aliases = "save-total-limit",                        \
     .help = "newest checkpoints to keep; 0 keeps all"},                                           \
    {.name = "save-dtype", .type = DISTILL_OPT_CHOICE,                                               \
     .offset = DISTILL_TRAINER_AT(base, save_dtype),                                               \
     .choices = "auto|float32|bfloat16|float16",                                                   \
     .help = "type of the trained weights; auto is that of --model, or torch_dtype of --init; "    \
             "bfloat16 with --precision bf16"}
// clang-format on

#endif
