// distill/tensor/decode_attention.c - one (row, key/value head) after the other, the query heads of a group together.
#include "distill/tensor/decode_attention.h"

#include "distill/base/threads.h"
#include "distill/tensor/decode_kernels.h"

#include <math.h>
#include <string.h>

enum {
    PAGE = DISTILL_KV_PAGE,
    HEADS = 6 // query heads that are taken together: the height of a product tile
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

/// What is known of up to HEADS query heads after the pages so far.
typedef struct attention_state {
    float most[HEADS];    // largest raw score
    double weight[HEADS]; // sum of exp(scale (score - most))
    float scores[HEADS * PAGE];
    float sums[HEADS * DISTILL_KV_MOST_HEAD_DIM]; // [heads][padded Dh]
} attention_state;

/// Adds positions begin … end-1 of one page.
static void add_page(attention_state *state, const attention_job *job, const float *q, size_t heads,
                     const float *block, size_t begin, size_t end)
{
    const decode_kernels *kernels = job->kernels;
    size_t Dh = job->shape->Dh, width = padded(Dh), n = end - begin;
    size_t first = begin / PANEL_WIDTH, last = (end + PANEL_WIDTH - 1) / PANEL_WIDTH;
    kernels->product(state->scores + first * PANEL_WIDTH, PAGE, q, Dh,
                     block + first * Dh * PANEL_WIDTH, Dh * PANEL_WIDTH, heads, last - first, Dh,
                     false);
    for (size_t h = 0; h < heads; h++) {
        float *scores = state->scores + h * PAGE + begin, *sums = state->sums + h * width;
        float most = kernels->maximum(scores, n);
        if (most > state->most[h]) {
            if (state->weight[h] > 0) {
                float shrink;
                state->weight[h] *=
                    kernels->exp_sum(&shrink, &state->most[h], 1, most, job->shape->scale);
                kernels->multiply(sums, shrink, width);
            }
            state->most[h] = most;
        }
        state->weight[h] += kernels->exp_sum(scores, scores, n, state->most[h], job->shape->scale);
    }
    kernels->product(state->sums, width, state->scores + begin, PAGE,
                     block + PAGE * Dh + begin * PANEL_WIDTH, PAGE * PANEL_WIDTH, heads,
                     width / PANEL_WIDTH, n, true);
}

/// Query heads first … first+heads-1 of one row, all reading key/value head `kv`.
static void attend(const attention_job *job, const distill_attention_row *row, const float *q,
                   float *out, size_t kv, size_t heads)
{
    const distill_attention_shape *shape = job->shape;
    const distill_attention_pool *pool = job->pool;
    size_t Dh = shape->Dh, width = padded(Dh), end = row->position + 1, begin = 0;
    size_t block = pool->first_block + kv * distill_kv_block_floats(Dh);
    attention_state state;
    if (shape->window > 0 && end > shape->window)
        begin = end - shape->window;
    for (size_t h = 0; h < heads; h++) {
        state.most[h] = -INFINITY;
        state.weight[h] = 0;
    }
    memset(state.sums, 0, heads * width * sizeof *state.sums);
    for (size_t page = begin / PAGE; page * PAGE < end; page++) {
        size_t low = page * PAGE, from = begin > low ? begin - low : 0;
        size_t to = end - low < PAGE ? end - low : PAGE;
        add_page(&state, job, q, heads, pool->floats + row->pages[page] * pool->page_floats + block,
                 from, to);
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
    attention_job job = {decode_kernels_chosen(), out, q, rows, pool, shape, out_stride, q_stride};
    distill_parallel_for(attend_range, &job, N * shape->Hkv, 1);
}
