// distill/tensor/cpu/plain/vector_plain.c - the kernels of vector_kernels.h in vectors of four
// lanes, for any processor. Products and sums are rounded separately.
#include "distill/tensor/cpu/vector_extensions.h"

/// To the nearest integer by adding 1.5 2^23, which leaves it in the low bits; 0 for NaN.
INLINE uint4 round_float4(float4 v)
{
    const float4 magic = {12582912.0f, 12582912.0f, 12582912.0f, 12582912.0f};
    uint4 number = (uint4)(v == v); // NOLINT(misc-redundant-expression): false for NaN
    return ((uint4)(v + magic) - (uint4)magic) & number;
}

typedef float4 vec;
typedef uint4 ivec;
#define LANES 4
#define TILE_ROWS 4
#define LOAD(x) load_float4((x), 4)
#define STORE(x, v) store_float4((x), (v), 4)
#define LOAD_PART(x, n) load_float4((x), (n))
#define STORE_PART(x, v, n) store_float4((x), (v), (n))
#define SET1(f) ((float4){(f), (f), (f), (f)})
#define FMA(a, b, c) ((a) * (b) + (c))
#define MINIMUM(a, b) select_float4((uint4)((a) < (b)), (a), (b))
#define MAXIMUM(a, b) select_float4((uint4)((a) > (b)), (a), (b))
#define ROUND(x) round_float4(x)
#define TO_FLOAT(i) __builtin_convertvector((int4)(i), float4)
#include "distill/tensor/cpu/body/vector_kernels_body.h"

const vector_kernels vector_kernels_plain = VECTOR_KERNELS("plain");
