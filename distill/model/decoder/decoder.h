// distill/model/decoder/decoder.h - the decoder over packed documents, forward and backward (training and scoring).
//
//     distill_decoder *decoder = NULL;
//     distill_decoder_plan plan = {.max_tokens = 4096, .backward = true};
//     TRY(distill_decoder_create(&decoder, layout, &plan));
//     TRY(distill_decoder_forward(decoder, params, &batch));        // hidden states, activations kept
//     TRY(distill_decoder_loss(decoder, grads, params, &batch, &loss, 1 / tokens, &sum)); // head in tiles
//     TRY(distill_decoder_backward(decoder, grads, params, &batch)); // grads += d loss / d params
//
// Types:   `params` and `grads` are layout->total values of plan.dtype: float, or bfloat16 as uint16_t. The
//          arithmetic is float32 either way; what is added to a bfloat16 gradient (a batch's product, a
//          tile's for the head) is added in float32 and rounded once.
// Memory:  one arena, planned at creation, linear in max_tokens: never T x T, never T x V.
// Threads: one caller at a time; the work is spread over the pool. Results have the same bits whatever the
//          number of threads.
#ifndef DISTILL_MODEL_DECODER_DECODER_H
#define DISTILL_MODEL_DECODER_DECODER_H

#include "distill/model/layout.h"
#include "distill/tensor/dtype.h"

typedef struct distill_decoder distill_decoder;

typedef struct distill_decoder_plan {
    size_t max_tokens;
    bool backward;     // keep what the backward pass needs
    size_t recomputed; // layers whose inputs alone are kept: the backward pass computes them again
    size_t loss_rows;  // rows of a tile of logits; 0 = chosen from V
    distill_dtype dtype; // of parameters and gradients: DISTILL_F32 (0) or DISTILL_BF16
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
///     logits [rows, V]  in: logits of rows at[0], at[1], … (row t predicts token t+1 of its document)
///                       out: d loss / d logits, if `with_gradient`; else anything
///     targets [rows]    the next token, or -1 at a document's end
///     weights [rows]    weight of that target; 0 without one
/// Adds the tile's loss to *loss_sum. distill_decoder_cross_entropy gives one.
typedef struct distill_logits_tile {
    float *logits;
    size_t first, rows, V; // first = at[0]
    const int32_t *at; // rows of the batch, ascending; first, first + 1, … unless `weighted_only`
    const int32_t *targets;
    const float *weights;
    bool with_gradient;
} distill_logits_tile;
typedef struct distill_logits_loss {
    void (*tile)(void *context, const distill_logits_tile *tile, double *loss_sum);
    void *context;
    bool
        weighted_only; // rows of weight 0 need not be computed: prompts cost no product with the head
} distill_logits_loss;

/// Bytes that distill_decoder_create will take for `plan`.
/// Errors  LIMIT if they cannot be counted.
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

/// Runs embedding, layers and the final norm. Errors  those of distill_decoder_check.
distill_status distill_decoder_forward(distill_decoder *decoder, const void *params,
                                       const distill_packed_batch *batch) DISTILL_MUST_CHECK;
/// The gradients of the next loss and backward pass are set, whatever stood there (it may not be a number), instead
/// of added: for the first batch of a step, which then needs no cleared block and does not read it.
void distill_decoder_set_gradients(distill_decoder *decoder);
/// Runs the head and `loss` in tiles, after distill_decoder_forward on the same batch. With `grads` (NULL =
/// none) the head's gradient is added and d loss / d hidden is kept for backward. `scale` multiplies the
/// gradient (1 / tokens of the whole optimizer step). Adds to *loss_sum (nats, not scaled).
distill_status distill_decoder_loss(distill_decoder *decoder, void *grads, const void *params,
                                    const distill_packed_batch *batch,
                                    const distill_logits_loss *loss, float scale,
                                    double *loss_sum) DISTILL_MUST_CHECK;
/// Adds the gradients of everything below the head to `grads`, once after distill_decoder_loss with grads;
/// the activations are used up.
distill_status distill_decoder_backward(distill_decoder *decoder, void *grads, const void *params,
                                        const distill_packed_batch *batch) DISTILL_MUST_CHECK;
/// Hidden states after the final norm, (count, D), valid until the next call; borrowed.
const float *distill_decoder_hidden(const distill_decoder *decoder);

/// Cross-entropy with weights: loss_sum += sum_t weight_t * nll_t. `nll` [count] receives the nats of
/// each token given those before it, 0 at a document's first token; without it (NULL, when
/// distill_decoder_cross_entropy is called) rows of weight 0 are left out.
typedef struct distill_cross_entropy_loss {
    float *nll;
    bool document_ended; // private: the last row of the tile before had no target
} distill_cross_entropy_loss;
distill_logits_loss distill_decoder_cross_entropy(distill_cross_entropy_loss *context);

#endif
