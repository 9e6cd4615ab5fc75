// distill/tensor/packed_matmul.h - products with weights that were packed once, for decoding.
//
//     distill_packed_part parts[] = {{wq, bq, H * Dh}, {wk, bk, Hkv * Dh}, {wv, bv, Hkv * Dh}};
//     TRY(distill_packed_matrix_create(&qkv, parts, 3, D, DISTILL_PACK_JOINED));
//     distill_packed_matmul(out, out_stride, x, x_stride, &qkv, N, DISTILL_MATMUL_STORE);
//
// Weights lie in panels of 16 outputs: panel p = (K, 16), so that the inner loop reads them front
// to back. Every output is one chain of fused multiply-adds in ascending k. Hence a row's result
// has the same bits whatever the number of rows, its place among them, the threads, or the
// instruction set: this is what lets traces not depend on the batch (BLAS promises nothing of the
// kind).
#ifndef DISTILL_TENSOR_PACKED_MATMUL_H
#define DISTILL_TENSOR_PACKED_MATMUL_H

#include "distill/base/memory.h"

/// A weight as checkpoints have it: (rows, K) row-major, y = W x + bias; bias (rows) or NULL.
typedef struct distill_packed_part {
    const float *weight;
    const float *bias;
    size_t rows;
} distill_packed_part;

typedef enum distill_packing {
    DISTILL_PACK_JOINED, // outputs of all parts one after the other
    DISTILL_PACK_PAIRED // two parts of equal rows, panels of both in turn (gate and up of a SwiGLU)
} distill_packing;

typedef struct distill_packed_matrix {
    float *panels;  // [panel_count][K][16]
    float *bias;    // [panel_count][16], NULL = none
    size_t outputs; // of a result row: sum of rows; rows of one part when paired
    size_t K;
    size_t panel_count;
    distill_packing packing;
} distill_packed_matrix;

/// Bytes that a packed matrix of these sizes takes.
size_t distill_packed_bytes(size_t outputs, size_t K);
distill_status distill_packed_matrix_create(distill_packed_matrix *out,
                                            const distill_packed_part *parts, size_t count,
                                            size_t K, distill_packing packing) DISTILL_MUST_CHECK;
void distill_packed_matrix_free(distill_packed_matrix *matrix);
/// Copies row `output` of a joined matrix to out [K]: an embedding tied to the head needs no second
/// copy.
void distill_packed_matrix_row(float *out, const distill_packed_matrix *matrix, size_t output);

typedef enum distill_matmul_end {
    DISTILL_MATMUL_STORE, // out = W x + bias
    DISTILL_MATMUL_ADD,   // out += W x + bias
    DISTILL_MATMUL_SWIGLU // paired: out = silu(gate) * up
} distill_matmul_end;

/// Shapes  out N rows of `out_stride` floats, `outputs` of them written; x N rows of `x_stride`, K
///         of them read.
/// Threads panels are spread over the pool; called from a worker it runs there.
void distill_packed_matmul(float *out, size_t out_stride, const float *x, size_t x_stride,
                           const distill_packed_matrix *matrix, size_t N, distill_matmul_end end);

#endif
