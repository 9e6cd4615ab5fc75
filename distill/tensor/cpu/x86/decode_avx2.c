// distill/tensor/cpu/x86/decode_avx2.c - the kernels of decode_kernels.h for AVX2 and FMA.
#include "distill/tensor/cpu/int8_products.h"
#include "distill/tensor/cpu/kernel_tables.h"
#include "distill/tensor/cpu/vector_extensions.h"

#include <immintrin.h>

typedef __m256 vec;
typedef int32_t mask_lanes __attribute__((vector_size(32)));
#define VEC_LANES 8
#define VEC_MASK mask_lanes
#define VEC_LOAD(x) _mm256_loadu_ps(x)
#define VEC_STORE(x, v) _mm256_storeu_ps(x, v)
#define VEC_SET1(f) _mm256_set1_ps(f)
#define VEC_ZERO() _mm256_setzero_ps()
#define VEC_FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define VEC_SELECT(mask, yes, no) _mm256_blendv_ps(no, yes, (__m256)(mask))
#define VEC_BITS(mask) (unsigned)_mm256_movemask_ps((__m256)(mask))
#include "distill/tensor/cpu/body/decode_kernels_body.h"

const decode_kernels decode_kernels_avx2 = DECODE_KERNELS("avx2", int8_product_avx2, 0);
