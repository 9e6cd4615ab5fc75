// distill/tensor/matmul.h - the linear layer y = x W^T + b and its two products backwards.
//
//     distill_matmul_forward(y, x, w, bias, residual, N, inputs, outputs);
//     distill_matmul_backward_input(dx, dy, w, N, inputs, outputs, DISTILL_SET);
//     distill_matmul_backward_weight(dw, dbias, dy, x, scratch, N, inputs, outputs);
//
// Threads: the result is cut into tiles by its shape alone and the tiles are spread over the pool, so the
//          bits do not depend on the number of threads.
#ifndef DISTILL_TENSOR_MATMUL_H
#define DISTILL_TENSOR_MATMUL_H

#include <stddef.h>

typedef enum distill_into { DISTILL_SET, DISTILL_ADD } distill_into;

/// y[n, o] = sum_i x[n, i] w[o, i] + bias[o] + residual[n, o]
/// Shapes  y, residual (N, outputs); x (N, inputs); w (outputs, inputs); bias (outputs).
///         bias and residual may be NULL; residual may be y.
void distill_matmul_forward(float *y, const float *x, const float *w, const float *bias,
                            const float *residual, size_t N, size_t inputs, size_t outputs);

/// dx[n, i] (+)= sum_o dy[n, o] w[o, i]
void distill_matmul_backward_input(float *dx, const float *dy, const float *w, size_t N,
                                   size_t inputs, size_t outputs, distill_into into);

/// dw[o, i] += sum_n dy[n, o] x[n, i];  dbias[o] += sum_n dy[n, o]  (dbias may be NULL)
/// scratch: distill_matmul_scratch floats.
void distill_matmul_backward_weight(float *dw, float *dbias, const float *dy, const float *x,
                                    float *scratch, size_t N, size_t inputs, size_t outputs);
/// Floats that the weight's gradient needs for partial sums; not more for fewer rows. 0 for large weights.
size_t distill_matmul_scratch(size_t N, size_t inputs, size_t outputs);

/// x[i] *= factor, on all threads.
void distill_matmul_scale(float *x, float factor, size_t count);

#endif
