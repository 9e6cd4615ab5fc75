// distill/train/training_plan.h - turns options into the settings of a trainer: computes and checks
// steps, batches and memory before anything large is allocated.
//
//     distill_trainer_settings settings = {0};
//     distill_training_plan_optimizer(&settings, &options, seed);
//     TRY(distill_training_plan_micro_tokens(&settings, &options, layout, longest, all_tokens));
//     TRY(distill_training_plan_steps(&settings, &options, steps));
//     TRY(distill_training_plan_memory(&settings, &options, layout));
//     distill_training_plan_print(&settings, layout);
#ifndef DISTILL_TRAIN_TRAINING_PLAN_H
#define DISTILL_TRAIN_TRAINING_PLAN_H

#include "distill/train/trainer.h"
#include "distill/train/trainer_options.h"

/// Fills AdamW's constants, the limit of the gradient's norm, the intervals of saving and the types
/// in which weights, gradients and moments are held.
void distill_training_plan_optimizer(distill_trainer_settings *settings,
                                     const distill_trainer_options *options, uint64_t seed);
/// Sets settings->micro_tokens to the option's value, or to enough tokens to keep the cores busy
/// with activations that are small beside the weights; at most `most`, at least `longest`. Uses
/// settings->formats.
distill_status distill_training_plan_micro_tokens(distill_trainer_settings *settings,
                                                  const distill_trainer_options *options,
                                                  const distill_layout *layout, size_t longest,
                                                  size_t most) DISTILL_MUST_CHECK;
/// Fills settings->schedule for `steps` optimizer steps.
/// Errors  LIMIT for a number of steps below 1 or beyond 1e15.
distill_status distill_training_plan_steps(distill_trainer_settings *settings,
                                           const distill_trainer_options *options,
                                           double steps) DISTILL_MUST_CHECK;
/// Decides how many layers are recomputed in the backward pass: as few as fit in memory.
/// Errors  LIMIT, with the numbers, if it does not fit.
distill_status distill_training_plan_memory(distill_trainer_settings *settings,
                                            const distill_trainer_options *options,
                                            const distill_layout *layout) DISTILL_MUST_CHECK;
/// Prints the plan: memory, parameters, steps and threads.
void distill_training_plan_print(const distill_trainer_settings *settings,
                                 const distill_layout *layout);

/// Type of the trained weights on disk; `start` is that of the model the training starts from.
distill_dtype distill_training_plan_dtype(const distill_trainer_options *options,
                                          distill_dtype start);

#endif
