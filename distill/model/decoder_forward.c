// distill/model/decoder_forward.c - the layers in the order of the papers.
#include "distill/model/decoder_state.h"

#include "distill/tensor/embedding.h"
#include "distill/tensor/matmul.h"
#include "distill/tensor/rms_norm.h"
#include "distill/tensor/rope.h"
#include "distill/tensor/swiglu.h"

static float *at(float *block, size_t offset)
{
    return offset == DISTILL_ABSENT ? NULL : block + offset;
}

layer_tensors decoder_layer_tensors(float *block, const distill_layout *layout, size_t l)
{
    const distill_layer_offsets *o = &layout->layers[l];
    return (layer_tensors){.attn_norm = at(block, o->attn_norm),
                           .wq = at(block, o->wq),
                           .bq = at(block, o->bq),
                           .wk = at(block, o->wk),
                           .bk = at(block, o->bk),
                           .wv = at(block, o->wv),
                           .bv = at(block, o->bv),
                           .q_norm = at(block, o->q_norm),
                           .k_norm = at(block, o->k_norm),
                           .wo = at(block, o->wo),
                           .bo = at(block, o->bo),
                           .mlp_norm = at(block, o->mlp_norm),
                           .w_gate = at(block, o->w_gate),
                           .b_gate = at(block, o->b_gate),
                           .w_up = at(block, o->w_up),
                           .b_up = at(block, o->b_up),
                           .w_down = at(block, o->w_down),
                           .b_down = at(block, o->b_down)};
}

layer_tensors decoder_layer_parameters(const float *block, const distill_layout *layout, size_t l)
{
    return decoder_layer_tensors((float *)block, layout, l);
}

/// middle = x + W_o attention(rope(norm(W_q h)), rope(norm(W_k h)), W_v h),  h = norm(x)
static void attention_block(distill_decoder *s, layer_activations *a, const layer_tensors *w,
                            const distill_attention_batch *batch)
{
    const distill_config *c = &s->layout->config;
    size_t N = s->N, D = c->D, H = c->H, Hkv = c->Hkv, Dh = c->Dh;
    distill_rms_norm_forward(s->normed, a->x, w->attn_norm, N, D, c->rms_eps);
    distill_matmul_forward(a->q_raw, s->normed, w->wq, w->bq, NULL, N, D, H * Dh);
    distill_matmul_forward(a->k_raw, s->normed, w->wk, w->bk, NULL, N, D, Hkv * Dh);
    distill_matmul_forward(a->v, s->normed, w->wv, w->bv, NULL, N, D, Hkv * Dh);
    if (c->qk_norm) {
        distill_rms_norm_forward(a->q, a->q_raw, w->q_norm, N * H, Dh, c->rms_eps);
        distill_rms_norm_forward(a->k, a->k_raw, w->k_norm, N * Hkv, Dh, c->rms_eps);
    }
    distill_rope_forward(a->q, s->cosine, s->sine, s->positions, N, H, Dh);
    distill_rope_forward(a->k, s->cosine, s->sine, s->positions, N, Hkv, Dh);
    distill_attention_forward(a->attended, a->lse, a->q, a->k, a->v, batch, s->attention_scratch);
    distill_matmul_forward(a->middle, a->attended, w->wo, w->bo, a->x, N, H * Dh, D);
}

/// next_x = middle + W_down (silu(W_gate h) W_up h),  h = norm(middle)
static void feed_forward_block(distill_decoder *s, layer_activations *a, float *next_x,
                               const layer_tensors *w)
{
    const distill_config *c = &s->layout->config;
    size_t N = s->N, D = c->D, F = c->F;
    distill_rms_norm_forward(s->normed, a->middle, w->mlp_norm, N, D, c->rms_eps);
    distill_matmul_forward(a->gate, s->normed, w->w_gate, w->b_gate, NULL, N, D, F);
    distill_matmul_forward(a->up, s->normed, w->w_up, w->b_up, NULL, N, D, F);
    if (next_x == NULL)
        return;
    distill_swiglu_forward(s->act, a->gate, a->up, N * F);
    distill_matmul_forward(next_x, s->act, w->w_down, w->b_down, a->middle, N, F, D);
}

void decoder_layer_forward(distill_decoder *s, layer_activations *a, float *next_x,
                           const float *params, size_t documents, size_t l)
{
    layer_tensors w = decoder_layer_parameters(params, s->layout, l);
    distill_attention_batch batch = decoder_attention_batch(s, documents, l);
    attention_block(s, a, &w, &batch);
    feed_forward_block(s, a, next_x, &w);
}

distill_status distill_decoder_forward(distill_decoder *decoder, const float *params,
                                       const distill_packed_batch *batch)
{
    distill_status status = DISTILL_OK;
    distill_decoder *s = decoder;
    const distill_config *c = &s->layout->config;
    TRY(decoder_begin(s, batch));
    distill_embedding_forward(s->layers[0].x, params + s->layout->embed, batch->tokens, s->N, c->D);
    for (size_t l = 0; l < c->L; l++)
        decoder_layer_forward(s, &s->layers[l], l + 1 < c->L ? s->layers[l + 1].x : s->last, params,
                              batch->documents, l);
    distill_rms_norm_forward(s->hidden, s->last, params + s->layout->final_norm, s->N, c->D,
                             c->rms_eps);
done:
    return status;
}
