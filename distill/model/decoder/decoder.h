// distill/model/decoder/decoder.h - the decoder over a packed batch, forward and backward, for
// training and scoring.
//
//     distill_decoder *decoder = NULL;
//     distill_decoder_plan plan = {.max_tokens = 4096, .backward = true};
//     TRY(distill_decoder_create(&decoder, layout, &plan));
//     TRY(distill_decoder_forward(decoder, params, &batch));         // hidden states, activations
//     TRY(distill_decoder_loss(decoder, grads, params, &batch, &loss, 1 / tokens, &sum));
//     TRY(distill_decoder_backward(decoder, grads, params, &batch)); // grads += d loss / d params
//
// Types    `params` and `grads` are layout->total values of plan.dtype: float, or bfloat16 as
//          uint16_t. The arithmetic is float32 in both cases; what is added to a bfloat16 gradient
//          (the product of a batch, for the head of a tile) is added in float32 and rounded once.
// Memory   one arena, planned at creation, linear in max_tokens: never T x T, never T x V.
// Threads  one caller at a time; the work is spread over the pool. The bits of the results do not
//          depend on the number of threads.
#ifndef DISTILL_MODEL_DECODER_DECODER_H
#define DISTILL_MODEL_DECODER_DECODER_H

#include "distill/model/layout.h"
#include "distill/tensor/dtype.h"

typedef struct distill_decoder distill_decoder;

typedef struct distill_decoder_plan {
    size_t max_tokens;
    bool backward;       // keep what the backward pass needs
    size_t recomputed;   // layers whose inputs alone are kept; the rest is recomputed
    size_t loss_rows;    // rows of a tile of logits; 0 = chosen from V
    distill_dtype dtype; // of parameters and gradients: DISTILL_F32 or DISTILL_BF16
} distill_decoder_plan;

/// A packed batch: concatenated documents; attention and positions restart at each.
typedef struct distill_packed_batch {
    const int32_t *tokens; // [count], each in 0 … V-1 (checked by distill_decoder_check)
    size_t count;
    const size_t *lengths; // [documents], sum = count
    size_t documents;
    const float *weights; // [count] of each token as a target, 0 = not learned; NULL = all 1
} distill_packed_batch;

/// Rows of logits, given to a loss: row t predicts token t + 1 of its document.
typedef struct distill_logits_tile {
    float *logits;          // [rows, V] replaced by d loss / d logits, if with_gradient
    size_t first, rows, V;  // first = at[0]
    const int32_t *at;      // [rows] of the batch, ascending; consecutive unless weighted_only
    const int32_t *targets; // [rows] the next token, -1 at a document's end
    const float *weights;   // [rows] of that target, 0 without one
    bool with_gradient;
} distill_logits_tile;

/// A loss over logits; distill_decoder_cross_entropy gives one.
typedef struct distill_logits_loss {
    /// Adds the loss of a tile to *loss_sum. Called for all tiles, in order.
    void (*tile)(void *context, const distill_logits_tile *tile, double *loss_sum);
    void *context;
    bool weighted_only; // rows of weight 0 are left out: prompts cost no product with the head
} distill_logits_loss;

/// Bytes that distill_decoder_create allocates for `plan`.
/// Errors  LIMIT if they cannot be addressed.
distill_status distill_decoder_bytes(size_t *bytes, const distill_layout *layout,
                                     const distill_decoder_plan *plan) DISTILL_MUST_CHECK;
/// The layout is borrowed and must live as long as the decoder.
distill_status distill_decoder_create(distill_decoder **out, const distill_layout *layout,
                                      const distill_decoder_plan *plan) DISTILL_MUST_CHECK;
void distill_decoder_free(distill_decoder *decoder);

/// Errors  FORMAT for a token outside the vocabulary or lengths that do not add up; LIMIT if the
/// batch is larger than the plan.
distill_status distill_decoder_check(const distill_decoder *decoder,
                                     const distill_packed_batch *batch) DISTILL_MUST_CHECK;

/// Runs embedding, layers and the final norm.
/// Errors  those of distill_decoder_check.
distill_status distill_decoder_forward(distill_decoder *decoder, const void *params,
                                       const distill_packed_batch *batch) DISTILL_MUST_CHECK;
/// The next loss and backward pass overwrite the gradients instead of adding to them: for the first
/// batch of a step, whose block then need not be cleared and is not read.
void distill_decoder_set_gradients(distill_decoder *decoder);
/// Runs the head and `loss` in tiles, after distill_decoder_forward on the same batch. With `grads`
/// (NULL = none) it adds the gradient of the head and keeps d loss / d hidden for the backward
/// pass. `scale` multiplies the gradient (1 / tokens of the whole optimizer step). Adds to
/// *loss_sum (nats, not scaled).
distill_status distill_decoder_loss(distill_decoder *decoder, void *grads, const void *params,
                                    const distill_packed_batch *batch,
                                    const distill_logits_loss *loss, float scale,
                                    double *loss_sum) DISTILL_MUST_CHECK;
/// Adds the gradients of everything below the head to `grads`, once after distill_decoder_loss with
/// grads. Overwrites the activations.
distill_status distill_decoder_backward(distill_decoder *decoder, void *grads, const void *params,
                                        const distill_packed_batch *batch) DISTILL_MUST_CHECK;
/// Hidden states after the final norm, (count, D), valid until the next call; borrowed.
const float *distill_decoder_hidden(const distill_decoder *decoder);

/// Cross-entropy with weights: loss_sum += sum_t weight_t nll_t. `nll` [count] receives the nats of
/// each token given those before it, 0 at a document's first token; if it is NULL, rows of weight 0
/// are left out.
typedef struct distill_cross_entropy_loss {
    float *nll;
    bool document_ended; // private: the last row of the previous tile had no target
} distill_cross_entropy_loss;
distill_logits_loss distill_decoder_cross_entropy(distill_cross_entropy_loss *context);

#endif
