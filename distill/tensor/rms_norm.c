// distill/tensor/rms_norm.c - rows are independent; the gradient of the weight is summed in a fixed
// number of parts of the rows, so that its bits do not depend on the number of threads.
#include "distill/tensor/rms_norm.h"

#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"

#include <math.h>
#include <string.h>

enum { PARTS = 32 }; // of the rows, whatever the number of threads

typedef struct norm_job {
    float *out, *dweights; // dweights [PARTS][D]
    const float *dy, *x, *weight;
    size_t N, D;
    double eps;
    distill_into into;
} norm_job;

static float inverse_rms(const vector_kernels *kernels, const float *x, size_t D, double eps)
{
    return (float)(1.0 / sqrt((double)kernels->dot(x, x, D) / (double)D + eps));
}

static void normalise_rows(void *context, size_t begin, size_t end, int worker)
{
    const norm_job *j = context;
    const vector_kernels *kernels = kernel_set_chosen()->vector;
    (void)worker;
    for (size_t n = begin; n < end; n++) {
        const float *x = j->x + n * j->D;
        kernels->norm_row(j->out + n * j->D, x, j->weight, inverse_rms(kernels, x, j->D, j->eps),
                          j->D);
    }
}

void distill_rms_norm_forward(float *out, const float *x, const float *weight, size_t N, size_t D,
                              double eps)
{
    norm_job job = {.out = out, .x = x, .weight = weight, .D = D, .eps = eps};
    distill_parallel_pieces(normalise_rows, &job, N, 32);
}

size_t distill_rms_norm_scratch(size_t D)
{
    return PARTS * D;
}

/// Rows of parts begin … end-1; each part has a dweight of its own.
static void backward_parts(void *context, size_t begin, size_t end, int worker)
{
    const norm_job *j = context;
    const vector_kernels *kernels = kernel_set_chosen()->vector;
    (void)worker;
    for (size_t part = begin; part < end; part++) {
        float *dweight = j->dweights + part * j->D;
        memset(dweight, 0, j->D * sizeof *dweight);
        for (size_t n = j->N * part / PARTS; n < j->N * (part + 1) / PARTS; n++) {
            const float *x = j->x + n * j->D, *dy = j->dy + n * j->D;
            float inverse = inverse_rms(kernels, x, j->D, j->eps);
            float factor =
                inverse * inverse * inverse / (float)j->D * kernels->dot3(dy, j->weight, x, j->D);
            kernels->norm_row_backward(j->out + n * j->D, dweight, dy, x, j->weight, inverse,
                                       factor, j->into == DISTILL_ADD, j->D);
        }
    }
}

void distill_rms_norm_backward(float *dx, float *dweight, const float *dy, const float *x,
                               const float *weight, float *scratch, size_t N, size_t D, double eps,
                               distill_into into)
{
    norm_job job = {.out = dx,
                    .dweights = scratch,
                    .dy = dy,
                    .x = x,
                    .weight = weight,
                    .N = N,
                    .D = D,
                    .eps = eps,
                    .into = into};
    distill_parallel_pieces(backward_parts, &job, PARTS, 1);
    for (size_t part = 0; part < PARTS; part++)
        kernel_set_chosen()->vector->add_scaled(dweight, scratch + part * D, 1.0f, D);
}
