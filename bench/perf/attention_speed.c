// bench/perf/attention_speed.c - attention over packed documents, in per cent of the peak of
// multiply-adds in registers.
//
// Only necessary operations are counted: the products of visible pairs, two in the forward and five
// in the backward pass. Products above the diagonal, exponentials and copies are not counted. Each
// number of threads runs in a process of its own.
#include "bench/perf/throughput_ceilings.h"
#include "bench/perf/usage.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/base/threads.h"
#include "distill/tensor/attention.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char USAGE[] =
    "usage: attention_speed [SECONDS [SHAPES]]\n"
    "Measures the forward and the backward pass with all threads and with one, in per cent of the "
    "peak of as many\n"
    "threads.\n"
    "  SECONDS   time of each pass (default 0.3)\n"
    "  SHAPES    letters of models: S, M, Q (Qwen2.5-0.5B), R (Qwen2.5-1.5B) (default SMQR)\n";

typedef struct shape {
    char model;
    size_t documents, tokens, H, Hkv, Dh;
} shape;

static const shape SHAPES[] = {
    {'S', 8, 256, 8, 4, 32},    {'S', 1, 4096, 8, 4, 32},  {'M', 4, 512, 8, 2, 64},
    {'Q', 1, 512, 14, 2, 64},   {'Q', 1, 4096, 14, 2, 64}, {'R', 2, 512, 12, 2, 128},
    {'R', 1, 4096, 12, 2, 128}, {'T', 3, 33, 2, 1, 10}}; // for the test of this program

typedef struct operands {
    float *q, *k, *v, *out, *dout, *lse, *dq, *dk, *dv, *scratch;
    size_t starts[16];
} operands;

static distill_status make_random(float **out, size_t count)
{
    distill_status status = DISTILL_OK;
    TRY(DISTILL_NEW(out, count));
    for (size_t i = 0; i < count; i++)
        (*out)[i] = (float)((i * UINT64_C(0x9E3779B97F4A7C15)) >> 40) * 0x1p-22f - 2.0f;
done:
    return status;
}

static distill_status make_operands(operands *o, const shape *s)
{
    distill_status status = DISTILL_OK;
    size_t N = s->documents * s->tokens;
    float **queries[] = {&o->q, &o->out, &o->dout, &o->dq},
          **keys[] = {&o->k, &o->v, &o->dk, &o->dv};
    for (size_t i = 0; i <= s->documents; i++)
        o->starts[i] = i * s->tokens;
    for (size_t i = 0; i < 4; i++) {
        TRY(make_random(queries[i], N * s->H * s->Dh));
        TRY(make_random(keys[i], N * s->Hkv * s->Dh));
    }
    TRY(make_random(&o->lse, N * s->H));
    TRY(make_random(&o->scratch, distill_attention_scratch(N, s->H, s->Hkv, s->Dh)));
done:
    return status;
}

static void free_operands(operands *o)
{
    float *all[] = {o->q, o->k, o->v, o->out, o->dout, o->lse, o->dq, o->dk, o->dv, o->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        distill_free(all[i]);
}

/// Sets best_s to the seconds of the fastest forward and backward pass.
static distill_status measure(double best_s[2], const shape *s, double seconds)
{
    distill_status status = DISTILL_OK;
    operands o = {0};
    TRY(make_operands(&o, s));
    distill_attention_batch batch = {o.starts, s->documents,           s->H, s->Hkv, s->Dh,
                                     0,        1 / sqrtf((float)s->Dh)};
    best_s[0] = best_s[1] = INFINITY;
    double begun_s = distill_now_s();
    for (int runs = 0; runs < 2 || distill_now_s() - begun_s < 2 * seconds; runs++) {
        double start_s = distill_now_s();
        distill_attention_forward(o.out, o.lse, o.q, o.k, o.v, &batch, o.scratch);
        double middle_s = distill_now_s();
        distill_attention_backward(o.dq, o.dk, o.dv, o.dout, o.q, o.k, o.v, o.out, o.lse, &batch,
                                   o.scratch);
        best_s[0] = fmin(best_s[0], middle_s - start_s);
        best_s[1] = fmin(best_s[1], distill_now_s() - middle_s);
    }
done:
    free_operands(&o);
    return status;
}

static distill_status measure_all(int threads, double seconds, const char *models)
{
    distill_status status = DISTILL_OK;
    throughput_ceilings ceilings;
    TRY(distill_threads_set(threads));
    throughput_ceilings_measure(&ceilings);
    printf("%d thread%s, peak %.1f GFLOP/s of fp32 multiply-adds in registers\n", threads,
           threads == 1 ? "" : "s", ceilings.fp32_flops * 1e-9);
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        const shape *s = &SHAPES[i];
        if (strchr(models, s->model) == NULL)
            continue;
        double best_s[2] = {0}, pairs = (double)s->tokens * (double)(s->tokens + 1) / 2;
        double product = 2 * pairs * (double)(s->documents * s->H * s->Dh);
        TRY(measure(best_s, s, seconds));
        printf("%c  %zu x %4zu tokens, %2zu heads (%zu) of %3zu:  forward %5.1f%%  backward "
               "%5.1f%%  both "
               "%5.1f%%\n",
               s->model, s->documents, s->tokens, s->H, s->Hkv, s->Dh,
               100 * 2 * product / best_s[0] / ceilings.fp32_flops,
               100 * 5 * product / best_s[1] / ceilings.fp32_flops,
               100 * 7 * product / (best_s[0] + best_s[1]) / ceilings.fp32_flops);
        fflush(stdout);
    }
done:
    return status;
}

int main(int argc, char **argv)
{
    usage_check(argc, argv, 0, 2, USAGE);
    double seconds = usage_number(argc, argv, 1, 0.3, 0, 3600, USAGE);
    const char *models = usage_word(argc, argv, 2, "SMQR");
    int counts[] = {distill_cores(), 1}, failed = 0;
    for (int i = 0; i < (counts[0] > 1 ? 2 : 1); i++) {
        int result = 1;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0)
            exit(measure_all(counts[i], seconds, models) == DISTILL_OK ? 0 : 1);
        if (child > 0)
            waitpid(child, &result, 0);
        failed |= result != 0;
    }
    return failed;
}
