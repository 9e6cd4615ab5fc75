// distill/train/moments.c - see moments.h.
#include "distill/train/moments.h"

#include "distill/base/memory.h"
#include "distill/train/stochastic.h"

#include <math.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#pragma GCC optimize("O3") // the loops, in vector registers

enum {
    BLOCK = DISTILL_MOMENT_BLOCK,
    M_CUT = 20,   // bits of a float32's mantissa that a code of m has not: 23 - 3
    V_CUT = 19,   // 23 - 4
    M_LAST = 127, // code of 1
    V_LAST = 255,
    M_BIAS = 1016 - M_LAST, // (bits of 1.0f >> M_CUT) - M_LAST
    V_BIAS = 2032 - V_LAST
};

#define ALWAYS static inline __attribute__((always_inline))

// ---- one block ---------------------------------------------------------------------------------

/// Below it a scale counts as zero: its inverse would overflow, and eps outweighs it by far.
static const float LEAST_SCALE = 1e-30f;

/// Largest |x|, through the bits: their order is that of the values.
ALWAYS float largest(const float *restrict x, size_t count)
{
    uint32_t most = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = bits_of_float(x[i]) & 0x7FFFFFFF;
        most = bits > most ? bits : most;
    }
    return float_of_bits(most);
}

// Choices are made with masks, all ones where the condition holds: branches would keep the loops out
// of vector registers.
ALWAYS uint32_t where(int condition)
{
    return 0u - (uint32_t)condition;
}

ALWAYS uint32_t choose(uint32_t mask, uint32_t yes, uint32_t no)
{
    return (yes & mask) | (no & ~mask);
}

ALWAYS float encode_m(unsigned char *restrict codes, const float *restrict m, size_t count,
                      const uint32_t *restrict random_bits)
{
    const float scale = largest(m, count), inverse = scale < LEAST_SCALE ? 0 : 1 / scale;
    const uint32_t least = (uint32_t)(M_BIAS + 1) << M_CUT; // the least code's bits
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = bits_of_float(m[i] * inverse), size = bits & 0x7FFFFFFF;
        uint32_t random = random_bits[i] >> (32 - M_CUT);
        uint32_t code = ((size + random) >> M_CUT) - M_BIAS;
        code = choose(where(code < M_LAST), code, M_LAST);
        // below the least code: that or zero, right on average
        float part = float_of_bits(least) * ((float)(int32_t)random * 0x1p-20f);
        uint32_t small = where(float_of_bits(size) > part) & 1;
        code = choose(where(size < least), small, code);
        codes[i] = (unsigned char)(code | bits >> 31 << 7);
    }
    return inverse == 0 ? 0 : scale;
}

ALWAYS void decode_m(float *restrict m, const unsigned char *restrict codes, float scale,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t code = codes[i] & 0x7Fu, sign = (uint32_t)(codes[i] & 0x80u) << 24;
        float size = float_of_bits((code + M_BIAS) << M_CUT) * scale;
        m[i] = float_of_bits((bits_of_float(size) & where(code != 0)) | sign);
    }
}

ALWAYS float encode_v(unsigned char *restrict codes, const float *restrict roots, size_t count,
                      const uint32_t *restrict random_bits)
{
    const float scale = largest(roots, count), inverse = scale < LEAST_SCALE ? 0 : 1 / scale;
    const uint32_t least = (uint32_t)(V_BIAS + 1) << V_CUT;
    for (size_t i = 0; i < count; i++) {
        uint32_t size = bits_of_float(roots[i] * inverse);
        uint32_t random = random_bits[i] & ((1u << V_CUT) - 1);
        uint32_t code = ((size + random) >> V_CUT) - V_BIAS;
        code = choose(where(code < V_LAST), code, V_LAST);
        code = choose(where(size < least), 1, code);
        codes[i] = (unsigned char)(code & where(size != 0));
    }
    return inverse == 0 ? 0 : scale;
}

ALWAYS void decode_v(float *restrict v, const unsigned char *restrict codes, float scale,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t code = codes[i];
        float size = float_of_bits((code + V_BIAS) << V_CUT) * scale;
        float root = float_of_bits(bits_of_float(size) & where(code != 0));
        v[i] = root * root;
    }
}

typedef struct block_codes {
    unsigned char *m, *v;
    float *m_scale, *v_scale;
} block_codes;

// The same 32 random bits serve both: m takes the upper ones, v the lower ones; the few that they share
// are the last of m's, which hardly ever decide.
ALWAYS void encode(const block_codes *c, const float *m, const float *roots, size_t count,
                   uint32_t key)
{
    uint32_t random_bits[BLOCK];
    for (size_t i = 0; i < BLOCK; i++)
        random_bits[i] = stochastic_bits(key, (uint32_t)i);
    *c->m_scale = encode_m(c->m, m, count, random_bits);
    *c->v_scale = encode_v(c->v, roots, count, random_bits);
}

ALWAYS void decode(float *m, float *v, const block_codes *c, size_t count)
{
    decode_m(m, c->m, *c->m_scale, count);
    decode_v(v, c->v, *c->v_scale, count);
}

static void encode_plain(const block_codes *c, const float *m, const float *v, size_t count,
                         uint32_t key)
{
    float roots[BLOCK];
    for (size_t i = 0; i < count; i++)
        roots[i] = sqrtf(v[i]);
    encode(c, m, roots, count, key);
}

static void decode_plain(float *m, float *v, const block_codes *c, size_t count)
{
    decode(m, v, c, count);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void encode_avx2(const block_codes *c, const float *m,
                                                        const float *v, size_t count, uint32_t key)
{
    float roots[BLOCK];
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        _mm256_storeu_ps(roots + i, _mm256_sqrt_ps(_mm256_loadu_ps(v + i)));
    for (; i < count; i++)
        roots[i] = sqrtf(v[i]);
    encode(c, m, roots, count, key);
}

__attribute__((target("avx2"))) static void decode_avx2(float *m, float *v, const block_codes *c,
                                                        size_t count)
{
    decode(m, v, c, count);
}
#endif

static bool has_avx2(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2");
#else
    return false;
#endif
}

static block_codes codes_of(const distill_moments *s, size_t block)
{
    return (block_codes){s->m_codes + block * BLOCK, s->v_codes + block * BLOCK,
                         s->m_scales + block, s->v_scales + block};
}

void distill_moments_get(float *m, float *v, const distill_moments *s, size_t block)
{
    block_codes c = codes_of(s, block);
#if defined(__x86_64__)
    if (has_avx2()) {
        decode_avx2(m, v, &c, BLOCK);
        return;
    }
#endif
    decode_plain(m, v, &c, BLOCK);
}

void distill_moments_put(distill_moments *s, size_t block, const float *m, const float *v,
                         uint32_t key)
{
    block_codes c = codes_of(s, block);
    size_t count = distill_moments_place(s, block).count;
#if defined(__x86_64__)
    if (has_avx2()) {
        encode_avx2(&c, m, v, count, key);
        return;
    }
#endif
    encode_plain(&c, m, v, count, key);
}

// ---- all blocks --------------------------------------------------------------------------------

static size_t blocks_of(const distill_tensor_info *info)
{
    return (info->rows * info->cols + BLOCK - 1) / BLOCK;
}

static size_t count_blocks(const distill_layout *layout)
{
    size_t blocks = 0;
    for (size_t t = 0; t < layout->count; t++)
        blocks += blocks_of(&layout->tensors[t]);
    return blocks;
}

size_t distill_moments_bytes(const distill_layout *layout, distill_optimizer kind)
{
    if (kind == DISTILL_ADAMW)
        return 2 * layout->total * sizeof(float);
    return count_blocks(layout) * 2 * (BLOCK + sizeof(float));
}

distill_status distill_moments_create(distill_moments *out, const distill_layout *layout,
                                      distill_optimizer kind)
{
    distill_status status = DISTILL_OK;
    *out = (distill_moments){.layout = layout, .kind = kind, .blocks = count_blocks(layout)};
    TRY(DISTILL_NEW(&out->first_block, layout->count + 1));
    for (size_t t = 0; t < layout->count; t++)
        out->first_block[t + 1] = out->first_block[t] + blocks_of(&layout->tensors[t]);
    if (kind == DISTILL_ADAMW) {
        TRY(DISTILL_NEW(&out->m, layout->total));
        TRY(DISTILL_NEW(&out->v, layout->total));
        goto done;
    }
    TRY(DISTILL_NEW(&out->m_codes, out->blocks * BLOCK));
    TRY(DISTILL_NEW(&out->v_codes, out->blocks * BLOCK));
    TRY(DISTILL_NEW(&out->m_scales, out->blocks));
    TRY(DISTILL_NEW(&out->v_scales, out->blocks));
done:
    if (status != DISTILL_OK)
        distill_moments_free(out);
    return status;
}

void distill_moments_free(distill_moments *s)
{
    distill_free(s->v_scales);
    distill_free(s->m_scales);
    distill_free(s->v_codes);
    distill_free(s->m_codes);
    distill_free(s->v);
    distill_free(s->m);
    distill_free(s->first_block);
    *s = (distill_moments){0};
}

distill_moment_place distill_moments_place(const distill_moments *s, size_t block)
{
    size_t low = 0, high = s->layout->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (s->first_block[middle] <= block)
            low = middle;
        else
            high = middle;
    }
    const distill_tensor_info *info = &s->layout->tensors[low];
    size_t at = (block - s->first_block[low]) * BLOCK, rest = info->rows * info->cols - at;
    return (distill_moment_place){low, info->offset + at, rest < BLOCK ? rest : BLOCK};
}
