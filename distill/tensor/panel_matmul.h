// distill/tensor/panel_matmul.h - products with a panel matrix, for decoding.
//
//     distill_panel_matmul(out, out_stride, x, x_stride, &qkv, N, DISTILL_MATMUL_STORE, scratch);
//
// The order of operations of every output is fixed:
//     fp32, bf16   one chain of fused multiply-adds of float32 in ascending k
//     int8         activations in 255 steps of a size for each row; sums exact in 32 bits
// Hence a row's result has the same bits whatever the number of rows, its place among them, the
// threads, or the instruction set, and traces do not depend on the batch (BLAS libraries do not
// guarantee this). Weights that bfloat16 can hold give the same bits as fp32 and as bf16.
#ifndef DISTILL_TENSOR_PANEL_MATMUL_H
#define DISTILL_TENSOR_PANEL_MATMUL_H

#include "distill/tensor/panel_matrix.h"

typedef enum distill_matmul_end {
    DISTILL_MATMUL_STORE, // out = W x + bias
    DISTILL_MATMUL_ADD,   // out += W x + bias
    DISTILL_MATMUL_SWIGLU // paired: out = silu(gate) * up
} distill_matmul_end;

/// Bytes of scratch for one row of a product with weights of K columns: its activations in 8 bits;
/// 0 for types other than int8. A multiple of 64; the scratch is aligned to 64 bytes.
size_t distill_panel_row_scratch(size_t K, distill_weights type);

/// Shapes  out N rows of `out_stride` floats, `outputs` of them written; x N rows of `x_stride`, K
///         of them read; scratch N times distill_panel_row_scratch bytes.
/// Threads panels are spread over the pool; called from a worker, it runs in that worker alone.
void distill_panel_matmul(float *out, size_t out_stride, const float *x, size_t x_stride,
                          const distill_panel_matrix *matrix, size_t N, distill_matmul_end end,
                          void *scratch);

#endif
