// distill/tensor/cpu/x86/vector_avx512.c - the kernels of vector_kernels.h for AVX-512.
#include "distill/tensor/cpu/vector_extensions.h"

#include <immintrin.h>

typedef __m512 vec;
typedef uint32_t ivec __attribute__((vector_size(64)));
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
#define ROUND(x) ((ivec)_mm512_cvtps_epi32(x))
#define TO_FLOAT(i) _mm512_cvtepi32_ps((__m512i)(i))
#include "distill/tensor/cpu/body/vector_kernels_body.h"

const vector_kernels vector_kernels_avx512 = VECTOR_KERNELS("avx512");
