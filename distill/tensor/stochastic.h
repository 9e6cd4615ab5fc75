// distill/tensor/stochastic.h - random bits for stochastic rounding, a function of the place alone.
//
// A block of values is rounded with a key made from (seed, step, purpose, block); value i of the
// block uses stochastic_bits(key, i). The 32-bit mixer keeps no state, so loops over i run in
// vector registers.
// Source  the finaliser of MurmurHash3 for 32 bits (Appleby, public domain).
#ifndef DISTILL_TENSOR_STOCHASTIC_H
#define DISTILL_TENSOR_STOCHASTIC_H

#include "distill/base/rng.h"

#include <stdint.h>

/// `purpose` separates the uses of random bits within one step.
static inline uint32_t stochastic_key(uint64_t seed, uint64_t step, uint64_t purpose,
                                      uint64_t block)
{
    uint64_t x = distill_mix64(seed + DISTILL_GOLDEN_RATIO64);
    x = distill_mix64(x + 4 * step + purpose);
    return (uint32_t)(distill_mix64(x + block) >> 32);
}

static inline uint32_t stochastic_bits(uint32_t key, uint32_t i)
{
    uint32_t x = key + i * UINT32_C(0x9E3779B9);
    x = (x ^ x >> 16) * UINT32_C(0x85EBCA6B);
    x = (x ^ x >> 13) * UINT32_C(0xC2B2AE35);
    return x ^ x >> 16;
}

typedef union float_bits {
    float value;
    uint32_t bits;
} float_bits;

static inline uint32_t bits_of_float(float value)
{
    return (float_bits){.value = value}.bits;
}

static inline float float_of_bits(uint32_t bits)
{
    return (float_bits){.bits = bits}.value;
}

#endif
