// distill/tensor/cpu/body/optimizer_kernels_body.h - private: the kernels of optimizer_kernels.h in
// plain C, included once by each file that compiles them for an instruction set.
//
// The compiler vectorises the loops: CMakeLists.txt compiles the including files with -O3 and, for
// the square roots, -fno-math-errno. Choices are made with masks, all ones where a condition holds,
// since branches would prevent that. No operation is fused (-ffp-contract=off), so that all sets
// give the same bits.
#include "distill/tensor/cpu/kernel_tables.h"
#include "distill/tensor/cpu/vector_extensions.h"
#include "distill/tensor/optimizer_math.h"
#include "distill/tensor/stochastic.h"

#include <math.h>

static void adamw(float *restrict p, float *restrict m, float *restrict v, const float *restrict g,
                  size_t count, const distill_adamw_constants *constants)
{
    const distill_adamw_constants k = *constants;
    for (size_t i = 0; i < count; i++) {
        float grad = g[i] * k.clip;
        float m1 = k.beta1 * m[i] + k.one_minus_beta1 * grad;
        float v1 = k.beta2 * v[i] + k.one_minus_beta2 * (grad * grad);
        float move = k.rate * m1 / (sqrtf(v1 * k.v_scale) + k.eps);
        p[i] -= k.decay * p[i] + move; // decay and move in one rounding
        m[i] = m1;
        v[i] = v1;
    }
}

/// Sixteen partial sums fix the order of additions and let the loop run in vector registers.
static double sum_of_squares(const float *values, size_t count)
{
    enum { PARTS = 16 };
    double parts[PARTS] = {0}, sum = 0;
    size_t whole = count / PARTS * PARTS;
    for (size_t i = 0; i < whole; i += PARTS)
        for (size_t k = 0; k < PARTS; k++)
            parts[k] += (double)values[i + k] * (double)values[i + k];
    for (size_t i = whole; i < count; i++)
        parts[i - whole] += (double)values[i] * (double)values[i];
    for (size_t k = 0; k < PARTS; k++)
        sum += parts[k];
    return sum;
}

// ---- moments in 8 bits -------------------------------------------------------------------------

enum {
    BLOCK = DISTILL_MOMENT_BLOCK,
    M_SHIFT = 20, // mantissa bits of a float32 that a code of m lacks: 23 - 3
    V_SHIFT = 19, // 23 - 4
    M_LAST = 127, // code of 1
    V_LAST = 255,
    M_BIAS = 1016 - M_LAST, // (bits of 1.0f >> M_SHIFT) - M_LAST
    V_BIAS = 2032 - V_LAST
};

/// A smaller scale counts as zero: its inverse would overflow, and eps dominates such moments.
static const float LEAST_SCALE = 1e-30f;

/// Largest |x|, through the bits: their order is that of the values.
INLINE float largest(const float *restrict x, size_t count)
{
    uint32_t most = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = bits_of_float(x[i]) & 0x7FFFFFFF;
        most = bits > most ? bits : most;
    }
    return float_of_bits(most);
}

INLINE uint32_t mask_of(int condition)
{
    return 0u - (uint32_t)condition;
}

INLINE uint32_t choose(uint32_t mask, uint32_t yes, uint32_t no)
{
    return (yes & mask) | (no & ~mask);
}

INLINE float encode_m(unsigned char *restrict codes, const float *restrict m, size_t count,
                      const uint32_t *restrict random_bits)
{
    const float scale = largest(m, count), inverse = scale < LEAST_SCALE ? 0 : 1 / scale;
    const uint32_t least = (uint32_t)(M_BIAS + 1) << M_SHIFT; // bits of the smallest code but 0
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = bits_of_float(m[i] * inverse), size = bits & 0x7FFFFFFF;
        uint32_t random = random_bits[i] >> (32 - M_SHIFT);
        uint32_t code = ((size + random) >> M_SHIFT) - M_BIAS;
        code = choose(mask_of(code < M_LAST), code, M_LAST);
        // below the smallest code: that code or zero, with the right expectation
        float part = float_of_bits(least) * ((float)(int32_t)random * 0x1p-20f);
        uint32_t small = mask_of(float_of_bits(size) > part) & 1;
        code = choose(mask_of(size < least), small, code);
        codes[i] = (unsigned char)(code | bits >> 31 << 7);
    }
    return inverse == 0 ? 0 : scale;
}

INLINE void decode_m(float *restrict m, const unsigned char *restrict codes, float scale,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t code = codes[i] & 0x7Fu, sign = (uint32_t)(codes[i] & 0x80u) << 24;
        float size = float_of_bits((code + M_BIAS) << M_SHIFT) * scale;
        m[i] = float_of_bits((bits_of_float(size) & mask_of(code != 0)) | sign);
    }
}

INLINE float encode_v(unsigned char *restrict codes, const float *restrict roots, size_t count,
                      const uint32_t *restrict random_bits)
{
    const float scale = largest(roots, count), inverse = scale < LEAST_SCALE ? 0 : 1 / scale;
    const uint32_t least = (uint32_t)(V_BIAS + 1) << V_SHIFT;
    for (size_t i = 0; i < count; i++) {
        uint32_t size = bits_of_float(roots[i] * inverse);
        uint32_t random = random_bits[i] & ((1u << V_SHIFT) - 1);
        uint32_t code = ((size + random) >> V_SHIFT) - V_BIAS;
        code = choose(mask_of(code < V_LAST), code, V_LAST);
        code = choose(mask_of(size < least), 1, code);
        codes[i] = (unsigned char)(code & mask_of(size != 0));
    }
    return inverse == 0 ? 0 : scale;
}

INLINE void decode_v(float *restrict v, const unsigned char *restrict codes, float scale,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t code = codes[i];
        float size = float_of_bits((code + V_BIAS) << V_SHIFT) * scale;
        float root = float_of_bits(bits_of_float(size) & mask_of(code != 0));
        v[i] = root * root;
    }
}

/// The same 32 random bits serve both: m takes the upper 20, v the lower 19; the 7 bits in common
/// are the least significant of m's, which almost never decide.
static void encode(const distill_moment_codes *codes, const float *restrict m,
                   const float *restrict v, size_t count, uint32_t key)
{
    uint32_t random_bits[BLOCK];
    float roots[BLOCK];
    for (size_t i = 0; i < BLOCK; i++)
        random_bits[i] = stochastic_bits(key, (uint32_t)i);
    for (size_t i = 0; i < count; i++)
        roots[i] = sqrtf(v[i]);
    *codes->m_scale = encode_m(codes->m, m, count, random_bits);
    *codes->v_scale = encode_v(codes->v, roots, count, random_bits);
}

static void decode(float *m, float *v, const distill_moment_codes *codes, size_t count)
{
    decode_m(m, codes->m, *codes->m_scale, count);
    decode_v(v, codes->v, *codes->v_scale, count);
}

// ---- weights in 16 + 8 bits --------------------------------------------------------------------

static void join(float *restrict out, const uint16_t *restrict high, const int8_t *restrict low,
                 size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = float_of_bits((((uint32_t)high[i] << 8) + (uint32_t)low[i]) << 8);
}

/// `addend`, 0 … 255, is added before 8 bits are cut off. Halves between two bfloat16 are rounded
/// away from zero, so that low is never 128.
INLINE void split_one(uint16_t *high, int8_t *low, float value, uint32_t addend)
{
    uint32_t t = (bits_of_float(value) + addend) >> 8;
    uint32_t upper = (t + 0x80) >> 8;
    *high = (uint16_t)upper;
    *low = (int8_t)(t - (upper << 8));
}

static void split(uint16_t *restrict high, int8_t *restrict low, const float *restrict values,
                  size_t count, uint32_t key)
{
    for (size_t i = 0; i < count; i++)
        split_one(&high[i], &low[i], values[i], stochastic_bits(key, (uint32_t)i) & 0xFF);
}

static void split_nearest(uint16_t *restrict high, int8_t *restrict low,
                          const float *restrict values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        split_one(&high[i], &low[i], values[i], 0x80);
}

/// The initialiser of a table of these kernels.
#define OPTIMIZER_KERNELS(set_name)                                                                \
    {                                                                                              \
        .name = set_name, .adamw = adamw, .sum_of_squares = sum_of_squares, .encode = encode,      \
        .decode = decode, .split = split, .split_nearest = split_nearest, .join = join             \
    }
