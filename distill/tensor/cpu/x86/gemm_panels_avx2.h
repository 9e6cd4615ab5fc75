// distill/tensor/cpu/x86/gemm_panels_avx2.h - private: the parts of packing for products that
// gemm_avx2.c and gemm_avx512.c share, in registers of eight floats.
#ifndef DISTILL_TENSOR_CPU_X86_GEMM_PANELS_AVX2_H
#define DISTILL_TENSOR_CPU_X86_GEMM_PANELS_AVX2_H

#include "distill/tensor/cpu/vector_extensions.h"
#include "distill/tensor/dtype.h"

#include <immintrin.h>

INLINE __m256 load_bfloats(const char *from)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(
        _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(const void *)from)), 16));
}

/// Eight bfloat16 to float32.
INLINE void widen_avx2(float *out, const char *from)
{
    _mm256_storeu_ps(out, load_bfloats(from));
}

/// The first `lanes` (8, 6, 4 or 2) floats of v.
INLINE void store_first(float *out, __m256 v, size_t lanes)
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

/// TRANSPOSE of gemm_kernels_body.h. Halves first: rows i and i + 4 come into one register, k and
/// k + 4 into different ones; then each half is a transposition of four by four.
INLINE void transpose_avx2(float *out, size_t width, const char *from, size_t stride, size_t lanes,
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
            row[i] = load_bfloats(from + i * stride * 2);
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
        store_first(to, _mm256_shuffle_ps(a, c, 0x44), lanes);
        store_first(to + width, _mm256_shuffle_ps(a, c, 0xee), lanes);
        store_first(to + 2 * width, _mm256_shuffle_ps(b, d, 0x44), lanes);
        store_first(to + 3 * width, _mm256_shuffle_ps(b, d, 0xee), lanes);
    }
}

#endif
