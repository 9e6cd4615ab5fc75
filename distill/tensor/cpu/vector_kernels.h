// distill/tensor/cpu/vector_kernels.h - private: the inner loops of training for one instruction
// set.
//
// Each loop runs in the calling thread on a row, or on small matrices that fit in the cache. It
// allocates nothing and reads and writes only the elements of its shapes. Sets differ in the last
// bits, because they fuse and sum in different orders; a test compares each with the formulas.
// Within a set a result depends on the arguments alone.
#ifndef DISTILL_TENSOR_CPU_VECTOR_KERNELS_H
#define DISTILL_TENSOR_CPU_VECTOR_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

/// A small product: C (+)= A B. C, B row-major with rows of `ldc`, `ldb` floats; A by strides, so
/// that it may be read transposed: A[m, k] = a[m * a_row + k * a_col].
/// Shapes  A (M, K), B (K, N), C (M, N).
typedef struct small_product {
    float *c;
    size_t ldc;
    const float *a;
    size_t a_row, a_col;
    const float *b;
    size_t ldb;
    size_t M, N, K;
    bool add; // add to C instead of setting it
} small_product;

typedef struct vector_kernels {
    const char *name; // "avx512", "avx2", "plain"

    void (*multiply_small)(const small_product *p);
    /// out[c * out_stride + r] = x[r * x_stride + c]
    void (*transpose)(float *out, size_t out_stride, const float *x, size_t x_stride, size_t rows,
                      size_t cols);
    /// Largest of n >= 1 values; with a NaN among them the result is any of them.
    float (*maximum)(const float *x, size_t n);
    /// out[i] = exp(scale * x[i] - shift); returns the sum. Below -87.3 it is 0, above 88.7
    /// infinite.
    float (*exp_row)(float *out, const float *x, size_t n, float scale, float shift);
    /// out[i] = 2^(scale * x[i] - shift); returns the sum. From -127 down it is 0, from 128 on
    /// infinite. Faster.
    float (*exp2_row)(float *out, const float *x, size_t n, float scale, float shift);
    /// sum x[i] y[i]
    float (*dot)(const float *x, const float *y, size_t n);
    /// y[i] += factor x[i]
    void (*add_scaled)(float *y, const float *x, float factor, size_t n);
    /// x[i] *= factor
    void (*multiply)(float *x, float factor, size_t n);
    /// ds[i] = p[i] * (ds[i] - mean) * scale: the softmax's gradient in a row
    void (*softmax_gradient)(float *ds, const float *p, float mean, float scale, size_t n);

    /// out[i] = weight[i] x[i] inverse
    void (*norm_row)(float *out, const float *x, const float *weight, float inverse, size_t n);
    /// dx[i] (+)= inverse (weight[i] dy[i]) - factor x[i];  dweight[i] += dy[i] x[i] inverse
    void (*norm_row_backward)(float *dx, float *dweight, const float *dy, const float *x,
                              const float *weight, float inverse, float factor, bool add, size_t n);
    /// sum dy[i] weight[i] x[i]
    float (*dot3)(const float *dy, const float *weight, const float *x, size_t n);

    /// out = silu(gate) up, silu(g) = g / (1 + exp(-g))
    void (*swiglu)(float *out, const float *gate, const float *up, size_t n);
    /// dgate, dup from dout; act = silu(gate) up. `dgate` may be `gate`, `dup` `up`, `act` `dout`.
    void (*swiglu_backward)(float *dgate, float *dup, float *act, const float *dout,
                            const float *gate, const float *up, size_t n);

    /// Rotates the pairs (x[i], x[i + half]) by the angles whose cosines and sines are given, and
    /// back.
    void (*rotate)(float *x, const float *cosine, const float *sine, size_t half);
    void (*rotate_back)(float *x, const float *cosine, const float *sine, size_t half);
} vector_kernels;

#endif
