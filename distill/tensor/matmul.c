// distill/tensor/matmul.c - the three products of a linear layer as general products, which gemm.h
// computes, or OpenBLAS where it is requested.
#include "distill/tensor/matmul.h"

#include "distill/base/threads.h"
#include "distill/tensor/blas.h"
#include "distill/tensor/cpu/gemm.h"
#include "distill/tensor/cpu/kernel_set.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

// ---- with OpenBLAS ------------------------------------------------------------------------------

// The library runs in one thread, so C is cut into tiles, which the threads of the pool take.
typedef struct library_product {
    const gemm_product *p;
    size_t tile_rows, tile_cols, across, tiles;
    atomic_size_t next; // the first tile that no thread has taken
} library_product;

enum {
    ENOUGH_TILES = 32,           // to occupy the threads of a usual machine
    SMALLEST_SIDE = 64,          // of a tile
    SMALLEST_TILE_FLOP = 1 << 21 // below, starting a tile costs as much as computing it
};

static size_t round_up(size_t n, size_t multiple)
{
    return (n + multiple - 1) / multiple * multiple;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t tiles_of(const library_product *l)
{
    return (l->p->M + l->tile_rows - 1) / l->tile_rows *
           ((l->p->N + l->tile_cols - 1) / l->tile_cols);
}

/// Halves the longer side until there are enough tiles or they would become too small.
static void cut_tiles(library_product *l)
{
    l->tile_rows = l->p->M;
    l->tile_cols = l->p->N;
    while (tiles_of(l) < ENOUGH_TILES) {
        size_t *side = l->tile_rows >= l->tile_cols ? &l->tile_rows : &l->tile_cols;
        size_t half = round_up(*side / 2, 16);
        if (half < SMALLEST_SIDE || half >= *side ||
            (double)l->tile_rows * (double)l->tile_cols * (double)l->p->K < SMALLEST_TILE_FLOP)
            break;
        *side = half;
    }
    l->across = (l->p->N + l->tile_cols - 1) / l->tile_cols;
    l->tiles = tiles_of(l);
}

/// Sets a tile of C to base + bias, to which the product is added; false if there is neither.
static bool start_tile(const gemm_product *p, size_t m, size_t n, size_t rows, size_t cols)
{
    for (size_t r = m; r < m + rows; r++) {
        float *c = (float *)p->c + r * p->c_stride + n;
        if (p->base == NULL && p->bias != NULL)
            memcpy(c, p->bias + n, cols * sizeof *c);
        else if (p->base != NULL && p->base != p->c)
            memcpy(c, (const float *)p->base + r * p->base_stride + n, cols * sizeof *c);
        if (p->base != NULL && p->bias != NULL)
            kernel_set_chosen()->vector->add_scaled(c, p->bias + n, 1.0f, cols);
    }
    return p->base != NULL || p->bias != NULL;
}

static void run_tile(const library_product *l, size_t tile)
{
    const gemm_product *p = l->p;
    size_t m = tile / l->across * l->tile_rows, n = tile % l->across * l->tile_cols;
    size_t rows = least(l->tile_rows, p->M - m), cols = least(l->tile_cols, p->N - n);
    const float *a = p->a.data, *b = p->b.data;
    bool started = start_tile(p, m, n, rows, cols);
    blas_sgemm(p->a.k_contiguous ? BLAS_AS_IS : BLAS_TRANSPOSED,
               p->b.k_contiguous ? BLAS_TRANSPOSED : BLAS_AS_IS, rows, cols, p->K, 1.0f,
               a + (p->a.k_contiguous ? m * p->a.stride : m), p->a.stride,
               b + (p->b.k_contiguous ? n * p->b.stride : n), p->b.stride, started ? 1.0f : 0.0f,
               (float *)p->c + m * p->c_stride + n, p->c_stride);
}

/// Each thread takes tiles one by one, so that a slow thread does not delay the others.
static void take_tiles(void *context, size_t begin, size_t end, int worker)
{
    library_product *l = context;
    size_t i;
    (void)begin;
    (void)end;
    (void)worker;
    while ((i = atomic_fetch_add(&l->next, 1)) < l->tiles)
        run_tile(l, i);
}

static void run_library(const gemm_product *p)
{
    library_product l = {.p = p};
    cut_tiles(&l);
    distill_parallel_for(take_tiles, &l, least(l.tiles, (size_t)distill_threads()), 1);
}

// ---- the three products of a linear layer -------------------------------------------------------

static void run(const gemm_product *p)
{
    bool fp32 = p->b.dtype == DISTILL_F32 && p->c_dtype == DISTILL_F32;
    assert(p->b.dtype != DISTILL_F16 && p->c_dtype != DISTILL_F16);
    if (p->M == 0 || p->N == 0)
        return;
    if (fp32 && blas_preferred())
        run_library(p);
    else
        gemm_run(p);
}

void distill_matmul_forward_as(float *y, const float *x, distill_weight w, const float *bias,
                               const float *residual, size_t N, size_t inputs, size_t outputs)
{
    run(&(gemm_product){.a = {x, inputs, true, DISTILL_F32},
                        .b = {w.data, inputs, true, w.dtype},
                        .c = y,
                        .c_stride = outputs,
                        .base = residual,
                        .base_stride = outputs,
                        .bias = bias,
                        .M = N,
                        .N = outputs,
                        .K = inputs});
}

void distill_matmul_forward(float *y, const float *x, const float *w, const float *bias,
                            const float *residual, size_t N, size_t inputs, size_t outputs)
{
    distill_matmul_forward_as(y, x, (distill_weight){w, DISTILL_F32}, bias, residual, N, inputs,
                              outputs);
}

void distill_matmul_backward_input_as(float *dx, const float *dy, distill_weight w, size_t N,
                                      size_t inputs, size_t outputs, distill_into into)
{
    run(&(gemm_product){.a = {dy, outputs, true, DISTILL_F32},
                        .b = {w.data, inputs, false, w.dtype},
                        .c = dx,
                        .c_stride = inputs,
                        .base = into == DISTILL_ADD ? dx : NULL,
                        .base_stride = inputs,
                        .M = N,
                        .N = inputs,
                        .K = outputs});
}

void distill_matmul_backward_input(float *dx, const float *dy, const float *w, size_t N,
                                   size_t inputs, size_t outputs, distill_into into)
{
    distill_matmul_backward_input_as(dx, dy, (distill_weight){w, DISTILL_F32}, N, inputs, outputs,
                                     into);
}

typedef struct column_sum {
    float *out;
    const float *rows;
    size_t N, width;
} column_sum;

static void add_columns(void *context, size_t begin, size_t end, int worker)
{
    const column_sum *s = context;
    (void)worker;
    for (size_t n = 0; n < s->N; n++)
        kernel_set_chosen()->vector->add_scaled(s->out + begin, s->rows + n * s->width + begin,
                                                1.0f, end - begin);
}

void distill_matmul_backward_weight_as(distill_weight_gradient dw, float *dbias, const float *dy,
                                       const float *x, size_t N, size_t inputs, size_t outputs,
                                       distill_into into)
{
    column_sum sum = {dbias, dy, N, outputs};
    run(&(gemm_product){.a = {dy, outputs, false, DISTILL_F32},
                        .b = {x, inputs, false, DISTILL_F32},
                        .c = dw.data,
                        .c_dtype = dw.dtype,
                        .c_stride = inputs,
                        .base = into == DISTILL_ADD ? dw.data : NULL,
                        .base_stride = inputs,
                        .M = outputs,
                        .N = inputs,
                        .K = N});
    if (dbias != NULL)
        distill_parallel_for(add_columns, &sum, outputs, 16);
}

void distill_matmul_backward_weight(float *dw, float *dbias, const float *dy, const float *x,
                                    size_t N, size_t inputs, size_t outputs)
{
    distill_matmul_backward_weight_as((distill_weight_gradient){dw, DISTILL_F32}, dbias, dy, x, N,
                                      inputs, outputs, DISTILL_ADD);
}

typedef struct scaling {
    float *x, factor;
} scaling;

static void scale_range(void *context, size_t begin, size_t end, int worker)
{
    const scaling *s = context;
    (void)worker;
    kernel_set_chosen()->vector->multiply(s->x + begin, s->factor, end - begin);
}

void distill_matmul_scale(float *x, float factor, size_t count)
{
    scaling s = {x, factor};
    distill_parallel_for(scale_range, &s, count, 4096);
}
