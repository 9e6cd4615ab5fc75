// distill/model/decoder/decoder_backward.c - the chain rule, in the reverse order of
// decoder_forward.c.
//
// s->d_x holds the gradient of the residual stream, from the last layer to the first; each block
// adds the gradient of its branch.
#include "distill/model/decoder/decoder_state.h"

#include "distill/tensor/matmul.h"
#include "distill/tensor/rms_norm.h"
#include "distill/tensor/rope.h"
#include "distill/tensor/swiglu.h"

/// next_x = middle + W_down (silu(W_gate h) W_up h),  h = norm(middle)
static void feed_forward_backward(distill_decoder *s, layer_activations *a,
                                  const layer_gradients *g, const layer_weights *w)
{
    const distill_config *c = &s->layout->config;
    size_t N = s->N, D = c->D, F = c->F;
    float *d_gate = a->gate, *d_up = a->up; // replaced by swiglu_backward
    distill_matmul_backward_input_as(s->act, s->d_x, w->w_down, N, F, D, DISTILL_SET);
    distill_swiglu_backward(s->act, d_gate, d_up, N * F);
    distill_matmul_backward_weight_as(g->w_down, g->b_down, s->d_x, s->act, N, F, D, s->into);

    distill_rms_norm_forward(s->normed, a->middle, w->mlp_norm, N, D, c->rms_eps);
    distill_matmul_backward_weight_as(g->w_gate, g->b_gate, d_gate, s->normed, N, D, F, s->into);
    distill_matmul_backward_weight_as(g->w_up, g->b_up, d_up, s->normed, N, D, F, s->into);
    distill_matmul_backward_input_as(s->d_normed, d_gate, w->w_gate, N, D, F, DISTILL_SET);
    distill_matmul_backward_input_as(s->d_normed, d_up, w->w_up, N, D, F, DISTILL_ADD);
    distill_rms_norm_backward(s->d_x, g->mlp_norm, s->d_normed, a->middle, w->mlp_norm,
                              s->norm_scratch, N, D, c->rms_eps, DISTILL_ADD);
}

/// Gradients of q and k through rotation and the heads' norms, in place.
static void rotation_backward(distill_decoder *s, layer_activations *a, const layer_gradients *g,
                              const layer_weights *w)
{
    const distill_config *c = &s->layout->config;
    size_t N = s->N, H = c->H, Hkv = c->Hkv, Dh = c->Dh;
    distill_rope_backward(s->d_q, s->cosine, s->sine, s->positions, N, H, Dh);
    distill_rope_backward(s->d_k, s->cosine, s->sine, s->positions, N, Hkv, Dh);
    if (!c->qk_norm)
        return;
    distill_rms_norm_backward(s->d_q, g->q_norm, s->d_q, a->q_raw, w->q_norm, s->norm_scratch,
                              N * H, Dh, c->rms_eps, DISTILL_SET);
    distill_rms_norm_backward(s->d_k, g->k_norm, s->d_k, a->k_raw, w->k_norm, s->norm_scratch,
                              N * Hkv, Dh, c->rms_eps, DISTILL_SET);
}

/// middle = x + W_o attention(rope(norm(W_q h)), rope(norm(W_k h)), W_v h),  h = norm(x)
static void attention_block_backward(distill_decoder *s, layer_activations *a,
                                     const layer_gradients *g, const layer_weights *w,
                                     const distill_attention_batch *batch)
{
    const distill_config *c = &s->layout->config;
    size_t N = s->N, D = c->D, H = c->H, Hkv = c->Hkv, Dh = c->Dh;
    distill_matmul_backward_weight_as(g->wo, g->bo, s->d_x, a->attended, N, H * Dh, D, s->into);
    distill_matmul_backward_input_as(s->d_attended, s->d_x, w->wo, N, H * Dh, D, DISTILL_SET);
    distill_attention_backward(s->d_q, s->d_k, s->d_v, s->d_attended, a->q, a->k, a->v, a->attended,
                               a->lse, batch, s->attention_scratch);
    rotation_backward(s, a, g, w);

    distill_rms_norm_forward(s->normed, a->x, w->attn_norm, N, D, c->rms_eps);
    distill_matmul_backward_weight_as(g->wq, g->bq, s->d_q, s->normed, N, D, H * Dh, s->into);
    distill_matmul_backward_weight_as(g->wk, g->bk, s->d_k, s->normed, N, D, Hkv * Dh, s->into);
    distill_matmul_backward_weight_as(g->wv, g->bv, s->d_v, s->normed, N, D, Hkv * Dh, s->into);
    distill_matmul_backward_input_as(s->d_normed, s->d_q, w->wq, N, D, H * Dh, DISTILL_SET);
    distill_matmul_backward_input_as(s->d_normed, s->d_k, w->wk, N, D, Hkv * Dh, DISTILL_ADD);
    distill_matmul_backward_input_as(s->d_normed, s->d_v, w->wv, N, D, Hkv * Dh, DISTILL_ADD);
    distill_rms_norm_backward(s->d_x, g->attn_norm, s->d_normed, a->x, w->attn_norm,
                              s->norm_scratch, N, D, c->rms_eps, DISTILL_ADD);
}

static void layer_backward(distill_decoder *s, void *grads, const void *params, size_t documents,
                           size_t l)
{
    layer_activations *a = &s->layers[l];
    layer_weights w = decoder_layer_weights(s, params, l);
    layer_gradients g = decoder_layer_gradients(s, grads, l);
    distill_attention_batch batch = decoder_attention_batch(s, documents, l);
    if (l < s->plan.recomputed)
        decoder_layer_forward(s, a, NULL, params, documents, l);
    feed_forward_backward(s, a, &g, &w);
    attention_block_backward(s, a, &g, &w, &batch);
    decoder_layer_gradients_end(s, grads, l, &g);
}

distill_status distill_decoder_backward(distill_decoder *decoder, void *grads, const void *params,
                                        const distill_packed_batch *batch)
{
    distill_decoder *s = decoder;
    const distill_config *c = &s->layout->config;
    if (!s->plan.backward || batch->count != s->N)
        return distill_fail(DISTILL_INTERNAL,
                            "the backward pass needs a plan with .backward and a forward pass on "
                            "the same batch");
    float *d_norm = decoder_final_norm_gradient(s, grads);
    distill_rms_norm_backward(s->d_x, d_norm, s->d_hidden, s->last, decoder_final_norm(s, params),
                              s->norm_scratch, s->N, c->D, c->rms_eps, DISTILL_SET);
    decoder_final_norm_gradient_end(s, grads, d_norm);
    for (size_t l = c->L; l-- > 0;)
        layer_backward(s, grads, params, batch->documents, l);
    if (s->into == DISTILL_SET && s->layout->embed != s->layout->lm_head)
        decoder_clear_gradient(s, grads, s->layout->embed, c->V * c->D);
    decoder_embed_backward(s, grads, batch->tokens);
    s->into = DISTILL_ADD;
    return DISTILL_OK;
}

void distill_decoder_set_gradients(distill_decoder *decoder)
{
    decoder->into = DISTILL_SET;
}
