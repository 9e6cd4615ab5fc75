#include "distill/tensor/matmul.h"

#include "distill/base/threads.h"
#include "distill/tensor/blas.h"
#include "distill/tensor/vector_kernels.h"

#include <stdatomic.h>
#include <string.h>

// C (M, N) (+)= op(A) op(B), cut into tiles of tile_rows x tile_cols, and K into `parts`. Parts are summed apart
// in `partial` and added in order, so that the bits depend on the shape alone.
typedef struct product {
    float *c, *partial; // partial [parts][M, N], if there are several
    const float *a, *b;
    blas_transpose ta, tb;
    size_t M, N, K, lda, ldb;
    distill_into into;
    const float *bias, *residual;
    size_t tile_rows, tile_cols, across, tiles, parts;
    atomic_size_t next; // tile (of a part) that nobody has taken
} product;

enum {
    ENOUGH_TILES = 32,            // for any number of threads that is likely
    SMALLEST_SIDE = 64,           // of a tile
    SMALLEST_WEIGHT_SIDE = 128,   // of a tile of a weight's gradient, whose K is long
    SMALLEST_TILE_FLOP = 1 << 21, // below, starting a tile costs as much as computing it
    ENOUGH_PARTS = 16,            // tiles times parts, where there are few tiles
    SMALLEST_PART = 512           // of K
};

static size_t round_up(size_t n, size_t multiple)
{
    return (n + multiple - 1) / multiple * multiple;
}

static size_t tiles_of(const product *p)
{
    return (p->M + p->tile_rows - 1) / p->tile_rows * ((p->N + p->tile_cols - 1) / p->tile_cols);
}

/// Halves the longer side until there are enough tiles or they would become too small.
static void cut(product *p, size_t smallest_side)
{
    p->tile_rows = p->M;
    p->tile_cols = p->N;
    while (tiles_of(p) < ENOUGH_TILES) {
        size_t *side = p->tile_rows >= p->tile_cols ? &p->tile_rows : &p->tile_cols;
        size_t half = round_up(*side / 2, 16);
        if (half < smallest_side || half >= *side ||
            (double)p->tile_rows * (double)p->tile_cols * (double)p->K < SMALLEST_TILE_FLOP)
            break;
        *side = half;
    }
    p->across = (p->N + p->tile_cols - 1) / p->tile_cols;
    p->tiles = tiles_of(p);
    p->parts = 1;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/// What stands in C before the product is added: residual + bias, where there are any.
static void start_tile(const product *p, size_t m, size_t n, size_t rows, size_t cols)
{
    for (size_t r = m; r < m + rows; r++) {
        float *c = p->c + r * p->N + n;
        if (p->residual == NULL)
            memcpy(c, p->bias + n, cols * sizeof *c);
        else if (p->residual != p->c)
            memcpy(c, p->residual + r * p->N + n, cols * sizeof *c);
        if (p->residual != NULL && p->bias != NULL)
            vector_kernels_chosen()->add_scaled(c, p->bias + n, 1.0f, cols);
    }
}

static void run_tile(const product *p, size_t part, size_t tile)
{
    size_t m = tile / p->across * p->tile_rows, n = tile % p->across * p->tile_cols;
    size_t rows = least(p->tile_rows, p->M - m), cols = least(p->tile_cols, p->N - n);
    size_t k = p->K * part / p->parts, depth = p->K * (part + 1) / p->parts - k;
    float *c = p->parts > 1 ? p->partial + part * p->M * p->N : p->c;
    bool started = p->bias != NULL || p->residual != NULL;
    if (started)
        start_tile(p, m, n, rows, cols);
    blas_sgemm(p->ta, p->tb, rows, cols, depth, 1.0f,
               p->a + (p->ta == BLAS_AS_IS ? m * p->lda + k : k * p->lda + m), p->lda,
               p->b + (p->tb == BLAS_AS_IS ? k * p->ldb + n : n * p->ldb + k), p->ldb,
               p->parts == 1 && (started || p->into == DISTILL_ADD) ? 1.0f : 0.0f, c + m * p->N + n,
               p->N);
}

/// Each worker takes the next tile that nobody has taken: one that is held up holds up nobody else.
static void take_tiles(void *context, size_t begin, size_t end, int worker)
{
    product *p = context;
    size_t i;
    (void)begin;
    (void)end;
    (void)worker;
    while ((i = atomic_fetch_add(&p->next, 1)) < p->tiles * p->parts)
        run_tile(p, i / p->tiles, i % p->tiles);
}

static void run_tiles(product *p)
{
    size_t workers = least(p->tiles * p->parts, (size_t)distill_threads());
    distill_parallel_for(take_tiles, p, workers, 1);
}

static void add_parts(void *context, size_t begin, size_t end, int worker)
{
    const product *p = context;
    (void)worker;
    for (size_t part = 0; part < p->parts; part++)
        vector_kernels_chosen()->add_scaled(p->c + begin, p->partial + part * p->M * p->N + begin,
                                            1.0f, end - begin);
}

static void run(product *p)
{
    if (p->M == 0 || p->N == 0)
        return;
    cut(p, SMALLEST_SIDE);
    run_tiles(p);
}

void distill_matmul_forward(float *y, const float *x, const float *w, const float *bias,
                            const float *residual, size_t N, size_t inputs, size_t outputs)
{
    product p = {.c = y,
                 .a = x,
                 .b = w,
                 .ta = BLAS_AS_IS,
                 .tb = BLAS_TRANSPOSED,
                 .M = N,
                 .N = outputs,
                 .K = inputs,
                 .lda = inputs,
                 .ldb = inputs,
                 .into = DISTILL_SET,
                 .bias = bias,
                 .residual = residual};
    run(&p);
}

void distill_matmul_backward_input(float *dx, const float *dy, const float *w, size_t N,
                                   size_t inputs, size_t outputs, distill_into into)
{
    product p = {.c = dx,
                 .a = dy,
                 .b = w,
                 .ta = BLAS_AS_IS,
                 .tb = BLAS_AS_IS,
                 .M = N,
                 .N = inputs,
                 .K = outputs,
                 .lda = outputs,
                 .ldb = inputs,
                 .into = into};
    run(&p);
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
        vector_kernels_chosen()->add_scaled(s->out + begin, s->rows + n * s->width + begin, 1.0f,
                                            end - begin);
}

/// As many parts as make enough units of work with the tiles that there are.
static size_t parts_of(const product *p, size_t most)
{
    size_t parts = least(ENOUGH_PARTS / least(p->tiles, ENOUGH_PARTS), most);
    return parts > 0 ? parts : 1;
}

static product weight_product(size_t N, size_t inputs, size_t outputs)
{
    product p = {.ta = BLAS_TRANSPOSED,
                 .tb = BLAS_AS_IS,
                 .M = outputs,
                 .N = inputs,
                 .K = N,
                 .lda = outputs,
                 .ldb = inputs,
                 .into = DISTILL_ADD};
    cut(&p, SMALLEST_WEIGHT_SIDE);
    p.parts = parts_of(&p, N / SMALLEST_PART);
    return p;
}

size_t distill_matmul_scratch(size_t N, size_t inputs, size_t outputs)
{
    product p = weight_product(N, inputs, outputs);
    return p.parts > 1 ? p.parts * outputs * inputs : 0;
}

void distill_matmul_backward_weight(float *dw, float *dbias, const float *dy, const float *x,
                                    float *scratch, size_t N, size_t inputs, size_t outputs)
{
    product p = weight_product(N, inputs, outputs);
    column_sum sum = {dbias, dy, N, outputs};
    p.c = dw;
    p.partial = scratch;
    p.a = dy;
    p.b = x;
    run_tiles(&p);
    if (p.parts > 1)
        distill_parallel_for(add_parts, &p, outputs * inputs, 1024);
    if (dbias != NULL)
        distill_parallel_for(add_columns, &sum, outputs, 16);
}

typedef struct scaling {
    float *x, factor;
} scaling;

static void scale_range(void *context, size_t begin, size_t end, int worker)
{
    const scaling *s = context;
    (void)worker;
    vector_kernels_chosen()->multiply(s->x + begin, s->factor, end - begin);
}

void distill_matmul_scale(float *x, float factor, size_t count)
{
    scaling s = {x, factor};
    distill_parallel_for(scale_range, &s, count, 4096);
}
