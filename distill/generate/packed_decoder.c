// distill/generate/packed_decoder.c - packing a model, and one forward pass in the order of the
// paper.
#include "distill/generate/packed_decoder.h"

#include "distill/base/threads.h"
#include "distill/tensor/decode_kernels.h"
#include "distill/tensor/packed_matmul.h"
#include "distill/tensor/rope.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct packed_layer {
    const float *attn_norm, *mlp_norm; // [D]
    const float *q_norm, *k_norm;      // [Dh], NULL = none
    distill_packed_matrix qkv, o, gate_up, down;
} packed_layer;

/// What is known of a row of the current call.
typedef struct row_place {
    uint32_t sequence;
    uint32_t position;
    int32_t token;
} row_place;

struct distill_packed_decoder {
    distill_config config;
    distill_packed_plan plan;
    const decode_kernels *kernels;
    packed_layer *layers; // [L]
    distill_packed_matrix head;
    float *embed; // (V, D); NULL for a tied model, which reads rows of the head
    float *norms; // all norm weights, one after the other
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
    size_t *wanted;              // [logits] rows whose logits are wanted
    float *last;                 // (logits, D) their final states
    float *logits;               // (logits, V)
};

static size_t qkv_width(const distill_config *c)
{
    return (c->H + 2 * c->Hkv) * c->Dh;
}

size_t distill_packed_weight_bytes(const distill_config *c)
{
    size_t layer = distill_packed_bytes(qkv_width(c), c->D) +
                   distill_packed_bytes(c->D, c->H * c->Dh) + 2 * distill_packed_bytes(c->F, c->D) +
                   distill_packed_bytes(c->D, c->F);
    size_t embed = c->tied ? 0 : c->V * c->D * sizeof(float);
    return c->L * layer + distill_packed_bytes(c->V, c->D) + embed;
}

size_t distill_packed_scratch_bytes(const distill_config *c, const distill_packed_plan *plan)
{
    size_t row = (2 * c->D + qkv_width(c) + c->H * c->Dh + c->F) * sizeof(float) +
                 sizeof(row_place) + sizeof(distill_attention_row);
    size_t logits = (c->D + c->V) * sizeof(float) + sizeof(size_t);
    return plan->rows * row + plan->logits * logits + plan->context * c->Dh * sizeof(float);
}

// ---- packing ------------------------------------------------------------------------------------

/// Parameters on their way into packed form. Of an `owned` block, parts that were read are given
/// back at once.
typedef struct packing {
    const distill_layout *layout;
    const float *block;
    bool owned;
    float *next_norm;
} packing;

static const float *parameter(const packing *from, size_t offset)
{
    return offset == DISTILL_ABSENT ? NULL : from->block + offset;
}

/// Gives the memory behind `count` floats back to the system, in whole pages. The block itself is
/// freed later.
static void forget(const packing *from, const float *begin, size_t count)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t low = ((uintptr_t)begin + page - 1) / page * page;
    uintptr_t high = (uintptr_t)(begin + count) / page * page;
    if (from->owned && low < high)
        madvise((void *)low, high - low, MADV_DONTNEED);
}

static const float *keep_norm(packing *from, size_t offset, size_t count)
{
    float *place = from->next_norm;
    if (offset == DISTILL_ABSENT)
        return NULL;
    memcpy(place, from->block + offset, count * sizeof *place);
    from->next_norm += count;
    return place;
}

static distill_status pack(distill_packed_matrix *out, const packing *from,
                           const distill_packed_part *parts, size_t count, size_t K,
                           distill_packing how)
{
    distill_status status = DISTILL_OK;
    TRY(distill_packed_matrix_create(out, parts, count, K, how));
    for (size_t i = 0; i < count; i++)
        forget(from, parts[i].weight, parts[i].rows * K);
done:
    return status;
}

static distill_status pack_layer(packed_layer *layer, packing *from, size_t l)
{
    distill_status status = DISTILL_OK;
    const distill_config *c = &from->layout->config;
    const distill_layer_offsets *at = &from->layout->layers[l];
    layer->attn_norm = keep_norm(from, at->attn_norm, c->D);
    layer->mlp_norm = keep_norm(from, at->mlp_norm, c->D);
    layer->q_norm = keep_norm(from, at->q_norm, c->Dh);
    layer->k_norm = keep_norm(from, at->k_norm, c->Dh);
    const distill_packed_part qkv[] = {
        {parameter(from, at->wq), parameter(from, at->bq), c->H * c->Dh},
        {parameter(from, at->wk), parameter(from, at->bk), c->Hkv * c->Dh},
        {parameter(from, at->wv), parameter(from, at->bv), c->Hkv * c->Dh}};
    const distill_packed_part o = {parameter(from, at->wo), parameter(from, at->bo), c->D};
    const distill_packed_part gate_up[] = {
        {parameter(from, at->w_gate), parameter(from, at->b_gate), c->F},
        {parameter(from, at->w_up), parameter(from, at->b_up), c->F}};
    const distill_packed_part down = {parameter(from, at->w_down), parameter(from, at->b_down),
                                      c->D};
    TRY(pack(&layer->qkv, from, qkv, 3, c->D, DISTILL_PACK_JOINED));
    TRY(pack(&layer->o, from, &o, 1, c->H * c->Dh, DISTILL_PACK_JOINED));
    TRY(pack(&layer->gate_up, from, gate_up, 2, c->D, DISTILL_PACK_PAIRED));
    TRY(pack(&layer->down, from, &down, 1, c->F, DISTILL_PACK_JOINED));
done:
    return status;
}

static distill_status pack_model(distill_packed_decoder *decoder, packing *from)
{
    distill_status status = DISTILL_OK;
    const distill_config *c = &decoder->config;
    const distill_layout *layout = from->layout;
    TRY(DISTILL_NEW(&decoder->norms, c->L * (2 * c->D + 2 * c->Dh) + c->D));
    from->next_norm = decoder->norms;
    TRY(DISTILL_NEW(&decoder->layers, c->L));
    for (size_t l = 0; l < c->L; l++)
        TRY(pack_layer(&decoder->layers[l], from, l));
    decoder->final_norm = keep_norm(from, layout->final_norm, c->D);
    if (layout->lm_head != layout->embed) {
        TRY(DISTILL_NEW(&decoder->embed, c->V * c->D));
        memcpy(decoder->embed, from->block + layout->embed, c->V * c->D * sizeof(float));
        forget(from, from->block + layout->embed, c->V * c->D);
    }
    const distill_packed_part head = {parameter(from, layout->lm_head), NULL, c->V};
    TRY(pack(&decoder->head, from, &head, 1, c->D, DISTILL_PACK_JOINED));
done:
    return status;
}

static distill_status allocate_scratch(distill_packed_decoder *decoder)
{
    distill_status status = DISTILL_OK;
    const distill_config *c = &decoder->config;
    const distill_packed_plan *plan = &decoder->plan;
    TRY(DISTILL_NEW(&decoder->cosine, plan->context * (c->Dh / 2)));
    TRY(DISTILL_NEW(&decoder->sine, plan->context * (c->Dh / 2)));
    distill_rope_table(decoder->cosine, decoder->sine, &c->rope, c->Dh, 0, plan->context);
    TRY(DISTILL_NEW(&decoder->places, plan->rows));
    TRY(DISTILL_NEW(&decoder->seen, plan->rows));
    TRY(DISTILL_NEW(&decoder->x, plan->rows * c->D));
    TRY(DISTILL_NEW(&decoder->h, plan->rows * c->D));
    TRY(DISTILL_NEW(&decoder->qkv, plan->rows * qkv_width(c)));
    TRY(DISTILL_NEW(&decoder->attended, plan->rows * c->H * c->Dh));
    TRY(DISTILL_NEW(&decoder->gated, plan->rows * c->F));
    TRY(DISTILL_NEW(&decoder->wanted, plan->logits));
    TRY(DISTILL_NEW(&decoder->last, plan->logits * c->D));
    TRY(DISTILL_NEW(&decoder->logits, plan->logits * c->V));
done:
    return status;
}

static distill_status create(distill_packed_decoder **out, packing *from,
                             const distill_packed_plan *plan)
{
    distill_status status = DISTILL_OK;
    distill_packed_decoder *decoder = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&decoder, 1));
    decoder->config = from->layout->config;
    decoder->plan = *plan;
    decoder->kernels = decode_kernels_chosen();
    decoder->weight_bytes = distill_packed_weight_bytes(&decoder->config);
    TRY(pack_model(decoder, from));
    TRY(allocate_scratch(decoder));
    *out = decoder;
    return DISTILL_OK;
done:
    distill_packed_decoder_free(decoder);
    return status;
}

distill_status distill_packed_decoder_create(distill_packed_decoder **out,
                                             const distill_layout *layout, const float *block,
                                             const distill_packed_plan *plan)
{
    packing from = {.layout = layout, .block = block};
    return create(out, &from, plan);
}

distill_status distill_packed_decoder_load(distill_packed_decoder **out,
                                           const distill_checkpoint *ckpt,
                                           const distill_packed_plan *plan)
{
    distill_status status = DISTILL_OK;
    distill_layout *layout = NULL;
    float *block = NULL;
    *out = NULL;
    TRY(distill_layout_create(&layout, distill_checkpoint_config(ckpt)));
    TRY(DISTILL_NEW(&block, layout->total));
    TRY(distill_checkpoint_load(block, layout, ckpt));
    packing from = {.layout = layout, .block = block, .owned = true};
    TRY(create(out, &from, plan));
done:
    distill_free(block);
    distill_layout_free(layout);
    return status;
}

void distill_packed_decoder_free(distill_packed_decoder *decoder)
{
    if (decoder == NULL)
        return;
    for (size_t l = 0; decoder->layers != NULL && l < decoder->config.L; l++) {
        distill_packed_matrix_free(&decoder->layers[l].qkv);
        distill_packed_matrix_free(&decoder->layers[l].o);
        distill_packed_matrix_free(&decoder->layers[l].gate_up);
        distill_packed_matrix_free(&decoder->layers[l].down);
    }
    distill_packed_matrix_free(&decoder->head);
    void *const blocks[] = {decoder->layers, decoder->embed,  decoder->norms,    decoder->cosine,
                            decoder->sine,   decoder->places, decoder->seen,     decoder->x,
                            decoder->h,      decoder->qkv,    decoder->attended, decoder->gated,
                            decoder->wanted, decoder->last,   decoder->logits};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        distill_free(blocks[i]);
    distill_free(decoder);
}

const distill_config *distill_packed_decoder_config(const distill_packed_decoder *decoder)
{
    return &decoder->config;
}

// ---- forward ------------------------------------------------------------------------------------

/// Some of the rows of a call, and the layer they are at.
typedef struct row_range {
    distill_packed_decoder *decoder;
    size_t first, count;
    size_t l;
    const float *weight; // of a norm
} row_range;

enum { ROWS_A_GRAIN = 8 }; // fewer rows of a cheap step are not worth a second thread

static void embed_rows(void *context, size_t begin, size_t end, int worker)
{
    const row_range *range = context;
    distill_packed_decoder *decoder = range->decoder;
    size_t D = decoder->config.D;
    (void)worker;
    for (size_t n = range->first + begin; n < range->first + end; n++) {
        size_t token = (size_t)decoder->places[n].token;
        if (decoder->embed != NULL)
            memcpy(decoder->x + n * D, decoder->embed + token * D, D * sizeof(float));
        else
            distill_packed_matrix_row(decoder->x + n * D, &decoder->head, token);
    }
}

static void norm_rows(void *context, size_t begin, size_t end, int worker)
{
    const row_range *range = context;
    distill_packed_decoder *decoder = range->decoder;
    size_t D = decoder->config.D;
    (void)worker;
    for (size_t n = range->first + begin; n < range->first + end; n++)
        decoder->kernels->rms_norm(decoder->h + n * D, decoder->x + n * D, range->weight, D,
                                   (float)decoder->config.rms_eps);
}

/// Normalises (Qwen3) and rotates the heads of q and k, then puts k and v into the cache.
static void place_rows(void *context, size_t begin, size_t end, int worker)
{
    const row_range *range = context;
    distill_packed_decoder *decoder = range->decoder;
    const distill_config *c = &decoder->config;
    const packed_layer *layer = &decoder->layers[range->l];
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
    distill_packed_decoder *decoder = range->decoder;
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

/// Rows first … first+count-1 through all layers. Each step is parallel inside unless a worker runs
/// this.
static void forward_rows(distill_packed_decoder *decoder, size_t first, size_t count)
{
    const distill_config *c = &decoder->config;
    row_range range = {.decoder = decoder, .first = first, .count = count};
    size_t D = c->D, A = c->H * c->Dh, Q = qkv_width(c);
    float *x = decoder->x + first * D, *h = decoder->h + first * D;
    float *qkv = decoder->qkv + first * Q, *attended = decoder->attended + first * A;
    float *gated = decoder->gated + first * c->F;
    distill_parallel_for(embed_rows, &range, count, ROWS_A_GRAIN);
    for (range.l = 0; range.l < c->L; range.l++) {
        const packed_layer *layer = &decoder->layers[range.l];
        range.weight = layer->attn_norm;
        distill_parallel_for(norm_rows, &range, count, ROWS_A_GRAIN);
        distill_packed_matmul(qkv, Q, h, D, &layer->qkv, count, DISTILL_MATMUL_STORE);
        distill_parallel_for(place_rows, &range, count, ROWS_A_GRAIN);
        attend(&range);
        distill_packed_matmul(x, D, attended, A, &layer->o, count, DISTILL_MATMUL_ADD);
        range.weight = layer->mlp_norm;
        distill_parallel_for(norm_rows, &range, count, ROWS_A_GRAIN);
        distill_packed_matmul(gated, c->F, h, D, &layer->gate_up, count, DISTILL_MATMUL_SWIGLU);
        distill_packed_matmul(x, D, gated, c->F, &layer->down, count, DISTILL_MATMUL_ADD);
    }
}

/// Logits first … first+count-1 of the call.
static void head_rows(distill_packed_decoder *decoder, size_t first, size_t count)
{
    const distill_config *c = &decoder->config;
    for (size_t i = first; i < first + count; i++)
        decoder->kernels->rms_norm(decoder->last + i * c->D, decoder->x + decoder->wanted[i] * c->D,
                                   decoder->final_norm, c->D, (float)c->rms_eps);
    distill_packed_matmul(decoder->logits + first * c->V, c->V, decoder->last + first * c->D, c->D,
                          &decoder->head, count, DISTILL_MATMUL_STORE);
}

/// The whole step for some of the rows, in one worker.
static void whole_rows(void *context, size_t begin, size_t end, int worker)
{
    distill_packed_decoder *decoder = context;
    (void)worker;
    forward_rows(decoder, begin, end - begin);
    head_rows(decoder, begin, end - begin);
}

/// Copies the spans to rows; returns the number of rows, and of rows whose logits are wanted.
static size_t lay_out(distill_packed_decoder *decoder, const distill_decode_span *spans,
                      size_t count, size_t *wanted)
{
    size_t N = 0;
    *wanted = 0;
    for (size_t i = 0; i < count; i++) {
        const distill_decode_span *span = &spans[i];
        const uint32_t *pages = distill_kv_table(decoder->cache, span->sequence);
        for (size_t j = 0; j < span->count; j++, N++) {
            decoder->places[N] = (row_place){(uint32_t)span->sequence,
                                             (uint32_t)(span->position + j), span->tokens[j]};
            decoder->seen[N] = (distill_attention_row){pages, span->position + j};
        }
        if (span->logits)
            decoder->wanted[(*wanted)++] = N - 1;
    }
    return N;
}

void distill_packed_decoder_forward(distill_packed_decoder *decoder, distill_kv_cache *cache,
                                    const distill_decode_span *spans, size_t count)
{
    enum { ROWS_A_WORKER = 3, SMALL_WEIGHTS = 48 << 20 };
    size_t wanted, threads = (size_t)distill_threads();
    decoder->cache = cache;
    size_t N = lay_out(decoder, spans, count, &wanted);
    // Where all weights fit in a cache, each worker takes its rows through the whole step: one
    // meeting of the threads instead of eight a layer. It needs rows that do not read what others
    // write: one a sequence.
    if (N == count && wanted == N && N >= threads * ROWS_A_WORKER &&
        decoder->weight_bytes <= SMALL_WEIGHTS) {
        distill_parallel_for(whole_rows, decoder, N, 1);
        return;
    }
    forward_rows(decoder, 0, N);
    head_rows(decoder, 0, wanted);
}

float *distill_packed_decoder_logits(distill_packed_decoder *decoder, size_t index)
{
    return decoder->logits + index * decoder->config.V;
}
