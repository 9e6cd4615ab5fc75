// distill/generate/score.h - the log-probability of given tokens, as decoding computes it.
//
//     TRY(distill_scorer_create(&scorer, ckpt, DISTILL_WEIGHTS_INT8));
//     TRY(distill_score(nll, scorer, tokens, count));   // nll[i] = -log p(token i | before)
//
// The arithmetic is that of sampling, bit for bit; model/decoder computes the same in another
// order. The scores therefore show the loss due to quantised weights.
#ifndef DISTILL_GENERATE_SCORE_H
#define DISTILL_GENERATE_SCORE_H

#include "distill/checkpoint/hf_read.h"
#include "distill/model/inference/inference_decoder.h"

typedef struct distill_scorer distill_scorer;

/// Keeps nothing of `ckpt`. Errors  LIMIT with the numbers if the weights do not fit in memory.
distill_status distill_scorer_create(distill_scorer **out, const distill_checkpoint *ckpt,
                                     distill_weights weights) DISTILL_MUST_CHECK;
void distill_scorer_free(distill_scorer *scorer);

/// Sets nll[0] = 0 and nll[i], in nats. Tokens are in 0 … V-1.
/// Errors  LIMIT for more tokens than the model has positions.
distill_status distill_score(float *nll, distill_scorer *scorer, const int32_t *tokens,
                             size_t count) DISTILL_MUST_CHECK;

#endif
