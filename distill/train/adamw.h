// distill/train/adamw.h - AdamW over the flat parameter block, and the gradient's norm.
//
//     double norm = distill_gradient_norm(&workspace, grads, layout->total);
//     distill_adamw rule = {.beta1 = 0.9, .beta2 = 0.95, .eps = 1e-8, .weight_decay = 0.1};
//     double clip = distill_clip_factor(norm, 1.0);
//     distill_adamw_step(params, m, v, grads, layout, &rule, lr, clip, step);
//
// Per element, in this order, for step k = 1, 2, …:
//     g <- g clip;   m <- b1 m + (1 - b1) g;   v <- b2 v + (1 - b2) g^2
//     p <- p - lr wd p                                       (matrices only; norms and biases not)
//     p <- p - lr (m / (1 - b1^k)) / (sqrt(v / (1 - b2^k)) + eps)
// Elements do not depend on each other, so the result is the same for any number of threads and any
// instruction set; the norm is summed in blocks of fixed size, in double, in a fixed order.
//
// Source  Loshchilov & Hutter 2019, arXiv:1711.05101.
#ifndef DISTILL_TRAIN_ADAMW_H
#define DISTILL_TRAIN_ADAMW_H

#include "distill/model/layout.h"
#include "distill/tensor/dtype.h"
#include "distill/tensor/optimizer_math.h"

typedef struct distill_adamw {
    double beta1, beta2, eps, weight_decay;
} distill_adamw;

/// Updates params, m and v (layout->total floats each).
/// Numbers `step` counts from 1; `clip` multiplies the gradient.
void distill_adamw_step(float *params, float *m, float *v, const float *grads,
                        const distill_layout *layout, const distill_adamw *rule, double lr,
                        double clip, uint64_t step);

/// The constants of a step for distill_adamw_update; `decay`: of tensors to which weight decay
/// applies.
distill_adamw_constants distill_adamw_constants_at(const distill_adamw *rule, double lr,
                                                   double clip, uint64_t step, bool decay);
/// Factor min(1, most / (norm + 1e-6)); 1 if `most` is 0 (no clipping).
double distill_clip_factor(double norm, double most);

/// Partial sums of a gradient's squares: made once, so that a step allocates nothing.
typedef struct distill_norm_workspace {
    double *partial;
    size_t blocks;
} distill_norm_workspace;
distill_status distill_norm_workspace_create(distill_norm_workspace *workspace,
                                             size_t count) DISTILL_MUST_CHECK;
void distill_norm_workspace_free(distill_norm_workspace *workspace);
/// L2 norm of count floats. A value that is not finite makes the result not finite.
double distill_gradient_norm(distill_norm_workspace *workspace, const float *grads, size_t count);
/// The same of float32 or bfloat16 values.
double distill_gradient_norm_of(distill_norm_workspace *workspace, const void *grads,
                                distill_dtype dtype, size_t count);

#endif
