// distill/tensor/swiglu.c - divides the elements over the threads.
#include "distill/tensor/swiglu.h"

#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"

typedef struct swiglu_job {
    float *out, *gate, *up;
    const float *fixed_gate, *fixed_up;
} swiglu_job;

enum { PIECE = 8192 };

static void forward_range(void *context, size_t begin, size_t end, int worker)
{
    const swiglu_job *j = context;
    (void)worker;
    kernel_set_chosen()->vector->swiglu(j->out + begin, j->fixed_gate + begin, j->fixed_up + begin,
                                        end - begin);
}

void distill_swiglu_forward(float *out, const float *gate, const float *up, size_t count)
{
    swiglu_job job = {.out = out, .fixed_gate = gate, .fixed_up = up};
    distill_parallel_pieces(forward_range, &job, count, PIECE);
}

static void backward_range(void *context, size_t begin, size_t end, int worker)
{
    const swiglu_job *j = context;
    float *out = j->out + begin, *gate = j->gate + begin, *up = j->up + begin;
    (void)worker;
    kernel_set_chosen()->vector->swiglu_backward(gate, up, out, out, gate, up, end - begin);
}

void distill_swiglu_backward(float *dout, float *gate, float *up, size_t count)
{
    swiglu_job job = {.out = dout, .gate = gate, .up = up};
    distill_parallel_pieces(backward_range, &job, count, PIECE);
}
