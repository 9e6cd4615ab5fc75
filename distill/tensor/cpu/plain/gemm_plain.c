// distill/tensor/cpu/plain/gemm_plain.c - the kernels of gemm_kernels.h in vectors of four lanes,
// for any processor: tiles of 4 x 8. Products and sums are rounded separately.
#include "distill/tensor/cpu/gemm_kernels.h"
#include "distill/tensor/cpu/vector_extensions.h"

INLINE void transpose_plain(float *out, size_t width, const char *from, size_t stride, size_t lanes,
                            distill_dtype dtype)
{
    for (size_t k = 0; k < 8; k++)
        for (size_t i = 0; i < lanes; i++)
            if (dtype == DISTILL_F32)
                memcpy(out + k * width + i, from + (i * stride + k) * 4, 4);
            else
                out[k * width + i] = widen_bfloat(from + (i * stride + k) * 2);
}

INLINE void widen_plain(float *out, const char *from)
{
    for (size_t i = 0; i < 8; i++)
        out[i] = widen_bfloat(from + 2 * i);
}

typedef float4 vec;
#define LANES 4
#define ROWS 4
#define DEPTH 320
#define LOAD(x) load_float4(x, 4)
#define STORE(x, v) memcpy((x), &(v), sizeof(vec))
#define SET1(f) ((float4){(f), (f), (f), (f)})
#define FMA(a, b, c) ((a) * (b) + (c))
#define TRANSPOSE transpose_plain
#define WIDEN widen_plain
#include "distill/tensor/cpu/body/gemm_kernels_body.h"

const gemm_kernels gemm_kernels_plain = GEMM_KERNELS("plain");
