// distill/tensor/panel_matmul.c - the loops over panels and rows around the product kernels.
//
// A group of 4 panels is multiplied by as many rows as fit in the second-level cache beside it,
// with K in blocks whose panels stay in that cache. While one block is in use, the next is
// prefetched.
#include "distill/tensor/panel_matmul.h"

#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"

#include <string.h>

enum {
    PANELS = 4, // panels of a group
    COLUMNS = PANELS * PANEL_WIDTH,
    ROWS = 96,      // rows whose sums are kept while K advances
    K_BLOCK = 1024, // x of six rows: 24 kB; panels of bfloat16: 128 kB
    FEW_ROWS = 2,   // up to so many rows read every weight once: no block is kept in the cache
    NEAR = 4096,    // bytes that these prefetch ahead in each panel
    // multiply-adds (about 20 us) below which a second thread costs more than it saves, and those
    // of a piece of work where a group of panels has fewer
    LEAST_PRODUCTS = 1 << 19,
    PRODUCTS_A_PIECE = 1 << 16
};

typedef struct matmul_job {
    const decode_kernels *kernels;
    float *out;
    const float *x;
    const int8_row *codes; // of x, for int8 weights
    const distill_panel_matrix *matrix;
    size_t out_stride, x_stride, code_bytes, N;
    distill_matmul_end end;
} matmul_job;

size_t distill_panel_row_scratch(size_t K, distill_weights type)
{
    size_t codes = (K + PANEL_LINE - 1) / PANEL_LINE * PANEL_LINE;
    return type == DISTILL_WEIGHTS_INT8 ? sizeof(int8_row) + codes : 0;
}

/// Ends one row of the products of panels first … first+count-1 in `tile` as job->end says, into
/// `out`.
static void finish_row(const matmul_job *job, float *out, float *tile, size_t first, size_t count)
{
    const distill_panel_matrix *m = job->matrix;
    if (m->bias != NULL)
        job->kernels->add(tile, m->bias + first * PANEL_WIDTH, count * PANEL_WIDTH);
    if (job->end == DISTILL_MATMUL_SWIGLU) {
        for (size_t pair = 0; pair < count / 2; pair++, tile += 2 * PANEL_WIDTH) {
            size_t begin = (first / 2 + pair) * PANEL_WIDTH;
            size_t n = m->outputs - begin < PANEL_WIDTH ? m->outputs - begin : PANEL_WIDTH;
            job->kernels->swiglu(out + begin, tile, tile + PANEL_WIDTH, n);
        }
        return;
    }
    size_t begin = first * PANEL_WIDTH, n = count * PANEL_WIDTH;
    if (n > m->outputs - begin)
        n = m->outputs - begin;
    if (job->end == DISTILL_MATMUL_ADD)
        job->kernels->add(out + begin, tile, n);
    else
        memcpy(out + begin, tile, n * sizeof *out);
}

/// tile (rows, COLUMNS) = rows first … first+rows-1 times the panels of `view`.
static void multiply(const matmul_job *job, float *tile, panel_view *view, size_t first,
                     size_t rows)
{
    const distill_panel_matrix *m = job->matrix;
    const char *weights = view->weights;
    if (view->type == PANEL_INT8) {
        const char *codes = (const char *)job->codes + first * job->code_bytes;
        size_t begin = (size_t)(weights - (const char *)m->panels) / m->panel_bytes * PANEL_WIDTH;
        view->ahead = rows <= FEW_ROWS ? NEAR : (ptrdiff_t)(view->count * m->panel_bytes);
        job->kernels->product_int8(tile, COLUMNS, (const int8_row *)codes, job->code_bytes, view,
                                   m->scales + begin, rows, (m->K + 3) / 4);
        return;
    }
    bool few = rows <= FEW_ROWS;
    size_t item = view->type == PANEL_BF16 ? PANEL_WIDTH * 2 : PANEL_WIDTH * 4;
    size_t blocks = (m->K + K_BLOCK - 1) / K_BLOCK, near = NEAR / item;
    size_t block = ((m->K + blocks - 1) / blocks + 1) / 2 * 2; // even: pairs stay together
    if (few)
        block = m->K >= 2 * near ? m->K / 2 * 2 - near : m->K;
    for (size_t k = 0; k < m->K; k += block) {
        size_t n = m->K - k < block ? m->K - k : block;
        bool last = k + n == m->K; // the next panels follow
        view->weights = weights + k * item;
        size_t ahead = last ? view->count * m->panel_bytes - k * item : few ? NEAR : n * item;
        view->ahead = (ptrdiff_t)ahead;
        job->kernels->product(tile, COLUMNS, job->x + first * job->x_stride + k, job->x_stride,
                              view, rows, n, k > 0);
    }
    view->weights = weights;
}

/// All rows by panels begin … end-1; of a paired matrix, by pairs of panels.
static void multiply_panels(void *context, size_t begin, size_t end, int worker)
{
    static const panel_type TYPES[] = {[DISTILL_WEIGHTS_BF16] = PANEL_BF16,
                                       [DISTILL_WEIGHTS_FP32] = PANEL_F32,
                                       [DISTILL_WEIGHTS_INT8] = PANEL_INT8};
    const matmul_job *job = context;
    const distill_panel_matrix *m = job->matrix;
    size_t unit = m->form.paired ? 2 : 1;
    float tile[ROWS * COLUMNS];
    (void)worker;
    for (size_t p = begin * unit; p < end * unit; p += PANELS) {
        size_t count = end * unit - p < PANELS ? end * unit - p : PANELS;
        panel_view view = {.weights = (const char *)m->panels + p * m->panel_bytes,
                           .bytes = m->panel_bytes,
                           .count = count,
                           .type = TYPES[m->form.type]};
        for (size_t r = 0; r < job->N; r += ROWS) {
            size_t rows = job->N - r < ROWS ? job->N - r : ROWS;
            multiply(job, tile, &view, r, rows);
            for (size_t i = 0; i < rows; i++)
                finish_row(job, job->out + (r + i) * job->out_stride, tile + i * COLUMNS, p, count);
        }
    }
}

static void quantize_rows(void *context, size_t begin, size_t end, int worker)
{
    const matmul_job *job = context;
    (void)worker;
    for (size_t n = begin; n < end; n++) {
        const char *row = (const char *)job->codes + n * job->code_bytes;
        job->kernels->quantize((int8_row *)row, job->x + n * job->x_stride, job->matrix->K);
    }
}

void distill_panel_matmul(float *out, size_t out_stride, const float *x, size_t x_stride,
                          const distill_panel_matrix *matrix, size_t N, distill_matmul_end end,
                          void *scratch)
{
    enum { ROWS_A_PART = 4 };
    matmul_job job = {.kernels = kernel_set_chosen()->decode,
                      .out = out,
                      .x = x,
                      .codes = scratch,
                      .matrix = matrix,
                      .out_stride = out_stride,
                      .x_stride = x_stride,
                      .code_bytes = distill_panel_row_scratch(matrix->K, matrix->form.type),
                      .N = N,
                      .end = end};
    size_t unit = matrix->form.paired ? 2 : 1, units = matrix->panel_count / unit;
    size_t products = N * matrix->K * PANEL_WIDTH * PANELS; // multiply-adds of a group
    size_t group = PANELS / unit;
    if (N == 0)
        return;
    if (matrix->form.type == DISTILL_WEIGHTS_INT8)
        distill_parallel_for(quantize_rows, &job, N, ROWS_A_PART);
    if (units / group * products < LEAST_PRODUCTS)
        multiply_panels(&job, 0, units, 0);
    else
        distill_parallel_pieces(multiply_panels, &job, units,
                                group * (1 + PRODUCTS_A_PIECE / products));
}
