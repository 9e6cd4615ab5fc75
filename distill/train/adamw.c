// distill/train/adamw.c - AdamW over the ranges of a layout on all threads, and the gradient's
// norm.
//
// Every element is updated independently (tensor/optimizer_math.h), so that the result does not
// depend on how threads share them. The norm is summed in blocks of fixed size, which are added in
// order.
#include "distill/train/adamw.h"

#include "distill/base/memory.h"
#include "distill/base/threads.h"

#include <assert.h>
#include <math.h>

distill_adamw_constants distill_adamw_constants_at(const distill_adamw *rule, double lr,
                                                   double clip, uint64_t step, bool decay)
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
        .decay = decay ? (float)(lr * rule->weight_decay) : 0,
    };
}

typedef struct update_job {
    float *params, *m, *v;
    const float *grads;
    const distill_layout *layout;
    distill_adamw_constants decayed, plain; // of tensors with and without weight decay
} update_job;

// Gaps between tensors hold zeros and stay zero: they are updated along with the tensor before
// them.
static void update_part(void *context, size_t begin, size_t end, int worker)
{
    const update_job *job = context;
    const distill_layout *layout = job->layout;
    (void)worker;
    const distill_tensor_info *last = layout->tensors + layout->count - 1;
    for (const distill_tensor_info *t = distill_layout_at(layout, begin); begin < end; t++) {
        size_t stop = t < last ? t[1].offset : layout->total;
        if (stop > end)
            stop = end;
        distill_adamw_update(job->params + begin, job->m + begin, job->v + begin,
                             job->grads + begin, stop - begin,
                             t->decay ? &job->decayed : &job->plain);
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
                      distill_adamw_constants_at(rule, lr, clip, step, false)};
    distill_parallel_pieces(update_part, &job, layout->total, 32768);
}

double distill_clip_factor(double norm, double most)
{
    double factor = most / (norm + 1e-6);
    return most > 0 && factor < 1 ? factor : 1;
}

// ----------------------------------------------------------------------------------------- norm

enum { NORM_BLOCK = 1 << 15 };

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

typedef struct norm_job {
    const void *values;
    distill_dtype dtype;
    size_t count;
    double *partial;
} norm_job;

static void sum_blocks(void *context, size_t begin, size_t end, int worker)
{
    enum { PIECE = 2048 }; // values of bfloat16 that are widened within the first-level cache
    const norm_job *job = context;
    float piece[PIECE];
    (void)worker;
    for (size_t block = begin; block < end; block++) {
        size_t first = block * NORM_BLOCK;
        size_t n = job->count - first < NORM_BLOCK ? job->count - first : NORM_BLOCK;
        job->partial[block] = 0;
        if (job->dtype == DISTILL_F32)
            job->partial[block] = distill_sum_of_squares((const float *)job->values + first, n);
        for (size_t at = 0; job->dtype != DISTILL_F32 && at < n; at += PIECE) {
            size_t m = n - at < PIECE ? n - at : PIECE;
            distill_dtype_widen(piece, (const uint16_t *)job->values + first + at, job->dtype, m);
            job->partial[block] += distill_sum_of_squares(piece, m);
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
