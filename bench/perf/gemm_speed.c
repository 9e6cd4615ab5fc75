// bench/perf/gemm_speed.c - the products of training, in per cent of the peak of multiply-adds in
// registers.
//
// For every weight of a layer the three products of a training step: forward (x W^T), the gradient
// of the input (dy W) and that of the weight (dy^T x, added to it); for Q the first two again with
// weights in bfloat16. Each runs in a process of its own, because threads and libraries are set up
// once in a process.
#include "bench/perf/throughput_ceilings.h"
#include "bench/perf/usage.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/base/threads.h"
#include "distill/tensor/kernel_choice.h"
#include "distill/tensor/matmul.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char USAGE[] =
    "usage: gemm_speed [SECONDS [SHAPES]]\n"
    "Measures the products of a training step with the project's kernels and with OpenBLAS, if "
    "that is installed.\n"
    "A line gives the fastest and the median run in per cent of the peak of multiply-adds in "
    "registers.\n"
    "  SECONDS   time of each product (default 0.3)\n"
    "  SHAPES    letters of models: Q (Qwen2.5-0.5B), M, S as in throughput (default QMS)\n";

typedef enum kind { FORWARD, INPUT, WEIGHT, FORWARD_BF16, INPUT_BF16, KINDS } kind;
static const char *const KIND_NAMES[KINDS] = {"x W^T", "dy W", "dy^T x", "x W^T bf16", "dy W bf16"};

typedef struct shape {
    char model;
    size_t N, inputs, outputs;
} shape;

static const shape SHAPES[] = {
    {'Q', 512, 896, 128},    {'Q', 512, 896, 896},   {'Q', 512, 896, 4864},
    {'Q', 512, 4864, 896},   {'Q', 2048, 896, 4864}, {'Q', 256, 896, 151936},
    {'M', 2048, 512, 512},   {'M', 2048, 512, 1408}, {'M', 2048, 1408, 512},
    {'M', 2048, 512, 16384}, {'S', 2048, 256, 128},  {'S', 2048, 256, 256},
    {'S', 2048, 256, 704},   {'S', 2048, 704, 256},  {'S', 2048, 256, 4096},
    {'T', 33, 70, 90}}; // for the test of this program

enum { MOST_RUNS = 10000 };

typedef struct speed {
    double best, median; // FLOP/s
    bool known;
} speed;

typedef struct operands {
    float *x, *y;
    void *w;
} operands;

static distill_status make_operands(operands *o, const shape *s)
{
    distill_status status = DISTILL_OK;
    float *w = NULL;
    TRY(DISTILL_NEW(&o->x, s->N * s->inputs));
    TRY(DISTILL_NEW(&o->y, s->N * s->outputs));
    TRY(DISTILL_NEW(&w, s->outputs * s->inputs));
    o->w = w;
    for (size_t i = 0; i < s->N * s->inputs; i++)
        o->x[i] = (float)(i % 7) - 3.0f;
    for (size_t i = 0; i < s->N * s->outputs; i++)
        o->y[i] = (float)(i % 11) - 5.0f;
done:
    return status;
}

static void multiply(const operands *o, const shape *s, kind which)
{
    distill_weight w = {o->w, which >= FORWARD_BF16 ? DISTILL_BF16 : DISTILL_F32};
    distill_weight_gradient dw = {o->w, DISTILL_F32};
    if (which == FORWARD || which == FORWARD_BF16)
        distill_matmul_forward_as(o->y, o->x, w, NULL, NULL, s->N, s->inputs, s->outputs);
    else if (which == WEIGHT)
        distill_matmul_backward_weight_as(dw, NULL, o->y, o->x, s->N, s->inputs, s->outputs,
                                          DISTILL_ADD);
    else
        distill_matmul_backward_input_as(o->x, o->y, w, s->N, s->inputs, s->outputs, DISTILL_SET);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static speed measure(const shape *s, kind which, double seconds)
{
    static double taken_s[MOST_RUNS];
    operands o = {0};
    size_t runs = 0;
    double flop = 2.0 * (double)s->N * (double)s->inputs * (double)s->outputs;
    if (make_operands(&o, s) != DISTILL_OK)
        return (speed){.known = false};
    multiply(&o, s, which);
    for (double begun_s = distill_now_s(); runs < MOST_RUNS;) {
        double start_s = distill_now_s();
        multiply(&o, s, which);
        taken_s[runs++] = distill_now_s() - start_s;
        if (distill_now_s() - begun_s >= seconds)
            break;
    }
    qsort(taken_s, runs, sizeof *taken_s, by_size);
    return (speed){flop / taken_s[0], flop / taken_s[runs / 2], true};
}

/// The speed of a product, or without a shape the peak of the processor.
static speed measure_case(const shape *s, kind which, double seconds, bool library)
{
    throughput_ceilings ceilings = {0};
    if (s == NULL) {
        throughput_ceilings_measure(&ceilings);
        return (speed){ceilings.fp32_flops, ceilings.fp32_flops, true};
    }
    setenv("DISTILL_BLAS", library ? "openblas" : "none", 1);
    if (library && !distill_kernel_choice_get().blas_loaded)
        return (speed){.known = false};
    return measure(s, which, seconds);
}

/// Measures in a child process.
static speed in_child(const shape *s, kind which, double seconds, bool library)
{
    speed result = {.known = false};
    int ends[2];
    if (pipe(ends) != 0)
        return result;
    pid_t child = fork();
    if (child == 0) {
        result = measure_case(s, which, seconds, library);
        _exit(write(ends[1], &result, sizeof result) == (ssize_t)sizeof result ? 0 : 1);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &result, sizeof result) != (ssize_t)sizeof result)
        result.known = false;
    close(ends[0]);
    if (child > 0)
        waitpid(child, NULL, 0);
    return result;
}

static void print_share(const speed *s, double peak)
{
    if (s->known)
        printf("  %6.1f GFLOP/s %5.1f%% %5.1f%%", s->best * 1e-9, 100 * s->best / peak,
               100 * s->median / peak);
    else
        printf("  %29s", "not measured");
}

int main(int argc, char **argv)
{
    usage_check(argc, argv, 0, 2, USAGE);
    double seconds = usage_number(argc, argv, 1, 0.3, 0, 3600, USAGE);
    const char *models = usage_word(argc, argv, 2, "QMS");
    speed peak = in_child(NULL, FORWARD, seconds, false);
    if (!peak.known)
        return 1;
    printf("%d threads, %s kernels, peak %.1f GFLOP/s of fp32 multiply-adds in registers\n",
           distill_threads(), distill_kernel_choice_get().kernels, peak.best * 1e-9);
    printf("%-33s%-31s%s\n", "", "  ours: best, best, median", "  OpenBLAS: best, best, median");
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++)
        for (kind which = 0; which < (SHAPES[i].model == 'Q' ? KINDS : FORWARD_BF16); which++) {
            const shape *s = &SHAPES[i];
            if (strchr(models, s->model) == NULL)
                continue;
            speed ours = in_child(s, which, seconds, false), theirs = {.known = false};
            if (which < FORWARD_BF16)
                theirs = in_child(s, which, seconds, true);
            printf("%c %4zu x %4zu -> %6zu  %-10s", s->model, s->N, s->inputs, s->outputs,
                   KIND_NAMES[which]);
            print_share(&ours, peak.best);
            if (which < FORWARD_BF16)
                print_share(&theirs, peak.best);
            printf("\n");
            fflush(stdout);
        }
    return 0;
}
