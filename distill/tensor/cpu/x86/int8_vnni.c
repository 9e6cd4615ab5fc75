// distill/tensor/cpu/x86/int8_vnni.c - products of 8-bit integers with AVX-512 VNNI;
// int8_products.h says how.
#include "distill/tensor/cpu/body/int8_products_body.h"

#include <immintrin.h>

/// R and C are constants after inlining.
INLINE void multiply_tile(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
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

INT8_TILE(1, 1)
INT8_TILE(2, 1)
INT8_TILE(3, 1)
INT8_TILE(4, 1)
INT8_TILE(5, 1)
INT8_TILE(6, 1)
INT8_TILE(1, 2)
INT8_TILE(2, 2)
INT8_TILE(3, 2)
INT8_TILE(4, 2)
INT8_TILE(5, 2)
INT8_TILE(6, 2)

void int8_product_vnni(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                       const panel_view *panels, const float *scales, size_t rows, size_t quads)
{
    static const int8_tile one[] = {tile_1x1, tile_2x1, tile_3x1, tile_4x1, tile_5x1, tile_6x1};
    static const int8_tile many[] = {tile_1x2, tile_2x2, tile_3x2, tile_4x2, tile_5x2, tile_6x2};
    multiply_tiles(&(int8_tiles){one, many, 6, 2}, out, out_stride, x, x_bytes, panels, scales,
                   rows, quads);
}
