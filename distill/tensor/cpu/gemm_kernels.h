// distill/tensor/cpu/gemm_kernels.h - private: the register tiles of large products and the packing
// of their operands.
//
// A product C = A B runs over packed operands. A panel holds `rows` rows of A (or `cols` columns of
// B) side by side for every k, so that the inner loop reads both operands sequentially, for any
// original layout:
//
//     A (M, K)   panel p: for k = 0 … K-1:  A[p rows + 0, k] A[p rows + 1, k] …      absent rows are 0
//     B (K, N)   panel p: for k = 0 … K-1:  B[k, p cols + 0] B[k, p cols + 1] …      absent columns are 0
//
// One register tile is rows x cols of C: each value of A is broadcast and multiplied by two
// registers of B. The instruction sets differ in the tile (AVX-512 14 x 32, AVX2 6 x 16, plain 4 x
// 8), not in what is computed: every element of C is one chain of multiply-adds in ascending k,
// from 0, to which base and bias are added.
#ifndef DISTILL_TENSOR_CPU_GEMM_KERNELS_H
#define DISTILL_TENSOR_CPU_GEMM_KERNELS_H

#include "distill/tensor/dtype.h"

/// A matrix that is packed: element (i, k), i a row of A or a column of B.
typedef struct gemm_operand {
    const void *data;
    size_t stride;       // elements between neighbours in the direction that is not contiguous
    bool k_contiguous;   // element (i, k) at [i * stride + k], else at [k * stride + i]
    distill_dtype dtype; // DISTILL_F32 or DISTILL_BF16
} gemm_operand;

/// A part of an operand to be packed: i = first … first+count-1, k = k_first … k_first+depth-1.
typedef struct gemm_packing {
    const gemm_operand *from;
    float *panels;       // of the first i, a multiple of the panel's width
    size_t panel_stride; // floats from a panel to the next
    size_t first, count, k_first, depth;
} gemm_packing;

/// C[m, n] = base[m, n] + bias[n] + sum_k A[m, k] B[k, n] of a block whose operands are packed.
typedef struct gemm_block {
    float *c;
    size_t c_stride;
    const float *base; // NULL = 0; may be c
    size_t base_stride;
    const float *bias; // NULL = 0
    const float *a, *b;
    size_t a_stride, b_stride; // floats from a panel to the next
    size_t rows, cols, depth;
} gemm_block;

typedef struct gemm_kernels {
    const char *name;  // "avx512", "avx2", "plain"
    size_t rows, cols; // of the register tile
    size_t depth;      // k at which a panel of B fills two thirds of the first-level cache
    void (*multiply)(const gemm_block *block);
    void (*pack_a)(const gemm_packing *packing);
    void (*pack_b)(const gemm_packing *packing);
} gemm_kernels;

#endif
