// distill/tensor/panel_matrix.h - weights laid out once in panels of 16 outputs, for decoding.
//
//     distill_panel_source parts[] = {
//         {.weight = wq, .bias = bq, .rows = H * Dh}, {.weight = wk, …}, {.weight = wv, …}};
//     distill_panel_form form = {.type = DISTILL_WEIGHTS_BF16};
//     TRY(distill_panel_matrix_create(&qkv, parts, 3, D, &form));
//
// A panel holds 16 outputs side by side for every k (tensor/cpu/decode_kernels.h draws it), so that
// products read the weights front to back.
#ifndef DISTILL_TENSOR_PANEL_MATRIX_H
#define DISTILL_TENSOR_PANEL_MATRIX_H

#include "distill/base/memory.h"
#include "distill/tensor/dtype.h"

/// The type of weights in panels; the first is the default everywhere.
typedef enum distill_weights {
    DISTILL_WEIGHTS_BF16, // rounded to nearest even
    DISTILL_WEIGHTS_FP32,
    DISTILL_WEIGHTS_INT8 // 255 steps, of a size of its own for each output
} distill_weights;

/// "bf16", "fp32", "int8".
const char *distill_weights_name(distill_weights weights);
/// False if no type has this name.
bool distill_weights_find(distill_weights *out, const char *name);

/// A weight as checkpoints hold it: (rows, K) row-major, y = W x + bias.
typedef struct distill_panel_source {
    const char *name; // for messages; may be NULL
    const void *weight;
    distill_dtype dtype; // float32 unless set
    const float *bias;   // [rows], NULL = none
    size_t rows;
} distill_panel_source;

/// Writes weights first … first+count-1, in row-major order, as float32.
void distill_panel_source_read(float *out, const distill_panel_source *source, size_t first,
                               size_t count);

typedef struct distill_panel_form {
    distill_weights type;
    /// False: the outputs of all sources one after the other. True: two sources of equal rows,
    /// their panels in turn (gate and up of a SwiGLU).
    bool paired;
} distill_panel_form;

typedef struct distill_panel_matrix {
    void *panels;   // [panel_count] of panel_bytes each
    float *bias;    // [panel_count][16], NULL = none
    float *scales;  // [panel_count][16] of int8 weights, else NULL
    size_t outputs; // of a result row: sum of rows; rows of one source when paired
    size_t K;
    size_t panel_count, panel_bytes;
    distill_panel_form form;
} distill_panel_matrix;

/// Bytes that a matrix of these sizes takes.
size_t distill_panel_matrix_bytes(size_t outputs, size_t K, distill_weights type);
/// Lays out the sources on all threads. They are not needed afterwards.
/// Errors  NUMERIC for a weight that is not finite, naming source, row and column; LIMIT for an int8
///         matrix of more than 65,536 columns; NO_MEMORY.
distill_status distill_panel_matrix_create(distill_panel_matrix *out,
                                           const distill_panel_source *sources, size_t count,
                                           size_t K,
                                           const distill_panel_form *form) DISTILL_MUST_CHECK;
void distill_panel_matrix_free(distill_panel_matrix *matrix);
/// Copies row `output` of a matrix of fp32 or bf16 that is not paired to out [K]: an embedding tied
/// to the head needs no second copy.
void distill_panel_matrix_row(float *out, const distill_panel_matrix *matrix, size_t output);

#endif
