// distill/model/inference/inference_decoder.c - weights in panels, and one forward pass.
//
// Projections with the same input are joined: q, k and v; gate and up. A step of a large model is
// parallel inside each operation; where all weights fit in a cache, each worker computes the whole
// step for its rows.
#include "distill/model/inference/inference_decoder.h"

#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"
#include "distill/tensor/rope.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

// The norms of a layer as tensor_table.h names them, NULL where the model has none, and its
// projections, those with the same input joined.
#define FIELD(field, kind, ...) FIELD_##kind(field)
#define FIELD_NORM(field) const float *field;
#define FIELD_PROJECTION(field)
#define FIELD_BIAS(field)
typedef struct decoder_layer {
    DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, FIELD, DISTILL_NO_TENSOR)
    distill_panel_matrix qkv, o, gate_up, down;
} decoder_layer;

/// A row of the current call.
typedef struct row_place {
    uint32_t sequence;
    uint32_t position;
    int32_t token;
} row_place;

struct distill_inference_decoder {
    distill_config config;
    distill_inference_plan plan;
    const decode_kernels *kernels;
    decoder_layer *layers; // [L]
    distill_panel_matrix head;
    void *embed; // (V, D) of embed_type; NULL for a tied model that reads rows of the head
    distill_dtype embed_type;
    size_t embed_bytes;
    float *vectors; // all norm weights and biases, one after the other
    const float *final_norm;
    float *cosine, *sine; // (context, Dh / 2)
    size_t weight_bytes;

    // of the current call, N rows
    distill_kv_cache *cache;
    row_place *places;           // [N]
    distill_attention_row *seen; // [N]
    float *x, *h;                // (N, D) residual stream; normalised
    float *qkv;                  // (N, H Dh + 2 Hkv Dh)
    float *attended;             // (N, H Dh)
    float *gated;                // (N, F)
    char *codes;                 // (N, code_bytes) activations in 8 bits, for int8 weights
    size_t code_bytes;
    size_t *logit_rows; // [logits] rows whose logits are computed
    float *last;        // (logits, D) their final states
    float *logits;      // (logits, V)
};

static size_t qkv_width(const distill_config *c)
{
    return (c->H + 2 * c->Hkv) * c->Dh;
}

/// Type of an embedding that is held beside the head. The head of a tied model serves as both where
/// its rows can be read back exactly.
static distill_dtype embed_type(distill_weights weights)
{
    return weights == DISTILL_WEIGHTS_FP32 ? DISTILL_F32 : DISTILL_BF16;
}

static size_t embed_bytes(const distill_config *c, distill_weights weights)
{
    bool shared = c->tied && weights != DISTILL_WEIGHTS_INT8;
    return shared ? 0 : c->V * c->D * distill_dtype_bytes(embed_type(weights));
}

/// Floats of all norms and biases.
static size_t vector_floats(const distill_config *c)
{
#define FLOATS(field, kind, present, rows, cols, ...) +((present) ? FLOATS_##kind(cols) : 0)
#define FLOATS_NORM(cols) (cols)
#define FLOATS_BIAS(cols) (cols)
#define FLOATS_PROJECTION(cols) 0
#define FLOATS_EMBEDDING(cols) 0
    size_t layer = DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, FLOATS, DISTILL_NO_TENSOR);
    return c->L * layer + DISTILL_TENSOR_TABLE(FLOATS, DISTILL_NO_TENSOR, FLOATS);
}

size_t distill_inference_weight_bytes(const distill_config *c, distill_weights type)
{
    size_t layer = distill_panel_matrix_bytes(qkv_width(c), c->D, type) +
                   distill_panel_matrix_bytes(c->D, c->H * c->Dh, type) +
                   2 * distill_panel_matrix_bytes(c->F, c->D, type) +
                   distill_panel_matrix_bytes(c->D, c->F, type);
    return c->L * layer + distill_panel_matrix_bytes(c->V, c->D, type) + embed_bytes(c, type) +
           vector_floats(c) * sizeof(float);
}

/// Of one row, whose widest input is that of the down or the output projection.
static size_t code_bytes(const distill_config *c, distill_weights weights)
{
    size_t widest = c->F > c->D ? c->F : c->D;
    widest = widest > c->H * c->Dh ? widest : c->H * c->Dh;
    return distill_panel_row_scratch(widest, weights);
}

size_t distill_inference_scratch_bytes(const distill_config *c, const distill_inference_plan *plan)
{
    size_t row = (2 * c->D + qkv_width(c) + c->H * c->Dh + c->F) * sizeof(float) +
                 sizeof(row_place) + sizeof(distill_attention_row) + code_bytes(c, plan->weights);
    size_t logits = (c->D + c->V) * sizeof(float) + sizeof(size_t);
    return plan->rows * row + plan->logits * logits + plan->context * c->Dh * sizeof(float);
}

// ---- weights ------------------------------------------------------------------------------------

/// The model to be copied, and the place of its next norm or bias.
typedef struct loader {
    const distill_tensor_views *from;
    distill_weights weights;
    float *next_vector;
} loader;

/// The tensor at `offset` of the layout, without a bias.
static distill_panel_source part_at(const distill_tensor_views *from, size_t offset)
{
    const distill_tensor_info *info = distill_layout_at(from->layout, offset);
    const distill_tensor_view *view = &from->tensors[info - from->layout->tensors];
    return (distill_panel_source){
        .name = info->name, .weight = view->data, .dtype = view->dtype, .rows = info->rows};
}

/// Sets *out to a norm or bias of `count` floats; NULL if there is none.
static distill_status load_vector(const float **out, loader *to, size_t offset, size_t count)
{
    *out = NULL;
    if (offset == DISTILL_ABSENT)
        return DISTILL_OK;
    float *place = to->next_vector;
    distill_panel_source part = part_at(to->from, offset);
    distill_panel_source_read(place, &part, 0, count);
    size_t bad = distill_first_not_finite(place, count);
    if (bad < count)
        return distill_fail(DISTILL_NUMERIC, "tensor \"%s\": column %zu is %g", part.name, bad,
                            (double)place[bad]);
    to->next_vector += count;
    *out = place;
    return DISTILL_OK;
}

typedef struct projection {
    size_t weight, bias; // offsets in the layout
} projection;

/// Copies one projection, or up to three with the same input, into panels.
static distill_status load_projections(distill_panel_matrix *out, loader *to,
                                       const projection *projections, size_t count, size_t K,
                                       bool paired)
{
    distill_status status = DISTILL_OK;
    distill_panel_source parts[3];
    distill_panel_form form = {.type = to->weights, .paired = paired};
    for (size_t i = 0; i < count; i++) {
        parts[i] = part_at(to->from, projections[i].weight);
        TRY(load_vector(&parts[i].bias, to, projections[i].bias, parts[i].rows));
    }
    TRY(distill_panel_matrix_create(out, parts, count, K, &form));
done:
    return status;
}

static distill_status load_layer(decoder_layer *layer, loader *to, size_t l)
{
    distill_status status = DISTILL_OK;
    const distill_layout *layout = to->from->layout;
    const distill_config *c = &layout->config;
    const distill_layer_offsets *at = &layout->layers[l];
    const projection qkv[] = {{at->wq, at->bq}, {at->wk, at->bk}, {at->wv, at->bv}};
    const projection o = {at->wo, at->bo}, down = {at->w_down, at->b_down};
    const projection gate_up[] = {{at->w_gate, at->b_gate}, {at->w_up, at->b_up}};
#define LOAD(field, kind, present, rows, cols, ...) LOAD_##kind(field, cols)
#define LOAD_NORM(field, cols) TRY(load_vector(&layer->field, to, at->field, cols));
#define LOAD_PROJECTION(field, cols)
#define LOAD_BIAS(field, cols)
    DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, LOAD, DISTILL_NO_TENSOR)
    TRY(load_projections(&layer->qkv, to, qkv, 3, c->D, false));
    TRY(load_projections(&layer->o, to, &o, 1, c->H * c->Dh, false));
    TRY(load_projections(&layer->gate_up, to, gate_up, 2, c->D, true));
    TRY(load_projections(&layer->down, to, &down, 1, c->F, false));
done:
    return status;
}

typedef struct embed_job {
    distill_inference_decoder *decoder;
    distill_panel_source from;
    atomic_size_t bad; // place of a value that is not finite, SIZE_MAX = none
} embed_job;

static void copy_embedding(void *context, size_t begin, size_t end, int worker)
{
    enum { PIECE = 1024 };
    embed_job *job = context;
    size_t D = job->decoder->config.D, item = distill_dtype_bytes(job->decoder->embed_type);
    float values[PIECE];
    (void)worker;
    for (size_t i = begin * D; i < end * D; i += PIECE) {
        size_t n = end * D - i < PIECE ? end * D - i : PIECE;
        distill_panel_source_read(values, &job->from, i, n);
        distill_dtype_narrow((char *)job->decoder->embed + i * item, values,
                             job->decoder->embed_type, n);
        size_t bad = distill_first_not_finite(values, n);
        if (bad < n)
            atomic_store(&job->bad, i + bad);
    }
}

static distill_status load_embedding(distill_inference_decoder *decoder,
                                     const distill_tensor_views *from)
{
    distill_status status = DISTILL_OK;
    size_t D = decoder->config.D;
    embed_job job = {decoder, part_at(from, from->layout->embed), SIZE_MAX};
    decoder->embed_type = embed_type(decoder->plan.weights);
    decoder->embed_bytes = embed_bytes(&decoder->config, decoder->plan.weights);
    if (decoder->embed_bytes == 0)
        return DISTILL_OK;
    TRY(distill_alloc_unset(&decoder->embed, decoder->embed_bytes));
    distill_parallel_for(copy_embedding, &job, decoder->config.V, 16);
    size_t bad = atomic_load(&job.bad);
    if (bad != SIZE_MAX)
        TRY(distill_fail(DISTILL_NUMERIC, "tensor \"%s\": row %zu, column %zu is not finite",
                         job.from.name, bad / D, bad % D));
done:
    return status;
}

static distill_status load_model(distill_inference_decoder *decoder,
                                 const distill_tensor_views *from)
{
    distill_status status = DISTILL_OK;
    const distill_config *c = &decoder->config;
    const projection head = {from->layout->lm_head, DISTILL_ABSENT};
    loader to = {.from = from, .weights = decoder->plan.weights};
    TRY(DISTILL_NEW(&decoder->vectors, vector_floats(c)));
    to.next_vector = decoder->vectors;
    TRY(DISTILL_NEW(&decoder->layers, c->L));
    for (size_t l = 0; l < c->L; l++)
        TRY(load_layer(&decoder->layers[l], &to, l));
    TRY(load_vector(&decoder->final_norm, &to, from->layout->final_norm, c->D));
    TRY(load_embedding(decoder, from));
    TRY(load_projections(&decoder->head, &to, &head, 1, c->D, false));
done:
    if (status == DISTILL_NUMERIC && from->name != NULL)
        return distill_fail_context(status, "%s", from->name);
    return status;
}

/// (rows, width) floats that are written before they are read: rows that are never used take no
/// memory.
static distill_status take_rows(float **out, size_t rows, size_t width)
{
    size_t bytes;
    if (!distill_mul_size(&bytes, rows, width * sizeof(float)))
        return distill_fail(DISTILL_NO_MEMORY, "%zu rows of %zu floats are too many", rows, width);
    return distill_alloc_unset((void **)out, bytes);
}

static distill_status allocate_scratch(distill_inference_decoder *decoder)
{
    distill_status status = DISTILL_OK;
    const distill_config *c = &decoder->config;
    const distill_inference_plan *plan = &decoder->plan;
    TRY(DISTILL_NEW(&decoder->cosine, plan->context * (c->Dh / 2)));
    TRY(DISTILL_NEW(&decoder->sine, plan->context * (c->Dh / 2)));
    distill_rope_table(decoder->cosine, decoder->sine, &c->rope, c->Dh, 0, plan->context);
    TRY(DISTILL_NEW(&decoder->places, plan->rows));
    TRY(DISTILL_NEW(&decoder->seen, plan->rows));
    TRY(take_rows(&decoder->x, plan->rows, c->D));
    TRY(take_rows(&decoder->h, plan->rows, c->D));
    TRY(take_rows(&decoder->qkv, plan->rows, qkv_width(c)));
    TRY(take_rows(&decoder->attended, plan->rows, c->H * c->Dh));
    TRY(take_rows(&decoder->gated, plan->rows, c->F));
    decoder->code_bytes = code_bytes(c, plan->weights);
    TRY(DISTILL_NEW(&decoder->codes, plan->rows * decoder->code_bytes));
    TRY(DISTILL_NEW(&decoder->logit_rows, plan->logits));
    TRY(take_rows(&decoder->last, plan->logits, c->D));
    TRY(take_rows(&decoder->logits, plan->logits, c->V));
done:
    return status;
}

distill_status distill_inference_decoder_create(distill_inference_decoder **out,
                                                const distill_tensor_views *from,
                                                const distill_inference_plan *plan)
{
    distill_status status = DISTILL_OK;
    distill_inference_decoder *decoder = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&decoder, 1));
    decoder->config = from->layout->config;
    decoder->plan = *plan;
    decoder->kernels = kernel_set_chosen()->decode;
    decoder->weight_bytes = distill_inference_weight_bytes(&decoder->config, plan->weights);
    TRY(load_model(decoder, from));
    TRY(allocate_scratch(decoder));
    *out = decoder;
    decoder = NULL;
done:
    distill_inference_decoder_free(decoder);
    return status;
}

void distill_inference_decoder_free(distill_inference_decoder *decoder)
{
    if (decoder == NULL)
        return;
    for (size_t l = 0; decoder->layers != NULL && l < decoder->config.L; l++) {
        distill_panel_matrix_free(&decoder->layers[l].qkv);
        distill_panel_matrix_free(&decoder->layers[l].o);
        distill_panel_matrix_free(&decoder->layers[l].gate_up);
        distill_panel_matrix_free(&decoder->layers[l].down);
    }
    distill_panel_matrix_free(&decoder->head);
    void *const blocks[] = {
        decoder->layers, decoder->embed,      decoder->vectors,  decoder->cosine,
        decoder->sine,   decoder->places,     decoder->seen,     decoder->x,
        decoder->h,      decoder->qkv,        decoder->attended, decoder->gated,
        decoder->codes,  decoder->logit_rows, decoder->last,     decoder->logits};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        distill_free(blocks[i]);
    distill_free(decoder);
}

const distill_config *distill_inference_decoder_config(const distill_inference_decoder *decoder)
{
    return &decoder->config;
}

// ---- forward ------------------------------------------------------------------------------------

/// Some of the rows of a call, and the current layer.
typedef struct row_range {
    distill_inference_decoder *decoder;
    size_t first, count;
    size_t l;
    const float *weight; // of a norm
} row_range;

enum { ROWS_A_GRAIN = 8 }; // fewer rows of a cheap operation are not worth a second thread

static void embed_rows(void *context, size_t begin, size_t end, int worker)
{
    const row_range *range = context;
    distill_inference_decoder *decoder = range->decoder;
    size_t D = decoder->config.D, row = D * distill_dtype_bytes(decoder->embed_type);
    (void)worker;
    for (size_t n = range->first + begin; n < range->first + end; n++) {
        size_t token = (size_t)decoder->places[n].token;
        if (decoder->embed != NULL)
            distill_dtype_widen(decoder->x + n * D, (const char *)decoder->embed + token * row,
                                decoder->embed_type, D);
        else
            distill_panel_matrix_row(decoder->x + n * D, &decoder->head, token);
    }
}

static void norm_rows(void *context, size_t begin, size_t end, int worker)
{
    const row_range *range = context;
    distill_inference_decoder *decoder = range->decoder;
    size_t D = decoder->config.D;
    (void)worker;
    for (size_t n = range->first + begin; n < range->first + end; n++)
        decoder->kernels->rms_norm(decoder->h + n * D, decoder->x + n * D, range->weight, D,
                                   (float)decoder->config.rms_eps);
}

/// Normalises (Qwen3) and rotates the heads of q and k, then stores k and v in the cache.
static void place_rows(void *context, size_t begin, size_t end, int worker)
{
    const row_range *range = context;
    distill_inference_decoder *decoder = range->decoder;
    const distill_config *c = &decoder->config;
    const decoder_layer *layer = &decoder->layers[range->l];
    size_t half = c->Dh / 2;
    (void)worker;
    for (size_t n = range->first + begin; n < range->first + end; n++) {
        const row_place *place = &decoder->places[n];
        const float *cosine = decoder->cosine + place->position * half;
        const float *sine = decoder->sine + place->position * half;
        float *q = decoder->qkv + n * qkv_width(c), *k = q + c->H * c->Dh;
        for (size_t h = 0; h < c->H + c->Hkv; h++) {
            const float *weight = h < c->H ? layer->q_norm : layer->k_norm;
            float *head = q + h * c->Dh;
            if (weight != NULL)
                decoder->kernels->rms_norm(head, head, weight, c->Dh, (float)c->rms_eps);
            decoder->kernels->rotate(head, cosine, sine, half);
        }
        distill_kv_store(decoder->cache, range->l, place->sequence, place->position, k,
                         k + c->Hkv * c->Dh);
    }
}

static void attend(const row_range *range)
{
    distill_inference_decoder *decoder = range->decoder;
    const distill_config *c = &decoder->config;
    distill_attention_pool pool = distill_kv_pool(decoder->cache, range->l);
    distill_attention_shape shape = {
        .H = c->H,
        .Hkv = c->Hkv,
        .Dh = c->Dh,
        .window = c->window > 0 && range->l >= c->window_first ? c->window : 0,
        .scale = (float)(1.0 / sqrt((double)c->Dh))};
    distill_decode_attention(decoder->attended + range->first * c->H * c->Dh, c->H * c->Dh,
                             decoder->qkv + range->first * qkv_width(c), qkv_width(c),
                             decoder->seen + range->first, range->count, &pool, &shape);
}

/// Rows first … first+count-1 through all layers. Operations are parallel inside unless a worker
/// calls this.
static void forward_rows(distill_inference_decoder *decoder, size_t first, size_t count)
{
    const distill_config *c = &decoder->config;
    row_range range = {.decoder = decoder, .first = first, .count = count};
    size_t D = c->D, A = c->H * c->Dh, Q = qkv_width(c);
    float *x = decoder->x + first * D, *h = decoder->h + first * D;
    float *qkv = decoder->qkv + first * Q, *attended = decoder->attended + first * A;
    float *gated = decoder->gated + first * c->F;
    char *codes = decoder->codes + first * decoder->code_bytes;
    distill_parallel_for(embed_rows, &range, count, ROWS_A_GRAIN);
    for (range.l = 0; range.l < c->L; range.l++) {
        const decoder_layer *layer = &decoder->layers[range.l];
        range.weight = layer->attn_norm;
        distill_parallel_for(norm_rows, &range, count, ROWS_A_GRAIN);
        distill_panel_matmul(qkv, Q, h, D, &layer->qkv, count, DISTILL_MATMUL_STORE, codes);
        distill_parallel_for(place_rows, &range, count, ROWS_A_GRAIN);
        attend(&range);
        distill_panel_matmul(x, D, attended, A, &layer->o, count, DISTILL_MATMUL_ADD, codes);
        range.weight = layer->mlp_norm;
        distill_parallel_for(norm_rows, &range, count, ROWS_A_GRAIN);
        distill_panel_matmul(gated, c->F, h, D, &layer->gate_up, count, DISTILL_MATMUL_SWIGLU,
                             codes);
        distill_panel_matmul(x, D, gated, c->F, &layer->down, count, DISTILL_MATMUL_ADD, codes);
    }
}

/// Logits first … first+count-1 of the call.
static void head_rows(distill_inference_decoder *decoder, size_t first, size_t count)
{
    const distill_config *c = &decoder->config;
    for (size_t i = first; i < first + count; i++)
        decoder->kernels->rms_norm(decoder->last + i * c->D,
                                   decoder->x + decoder->logit_rows[i] * c->D, decoder->final_norm,
                                   c->D, (float)c->rms_eps);
    distill_panel_matmul(decoder->logits + first * c->V, c->V, decoder->last + first * c->D, c->D,
                         &decoder->head, count, DISTILL_MATMUL_STORE,
                         decoder->codes + first * decoder->code_bytes);
}

/// Computes the whole step for some of the rows, in one worker.
static void whole_rows(void *context, size_t begin, size_t end, int worker)
{
    distill_inference_decoder *decoder = context;
    (void)worker;
    forward_rows(decoder, begin, end - begin);
    head_rows(decoder, begin, end - begin);
}

/// Copies the spans to rows; returns the number of rows, and of rows whose logits are computed.
static size_t lay_out(distill_inference_decoder *decoder, const distill_decode_span *spans,
                      size_t count, size_t *logits)
{
    size_t N = 0;
    *logits = 0;
    for (size_t i = 0; i < count; i++) {
        const distill_decode_span *span = &spans[i];
        const uint32_t *pages = distill_kv_table(decoder->cache, span->sequence);
        for (size_t j = 0; j < span->count; j++, N++) {
            decoder->places[N] = (row_place){(uint32_t)span->sequence,
                                             (uint32_t)(span->position + j), span->tokens[j]};
            decoder->seen[N] = (distill_attention_row){pages, span->position + j};
            if (span->logits && (span->every || j + 1 == span->count))
                decoder->logit_rows[(*logits)++] = N;
        }
    }
    return N;
}

void distill_inference_decoder_forward(distill_inference_decoder *decoder, distill_kv_cache *cache,
                                       const distill_decode_span *spans, size_t count)
{
    enum { ROWS_A_WORKER = 3, SMALL_WEIGHTS = 48 << 20 };
    size_t logits, threads = (size_t)distill_threads();
    decoder->cache = cache;
    size_t N = lay_out(decoder, spans, count, &logits);
    // With weights that fit in a cache, each worker computes the whole step for its rows: one
    // synchronisation of the threads instead of eight per layer. It needs rows that do not read
    // what other rows of the call write: one row a sequence.
    if (N == count && logits == N && N >= threads * ROWS_A_WORKER &&
        decoder->weight_bytes <= SMALL_WEIGHTS) {
        distill_parallel_for(whole_rows, decoder, N, 1);
        return;
    }
    forward_rows(decoder, 0, N);
    head_rows(decoder, 0, logits);
}

float *distill_inference_decoder_logits(distill_inference_decoder *decoder, size_t index)
{
    return decoder->logits + index * decoder->config.V;
}
