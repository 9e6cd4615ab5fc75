// distill/tensor/cpu/int8_products.c - see int8_products.h.
#include "distill/tensor/cpu/int8_products.h"

#include <immintrin.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

/// A tile of rows and panels: sums over all of K, then the result.
typedef void (*int8_tile)(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                          const char *panels, size_t panel_bytes, const float *scales, size_t quads,
                          ptrdiff_t ahead);

INLINE const int8_row *row_at(const int8_row *x, size_t x_bytes, size_t r)
{
    return (const int8_row *)((const char *)x + r * x_bytes);
}

/// Four codes as one number, to be spread over all lanes.
INLINE int32_t quad_at(const int8_row *row, size_t q)
{
    int32_t quad;
    memcpy(&quad, row->codes + 4 * q, sizeof quad);
    return quad;
}

/// Walks tiles of at most `most` rows, `wide` panels where there are that many, else one.
typedef struct int8_tiles {
    const int8_tile *one;  // by [rows - 1]
    const int8_tile *many; // likewise, of several panels; NULL where there is none
    size_t most, wide;
} int8_tiles;

INLINE void walk(const int8_tiles *tiles, float *out, size_t out_stride, const int8_row *x,
                 size_t x_bytes, const panel_view *panels, const float *scales, size_t rows,
                 size_t quads)
{
    for (size_t r = 0, height; r < rows; r += height) {
        size_t count = (rows - r + tiles->most - 1) / tiles->most;
        height = (rows - r + count - 1) / count;
        for (size_t p = 0, width; p < panels->count; p += width) {
            int8_tile many = tiles->many[height - 1];
            width = many != NULL && panels->count - p >= tiles->wide ? tiles->wide : 1;
            int8_tile tile = width > 1 ? many : tiles->one[height - 1];
            tile(out + r * out_stride + p * PANEL_WIDTH, out_stride, row_at(x, x_bytes, r), x_bytes,
                 (const char *)panels->weights + p * panels->bytes, panels->bytes,
                 scales + p * PANEL_WIDTH, quads, panels->ahead);
        }
    }
}

// ---- plain C ------------------------------------------------------------------------------------

static void tile_plain(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                       const char *panels, size_t panel_bytes, const float *scales, size_t quads,
                       ptrdiff_t ahead)
{
    int32_t sums[PANEL_WIDTH] = {0};
    const int8_t *weights = (const int8_t *)panels;
    (void)out_stride, (void)x_bytes, (void)panel_bytes, (void)ahead;
    for (size_t q = 0; q < quads; q++, weights += PANEL_LINE)
        for (size_t o = 0; o < PANEL_WIDTH; o++)
            for (size_t k = 0; k < 4; k++)
                sums[o] += weights[4 * o + k] * x->codes[4 * q + k];
    for (size_t o = 0; o < PANEL_WIDTH; o++)
        out[o] = (float)sums[o] * scales[o] * x->scale;
}

void int8_product_plain(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                        const panel_view *panels, const float *scales, size_t rows, size_t quads)
{
    static const int8_tile one[] = {tile_plain}, many[] = {NULL};
    walk(&(int8_tiles){one, many, 1, 1}, out, out_stride, x, x_bytes, panels, scales, rows, quads);
}

// ---- AVX2 ---------------------------------------------------------------------------------------

#pragma GCC push_options
#pragma GCC target("avx2")

INLINE void tile_avx2(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                      const char *panels, size_t panel_bytes, const float *scales, size_t quads,
                      ptrdiff_t ahead, const int R, const int C)
{
    const int width = 2 * C;
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i sum[4][8];
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < width; c++) sum[r][c] =
        _mm256_setzero_si256();
    for (size_t q = 0; q < quads; q++, panels += PANEL_LINE) {
        __m256i w[8], size[8];
        UNROLL for (int c = 0; c < width; c++)
        {
            w[c] = _mm256_load_si256(
                (const void *)(panels + (size_t)(c / 2) * panel_bytes + c % 2 * 32));
            size[c] = _mm256_abs_epi8(w[c]);
        }
        UNROLL for (int c = 0; c < C; c++)
            __builtin_prefetch(panels + (size_t)c * panel_bytes + ahead);
        UNROLL for (int r = 0; r < R; r++)
        {
            __m256i v = _mm256_set1_epi32(quad_at(row_at(x, x_bytes, (size_t)r), q));
            UNROLL for (int c = 0; c < width; c++)
            {
                __m256i pairs = _mm256_maddubs_epi16(size[c], _mm256_sign_epi8(v, w[c]));
                sum[r][c] = _mm256_add_epi32(sum[r][c], _mm256_madd_epi16(pairs, ones));
            }
        }
    }
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < width; c++)
    {
        __m256 scaled =
            _mm256_mul_ps(_mm256_cvtepi32_ps(sum[r][c]), _mm256_loadu_ps(scales + 8 * c));
        __m256 scale = _mm256_set1_ps(row_at(x, x_bytes, (size_t)r)->scale);
        _mm256_storeu_ps(out + (size_t)r * out_stride + 8 * c, _mm256_mul_ps(scaled, scale));
    }
}

#define TILE(set, R, C)                                                                            \
    static void tile_##set##_##R##x##C(float *out, size_t out_stride, const int8_row *x,           \
                                       size_t x_bytes, const char *panels, size_t panel_bytes,     \
                                       const float *scales, size_t quads, ptrdiff_t ahead)         \
    {                                                                                              \
        tile_##set(out, out_stride, x, x_bytes, panels, panel_bytes, scales, quads, ahead, R, C);  \
    }
TILE(avx2, 1, 1)
TILE(avx2, 2, 1)
TILE(avx2, 3, 1)
TILE(avx2, 4, 1)
TILE(avx2, 1, 4)

void int8_product_avx2(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                       const panel_view *panels, const float *scales, size_t rows, size_t quads)
{
    static const int8_tile one[] = {tile_avx2_1x1, tile_avx2_2x1, tile_avx2_3x1, tile_avx2_4x1};
    static const int8_tile many[] = {tile_avx2_1x4, NULL, NULL, NULL};
    walk(&(int8_tiles){one, many, 4, 4}, out, out_stride, x, x_bytes, panels, scales, rows, quads);
}
#pragma GCC pop_options

// ---- AVX-512 VNNI -------------------------------------------------------------------------------

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx512vnni")

INLINE void tile_vnni(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                      const char *panels, size_t panel_bytes, const float *scales, size_t quads,
                      ptrdiff_t ahead, const int R, const int C)
{
    __m512i sum[8][4];
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++) sum[r][c] =
        _mm512_set1_epi32(-128 * row_at(x, x_bytes, (size_t)r)->sum);
    for (size_t q = 0; q < quads; q++, panels += PANEL_LINE) {
        __m512i w[4];
        UNROLL for (int c = 0; c < C; c++)
        {
            w[c] = _mm512_load_si512((const void *)(panels + (size_t)c * panel_bytes));
            __builtin_prefetch(panels + (size_t)c * panel_bytes + ahead);
        }
        UNROLL for (int r = 0; r < R; r++)
        {
            __m512i v = _mm512_set1_epi32(quad_at(row_at(x, x_bytes, (size_t)r), q));
            UNROLL for (int c = 0; c < C; c++) sum[r][c] = _mm512_dpbusd_epi32(sum[r][c], w[c], v);
        }
    }
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < C; c++)
    {
        __m512 scaled =
            _mm512_mul_ps(_mm512_cvtepi32_ps(sum[r][c]), _mm512_loadu_ps(scales + 16 * c));
        __m512 scale = _mm512_set1_ps(row_at(x, x_bytes, (size_t)r)->scale);
        _mm512_storeu_ps(out + (size_t)r * out_stride + 16 * c, _mm512_mul_ps(scaled, scale));
    }
}

TILE(vnni, 1, 1)
TILE(vnni, 2, 1)
TILE(vnni, 3, 1)
TILE(vnni, 4, 1)
TILE(vnni, 5, 1)
TILE(vnni, 6, 1)
TILE(vnni, 1, 2)
TILE(vnni, 2, 2)
TILE(vnni, 3, 2)
TILE(vnni, 4, 2)
TILE(vnni, 5, 2)
TILE(vnni, 6, 2)
#undef TILE

void int8_product_vnni(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                       const panel_view *panels, const float *scales, size_t rows, size_t quads)
{
    static const int8_tile one[] = {tile_vnni_1x1, tile_vnni_2x1, tile_vnni_3x1,
                                    tile_vnni_4x1, tile_vnni_5x1, tile_vnni_6x1};
    static const int8_tile many[] = {tile_vnni_1x2, tile_vnni_2x2, tile_vnni_3x2,
                                     tile_vnni_4x2, tile_vnni_5x2, tile_vnni_6x2};
    walk(&(int8_tiles){one, many, 6, 2}, out, out_stride, x, x_bytes, panels, scales, rows, quads);
}
#pragma GCC pop_options
