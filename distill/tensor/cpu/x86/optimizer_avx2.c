// distill/tensor/cpu/x86/optimizer_avx2.c - the kernels of optimizer_kernels.h, vectorised by the
// compiler for AVX2.
#include "distill/tensor/cpu/body/optimizer_kernels_body.h"

const optimizer_kernels optimizer_kernels_avx2 = OPTIMIZER_KERNELS("avx2");
