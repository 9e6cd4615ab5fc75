// distill/tensor/cpu/x86/int8_avx2.c - products of 8-bit integers with AVX2; int8_products.h says
// how.
#include "distill/tensor/cpu/body/int8_products_body.h"

#include <immintrin.h>

/// R and C are constants after inlining.
INLINE void multiply_tile(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
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

INT8_TILE(1, 1)
INT8_TILE(2, 1)
INT8_TILE(3, 1)
INT8_TILE(4, 1)
INT8_TILE(1, 4)

void int8_product_avx2(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                       const panel_view *panels, const float *scales, size_t rows, size_t quads)
{
    static const int8_tile one[] = {tile_1x1, tile_2x1, tile_3x1, tile_4x1};
    static const int8_tile many[] = {tile_1x4, NULL, NULL, NULL};
    multiply_tiles(&(int8_tiles){one, many, 4, 4}, out, out_stride, x, x_bytes, panels, scales,
                   rows, quads);
}
