// distill/tensor/blas.h - private: the only module that uses OpenBLAS.
//
// The library is opened at first use, because it chooses its kernels when it is loaded and does not
// recognise processors newer than itself: OPENBLAS_CORETYPE is set first, from cpu_features, unless
// the user has set it. It runs in one thread; the pool of distill/base/threads.h divides the work.
//
// Products use the kernels of gemm.h where there are any for the processor, which are as fast.
// DISTILL_BLAS=openblas sends float32 products to the library instead, DISTILL_BLAS=none never.
// Tests and bench/perf/gemm_speed.c compare with the library.
#ifndef DISTILL_TENSOR_BLAS_H
#define DISTILL_TENSOR_BLAS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum blas_transpose { BLAS_AS_IS = 111, BLAS_TRANSPOSED = 112 } blas_transpose;

/// True if large float32 products use the library: it can be loaded, and either
/// DISTILL_BLAS=openblas is set or there are only plain kernels for this processor (and
/// DISTILL_KERNELS is not set).
bool blas_preferred(void);

/// C = alpha op(A) op(B) + beta C, in the calling thread.
/// Shapes  op(A) (M, K), op(B) (K, N), C (M, N), row-major with rows of lda, ldb, ldc floats.
void blas_sgemm(blas_transpose ta, blas_transpose tb, size_t M, size_t N, size_t K, float alpha,
                const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
                size_t ldc);
/// The same product with vector kernels, without the library.
void blas_sgemm_plain(blas_transpose ta, blas_transpose tb, size_t M, size_t N, size_t K,
                      float alpha, const float *a, size_t lda, const float *b, size_t ldb,
                      float beta, float *c, size_t ldc);

/// For `distill doctor`; strings are borrowed and never NULL.
typedef struct blas_info {
    bool loaded;
    const char *library;        // file name, or why it could not be loaded
    const char *config;         // version and options, as the library reports them
    const char *core;           // its kernels in use
    const char *core_requested; // OPENBLAS_CORETYPE when the library was loaded; "" = not set
    bool core_by_user;          // the user had set it
} blas_info;
const blas_info *blas_describe(void);

#endif
