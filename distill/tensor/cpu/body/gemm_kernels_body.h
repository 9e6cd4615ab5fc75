// distill/tensor/cpu/body/gemm_kernels_body.h - private: the kernels of gemm_kernels.h for one
// instruction set; included once by the file that is compiled for that set.
//
// The including file defines, before it includes this one:
//     vec, LANES                    the register type and its number of floats
//     LOAD, STORE, SET1, FMA(a, b, c) = a b + c
//     ROWS, DEPTH                   of the register tile (its columns are 2 LANES); gemm_kernels.depth
//     TRANSPOSE(out, width, from, stride, lanes, dtype)
//                                   out[k * width + i] = from[i * stride + k] for k = 0 … 7, i < lanes <= 8
//     WIDEN(out, from)              eight bfloat16 to float32
// and after it a table with GEMM_KERNELS.
#include "distill/tensor/cpu/kernel_tables.h"
#include "distill/tensor/cpu/vector_extensions.h"

#define COLS (2 * LANES)
#define STEP(a, b)                                                                                 \
    do {                                                                                           \
        vec left = LOAD(b), right = LOAD((b) + LANES);                                             \
        UNROLL for (int r = 0; r < R; r++)                                                         \
        {                                                                                          \
            vec value = SET1((a)[r]);                                                              \
            sum[r][0] = FMA(value, left, sum[r][0]);                                               \
            sum[r][1] = FMA(value, right, sum[r][1]);                                              \
        }                                                                                          \
    } while (0)

// ---- the register tile --------------------------------------------------------------------------

/// A register tile: its part of C, base and bias, and its panels.
typedef struct tile_operands {
    float *c;
    const float *base, *bias;
    const float *a, *b;
    size_t cols;
} tile_operands;

/// R rows of a tile; R is a constant after inlining, so that the sums stay in registers.
INLINE void multiply_tile(const gemm_block *p, const tile_operands *at, const int R)
{
    float *c = at->c;
    const float *base = at->base, *bias = at->bias, *a = at->a, *b = at->b;
    size_t cols = at->cols, k = 0;
    vec sum[ROWS][2];
    UNROLL for (int i = 0; i < R; i++)
    {
        sum[i][0] = sum[i][1] = SET1(0.0f);
        __builtin_prefetch(c + (size_t)i * p->c_stride, 1);
        __builtin_prefetch(c + (size_t)i * p->c_stride + COLS - 1, 1);
    }
    for (; k + 4 <= p->depth; k += 4)
        UNROLL for (int i = 0; i < 4; i++, a += ROWS, b += COLS) STEP(a, b);
    for (; k < p->depth; k++, a += ROWS, b += COLS)
        STEP(a, b);
    if (cols == COLS) {
        UNROLL for (int i = 0; i < R; i++) UNROLL for (int j = 0; j < 2; j++)
        {
            vec v = sum[i][j];
            if (base != NULL)
                v += LOAD(base + (size_t)i * p->base_stride + j * LANES);
            if (bias != NULL)
                v += LOAD(bias + j * LANES);
            STORE(c + (size_t)i * p->c_stride + j * LANES, v);
        }
        return;
    }
    UNROLL for (int i = 0; i < R; i++)
    {
        float row[COLS];
        STORE(row, sum[i][0]);
        STORE(row + LANES, sum[i][1]);
        for (size_t j = 0; j < cols; j++)
            c[(size_t)i * p->c_stride + j] =
                row[j] + (base != NULL ? base[(size_t)i * p->base_stride + j] : 0.0f) +
                (bias != NULL ? bias[j] : 0.0f);
    }
}

#define TILE_OF(R)                                                                                 \
    static void tile_##R(const gemm_block *p, const tile_operands *at)                             \
    {                                                                                              \
        multiply_tile(p, at, R);                                                                   \
    }
TILE_OF(1)
TILE_OF(2)
TILE_OF(3)
TILE_OF(4)
#if ROWS > 4
TILE_OF(5)
TILE_OF(6)
#endif
#if ROWS > 6
TILE_OF(7)
TILE_OF(8)
TILE_OF(9)
TILE_OF(10)
TILE_OF(11)
TILE_OF(12)
TILE_OF(13)
TILE_OF(14)
#endif

typedef void (*tile_fn)(const gemm_block *p, const tile_operands *at);

/// By rows - 1.
static const tile_fn TILES[ROWS] = {
    tile_1, tile_2, tile_3, tile_4,
#if ROWS > 4
    tile_5, tile_6,
#endif
#if ROWS > 6
    tile_7, tile_8, tile_9, tile_10, tile_11, tile_12, tile_13, tile_14,
#endif
};

/// A panel of B stays in the first-level cache while all panels of A are multiplied by it.
static void multiply(const gemm_block *p)
{
    for (size_t n = 0; n < p->cols; n += COLS) {
        tile_operands at = {.a = p->a,
                            .b = p->b + n / COLS * p->b_stride,
                            .bias = p->bias != NULL ? p->bias + n : NULL,
                            .cols = p->cols - n < COLS ? p->cols - n : COLS};
        for (size_t m = 0; m < p->rows; m += ROWS, at.a += p->a_stride) {
            size_t rows = p->rows - m < ROWS ? p->rows - m : ROWS;
            at.c = p->c + m * p->c_stride + n;
            at.base = p->base != NULL ? p->base + m * p->base_stride + n : NULL;
            TILES[rows - 1](p, &at);
        }
    }
}

// ---- packing ------------------------------------------------------------------------------------

INLINE float element_at(const gemm_operand *from, size_t i, size_t k)
{
    size_t at = from->k_contiguous ? i * from->stride + k : k * from->stride + i;
    if (from->dtype == DISTILL_F32)
        return ((const float *)from->data)[at];
    return widen_bfloat((const uint16_t *)from->data + at);
}

/// Elements one by one, for edges: absent lanes are 0.
static void pack_edge(float *panel, const gemm_operand *from, size_t width, size_t first,
                      size_t lanes, size_t k_first, size_t depth)
{
    for (size_t k = 0; k < depth; k++)
        for (size_t i = 0; i < width; i++)
            panel[k * width + i] = i < lanes ? element_at(from, first + i, k_first + k) : 0.0f;
}

/// A whole panel of an operand whose rows run along k. `width` and `dtype` are constants after
/// inlining.
INLINE void transpose_panel(float *panel, const gemm_packing *p, size_t first, const size_t width,
                            const distill_dtype dtype)
{
    size_t bytes = dtype == DISTILL_F32 ? 4 : 2, stride = p->from->stride, k = 0;
    const char *from = (const char *)p->from->data + (first * stride + p->k_first) * bytes;
    for (; k + 8 <= p->depth; k += 8)
        UNROLL for (size_t i = 0; i < width; i += 8)
            TRANSPOSE(panel + k * width + i, width, from + (i * stride + k) * bytes, stride,
                      width - i < 8 ? width - i : 8, dtype);
    pack_edge(panel + k * width, p->from, width, first, width, p->k_first + k, p->depth - k);
}

/// Panels of an operand whose rows run along i. A few rows at a time, so that reads and writes are
/// both mostly sequential.
INLINE void copy_panels(const gemm_packing *p, size_t panels, const size_t width,
                        const distill_dtype dtype)
{
    enum { ROWS_AT_ONCE = 8 };
    const size_t bytes = dtype == DISTILL_F32 ? 4 : 2, row = p->from->stride * bytes;
    const char *rows =
        (const char *)p->from->data + (p->k_first * p->from->stride + p->first) * bytes;
    for (size_t begin = 0; begin < p->depth; begin += ROWS_AT_ONCE, rows += ROWS_AT_ONCE * row) {
        size_t count = p->depth - begin < ROWS_AT_ONCE ? p->depth - begin : ROWS_AT_ONCE;
        for (size_t n = 0; n < panels; n++) {
            float *to = p->panels + n * p->panel_stride + begin * width;
            const char *from = rows + n * width * bytes;
            for (size_t k = 0; k < count; k++, from += row, to += width) {
                __builtin_prefetch(from + ROWS_AT_ONCE * row);
                if (dtype == DISTILL_F32)
                    memcpy(to, from, width * sizeof *to);
                else
                    UNROLL for (size_t i = 0; i < width; i += 8) WIDEN(to + i, from + i * bytes);
            }
        }
    }
}

INLINE void pack(const gemm_packing *p, const size_t width, const distill_dtype dtype)
{
    size_t whole = p->count / width, rest = p->count % width;
    if (p->from->k_contiguous)
        for (size_t n = 0; n < whole; n++)
            transpose_panel(p->panels + n * p->panel_stride, p, p->first + n * width, width, dtype);
    else
        copy_panels(p, whole, width, dtype);
    if (rest > 0)
        pack_edge(p->panels + whole * p->panel_stride, p->from, width, p->first + whole * width,
                  rest, p->k_first, p->depth);
}

/// A holds activations or their gradients, always float32.
static void pack_a(const gemm_packing *p)
{
    pack(p, ROWS, DISTILL_F32);
}

static void pack_b(const gemm_packing *p)
{
    if (p->from->dtype == DISTILL_F32)
        pack(p, COLS, DISTILL_F32);
    else
        pack(p, COLS, DISTILL_BF16);
}

/// The initialiser of a table of these kernels.
#define GEMM_KERNELS(set_name)                                                                     \
    {                                                                                              \
        .name = set_name, .rows = ROWS, .cols = COLS, .depth = DEPTH, .multiply = multiply,        \
        .pack_a = pack_a, .pack_b = pack_b                                                         \
    }
