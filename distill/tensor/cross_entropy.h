// distill/tensor/cross_entropy.h - cross-entropy, -log softmax(logits)[target], of rows of logits,
// and its gradient in place.
#ifndef DISTILL_TENSOR_CROSS_ENTROPY_H
#define DISTILL_TENSOR_CROSS_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// nll[r] = log sum_v exp(logits[r, v]) - logits[r, targets[r]]            in nats; 0 without a target
/// logits[r, v] <- weights[r] (softmax(logits[r])[v] - (v == targets[r]))  if `gradient`
/// Shapes  nll, targets, weights (rows); logits (rows, V), destroyed without `gradient` too.
///         targets[r] = -1: no target; weights NULL = 1.
/// Numbers sums of more than 1024 exponentials run in double.
void distill_cross_entropy(double *nll, float *logits, const int32_t *targets, const float *weights,
                           size_t rows, size_t V, bool gradient);

#endif
