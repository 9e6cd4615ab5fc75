// distill/model/decoder/decoder_plan.c - the buffers of a decoder, counted and taken from one
// arena.
//
// Without a backward pass, layers share one set of activations. With one, every layer keeps its
// own, except for the first `recomputed` layers, which keep their inputs and share the rest.
#include "distill/model/decoder/decoder_state.h"
#include "distill/tensor/rms_norm.h"

// For each tile of logits the head is read once, and its gradient is read and written once.
enum { LOSS_BYTES = 160 << 20, LEAST_LOSS_ROWS = 64, MOST_LOSS_ROWS = 1024 };

/// The buffers are visited twice: to count their bytes, and to allocate them from the arena.
typedef struct walk {
    distill_arena *arena; // NULL: count only
    size_t bytes;
    bool overflow;
} walk;

static void *take(walk *w, size_t rows, size_t cols, size_t size)
{
    size_t bytes;
    if (!distill_mul_size(&bytes, rows, cols) || !distill_mul_size(&bytes, bytes, size) ||
        !distill_add_size(&bytes, bytes, 63)) {
        w->overflow = true;
        return NULL;
    }
    bytes = bytes / 64 * 64;
    if (!distill_add_size(&w->bytes, w->bytes, bytes))
        w->overflow = true;
    return w->arena != NULL ? distill_arena_take(w->arena, bytes) : NULL;
}

static float *take_floats(walk *w, size_t rows, size_t cols)
{
    return take(w, rows, cols, sizeof(float));
}

static void plan_activations(walk *w, layer_activations *a, const distill_config *c, size_t N)
{
    a->q = take_floats(w, N, c->H * c->Dh);
    a->k = take_floats(w, N, c->Hkv * c->Dh);
    a->v = take_floats(w, N, c->Hkv * c->Dh);
    a->q_raw = c->qk_norm ? take_floats(w, N, c->H * c->Dh) : a->q;
    a->k_raw = c->qk_norm ? take_floats(w, N, c->Hkv * c->Dh) : a->k;
    a->attended = take_floats(w, N, c->H * c->Dh);
    a->lse = take_floats(w, N, c->H);
    a->middle = take_floats(w, N, c->D);
    a->gate = take_floats(w, N, c->F);
    a->up = take_floats(w, N, c->F);
}

static void plan_layers(walk *w, distill_decoder *s, const distill_config *c, size_t N)
{
    bool keep_inputs = s->plan.backward;
    size_t shared = keep_inputs ? s->plan.recomputed : c->L; // layers 0 … shared-1
    layer_activations unused;
    float *one_x = keep_inputs ? NULL : take_floats(w, N, c->D);
    s->layers = take(w, c->L, 1, sizeof *s->layers);
    if (shared > 0)
        plan_activations(w, &s->shared, c, N);
    for (size_t l = 0; l < c->L; l++) {
        layer_activations *a = s->layers != NULL ? &s->layers[l] : &unused;
        if (l >= shared)
            plan_activations(w, a, c, N);
        else
            *a = s->shared;
        a->x = keep_inputs ? take_floats(w, N, c->D) : one_x;
    }
    s->last = keep_inputs ? take_floats(w, N, c->D) : one_x;
}

static void plan_backward(walk *w, distill_decoder *s, const distill_config *c, size_t N)
{
    s->d_hidden = take_floats(w, N, c->D);
    s->d_x = take_floats(w, N, c->D);
    s->d_normed = take_floats(w, N, c->D);
    s->d_q = take_floats(w, N, c->H * c->Dh);
    s->d_k = take_floats(w, N, c->Hkv * c->Dh);
    s->d_v = take_floats(w, N, c->Hkv * c->Dh);
    s->d_attended = take_floats(w, N, c->H * c->Dh);
    s->norm_scratch = take_floats(w, 1, distill_rms_norm_scratch(c->D > c->Dh ? c->D : c->Dh));
}

static void plan_buffers(walk *w, distill_decoder *s)
{
    const distill_config *c = &s->layout->config;
    size_t N = s->plan.max_tokens;
    s->starts = take(w, N + 1, 1, sizeof *s->starts);
    s->positions = take(w, N, 1, sizeof *s->positions);
    s->targets = take(w, N, 1, sizeof *s->targets);
    s->weights = take_floats(w, N, 1);
    s->cosine = take_floats(w, N, c->Dh / 2);
    s->sine = take_floats(w, N, c->Dh / 2);
    plan_layers(w, s, c, N);
    s->hidden = take_floats(w, N, c->D);
    s->normed = take_floats(w, N, c->D);
    s->act = take_floats(w, N, c->F);
    s->logits = take_floats(w, s->loss_rows, c->V);
    s->head_hidden = take_floats(w, s->loss_rows, c->D);
    s->tile_targets = take(w, s->loss_rows, 1, sizeof *s->tile_targets);
    s->tile_weights = take_floats(w, s->loss_rows, 1);
    s->head_rows = take(w, N, 1, sizeof *s->head_rows);
    s->attention_scratch = take_floats(w, 1, distill_attention_scratch(N, c->H, c->Hkv, c->Dh));
    if (s->plan.dtype != DISTILL_F32)
        s->vectors = take_floats(w, 1, decoder_vector_floats(c));
    if (s->plan.backward && s->plan.dtype != DISTILL_F32)
        s->d_vectors = take_floats(w, 1, decoder_vector_floats(c));
    if (s->plan.backward)
        plan_backward(w, s, c, N);
}

static size_t choose_loss_rows(const distill_decoder_plan *plan, size_t V)
{
    size_t rows = plan->loss_rows > 0 ? plan->loss_rows : LOSS_BYTES / (V * sizeof(float));
    if (plan->loss_rows == 0 && rows < LEAST_LOSS_ROWS)
        rows = LEAST_LOSS_ROWS;
    if (rows > MOST_LOSS_ROWS)
        rows = MOST_LOSS_ROWS;
    return rows < plan->max_tokens ? rows : plan->max_tokens;
}

static distill_status measure(size_t *bytes, distill_decoder *s, const distill_layout *layout,
                              const distill_decoder_plan *plan)
{
    walk count = {.bytes = 0};
    const size_t most = (size_t)1 << 31; // positions are int32
    if (plan->max_tokens == 0 || plan->max_tokens >= most)
        return distill_fail(DISTILL_LIMIT, "%zu tokens in a batch: expected 1 to %zu",
                            plan->max_tokens, most - 1);
    s->layout = layout;
    s->plan = *plan;
    if (s->plan.recomputed > layout->config.L)
        s->plan.recomputed = layout->config.L;
    s->loss_rows = choose_loss_rows(plan, layout->config.V);
    plan_buffers(&count, s);
    if (count.overflow)
        return distill_fail(DISTILL_LIMIT,
                            "a batch of %zu tokens cannot be addressed with this model; use a "
                            "smaller one",
                            plan->max_tokens);
    *bytes = count.bytes;
    return DISTILL_OK;
}

distill_status distill_decoder_bytes(size_t *bytes, const distill_layout *layout,
                                     const distill_decoder_plan *plan)
{
    distill_decoder counted = {.layout = layout};
    return measure(bytes, &counted, layout, plan);
}

distill_status distill_decoder_create(distill_decoder **out, const distill_layout *layout,
                                      const distill_decoder_plan *plan)
{
    distill_status status = DISTILL_OK;
    distill_decoder *s = NULL;
    size_t bytes = 0;
    *out = NULL;
    TRY(DISTILL_NEW(&s, 1));
    s->into = s->head_into = DISTILL_ADD;
    TRY(measure(&bytes, s, layout, plan));
    TRY(distill_arena_create(&s->arena, bytes));
    walk hand_out = {.arena = &s->arena};
    plan_buffers(&hand_out, s);
    *out = s;
    s = NULL;
done:
    distill_decoder_free(s);
    return status;
}

void distill_decoder_free(distill_decoder *decoder)
{
    if (decoder == NULL)
        return;
    distill_arena_free(&decoder->arena);
    distill_free(decoder);
}
