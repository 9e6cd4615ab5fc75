// distill/tensor/cpu/decode_products_body.h - private: the products of decode_kernels.h, included by
// decode_kernels.c once an instruction set, before decode_kernels_body.h; see there for the macros.
//
// A tile of R rows by C panels stays in registers over all of K. Rows are cut into tiles of nearly
// equal height: 8 rows are 4 + 4, since 6 + 2 would leave the second tile waiting for its own sums.

enum { NAME(REGISTERS) = PANEL_WIDTH / VEC_LANES, NAME(MOST) = 6 };

/// Height of the next tile of `rows` rows.
INLINE size_t NAME(height)(size_t rows)
{
    size_t tiles = (rows + NAME(MOST) - 1) / NAME(MOST);
    return (rows + tiles - 1) / tiles;
}

// ---- float32 and bfloat16 -----------------------------------------------------------------------

/// Four bytes a lane: a float32 weight, or two bfloat16 ones of an even and the odd k behind it.
INLINE VEC_MASK NAME(lanes)(const char *line, int c)
{
    VEC_MASK lanes;
    memcpy(&lanes, line + (size_t)c * sizeof lanes, sizeof lanes);
    return lanes;
}

/// R and C are constants after inlining, and so is `half` (bfloat16).
INLINE void NAME(tile)(const panel_tile_job *job, const int R, const int C, const bool half)
{
    const int width = C * NAME(REGISTERS);
    const VEC_MASK upper = (VEC_MASK){0} + (int32_t)0xffff0000;
    const size_t K = job->K, panel_bytes = job->panel_bytes;
    const size_t x_stride = job->x_stride, out_stride = job->out_stride;
    const float *x = job->x;
    const char *panels = job->panels, *fetch = job->fetch;
    float *out = job->out;
    vec sum[NAME(MOST)][PANEL_PAIR_MOST * NAME(REGISTERS)], w[PANEL_PAIR_MOST * NAME(REGISTERS)];
    size_t k = 0, step = half ? 2 : 1;
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < width; c++) sum[r][c] =
        job->add ? VEC_LOAD(out + (size_t)r * out_stride + c * VEC_LANES) : VEC_ZERO();
    for (; k < K; k += step, panels += PANEL_LINE, fetch += job->fetch_step) {
        UNROLL for (int c = 0; c < width; c++)
        {
            VEC_MASK both = NAME(lanes)(panels + (size_t)(c / NAME(REGISTERS)) * panel_bytes,
                                        c % NAME(REGISTERS));
            w[c] = half ? (vec)(both << 16) : (vec)both;
        }
        UNROLL for (int c = 0; c < C; c++) __builtin_prefetch(fetch + (size_t)c * panel_bytes);
        UNROLL for (int r = 0; r < R; r++)
        {
            vec v = VEC_SET1(x[(size_t)r * x_stride + k]);
            UNROLL for (int c = 0; c < width; c++) sum[r][c] = VEC_FMA(v, w[c], sum[r][c]);
        }
        if (!half || k + 1 == K)
            continue;
        const char *again = panels; // read twice: registers are scarcer than loads
        __asm__("" : "+r"(again));
        UNROLL for (int c = 0; c < width; c++) w[c] =
            (vec)(NAME(lanes)(again + (size_t)(c / NAME(REGISTERS)) * panel_bytes,
                              c % NAME(REGISTERS)) &
                  upper);
        UNROLL for (int r = 0; r < R; r++)
        {
            vec v = VEC_SET1(x[(size_t)r * x_stride + k + 1]);
            UNROLL for (int c = 0; c < width; c++) sum[r][c] = VEC_FMA(v, w[c], sum[r][c]);
        }
    }
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < width; c++)
        VEC_STORE(out + (size_t)r * out_stride + c * VEC_LANES, sum[r][c]);
}

#define TILE(R, C)                                                                                 \
    static void NAME(tile_##R##x##C)(const panel_tile_job *job)                                    \
    {                                                                                              \
        NAME(tile)(job, R, C, false);                                                              \
    }                                                                                              \
    static void NAME(half_tile_##R##x##C)(const panel_tile_job *job)                               \
    {                                                                                              \
        NAME(tile)(job, R, C, true);                                                               \
    }
TILE(1, 1)
TILE(2, 1)
TILE(3, 1)
TILE(4, 1)
TILE(5, 1)
TILE(6, 1)
TILE(1, 2)
TILE(2, 2)
TILE(3, 2)
TILE(1, 4)
#if VEC_LANES == 16 // twice the registers, each twice as wide: 6 x 2 panels fit
TILE(4, 2)
TILE(5, 2)
TILE(6, 2)
TILE(2, 4)
TILE(3, 4)
#endif
#undef TILE

/// Tiles by [rows - 1]: of one panel, and of 2 and 4 where that gives enough independent sums.
static const panel_tile NAME(tiles)[2][3][NAME(MOST)] = {
#if VEC_LANES == 16
#define WIDE(tile)                                                                                 \
    {NAME(tile##_1x2), NAME(tile##_2x2), NAME(tile##_3x2),                                         \
     NAME(tile##_4x2), NAME(tile##_5x2), NAME(tile##_6x2)},                                        \
    {                                                                                              \
        NAME(tile##_1x4), NAME(tile##_2x4), NAME(tile##_3x4)                                       \
    }
#else
#define WIDE(tile)                                                                                 \
    {NAME(tile##_1x2), NAME(tile##_2x2), NAME(tile##_3x2)},                                        \
    {                                                                                              \
        NAME(tile##_1x4)                                                                           \
    }
#endif
#define TILES(tile)                                                                                \
    {                                                                                              \
        {NAME(tile##_1x1), NAME(tile##_2x1), NAME(tile##_3x1),                                     \
         NAME(tile##_4x1), NAME(tile##_5x1), NAME(tile##_6x1)},                                    \
            WIDE(tile)                                                                             \
    }
    TILES(tile), TILES(half_tile)
#undef TILES
#undef WIDE
};

/// What is to be read next is fetched by all tiles in turn, each its share of a line for a line.
static void NAME(product)(float *out, size_t out_stride, const float *x, size_t x_stride,
                          const panel_view *panels, size_t rows, size_t K, bool add)
{
    bool half = panels->type == PANEL_BF16;
    const panel_tile(*tiles)[NAME(MOST)] = NAME(tiles)[half];
    size_t turns = (rows + NAME(MOST) - 1) / NAME(MOST), lines = half ? (K + 1) / 2 : K;
    panel_tile_job job = {.out_stride = out_stride,
                          .x_stride = x_stride,
                          .panel_bytes = panels->bytes,
                          .K = K,
                          .add = add,
                          .fetch_step = (PANEL_LINE + turns - 1) / turns};
    ptrdiff_t ahead = panels->ahead;
    for (size_t r = 0, height; r < rows;
         r += height, ahead += (ptrdiff_t)(lines * job.fetch_step)) {
        height = NAME(height)(rows - r);
        job.x = x + r * x_stride;
        for (size_t p = 0; p < panels->count;) {
            size_t left = panels->count - p;
            int width = left >= 4 ? 2 : left >= 2 ? 1 : 0; // 2^width panels
            while (tiles[width][height - 1] == NULL)
                width--;
            job.out = out + r * out_stride + p * PANEL_WIDTH;
            job.panels = (const char *)panels->weights + p * panels->bytes;
            job.fetch = job.panels + ahead;
            tiles[width][height - 1](&job);
            p += (size_t)1 << width;
        }
    }
}
