// distill/tensor/kernel_choice.h - reports which kernels do the arithmetic, for `distill doctor`.
//
//     distill_kernel_choice choice = distill_kernel_choice_get();
//     printf("%s kernels\n", choice.kernels);
#ifndef DISTILL_TENSOR_KERNEL_CHOICE_H
#define DISTILL_TENSOR_KERNEL_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

/// Strings are borrowed and never NULL.
typedef struct distill_kernel_choice {
    const char *kernels;        // the set in use: "avx512vnni", "avx512", "avx2", "plain"
    bool kernels_by_user;       // chosen by DISTILL_KERNELS
    bool blas_loaded;           // OpenBLAS can be used
    bool blas_preferred;        // large float32 products use it instead of the project's kernels
    const char *blas_library;   // its file, or why it could not be loaded
    const char *blas_config;    // its version and options, as it reports them
    const char *blas_core;      // its kernels in use
    const char *core_requested; // OPENBLAS_CORETYPE when the library was loaded; "" = not set
    bool core_by_user;          // the user had set it
} distill_kernel_choice;

/// Loads OpenBLAS if that has not happened.
distill_kernel_choice distill_kernel_choice_get(void);

/// GFLOP/s of the product x W^T of (N, inputs) and (outputs, inputs) on all threads, measured for
/// about `seconds`; 0 if there is no memory for it.
double distill_matmul_gflops(size_t N, size_t inputs, size_t outputs, double seconds);

#endif
