// distill/tensor/cpu/vector_extensions.h - private: what GCC and clang spell differently, and
// vectors of four lanes that any processor has.
#ifndef DISTILL_TENSOR_CPU_VECTOR_EXTENSIONS_H
#define DISTILL_TENSOR_CPU_VECTOR_EXTENSIONS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/// Before a loop: unrolls it completely, so that an array indexed by its counter stays in
/// registers. The number of iterations is a constant after inlining, at most 32.
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

typedef float float4 __attribute__((vector_size(16)));
typedef int32_t int4 __attribute__((vector_size(16)));
typedef uint32_t uint4 __attribute__((vector_size(16)));

/// Lanes a, b, c, d of (v, w): 0 … 3 are those of v, 4 … 7 those of w. v, w: float4 or uint4.
#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLE4(v, w, a, b, c, d) __builtin_shufflevector((v), (w), (a), (b), (c), (d))
#else
#define SHUFFLE4(v, w, a, b, c, d) __builtin_shuffle((v), (w), (uint4){(a), (b), (c), (d)})
#endif

/// The first n <= 4 floats, 0 in the other lanes.
INLINE float4 load_float4(const float *x, size_t n)
{
    float4 v = {0};
    memcpy(&v, x, n * sizeof *x);
    return v;
}

INLINE void store_float4(float *x, float4 v, size_t n)
{
    memcpy(x, &v, n * sizeof *x);
}

INLINE float widen_bfloat(const void *from)
{
    uint16_t half;
    uint32_t bits;
    float value;
    memcpy(&half, from, sizeof half);
    bits = (uint32_t)half << 16;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/// `yes` where the mask's lane has all bits set, `no` where it has none.
INLINE float4 select_float4(uint4 mask, float4 yes, float4 no)
{
    return (float4)((mask & (uint4)yes) | (~mask & (uint4)no));
}

#endif
