// distill/tensor/dtype.c - conversions by integer arithmetic on the bits; those of bfloat16 are
// vectorised by the compiler.
#include "distill/tensor/dtype.h"

#include <string.h>

static const struct {
    size_t bytes;
    const char *name, *torch_name;
} DTYPES[] = {
    [DISTILL_F32] = {4, "F32", "float32"},
    [DISTILL_BF16] = {2, "BF16", "bfloat16"},
    [DISTILL_F16] = {2, "F16", "float16"},
};

size_t distill_dtype_bytes(distill_dtype dtype)
{
    return DTYPES[dtype].bytes;
}

const char *distill_dtype_name(distill_dtype dtype)
{
    return DTYPES[dtype].name;
}

const char *distill_dtype_torch_name(distill_dtype dtype)
{
    return DTYPES[dtype].torch_name;
}

bool distill_dtype_find(distill_dtype *out, const char *name)
{
    for (size_t i = 0; i < sizeof DTYPES / sizeof *DTYPES; i++)
        if (strcmp(name, DTYPES[i].name) == 0 || strcmp(name, DTYPES[i].torch_name) == 0) {
            *out = (distill_dtype)i;
            return true;
        }
    return false;
}

static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// A subnormal half is mantissa x 2^-24; the others only change the exponent's bias.
static float widen_half(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, rest = half & 0x7fff;
    if (rest >= 0x7c00)
        return float_of(sign | 0x7f800000 | (rest & 0x3ff) << 13);
    if (rest < 0x400)
        return float_of(sign | bits_of((float)rest * 0x1p-24f));
    return float_of(sign | ((rest << 13) + (112u << 23)));
}

static uint16_t narrow_half(float value)
{
    uint32_t bits = bits_of(value), sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
    if (rest > 0x7f800000)
        return (uint16_t)(sign | 0x7e00);
    if (rest >= 0x477ff000) // 65520 and above round to infinity
        return (uint16_t)(sign | 0x7c00);
    if (rest < 0x38800000) // below 2^-14: adding 1/2 leaves round(value x 2^24) in the low bits
        return (uint16_t)(sign | (bits_of(float_of(rest) + 0.5f) - bits_of(0.5f)));
    return (uint16_t)(sign | (rest - (112u << 23) + 0xfff + (rest >> 13 & 1)) >> 13);
}

static void widen_bfloats(float *restrict out, const unsigned char *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint16_t half;
        memcpy(&half, in + 2 * i, 2);
        out[i] = float_of((uint32_t)half << 16);
    }
}

static void narrow_bfloats(unsigned char *restrict out, const float *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, in + i, sizeof bits);
        uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
        uint32_t quiet = bits >> 16 | 0x40; // rounding could carry a NaN to infinity
        uint16_t half = (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? quiet : rounded);
        memcpy(out + 2 * i, &half, 2);
    }
}

void distill_dtype_widen(float *out, const void *in, distill_dtype dtype, size_t count)
{
    const unsigned char *bytes = in;
    if (dtype == DISTILL_F32) {
        if (count > 0)
            memcpy(out, in, count * sizeof *out);
        return;
    }
    if (dtype == DISTILL_BF16) {
        widen_bfloats(out, bytes, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint16_t half;
        memcpy(&half, bytes + 2 * i, 2);
        out[i] = widen_half(half);
    }
}

void distill_dtype_narrow(void *out, const float *in, distill_dtype dtype, size_t count)
{
    unsigned char *bytes = out;
    if (dtype == DISTILL_F32) {
        if (count > 0)
            memcpy(out, in, count * sizeof *in);
        return;
    }
    if (dtype == DISTILL_BF16) {
        narrow_bfloats(bytes, in, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint16_t half = narrow_half(in[i]);
        memcpy(bytes + 2 * i, &half, 2);
    }
}

// Only NaN and infinities have all bits of the exponent set, so the maximum over a block shows
// whether it has one.
static uint32_t largest_exponent(const float *values, size_t count)
{
    uint32_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        bits &= 0x7f800000;
        largest = bits > largest ? bits : largest;
    }
    return largest;
}

size_t distill_first_not_finite(const float *values, size_t count)
{
    enum { BLOCK = 4096 };
    for (size_t first = 0; first < count; first += BLOCK) {
        size_t n = count - first < BLOCK ? count - first : BLOCK;
        if (largest_exponent(values + first, n) != 0x7f800000)
            continue;
        for (size_t i = first; i < first + n; i++)
            if ((bits_of(values[i]) & 0x7f800000) == 0x7f800000)
                return i;
    }
    return count;
}
