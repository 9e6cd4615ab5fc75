// distill/train/trainer.h - one trainer for every objective: accumulates gradients, steps, logs,
// evaluates, saves.
//
//     distill_trainer *trainer = NULL;
//     TRY(distill_trainer_bytes(&plan, layout, &settings));     // printed, checked by the caller
//     TRY(distill_trainer_create(&trainer, layout, &settings));
//     distill_block_sink to = distill_train_weights_sink(distill_trainer_weights(trainer));
//     TRY(distill_checkpoint_load_into(&to, layout, ckpt));
//     TRY(distill_trainer_resume(trainer));                     // from the newest checkpoint
//     TRY(distill_trainer_run(trainer, &objective, &evaluation));
//
// An optimizer step may be cut into micro-batches in any way: gradients are divided by the number
// of targets of the whole step, so that every token counts the same. After the first step nothing
// is allocated. SIGINT ends the micro-batch, saves the last complete step and returns INTERRUPTED.
#ifndef DISTILL_TRAIN_TRAINER_H
#define DISTILL_TRAIN_TRAINER_H

#include "distill/train/objective.h"
#include "distill/train/optimizer.h"
#include "distill/train/resume.h"
#include "distill/train/schedule.h"

typedef struct distill_trainer_settings {
    distill_schedule schedule; // .total: steps of the whole run
    distill_adamw adamw;
    double max_grad_norm;              // 0 = no clipping
    uint64_t save_every;               // steps; 0 = only when interrupted
    size_t keep;                       // checkpoints; 0 = all
    uint64_t eval_every;               // steps; the last step is always evaluated
    size_t micro_tokens;               // most tokens of a micro-batch
    size_t recomputed;                 // layers that are computed again in the backward pass
    distill_optimizer_formats formats; // of weights, gradients and moments
    const char *output;                // folder of metrics.jsonl and checkpoints/; exists
    distill_hf_origin origin;          // of the files beside the weights of a checkpoint
    const char *data_sha256;           // a resume on other data is refused
} distill_trainer_settings;

typedef struct distill_trainer_plan {
    size_t weights, gradients, moments, activations; // bytes
} distill_trainer_plan;
distill_status distill_trainer_bytes(distill_trainer_plan *plan, const distill_layout *layout,
                                     const distill_trainer_settings *settings) DISTILL_MUST_CHECK;

typedef struct distill_trainer distill_trainer;
/// `layout` and the strings in `settings` are borrowed until distill_trainer_free.
distill_status distill_trainer_create(distill_trainer **out, const distill_layout *layout,
                                      const distill_trainer_settings *settings) DISTILL_MUST_CHECK;
void distill_trainer_free(distill_trainer *trainer);
/// The weights, to be filled before a run that does not resume.
distill_train_weights *distill_trainer_weights(distill_trainer *trainer);
/// Loads the newest checkpoint under settings.output, if there is one: distill_trainer_step is then
/// above 0.
/// Errors  MISMATCH if it was made with other data.
distill_status distill_trainer_resume(distill_trainer *trainer) DISTILL_MUST_CHECK;
/// Writes a checkpoint of the last step, if there is none yet.
distill_status distill_trainer_save(distill_trainer *trainer) DISTILL_MUST_CHECK;
/// Optimizer steps done.
uint64_t distill_trainer_step(const distill_trainer *trainer);

/// Trains up to the last step of the schedule. `evaluation` (may be NULL): its step 1 is the whole
/// evaluation set.
/// Errors  INTERRUPTED with the work so far saved; NUMERIC if loss or gradient is not finite.
distill_status distill_trainer_run(distill_trainer *trainer, const distill_objective *objective,
                                   const distill_objective *evaluation) DISTILL_MUST_CHECK;

#endif
