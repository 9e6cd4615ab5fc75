// distill/tensor/cpu/x86/vector_avx2.c - the kernels of vector_kernels.h for AVX2 and FMA.
#include "distill/tensor/cpu/vector_extensions.h"

#include <immintrin.h>

static const int32_t MASKS[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

/// All bits set in the first n lanes.
INLINE __m256i first_lanes(size_t n)
{
    return _mm256_loadu_si256((const __m256i *)(MASKS + 8 - n));
}

typedef __m256 vec;
typedef uint32_t ivec __attribute__((vector_size(32)));
#define LANES 8
#define TILE_ROWS 6
#define LOAD(x) _mm256_loadu_ps(x)
#define STORE(x, v) _mm256_storeu_ps((x), (v))
#define LOAD_PART(x, n) _mm256_maskload_ps((x), first_lanes(n))
#define STORE_PART(x, v, n) _mm256_maskstore_ps((x), first_lanes(n), (v))
#define SET1(f) _mm256_set1_ps(f)
#define FMA(a, b, c) _mm256_fmadd_ps((a), (b), (c))
#define MINIMUM(a, b) _mm256_min_ps((a), (b))
#define MAXIMUM(a, b) _mm256_max_ps((a), (b))
#define ROUND(x) ((ivec)_mm256_cvtps_epi32(x))
#define TO_FLOAT(i) _mm256_cvtepi32_ps((__m256i)(i))
#include "distill/tensor/cpu/body/vector_kernels_body.h"

const vector_kernels vector_kernels_avx2 = VECTOR_KERNELS("avx2");
