// distill/tensor/cpu/gemm_kernels_body.h - private: included by gemm_kernels.c once an instruction set.
//
// The includer defines NAME(x), the register type `vec` of LANES floats, LOAD, STORE, SET1, FMA(a, b, c) = a b + c,
// ROWS (of the register tile; its columns are 2 LANES), DEPTH, and
// TURN(out, width, from, stride, lanes, dtype): out[k * width + i] = from[i * stride + k] for k = 0 … 7, i < lanes <= 8;
// WIDEN(out, from, dtype): eight elements, one after the other.

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

// ---- the register tile -------------------------------------------------------------------------------------

/// A tile's place: its rows and columns of C, and its panels.
typedef struct NAME(place) {
    float *c;
    const float *base, *bias;
    const float *a, *b;
    size_t cols;
} NAME(place);

/// R rows of a tile; R is a constant after inlining, so that the sums stay in registers.
INLINE void NAME(tile)(const gemm_block *p, const NAME(place) * at, const int R)
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
    static void NAME(tile_##R)(const gemm_block *p, const NAME(place) * at)                        \
    {                                                                                              \
        NAME(tile)(p, at, R);                                                                      \
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
#undef TILE_OF

typedef void (*NAME(tile_fn))(const gemm_block *p, const NAME(place) * at);

/// By rows - 1.
static const NAME(tile_fn) NAME(tiles)[ROWS] = {
    NAME(tile_1),  NAME(tile_2),  NAME(tile_3),  NAME(tile_4),
#if ROWS > 4
    NAME(tile_5),  NAME(tile_6),
#endif
#if ROWS > 6
    NAME(tile_7),  NAME(tile_8),  NAME(tile_9),  NAME(tile_10),
    NAME(tile_11), NAME(tile_12), NAME(tile_13), NAME(tile_14),
#endif
};

/// A panel of B stays in the first cache while the panels of A pass it.
static void NAME(multiply)(const gemm_block *p)
{
    for (size_t n = 0; n < p->cols; n += COLS) {
        NAME(place)
        at = {.a = p->a,
              .b = p->b + n / COLS * p->b_stride,
              .bias = p->bias != NULL ? p->bias + n : NULL,
              .cols = p->cols - n < COLS ? p->cols - n : COLS};
        for (size_t m = 0; m < p->rows; m += ROWS, at.a += p->a_stride) {
            size_t rows = p->rows - m < ROWS ? p->rows - m : ROWS;
            at.c = p->c + m * p->c_stride + n;
            at.base = p->base != NULL ? p->base + m * p->base_stride + n : NULL;
            NAME(tiles)[rows - 1](p, &at);
        }
    }
}

// ---- packing -----------------------------------------------------------------------------------------------

/// Elements one by one, for edges: absent lanes are 0.
static void NAME(pack_edge)(float *panel, const gemm_operand *from, size_t width, size_t first,
                            size_t lanes, size_t k_first, size_t depth)
{
    for (size_t k = 0; k < depth; k++)
        for (size_t i = 0; i < width; i++)
            panel[k * width + i] = i < lanes ? gemm_element(from, first + i, k_first + k) : 0.0f;
}

/// A whole panel of an operand whose rows run along k. `width` and `dtype` are constants after inlining.
INLINE void NAME(turn_panel)(float *panel, const gemm_packing *p, size_t first, const size_t width,
                             const distill_dtype dtype)
{
    size_t bytes = dtype == DISTILL_F32 ? 4 : 2, stride = p->from->stride, k = 0;
    const char *from = (const char *)p->from->data + (first * stride + p->k_first) * bytes;
    for (; k + 8 <= p->depth; k += 8)
        UNROLL for (size_t i = 0; i < width; i += 8)
            TURN(panel + k * width + i, width, from + (i * stride + k) * bytes, stride,
                 width - i < 8 ? width - i : 8, dtype);
    NAME(pack_edge)(panel + k * width, p->from, width, first, width, p->k_first + k, p->depth - k);
}

/// Panels of an operand whose rows run along i: a few rows at a time, so that both sides are read and written
/// in stretches.
INLINE void NAME(copy_panels)(const gemm_packing *p, size_t panels, const size_t width,
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

INLINE void NAME(pack)(const gemm_packing *p, const size_t width, const distill_dtype dtype)
{
    size_t whole = p->count / width, rest = p->count % width;
    if (p->from->k_contiguous)
        for (size_t n = 0; n < whole; n++)
            NAME(turn_panel)
    (p->panels + n * p->panel_stride, p, p->first + n * width, width, dtype);
    else NAME(copy_panels)(p, whole, width, dtype);
    if (rest > 0)
        NAME(pack_edge)
    (p->panels + whole * p->panel_stride, p->from, width, p->first + whole * width, rest,
     p->k_first, p->depth);
}

/// A is what flows through the network, always fp32.
static void NAME(pack_a)(const gemm_packing *p)
{
    NAME(pack)(p, ROWS, DISTILL_F32);
}

static void NAME(pack_b)(const gemm_packing *p)
{
    if (p->from->dtype == DISTILL_F32)
        NAME(pack)(p, COLS, DISTILL_F32);
    else
        NAME(pack)(p, COLS, DISTILL_BF16);
}

static const gemm_kernels NAME(gemm) = {
    .name = KERNEL_NAME,
    .rows = ROWS,
    .cols = COLS,
    .depth = DEPTH,
    .multiply = NAME(multiply),
    .pack_a = NAME(pack_a),
    .pack_b = NAME(pack_b),
};

#undef NAME
#undef KERNEL_NAME
#undef LANES
#undef ROWS
#undef COLS
#undef STEP
#undef DEPTH
#undef LOAD
#undef STORE
#undef SET1
#undef FMA
#undef TURN
#undef WIDEN
#undef vec
