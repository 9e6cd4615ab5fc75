// distill/tensor/cpu/x86/decode_avx512.c - the kernels of decode_kernels.h for AVX-512 F, DQ, BW
// and VL, with and without VNNI.
//
// The two tables differ in the product of 8-bit integers, whose code is in int8_avx2.c and
// int8_vnni.c.
#include "distill/tensor/cpu/int8_products.h"
#include "distill/tensor/cpu/kernel_tables.h"
#include "distill/tensor/cpu/vector_extensions.h"

#include <immintrin.h>

typedef __m512 vec;
typedef int32_t mask_lanes __attribute__((vector_size(64)));
#define VEC_LANES 16
#define VEC_MASK mask_lanes
#define VEC_LOAD(x) _mm512_loadu_ps(x)
#define VEC_STORE(x, v) _mm512_storeu_ps(x, v)
#define VEC_SET1(f) _mm512_set1_ps(f)
#define VEC_ZERO() _mm512_setzero_ps()
#define VEC_FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define VEC_SELECT(mask, yes, no) (vec)(((mask) & (VEC_MASK)(yes)) | (~(mask) & (VEC_MASK)(no)))
#define VEC_BITS(mask) (unsigned)_mm512_movepi32_mask((__m512i)(mask))
#include "distill/tensor/cpu/body/decode_kernels_body.h"

const decode_kernels decode_kernels_avx512 = DECODE_KERNELS("avx512", int8_product_avx2, 0);
const decode_kernels decode_kernels_avx512vnni =
    DECODE_KERNELS("avx512vnni", int8_product_vnni, 0x80);
