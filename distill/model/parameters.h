// distill/model/parameters.h - access to the values of a flat block in any representation, and
// random weights.
//
// A block of a layout (layout.h) may lie in memory as float32, as bfloat16 with its remainder, or
// in a file. Sinks and sources move its values as float32, in pieces.
#ifndef DISTILL_MODEL_PARAMETERS_H
#define DISTILL_MODEL_PARAMETERS_H

#include "distill/model/layout.h"
#include "distill/tensor/dtype.h"

/// How a tensor is held: (rows, cols) values, row-major, at any alignment.
typedef struct distill_tensor_view {
    const void *data;
    distill_dtype dtype;
} distill_tensor_view;

/// All tensors of a model, each in one piece: in a block in memory, in mapped files.
typedef struct distill_tensor_views {
    const distill_layout *layout;
    const distill_tensor_view *tensors; // [layout->count]
    const char *name;                   // for messages, a directory for example; NULL = none
} distill_tensor_views;

/// Fills views [layout->count] of the tensors of a block with elements of `dtype`; borrowed.
void distill_block_views(distill_tensor_view *views, const distill_layout *layout,
                         const void *block, distill_dtype dtype);

/// Receives the values of places place … place + count - 1, all of them in one tensor.
/// Threads  called from several at once, for disjoint places.
typedef struct distill_block_sink {
    void (*write)(void *context, size_t place, const float *values, size_t count);
    void *context;
} distill_block_sink;
/// Gives values likewise.
typedef struct distill_block_source {
    void (*read)(void *context, float *out, size_t place, size_t count);
    void *context;
} distill_block_source;

/// Sink and source over a float32 block in memory, which is borrowed.
distill_block_sink distill_block_sink_of(float *block);
distill_block_source distill_block_source_of(const float *block);

/// Fills `block` (layout->total floats) with random weights: matrices N(0, initializer_range),
/// biases 0, norms 1. A pure function of (layout, seed).
void distill_parameters_init(float *block, const distill_layout *layout, uint64_t seed);
/// The same weights, piece by piece; the gaps are not written.
void distill_parameters_init_into(const distill_block_sink *to, const distill_layout *layout,
                                  uint64_t seed);

#endif
