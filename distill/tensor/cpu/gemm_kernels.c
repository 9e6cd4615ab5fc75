// distill/tensor/cpu/gemm_kernels.c - the sets of gemm_kernels_body.h and the choice between them.
#include "distill/tensor/cpu/gemm_kernels.h"

#include "distill/tensor/cpu/cpu_features.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

INLINE float gemm_bfloat(const void *from)
{
    uint16_t half;
    uint32_t bits;
    float value;
    memcpy(&half, from, sizeof half);
    bits = (uint32_t)half << 16;
    memcpy(&value, &bits, sizeof value);
    return value;
}

INLINE float gemm_element(const gemm_operand *from, size_t i, size_t k)
{
    size_t at = from->k_contiguous ? i * from->stride + k : k * from->stride + i;
    if (from->dtype == DISTILL_F32)
        return ((const float *)from->data)[at];
    return gemm_bfloat((const uint16_t *)from->data + at);
}

// ---- plain C: the compiler's own vectors of four floats, for any processor ------------------------------------

typedef float gemm_plain_vec __attribute__((vector_size(16)));

INLINE gemm_plain_vec gemm_plain_load(const float *x)
{
    gemm_plain_vec v;
    memcpy(&v, x, sizeof v);
    return v;
}

INLINE void gemm_plain_turn(float *out, size_t width, const char *from, size_t stride, size_t lanes,
                            distill_dtype dtype)
{
    for (size_t k = 0; k < 8; k++)
        for (size_t i = 0; i < lanes; i++)
            if (dtype == DISTILL_F32)
                memcpy(out + k * width + i, from + (i * stride + k) * 4, 4);
            else
                out[k * width + i] = gemm_bfloat(from + (i * stride + k) * 2);
}

INLINE void gemm_plain_widen(float *out, const char *from)
{
    for (size_t i = 0; i < 8; i++)
        out[i] = gemm_bfloat(from + 2 * i);
}

#define NAME(x) x##_plain
#define KERNEL_NAME "plain"
#define LANES 4
#define ROWS 4
#define DEPTH 320
#define LOAD(x) gemm_plain_load(x)
#define STORE(x, v) memcpy((x), &(v), sizeof(vec))
#define SET1(f) ((gemm_plain_vec){(f), (f), (f), (f)})
#define FMA(a, b, c) ((a) * (b) + (c))
#define TURN gemm_plain_turn
#define WIDEN gemm_plain_widen
#define vec gemm_plain_vec
#include "distill/tensor/cpu/gemm_kernels_body.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")

INLINE __m256 gemm_widen(const char *from)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(
        _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(const void *)from)), 16));
}

INLINE void gemm_avx2_widen(float *out, const char *from)
{
    _mm256_storeu_ps(out, gemm_widen(from));
}

/// The first `lanes` (8, 6, 4 or 2) floats of v.
INLINE void gemm_store_first(float *out, __m256 v, size_t lanes)
{
    if (lanes == 8) {
        _mm256_storeu_ps(out, v);
        return;
    }
    __m128 low = _mm256_castps256_ps128(v);
    if (lanes >= 4) {
        _mm_storeu_ps(out, low);
        out += 4;
        low = _mm256_extractf128_ps(v, 1);
    }
    if (lanes % 4 == 2)
        _mm_storel_pi((__m64 *)(void *)out, low);
}

/// Eight by eight, halves first: the rows i and i + 4 meet in one register, k and k + 4 part.
INLINE void gemm_avx2_turn(float *out, size_t width, const char *from, size_t stride, size_t lanes,
                           distill_dtype dtype)
{
    __m256 row[8], x[8];
    UNROLL for (size_t i = 0; i < 8; i++)
    {
        if (i >= lanes)
            row[i] = _mm256_setzero_ps();
        else if (dtype == DISTILL_F32)
            row[i] = _mm256_loadu_ps((const float *)(const void *)(from + i * stride * 4));
        else
            row[i] = gemm_widen(from + i * stride * 2);
    }
    UNROLL for (int i = 0; i < 4; i++)
    {
        x[i] = _mm256_insertf128_ps(row[i], _mm256_castps256_ps128(row[i + 4]), 1);
        x[i + 4] = _mm256_permute2f128_ps(row[i], row[i + 4], 0x31);
    }
    UNROLL for (int half = 0; half < 8; half += 4)
    {
        __m256 a = _mm256_unpacklo_ps(x[half], x[half + 1]);
        __m256 b = _mm256_unpackhi_ps(x[half], x[half + 1]);
        __m256 c = _mm256_unpacklo_ps(x[half + 2], x[half + 3]);
        __m256 d = _mm256_unpackhi_ps(x[half + 2], x[half + 3]);
        float *to = out + (size_t)half * width;
        gemm_store_first(to, _mm256_shuffle_ps(a, c, 0x44), lanes);
        gemm_store_first(to + width, _mm256_shuffle_ps(a, c, 0xee), lanes);
        gemm_store_first(to + 2 * width, _mm256_shuffle_ps(b, d, 0x44), lanes);
        gemm_store_first(to + 3 * width, _mm256_shuffle_ps(b, d, 0xee), lanes);
    }
}

#define NAME(x) x##_avx2
#define KERNEL_NAME "avx2"
#define LANES 8
#define ROWS 6
#define DEPTH 320
#define LOAD(x) _mm256_loadu_ps(x)
#define STORE(x, v) _mm256_storeu_ps((x), (v))
#define SET1(f) _mm256_set1_ps(f)
#define FMA(a, b, c) _mm256_fmadd_ps((a), (b), (c))
#define TURN gemm_avx2_turn
#define WIDEN gemm_avx2_widen
#define vec __m256
#include "distill/tensor/cpu/gemm_kernels_body.h"
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")
#define NAME(x) x##_avx512
#define KERNEL_NAME "avx512"
#define LANES 16
#define ROWS 14
#define DEPTH 256
#define LOAD(x) _mm512_loadu_ps(x)
#define STORE(x, v) _mm512_storeu_ps((x), (v))
#define SET1(f) _mm512_set1_ps(f)
#define FMA(a, b, c) _mm512_fmadd_ps((a), (b), (c))
#define TURN gemm_avx2_turn
#define WIDEN gemm_avx2_widen
#define vec __m512
#include "distill/tensor/cpu/gemm_kernels_body.h"
#pragma GCC pop_options
#endif

const gemm_kernels *gemm_kernels_at(size_t index)
{
    const gemm_kernels *have[4] = {NULL};
    size_t count = 0;
#if defined(__x86_64__)
    if (distill_cpu()->avx512)
        have[count++] = &gemm_avx512;
    if (distill_cpu()->avx2)
        have[count++] = &gemm_avx2;
#endif
    have[count++] = &gemm_plain;
    return index < count ? have[index] : NULL;
}

const gemm_kernels *gemm_kernels_chosen(void)
{
    static const gemm_kernels *_Atomic chosen;
    const gemm_kernels *known = chosen;
    if (known != NULL)
        return known;
    const char *wish = getenv("DISTILL_KERNELS");
    known = gemm_kernels_at(0);
    for (size_t i = 0; wish != NULL && gemm_kernels_at(i) != NULL; i++)
        if (strcmp(gemm_kernels_at(i)->name, wish) == 0)
            known = gemm_kernels_at(i);
    chosen = known;
    return known;
}
