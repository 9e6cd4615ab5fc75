// distill/train/optimizer.c - a step in blocks of 256 values: widen, update, round.
//
// The random bits of rounding are addressed by (seed, step, purpose, block).
#include "distill/train/optimizer.h"

#include "distill/base/memory.h"
#include "distill/base/threads.h"
#include "distill/tensor/stochastic.h"

#include <string.h>

enum { BLOCK = DISTILL_MOMENT_BLOCK };
typedef enum purpose { ROUND_MOMENTS, ROUND_WEIGHTS } purpose; // of random bits

distill_optimizer_plan distill_optimizer_bytes(const distill_layout *layout,
                                               const distill_optimizer_formats *formats)
{
    return (distill_optimizer_plan){
        .weights = distill_train_weights_bytes(layout, formats->dtype),
        .gradients = layout->total * distill_dtype_bytes(formats->dtype),
        .moments = distill_moments_bytes(layout, formats->kind),
    };
}

distill_status distill_optimizer_create(distill_optimizer_state *out, const distill_layout *layout,
                                        const distill_optimizer_formats *formats)
{
    distill_status status = DISTILL_OK;
    *out = (distill_optimizer_state){.layout = layout, .formats = *formats};
    TRY(distill_train_weights_create(&out->weights, layout, formats->dtype));
    TRY(distill_alloc(&out->grads, layout->total, distill_dtype_bytes(formats->dtype)));
    TRY(distill_moments_create(&out->moments, layout, formats->kind));
    TRY(distill_norm_workspace_create(&out->norm, layout->total));
done:
    if (status != DISTILL_OK)
        distill_optimizer_free(out);
    return status;
}

void distill_optimizer_free(distill_optimizer_state *o)
{
    distill_norm_workspace_free(&o->norm);
    distill_moments_free(&o->moments);
    distill_free(o->grads);
    distill_train_weights_free(&o->weights);
    *o = (distill_optimizer_state){0};
}

double distill_optimizer_norm(distill_optimizer_state *o)
{
    return distill_gradient_norm_of(&o->norm, o->grads, o->formats.dtype, o->layout->total);
}

typedef struct step_job {
    distill_optimizer_state *o;
    distill_adamw_constants decayed, plain; // of tensors with and without weight decay
    uint64_t step;
} step_job;

/// The moments of a block: in place, or widened into `wide`.
static void get_moments(float **m, float **v, distill_moments *s, size_t block, size_t first,
                        float wide[2][BLOCK])
{
    if (s->kind == DISTILL_ADAMW) {
        *m = s->m + first;
        *v = s->v + first;
        return;
    }
    distill_moments_get(wide[0], wide[1], s, block);
    *m = wide[0];
    *v = wide[1];
}

static void get_gradient(float *out, const distill_optimizer_state *o, size_t first, size_t count)
{
    if (o->formats.dtype == DISTILL_F32)
        memcpy(out, (const float *)o->grads + first, count * sizeof *out);
    else
        distill_dtype_widen(out, (const uint16_t *)o->grads + first, o->formats.dtype, count);
}

static void update_block(const step_job *job, size_t block)
{
    distill_optimizer_state *o = job->o;
    const uint64_t seed = o->formats.seed;
    float wide[2][BLOCK], p[BLOCK], g[BLOCK], *m, *v;
    distill_moment_place at = distill_moments_place(&o->moments, block);
    bool decay = o->layout->tensors[at.tensor].decay;
    get_moments(&m, &v, &o->moments, block, at.first, wide);
    distill_train_weights_get(p, &o->weights, at.first, at.count);
    get_gradient(g, o, at.first, at.count);
    distill_adamw_update(p, m, v, g, at.count, decay ? &job->decayed : &job->plain);
    if (o->moments.kind != DISTILL_ADAMW)
        distill_moments_put(&o->moments, block, m, v,
                            stochastic_key(seed, job->step, ROUND_MOMENTS, block));
    distill_train_weights_put(&o->weights, at.first, p, at.count,
                              stochastic_key(seed, job->step, ROUND_WEIGHTS, block));
}

static void update_blocks(void *context, size_t begin, size_t end, int worker)
{
    (void)worker;
    for (size_t block = begin; block < end; block++)
        update_block(context, block);
}

void distill_optimizer_step(distill_optimizer_state *o, const distill_adamw *rule, double lr,
                            double clip, uint64_t step)
{
    step_job job = {o, distill_adamw_constants_at(rule, lr, clip, step, true),
                    distill_adamw_constants_at(rule, lr, clip, step, false), step};
    if (o->formats.dtype == DISTILL_F32 && o->formats.kind == DISTILL_ADAMW)
        distill_adamw_step(o->weights.f32, o->moments.m, o->moments.v, o->grads, o->layout, rule,
                           lr, clip, step);
    else
        distill_parallel_pieces(update_blocks, &job, o->moments.blocks, 64);
}
