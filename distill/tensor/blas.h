// distill/tensor/blas.h - private: the only door to OpenBLAS.
//
// OpenBLAS is opened at first use, because it chooses its kernels when it is loaded and knows no processor
// newer than itself: OPENBLAS_CORETYPE is set first, from cpu_features, unless the user has set it. It
// gets one thread: the pool of distill/base/threads.h cuts the work. Where gemm.h has kernels of its own for
// the processor they are as fast and products go there; DISTILL_BLAS=openblas sends them here all the same,
// DISTILL_BLAS=none never. The library is the reference that tests and bench/perf/gemm_speed.c compare with.
#ifndef DISTILL_TENSOR_BLAS_H
#define DISTILL_TENSOR_BLAS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum blas_transpose { BLAS_AS_IS = 111, BLAS_TRANSPOSED = 112 } blas_transpose;

/// Large fp32 products go to the library: it is there, and either the user says so (DISTILL_BLAS=openblas) or
/// there are only plain kernels for this processor.
bool blas_preferred(void);

/// C = alpha op(A) op(B) + beta C, in the calling thread.
/// Shapes  op(A) (M, K), op(B) (K, N), C (M, N), row-major with rows of lda, ldb, ldc floats.
void blas_sgemm(blas_transpose ta, blas_transpose tb, size_t M, size_t N, size_t K, float alpha,
                const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
                size_t ldc);
/// The same product by vector_kernels alone.
void blas_sgemm_own(blas_transpose ta, blas_transpose tb, size_t M, size_t N, size_t K, float alpha,
                    const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
                    size_t ldc);

/// What is used, for `distill doctor`; all strings are borrowed and never NULL.
typedef struct blas_info {
    bool loaded;
    const char *library; // file name, or why it could not be loaded
    const char *config;  // OpenBLAS's own words: version, options
    const char *core;    // kernels in use
    const char *asked;   // OPENBLAS_CORETYPE as it was when the library was loaded; "" = not set
    bool asked_by_user;  // the user had set it
} blas_info;
const blas_info *blas_describe(void);

#endif
