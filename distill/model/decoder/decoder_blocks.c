// distill/model/decoder/decoder_blocks.c - tensors in blocks of parameters and gradients, of either
// type.
//
// Products take matrices in their own type. Vectors and rows of the embedding, which are few, are
// widened and rounded here.
#include "distill/model/decoder/decoder_state.h"

#include "distill/base/threads.h"
#include "distill/tensor/embedding.h"

#include <string.h>

static const char *at(const void *block, distill_dtype dtype, size_t offset)
{
    return (const char *)block + offset * distill_dtype_bytes(dtype);
}

distill_weight decoder_weight(const distill_decoder *s, const void *params, size_t offset)
{
    distill_dtype dtype = s->plan.dtype;
    return (distill_weight){offset == DISTILL_ABSENT ? NULL : at(params, dtype, offset), dtype};
}

distill_weight_gradient decoder_gradient(const distill_decoder *s, void *grads, size_t offset)
{
    distill_weight w = decoder_weight(s, grads, offset);
    return (distill_weight_gradient){(void *)w.data, w.dtype};
}

static void clear_range(void *context, size_t begin, size_t end, int worker)
{
    (void)worker;
    memset((char *)context + begin, 0, end - begin);
}

void decoder_clear_gradient(const distill_decoder *s, void *grads, size_t offset, size_t count)
{
    distill_parallel_for(clear_range, (void *)(uintptr_t)at(grads, s->plan.dtype, offset),
                         count * distill_dtype_bytes(s->plan.dtype), 1 << 16);
}

// ---- vectors ------------------------------------------------------------------------------------

size_t decoder_vector_floats(const distill_config *c)
{
#define FLOATS(field, kind, present, rows, cols, ...) +((present) ? FLOATS_##kind(cols) : 0)
#define FLOATS_NORM(cols) (cols)
#define FLOATS_BIAS(cols) (cols)
#define FLOATS_PROJECTION(cols) 0
    return DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, FLOATS, DISTILL_NO_TENSOR);
}

/// The vector itself, or a widened copy at *free, which is advanced.
static const float *vector_weight(const distill_decoder *s, float **free, const void *params,
                                  size_t offset, size_t length)
{
    float *out = *free;
    if (offset == DISTILL_ABSENT)
        return NULL;
    if (s->plan.dtype == DISTILL_F32)
        return (const float *)params + offset;
    distill_dtype_widen(out, at(params, s->plan.dtype, offset), s->plan.dtype, length);
    *free += length;
    return out;
}

static float *vector_gradient(const distill_decoder *s, float **free, void *grads, size_t offset,
                              size_t length)
{
    float *out = *free;
    if (offset == DISTILL_ABSENT)
        return NULL;
    if (s->into == DISTILL_SET)
        decoder_clear_gradient(s, grads, offset, length);
    if (s->plan.dtype == DISTILL_F32)
        return (float *)grads + offset;
    memset(out, 0, length * sizeof *out);
    *free += length;
    return out;
}

/// Adds the float32 sum of a vector's gradient to its bfloat16 gradient, rounded once.
static void vector_gradient_end(const distill_decoder *s, void *grads, size_t offset,
                                const float *summed, size_t length)
{
    enum { PIECE = 256 };
    float before[PIECE];
    if (summed == NULL || s->plan.dtype == DISTILL_F32)
        return;
    for (size_t i = 0; i < length; i += PIECE) {
        size_t n = length - i < PIECE ? length - i : PIECE;
        char *to = (char *)at(grads, s->plan.dtype, offset + i);
        distill_dtype_widen(before, to, s->plan.dtype, n);
        for (size_t k = 0; k < n; k++)
            before[k] += summed[i + k];
        distill_dtype_narrow(to, before, s->plan.dtype, n);
    }
}

layer_weights decoder_layer_weights(distill_decoder *s, const void *params, size_t l)
{
    const distill_config *c = &s->layout->config;
    const distill_layer_offsets *o = &s->layout->layers[l];
    float *free = s->vectors;
    layer_weights w;
#define OPEN(field, kind, present, rows, cols, ...) w.field = OPEN_##kind(o->field, cols);
#define OPEN_PROJECTION(offset, cols) decoder_weight(s, params, offset)
#define OPEN_NORM(offset, cols) vector_weight(s, &free, params, offset, cols)
#define OPEN_BIAS(offset, cols) vector_weight(s, &free, params, offset, cols)
    DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, OPEN, DISTILL_NO_TENSOR)
    return w;
}

layer_gradients decoder_layer_gradients(distill_decoder *s, void *grads, size_t l)
{
    const distill_config *c = &s->layout->config;
    const distill_layer_offsets *o = &s->layout->layers[l];
    float *free = s->d_vectors;
    layer_gradients g;
#define BEGIN(field, kind, present, rows, cols, ...) g.field = BEGIN_##kind(o->field, cols);
#define BEGIN_PROJECTION(offset, cols) decoder_gradient(s, grads, offset)
#define BEGIN_NORM(offset, cols) vector_gradient(s, &free, grads, offset, cols)
#define BEGIN_BIAS(offset, cols) vector_gradient(s, &free, grads, offset, cols)
    DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, BEGIN, DISTILL_NO_TENSOR)
    return g;
}

void decoder_layer_gradients_end(distill_decoder *s, void *grads, size_t l,
                                 const layer_gradients *g)
{
    const distill_config *c = &s->layout->config;
    const distill_layer_offsets *o = &s->layout->layers[l];
#define END(field, kind, present, rows, cols, ...) END_##kind(o->field, g->field, cols)
#define END_PROJECTION(offset, gradient, cols)
#define END_NORM(offset, gradient, cols) vector_gradient_end(s, grads, offset, gradient, cols);
#define END_BIAS(offset, gradient, cols) vector_gradient_end(s, grads, offset, gradient, cols);
    DISTILL_TENSOR_TABLE(DISTILL_NO_TENSOR, END, DISTILL_NO_TENSOR)
}

const float *decoder_final_norm(distill_decoder *s, const void *params)
{
    float *free = s->vectors;
    return vector_weight(s, &free, params, s->layout->final_norm, s->layout->config.D);
}

float *decoder_final_norm_gradient(distill_decoder *s, void *grads)
{
    float *free = s->d_vectors;
    return vector_gradient(s, &free, grads, s->layout->final_norm, s->layout->config.D);
}

void decoder_final_norm_gradient_end(distill_decoder *s, void *grads, float *gradient)
{
    vector_gradient_end(s, grads, s->layout->final_norm, gradient, s->layout->config.D);
}

// ---- embedding ----------------------------------------------------------------------------------

typedef struct rows_job {
    float *rows; // (N, D)
    char *table; // (V, D) of dtype
    distill_dtype dtype;
    const int32_t *tokens;
    size_t N, D;
} rows_job;

static char *row_of(const rows_job *j, size_t n)
{
    return j->table + (size_t)j->tokens[n] * j->D * distill_dtype_bytes(j->dtype);
}

static void widen_rows(void *context, size_t begin, size_t end, int worker)
{
    const rows_job *j = context;
    (void)worker;
    for (size_t n = begin; n < end; n++)
        distill_dtype_widen(j->rows + n * j->D, row_of(j, n), j->dtype, j->D);
}

/// Columns begin … end-1 of every row: equal tokens add to the same row, but two workers never do.
static void add_columns(void *context, size_t begin, size_t end, int worker)
{
    enum { PIECE = 256 };
    const rows_job *j = context;
    float sum[PIECE];
    (void)worker;
    for (size_t first = begin; first < end; first += PIECE)
        for (size_t n = 0; n < j->N; n++) {
            size_t count = end - first < PIECE ? end - first : PIECE;
            const float *row = j->rows + n * j->D + first;
            char *to = row_of(j, n) + first * distill_dtype_bytes(j->dtype);
            distill_dtype_widen(sum, to, j->dtype, count);
            for (size_t i = 0; i < count; i++)
                sum[i] += row[i];
            distill_dtype_narrow(to, sum, j->dtype, count);
        }
}

static rows_job rows_of(const distill_decoder *s, float *rows, const void *block,
                        const int32_t *tokens)
{
    distill_weight table = decoder_weight(s, block, s->layout->embed);
    return (rows_job){rows, (char *)table.data, table.dtype, tokens, s->N, s->layout->config.D};
}

void decoder_embed(distill_decoder *s, float *out, const void *params, const int32_t *tokens)
{
    rows_job job = rows_of(s, out, params, tokens);
    if (job.dtype == DISTILL_F32)
        distill_embedding_forward(out, (const float *)(void *)job.table, tokens, s->N, job.D);
    else
        distill_parallel_for(widen_rows, &job, s->N, 64);
}

void decoder_embed_backward(distill_decoder *s, void *grads, const int32_t *tokens)
{
    rows_job job = rows_of(s, s->d_x, grads, tokens);
    if (job.dtype == DISTILL_F32)
        distill_embedding_backward((float *)(void *)job.table, s->d_x, tokens, s->N, job.D);
    else
        distill_parallel_for(add_columns, &job, job.D, 16);
}
