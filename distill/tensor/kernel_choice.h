// distill/tensor/kernel_choice.h - what does the arithmetic, for people who want to know: `distill doctor`.
#ifndef DISTILL_TENSOR_KERNEL_CHOICE_H
#define DISTILL_TENSOR_KERNEL_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

/// Strings are borrowed and never NULL.
typedef struct distill_backend {
    const char *kernels;  // own loops: "avx512", "avx2", "plain"
    bool kernels_by_user; // chosen by DISTILL_KERNELS
    bool blas;            // OpenBLAS can be used
    bool blas_preferred;  // large fp32 products go to it, not to the own kernels
    const char *library;  // its file, or why it could not be loaded
    const char *config;   // its own words: version and options
    const char *core;     // its kernels in use
    const char *asked;    // OPENBLAS_CORETYPE as it was when the library was loaded; "" = not set
    bool asked_by_user;   // the user had set it
} distill_backend;

/// Loads OpenBLAS if that has not happened.
distill_backend distill_backend_describe(void);

/// GFLOP/s of the product x W^T of N x inputs x outputs on all threads, measured for about `seconds`; 0 if
/// there is no memory for it.
double distill_backend_measure(size_t N, size_t inputs, size_t outputs, double seconds);

#endif
