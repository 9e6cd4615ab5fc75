// distill/tensor/embedding.c - threads divide rows in the forward pass, columns in the backward
// pass: a token occurs several times, so threads that divide rows would write to the same row of
// the gradient.
#include "distill/tensor/embedding.h"

#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"

#include <string.h>

typedef struct lookup {
    float *to;
    const float *from;
    const int32_t *tokens;
    size_t N, D;
} lookup;

static void copy_rows(void *context, size_t begin, size_t end, int worker)
{
    const lookup *l = context;
    (void)worker;
    for (size_t n = begin; n < end; n++)
        memcpy(l->to + n * l->D, l->from + (size_t)l->tokens[n] * l->D, l->D * sizeof(float));
}

void distill_embedding_forward(float *out, const float *table, const int32_t *tokens, size_t N,
                               size_t D)
{
    lookup job = {out, table, tokens, N, D};
    distill_parallel_for(copy_rows, &job, N, 64);
}

/// Columns begin … end-1 of every row.
static void add_columns(void *context, size_t begin, size_t end, int worker)
{
    const lookup *l = context;
    (void)worker;
    for (size_t n = 0; n < l->N; n++)
        kernel_set_chosen()->vector->add_scaled(l->to + (size_t)l->tokens[n] * l->D + begin,
                                                l->from + n * l->D + begin, 1.0f, end - begin);
}

void distill_embedding_backward(float *dtable, const float *dout, const int32_t *tokens, size_t N,
                                size_t D)
{
    lookup job = {dtable, dout, tokens, N, D};
    distill_parallel_for(add_columns, &job, D, 16);
}
