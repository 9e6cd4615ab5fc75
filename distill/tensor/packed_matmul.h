// distill/tensor/packed_matmul.h - products with weights that were packed once, for decoding.
//
//     distill_packed_part parts[] = {
//         {.weight = wq, .bias = bq, .rows = H * Dh}, {.weight = wk, …}, {.weight = wv, …}};
//     distill_packing how = {.type = DISTILL_WEIGHTS_BF16};
//     TRY(distill_packed_matrix_create(&qkv, parts, 3, D, &how));
//     distill_packed_matmul(out, out_stride, x, x_stride, &qkv, N, DISTILL_MATMUL_STORE, scratch);
//
// Weights lie in panels of 16 outputs (decode_kernels.h draws them), so that the inner loop reads
// them front to back:
//     fp32, bf16   every output is one chain of fused multiply-adds of float32 in ascending k
//     int8         weights in 255 steps of a size of their own for each output, activations in 255
//                  steps of a size for each row, sums exact in 32 bits
// Hence a row's result has the same bits whatever the number of rows, its place among them, the
// threads, or the instruction set: this is what lets traces not depend on the batch (BLAS promises
// nothing of the kind). Weights that bfloat16 can hold give the same bits as fp32 and as bf16.
#ifndef DISTILL_TENSOR_PACKED_MATMUL_H
#define DISTILL_TENSOR_PACKED_MATMUL_H

#include "distill/base/memory.h"
#include "distill/tensor/dtype.h"

/// How packed weights are held; the first is the default everywhere.
typedef enum distill_weights {
    DISTILL_WEIGHTS_BF16, // rounded to nearest even
    DISTILL_WEIGHTS_FP32,
    DISTILL_WEIGHTS_INT8
} distill_weights;

/// "bf16", "fp32", "int8".
const char *distill_weights_name(distill_weights weights);
/// False if no type has this name.
bool distill_weights_find(distill_weights *out, const char *name);

/// A weight as checkpoints have it: (rows, K) row-major, y = W x + bias; bias (rows) or NULL.
typedef struct distill_packed_part {
    const char *name; // for messages; may be NULL
    const void *weight;
    distill_dtype dtype; // float32 unless said otherwise
    const float *bias;
    size_t rows;
} distill_packed_part;

/// Writes weights first … first+count-1 as float32.
void distill_packed_part_read(float *out, const distill_packed_part *part, size_t first,
                              size_t count);

typedef struct distill_packing {
    distill_weights type;
    /// False: outputs of all parts one after the other. True: two parts of equal rows, panels of
    /// both in turn (gate and up of a SwiGLU).
    bool paired;
} distill_packing;

typedef struct distill_packed_matrix {
    void *panels;   // [panel_count] of panel_bytes each
    float *bias;    // [panel_count][16], NULL = none
    float *scales;  // [panel_count][16] of int8 weights, else NULL
    size_t outputs; // of a result row: sum of rows; rows of one part when paired
    size_t K;
    size_t panel_count, panel_bytes;
    distill_packing packing;
} distill_packed_matrix;

/// Bytes that a packed matrix of these sizes takes.
size_t distill_packed_bytes(size_t outputs, size_t K, distill_weights type);
/// Packs on all threads.
/// Errors  NUMERIC for a weight that is not finite, naming part, row and column; LIMIT for an int8
///         matrix of more than 65,536 columns.
distill_status distill_packed_matrix_create(distill_packed_matrix *out,
                                            const distill_packed_part *parts, size_t count,
                                            size_t K,
                                            const distill_packing *how) DISTILL_MUST_CHECK;
void distill_packed_matrix_free(distill_packed_matrix *matrix);
/// Copies row `output` of a joined fp32 or bf16 matrix to out [K]: an embedding tied to the head
/// needs no second copy.
void distill_packed_matrix_row(float *out, const distill_packed_matrix *matrix, size_t output);

typedef enum distill_matmul_end {
    DISTILL_MATMUL_STORE, // out = W x + bias
    DISTILL_MATMUL_ADD,   // out += W x + bias
    DISTILL_MATMUL_SWIGLU // paired: out = silu(gate) * up
} distill_matmul_end;

/// Bytes of scratch that one row of a product with `matrix` needs: its activations in 8 bits. 0 for
/// the other types. Rows of scratch are a multiple of 64 bytes and aligned to that.
size_t distill_packed_row_scratch(size_t K, distill_weights type);

/// Shapes  out N rows of `out_stride` floats, `outputs` of them written; x N rows of `x_stride`, K
///         of them read; scratch N times distill_packed_row_scratch bytes.
/// Threads panels are spread over the pool; called from a worker it runs there.
void distill_packed_matmul(float *out, size_t out_stride, const float *x, size_t x_stride,
                           const distill_packed_matrix *matrix, size_t N, distill_matmul_end end,
                           void *scratch);

#endif
