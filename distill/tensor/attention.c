// distill/tensor/attention.c - FlashAttention 2 on the CPU: tiles of 96 queries by 96 keys that
// stay in the cache.
//
// Threads take units (a tile of a document for one key/value head and its query heads) from a
// counter. The backward pass of a document runs in one thread where there are enough documents and
// heads to occupy all; otherwise in two passes, by keys and by queries, that threads share (see
// is_shared).
#include "distill/tensor/attention.h"

#include "distill/base/threads.h"
#include "distill/tensor/cpu/kernel_set.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum {
    TILE = 96,    // queries and keys of a tile: whole register tiles of any instruction set
    STRIDE = 144, // floats from a row of scores to the next: nine cache lines, so that a column of
                  // them is spread over all sets of the first-level cache
    WORKER_TILES = 2,  // TILE x STRIDE: scores and their gradient
    WORKER_BLOCKS = 3, // TILE rows of a head
};
static const float LOG2_E = 1.44269504088896341f, LN_2 = 0.693147180559945309f;

typedef struct attention_job {
    const distill_attention_batch *batch;
    const vector_kernels *kernels;
    float *out, *lse, *dq, *dk, *dv;
    const float *q, *k, *v, *dout, *o, *given_lse;
    float *kt, *vt; // keys and values transposed tile by tile, see transpose_tiles
    float *delta;   // [N, H] sum_d dout out
    float *workers; // worker_floats(Dh) for each thread
    double
        work; // of the whole backward pass: squared lengths of documents, for each key/value head
    atomic_size_t next;
} attention_job;

/// One unit of work: a tile of a document, or all of it, for one key/value head and its query
/// heads.
typedef struct unit {
    size_t document, tile, head;
} unit;

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t tile_count(size_t length)
{
    return (length + TILE - 1) / TILE;
}

/// Floats from a gathered row of a head to the next.
static size_t head_stride(size_t Dh)
{
    return Dh < STRIDE ? STRIDE : Dh;
}

static size_t worker_floats(size_t Dh)
{
    return WORKER_TILES * TILE * STRIDE + WORKER_BLOCKS * TILE * head_stride(Dh) + 2 * TILE;
}

size_t distill_attention_scratch(size_t N, size_t H, size_t Hkv, size_t Dh)
{
    return (size_t)distill_threads() * worker_floats(Dh) + 2 * N * Hkv * Dh + N * H + 64;
}

static size_t document_length(const attention_job *j, size_t document)
{
    return j->batch->starts[document + 1] - j->batch->starts[document];
}

/// Divides the scratch: for each worker, then kt, vt and delta. Counts the work.
static void divide_scratch(attention_job *j, float *scratch)
{
    const distill_attention_batch *b = j->batch;
    size_t N = b->starts[b->documents];
    j->workers = scratch;
    j->kt = scratch + (size_t)distill_threads() * worker_floats(b->Dh);
    j->vt = j->kt + N * b->Hkv * b->Dh;
    j->delta = j->vt + N * b->Hkv * b->Dh;
    for (size_t d = 0; d < b->documents; d++) {
        double length = (double)document_length(j, d);
        j->work += (double)b->Hkv * length * length;
    }
}

// ---- units of work -----------------------------------------------------------------------------

typedef size_t (*units_of_fn)(const attention_job *j, size_t document);
typedef void (*unit_fn)(attention_job *j, const unit *u, float *scratch);

typedef struct unit_queue {
    attention_job *job;
    units_of_fn tiles_of; // units a head has in a document
    unit_fn fn;
} unit_queue;

/// Each worker takes units one by one, the later tiles of a document, which have more work, first.
/// Units write to disjoint memory, so the result does not depend on which worker takes which.
static void take_units(void *context, size_t begin, size_t end, int worker)
{
    const unit_queue *queue = context;
    attention_job *j = queue->job;
    const distill_attention_batch *b = j->batch;
    float *scratch = j->workers + (size_t)worker * worker_floats(b->Dh);
    size_t passed = 0; // units of the documents before this one
    unit u = {0, 0, 0};
    (void)begin;
    (void)end;
    for (;;) {
        size_t taken = atomic_fetch_add(&j->next, 1);
        while (u.document < b->documents &&
               taken >= passed + b->Hkv * queue->tiles_of(j, u.document)) {
            passed += b->Hkv * queue->tiles_of(j, u.document);
            u.document++;
        }
        if (u.document == b->documents)
            return;
        u.head = (taken - passed) % b->Hkv;
        u.tile = queue->tiles_of(j, u.document) - 1 - (taken - passed) / b->Hkv;
        queue->fn(j, &u, scratch);
    }
}

static void run_units(attention_job *j, units_of_fn tiles_of, unit_fn fn)
{
    unit_queue queue = {j, tiles_of, fn};
    atomic_store(&j->next, 0);
    distill_parallel_for(take_units, &queue, (size_t)distill_threads(), 1);
}

static size_t all_tiles(const attention_job *j, size_t document)
{
    return tile_count(document_length(j, document));
}

/// Whether several threads share the backward pass of one head of a document. That takes seven
/// products instead of five, since keys and queries have a pass each, and pays only where one head
/// would occupy one thread long after the others have ended. Both ways add the same terms in the
/// same order, so the bits are the same.
static bool is_shared(const attention_job *j, size_t document)
{
    double length = (double)document_length(j, document);
    return all_tiles(j, document) > 1 && 5 * length * length * distill_threads() > 7 * j->work;
}

static size_t whole_documents(const attention_job *j, size_t document)
{
    return is_shared(j, document) ? 0 : 1;
}

static size_t tiles_of_shared_documents(const attention_job *j, size_t document)
{
    return is_shared(j, document) ? all_tiles(j, document) : 0;
}

// ---- tiles --------------------------------------------------------------------------------------

/// The rows of a tile of a document.
typedef struct span {
    size_t first; // position in the document
    size_t row;   // row in the batch
    size_t count;
} span;

static span tile_span(const attention_job *j, size_t document, size_t tile)
{
    size_t length = document_length(j, document);
    span s = {.first = tile * TILE, .row = j->batch->starts[document] + tile * TILE};
    s.count = least(TILE, length - s.first);
    return s;
}

/// Keys (or values) of a tile and head, transposed: (Dh, count), rows of `count` floats.
static float *transposed(const attention_job *j, float *block, span keys, size_t head)
{
    return block + (keys.row * j->batch->Hkv + head * keys.count) * j->batch->Dh;
}

static void transpose_unit(attention_job *j, const unit *u, float *scratch)
{
    const distill_attention_batch *b = j->batch;
    span keys = tile_span(j, u->document, u->tile);
    (void)scratch;
    for (int values = 0; values < (j->dout != NULL ? 2 : 1); values++) {
        float *to = transposed(j, values ? j->vt : j->kt, keys, u->head);
        const float *from = (values ? j->v : j->k) + (keys.row * b->Hkv + u->head) * b->Dh;
        j->kernels->transpose(to, keys.count, from, b->Hkv * b->Dh, keys.count, b->Dh);
    }
}

/// First tile of keys that any query of a tile beginning at position `first` sees.
static size_t first_key_tile(const attention_job *j, size_t first)
{
    size_t window = j->batch->window;
    return window > 0 && first + 1 > window ? (first + 1 - window) / TILE : 0;
}

/// Columns low … high-1 of a tile of keys are seen by the query at `position`.
static void visible(const attention_job *j, size_t position, span keys, size_t *low, size_t *high)
{
    size_t window = j->batch->window;
    size_t oldest = window > 0 && position + 1 > window ? position + 1 - window : 0;
    *low = oldest > keys.first ? least(oldest - keys.first, keys.count) : 0;
    *high = position < keys.first ? 0 : least(position - keys.first + 1, keys.count);
    if (*high < *low)
        *high = *low;
}

/// Prepares a row for loops over whole registers: sets `padding` after the visible columns up to a
/// multiple of FULL, whose end is returned, and 0 in all other columns that are not visible.
static size_t fill_row(float *row, size_t low, size_t high, size_t count, float padding)
{
    enum { FULL = 16 }; // floats of the largest register
    size_t end = high > low ? low + (high - low + FULL - 1) / FULL * FULL : low;
    for (size_t i = 0; i < low; i++)
        row[i] = 0;
    for (size_t i = high; i < end; i++)
        row[i] = padding;
    for (size_t i = end; i < count; i++)
        row[i] = 0;
    return end;
}

// On the diagonal the tile of queries is that of the keys, and a query sees only keys up to its own
// position. Products there omit what is above the diagonal, to the resolution of a step:
//
//     [ # . . ]      COLUMN_STEP columns of scores: only the rows from there on
//     [ # # . ]      ROW_STEP rows times something: only the keys up to there
//     [ # # # ]      ROW_STEP keys summed over queries: only the queries from there on
enum { COLUMN_STEP = 16, ROW_STEP = 12 };

static bool on_diagonal(span queries, span keys)
{
    return queries.row == keys.row;
}

/// C += P B without what is above the diagonal of P.
static void multiply_rows(const attention_job *j, small_product p, bool diagonal)
{
    size_t M = p.M, step = diagonal ? ROW_STEP : M;
    for (size_t m = 0; m < M; m += step) {
        small_product part = p;
        part.c += m * p.ldc;
        part.a += m * p.a_row;
        part.M = least(step, M - m);
        if (diagonal)
            part.K = m + part.M;
        j->kernels->multiply_small(&part);
    }
}

/// C += P^T B, likewise: a key is visible from its own position on.
static void multiply_columns(const attention_job *j, small_product p, bool diagonal)
{
    size_t M = p.M, step = diagonal ? ROW_STEP : M;
    for (size_t m = 0; m < M; m += step) {
        small_product part = p;
        size_t first = diagonal ? m : 0;
        part.c += m * p.ldc;
        part.a += m * p.a_row + first * p.a_col;
        part.b += first * p.ldb;
        part.M = least(step, M - m);
        part.K -= first;
        j->kernels->multiply_small(&part);
    }
}

/// scores (queries, keys) = q k^T, or dout v^T: `rows` as gathered, `block` the transposed tile.
static void multiply_transposed(const attention_job *j, float *scores, const float *rows,
                                const float *block, span queries, span keys)
{
    size_t step = on_diagonal(queries, keys) ? COLUMN_STEP : keys.count;
    for (size_t n = 0; n < keys.count; n += step) {
        size_t first = on_diagonal(queries, keys) ? n : 0;
        small_product p = {.c = scores + first * STRIDE + n,
                           .ldc = STRIDE,
                           .a = rows + first * head_stride(j->batch->Dh),
                           .a_row = head_stride(j->batch->Dh),
                           .a_col = 1,
                           .b = block + n,
                           .ldb = keys.count,
                           .M = queries.count - first,
                           .N = least(step, keys.count - n),
                           .K = j->batch->Dh};
        j->kernels->multiply_small(&p);
    }
}

/// Copies the rows of one head of `heads` next to each other: products read them several times, and
/// in the batch their stride may map all rows of a tile to a few sets of the cache.
static void gather(const attention_job *j, float *to, const float *from, span rows, size_t head,
                   size_t heads)
{
    size_t Dh = j->batch->Dh, stride = head_stride(Dh);
    from += (rows.row * heads + head) * Dh;
    for (size_t r = 0; r < rows.count; r++, to += stride, from += heads * Dh) {
        size_t d = 0;
        for (; d + 16 <= Dh; d += 16)
            memcpy(to + d, from + d,
                   16 * sizeof *to); // a constant size, which the compiler expands
        for (; d < Dh; d++)
            to[d] = from[d];
    }
}

// ---- forward ------------------------------------------------------------------------------------

/// Scores become 2^(score - new maximum), in units of log 2; earlier sums are rescaled to the new
/// maximum.
static void absorb_tile(const attention_job *j, float *scores, float *most, float *sum, float *out,
                        span queries, span keys)
{
    float scale = j->batch->scale * LOG2_E;
    for (size_t r = 0; r < queries.count; r++) {
        float *row = scores + r * STRIDE;
        size_t low, high;
        visible(j, queries.first + r, keys, &low, &high);
        size_t seen = fill_row(row, low, high, keys.count, -INFINITY) - low;
        if (seen == 0)
            continue;
        float peak = scale * j->kernels->maximum(row + low, seen);
        if (peak > most[r]) {
            float shrink = sum[r] > 0 ? exp2f(most[r] - peak) : 0;
            if (sum[r] > 0)
                j->kernels->multiply(out + r * head_stride(j->batch->Dh), shrink, j->batch->Dh);
            sum[r] *= shrink;
            most[r] = peak;
        }
        sum[r] += j->kernels->exp2_row(row + low, row + low, seen, scale, most[r]);
    }
}

/// out (rows of a head's stride), most and sum of a tile of queries.
static void forward_rows(attention_job *j, float *out, float *most, float *sum, const float *q,
                         float *scores, span queries, const unit *u)
{
    const distill_attention_batch *b = j->batch;
    size_t Dh = b->Dh, stride = head_stride(Dh);
    float *v = sum + TILE;
    for (size_t r = 0; r < queries.count; r++) {
        most[r] = -INFINITY;
        sum[r] = 0;
    }
    size_t first = first_key_tile(j, queries.first);
    for (size_t tile = first; tile <= u->tile; tile++) {
        span keys = tile_span(j, u->document, tile);
        multiply_transposed(j, scores, q, transposed(j, j->kt, keys, u->head), queries, keys);
        absorb_tile(j, scores, most, sum, out, queries, keys);
        gather(j, v, j->v, keys, u->head, b->Hkv);
        small_product p = {.c = out,
                           .ldc = stride,
                           .a = scores,
                           .a_row = STRIDE,
                           .a_col = 1,
                           .b = v,
                           .ldb = stride,
                           .M = queries.count,
                           .N = Dh,
                           .K = keys.count,
                           .add = tile > first};
        multiply_rows(j, p, on_diagonal(queries, keys));
    }
}

static void forward_head(attention_job *j, span queries, const unit *u, size_t head, float *scratch)
{
    const distill_attention_batch *b = j->batch;
    size_t Dh = b->Dh, stride = head_stride(Dh);
    float *scores = scratch, *out = scores + WORKER_TILES * TILE * STRIDE;
    float *q = out + TILE * stride, *most = q + TILE * stride, *sum = most + TILE;
    gather(j, q, j->q, queries, head, b->H);
    forward_rows(j, out, most, sum, q, scores, queries, u);
    for (size_t r = 0; r < queries.count; r++) {
        float *to = j->out + ((queries.row + r) * b->H + head) * Dh;
        memcpy(to, out + r * stride, Dh * sizeof *to);
        j->kernels->multiply(to, 1.0f / sum[r], Dh);
        j->lse[(queries.row + r) * b->H + head] = (most[r] + log2f(sum[r])) * LN_2;
    }
}

static void forward_unit(attention_job *j, const unit *u, float *scratch)
{
    size_t group = j->batch->H / j->batch->Hkv;
    span queries = tile_span(j, u->document, u->tile);
    for (size_t head = u->head * group; head < (u->head + 1) * group; head++)
        forward_head(j, queries, u, head, scratch);
}

void distill_attention_forward(float *out, float *lse, const float *q, const float *k,
                               const float *v, const distill_attention_batch *batch, float *scratch)
{
    attention_job job = {.batch = batch,
                         .kernels = kernel_set_chosen()->vector,
                         .out = out,
                         .lse = lse,
                         .q = q,
                         .k = k,
                         .v = v};
    divide_scratch(&job, scratch);
    run_units(&job, all_tiles, transpose_unit);
    run_units(&job, all_tiles, forward_unit);
}

// ---- backward -----------------------------------------------------------------------------------
//
//     p = exp(scale q k^T - lse)     dp = dout v^T     ds = p (dp - delta) scale,  delta = sum_d dout out
//     dv += p^T dout                 dq += ds k        dk += ds^T q

typedef enum wanted { WANT_QUERIES = 1, WANT_KEYS = 2 } wanted;

/// A tile of queries of a head.
typedef struct query_tile {
    span rows;
    size_t head;
    float *q, *dout, *k; // gathered, rows of a head's stride; k of the current tile of keys
    float *p, *gradient; // TILE x STRIDE: scores, then p; dp, then ds
} query_tile;

static query_tile take_queries(const attention_job *j, span rows, size_t head, float *scratch)
{
    query_tile t = {rows, head, .p = scratch, .gradient = scratch + TILE * STRIDE};
    t.q = t.gradient + TILE * STRIDE;
    t.dout = t.q + TILE * head_stride(j->batch->Dh);
    t.k = t.dout + TILE * head_stride(j->batch->Dh);
    gather(j, t.q, j->q, rows, head, j->batch->H);
    gather(j, t.dout, j->dout, rows, head, j->batch->H);
    return t;
}

/// p and ds of a tile, from scores and dp.
static void tile_gradient(const attention_job *j, const query_tile *t, span keys)
{
    const distill_attention_batch *b = j->batch;
    for (size_t r = 0; r < t->rows.count; r++) {
        size_t low, high, at = (t->rows.row + r) * b->H + t->head;
        float *row = t->p + r * STRIDE, *gradient = t->gradient + r * STRIDE;
        visible(j, t->rows.first + r, keys, &low, &high);
        size_t seen = fill_row(row, low, high, keys.count, -INFINITY) - low;
        fill_row(gradient, low, high, keys.count, 0);
        if (seen == 0)
            continue;
        j->kernels->exp2_row(row + low, row + low, seen, b->scale * LOG2_E,
                             j->given_lse[at] * LOG2_E);
        j->kernels->softmax_gradient(gradient + low, row + low, j->delta[at], b->scale, seen);
    }
}

/// dv += p^T dout, dk += ds^T q
static void add_to_keys(attention_job *j, const query_tile *t, span keys, size_t kv_head)
{
    size_t Dh = j->batch->Dh, floats = j->batch->Hkv * Dh;
    small_product to_v = {.c = j->dv + keys.row * floats + kv_head * Dh,
                          .ldc = floats,
                          .a = t->p,
                          .a_row = 1,
                          .a_col = STRIDE,
                          .b = t->dout,
                          .ldb = head_stride(Dh),
                          .M = keys.count,
                          .N = Dh,
                          .K = t->rows.count,
                          .add = true};
    small_product to_k = to_v;
    to_k.c = j->dk + keys.row * floats + kv_head * Dh;
    to_k.a = t->gradient;
    to_k.b = t->q;
    multiply_columns(j, to_v, on_diagonal(t->rows, keys));
    multiply_columns(j, to_k, on_diagonal(t->rows, keys));
}

/// dq (+)= ds k
static void add_to_queries(attention_job *j, const query_tile *t, span keys, size_t kv_head,
                           bool add)
{
    const distill_attention_batch *b = j->batch;
    size_t Dh = b->Dh;
    small_product to_q = {.c = j->dq + (t->rows.row * b->H + t->head) * Dh,
                          .ldc = b->H * Dh,
                          .a = t->gradient,
                          .a_row = STRIDE,
                          .a_col = 1,
                          .b = t->k,
                          .ldb = head_stride(Dh),
                          .M = t->rows.count,
                          .N = Dh,
                          .K = keys.count,
                          .add = add};
    gather(j, t->k, j->k, keys, kv_head, b->Hkv);
    multiply_rows(j, to_q, on_diagonal(t->rows, keys));
}

static void recompute_tile(attention_job *j, const query_tile *t, span keys, size_t kv_head)
{
    multiply_transposed(j, t->p, t->q, transposed(j, j->kt, keys, kv_head), t->rows, keys);
    multiply_transposed(j, t->gradient, t->dout, transposed(j, j->vt, keys, kv_head), t->rows,
                        keys);
    tile_gradient(j, t, keys);
}

/// All tiles of one tile of queries, for one key/value head.
static void backward_queries(attention_job *j, const unit *u, size_t query_tile_index, size_t head,
                             float *scratch, wanted want)
{
    span rows = tile_span(j, u->document, query_tile_index);
    query_tile t = take_queries(j, rows, head, scratch);
    size_t first = first_key_tile(j, rows.first);
    for (size_t tile = first; tile <= query_tile_index; tile++) {
        span keys = tile_span(j, u->document, tile);
        recompute_tile(j, &t, keys, u->head);
        if (want & WANT_KEYS)
            add_to_keys(j, &t, keys, u->head);
        add_to_queries(j, &t, keys, u->head, tile > first);
    }
}

/// One past the last tile of queries that sees a tile of keys.
static size_t end_of_queries(const attention_job *j, span keys, size_t document)
{
    size_t window = j->batch->window, tiles = all_tiles(j, document);
    return window > 0 ? least(tiles, (keys.first + keys.count - 1 + window - 1) / TILE + 1) : tiles;
}

static void backward_whole(attention_job *j, const unit *u, float *scratch)
{
    size_t group = j->batch->H / j->batch->Hkv;
    for (size_t head = u->head * group; head < (u->head + 1) * group; head++)
        for (size_t tile = 0; tile < all_tiles(j, u->document); tile++)
            backward_queries(j, u, tile, head, scratch, WANT_QUERIES | WANT_KEYS);
}

static void backward_shared_queries(attention_job *j, const unit *u, float *scratch)
{
    size_t group = j->batch->H / j->batch->Hkv;
    for (size_t head = u->head * group; head < (u->head + 1) * group; head++)
        backward_queries(j, u, u->tile, head, scratch, WANT_QUERIES);
}

static void backward_shared_keys(attention_job *j, const unit *u, float *scratch)
{
    size_t group = j->batch->H / j->batch->Hkv;
    span keys = tile_span(j, u->document, u->tile);
    size_t end = end_of_queries(j, keys, u->document);
    for (size_t head = u->head * group; head < (u->head + 1) * group; head++)
        for (size_t tile = u->tile; tile < end; tile++) {
            query_tile t = take_queries(j, tile_span(j, u->document, tile), head, scratch);
            recompute_tile(j, &t, keys, u->head);
            add_to_keys(j, &t, keys, u->head);
        }
}

/// Rows begin … end-1: delta, and zeros in dk and dv, to which several tiles of queries add.
static void prepare_rows(void *context, size_t begin, size_t end, int worker)
{
    const attention_job *j = context;
    const distill_attention_batch *b = j->batch;
    size_t Dh = b->Dh, k_floats = b->Hkv * Dh;
    (void)worker;
    for (size_t i = begin * b->H; i < end * b->H; i++)
        j->delta[i] = j->kernels->dot(j->dout + i * Dh, j->o + i * Dh, Dh);
    memset(j->dk + begin * k_floats, 0, (end - begin) * k_floats * sizeof(float));
    memset(j->dv + begin * k_floats, 0, (end - begin) * k_floats * sizeof(float));
}

void distill_attention_backward(float *dq, float *dk, float *dv, const float *dout, const float *q,
                                const float *k, const float *v, const float *out, const float *lse,
                                const distill_attention_batch *batch, float *scratch)
{
    attention_job job = {.batch = batch,
                         .kernels = kernel_set_chosen()->vector,
                         .dq = dq,
                         .dk = dk,
                         .dv = dv,
                         .q = q,
                         .k = k,
                         .v = v,
                         .dout = dout,
                         .o = out,
                         .given_lse = lse};
    divide_scratch(&job, scratch);
    distill_parallel_pieces(prepare_rows, &job, batch->starts[batch->documents], 32);
    run_units(&job, all_tiles, transpose_unit);
    run_units(&job, whole_documents, backward_whole);
    run_units(&job, tiles_of_shared_documents, backward_shared_keys);
    run_units(&job, tiles_of_shared_documents, backward_shared_queries);
}
