#include "distill/tensor/attention.h"

#include "distill/base/threads.h"
#include "distill/tensor/vector_kernels.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum {
    TILE = 64,               // queries and keys of a tile
    LONG_DOCUMENT = 64 * 64, // from here on a document's backward pass is shared by several threads
    WORKER_TILES = 2         // TILE x TILE: scores and their gradient
};

typedef struct attention_job {
    const distill_attention_batch *batch;
    const vector_kernels *kernels;
    float *out, *lse, *dq, *dk, *dv;
    const float *q, *k, *v, *dout, *o, *given_lse;
    float *kt, *vt; // keys and values transposed tile by tile, see transpose_tiles
    float *delta;   // [N, H] sum_d dout out
    float *workers; // worker_floats(Dh) for each thread
    atomic_size_t next;
} attention_job;

/// One unit of work: a tile of a document, or all of it, for one key/value head and its query heads.
typedef struct unit {
    size_t document, tile, head;
} unit;

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t tiles_in(size_t length)
{
    return (length + TILE - 1) / TILE;
}

static size_t worker_floats(size_t Dh)
{
    return WORKER_TILES * TILE * TILE + 4 * TILE * Dh + 4 * TILE;
}

size_t distill_attention_scratch(size_t N, size_t H, size_t Hkv, size_t Dh)
{
    return (size_t)distill_threads() * worker_floats(Dh) + 2 * N * Hkv * Dh + N * H + 64;
}

/// Hands out the scratch: for each worker, then kt, vt and delta.
static void share_scratch(attention_job *j, float *scratch)
{
    const distill_attention_batch *b = j->batch;
    size_t N = b->starts[b->documents];
    j->workers = scratch;
    j->kt = scratch + (size_t)distill_threads() * worker_floats(b->Dh);
    j->vt = j->kt + N * b->Hkv * b->Dh;
    j->delta = j->vt + N * b->Hkv * b->Dh;
}

// ---- handing out work --------------------------------------------------------------------------------------

typedef size_t (*units_of_fn)(const attention_job *j, size_t document);
typedef void (*unit_fn)(attention_job *j, const unit *u, float *scratch);

typedef struct hand_out {
    attention_job *job;
    units_of_fn tiles_of; // units a head has in a document
    unit_fn fn;
} hand_out;

/// Each worker takes the next unit that nobody has taken. Units are disjoint, so who takes which does not matter.
static void take_units(void *context, size_t begin, size_t end, int worker)
{
    const hand_out *h = context;
    attention_job *j = h->job;
    const distill_attention_batch *b = j->batch;
    float *scratch = j->workers + (size_t)worker * worker_floats(b->Dh);
    size_t passed = 0; // units of the documents before this one
    unit u = {0, 0, 0};
    (void)begin;
    (void)end;
    for (;;) {
        size_t taken = atomic_fetch_add(&j->next, 1);
        while (u.document < b->documents && taken >= passed + b->Hkv * h->tiles_of(j, u.document)) {
            passed += b->Hkv * h->tiles_of(j, u.document);
            u.document++;
        }
        if (u.document == b->documents)
            return;
        u.head = (taken - passed) % b->Hkv;
        u.tile = (taken - passed) / b->Hkv;
        h->fn(j, &u, scratch);
    }
}

static void run_units(attention_job *j, units_of_fn tiles_of, unit_fn fn)
{
    hand_out h = {j, tiles_of, fn};
    atomic_store(&j->next, 0);
    distill_parallel_for(take_units, &h, (size_t)distill_threads(), 1);
}

static size_t document_length(const attention_job *j, size_t document)
{
    return j->batch->starts[document + 1] - j->batch->starts[document];
}

static size_t every_tile(const attention_job *j, size_t document)
{
    return tiles_in(document_length(j, document));
}

static size_t short_documents(const attention_job *j, size_t document)
{
    return document_length(j, document) < LONG_DOCUMENT ? 1 : 0;
}

static size_t tiles_of_long_documents(const attention_job *j, size_t document)
{
    return short_documents(j, document) ? 0 : every_tile(j, document);
}

// ---- tiles -------------------------------------------------------------------------------------------------

/// Rows `row` … of a tile of a document, for one head.
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
        for (size_t first = 0; first < b->Dh; first += 16) // a cache line of each row
            for (size_t d = first; d < least(first + 16, b->Dh); d++)
                for (size_t r = 0; r < keys.count; r++)
                    to[d * keys.count + r] = from[r * b->Hkv * b->Dh + d];
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

/// Zeros where a row sees nothing.
static void blank(float *row, size_t low, size_t high, size_t count)
{
    memset(row, 0, low * sizeof *row);
    memset(row + high, 0, (count - high) * sizeof *row);
}

// On the diagonal the tile of queries is the tile of keys and sees only those before it. Products there leave
// out what is above the diagonal, but for a step:
//
//     [ # . . ]      COLUMN_STEP columns of scores: only the rows from there on
//     [ # # . ]      ROW_STEP rows times something: only the keys up to there
//     [ # # # ]      ROW_STEP keys summed over queries: only the queries from there on
enum { COLUMN_STEP = 16, ROW_STEP = 24 };

static bool on_diagonal(span queries, span keys)
{
    return queries.row == keys.row;
}

/// C += P B, rows of P without what is above the diagonal.
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

/// C += P^T B, likewise: a key is seen by the queries from its own on.
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
        small_product p = {.c = scores + first * TILE + n,
                           .ldc = TILE,
                           .a = rows + first * j->batch->Dh,
                           .a_row = j->batch->Dh,
                           .a_col = 1,
                           .b = block + n,
                           .ldb = keys.count,
                           .M = queries.count - first,
                           .N = least(step, keys.count - n),
                           .K = j->batch->Dh};
        j->kernels->multiply_small(&p);
    }
}

/// Copies a head's rows next to each other: later products read them several times.
static void gather(float *to, const float *from, size_t row_floats, size_t Dh, size_t rows)
{
    for (size_t r = 0; r < rows; r++)
        memcpy(to + r * Dh, from + r * row_floats, Dh * sizeof *to);
}

// ---- forward -----------------------------------------------------------------------------------------------

/// Scores become exp(score - new maximum); what was summed before is rescaled to it.
static void absorb_tile(const attention_job *j, float *scores, float *most, float *sum, float *out,
                        span queries, span keys)
{
    float scale = j->batch->scale;
    for (size_t r = 0; r < queries.count; r++) {
        float *row = scores + r * TILE;
        size_t low, high;
        visible(j, queries.first + r, keys, &low, &high);
        blank(row, low, high, keys.count);
        if (low == high)
            continue;
        float peak = scale * j->kernels->maximum(row + low, high - low);
        if (peak > most[r]) {
            float shrink = expf(most[r] - peak);
            j->kernels->multiply(out + r * j->batch->Dh, shrink, j->batch->Dh);
            sum[r] *= shrink;
            most[r] = peak;
        }
        sum[r] += j->kernels->exp_row(row + low, row + low, high - low, scale, most[r]);
    }
}

static void forward_head(attention_job *j, span queries, const unit *u, size_t head, float *scratch)
{
    const distill_attention_batch *b = j->batch;
    size_t Dh = b->Dh, row_floats = b->H * Dh;
    float *scores = scratch, *out = scores + WORKER_TILES * TILE * TILE;
    float *q = out + TILE * Dh, *most = q + TILE * Dh, *sum = most + TILE;
    gather(q, j->q + queries.row * row_floats + head * Dh, row_floats, Dh, queries.count);
    memset(out, 0, queries.count * Dh * sizeof *out);
    for (size_t r = 0; r < queries.count; r++) {
        most[r] = -INFINITY;
        sum[r] = 0;
    }
    for (size_t tile = first_key_tile(j, queries.first); tile <= u->tile; tile++) {
        span keys = tile_span(j, u->document, tile);
        multiply_transposed(j, scores, q, transposed(j, j->kt, keys, u->head), queries, keys);
        absorb_tile(j, scores, most, sum, out, queries, keys);
        small_product p = {.c = out,
                           .ldc = Dh,
                           .a = scores,
                           .a_row = TILE,
                           .a_col = 1,
                           .b = j->v + (keys.row * b->Hkv + u->head) * Dh,
                           .ldb = b->Hkv * Dh,
                           .M = queries.count,
                           .N = Dh,
                           .K = keys.count,
                           .add = true};
        multiply_rows(j, p, on_diagonal(queries, keys));
    }
    for (size_t r = 0; r < queries.count; r++) {
        float *to = j->out + (queries.row + r) * row_floats + head * Dh;
        memcpy(to, out + r * Dh, Dh * sizeof *to);
        j->kernels->multiply(to, 1.0f / sum[r], Dh);
        j->lse[(queries.row + r) * b->H + head] = most[r] + logf(sum[r]);
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
                         .kernels = vector_kernels_chosen(),
                         .out = out,
                         .lse = lse,
                         .q = q,
                         .k = k,
                         .v = v};
    share_scratch(&job, scratch);
    run_units(&job, every_tile, transpose_unit);
    run_units(&job, every_tile, forward_unit);
}

// ---- backward ----------------------------------------------------------------------------------------------
//
//     p = exp(scale q k^T - lse)     dp = dout v^T     ds = p (dp - delta) scale,  delta = sum_d dout out
//     dv += p^T dout                 dq += ds k        dk += ds^T q

typedef enum wanted { WANT_QUERIES = 1, WANT_KEYS = 2 } wanted;

/// p and ds of a tile, from scores and dp.
static void tile_gradient(const attention_job *j, float *p, float *ds, span queries, span keys,
                          size_t head)
{
    const distill_attention_batch *b = j->batch;
    for (size_t r = 0; r < queries.count; r++) {
        size_t low, high, at = (queries.row + r) * b->H + head;
        float *row = p + r * TILE, *gradient = ds + r * TILE;
        visible(j, queries.first + r, keys, &low, &high);
        blank(row, low, high, keys.count);
        blank(gradient, low, high, keys.count);
        if (low == high)
            continue;
        j->kernels->exp_row(row + low, row + low, high - low, b->scale, j->given_lse[at]);
        j->kernels->softmax_gradient(gradient + low, row + low, j->delta[at], b->scale, high - low);
    }
}

/// One tile's share of dq (rows of the batch) and of dk, dv (tile's own blocks, rows of Dh floats).
static void backward_tile(attention_job *j, span queries, span keys, size_t kv_head, size_t head,
                          float *scratch, wanted want)
{
    const distill_attention_batch *b = j->batch;
    size_t Dh = b->Dh, q_floats = b->H * Dh, k_floats = b->Hkv * Dh;
    float *p = scratch, *ds = p + TILE * TILE;
    float *q = ds + TILE * TILE, *dout = q + TILE * Dh;
    bool diagonal = on_diagonal(queries, keys);
    gather(q, j->q + queries.row * q_floats + head * Dh, q_floats, Dh, queries.count);
    gather(dout, j->dout + queries.row * q_floats + head * Dh, q_floats, Dh, queries.count);
    multiply_transposed(j, p, q, transposed(j, j->kt, keys, kv_head), queries, keys);
    multiply_transposed(j, ds, dout, transposed(j, j->vt, keys, kv_head), queries, keys);
    tile_gradient(j, p, ds, queries, keys, head);
    if (want & WANT_KEYS) {
        small_product to_v = {.c = j->dv + keys.row * k_floats + kv_head * Dh,
                              .ldc = k_floats,
                              .a = p,
                              .a_row = 1,
                              .a_col = TILE,
                              .b = dout,
                              .ldb = Dh,
                              .M = keys.count,
                              .N = Dh,
                              .K = queries.count,
                              .add = true};
        small_product to_k = to_v;
        to_k.c = j->dk + keys.row * k_floats + kv_head * Dh;
        to_k.a = ds;
        to_k.b = q;
        multiply_columns(j, to_v, diagonal);
        multiply_columns(j, to_k, diagonal);
    }
    if (want & WANT_QUERIES) {
        small_product to_q = {.c = j->dq + queries.row * q_floats + head * Dh,
                              .ldc = q_floats,
                              .a = ds,
                              .a_row = TILE,
                              .a_col = 1,
                              .b = j->k + keys.row * k_floats + kv_head * Dh,
                              .ldb = k_floats,
                              .M = queries.count,
                              .N = Dh,
                              .K = keys.count,
                              .add = true};
        multiply_rows(j, to_q, diagonal);
    }
}

/// One past the last tile of queries that sees a tile of keys.
static size_t end_of_queries(const attention_job *j, span keys, size_t document)
{
    size_t window = j->batch->window, tiles = every_tile(j, document);
    return window > 0 ? least(tiles, (keys.first + keys.count - 1 + window - 1) / TILE + 1) : tiles;
}

/// All tiles of one tile of keys.
static void backward_keys(attention_job *j, const unit *u, size_t key_tile, float *scratch,
                          wanted want)
{
    size_t group = j->batch->H / j->batch->Hkv;
    span keys = tile_span(j, u->document, key_tile);
    size_t end = end_of_queries(j, keys, u->document);
    for (size_t head = u->head * group; head < (u->head + 1) * group; head++)
        for (size_t tile = key_tile; tile < end; tile++)
            backward_tile(j, tile_span(j, u->document, tile), keys, u->head, head, scratch, want);
}

static void backward_short(attention_job *j, const unit *u, float *scratch)
{
    for (size_t tile = 0; tile < every_tile(j, u->document); tile++)
        backward_keys(j, u, tile, scratch, WANT_QUERIES | WANT_KEYS);
}

static void backward_long_keys(attention_job *j, const unit *u, float *scratch)
{
    backward_keys(j, u, u->tile, scratch, WANT_KEYS);
}

static void backward_long_queries(attention_job *j, const unit *u, float *scratch)
{
    size_t group = j->batch->H / j->batch->Hkv;
    span queries = tile_span(j, u->document, u->tile);
    for (size_t head = u->head * group; head < (u->head + 1) * group; head++)
        for (size_t tile = first_key_tile(j, queries.first); tile <= u->tile; tile++)
            backward_tile(j, queries, tile_span(j, u->document, tile), u->head, head, scratch,
                          WANT_QUERIES);
}

/// Rows begin … end-1: delta, and zeros where gradients are going to be added.
static void prepare_rows(void *context, size_t begin, size_t end, int worker)
{
    const attention_job *j = context;
    const distill_attention_batch *b = j->batch;
    size_t Dh = b->Dh, q_floats = b->H * Dh, k_floats = b->Hkv * Dh;
    (void)worker;
    for (size_t i = begin * b->H; i < end * b->H; i++)
        j->delta[i] = j->kernels->dot(j->dout + i * Dh, j->o + i * Dh, Dh);
    memset(j->dq + begin * q_floats, 0, (end - begin) * q_floats * sizeof(float));
    memset(j->dk + begin * k_floats, 0, (end - begin) * k_floats * sizeof(float));
    memset(j->dv + begin * k_floats, 0, (end - begin) * k_floats * sizeof(float));
}

void distill_attention_backward(float *dq, float *dk, float *dv, const float *dout, const float *q,
                                const float *k, const float *v, const float *out, const float *lse,
                                const distill_attention_batch *batch, float *scratch)
{
    attention_job job = {.batch = batch,
                         .kernels = vector_kernels_chosen(),
                         .dq = dq,
                         .dk = dk,
                         .dv = dv,
                         .q = q,
                         .k = k,
                         .v = v,
                         .dout = dout,
                         .o = out,
                         .given_lse = lse};
    share_scratch(&job, scratch);
    distill_parallel_for(prepare_rows, &job, batch->starts[batch->documents], 16);
    run_units(&job, every_tile, transpose_unit);
    run_units(&job, short_documents, backward_short);
    run_units(&job, tiles_of_long_documents, backward_long_keys);
    run_units(&job, tiles_of_long_documents, backward_long_queries);
}
