// distill/tensor/optimizer_math.h - the arithmetic of an optimizer step on flat arrays of values.
//
//     double squares = distill_sum_of_squares(g, count);
//     distill_adamw_update(p, m, v, g, count, &constants);
//     distill_moments_encode(&codes, m, v, count, key);          // moments in 8 bits
//     distill_bf16_split(high, low, p, count, key);              // weights in 16 + 8 bits
//
// Every function runs in the calling thread and gives the same bits on every instruction set.
// Arrays of one call do not overlap.
#ifndef DISTILL_TENSOR_OPTIMIZER_MATH_H
#define DISTILL_TENSOR_OPTIMIZER_MATH_H

#include <stddef.h>
#include <stdint.h>

/// The constants of one step k of AdamW.
typedef struct distill_adamw_constants {
    float clip; // factor of the gradient
    float beta1, one_minus_beta1;
    float beta2, one_minus_beta2;
    float v_scale; // 1 / (1 - beta2^k)
    float eps;
    float rate;  // lr / (1 - beta1^k)
    float decay; // lr weight_decay, 0 for vectors
} distill_adamw_constants;

/// Per element, each operation rounded to float32:
///     g <- g clip;   m <- beta1 m + (1 - beta1) g;   v <- beta2 v + (1 - beta2) g^2
///     p <- p - (decay p + rate m / (sqrt(v v_scale) + eps))
/// Source  Loshchilov & Hutter 2019, arXiv:1711.05101.
void distill_adamw_update(float *p, float *m, float *v, const float *g, size_t count,
                          const distill_adamw_constants *constants);

/// In double, in 16 partial sums whose order is fixed.
double distill_sum_of_squares(const float *values, size_t count);

// ---- moments in 8 bits -------------------------------------------------------------------------
//
// A block of up to 256 values has two scales, the largest |m| and the largest sqrt(v) in it, and
// two codes for each value, small floating-point numbers relative to the scale:
//     m        sign, 4 bits of exponent, 3 of mantissa: 0, and 1 down to 2^-15.7
//     sqrt(v)  4 bits of exponent, 4 of mantissa:       0, and 1 down to 2^-15.8
// Rounding is stochastic: with rounding to nearest a moment that changes by less than half a code a
// step would never change. A sqrt(v) that is not zero never becomes zero: m / sqrt(v) stays
// bounded.

enum { DISTILL_MOMENT_BLOCK = 256 };

/// Where the codes of a block lie.
typedef struct distill_moment_codes {
    unsigned char *m, *v; // [DISTILL_MOMENT_BLOCK]
    float *m_scale, *v_scale;
} distill_moment_codes;

/// Encodes m, v (count <= DISTILL_MOMENT_BLOCK); `key` is that of the random bits (stochastic.h).
void distill_moments_encode(const distill_moment_codes *codes, const float *m, const float *v,
                            size_t count, uint32_t key);
void distill_moments_decode(float *m, float *v, const distill_moment_codes *codes, size_t count);

// ---- weights in 16 + 8 bits --------------------------------------------------------------------
//
// t = 256 high + low is the upper 24 bits of a float32: high a bfloat16, t rounded to nearest; low
// in -128 … 127.

/// Rounds values to 24 bits: upwards with a probability equal to the part that is cut off.
void distill_bf16_split(uint16_t *high, int8_t *low, const float *values, size_t count,
                        uint32_t key);
/// Rounds values to the nearest 24 bits; exact for the result of distill_bf16_join.
void distill_bf16_split_nearest(uint16_t *high, int8_t *low, const float *values, size_t count);
void distill_bf16_join(float *out, const uint16_t *high, const int8_t *low, size_t count);

#endif
