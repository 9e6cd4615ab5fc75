// student/training_plan.h - private to training_run.c: steps, batches and memory, worked out
// before they are used.
#ifndef STUDENT_TRAINING_PLAN_H
#define STUDENT_TRAINING_PLAN_H

#include "distill/train/trainer.h"
#include "student/packing.h"
#include "student/train_options.h"

/// Fills the forms of weights, gradients and moments.
void training_plan_forms(distill_trainer_settings *settings, const train_options *options);
/// Sets settings->micro_tokens: as asked, or enough to keep the cores busy with activations that are
/// small beside the weights; never less than the longest document of either set.
distill_status training_plan_micro_tokens(distill_trainer_settings *settings,
                                          const train_options *options,
                                          const distill_layout *layout, const training_data *data,
                                          const training_data *eval_data) DISTILL_MUST_CHECK;
packing_settings training_plan_packing(const train_options *options, size_t micro_tokens);
/// Fills schedule, optimizer and intervals of `settings`.
distill_status training_plan_steps(distill_trainer_settings *settings, const train_options *options,
                                   size_t steps_per_epoch) DISTILL_MUST_CHECK;
/// Decides how many layers are recomputed in the backward pass: as few as fit.
/// Errors  LIMIT, with the numbers, if it does not fit in memory.
distill_status training_plan_memory(distill_trainer_settings *settings,
                                    const train_options *options,
                                    const distill_layout *layout) DISTILL_MUST_CHECK;
/// Says on stderr what will be done with how many cores and bytes.
void training_plan_print(const distill_trainer_settings *settings, const distill_layout *layout,
                         const training_data *data, const packing *pack, size_t longest_allowed);

#endif
