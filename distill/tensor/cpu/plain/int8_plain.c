// distill/tensor/cpu/plain/int8_plain.c - products of 8-bit integers in plain loops, one row and
// one panel at a time.
#include "distill/tensor/cpu/body/int8_products_body.h"

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
    multiply_tiles(&(int8_tiles){one, many, 1, 1}, out, out_stride, x, x_bytes, panels, scales,
                   rows, quads);
}
