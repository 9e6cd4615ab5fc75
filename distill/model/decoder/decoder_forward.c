// distill/model/decoder/decoder_forward.c - the layers in the order of the papers.
#include "distill/model/decoder/decoder_state.h"

#include "distill/tensor/matmul.h"
#include "distill/tensor/rms_norm.h"
#include "distill/tensor/rope.h"
#include "distill/tensor/swiglu.h"

/// middle = x + W_o attention(rope(norm(W_q h)), rope(norm(W_k h)), W_v h),  h = norm(x)
static void attention_block(distill_decoder *s, layer_activations *a, const layer_weights *w,
                            const distill_attention_batch *batch)
{
    const distill_config *c = &s->layout->config;
    size_t N = s->N, D = c->D, H = c->H, Hkv = c->Hkv, Dh = c->Dh;
    distill_rms_norm_forward(s->normed, a->x, w->attn_norm, N, D, c->rms_eps);
    distill_matmul_forward_as(a->q_raw, s->normed, w->wq, w->bq, NULL, N, D, H * Dh);
    distill_matmul_forward_as(a->k_raw, s->normed, w->wk, w->bk, NULL, N, D, Hkv * Dh);
    distill_matmul_forward_as(a->v, s->normed, w->wv, w->bv, NULL, N, D, Hkv * Dh);
    if (c->qk_norm) {
        distill_rms_norm_forward(a->q, a->q_raw, w->q_norm, N * H, Dh, c->rms_eps);
        distill_rms_norm_forward(a->k, a->k_raw, w->k_norm, N * Hkv, Dh, c->rms_eps);
    }
    distill_rope_forward(a->q, s->cosine, s->sine, s->positions, N, H, Dh);
    distill_rope_forward(a->k, s->cosine, s->sine, s->positions, N, Hkv, Dh);
    distill_attention_forward(a->attended, a->lse, a->q, a->k, a->v, batch, s->attention_scratch);
    distill_matmul_forward_as(a->middle, a->attended, w->wo, w->bo, a->x, N, H * Dh, D);
}

/// next_x = middle + W_down (silu(W_gate h) W_up h),  h = norm(middle)
static void feed_forward_block(distill_decoder *s, layer_activations *a, float *next_x,
                               const layer_weights *w)
{
    const distill_config *c = &s->layout->config;
    size_t N = s->N, D = c->D, F = c->F;
    distill_rms_norm_forward(s->normed, a->middle, w->mlp_norm, N, D, c->rms_eps);
    distill_matmul_forward_as(a->gate, s->normed, w->w_gate, w->b_gate, NULL, N, D, F);
    distill_matmul_forward_as(a->up, s->normed, w->w_up, w->b_up, NULL, N, D, F);
    if (next_x == NULL)
        return;
    distill_swiglu_forward(s->act, a->gate, a->up, N * F);
    distill_matmul_forward_as(next_x, s->act, w->w_down, w->b_down, a->middle, N, F, D);
}

void decoder_layer_forward(distill_decoder *s, layer_activations *a, float *next_x,
                           const void *params, size_t documents, size_t l)
{
    layer_weights w = decoder_layer_weights(s, params, l);
    distill_attention_batch batch = decoder_attention_batch(s, documents, l);
    attention_block(s, a, &w, &batch);
    feed_forward_block(s, a, next_x, &w);
}

distill_status distill_decoder_forward(distill_decoder *decoder, const void *params,
                                       const distill_packed_batch *batch)
{
    distill_status status = DISTILL_OK;
    distill_decoder *s = decoder;
    const distill_config *c = &s->layout->config;
    TRY(decoder_begin(s, batch));
    decoder_embed(s, s->layers[0].x, params, batch->tokens);
    for (size_t l = 0; l < c->L; l++)
        decoder_layer_forward(s, &s->layers[l], l + 1 < c->L ? s->layers[l + 1].x : s->last, params,
                              batch->documents, l);
    distill_rms_norm_forward(s->hidden, s->last, decoder_final_norm(s, params), s->N, c->D,
                             c->rms_eps);
done:
    return status;
}
