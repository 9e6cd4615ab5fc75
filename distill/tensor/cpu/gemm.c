// distill/tensor/cpu/gemm.c - divides a product into blocks, groups of k and units, and runs the
// kernels over them.
//
// plan() chooses the sizes; run_block() packs a block's operands and computes its units. Threads
// take packing tasks and units one by one from a counter.
#include "distill/tensor/cpu/gemm.h"

#include "distill/base/memory.h"
#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    A_FLOATS = 1 << 20, // packed rows of a block
    B_FLOATS = 3 << 19, // packed columns of a block
    C_FLOATS = 1 << 20, // float32 sums of a block whose result is bfloat16
    SLAB_STEP = 8,
    GROUP_DEPTH = 1024,       // k that is packed at a time
    UNIT_ROWS = 96,           // largest unit that a thread takes
    UNIT_COLS = 128,          //
    PACK_PANELS = 8,          // panels of a packing task
    PACK_DEPTH = 32,          // or its k
    UNITS_A_THREAD = 16,      // limits the time during which threads are idle at the end
    LEAST_UNIT_FLOP = 1 << 20 // taking a smaller unit costs as much as computing it
};

// ---- scratch ------------------------------------------------------------------------------------

typedef struct gemm_scratch {
    float *a, *b, *c;
    size_t a_floats, b_floats, c_floats;
} gemm_scratch;

static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;
static _Thread_local gemm_scratch scratch_of_thread;

static void free_scratch(void *of_thread)
{
    gemm_scratch *s = of_thread;
    distill_free(s->a);
    distill_free(s->c);
    *s = (gemm_scratch){0};
}

static void make_key(void)
{
    pthread_key_create(&scratch_key, free_scratch);
}

/// The thread's buffers; false if there is no memory for them.
static bool acquire_scratch(gemm_scratch *out, bool sums)
{
    pthread_once(&scratch_once, make_key);
    if (scratch_of_thread.a == NULL) {
        if (DISTILL_NEW(&scratch_of_thread.a, A_FLOATS + B_FLOATS) != DISTILL_OK)
            return false;
        scratch_of_thread.b = scratch_of_thread.a + A_FLOATS;
        scratch_of_thread.a_floats = A_FLOATS;
        scratch_of_thread.b_floats = B_FLOATS;
        pthread_setspecific(scratch_key, &scratch_of_thread);
    }
    if (sums && scratch_of_thread.c == NULL) {
        if (DISTILL_NEW(&scratch_of_thread.c, C_FLOATS) != DISTILL_OK)
            return false;
        scratch_of_thread.c_floats = C_FLOATS;
    }
    *out = scratch_of_thread;
    return true;
}

// ---- the plan -----------------------------------------------------------------------------------

typedef struct gemm_job {
    const gemm_kernels *kernels;
    const gemm_product *p;
    gemm_scratch scratch;
    size_t slab;  // k of one chain: equal parts of K, whatever M, N and the threads
    size_t group; // k that is packed at a time: some slabs
    size_t block_rows, block_cols; // multiples of the register tile
    size_t unit_rows, unit_cols;   // likewise
    size_t m, n, rows, cols;       // the current block
    size_t k, depth;               // the current group
    bool pack_a, pack_b;           // operands that are not packed yet
    size_t a_tasks, tasks, units_down, units;
    atomic_size_t next;
} gemm_job;

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t parts_of(size_t whole, size_t part)
{
    return (whole + part - 1) / part;
}

/// The size of equal parts, multiples of `unit`, none larger than `most` (but not smaller than
/// `unit`).
static size_t equal_parts(size_t whole, size_t most, size_t unit)
{
    size_t largest = most / unit > 0 ? most / unit * unit : unit;
    if (whole == 0)
        return unit;
    return parts_of(parts_of(whole, parts_of(whole, largest)), unit) * unit;
}

static void plan(gemm_job *j)
{
    const gemm_kernels *kernels = j->kernels;
    const gemm_product *p = j->p;
    size_t rows = kernels->rows, cols = kernels->cols;
    size_t deepest =
        least(GROUP_DEPTH, least(j->scratch.a_floats / rows, j->scratch.b_floats / cols));
    j->slab = equal_parts(p->K, kernels->depth, SLAB_STEP);
    j->group = equal_parts(p->K, deepest, j->slab);
    j->block_cols = equal_parts(p->N, j->scratch.b_floats / j->group, cols);
    size_t high = j->scratch.a_floats / j->group;
    if (p->c_dtype != DISTILL_F32)
        high = least(high, j->scratch.c_floats / j->block_cols);
    j->block_rows = equal_parts(p->M, high, rows);
    j->unit_rows = UNIT_ROWS / rows * rows;
    j->unit_cols = UNIT_COLS / cols * cols;
    double wanted = (double)least(p->M, j->block_rows) * (double)least(p->N, j->block_cols) /
                    (UNITS_A_THREAD * distill_threads());
    while ((double)j->unit_rows * (double)j->unit_cols > wanted &&
           2.0 * (double)j->unit_rows * (double)j->unit_cols * (double)least(j->group, p->K) >
               2.0 * LEAST_UNIT_FLOP) {
        size_t *side = j->unit_rows >= j->unit_cols ? &j->unit_rows : &j->unit_cols;
        size_t tile = side == &j->unit_rows ? rows : cols;
        if (*side < 2 * tile)
            break;
        *side = *side / 2 / tile * tile;
    }
}

// ---- packing ------------------------------------------------------------------------------------

/// The number of packing tasks. A task is some whole panels where k is contiguous, else some k of
/// all panels, so that it reads contiguous memory.
static size_t packing_tasks(const gemm_job *j, bool is_a)
{
    const gemm_operand *from = is_a ? &j->p->a : &j->p->b;
    size_t width = is_a ? j->kernels->rows : j->kernels->cols, all = is_a ? j->rows : j->cols;
    return from->k_contiguous ? parts_of(parts_of(all, width), PACK_PANELS)
                              : parts_of(j->depth, PACK_DEPTH);
}

static void pack_part(const gemm_job *j, bool is_a, size_t task)
{
    const gemm_kernels *kernels = j->kernels;
    size_t width = is_a ? kernels->rows : kernels->cols;
    gemm_packing packing = {.from = is_a ? &j->p->a : &j->p->b,
                            .panels = is_a ? j->scratch.a : j->scratch.b,
                            .panel_stride = width * j->depth,
                            .first = is_a ? j->m : j->n,
                            .count = is_a ? j->rows : j->cols,
                            .k_first = j->k,
                            .depth = j->depth};
    if (packing.from->k_contiguous) {
        size_t begin = task * PACK_PANELS * width;
        packing.panels += begin * j->depth;
        packing.first += begin;
        packing.count = least(PACK_PANELS * width, packing.count - begin);
    } else {
        size_t begin = task * PACK_DEPTH;
        packing.panels += begin * width;
        packing.k_first += begin;
        packing.depth = least(PACK_DEPTH, packing.depth - begin);
    }
    (is_a ? kernels->pack_a : kernels->pack_b)(&packing);
}

static void take_packing_tasks(void *context, size_t begin, size_t end, int worker)
{
    gemm_job *j = context;
    size_t i;
    (void)begin;
    (void)end;
    (void)worker;
    while ((i = atomic_fetch_add(&j->next, 1)) < j->tasks)
        pack_part(j, i < j->a_tasks, i < j->a_tasks ? i : i - j->a_tasks);
}

static void pack(gemm_job *j)
{
    j->a_tasks = j->pack_a ? packing_tasks(j, true) : 0;
    j->tasks = j->a_tasks + (j->pack_b ? packing_tasks(j, false) : 0);
    atomic_store(&j->next, 0);
    if (j->tasks > 0)
        distill_parallel_for(take_packing_tasks, j, least(j->tasks, (size_t)distill_threads()), 1);
}

// ---- units --------------------------------------------------------------------------------------

/// Rounds the complete sums of a unit to bfloat16.
static void round_unit(const gemm_job *j, const gemm_block *block, size_t m, size_t n)
{
    const gemm_product *p = j->p;
    float old[UNIT_COLS];
    for (size_t r = 0; r < block->rows; r++) {
        float *sum = block->c + r * block->c_stride;
        if (p->base != NULL) {
            distill_dtype_widen(old, (const uint16_t *)p->base + (m + r) * p->base_stride + n,
                                p->c_dtype, block->cols);
            for (size_t i = 0; i < block->cols; i++)
                sum[i] += old[i];
        }
        distill_dtype_narrow((uint16_t *)p->c + (m + r) * p->c_stride + n, sum, p->c_dtype,
                             block->cols);
    }
}

/// All slabs of the group for one unit of the block.
static void run_unit(const gemm_job *j, size_t unit)
{
    const gemm_product *p = j->p;
    size_t m = unit % j->units_down * j->unit_rows, n = unit / j->units_down * j->unit_cols;
    bool direct = p->c_dtype == DISTILL_F32;
    float *c = direct ? (float *)p->c + (j->m + m) * p->c_stride + j->n + n
                      : j->scratch.c + m * j->block_cols + n;
    gemm_block block = {.c = c,
                        .c_stride = direct ? p->c_stride : j->block_cols,
                        .a = j->scratch.a + m * j->depth,
                        .b = j->scratch.b + n * j->depth,
                        .a_stride = j->kernels->rows * j->depth,
                        .b_stride = j->kernels->cols * j->depth,
                        .rows = least(j->unit_rows, j->rows - m),
                        .cols = least(j->unit_cols, j->cols - n)};
    if (j->k == 0 && direct && p->base != NULL) {
        block.base = (const float *)p->base + (j->m + m) * p->base_stride + j->n + n;
        block.base_stride = p->base_stride;
    }
    block.bias = j->k == 0 && p->bias != NULL ? p->bias + j->n + n : NULL;
    if (j->k > 0) {
        block.base = c;
        block.base_stride = block.c_stride;
    }
    size_t k = 0;
    do { // once for an empty sum too
        block.depth = least(j->slab, j->depth - k);
        j->kernels->multiply(&block);
        block.a += block.depth * j->kernels->rows;
        block.b += block.depth * j->kernels->cols;
        block.base = c;
        block.base_stride = block.c_stride;
        block.bias = NULL;
    } while ((k += block.depth) < j->depth);
    if (!direct && j->k + j->depth == p->K)
        round_unit(j, &block, j->m + m, j->n + n);
}

static void take_units(void *context, size_t begin, size_t end, int worker)
{
    gemm_job *j = context;
    size_t i;
    (void)begin;
    (void)end;
    (void)worker;
    while ((i = atomic_fetch_add(&j->next, 1)) < j->units)
        run_unit(j, i);
}

// ---- blocks -------------------------------------------------------------------------------------

static void run_block(gemm_job *j)
{
    const gemm_product *p = j->p;
    bool one_group = p->K <= j->group;
    j->k = 0;
    do { // once for an empty sum too
        j->depth = least(j->group, p->K - j->k);
        j->pack_a = !one_group || j->n == 0;
        j->pack_b = !one_group || j->m == 0 || p->N > j->block_cols;
        pack(j);
        j->units_down = parts_of(j->rows, j->unit_rows);
        j->units = j->units_down * parts_of(j->cols, j->unit_cols);
        atomic_store(&j->next, 0);
        distill_parallel_for(take_units, j, least(j->units, (size_t)distill_threads()), 1);
    } while ((j->k += j->group) < p->K);
}

static void run_blocks(gemm_job *j)
{
    plan(j);
    for (j->m = 0; j->m < j->p->M; j->m += j->block_rows)
        for (j->n = 0; j->n < j->p->N; j->n += j->block_cols) {
            j->rows = least(j->block_rows, j->p->M - j->m);
            j->cols = least(j->block_cols, j->p->N - j->n);
            run_block(j);
        }
}

/// With buffers on the stack, where there is no memory for the scratch.
__attribute__((noinline)) static void run_with_stack_buffers(gemm_job *j)
{
    enum { FLOATS = 8192 }; // a panel of any set
    _Alignas(64) float a[FLOATS], b[FLOATS], c[FLOATS];
    j->scratch = (gemm_scratch){a, b, c, FLOATS, FLOATS, FLOATS};
    run_blocks(j);
}

void gemm_run_with(const gemm_kernels *kernels, const gemm_product *product)
{
    gemm_job job = {.kernels = kernels, .p = product};
    if (acquire_scratch(&job.scratch, product->c_dtype != DISTILL_F32))
        run_blocks(&job);
    else
        run_with_stack_buffers(&job);
}

void gemm_run(const gemm_product *product)
{
    gemm_run_with(kernel_set_chosen()->gemm, product);
}
