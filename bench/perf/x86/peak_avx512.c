// bench/perf/x86/peak_avx512.c - multiply-adds in registers with AVX-512, of bytes with VNNI.
#include "bench/perf/register_peak.h"
#include "distill/tensor/cpu/vector_extensions.h"

#include <immintrin.h>

enum { SUMS = 24 };

double register_peak_fp32_avx512(size_t rounds, volatile float *sink)
{
    __m512 sums[SUMS], a = _mm512_set1_ps(1e-3f), b = _mm512_set1_ps(1.0f);
    UNROLL for (int k = 0; k < SUMS; k++) sums[k] = _mm512_setzero_ps();
    for (size_t i = 0; i < rounds; i++) {
        UNROLL for (int k = 0; k < SUMS; k++) __asm__ volatile("vfmadd231ps %1, %2, %0" :
                                                               "+v"(sums[k]) : "v"(a), "v"(b));
    }
    UNROLL for (int k = 0; k < SUMS; k++) *sink += _mm512_cvtss_f32(sums[k]);
    return (double)rounds * SUMS * 16 * 2;
}

double register_peak_int8_vnni(size_t rounds, volatile float *sink)
{
    __m512i sums[SUMS], a = _mm512_set1_epi32(0x01010101), b = a;
    UNROLL for (int k = 0; k < SUMS; k++) sums[k] = _mm512_setzero_si512();
    for (size_t i = 0; i < rounds; i++) {
        UNROLL for (int k = 0; k < SUMS;
                    k++) __asm__ volatile("vpdpbusd %1, %2, %0" : "+v"(sums[k]) : "v"(a), "v"(b));
    }
    UNROLL for (int k = 0; k < SUMS; k++) *sink +=
        (float)_mm_cvtsi128_si32(_mm512_castsi512_si128(sums[k]));
    return (double)rounds * SUMS * 64 * 2;
}
