// distill/tensor/packed_matmul.c - packing, and the walk over panels and rows around the product
// kernel.
#include "distill/tensor/packed_matmul.h"

#include "distill/base/threads.h"
#include "distill/tensor/decode_kernels.h"

#include <string.h>

enum {
    ROWS = 6,   // height of a tile: what the registers hold
    PANELS = 4, // panels a tile's rows pass while they are in the first cache
    COLUMNS = PANELS * PANEL_WIDTH,
    PRODUCTS_A_PART =
        1 << 18 // multiply-adds (about 10 us) below which a second thread costs more than it gives
};

size_t distill_packed_bytes(size_t outputs, size_t K)
{
    return (outputs + PANEL_WIDTH - 1) / PANEL_WIDTH * PANEL_WIDTH * (K + 1) * sizeof(float);
}

/// Puts row `row` of `part` into column `slot` of the panels.
static void pack_row(distill_packed_matrix *m, const distill_packed_part *part, size_t row,
                     size_t slot)
{
    size_t column = slot % PANEL_WIDTH;
    float *panel = m->panels + slot / PANEL_WIDTH * m->K * PANEL_WIDTH;
    const float *from = part->weight + row * m->K;
    for (size_t k = 0; k < m->K; k++)
        panel[k * PANEL_WIDTH + column] = from[k];
    if (m->bias != NULL && part->bias != NULL)
        m->bias[slot] = part->bias[row];
}

static void pack_part(distill_packed_matrix *m, const distill_packed_part *part, size_t index,
                      size_t before)
{
    for (size_t row = 0; row < part->rows; row++) {
        size_t paired = (row / PANEL_WIDTH * 2 + index) * PANEL_WIDTH + row % PANEL_WIDTH;
        pack_row(m, part, row, m->packing == DISTILL_PACK_PAIRED ? paired : before + row);
    }
}

distill_status distill_packed_matrix_create(distill_packed_matrix *out,
                                            const distill_packed_part *parts, size_t count,
                                            size_t K, distill_packing packing)
{
    distill_status status = DISTILL_OK;
    distill_packed_matrix m = {.K = K, .packing = packing};
    size_t rows = 0, floats;
    bool bias = false;
    *out = (distill_packed_matrix){0};
    for (size_t i = 0; i < count; i++) {
        rows += parts[i].rows;
        bias = bias || parts[i].bias != NULL;
    }
    bool paired = packing == DISTILL_PACK_PAIRED;
    m.outputs = paired ? parts[0].rows : rows;
    m.panel_count = (m.outputs + PANEL_WIDTH - 1) / PANEL_WIDTH * (paired ? 2 : 1);
    if (!distill_mul_size(&floats, m.panel_count * PANEL_WIDTH, K))
        return distill_fail(DISTILL_NO_MEMORY, "a weight of %zu x %zu is too large", rows, K);
    TRY(DISTILL_NEW(&m.panels, floats));
    if (bias)
        TRY(DISTILL_NEW(&m.bias, m.panel_count * PANEL_WIDTH));
    for (size_t i = 0, before = 0; i < count; before += parts[i++].rows)
        pack_part(&m, &parts[i], i, before);
    *out = m;
    return DISTILL_OK;
done:
    distill_packed_matrix_free(&m);
    return status;
}

void distill_packed_matrix_free(distill_packed_matrix *matrix)
{
    if (matrix == NULL)
        return;
    distill_free(matrix->panels);
    distill_free(matrix->bias);
    *matrix = (distill_packed_matrix){0};
}

void distill_packed_matrix_row(float *out, const distill_packed_matrix *matrix, size_t output)
{
    const float *panel = matrix->panels + output / PANEL_WIDTH * matrix->K * PANEL_WIDTH;
    for (size_t k = 0; k < matrix->K; k++)
        out[k] = panel[k * PANEL_WIDTH + output % PANEL_WIDTH];
}

typedef struct matmul_job {
    const decode_kernels *kernels;
    float *out;
    const float *x;
    const distill_packed_matrix *matrix;
    size_t out_stride, x_stride, N;
    distill_matmul_end end;
} matmul_job;

/// Takes `tile` (one row of the products of panels first … first+count-1) to where the result
/// belongs.
static void finish_row(const matmul_job *job, float *out, float *tile, size_t first, size_t count)
{
    const distill_packed_matrix *m = job->matrix;
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

/// All rows against panels begin … end-1; for a paired matrix these count pairs.
static void multiply_panels(void *context, size_t begin, size_t end, int worker)
{
    const matmul_job *job = context;
    const distill_packed_matrix *m = job->matrix;
    size_t stride = m->K * PANEL_WIDTH, unit = m->packing == DISTILL_PACK_PAIRED ? 2 : 1;
    float tile[ROWS * COLUMNS];
    (void)worker;
    for (size_t p = begin * unit; p < end * unit; p += PANELS) {
        size_t count = end * unit - p < PANELS ? end * unit - p : PANELS;
        for (size_t r = 0; r < job->N; r += ROWS) {
            size_t rows = job->N - r < ROWS ? job->N - r : ROWS;
            job->kernels->product(tile, COLUMNS, job->x + r * job->x_stride, job->x_stride,
                                  m->panels + p * stride, stride, rows, count, m->K, false);
            for (size_t i = 0; i < rows; i++)
                finish_row(job, job->out + (r + i) * job->out_stride, tile + i * COLUMNS, p, count);
        }
    }
}

void distill_packed_matmul(float *out, size_t out_stride, const float *x, size_t x_stride,
                           const distill_packed_matrix *matrix, size_t N, distill_matmul_end end)
{
    matmul_job job = {decode_kernels_chosen(), out, x, matrix, out_stride, x_stride, N, end};
    size_t panels = matrix->packing == DISTILL_PACK_PAIRED ? 2 : 1; // of a unit
    if (N > 0)
        distill_parallel_for(multiply_panels, &job, matrix->panel_count / panels,
                             1 + PRODUCTS_A_PART / (N * matrix->K * PANEL_WIDTH * panels));
}
