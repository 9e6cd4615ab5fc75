// distill/base/cpu_features.h - instruction sets of this processor, detected once.
//
//     if (distill_cpu()->avx512) …        // supported by processor and operating system
//
// On processors other than x86-64 all fields are empty.
#ifndef DISTILL_BASE_CPU_FEATURES_H
#define DISTILL_BASE_CPU_FEATURES_H

#include <stdbool.h>

typedef struct distill_cpu_features {
    char vendor[16]; // "GenuineIntel", "AuthenticAMD", …; "" on other processors
    char brand[64];  // the processor's model name
    unsigned family, model;
    bool avx2;   // AVX2, FMA and F16C
    bool avx512; // AVX-512 F, DQ, BW and VL
    bool avx512_vnni, avx512_bf16, avx512_fp16, amx;
} distill_cpu_features;

/// Threads  any; the result never changes.
const distill_cpu_features *distill_cpu(void);

#endif
