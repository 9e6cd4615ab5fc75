// bench/perf/x86/peak_avx2.c - multiply-adds in registers with AVX2 and FMA.
#include "bench/perf/register_peak.h"
#include "distill/tensor/cpu/vector_extensions.h"

#include <immintrin.h>

double register_peak_fp32_avx2(size_t rounds, volatile float *sink)
{
    enum { SUMS = 12 };
    __m256 sums[SUMS], a = _mm256_set1_ps(1e-3f), b = _mm256_set1_ps(1.0f);
    UNROLL for (int k = 0; k < SUMS; k++) sums[k] = _mm256_setzero_ps();
    for (size_t i = 0; i < rounds; i++) {
        UNROLL for (int k = 0; k < SUMS; k++) __asm__ volatile("vfmadd231ps %1, %2, %0" :
                                                               "+x"(sums[k]) : "x"(a), "x"(b));
    }
    UNROLL for (int k = 0; k < SUMS; k++) *sink += _mm256_cvtss_f32(sums[k]);
    return (double)rounds * SUMS * 8 * 2;
}

/// Three instructions: products in pairs to 16 bits, these in pairs to 32 bits, and their sum.
double register_peak_int8_avx2(size_t rounds, volatile float *sink)
{
    enum { SUMS = 8 };
    __m256i sums[SUMS], a = _mm256_set1_epi8(1), b = _mm256_set1_epi8(1);
    const __m256i ones = _mm256_set1_epi16(1);
    UNROLL for (int k = 0; k < SUMS; k++) sums[k] = _mm256_setzero_si256();
    for (size_t i = 0; i < rounds; i++) {
        UNROLL for (int k = 0; k < SUMS; k++)
        {
            __m256i pairs;
            __asm__ volatile("vpmaddubsw %1, %2, %0" : "=x"(pairs) : "x"(b), "x"(a));
            sums[k] = _mm256_add_epi32(sums[k], _mm256_madd_epi16(pairs, ones));
        }
    }
    UNROLL for (int k = 0; k < SUMS; k++) *sink += (float)_mm256_extract_epi32(sums[k], 0);
    return (double)rounds * SUMS * 32 * 2;
}
