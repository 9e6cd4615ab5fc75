// distill/tensor/cpu/kernel_set.h - all kernels for one instruction set, and the set that is in
// use.
//
//     const vector_kernels *kernels = kernel_set_chosen()->vector;
//     kernels->add_scaled(y, x, 0.5f, n);
//
// Decode and optimizer kernels give the same bits in every set; gemm and vector kernels differ
// between sets in the last bits. Each set is compared with the plain one by tests/unit/tensor.
#ifndef DISTILL_TENSOR_CPU_KERNEL_SET_H
#define DISTILL_TENSOR_CPU_KERNEL_SET_H

#include "distill/tensor/cpu/decode_kernels.h"
#include "distill/tensor/cpu/gemm_kernels.h"
#include "distill/tensor/cpu/optimizer_kernels.h"
#include "distill/tensor/cpu/vector_kernels.h"

typedef struct kernel_set {
    const char *name; // "avx512vnni", "avx512", "avx2", "plain"
    const decode_kernels *decode;
    const gemm_kernels *gemm;
    const vector_kernels *vector;
    const optimizer_kernels *optimizer;
} kernel_set;

/// The fastest set of this processor, or the one that the environment variable DISTILL_KERNELS
/// names if the processor has it. Chosen at the first call; later calls return the same set.
/// Threads  safe.
const kernel_set *kernel_set_chosen(void);

/// The sets of this processor from the fastest to the plain one; NULL after the last.
const kernel_set *kernel_set_at(size_t index);

#endif
