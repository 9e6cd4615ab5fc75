// distill/tensor/rms_norm.h - rows divided by their root mean square and scaled by a weight.
//
//     distill_rms_norm_forward(h, x, weight, N, D, eps);               // of the residual stream
//     distill_rms_norm_forward(q, q, q_norm, N * H, Dh, eps);          // of each head (Qwen3)
//
// Source  Zhang & Sennrich 2019, arXiv:1910.07467.
#ifndef DISTILL_TENSOR_RMS_NORM_H
#define DISTILL_TENSOR_RMS_NORM_H

#include "distill/tensor/matmul.h"

/// inverse[n] = 1 / sqrt(mean_d x[n, d]^2 + eps)      out[n, d] = weight[d] x[n, d] inverse[n]
/// Shapes  out, x (N, D); weight (D). out may be x.
void distill_rms_norm_forward(float *out, const float *x, const float *weight, size_t N, size_t D,
                              double eps);

/// Floats of scratch that the backward pass needs.
size_t distill_rms_norm_scratch(size_t D);

/// dx[n] (+)= inverse (weight dy[n]) - inverse^3 / D (sum_d dy weight x) x[n]
/// dweight[d] += sum_n dy[n, d] x[n, d] inverse[n]
/// Shapes  dx, dy, x (N, D); dweight (D). dx may be dy if it is set.
void distill_rms_norm_backward(float *dx, float *dweight, const float *dy, const float *x,
                               const float *weight, float *scratch, size_t N, size_t D, double eps,
                               distill_into into);

#endif
