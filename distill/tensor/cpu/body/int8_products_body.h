// distill/tensor/cpu/body/int8_products_body.h - private: the loop over tiles that all products of
// 8-bit integers share.
#ifndef DISTILL_TENSOR_CPU_BODY_INT8_PRODUCTS_BODY_H
#define DISTILL_TENSOR_CPU_BODY_INT8_PRODUCTS_BODY_H

#include "distill/tensor/cpu/int8_products.h"
#include "distill/tensor/cpu/vector_extensions.h"

/// A tile of rows and panels: sums over all of K, then the result.
typedef void (*int8_tile)(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                          const char *panels, size_t panel_bytes, const float *scales, size_t quads,
                          ptrdiff_t ahead);

INLINE const int8_row *row_at(const int8_row *x, size_t x_bytes, size_t r)
{
    return (const int8_row *)((const char *)x + r * x_bytes);
}

/// Four codes as one number, which is broadcast to all lanes.
INLINE int32_t quad_at(const int8_row *row, size_t q)
{
    int32_t quad;
    memcpy(&quad, row->codes + 4 * q, sizeof quad);
    return quad;
}

/// Tiles of at most `most` rows.
typedef struct int8_tiles {
    const int8_tile *one;  // [rows - 1], of one panel
    const int8_tile *many; // [rows - 1], of `wide` panels; NULL where there is none
    size_t most, wide;
} int8_tiles;

/// Rows are cut into tiles of nearly equal height, panels into `wide` ones while there are as many.
INLINE void multiply_tiles(const int8_tiles *tiles, float *out, size_t out_stride,
                           const int8_row *x, size_t x_bytes, const panel_view *panels,
                           const float *scales, size_t rows, size_t quads)
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

/// A tile of R rows and C panels as a function of its own: multiply_tile with constants.
#define INT8_TILE(R, C)                                                                            \
    static void tile_##R##x##C(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,   \
                               const char *panels, size_t panel_bytes, const float *scales,        \
                               size_t quads, ptrdiff_t ahead)                                      \
    {                                                                                              \
        multiply_tile(out, out_stride, x, x_bytes, panels, panel_bytes, scales, quads, ahead, R,   \
                      C);                                                                          \
    }

#endif
