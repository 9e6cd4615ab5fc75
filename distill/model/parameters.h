// distill/model/parameters.h - one flat block: name -> offset, shape, for parameters, gradients and
// optimizer state.
//
// A model is one table (MODEL_TENSORS in parameters.c): Hugging Face names, shapes, weight decay
// and LoRA targets all come from it. Offsets are multiples of 16 floats; the gaps stay zero.
#ifndef DISTILL_MODEL_PARAMETERS_H
#define DISTILL_MODEL_PARAMETERS_H

#include "distill/model/config.h"

#define DISTILL_ABSENT SIZE_MAX

typedef struct distill_tensor_info {
    char name[96]; // Hugging Face name
    size_t offset; // in floats, from the start of the block
    size_t rows;   // out features; 1 for a vector
    size_t cols;   // in features, or the vector's length
    bool matrix;   // two dimensions: gets weight decay
    bool linear;   // one of the seven projections (LoRA target)
} distill_tensor_info;

/// Offsets of one layer's tensors in floats; DISTILL_ABSENT where the family has none.
typedef struct distill_layer_offsets {
    size_t attn_norm, wq, bq, wk, bk, wv, bv, q_norm, k_norm, wo, bo;
    size_t mlp_norm, w_gate, b_gate, w_up, b_up, w_down, b_down;
} distill_layer_offsets;

typedef struct distill_layout {
    distill_config config;
    distill_tensor_info *tensors; // in the order of the forward pass
    size_t count;
    distill_layer_offsets *layers;     // [L]
    size_t embed, final_norm, lm_head; // lm_head == embed for a tied model
    size_t total;                      // floats in the block, gaps included
    size_t parameters;                 // floats that are parameters
} distill_layout;

distill_status distill_layout_create(distill_layout **out,
                                     const distill_config *config) DISTILL_MUST_CHECK;
void distill_layout_free(distill_layout *layout);
/// Tensor by Hugging Face name, NULL if there is none.
const distill_tensor_info *distill_layout_find(const distill_layout *layout, const char *name);
/// The tensor that holds place `offset` of the block.
const distill_tensor_info *distill_layout_at(const distill_layout *layout, size_t offset);

/// Where values of a block go to, or come from, however they lie in memory: pieces at a place of the
/// layout, each inside one tensor. Threads: called from several at once, for disjoint places.
typedef struct distill_block_sink {
    void (*write)(void *context, size_t place, const float *values, size_t count);
    void *context;
} distill_block_sink;
typedef struct distill_block_source {
    void (*read)(void *context, float *out, size_t place, size_t count);
    void *context;
} distill_block_source;

/// Fills `block` (layout->total floats) with random weights: matrices N(0, initializer_range),
/// biases 0, norms 1. A pure function of (layout, seed).
void distill_parameters_init(float *block, const distill_layout *layout, uint64_t seed);
/// The same weights, piece by piece; the gaps are not written.
void distill_parameters_init_into(const distill_block_sink *to, const distill_layout *layout,
                                  uint64_t seed);

#endif
