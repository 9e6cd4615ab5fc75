// distill/model/decoder.h - the decoder over packed documents, forward and backward (training and
// scoring).
//
//     distill_decoder *decoder = NULL;
//     distill_decoder_plan plan = {.max_tokens = 4096, .backward = true, .checkpointing = false};
//     TRY(distill_decoder_create(&decoder, layout, &plan));
//     distill_decoder_forward(decoder, params, &batch);                        // hidden states,
//     activations kept TRY(distill_decoder_loss(decoder, grads, params, &batch, loss, &sum));   //
//     head in tiles; grads may be NULL distill_decoder_backward(decoder, grads, params, &batch); //
//     grads += d loss / d params
//
// Memory: one arena, planned at creation, linear in max_tokens: never T x T, never T x V.
#ifndef DISTILL_MODEL_DECODER_H
#define DISTILL_MODEL_DECODER_H

#include "distill/model/parameters.h"

typedef struct distill_decoder distill_decoder;

typedef struct distill_decoder_plan {
    size_t max_tokens;
    bool backward;      // keep what the backward pass needs
    bool checkpointing; // keep layer inputs only, recompute a layer at a time
} distill_decoder_plan;

/// Documents packed back to back; attention and positions restart at each.
typedef struct distill_packed_batch {
    const int32_t *tokens; // [count], each in 0 … V-1 (checked by distill_decoder_check)
    size_t count;
    const size_t *lengths; // [documents], sum = count
    size_t documents;
    const float *weights; // [count] weight of each token as a *target* (0 = not learned); NULL = 1
                          // everywhere
} distill_packed_batch;

/// What is learned from logits: called for tiles of rows, in order.
///     logits [rows, V]: in: logits of rows first … first+rows-1 (row t predicts token t+1 of its
///     document);
///                       out, if `with_gradient`: d loss / d logits.
///     targets [rows]: the next token, or -1 at a document's end; weights [rows]: weight of that
///     target.
/// Adds the tile's loss to *loss_sum (double). Implemented by tensor/cross_entropy (and by KD, GRPO
/// later).
typedef struct distill_logits_tile {
    float *logits;
    size_t first, rows, V;
    const int32_t *targets;
    const float *weights;
    bool with_gradient;
} distill_logits_tile;
typedef struct distill_logits_loss {
    void (*tile)(void *context, const distill_logits_tile *tile, double *loss_sum);
    void *context;
} distill_logits_loss;

/// Bytes that distill_decoder_create will take for `plan`.
distill_status distill_decoder_bytes(size_t *bytes, const distill_layout *layout,
                                     const distill_decoder_plan *plan) DISTILL_MUST_CHECK;
distill_status distill_decoder_create(distill_decoder **out, const distill_layout *layout,
                                      const distill_decoder_plan *plan) DISTILL_MUST_CHECK;
void distill_decoder_free(distill_decoder *decoder);

/// Errors  FORMAT for a token outside the vocabulary or lengths that do not add up; LIMIT if the
/// batch is larger than the plan.
distill_status distill_decoder_check(const distill_decoder *decoder,
                                     const distill_packed_batch *batch) DISTILL_MUST_CHECK;

/// Runs embedding, layers and the final norm.
distill_status distill_decoder_forward(distill_decoder *decoder, const float *params,
                                       const distill_packed_batch *batch) DISTILL_MUST_CHECK;
/// Runs the head and `loss` in tiles. With `grads` the head's gradient is added and d loss / d
/// hidden kept for backward. `scale` multiplies the gradient (1 / tokens of the whole optimizer
/// step).
distill_status distill_decoder_loss(distill_decoder *decoder, float *grads, const float *params,
                                    const distill_packed_batch *batch,
                                    const distill_logits_loss *loss, float scale,
                                    double *loss_sum) DISTILL_MUST_CHECK;
/// Adds the gradients of everything below the head to `grads`.
distill_status distill_decoder_backward(distill_decoder *decoder, float *grads, const float *params,
                                        const distill_packed_batch *batch) DISTILL_MUST_CHECK;

/// Cross-entropy with weights: loss_sum += sum_t weight_t * nll_t. `nll` [count] (may be NULL)
/// receives the nats of each token given those before it, 0 at a document's first token.
typedef struct distill_cross_entropy_loss {
    float *nll;
} distill_cross_entropy_loss;
distill_logits_loss distill_decoder_cross_entropy(distill_cross_entropy_loss *context);

#endif
