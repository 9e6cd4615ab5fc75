// distill/tensor/cpu/plain/decode_plain.c - the kernels of decode_kernels.h in vectors of four
// lanes, for any processor.
//
// fmaf rounds once, as the fused multiply-add instructions of the other sets do. On x86-64 without
// FMA it is a library call, which makes this set slow there; on AArch64 it is one instruction.
#include "distill/tensor/cpu/int8_products.h"
#include "distill/tensor/cpu/kernel_tables.h"
#include "distill/tensor/cpu/vector_extensions.h"

#include <math.h>

INLINE float4 fma_float4(float4 a, float4 b, float4 c)
{
    for (int i = 0; i < 4; i++)
        c[i] = fmaf(a[i], b[i], c[i]);
    return c;
}

INLINE unsigned sign_bits(int4 mask)
{
    unsigned bits = 0;
    for (int i = 0; i < 4; i++)
        bits |= (unsigned)(mask[i] < 0) << i;
    return bits;
}

#define VEC_LANES 4
#define VEC_MASK int4
#define VEC_LOAD(x) load_float4(x, 4)
#define VEC_STORE(x, v) store_float4(x, v, 4)
#define VEC_SET1(f) ((float4){(f), (f), (f), (f)})
#define VEC_ZERO() ((float4){0})
#define VEC_FMA(a, b, c) fma_float4(a, b, c)
#define VEC_BITS(mask) sign_bits(mask)
#define VEC_SELECT(mask, yes, no) select_float4((uint4)(mask), yes, no)
typedef float4 vec;
#include "distill/tensor/cpu/body/decode_kernels_body.h"

const decode_kernels decode_kernels_plain = DECODE_KERNELS("plain", int8_product_plain, 0);
