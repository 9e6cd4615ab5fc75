// distill/tensor/cross_entropy.c - softmax of a row with the maximum subtracted; sums of blocks are
// added in double.
#include "distill/tensor/cross_entropy.h"

#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"

#include <math.h>
#include <string.h>

typedef struct cross_entropy_job {
    double *nll;
    float *logits;
    const int32_t *targets;
    const float *weights;
    size_t V;
    bool gradient;
} cross_entropy_job;

enum { BLOCK = 1024 };

/// row <- exp(row - shift); the sum.
static double exponentials(const vector_kernels *kernels, float *row, size_t V, float shift)
{
    double sum = 0;
    for (size_t v = 0; v < V; v += BLOCK)
        sum +=
            (double)kernels->exp_row(row + v, row + v, V - v < BLOCK ? V - v : BLOCK, 1.0f, shift);
    return sum;
}

static void run_rows(void *context, size_t begin, size_t end, int worker)
{
    const cross_entropy_job *j = context;
    const vector_kernels *kernels = kernel_set_chosen()->vector;
    (void)worker;
    for (size_t r = begin; r < end; r++) {
        float *row = j->logits + r * j->V, weight = j->weights != NULL ? j->weights[r] : 1.0f;
        j->nll[r] = 0;
        if (j->targets[r] < 0) {
            memset(row, 0, j->V * sizeof *row);
            continue;
        }
        size_t target = (size_t)j->targets[r];
        float most = kernels->maximum(row, j->V), chosen = row[target];
        double sum = exponentials(kernels, row, j->V, most);
        j->nll[r] = log(sum) + ((double)most - (double)chosen);
        if (!j->gradient)
            continue;
        kernels->multiply(row, (float)((double)weight / sum), j->V);
        row[target] -= weight;
    }
}

void distill_cross_entropy(double *nll, float *logits, const int32_t *targets, const float *weights,
                           size_t rows, size_t V, bool gradient)
{
    cross_entropy_job job = {nll, logits, targets, weights, V, gradient};
    distill_parallel_pieces(run_rows, &job, rows, 1);
}
