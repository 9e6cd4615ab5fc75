// distill/tensor/cpu/vector_kernels.c - the sets of vector_kernels_body.h and the choice between them.
#include "distill/tensor/cpu/vector_kernels.h"

#include "distill/tensor/cpu/cpu_features.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

// Plain C with the compiler's own vectors of four floats: for any processor.
typedef float plain_vec __attribute__((vector_size(16)));
typedef uint32_t plain_ivec __attribute__((vector_size(16)));

INLINE plain_vec plain_load(const float *x, size_t n)
{
    plain_vec v = {0};
    memcpy(&v, x, n * sizeof *x);
    return v;
}

INLINE void plain_store(float *x, plain_vec v, size_t n)
{
    memcpy(x, &v, n * sizeof *x);
}

INLINE plain_vec plain_select(plain_ivec mask, plain_vec yes, plain_vec no)
{
    return (plain_vec)((mask & (plain_ivec)yes) | (~mask & (plain_ivec)no));
}

/// By adding 1.5 2^23, which leaves the integer in the low bits; 0 for what is not a number.
INLINE plain_ivec plain_round(plain_vec v)
{
    const plain_vec magic = {12582912.0f, 12582912.0f, 12582912.0f, 12582912.0f};
    return ((plain_ivec)(v + magic) - (plain_ivec)magic) & (plain_ivec)(v == v);
}

#define PLAIN_SHUFFLE(v, a, b, c, d) __builtin_shuffle((v), (plain_ivec){(a), (b), (c), (d)})
#define PLAIN_MIX(v, w, a, b, c, d) __builtin_shuffle((v), (w), (plain_ivec){(a), (b), (c), (d)})
typedef int32_t plain_signed __attribute__((vector_size(16)));

#define NAME(x) x##_plain
#define KERNEL_NAME "plain"
#define LANES 4
#define TILE_ROWS 4
#define LOAD(x) plain_load((x), 4)
#define STORE(x, v) plain_store((x), (v), 4)
#define LOAD_PART(x, n) plain_load((x), (n))
#define STORE_PART(x, v, n) plain_store((x), (v), (n))
#define SET1(f) ((plain_vec){(f), (f), (f), (f)})
#define FMA(a, b, c) ((a) * (b) + (c))
#define MINIMUM(a, b) plain_select((plain_ivec)((a) < (b)), (a), (b))
#define MAXIMUM(a, b) plain_select((plain_ivec)((a) > (b)), (a), (b))
#define ROUND(x) plain_round(x)
#define WHOLE(i) __builtin_convertvector((plain_signed)(i), plain_vec)
#define vec plain_vec
#define ivec plain_ivec
#include "distill/tensor/cpu/vector_kernels_body.h"

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")
typedef uint32_t avx2_ivec __attribute__((vector_size(32)));
static const int32_t AVX2_MASKS[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

INLINE __m256i avx2_first(size_t n)
{
    return _mm256_loadu_si256((const __m256i *)(AVX2_MASKS + 8 - n));
}

#define NAME(x) x##_avx2
#define KERNEL_NAME "avx2"
#define LANES 8
#define TILE_ROWS 6
#define LOAD(x) _mm256_loadu_ps(x)
#define STORE(x, v) _mm256_storeu_ps((x), (v))
#define LOAD_PART(x, n) _mm256_maskload_ps((x), avx2_first(n))
#define STORE_PART(x, v, n) _mm256_maskstore_ps((x), avx2_first(n), (v))
#define SET1(f) _mm256_set1_ps(f)
#define FMA(a, b, c) _mm256_fmadd_ps((a), (b), (c))
#define MINIMUM(a, b) _mm256_min_ps((a), (b))
#define MAXIMUM(a, b) _mm256_max_ps((a), (b))
#define ROUND(x) ((avx2_ivec)_mm256_cvtps_epi32(x))
#define WHOLE(i) _mm256_cvtepi32_ps((__m256i)(i))
#define vec __m256
#define ivec avx2_ivec
#include "distill/tensor/cpu/vector_kernels_body.h"
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")
typedef uint32_t avx512_ivec __attribute__((vector_size(64)));

#define NAME(x) x##_avx512
#define KERNEL_NAME "avx512"
#define LANES 16
#define TILE_ROWS 12
#define LOAD(x) _mm512_loadu_ps(x)
#define STORE(x, v) _mm512_storeu_ps((x), (v))
#define LOAD_PART(x, n) _mm512_maskz_loadu_ps((__mmask16)((1u << (n)) - 1), (x))
#define STORE_PART(x, v, n) _mm512_mask_storeu_ps((x), (__mmask16)((1u << (n)) - 1), (v))
#define SET1(f) _mm512_set1_ps(f)
#define FMA(a, b, c) _mm512_fmadd_ps((a), (b), (c))
#define MINIMUM(a, b) _mm512_min_ps((a), (b))
#define MAXIMUM(a, b) _mm512_max_ps((a), (b))
#define ROUND(x) ((avx512_ivec)_mm512_cvtps_epi32(x))
#define WHOLE(i) _mm512_cvtepi32_ps((__m512i)(i))
#define vec __m512
#define ivec avx512_ivec
#include "distill/tensor/cpu/vector_kernels_body.h"
#pragma GCC pop_options
#endif

const vector_kernels *vector_kernels_at(size_t index)
{
    const vector_kernels *have[4] = {NULL};
    size_t count = 0;
#if defined(__x86_64__)
    if (distill_cpu()->avx512)
        have[count++] = &kernels_avx512;
    if (distill_cpu()->avx2)
        have[count++] = &kernels_avx2;
#endif
    have[count++] = &kernels_plain;
    return index < count ? have[index] : NULL;
}

const vector_kernels *vector_kernels_chosen(void)
{
    static const vector_kernels *_Atomic chosen;
    const vector_kernels *known = chosen;
    if (known != NULL)
        return known;
    const char *wish = getenv("DISTILL_KERNELS");
    known = vector_kernels_at(0);
    for (size_t i = 0; wish != NULL && vector_kernels_at(i) != NULL; i++)
        if (strcmp(vector_kernels_at(i)->name, wish) == 0)
            known = vector_kernels_at(i);
    chosen = known;
    return known;
}
