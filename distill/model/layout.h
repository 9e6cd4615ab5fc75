// distill/model/layout.h - where each tensor lies in a flat block: name -> offset and shape.
//
//     distill_layout *layout = NULL;
//     TRY(distill_layout_create(&layout, &config));
//     TRY(DISTILL_NEW(&params, layout->total));
//     const float *wq = params + layout->layers[3].wq;        // (H Dh, D) of layer 3
//
// Parameters, gradients and the optimizer's moments are blocks of the same layout. Tensors are in
// the order of tensor_table.h; offsets are multiples of 16 elements, and the gaps stay zero.
#ifndef DISTILL_MODEL_LAYOUT_H
#define DISTILL_MODEL_LAYOUT_H

#include "distill/model/config.h"
#include "distill/model/tensor_table.h"

/// Offset of a tensor that the model does not have.
#define DISTILL_ABSENT SIZE_MAX

#define DISTILL_KIND_CONSTANT(kind, ...) DISTILL_TENSOR_##kind,
typedef enum distill_tensor_kind {
    DISTILL_TENSOR_KINDS(DISTILL_KIND_CONSTANT)
} distill_tensor_kind;
#undef DISTILL_KIND_CONSTANT

typedef struct distill_tensor_info {
    char name[96];      // in Hugging Face checkpoints
    char gguf_name[48]; // in GGUF files
    distill_tensor_kind kind;
    size_t offset; // in elements, from the start of the block
    size_t rows;   // outputs; 1 for a vector
    size_t cols;   // inputs, or the vector's length
    bool matrix;   // two dimensions
    bool decay;    // weight decay applies
    bool lora_target;
} distill_tensor_info;

#define DISTILL_OFFSET(field, ...) size_t field;
/// Offsets of one layer's tensors; DISTILL_ABSENT where the model has none.
typedef struct distill_layer_offsets {
    DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, DISTILL_OFFSET, DISTILL_NO_TENSOR)
} distill_layer_offsets;

typedef struct distill_layout {
    distill_config config;
    distill_tensor_info *tensors; // by offset
    size_t count;
    distill_layer_offsets *layers; // [L]
    // embed, final_norm, lm_head; of a tied model lm_head is embed
    DISTILL_TENSOR_TABLE(DISTILL_OFFSET, DISTILL_NO_TENSOR, DISTILL_OFFSET)
    size_t total;      // elements of a block, gaps included
    size_t parameters; // elements that are parameters
} distill_layout;
#undef DISTILL_OFFSET

/// Errors  LIMIT for a model whose blocks cannot be addressed.
distill_status distill_layout_create(distill_layout **out,
                                     const distill_config *config) DISTILL_MUST_CHECK;
void distill_layout_free(distill_layout *layout);
/// Tensor by Hugging Face name, NULL if there is none.
const distill_tensor_info *distill_layout_find(const distill_layout *layout, const char *name);
/// The tensor at `offset` of the block, or before the gap at `offset`.
const distill_tensor_info *distill_layout_at(const distill_layout *layout, size_t offset);

#endif
