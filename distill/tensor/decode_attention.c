// distill/tensor/decode_attention.c - online softmax over chunks of 1024 positions for one row and
// key/value head at a time, with the query heads of a group together.
#include "distill/tensor/decode_attention.h"

#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"

#include <math.h>
#include <string.h>

enum {
    PAGE = DISTILL_KV_PAGE,
    CHUNK = 16 * PAGE,            // positions that share one maximum and one rescaling
    STRIDE = CHUNK + PANEL_WIDTH, // of a head's scores, padded for a whole register
    LEAST_PRODUCTS = 1 << 18,     // as in panel_matmul.c; exponentials are extra
    PRODUCTS_A_PIECE = 1 << 15,
    HEADS = 8 // query heads that are computed together
};

static size_t padded(size_t Dh)
{
    return (Dh + PANEL_WIDTH - 1) / PANEL_WIDTH * PANEL_WIDTH;
}

size_t distill_kv_block_floats(size_t Dh)
{
    return PAGE * Dh + PAGE * padded(Dh);
}

void distill_kv_block_store(float *block, const float *key, const float *value, size_t Dh,
                            size_t slot)
{
    float *keys = block + slot / PANEL_WIDTH * Dh * PANEL_WIDTH + slot % PANEL_WIDTH;
    float *values = block + PAGE * Dh + slot * PANEL_WIDTH;
    for (size_t d = 0; d < Dh; d++)
        keys[d * PANEL_WIDTH] = key[d];
    for (size_t d = 0; d < Dh; d += PANEL_WIDTH) {
        size_t n = Dh - d < PANEL_WIDTH ? Dh - d : PANEL_WIDTH;
        memcpy(values + d * PAGE, value + d, n * sizeof *value);
    }
}

typedef struct attention_job {
    const decode_kernels *kernels;
    float *out;
    const float *q;
    const distill_attention_row *rows;
    const distill_attention_pool *pool;
    const distill_attention_shape *shape;
    size_t out_stride, q_stride;
} attention_job;

/// The online softmax of up to HEADS query heads after the chunks so far.
typedef struct attention_state {
    float most[HEADS];    // largest raw score
    double weight[HEADS]; // sum of exp(scale (score - most))
    float scores[HEADS * STRIDE];
    float sums[HEADS * DISTILL_KV_MOST_HEAD_DIM]; // [heads][padded Dh]
} attention_state;

/// The part of a sequence that `heads` query heads see, all of them through one key/value head.
typedef struct attention_view {
    const attention_job *job;
    const uint32_t *pages;
    size_t block; // of the key/value head, from a page's start
    const float *q;
    size_t heads;
} attention_view;

static const float *block_of(const attention_view *view, size_t page)
{
    const distill_attention_pool *pool = view->job->pool;
    return pool->floats + view->pages[page] * pool->page_floats + view->block;
}

/// Turns raw scores into weights and rescales earlier sums when the maximum grows.
static void add_weights(attention_state *state, const attention_view *view, size_t h, float *scores,
                        size_t n)
{
    const decode_kernels *kernels = view->job->kernels;
    float scale = view->job->shape->scale, most = kernels->maximum(scores, n);
    if (most > state->most[h]) {
        if (state->weight[h] > 0) {
            float shrink;
            state->weight[h] *= kernels->exp_sum(&shrink, &state->most[h], 1, most, scale);
            size_t width = padded(view->job->shape->Dh);
            kernels->multiply(state->sums + h * width, shrink, width);
        }
        state->most[h] = most;
    }
    size_t whole = (n + PANEL_WIDTH - 1) / PANEL_WIDTH * PANEL_WIDTH;
    for (size_t i = n; i < whole; i++)
        scores[i] = -INFINITY; // weight 0
    state->weight[h] += kernels->exp_sum(scores, scores, whole, state->most[h], scale);
}

/// Bytes from `here` to the keys or the values of a page, which are read next.
static ptrdiff_t bytes_to(const attention_view *view, const float *here, size_t page, bool values)
{
    const float *there = block_of(view, page) + (values ? PAGE * view->job->shape->Dh : 0);
    return (ptrdiff_t)((intptr_t)there - (intptr_t)here);
}

/// Raw scores of positions begin … end-1, all within one chunk of CHUNK positions.
static void score_chunk(attention_state *state, const attention_view *view, size_t begin,
                        size_t end)
{
    size_t Dh = view->job->shape->Dh, low = begin / CHUNK * CHUNK;
    for (size_t page = begin / PAGE; page * PAGE < end; page++) {
        size_t at = page * PAGE, first = begin > at ? (begin - at) / PANEL_WIDTH : 0;
        size_t last =
            end - at < PAGE ? (end - at + PANEL_WIDTH - 1) / PANEL_WIDTH : PAGE / PANEL_WIDTH;
        const float *here = block_of(view, page) + first * Dh * PANEL_WIDTH;
        bool more = at + PAGE < end;
        panel_view keys = {.weights = here,
                           .bytes = Dh * PANEL_WIDTH * sizeof(float),
                           .count = last - first,
                           .ahead = bytes_to(view, here, more ? page + 1 : begin / PAGE, !more)};
        view->job->kernels->product(state->scores + (at - low) + first * PANEL_WIDTH, STRIDE,
                                    view->q, Dh, &keys, view->heads, Dh, false);
    }
}

/// Adds the values of positions begin … end-1 by their weights; `more` positions follow.
static void sum_chunk(attention_state *state, const attention_view *view, size_t begin, size_t end,
                      bool more)
{
    size_t Dh = view->job->shape->Dh, width = padded(Dh), low = begin / CHUNK * CHUNK;
    for (size_t page = begin / PAGE; page * PAGE < end; page++) {
        size_t at = page * PAGE, from = begin > at ? begin - at : 0;
        size_t to = end - at < PAGE ? end - at : PAGE;
        const float *here = block_of(view, page) + PAGE * Dh + from * PANEL_WIDTH;
        bool last = at + PAGE >= end;
        panel_view values = {.weights = here,
                             .bytes = PAGE * PANEL_WIDTH * sizeof(float),
                             .count = width / PANEL_WIDTH};
        if (!last || more)
            values.ahead = bytes_to(view, here, page + 1, !last);
        view->job->kernels->product(state->sums, width, state->scores + (at - low) + from, STRIDE,
                                    &values, view->heads, to - from, true);
    }
}

/// Query heads first … first+heads-1 of one row, all reading key/value head `kv`.
static void attend(const attention_job *job, const distill_attention_row *row, const float *q,
                   float *out, size_t kv, size_t heads)
{
    const distill_attention_shape *shape = job->shape;
    size_t Dh = shape->Dh, width = padded(Dh), end = row->position + 1, begin = 0;
    attention_view view = {.job = job,
                           .pages = row->pages,
                           .block = job->pool->first_block + kv * distill_kv_block_floats(Dh),
                           .q = q,
                           .heads = heads};
    attention_state state;
    if (shape->window > 0 && end > shape->window)
        begin = end - shape->window;
    for (size_t h = 0; h < heads; h++) {
        state.most[h] = -INFINITY;
        state.weight[h] = 0;
    }
    memset(state.sums, 0, heads * width * sizeof *state.sums);
    while (begin < end) {
        size_t next = (begin / CHUNK + 1) * CHUNK, last = next < end ? next : end;
        score_chunk(&state, &view, begin, last);
        for (size_t h = 0; h < heads; h++)
            add_weights(&state, &view, h, state.scores + h * STRIDE + begin % CHUNK, last - begin);
        sum_chunk(&state, &view, begin, last, last < end);
        begin = last;
    }
    for (size_t h = 0; h < heads; h++) {
        job->kernels->multiply(state.sums + h * width, (float)(1.0 / state.weight[h]), Dh);
        memcpy(out + h * Dh, state.sums + h * width, Dh * sizeof *out);
    }
}

static void attend_range(void *context, size_t begin, size_t end, int worker)
{
    const attention_job *job = context;
    const distill_attention_shape *shape = job->shape;
    size_t group = shape->H / shape->Hkv;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        size_t n = i / shape->Hkv, kv = i % shape->Hkv;
        for (size_t g = 0; g < group; g += HEADS) {
            size_t first = (kv * group + g) * shape->Dh;
            attend(job, &job->rows[n], job->q + n * job->q_stride + first,
                   job->out + n * job->out_stride + first, kv,
                   group - g < HEADS ? group - g : HEADS);
        }
    }
}

void distill_decode_attention(float *out, size_t out_stride, const float *q, size_t q_stride,
                              const distill_attention_row *rows, size_t N,
                              const distill_attention_pool *pool,
                              const distill_attention_shape *shape)
{
    attention_job job = {
        kernel_set_chosen()->decode, out, q, rows, pool, shape, out_stride, q_stride};
    size_t positions = 1;
    if (N == 0)
        return;
    for (size_t n = 0; n < N; n++)
        positions += rows[n].position;
    size_t item = positions / N * shape->Dh * (shape->H / shape->Hkv) * 2; // multiply-adds, about
    if (N * shape->Hkv * item < LEAST_PRODUCTS)
        attend_range(&job, 0, N * shape->Hkv, 0);
    else
        distill_parallel_pieces(attend_range, &job, N * shape->Hkv,
                                1 + PRODUCTS_A_PIECE / (item + 1));
}
