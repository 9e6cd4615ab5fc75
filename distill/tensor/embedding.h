// distill/tensor/embedding.h - a row of a table for each token, and the gradient back into the
// table.
#ifndef DISTILL_TENSOR_EMBEDDING_H
#define DISTILL_TENSOR_EMBEDDING_H

#include <stddef.h>
#include <stdint.h>

/// out[n] = table[tokens[n]]
/// Shapes  out (N, D); table (V, D); tokens (N), each in 0 … V-1.
void distill_embedding_forward(float *out, const float *table, const int32_t *tokens, size_t N,
                               size_t D);
/// dtable[tokens[n]] += dout[n], in the order of n: bits do not depend on the threads.
void distill_embedding_backward(float *dtable, const float *dout, const int32_t *tokens, size_t N,
                                size_t D);

#endif
