// distill/tensor/rope.h - rotary position embedding: pairs (i, i + Dh/2) are rotated by position x
// frequency.
//
//     float *cosine, *sine;                                     // [positions, Dh / 2] each
//     distill_rope_table(cosine, sine, &config->rope, Dh, 0, positions);
//     distill_rope_forward(q, cosine, sine, at, N, H, Dh);      // row n of q stands at position at[n]
//     distill_rope_backward(dq, cosine, sine, at, N, H, Dh);    // the inverse rotation
//
// Source  Su et al. 2021, arXiv:2104.09864; llama3 and YaRN (Peng et al. 2023, arXiv:2309.00071) as
//         in transformers' modeling_rope_utils.
#ifndef DISTILL_TENSOR_ROPE_H
#define DISTILL_TENSOR_ROPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum distill_rope_type {
    DISTILL_ROPE_DEFAULT,
    DISTILL_ROPE_LINEAR,
    DISTILL_ROPE_LLAMA3,
    DISTILL_ROPE_YARN
} distill_rope_type;

typedef struct distill_rope_config {
    distill_rope_type type;
    double theta;
    double factor;
    double low_freq_factor, high_freq_factor; // llama3
    double original_max_positions;            // llama3, yarn
    double beta_fast, beta_slow;              // yarn
    double attention_factor;                  // yarn: multiplies cos and sin; 1 elsewhere
    bool truncate;                            // yarn: correction range rounded to whole pairs
} distill_rope_config;

/// Angle in radians by which pair `i` of Dh / 2 is rotated from one position to the next.
double distill_rope_frequency(const distill_rope_config *rope, size_t Dh, size_t i);

/// cosine[p, i], sine[p, i] of positions first … first+count-1, times the attention factor.
/// Shapes  (count, Dh / 2) each. Numbers: angles in double, rounded once.
void distill_rope_table(float *cosine, float *sine, const distill_rope_config *rope, size_t Dh,
                        size_t first, size_t count);

/// x[n, h, i]      <- x[n, h, i] cos - x[n, h, i + Dh/2] sin
/// x[n, h, i+Dh/2] <- x[n, h, i + Dh/2] cos + x[n, h, i] sin
/// Shapes  x (N, H, Dh); positions (N): rows of cosine and sine (positions, Dh / 2).
void distill_rope_forward(float *x, const float *cosine, const float *sine,
                          const int32_t *positions, size_t N, size_t H, size_t Dh);
/// The gradient, by the inverse rotation: in place, dx from dy.
void distill_rope_backward(float *dx, const float *cosine, const float *sine,
                           const int32_t *positions, size_t N, size_t H, size_t Dh);

#endif
