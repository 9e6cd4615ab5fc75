#include "distill/train/adamw.h"

#include "distill/base/memory.h"
#include "distill/base/threads.h"

#include <assert.h>
#include <math.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef distill_adamw_constants step_constants;

static void update_range_plain(float *restrict p, float *restrict m, float *restrict v,
                               const float *restrict g, size_t count, const step_constants *k)
{
    for (size_t i = 0; i < count; i++) {
        float grad = g[i] * k->clip;
        float m1 = k->beta1 * m[i] + k->one_minus_beta1 * grad;
        float v1 = k->beta2 * v[i] + k->one_minus_beta2 * (grad * grad);
        float move = k->rate * m1 / (sqrtf(v1 * k->v_scale) + k->eps);
        p[i] -= k->decay * p[i] + move; // decay and move in one rounding
        m[i] = m1;
        v[i] = v1;
    }
}

#if defined(__x86_64__)
// The plain loop eight elements at a time, without fused operations: the same bits.
__attribute__((target("avx2"))) static void update_range_avx2(float *p, float *m, float *v,
                                                              const float *g, size_t count,
                                                              const step_constants *k)
{
    const __m256 clip = _mm256_set1_ps(k->clip), rate = _mm256_set1_ps(k->rate);
    const __m256 b1 = _mm256_set1_ps(k->beta1), c1 = _mm256_set1_ps(k->one_minus_beta1);
    const __m256 b2 = _mm256_set1_ps(k->beta2), c2 = _mm256_set1_ps(k->one_minus_beta2);
    const __m256 v_scale = _mm256_set1_ps(k->v_scale), eps = _mm256_set1_ps(k->eps);
    const __m256 decay = _mm256_set1_ps(k->decay);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256 grad = _mm256_mul_ps(_mm256_loadu_ps(g + i), clip);
        __m256 m1 =
            _mm256_add_ps(_mm256_mul_ps(b1, _mm256_loadu_ps(m + i)), _mm256_mul_ps(c1, grad));
        __m256 v1 = _mm256_add_ps(_mm256_mul_ps(b2, _mm256_loadu_ps(v + i)),
                                  _mm256_mul_ps(c2, _mm256_mul_ps(grad, grad)));
        __m256 old = _mm256_loadu_ps(p + i);
        __m256 root = _mm256_add_ps(_mm256_sqrt_ps(_mm256_mul_ps(v1, v_scale)), eps);
        __m256 move = _mm256_div_ps(_mm256_mul_ps(rate, m1), root);
        __m256 change = _mm256_add_ps(_mm256_mul_ps(decay, old), move);
        _mm256_storeu_ps(p + i, _mm256_sub_ps(old, change));
        _mm256_storeu_ps(m + i, m1);
        _mm256_storeu_ps(v + i, v1);
    }
    update_range_plain(p + i, m + i, v + i, g + i, count - i, k);
}
#endif

typedef void (*update_fn)(float *p, float *m, float *v, const float *g, size_t count,
                          const step_constants *k);

static update_fn choose_update(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        return update_range_avx2;
#endif
    return update_range_plain;
}

distill_adamw_constants distill_adamw_constants_at(const distill_adamw *rule, double lr,
                                                   double clip, uint64_t step, bool matrix)
{
    assert(step > 0);
    return (distill_adamw_constants){
        .clip = (float)clip,
        .beta1 = (float)rule->beta1,
        .one_minus_beta1 = (float)(1 - rule->beta1),
        .beta2 = (float)rule->beta2,
        .one_minus_beta2 = (float)(1 - rule->beta2),
        .v_scale = (float)(1 / (1 - pow(rule->beta2, (double)step))),
        .eps = (float)rule->eps,
        .rate = (float)(lr / (1 - pow(rule->beta1, (double)step))),
        .decay = matrix ? (float)(lr * rule->weight_decay) : 0,
    };
}

void distill_adamw_update(float *p, float *m, float *v, const float *g, size_t count,
                          const distill_adamw_constants *constants)
{
    choose_update()(p, m, v, g, count, constants);
}

typedef struct update_job {
    float *params, *m, *v;
    const float *grads;
    const distill_layout *layout;
    step_constants matrix, vector;
    update_fn update;
} update_job;

static size_t tensor_at(const distill_layout *layout, size_t place)
{
    size_t low = 0, high = layout->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (layout->tensors[middle].offset <= place)
            low = middle;
        else
            high = middle;
    }
    return low;
}

// Gaps between tensors hold zeros and stay zero: they are updated along with the tensor before
// them.
static void update_part(void *context, size_t begin, size_t end, int worker)
{
    const update_job *job = context;
    const distill_layout *layout = job->layout;
    (void)worker;
    for (size_t t = tensor_at(layout, begin); begin < end; t++) {
        size_t stop = t + 1 < layout->count ? layout->tensors[t + 1].offset : layout->total;
        if (stop > end)
            stop = end;
        job->update(job->params + begin, job->m + begin, job->v + begin, job->grads + begin,
                    stop - begin, layout->tensors[t].matrix ? &job->matrix : &job->vector);
        begin = stop;
    }
}

void distill_adamw_step(float *params, float *m, float *v, const float *grads,
                        const distill_layout *layout, const distill_adamw *rule, double lr,
                        double clip, uint64_t step)
{
    update_job job = {params,
                      m,
                      v,
                      grads,
                      layout,
                      distill_adamw_constants_at(rule, lr, clip, step, true),
                      distill_adamw_constants_at(rule, lr, clip, step, false),
                      choose_update()};
    distill_parallel_pieces(update_part, &job, layout->total, 32768);
}

double distill_clip_factor(double norm, double most)
{
    double factor = most / (norm + 1e-6);
    return most > 0 && factor < 1 ? factor : 1;
}

// ----------------------------------------------------------------------------------------- norm

enum { NORM_BLOCK = 1 << 15, LANES = 16 };

distill_status distill_norm_workspace_create(distill_norm_workspace *workspace, size_t count)
{
    workspace->blocks = (count + NORM_BLOCK - 1) / NORM_BLOCK;
    return DISTILL_NEW(&workspace->partial, workspace->blocks);
}

void distill_norm_workspace_free(distill_norm_workspace *workspace)
{
    distill_free(workspace->partial);
    *workspace = (distill_norm_workspace){0};
}

// Sixteen sums side by side, so that the order is fixed and the loop can run in vector registers.
__attribute__((optimize("O3"))) static double sum_of_squares(const float *values, size_t count)
{
    double lanes[LANES] = {0}, sum = 0;
    size_t whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lanes[k] += (double)values[i + k] * (double)values[i + k];
    for (size_t i = whole; i < count; i++)
        lanes[i - whole] += (double)values[i] * (double)values[i];
    for (size_t k = 0; k < LANES; k++)
        sum += lanes[k];
    return sum;
}

typedef struct norm_job {
    const void *values;
    distill_dtype dtype;
    size_t count;
    double *partial;
} norm_job;

static void sum_blocks(void *context, size_t begin, size_t end, int worker)
{
    enum { PIECE = 2048 }; // of bfloat16, widened in the first cache
    const norm_job *job = context;
    float piece[PIECE];
    (void)worker;
    for (size_t block = begin; block < end; block++) {
        size_t first = block * NORM_BLOCK;
        size_t n = job->count - first < NORM_BLOCK ? job->count - first : NORM_BLOCK;
        job->partial[block] = 0;
        if (job->dtype == DISTILL_F32)
            job->partial[block] = sum_of_squares((const float *)job->values + first, n);
        for (size_t at = 0; job->dtype != DISTILL_F32 && at < n; at += PIECE) {
            size_t m = n - at < PIECE ? n - at : PIECE;
            distill_dtype_widen(piece, (const uint16_t *)job->values + first + at, job->dtype, m);
            job->partial[block] += sum_of_squares(piece, m);
        }
    }
}

double distill_gradient_norm_of(distill_norm_workspace *workspace, const void *grads,
                                distill_dtype dtype, size_t count)
{
    norm_job job = {grads, dtype, count, workspace->partial};
    size_t blocks = (count + NORM_BLOCK - 1) / NORM_BLOCK;
    double sum = 0;
    assert(blocks <= workspace->blocks);
    distill_parallel_pieces(sum_blocks, &job, blocks, 1);
    for (size_t i = 0; i < blocks; i++)
        sum += workspace->partial[i];
    return sqrt(sum);
}

double distill_gradient_norm(distill_norm_workspace *workspace, const float *grads, size_t count)
{
    return distill_gradient_norm_of(workspace, grads, DISTILL_F32, count);
}
