// distill/tensor/cpu/int8_products.h - products of 8-bit weights and activations, one an instruction
// set.
//
// Sums of 32 bits hold them exactly (127 * 127 * 65536 < 2^30), so that every set gives the same
// bits, however it sums. What each is made of:
//     plain    loops
//     avx2     vpmaddubsw of |w| and x with w's sign, vpmaddwd with ones, vpaddd: pairs stay below
//              2 * 127 * 127 = 32,258, so that 16 bits never saturate
//     vnni     vpdpbusd of w + 128 and x; 128 * sum x is taken off at the start
#ifndef DISTILL_TENSOR_CPU_INT8_PRODUCTS_H
#define DISTILL_TENSOR_CPU_INT8_PRODUCTS_H

#include "distill/tensor/cpu/decode_kernels.h"

// As decode_kernels.product_int8. The weights of int8_product_vnni are packed with a flip of 0x80,
// those of the others with 0.
void int8_product_plain(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                        const panel_view *panels, const float *scales, size_t rows, size_t quads);
void int8_product_avx2(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                       const panel_view *panels, const float *scales, size_t rows, size_t quads);
void int8_product_vnni(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                       const panel_view *panels, const float *scales, size_t rows, size_t quads);

#endif
