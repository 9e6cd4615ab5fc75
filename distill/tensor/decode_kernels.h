// distill/tensor/decode_kernels.h - the loops of decoding, one set an instruction set, all
// with the same bits.
//
// Decoding must give the same numbers whatever else is in the batch and on whatever machine, so
// every result here has one written order of operations: products are chains of fused multiply-adds
// in ascending k, sums run in 16 lanes that are folded as a tree. AVX-512, AVX2 and plain C differ
// in speed alone; a test compares them bit for bit.
#ifndef DISTILL_TENSOR_DECODE_KERNELS_H
#define DISTILL_TENSOR_DECODE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    PANEL_WIDTH = 16,   // outputs that stand side by side in a packed panel
    PANEL_PAIR_MOST = 4 // panels that one product may read at once
};

typedef struct decode_kernels {
    const char *name; // "avx512", "avx2", "plain"

    /// out[r, 16 p + j] (+)= sum_k x[r, k] panels[p][k, j], for k = 0 … K-1 in this order, fused.
    /// Shapes  out rows of `out_stride` floats, 16 * panel_count of them written; x rows of
    ///         `x_stride`; panels[p] = panels + p * panel_stride: (K, 16), aligned to 64 bytes.
    /// `add`: start from what stands in `out` instead of 0.
    void (*product)(float *out, size_t out_stride, const float *x, size_t x_stride,
                    const float *panels, size_t panel_stride, size_t rows, size_t panel_count,
                    size_t K, bool add);

    /// Largest of n >= 1 values (a NaN may or may not be noticed; exp_sum tells).
    float (*maximum)(const float *x, size_t n);
    /// out[i] = exp((x[i] - shift) * scale), scale > 0; returns the sum. Arguments below -87.3 give
    /// 0.
    double (*exp_sum)(float *out, const float *x, size_t n, float shift, float scale);
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

/// The fastest set that this processor has (or DISTILL_KERNELS=avx512|avx2|plain, if it has that).
const decode_kernels *decode_kernels_chosen(void);
/// Set by place, for tests: NULL behind the last one that this processor has.
const decode_kernels *decode_kernels_at(size_t index);

#endif
