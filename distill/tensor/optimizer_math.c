// distill/tensor/optimizer_math.c - calls the optimizer kernels of the chosen set.
#include "distill/tensor/optimizer_math.h"

#include "distill/tensor/cpu/kernel_set.h"

void distill_adamw_update(float *p, float *m, float *v, const float *g, size_t count,
                          const distill_adamw_constants *constants)
{
    kernel_set_chosen()->optimizer->adamw(p, m, v, g, count, constants);
}

double distill_sum_of_squares(const float *values, size_t count)
{
    return kernel_set_chosen()->optimizer->sum_of_squares(values, count);
}

void distill_moments_encode(const distill_moment_codes *codes, const float *m, const float *v,
                            size_t count, uint32_t key)
{
    kernel_set_chosen()->optimizer->encode(codes, m, v, count, key);
}

void distill_moments_decode(float *m, float *v, const distill_moment_codes *codes, size_t count)
{
    kernel_set_chosen()->optimizer->decode(m, v, codes, count);
}

void distill_bf16_split(uint16_t *high, int8_t *low, const float *values, size_t count,
                        uint32_t key)
{
    kernel_set_chosen()->optimizer->split(high, low, values, count, key);
}

void distill_bf16_split_nearest(uint16_t *high, int8_t *low, const float *values, size_t count)
{
    kernel_set_chosen()->optimizer->split_nearest(high, low, values, count);
}

void distill_bf16_join(float *out, const uint16_t *high, const int8_t *low, size_t count)
{
    kernel_set_chosen()->optimizer->join(out, high, low, count);
}
