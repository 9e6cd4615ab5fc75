// distill/tensor/cpu/body/decode_products_body.h - private: decode_kernels.product; included by
// decode_kernels_body.h, which lists the macros that must be defined.
//
// A tile of R rows by C panels stays in registers over all of K. Rows are cut into tiles of nearly
// equal height: 8 rows become 4 + 4, because with 6 + 2 the second tile would have too few
// independent sums to hide the latency of one.

/// A tile of rows and panels over all of K.
typedef struct panel_tile_job {
    float *out;
    size_t out_stride;
    const float *x;
    size_t x_stride;
    const char *panels;
    size_t panel_bytes; // from a panel to the next
    size_t K;
    bool add;
    const char *
        prefetch; // address to prefetch for the first panel; advances by prefetch_step bytes a line
    size_t prefetch_step;
} panel_tile_job;

typedef void (*panel_tile)(const panel_tile_job *job);

enum {
    REGISTERS = PANEL_WIDTH / VEC_LANES,
    MOST_ROWS = 6
}; // registers of a panel line; rows of a tile

/// Height of the next tile of `rows` rows.
INLINE size_t tile_height(size_t rows)
{
    size_t tiles = (rows + MOST_ROWS - 1) / MOST_ROWS;
    return (rows + tiles - 1) / tiles;
}

// ---- float32 and bfloat16 -----------------------------------------------------------------------

/// Register c of a panel line. A lane holds four bytes: one float32 weight, or two bfloat16
/// weights, of an even k in the low half and of k + 1 in the high half.
INLINE VEC_MASK load_lanes(const char *line, int c)
{
    VEC_MASK lanes;
    memcpy(&lanes, line + (size_t)c * sizeof lanes, sizeof lanes);
    return lanes;
}

/// R, C and `half` (panels of bfloat16) are constants after inlining.
INLINE void multiply_tile(const panel_tile_job *job, const int R, const int C, const bool half)
{
    const int width = C * REGISTERS;
    const VEC_MASK upper = (VEC_MASK){0} + (int32_t)0xffff0000;
    const size_t K = job->K, panel_bytes = job->panel_bytes;
    const size_t x_stride = job->x_stride, out_stride = job->out_stride;
    const float *x = job->x;
    const char *panels = job->panels, *prefetch = job->prefetch;
    float *out = job->out;
    vec sum[MOST_ROWS][PANEL_PAIR_MOST * REGISTERS], w[PANEL_PAIR_MOST * REGISTERS];
    size_t k = 0, step = half ? 2 : 1;
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < width; c++) sum[r][c] =
        job->add ? VEC_LOAD(out + (size_t)r * out_stride + c * VEC_LANES) : VEC_ZERO();
    for (; k < K; k += step, panels += PANEL_LINE, prefetch += job->prefetch_step) {
        UNROLL for (int c = 0; c < width; c++)
        {
            VEC_MASK both =
                load_lanes(panels + (size_t)(c / REGISTERS) * panel_bytes, c % REGISTERS);
            w[c] = half ? (vec)(both << 16) : (vec)both;
        }
        UNROLL for (int c = 0; c < C; c++) __builtin_prefetch(prefetch + (size_t)c * panel_bytes);
        UNROLL for (int r = 0; r < R; r++)
        {
            vec v = VEC_SET1(x[(size_t)r * x_stride + k]);
            UNROLL for (int c = 0; c < width; c++) sum[r][c] = VEC_FMA(v, w[c], sum[r][c]);
        }
        if (!half || k + 1 == K)
            continue;
        const char *again =
            panels; // loads the line a second time, which costs less than keeping it in registers
        __asm__("" : "+r"(again)); // prevents the compiler from reusing the first load
        UNROLL for (int c = 0; c < width; c++) w[c] =
            (vec)(load_lanes(again + (size_t)(c / REGISTERS) * panel_bytes, c % REGISTERS) & upper);
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
    static void tile_##R##x##C(const panel_tile_job *job)                                          \
    {                                                                                              \
        multiply_tile(job, R, C, false);                                                           \
    }                                                                                              \
    static void half_tile_##R##x##C(const panel_tile_job *job)                                     \
    {                                                                                              \
        multiply_tile(job, R, C, true);                                                            \
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

/// By [bfloat16][log2 of panels][rows - 1]; NULL where the sums of the tile would not fit in the
/// registers.
static const panel_tile TILES[2][3][MOST_ROWS] = {
#if VEC_LANES == 16
#define WIDE(tile)                                                                                 \
    {tile##_1x2, tile##_2x2, tile##_3x2, tile##_4x2, tile##_5x2, tile##_6x2},                      \
    {                                                                                              \
        tile##_1x4, tile##_2x4, tile##_3x4                                                         \
    }
#else
#define WIDE(tile)                                                                                 \
    {tile##_1x2, tile##_2x2, tile##_3x2},                                                          \
    {                                                                                              \
        tile##_1x4                                                                                 \
    }
#endif
#define BY_WIDTH(tile)                                                                             \
    {                                                                                              \
        {tile##_1x1, tile##_2x1, tile##_3x1, tile##_4x1, tile##_5x1, tile##_6x1}, WIDE(tile)       \
    }
    BY_WIDTH(tile), BY_WIDTH(half_tile)};

/// Tiles of rows share the prefetching of the bytes that are read next: each prefetches a part of a
/// line for every line that it reads.
static void product(float *out, size_t out_stride, const float *x, size_t x_stride,
                    const panel_view *panels, size_t rows, size_t K, bool add)
{
    bool half = panels->type == PANEL_BF16;
    const panel_tile(*tiles)[MOST_ROWS] = TILES[half];
    size_t turns = (rows + MOST_ROWS - 1) / MOST_ROWS, lines = half ? (K + 1) / 2 : K;
    panel_tile_job job = {.out_stride = out_stride,
                          .x_stride = x_stride,
                          .panel_bytes = panels->bytes,
                          .K = K,
                          .add = add,
                          .prefetch_step = (PANEL_LINE + turns - 1) / turns};
    ptrdiff_t ahead = panels->ahead;
    for (size_t r = 0, height; r < rows;
         r += height, ahead += (ptrdiff_t)(lines * job.prefetch_step)) {
        height = tile_height(rows - r);
        job.x = x + r * x_stride;
        for (size_t p = 0; p < panels->count;) {
            size_t left = panels->count - p;
            int width = left >= 4 ? 2 : left >= 2 ? 1 : 0; // 2^width panels
            while (tiles[width][height - 1] == NULL)
                width--;
            job.out = out + r * out_stride + p * PANEL_WIDTH;
            job.panels = (const char *)panels->weights + p * panels->bytes;
            job.prefetch = job.panels + ahead;
            tiles[width][height - 1](&job);
            p += (size_t)1 << width;
        }
    }
}
