// distill/tensor/cpu/x86/gemm_avx2.c - the kernels of gemm_kernels.h for AVX2 and FMA: tiles of 6 x
// 16.
#include "distill/tensor/cpu/x86/gemm_panels_avx2.h"

typedef __m256 vec;
#define LANES 8
#define ROWS 6
#define DEPTH 320
#define LOAD(x) _mm256_loadu_ps(x)
#define STORE(x, v) _mm256_storeu_ps((x), (v))
#define SET1(f) _mm256_set1_ps(f)
#define FMA(a, b, c) _mm256_fmadd_ps((a), (b), (c))
#define TRANSPOSE transpose_avx2
#define WIDEN widen_avx2
#include "distill/tensor/cpu/body/gemm_kernels_body.h"

const gemm_kernels gemm_kernels_avx2 = GEMM_KERNELS("avx2");
