// distill/model/decoder/decoder_loss.c - the head and the loss in tiles of rows: never T x V.
#include "distill/model/decoder/decoder_state.h"

#include "distill/tensor/cross_entropy.h"
#include "distill/tensor/embedding.h"
#include "distill/tensor/matmul.h"

#include <string.h>

/// Rows whose logits are computed: all, or those with a weight.
static size_t choose_rows(distill_decoder *s, bool weighted_only)
{
    size_t count = 0;
    for (size_t t = 0; t < s->N; t++)
        if (!weighted_only || s->weights[t] != 0)
            s->head_rows[count++] = (int32_t)t;
    return count;
}

/// Hidden states, targets and weights of the tile's rows, contiguous.
static void gather_rows(distill_decoder *s, const int32_t *at, size_t rows)
{
    size_t D = s->layout->config.D;
    distill_embedding_forward(s->head_hidden, s->hidden, at, rows, D);
    for (size_t r = 0; r < rows; r++) {
        s->tile_targets[r] = s->targets[at[r]];
        s->tile_weights[r] = s->weights[at[r]];
    }
}

/// From d loss / d logits of a tile to the gradients of the head and of the hidden states.
static void head_backward(distill_decoder *s, void *grads, const void *params, const int32_t *at,
                          size_t rows, float scale)
{
    const distill_layout *layout = s->layout;
    size_t D = layout->config.D, V = layout->config.V;
    distill_matmul_scale(s->logits, scale, rows * V);
    distill_matmul_backward_weight_as(decoder_gradient(s, grads, layout->lm_head), NULL, s->logits,
                                      s->head_hidden, rows, D, V, s->head_into);
    s->head_into = DISTILL_ADD;
    distill_matmul_backward_input_as(s->head_hidden, s->logits,
                                     decoder_weight(s, params, layout->lm_head), rows, D, V,
                                     DISTILL_SET);
    for (size_t r = 0; r < rows; r++)
        memcpy(s->d_hidden + (size_t)at[r] * D, s->head_hidden + r * D, D * sizeof(float));
}

static void run_tile(distill_decoder *s, void *grads, const void *params, const int32_t *at,
                     size_t rows, const distill_logits_loss *loss, float scale, double *loss_sum)
{
    size_t D = s->layout->config.D, V = s->layout->config.V;
    distill_logits_tile tile = {.logits = s->logits,
                                .first = (size_t)at[0],
                                .rows = rows,
                                .V = V,
                                .at = at,
                                .targets = s->tile_targets,
                                .weights = s->tile_weights,
                                .with_gradient = grads != NULL};
    gather_rows(s, at, rows);
    distill_matmul_forward_as(s->logits, s->head_hidden,
                              decoder_weight(s, params, s->layout->lm_head), NULL, NULL, rows, D,
                              V);
    loss->tile(loss->context, &tile, loss_sum);
    if (grads != NULL)
        head_backward(s, grads, params, at, rows, scale);
}

distill_status distill_decoder_loss(distill_decoder *decoder, void *grads, const void *params,
                                    const distill_packed_batch *batch,
                                    const distill_logits_loss *loss, float scale, double *loss_sum)
{
    distill_decoder *s = decoder;
    if (batch->count != s->N || (grads != NULL && !s->plan.backward))
        return distill_fail(DISTILL_INTERNAL,
                            "the loss needs a forward pass on the same batch, and gradients a plan "
                            "with .backward");
    size_t count = choose_rows(s, loss->weighted_only);
    s->head_into = s->into;
    if (grads != NULL && count < s->N)
        memset(s->d_hidden, 0, s->N * s->layout->config.D * sizeof(float));
    size_t tiles = (count + s->loss_rows - 1) / s->loss_rows;
    for (size_t tile = 0; tile < tiles; tile++) { // of about equal size
        size_t i = count * tile / tiles, rows = count * (tile + 1) / tiles - i;
        run_tile(s, grads, params, s->head_rows + i, rows, loss, scale, loss_sum);
    }
    if (grads != NULL && s->head_into == DISTILL_SET) // the batch has no targets
        decoder_clear_gradient(s, grads, s->layout->lm_head,
                               s->layout->config.V * s->layout->config.D);
    return DISTILL_OK;
}

// ---- cross-entropy ------------------------------------------------------------------------------

enum { ROWS_AT_ONCE = 1024 };

/// nll[t] belongs to token t, which row t-1 predicts.
static void keep_nll(distill_cross_entropy_loss *c, const double *nll, const int32_t *targets,
                     size_t first, size_t rows)
{
    for (size_t r = 0; r < rows; r++) {
        bool starts = r > 0 ? targets[r - 1] < 0 : first == 0 || c->document_ended;
        if (starts)
            c->nll[first + r] = 0;
        if (targets[r] >= 0)
            c->nll[first + r + 1] = (float)nll[r];
    }
    c->document_ended = targets[rows - 1] < 0;
}

static void cross_entropy_tile(void *context, const distill_logits_tile *tile, double *loss_sum)
{
    distill_cross_entropy_loss *c = context;
    double nll[ROWS_AT_ONCE];
    for (size_t r = 0; r < tile->rows; r += ROWS_AT_ONCE) {
        size_t rows = tile->rows - r < ROWS_AT_ONCE ? tile->rows - r : ROWS_AT_ONCE;
        const int32_t *targets = tile->targets + r;
        distill_cross_entropy(nll, tile->logits + r * tile->V, targets, tile->weights + r, rows,
                              tile->V, tile->with_gradient);
        for (size_t i = 0; i < rows; i++)
            if (tile->weights[r + i] != 0)
                *loss_sum += (double)tile->weights[r + i] * nll[i];
        if (c->nll != NULL)
            keep_nll(c, nll, targets, tile->first + r, rows);
    }
}

distill_logits_loss distill_decoder_cross_entropy(distill_cross_entropy_loss *context)
{
    return (distill_logits_loss){
        .tile = cross_entropy_tile, .context = context, .weighted_only = context->nll == NULL};
}
