// distill/tensor/dtype.h - the three types of stored weights, converted to float32 and back.
//
//     distill_dtype_widen(out, bytes, DISTILL_BF16, 4096);     // exact
//     distill_dtype_narrow(bytes, in, DISTILL_F16, 4096);      // round to nearest, ties to even
//
// Source  IEEE 754 binary16 and binary32; bfloat16 is the upper half of a binary32.
#ifndef DISTILL_TENSOR_DTYPE_H
#define DISTILL_TENSOR_DTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum distill_dtype { DISTILL_F32, DISTILL_BF16, DISTILL_F16 } distill_dtype;

/// Bytes of one element: 4, 2, 2.
size_t distill_dtype_bytes(distill_dtype dtype);
/// The names of safetensors ("F32", "BF16", "F16") and of torch ("float32", "bfloat16", "float16").
const char *distill_dtype_name(distill_dtype dtype);
const char *distill_dtype_torch_name(distill_dtype dtype);
/// Finds a type by either name; false if it is none of the three.
bool distill_dtype_find(distill_dtype *out, const char *name);

/// out[i] = in[i]; `in` needs no alignment.
void distill_dtype_widen(float *out, const void *in, distill_dtype dtype, size_t count);
/// out[i] = in[i] rounded to nearest even; `out` needs no alignment. Values too large for F16
/// become infinite.
void distill_dtype_narrow(void *out, const float *in, distill_dtype dtype, size_t count);
/// Index of the first value that is NaN or infinite; `count` if there is none.
size_t distill_first_not_finite(const float *values, size_t count);

#endif
