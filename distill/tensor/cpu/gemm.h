// distill/tensor/cpu/gemm.h - private: large products, with operands packed into panels and blocked
// for the caches, on all threads.
//
//     gemm_product p = {.a = {x, inputs, true, DISTILL_F32}, .b = {w, inputs, true, DISTILL_BF16},
//                       .c = y, .c_stride = outputs, .M = N, .N = outputs, .K = inputs, .bias = bias};
//     gemm_run(&p);                                                // y = x W^T + bias
//
//              N ->                     One block of C at a time, whose operands fit in the last-level cache. All
//          +-------+-------+            threads pack its rows of A and columns of B into panels (gemm_kernels.h)
//     M    | block |       |            for a group of slabs of k, transposing and widening them; then they take
//     |    |  +--+ |       |            units of the block and run the register tiles over them, with a panel of
//     v    |  +--+ unit    |            B in the first-level cache and the unit's panels of A in the second.
//          +-------+-------+
//
// Source  Goto & van de Geijn 2008, doi:10.1145/1356052.1356053; Van Zee & van de Geijn 2015,
//         doi:10.1145/2764454 (both operands packed, loops around a register tile).
// Numbers an element is summed over slabs of k whose borders depend on K and the instruction set
//         alone, each slab as one chain of multiply-adds: the bits depend neither on threads nor on
//         the other rows and columns.
// Memory  the calling thread keeps about 10 MB of scratch from its first product to its end (14 MB
//         where C is bfloat16). If it cannot be allocated, the product runs slowly in buffers on
//         the stack, with the same bits.
#ifndef DISTILL_TENSOR_CPU_GEMM_H
#define DISTILL_TENSOR_CPU_GEMM_H

#include "distill/tensor/cpu/gemm_kernels.h"

/// C[m, n] = base[m, n] + bias[n] + sum_k A[m, k] B[k, n]
typedef struct gemm_product {
    gemm_operand a, b; // (M, K) in fp32, (K, N) of either type
    void *c;           // (M, N), rows of c_stride elements; must not overlap a, b
    size_t c_stride;
    distill_dtype c_dtype; // DISTILL_BF16: the sum is rounded once, to nearest even
    const void *base;      // of C's type; NULL = 0; c itself adds to it
    size_t base_stride;
    const float *bias; // NULL = 0
    size_t M, N, K;
} gemm_product;

void gemm_run(const gemm_product *product);
/// With the kernels of a given set, for tests.
void gemm_run_with(const gemm_kernels *kernels, const gemm_product *product);

#endif
