// distill/tensor/matmul.h - the linear layer y = x W^T + b and its two products backwards.
//
//     distill_matmul_forward(y, x, w, bias, residual, N, inputs, outputs);
//     distill_matmul_backward_input(dx, dy, w, N, inputs, outputs, DISTILL_SET);
//     distill_matmul_backward_weight(dw, dbias, dy, x, N, inputs, outputs);
//
// Weights and their gradients may be held as bfloat16: the `_as` functions widen them while
// operands are packed for the kernels, at no cost, and compute in float32:
//
//     distill_weight w = {params + offset, DISTILL_BF16};
//     distill_matmul_forward_as(y, x, w, bias, residual, N, inputs, outputs);
//
// Threads  all of the pool. How an element is summed follows from the shape alone, so the bits do
//          not depend on the number of threads.
#ifndef DISTILL_TENSOR_MATMUL_H
#define DISTILL_TENSOR_MATMUL_H

#include "distill/tensor/dtype.h"

typedef enum distill_into { DISTILL_SET, DISTILL_ADD } distill_into;

/// A weight; DISTILL_F32 or DISTILL_BF16.
typedef struct distill_weight {
    const void *data;
    distill_dtype dtype;
} distill_weight;

/// Where its gradient is stored, of either type.
typedef struct distill_weight_gradient {
    void *data;
    distill_dtype dtype;
} distill_weight_gradient;

/// y[n, o] = sum_i x[n, i] w[o, i] + bias[o] + residual[n, o]
/// Shapes  y, residual (N, outputs); x (N, inputs); w (outputs, inputs); bias (outputs).
///         bias and residual may be NULL; residual may be y.
void distill_matmul_forward(float *y, const float *x, const float *w, const float *bias,
                            const float *residual, size_t N, size_t inputs, size_t outputs);

/// dx[n, i] (+)= sum_o dy[n, o] w[o, i]
void distill_matmul_backward_input(float *dx, const float *dy, const float *w, size_t N,
                                   size_t inputs, size_t outputs, distill_into into);

/// dw[o, i] += sum_n dy[n, o] x[n, i];  dbias[o] += sum_n dy[n, o]  (dbias may be NULL)
void distill_matmul_backward_weight(float *dw, float *dbias, const float *dy, const float *x,
                                    size_t N, size_t inputs, size_t outputs);

/// The same three for weights of either type. Biases are float32.
/// Numbers products and sums run in float32; to a bfloat16 gradient the whole product over N rows
///         is added in float32, and the sum is rounded once, to nearest even. DISTILL_SET does not
///         read dw, which may hold NaN; dbias is always added to.
void distill_matmul_forward_as(float *y, const float *x, distill_weight w, const float *bias,
                               const float *residual, size_t N, size_t inputs, size_t outputs);
void distill_matmul_backward_input_as(float *dx, const float *dy, distill_weight w, size_t N,
                                      size_t inputs, size_t outputs, distill_into into);
void distill_matmul_backward_weight_as(distill_weight_gradient dw, float *dbias, const float *dy,
                                       const float *x, size_t N, size_t inputs, size_t outputs,
                                       distill_into into);

/// x[i] *= factor, on all threads.
void distill_matmul_scale(float *x, float factor, size_t count);

#endif
