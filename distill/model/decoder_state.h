// distill/model/decoder_state.h - private to decoder*.c: the buffers of a packed batch.
#ifndef DISTILL_MODEL_DECODER_STATE_H
#define DISTILL_MODEL_DECODER_STATE_H

#include "distill/base/memory.h"
#include "distill/model/decoder.h"
#include "distill/tensor/attention.h"

/// What a layer leaves for its backward pass. Shapes with N rows.
typedef struct layer_activations {
    float *x; // (N, D)       the residual stream as it came in
    float *q_raw,
        *k_raw; // (N, H Dh), (N, Hkv Dh)   before the heads' norm; q, k themselves without one
    float *q, *k, *v;      // (N, H Dh), (N, Hkv Dh), (N, Hkv Dh)   after rotation
    float *attended, *lse; // (N, H Dh), (N, H)
    float *middle;         // (N, D)       the residual stream between attention and feed-forward
    float *gate, *up;      // (N, F)       before the activation
} layer_activations;

/// A layer's tensors in a block of the layout: parameters, or gradients.
typedef struct layer_tensors {
    float *attn_norm, *wq, *bq, *wk, *bk, *wv, *bv, *q_norm, *k_norm, *wo, *bo;
    float *mlp_norm, *w_gate, *b_gate, *w_up, *b_up, *w_down, *b_down;
} layer_tensors;

struct distill_decoder {
    const distill_layout *layout;
    distill_decoder_plan plan;
    distill_arena arena;
    size_t loss_rows; // of a tile of logits

    // the batch at hand
    size_t N;
    size_t *starts;     // [documents + 1]
    int32_t *positions; // (N) inside the document
    int32_t *targets;   // (N) next token of the document, -1 at its end
    float *weights;     // (N) of those targets
    size_t longest;     // positions of the rotary tables that are filled

    float *cosine, *sine;      // (max_tokens, Dh / 2)
    layer_activations *layers; // [L]
    layer_activations shared;  // of the layer at hand, where they are not kept
    float *last, *hidden;      // (N, D) before and after the final norm
    float *normed;             // (N, D) scratch
    float *act;                // (N, F) scratch
    float *logits;             // (loss_rows, V)
    float *head_hidden;        // (loss_rows, D) of the rows of a tile
    int32_t *tile_targets;     // (loss_rows)
    float *tile_weights;       // (loss_rows)
    int32_t *head_rows;        // (N) rows that go through the head
    float *attention_scratch;

    // backward
    float *d_hidden, *d_x, *d_normed;    // (N, D)
    float *d_q, *d_k, *d_v, *d_attended; // as their namesakes
    float *norm_scratch, *matmul_scratch;
};

/// Names the tensors of layer `l`; NULL for those that the family has not.
layer_tensors decoder_layer_tensors(float *block, const distill_layout *layout, size_t l);
/// The same for blocks that are only read.
layer_tensors decoder_layer_parameters(const float *block, const distill_layout *layout, size_t l);

/// What the attention of layer `l` is told about the batch.
distill_attention_batch decoder_attention_batch(const distill_decoder *s, size_t documents,
                                                size_t l);

/// Runs layer `l` from a->x. next_x receives its output; NULL: the activations are all that is wanted.
void decoder_layer_forward(distill_decoder *s, layer_activations *a, float *next_x,
                           const float *params, size_t documents, size_t l);

/// Checks the batch and describes it in starts, positions, targets and weights.
distill_status decoder_begin(distill_decoder *s,
                             const distill_packed_batch *batch) DISTILL_MUST_CHECK;

#endif
