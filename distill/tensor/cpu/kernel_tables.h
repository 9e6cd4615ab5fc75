// distill/tensor/cpu/kernel_tables.h - private: the tables of kernels that plain/ and x86/ define
// and kernel_set.c puts together.
//
// The files in x86/ are compiled with options for their instruction set (CMakeLists.txt), so that
// the compiler may use these instructions anywhere in them. They therefore define only static
// functions and what is declared here and in int8_products.h, and their code runs only after
// kernel_set.c has found the instructions on this processor.
#ifndef DISTILL_TENSOR_CPU_KERNEL_TABLES_H
#define DISTILL_TENSOR_CPU_KERNEL_TABLES_H

#include "distill/tensor/cpu/decode_kernels.h"
#include "distill/tensor/cpu/gemm_kernels.h"
#include "distill/tensor/cpu/optimizer_kernels.h"
#include "distill/tensor/cpu/vector_kernels.h"

// plain/
extern const decode_kernels decode_kernels_plain;
extern const gemm_kernels gemm_kernels_plain;
extern const vector_kernels vector_kernels_plain;
extern const optimizer_kernels optimizer_kernels_plain;

// x86/: AVX2, FMA and F16C
extern const decode_kernels decode_kernels_avx2;
extern const gemm_kernels gemm_kernels_avx2;
extern const vector_kernels vector_kernels_avx2;
extern const optimizer_kernels optimizer_kernels_avx2;

// x86/: AVX-512 F, DQ, BW and VL; with VNNI
extern const decode_kernels decode_kernels_avx512;
extern const decode_kernels decode_kernels_avx512vnni;
extern const gemm_kernels gemm_kernels_avx512;
extern const vector_kernels vector_kernels_avx512;

#endif
