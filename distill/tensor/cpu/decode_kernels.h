// distill/tensor/cpu/decode_kernels.h - the inner loops of decoding for one instruction set; all
// sets give the same bits.
//
// Decoding gives the same numbers whatever else is in the batch and on every machine, so the order
// of operations of every result is fixed: products are chains of fused multiply-adds in ascending
// k, sums run in 16 lanes that are reduced as a tree. A test compares the sets bit for bit. Weights
// are float32, bfloat16 (widened exactly, so the same chain), or 8-bit integers, whose sums are
// exact in any order.
#ifndef DISTILL_TENSOR_CPU_DECODE_KERNELS_H
#define DISTILL_TENSOR_CPU_DECODE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PANEL_WIDTH = 16,    // outputs of a panel
    PANEL_PAIR_MOST = 4, // panels that one product may read at once
    PANEL_LINE = 64,     // bytes of a panel that hold 16 outputs of 1, 2 or 4 k
    HISTOGRAM_PARTS = 4  // partial sums of a histogram, which are added at the end
};

/// The layout of a panel: lines of 16 lanes of four bytes, one lane for each output.
typedef enum panel_type {
    PANEL_F32,  // [K][16] floats
    PANEL_BF16, // [K / 2][16] pairs (k, k + 1), the even one in the low half; K rounded up
    PANEL_INT8  // [K / 4][16] codes of four k -127 … 127, each byte ^ int8_flip; K rounded up, 0s
} panel_type;

/// Panels that one product reads: panel p at weights + p * bytes, aligned to 64 bytes.
typedef struct panel_view {
    const void *weights;
    size_t bytes;
    size_t count;
    panel_type type;
    ptrdiff_t ahead; // memory this many bytes further on is prefetched; any value is allowed
} panel_view;

/// A row of activations as 8-bit integers: x[k] is about scale * codes[k].
typedef struct int8_row {
    float scale;
    int32_t sum; // of the codes
    char unused[PANEL_LINE - 8];
    int8_t codes[]; // [K], then 0s up to a multiple of 4
} int8_row;

typedef struct decode_kernels {
    const char *name;  // "avx512vnni", "avx512", "avx2", "plain"
    uint8_t int8_flip; // 0x80 where product_int8 needs unsigned weights, else 0

    /// out[r, 16 p + j] (+)= sum_k x[r, k] panels[p][k, j], for k = 0 … K-1 in this order, fused.
    /// Shapes  out rows of `out_stride` floats, 16 * panels->count of them written; x rows of
    ///         `x_stride`; panels of type F32 or BF16.
    /// `add`: starts from the value in `out` instead of 0.
    void (*product)(float *out, size_t out_stride, const float *x, size_t x_stride,
                    const panel_view *panels, size_t rows, size_t K, bool add);
    /// out[r, o] = (sum_k codes[r, k] panels[o, k]) * scales[o] * scale of row r, panels of INT8.
    /// Shapes  rows of x are `x_bytes` apart; scales (16 * panels->count); quads = (K + 3) / 4,
    ///         K <= 65536.
    void (*product_int8)(float *out, size_t out_stride, const int8_row *x, size_t x_bytes,
                         const panel_view *panels, const float *scales, size_t rows, size_t quads);
    /// scale = max |x| / 127, codes = x / scale to nearest. A row that is not finite has scale NaN.
    void (*quantize)(int8_row *out, const float *x, size_t K);

    /// Largest of n >= 1 values. With a NaN among them the result is unspecified (exp_sum gives
    /// NaN).
    float (*maximum)(const float *x, size_t n);
    /// out[i] = exp((x[i] - shift) * scale), scale > 0; `out` may be NULL. Returns the sum.
    /// Arguments are at most 88; those below -87.3 give 0, NaN and +inf give NaN.
    double (*exp_sum)(float *out, const float *x, size_t n, float shift, float scale);
    /// Writes the indices of values in low … high to `places` (room for n), ascending; returns
    /// their number. Fast where they are few; may stop when it has found more than `most`.
    size_t (*find)(int32_t *places, const float *x, size_t n, float low, float high, size_t most);
    /// Sums weights (n; NULL = 1 each) by the distance of x[i] below `top`, in buckets of 1 /
    /// steps_a_unit; the last bucket takes all larger distances.
    /// Shapes  sums (HISTOGRAM_PARTS * buckets), of which the first `buckets` hold the result; the rest is scratch.
    void (*histogram)(double *sums, size_t buckets, const float *x, const float *weights, size_t n,
                      float top, float steps_a_unit);
    /// x[i] *= factor
    void (*multiply)(float *x, float factor, size_t n);
    /// x[i] += y[i]
    void (*add)(float *x, const float *y, size_t n);
    /// out[i] = gate[i] / (1 + exp(-gate[i])) * up[i]
    void (*swiglu)(float *out, const float *gate, const float *up, size_t n);
    /// out[i] = weight[i] x[i] / sqrt(mean x^2 + eps); out may be x.
    void (*rms_norm)(float *out, const float *x, const float *weight, size_t n, float eps);
    /// Rotates the pairs (x[i], x[i + half]) by the angles whose cosines and sines are given.
    void (*rotate)(float *x, const float *cosine, const float *sine, size_t half);
} decode_kernels;

#endif
