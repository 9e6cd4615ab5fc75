// student/sft.h - supervised fine-tuning: cross-entropy of the reply's tokens.
//
//     sft *run = NULL;
//     TRY(sft_create(&run, &data, &settings));
//     distill_objective objective = sft_objective(run);           // for the trainer
//
// The loss of a step is the sum of -log p over its learned tokens, divided by their number in the
// whole step: a token counts the same however the step is cut into micro-batches.
#ifndef STUDENT_SFT_H
#define STUDENT_SFT_H

#include "distill/train/batching.h"
#include "distill/train/objective.h"
#include "distill/train/packing.h"
#include "student/training_data.h"

typedef struct sft_settings {
    distill_batching_settings batching; // documents of a step
    distill_packing_settings packing;   // of a micro-batch
} sft_settings;

typedef struct sft sft;

/// `data` is borrowed. Errors  those of distill_batching_create.
distill_status sft_create(sft **out, const training_data *data,
                          const sft_settings *settings) DISTILL_MUST_CHECK;
void sft_free(sft *s);
distill_objective sft_objective(sft *s);
/// Optimizer steps and documents in an epoch.
size_t sft_epoch_steps(const sft *s);
size_t sft_epoch_documents(const sft *s);

#endif
