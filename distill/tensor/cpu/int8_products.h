// distill/tensor/cpu/int8_products.h - private: products of 8-bit weights and activations, a file
// for each instruction set.
//
// Sums of 32 bits hold them exactly (127 * 127 * 65536 < 2^30), so that every file gives the same
// bits, in whatever order it sums:
//     plain/int8_plain.c   loops
//     x86/int8_avx2.c      vpmaddubsw of |w| and x with w's sign, vpmaddwd with ones, vpaddd; sums of
//                          two products are at most 2 * 127 * 127 = 32,258, so 16 bits never saturate
//     x86/int8_vnni.c      vpdpbusd of w + 128 and x; 128 * sum x is subtracted at the start
#ifndef DISTILL_TENSOR_CPU_INT8_PRODUCTS_H
#define DISTILL_TENSOR_CPU_INT8_PRODUCTS_H

#include "distill/tensor/cpu/decode_kernels.h"

// As decode_kernels.product_int8. Weights for int8_product_vnni are laid out with int8_flip = 0x80,
// those for the others with 0.
void int8_product_plain(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                        const panel_view *panels, const float *scales, size_t rows, size_t quads);
void int8_product_avx2(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                       const panel_view *panels, const float *scales, size_t rows, size_t quads);
void int8_product_vnni(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                       const panel_view *panels, const float *scales, size_t rows, size_t quads);

#endif
