// distill/train/optimizer.h - weights, gradients and moments in the formats of a run, and the step
// that updates them.
//
//     distill_optimizer_state o = {0};
//     distill_optimizer_formats formats = {DISTILL_BF16, DISTILL_ADAMW_8BIT, seed};
//     TRY(distill_optimizer_create(&o, layout, &formats));
//     …                                                   // the decoder fills o.grads
//     double norm = distill_optimizer_norm(&o);
//     distill_optimizer_step(&o, &rule, lr, distill_clip_factor(norm, 1.0), step);
//
// With everything in float32 a step is distill_adamw_step on the whole blocks. Otherwise 256 values
// at a time are widened into the first cache, updated by the same rule and rounded: memory is read
// and written once. A step allocates nothing. Its bits do not depend on the number of threads.
#ifndef DISTILL_TRAIN_OPTIMIZER_H
#define DISTILL_TRAIN_OPTIMIZER_H

#include "distill/train/adamw.h"
#include "distill/train/moments.h"
#include "distill/train/train_weights.h"

typedef struct distill_optimizer_formats {
    distill_dtype dtype;    // of weights and gradients: DISTILL_F32 or DISTILL_BF16
    distill_optimizer kind; // of the moments
    uint64_t seed;          // of stochastic rounding
} distill_optimizer_formats;

typedef struct distill_optimizer_state {
    const distill_layout *layout; // borrowed
    distill_optimizer_formats formats;
    distill_train_weights weights;
    void *grads; // [total] of formats.dtype
    distill_moments moments;
    distill_norm_workspace norm;
} distill_optimizer_state;

typedef struct distill_optimizer_plan {
    size_t weights, gradients, moments; // bytes
} distill_optimizer_plan;
distill_optimizer_plan distill_optimizer_bytes(const distill_layout *layout,
                                               const distill_optimizer_formats *formats);

distill_status
distill_optimizer_create(distill_optimizer_state *out, const distill_layout *layout,
                         const distill_optimizer_formats *formats) DISTILL_MUST_CHECK;
void distill_optimizer_free(distill_optimizer_state *o);

/// L2 norm of the gradient.
double distill_optimizer_norm(distill_optimizer_state *o);
/// Step `step` (from 1) of AdamW. The gradient is not changed.
void distill_optimizer_step(distill_optimizer_state *o, const distill_adamw *rule, double lr,
                            double clip, uint64_t step);

#endif
