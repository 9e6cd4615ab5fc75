// distill/tensor/cpu/decode_kernels.c - the sets of decode_kernels_body.h and the choice between them.
#include "distill/tensor/cpu/decode_kernels.h"

#include "distill/tensor/cpu/cpu_features.h"
#include "distill/tensor/cpu/int8_products.h"

#include <immintrin.h>
#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/// A tile of rows and panels over all of K.
typedef struct panel_tile_job {
    float *out;
    size_t out_stride;
    const float *x;
    size_t x_stride;
    const char *panels;
    size_t panel_bytes; // from a panel to the next
    size_t K;
    bool add;
    const char *fetch; // fetched ahead for the first panel, fetch_step bytes on with each line
    size_t fetch_step;
} panel_tile_job;

typedef void (*panel_tile)(const panel_tile_job *job);

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

// Plain C: the same order of operations for processors without AVX2; fmaf rounds once, as the
// instruction does.
typedef float plain_vec __attribute__((vector_size(16)));
typedef int32_t plain_mask __attribute__((vector_size(16)));

INLINE plain_vec plain_load(const float *x)
{
    plain_vec v;
    memcpy(&v, x, sizeof v);
    return v;
}

INLINE void plain_store(float *x, plain_vec v)
{
    memcpy(x, &v, sizeof v);
}

INLINE plain_vec plain_fma(plain_vec a, plain_vec b, plain_vec c)
{
    for (int i = 0; i < 4; i++)
        c[i] = fmaf(a[i], b[i], c[i]);
    return c;
}

INLINE unsigned plain_bits(plain_mask mask)
{
    unsigned bits = 0;
    for (int i = 0; i < 4; i++)
        bits |= (unsigned)(mask[i] < 0) << i;
    return bits;
}

#define NAME(x) x##_plain
#define KERNEL_NAME "plain"
#define PRODUCT_INT8 int8_product_plain
#define VEC_LANES 4
#define VEC_MASK plain_mask
#define VEC_LOAD(x) plain_load(x)
#define VEC_STORE(x, v) plain_store(x, v)
#define VEC_SET1(f) ((plain_vec){(f), (f), (f), (f)})
#define VEC_ZERO() ((plain_vec){0})
#define VEC_FMA(a, b, c) plain_fma(a, b, c)
#define VEC_BITS(mask) plain_bits(mask)
#define VEC_SELECT(mask, yes, no) (vec)(((mask) & (VEC_MASK)(yes)) | (~(mask) & (VEC_MASK)(no)))
#define vec plain_vec
#include "distill/tensor/cpu/decode_kernels_body.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma")
typedef int32_t avx2_mask __attribute__((vector_size(32)));
#define NAME(x) x##_avx2
#define KERNEL_NAME "avx2"
#define PRODUCT_INT8 int8_product_avx2
#define VEC_LANES 8
#define VEC_MASK avx2_mask
#define VEC_LOAD(x) _mm256_loadu_ps(x)
#define VEC_STORE(x, v) _mm256_storeu_ps(x, v)
#define VEC_SET1(f) _mm256_set1_ps(f)
#define VEC_ZERO() _mm256_setzero_ps()
#define VEC_FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define VEC_SELECT(mask, yes, no) _mm256_blendv_ps(no, yes, (__m256)(mask))
#define VEC_BITS(mask) (unsigned)_mm256_movemask_ps((__m256)(mask))
#define vec __m256
#include "distill/tensor/cpu/decode_kernels_body.h"
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")
typedef int32_t avx512_mask __attribute__((vector_size(64)));
#define NAME(x) x##_avx512
#define KERNEL_NAME "avx512"
#define PRODUCT_INT8 int8_product_avx2
#define PRODUCT_VNNI int8_product_vnni
#define VEC_LANES 16
#define VEC_MASK avx512_mask
#define VEC_LOAD(x) _mm512_loadu_ps(x)
#define VEC_STORE(x, v) _mm512_storeu_ps(x, v)
#define VEC_SET1(f) _mm512_set1_ps(f)
#define VEC_ZERO() _mm512_setzero_ps()
#define VEC_FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define VEC_SELECT(mask, yes, no) (vec)(((mask) & (VEC_MASK)(yes)) | (~(mask) & (VEC_MASK)(no)))
#define VEC_BITS(mask) (unsigned)_mm512_movepi32_mask((__m512i)(mask))
#define vec __m512
#include "distill/tensor/cpu/decode_kernels_body.h"
#pragma GCC pop_options

const decode_kernels *decode_kernels_at(size_t index)
{
    const decode_kernels *have[5] = {NULL};
    size_t count = 0;
    if (distill_cpu()->avx512 && distill_cpu()->avx512_vnni)
        have[count++] = &kernels_vnni_avx512;
    if (distill_cpu()->avx512)
        have[count++] = &kernels_avx512;
    if (distill_cpu()->avx2)
        have[count++] = &kernels_avx2;
    have[count++] = &kernels_plain;
    return index < count ? have[index] : NULL;
}

const decode_kernels *decode_kernels_chosen(void)
{
    static _Atomic(const decode_kernels *) chosen;
    const decode_kernels *known = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (known != NULL)
        return known;
    const char *wish = getenv("DISTILL_KERNELS");
    known = decode_kernels_at(0);
    for (size_t i = 0; wish != NULL && decode_kernels_at(i) != NULL; i++)
        if (strcmp(decode_kernels_at(i)->name, wish) == 0)
            known = decode_kernels_at(i);
    atomic_store_explicit(&chosen, known, memory_order_relaxed);
    return known;
}
