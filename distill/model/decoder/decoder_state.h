// distill/model/decoder/decoder_state.h - private header of the decoder: its buffers, and the
// functions that its files share.
//
//     decoder_plan.c      sizes of the buffers, one arena
//     decoder_batch.c     a batch, checked and described
//     decoder_blocks.c    tensors in blocks of parameters and gradients
//     decoder_forward.c   layers, in the order of the papers
//     decoder_loss.c      head and loss, in tiles
//     decoder_backward.c  the chain rule, in reverse order
#ifndef DISTILL_MODEL_DECODER_DECODER_STATE_H
#define DISTILL_MODEL_DECODER_DECODER_STATE_H

#include "distill/base/memory.h"
#include "distill/model/decoder/decoder.h"
#include "distill/tensor/attention.h"
#include "distill/tensor/matmul.h"

/// Activations of a layer that its backward pass needs, of N rows.
typedef struct layer_activations {
    float *x;              // (N, D) input: the residual stream
    float *q_raw, *k_raw;  // as q, k before the heads' norm; without a norm they are q and k
    float *q, *k, *v;      // (N, H Dh), (N, Hkv Dh), (N, Hkv Dh) after rotation
    float *attended, *lse; // (N, H Dh), (N, H)
    float *middle;         // (N, D) the residual stream between attention and feed-forward
    float *gate, *up;      // (N, F) before the activation function
} layer_activations;

// A layer's tensors; those that the model does not have are NULL. Products take matrices in the
// type of their block. Vectors are float32: a bfloat16 block's are widened into s->vectors, and
// their gradients are summed in s->d_vectors.
#define WEIGHT(field, kind, ...) WEIGHT_##kind(field)
#define WEIGHT_PROJECTION(field) distill_weight field;
#define WEIGHT_NORM(field) const float *field;
#define WEIGHT_BIAS(field) const float *field;
typedef struct layer_weights {
    DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, WEIGHT, DISTILL_NO_TENSOR)
} layer_weights;

#define GRADIENT(field, kind, ...) GRADIENT_##kind(field)
#define GRADIENT_PROJECTION(field) distill_weight_gradient field;
#define GRADIENT_NORM(field) float *field;
#define GRADIENT_BIAS(field) float *field;
typedef struct layer_gradients {
    DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, GRADIENT, DISTILL_NO_TENSOR)
} layer_gradients;

struct distill_decoder {
    const distill_layout *layout;
    distill_decoder_plan plan;
    distill_arena arena;
    size_t loss_rows; // of a tile of logits

    // the current batch
    size_t N;
    size_t *starts;     // [documents + 1]
    int32_t *positions; // (N) inside the document
    int32_t *targets;   // (N) next token of the document, -1 at its end
    float *weights;     // (N) of those targets
    size_t longest;     // positions of the rotary tables that are filled

    float *cosine, *sine;      // (max_tokens, Dh / 2)
    layer_activations *layers; // [L]
    layer_activations shared;  // of the current layer, where they are not kept
    float *last, *hidden;      // (N, D) before and after the final norm
    float *normed;             // (N, D) scratch
    float *act;                // (N, F) scratch
    float *logits;             // (loss_rows, V)
    float *head_hidden;        // (loss_rows, D) of the rows of a tile
    int32_t *tile_targets;     // (loss_rows)
    float *tile_weights;       // (loss_rows)
    int32_t *head_rows;        // (N) rows whose logits are computed
    float *attention_scratch;
    float *vectors, *d_vectors; // of one layer, with bfloat16 blocks

    // backward
    float *d_hidden, *d_x, *d_normed;    // (N, D)
    float *d_q, *d_k, *d_v, *d_attended; // as their namesakes
    float *norm_scratch;
    distill_into into, head_into; // of the gradients: DISTILL_SET until each has been written
};

/// Floats of s->vectors, and of s->d_vectors.
size_t decoder_vector_floats(const distill_config *c);
/// The tensors of layer `l`; valid until the next call.
layer_weights decoder_layer_weights(distill_decoder *s, const void *params, size_t l);
/// Where the gradients of layer `l` are added; ends with decoder_layer_gradients_end, which writes
/// those of bfloat16 vectors back.
layer_gradients decoder_layer_gradients(distill_decoder *s, void *grads, size_t l);
void decoder_layer_gradients_end(distill_decoder *s, void *grads, size_t l,
                                 const layer_gradients *g);
/// Sets `count` elements of the block of gradients to 0.
void decoder_clear_gradient(const distill_decoder *s, void *grads, size_t offset, size_t count);
/// A matrix of the block by its offset, as a weight and as a gradient.
distill_weight decoder_weight(const distill_decoder *s, const void *params, size_t offset);
distill_weight_gradient decoder_gradient(const distill_decoder *s, void *grads, size_t offset);
/// The final norm's weight, and its gradient from begin to end.
const float *decoder_final_norm(distill_decoder *s, const void *params);
float *decoder_final_norm_gradient(distill_decoder *s, void *grads);
void decoder_final_norm_gradient_end(distill_decoder *s, void *grads, float *gradient);
/// out[n] = row tokens[n] of the embedding; backward: row tokens[n] of the gradient += d_x[n], in
/// order.
void decoder_embed(distill_decoder *s, float *out, const void *params, const int32_t *tokens);
void decoder_embed_backward(distill_decoder *s, void *grads, const int32_t *tokens);

/// Arguments of the attention of layer `l`.
distill_attention_batch decoder_attention_batch(const distill_decoder *s, size_t documents,
                                                size_t l);

/// Runs layer `l` from a->x into next_x; if that is NULL, computes the activations alone.
void decoder_layer_forward(distill_decoder *s, layer_activations *a, float *next_x,
                           const void *params, size_t documents, size_t l);

/// Checks the batch and describes it in starts, positions, targets and weights.
distill_status decoder_begin(distill_decoder *s,
                             const distill_packed_batch *batch) DISTILL_MUST_CHECK;

#endif
