// distill/tensor/cpu/kernel_set.c - the sets of kernels of this processor and the choice of one.
//
// DISTILL_X86_KERNELS is defined by CMake where the files in x86/ are part of the build.
#include "distill/tensor/cpu/kernel_set.h"

#include "distill/base/cpu_features.h"
#include "distill/tensor/cpu/kernel_tables.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(DISTILL_X86_KERNELS)
static const kernel_set AVX512VNNI = {"avx512vnni", &decode_kernels_avx512vnni,
                                      &gemm_kernels_avx512, &vector_kernels_avx512,
                                      &optimizer_kernels_avx2};
static const kernel_set AVX512 = {"avx512", &decode_kernels_avx512, &gemm_kernels_avx512,
                                  &vector_kernels_avx512, &optimizer_kernels_avx2};
static const kernel_set AVX2 = {"avx2", &decode_kernels_avx2, &gemm_kernels_avx2,
                                &vector_kernels_avx2, &optimizer_kernels_avx2};
#endif
static const kernel_set PLAIN = {"plain", &decode_kernels_plain, &gemm_kernels_plain,
                                 &vector_kernels_plain, &optimizer_kernels_plain};

const kernel_set *kernel_set_at(size_t index)
{
    const kernel_set *sets[4];
    size_t count = 0;
#if defined(DISTILL_X86_KERNELS)
    const distill_cpu_features *cpu = distill_cpu();
    if (cpu->avx512 && cpu->avx512_vnni)
        sets[count++] = &AVX512VNNI;
    if (cpu->avx512)
        sets[count++] = &AVX512;
    if (cpu->avx2)
        sets[count++] = &AVX2;
#endif
    sets[count++] = &PLAIN;
    return index < count ? sets[index] : NULL;
}

const kernel_set *kernel_set_chosen(void)
{
    static _Atomic(const kernel_set *) chosen;
    const kernel_set *set = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (set != NULL)
        return set;
    const char *name = getenv("DISTILL_KERNELS");
    set = kernel_set_at(0);
    for (size_t i = 0; name != NULL && kernel_set_at(i) != NULL; i++)
        if (strcmp(kernel_set_at(i)->name, name) == 0)
            set = kernel_set_at(i);
    atomic_store_explicit(&chosen, set, memory_order_relaxed);
    return set;
}
