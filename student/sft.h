// student/sft.h - supervised fine-tuning: cross-entropy of the reply's tokens.
//
//     sft *objective = NULL;
//     TRY(sft_create(&objective, &data, pack, bin_tokens));
//     distill_objective face = sft_objective(objective);           // for the trainer
//
// The loss of a step is the sum of -log p over its learned tokens, divided by their number in the
// whole step: a token counts the same however the step is cut into micro-batches.
#ifndef STUDENT_SFT_H
#define STUDENT_SFT_H

#include "distill/train/trainer.h"
#include "student/packing.h"

typedef struct sft sft;

/// `data` and `pack` are borrowed; a bin of `pack` becomes a micro-batch.
distill_status sft_create(sft **out, const training_data *data, packing *pack,
                          size_t bin_tokens) DISTILL_MUST_CHECK;
void sft_free(sft *objective);
distill_objective sft_objective(sft *objective);

#endif
