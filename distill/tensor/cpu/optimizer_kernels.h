// distill/tensor/cpu/optimizer_kernels.h - private: the loops of optimizer_math.h, which documents
// them, for one instruction set. All sets give the same bits.
#ifndef DISTILL_TENSOR_CPU_OPTIMIZER_KERNELS_H
#define DISTILL_TENSOR_CPU_OPTIMIZER_KERNELS_H

#include <stddef.h>
#include <stdint.h>

struct distill_adamw_constants;
struct distill_moment_codes;

typedef struct optimizer_kernels {
    const char *name; // "avx2", "plain"
    void (*adamw)(float *p, float *m, float *v, const float *g, size_t count,
                  const struct distill_adamw_constants *constants);
    double (*sum_of_squares)(const float *values, size_t count);
    void (*encode)(const struct distill_moment_codes *codes, const float *m, const float *v,
                   size_t count, uint32_t key);
    void (*decode)(float *m, float *v, const struct distill_moment_codes *codes, size_t count);
    void (*split)(uint16_t *high, int8_t *low, const float *values, size_t count, uint32_t key);
    void (*split_nearest)(uint16_t *high, int8_t *low, const float *values, size_t count);
    void (*join)(float *out, const uint16_t *high, const int8_t *low, size_t count);
} optimizer_kernels;

#endif
