// distill/tensor/kernel_choice.c - collects what kernel_set.c and blas.c have chosen.
#include "distill/tensor/kernel_choice.h"

#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/tensor/blas.h"
#include "distill/tensor/cpu/kernel_set.h"
#include "distill/tensor/matmul.h"

#include <stdlib.h>
#include <string.h>

distill_kernel_choice distill_kernel_choice_get(void)
{
    const blas_info *blas = blas_describe();
    const char *requested = getenv("DISTILL_KERNELS"), *kernels = kernel_set_chosen()->name;
    return (distill_kernel_choice){.kernels = kernels,
                                   .kernels_by_user =
                                       requested != NULL && strcmp(requested, kernels) == 0,
                                   .blas_loaded = blas->loaded,
                                   .blas_preferred = blas_preferred(),
                                   .blas_library = blas->library,
                                   .blas_config = blas->config,
                                   .blas_core = blas->core,
                                   .core_requested = blas->core_requested,
                                   .core_by_user = blas->core_by_user};
}

double distill_matmul_gflops(size_t N, size_t inputs, size_t outputs, double seconds)
{
    distill_status status = DISTILL_OK;
    float *x = NULL, *w = NULL, *y = NULL;
    double flop = 2.0 * (double)N * (double)inputs * (double)outputs, rate = 0;
    TRY(DISTILL_NEW(&x, N * inputs));
    TRY(DISTILL_NEW(&w, outputs * inputs));
    TRY(DISTILL_NEW(&y, N * outputs));
    for (size_t i = 0; i < N * inputs; i++)
        x[i] = (float)(i % 7) - 3.0f;
    for (size_t i = 0; i < outputs * inputs; i++)
        w[i] = (float)(i % 5) - 2.0f;
    distill_matmul_forward(y, x, w, NULL, NULL, N, inputs, outputs);
    double start_s = distill_now_s(), taken_s = 0;
    for (size_t runs = 1; taken_s < seconds; runs++) {
        distill_matmul_forward(y, x, w, NULL, NULL, N, inputs, outputs);
        taken_s = distill_now_s() - start_s;
        rate = flop * (double)runs / taken_s / 1e9;
    }
done:
    distill_free(y);
    distill_free(w);
    distill_free(x);
    return rate;
}
