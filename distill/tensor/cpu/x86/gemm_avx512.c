// distill/tensor/cpu/x86/gemm_avx512.c - the kernels of gemm_kernels.h for AVX-512: tiles of 14 x
// 32.
#include "distill/tensor/cpu/x86/gemm_panels_avx2.h"

typedef __m512 vec;
#define LANES 16
#define ROWS 14
#define DEPTH 256
#define LOAD(x) _mm512_loadu_ps(x)
#define STORE(x, v) _mm512_storeu_ps((x), (v))
#define SET1(f) _mm512_set1_ps(f)
#define FMA(a, b, c) _mm512_fmadd_ps((a), (b), (c))
#define TRANSPOSE transpose_avx2
#define WIDEN widen_avx2
#include "distill/tensor/cpu/body/gemm_kernels_body.h"

const gemm_kernels gemm_kernels_avx512 = GEMM_KERNELS("avx512");
