// distill/tensor/cpu/body/decode_kernels_body.h - private: the kernels of decode_kernels.h for one
// instruction set; included once by the file that is compiled for that set.
//
// The including file defines, before it includes this one:
//     vec             the register type, VEC_LANES floats; VEC_LANES = 4, 8 or 16
//     VEC_MASK        the vector type of VEC_LANES int32_t
//     VEC_LOAD(x), VEC_STORE(x, v), VEC_SET1(f), VEC_ZERO()
//     VEC_FMA(a, b, c)              a b + c, rounded once
//     VEC_SELECT(mask, yes, no)     lane by lane; a mask's lane is -1 or 0
//     VEC_BITS(mask)                bit i is the sign of lane i
// and after it a table with DECODE_KERNELS. Only products and the polynomial of exp use VEC_FMA;
// everything else rounds after each operation, as plain C does, so that all sets give the same
// bits.
#include "distill/tensor/cpu/decode_kernels.h"

#include <math.h>

#include "distill/tensor/cpu/body/decode_products_body.h"

// ---- rows ---------------------------------------------------------------------------------------

/// The first n < VEC_LANES values, `fill` in the other lanes.
INLINE vec load_part(const float *x, size_t n, float fill)
{
    float held[VEC_LANES];
    for (size_t i = 0; i < VEC_LANES; i++)
        held[i] = i < n ? x[i] : fill;
    return VEC_LOAD(held);
}

INLINE void store_part(float *x, vec v, size_t n)
{
    float held[VEC_LANES];
    VEC_STORE(held, v);
    memcpy(x, held, n * sizeof *x);
}

/// Folds 16 lanes: 16 -> 8 -> 4 -> 2 -> 1.
INLINE float fold(const vec sums[REGISTERS])
{
    float at[PANEL_WIDTH];
    UNROLL for (int j = 0; j < REGISTERS; j++) VEC_STORE(at + j * VEC_LANES, sums[j]);
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            at[i] += at[i + half];
    return at[0];
}

INLINE vec select_lanes(VEC_MASK mask, vec yes, vec no)
{
    return VEC_SELECT(mask, yes, no);
}

/// exp(x) = 2^n exp(r) with x = n ln 2 + r, exp(r) as a polynomial; error at most 2 units in the
/// last place. 0 below -87.3, NaN for NaN and +inf. x <= 88 or +inf.
/// Source  Cephes expf (Moshier), without its branches.
INLINE vec exponential(vec x)
{
    const vec magic = VEC_SET1(12582912.0f); // 1.5 2^23: adding it rounds to an integer
    vec shifted = VEC_FMA(x, VEC_SET1(1.44269504088896341f), magic);
    vec n = shifted - magic;
    vec r = VEC_FMA(n, VEC_SET1(-0.693359375f), x);
    r = VEC_FMA(n, VEC_SET1(2.12194440e-4f), r);
    vec p = VEC_FMA(r, VEC_SET1(1.9875691500e-4f), VEC_SET1(1.3981999507e-3f));
    p = VEC_FMA(p, r, VEC_SET1(8.3334519073e-3f));
    p = VEC_FMA(p, r, VEC_SET1(4.1665795894e-2f));
    p = VEC_FMA(p, r, VEC_SET1(1.6666665459e-1f));
    p = VEC_FMA(p, r, VEC_SET1(5.0000001201e-1f));
    p = VEC_FMA(p, r * r, r) + VEC_SET1(1.0f);
    // 2^n; where p is NaN the product is NaN for any value
    vec power = (vec)(((VEC_MASK)shifted - (VEC_MASK)magic + 127) << 23);
    return select_lanes((VEC_MASK)(x < VEC_SET1(-87.3f)), VEC_ZERO(), p * power);
}

INLINE vec larger(vec a, vec b)
{
    return select_lanes((VEC_MASK)(a > b), a, b);
}

static float maximum(const float *x, size_t n)
{
    vec most[4]; // four independent chains hide the latency of a comparison
    size_t i = 0;
    UNROLL for (int j = 0; j < 4; j++) most[j] = VEC_SET1(-INFINITY);
    for (; i + 4 * VEC_LANES <= n; i += 4 * VEC_LANES)
        UNROLL for (int j = 0; j < 4; j++) most[j] =
            larger(VEC_LOAD(x + i + j * VEC_LANES), most[j]);
    for (; i < n; i += VEC_LANES) {
        size_t part = n - i < VEC_LANES ? n - i : VEC_LANES;
        most[0] = larger(load_part(x + i, part, -INFINITY), most[0]);
    }
    most[0] = larger(larger(most[0], most[1]), larger(most[2], most[3]));
    float at[VEC_LANES];
    VEC_STORE(at, most[0]);
    for (int j = 1; j < VEC_LANES; j++)
        at[0] = at[j] > at[0] ? at[j] : at[0];
    return at[0];
}

/// One block of at most 1024 values: the sum runs in 16 floats.
INLINE float exp_sum_block(float *out, const float *x, size_t n, vec shift, vec scale)
{
    vec sums[REGISTERS];
    size_t i = 0;
    UNROLL for (int j = 0; j < REGISTERS; j++) sums[j] = VEC_ZERO();
    for (; i + PANEL_WIDTH <= n; i += PANEL_WIDTH)
        UNROLL for (int j = 0; j < REGISTERS; j++)
        {
            vec v = exponential((VEC_LOAD(x + i + j * VEC_LANES) - shift) * scale);
            sums[j] += v;
            if (out != NULL)
                VEC_STORE(out + i + j * VEC_LANES, v);
        }
    for (int j = 0; i < n; j++) {
        size_t part = n - i < VEC_LANES ? n - i : VEC_LANES;
        vec v = load_part(x + i, part, -INFINITY);
        v = exponential((v - shift) * scale);
        sums[j] += v;
        if (out != NULL)
            store_part(out + i, v, part);
        i += part;
    }
    return fold(sums);
}

static double exp_sum(float *out, const float *x, size_t n, float shift, float scale)
{
    enum { BLOCK = 1024 };
    double total = 0;
    for (size_t i = 0; i < n; i += BLOCK)
        total +=
            (double)exp_sum_block(out != NULL ? out + i : NULL, x + i,
                                  n - i < BLOCK ? n - i : BLOCK, VEC_SET1(shift), VEC_SET1(scale));
    return total;
}

static size_t find(int32_t *places, const float *x, size_t n, float low, float high, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < n && count <= most; i += PANEL_WIDTH) {
        unsigned bits = 0;
        UNROLL for (int j = 0; j < REGISTERS; j++)
        {
            size_t at = i + (size_t)j * VEC_LANES;
            vec v = at + VEC_LANES <= n ? VEC_LOAD(x + at)
                                        : load_part(x + at, at < n ? n - at : 0, NAN);
            bits |= VEC_BITS((VEC_MASK)(v >= VEC_SET1(low)) & (VEC_MASK)(v <= VEC_SET1(high)))
                    << (j * VEC_LANES);
        }
        for (; bits != 0; bits &= bits - 1)
            places[count++] = (int32_t)i + __builtin_ctz(bits);
    }
    return count;
}

INLINE void add_to_buckets(double *sums, size_t buckets, const float *x, const float *weights,
                           size_t n, vec top, vec steps_a_unit, const bool weighted)
{
    const vec last = VEC_SET1((float)(buckets - 1));
    for (size_t i = 0; i < n; i += VEC_LANES) {
        size_t part = n - i < VEC_LANES ? n - i : VEC_LANES;
        vec v = part == VEC_LANES ? VEC_LOAD(x + i) : load_part(x + i, part, 0);
        vec depth = (top - v) * steps_a_unit;
        depth = select_lanes((VEC_MASK)(depth < last), depth, last);
        VEC_MASK places = __builtin_convertvector(depth, VEC_MASK);
        if (part < VEC_LANES) {
            for (size_t j = 0; j < part; j++)
                sums[j % HISTOGRAM_PARTS * buckets + (size_t)places[j]] +=
                    weighted ? (double)weights[i + j] : 1;
            return;
        }
        UNROLL for (size_t j = 0; j < VEC_LANES; j++)
            sums[j % HISTOGRAM_PARTS * buckets + (size_t)(uint32_t)places[j]] +=
            weighted ? (double)weights[i + j] : 1;
    }
}

/// Neighbouring values often fall into the same bucket; HISTOGRAM_PARTS separate sums avoid a
/// dependency between consecutive additions.
static void histogram(double *sums, size_t buckets, const float *x, const float *weights, size_t n,
                      float top, float steps_a_unit)
{
    vec from = VEC_SET1(top), steps = VEC_SET1(steps_a_unit);
    memset(sums, 0, HISTOGRAM_PARTS * buckets * sizeof *sums);
    if (weights != NULL)
        add_to_buckets(sums, buckets, x, weights, n, from, steps, true);
    else
        add_to_buckets(sums, buckets, x, NULL, n, from, steps, false);
    for (size_t p = 1; p < HISTOGRAM_PARTS; p++)
        for (size_t b = 0; b < buckets; b++)
            sums[b] += sums[p * buckets + b];
}

static void multiply(float *x, float factor, size_t n)
{
    size_t i = 0;
    for (; i + VEC_LANES <= n; i += VEC_LANES)
        VEC_STORE(x + i, VEC_LOAD(x + i) * VEC_SET1(factor));
    for (; i < n; i++)
        x[i] *= factor;
}

static void add(float *x, const float *y, size_t n)
{
    size_t i = 0;
    for (; i + VEC_LANES <= n; i += VEC_LANES)
        VEC_STORE(x + i, VEC_LOAD(x + i) + VEC_LOAD(y + i));
    for (; i < n; i++)
        x[i] += y[i];
}

INLINE vec swiglu_lanes(vec gate, vec up)
{
    const vec most = VEC_SET1(88.0f); // beyond, the result is below 1e-36 and exp(x) would overflow
    vec x = VEC_ZERO() - gate;
    x = select_lanes((VEC_MASK)(x > most), most, x);
    return gate / (exponential(x) + VEC_SET1(1.0f)) * up;
}

static void swiglu(float *out, const float *gate, const float *up, size_t n)
{
    size_t i = 0;
    for (; i + VEC_LANES <= n; i += VEC_LANES)
        VEC_STORE(out + i, swiglu_lanes(VEC_LOAD(gate + i), VEC_LOAD(up + i)));
    if (i < n) {
        vec g = load_part(gate + i, n - i, 0), u = load_part(up + i, n - i, 0);
        store_part(out + i, swiglu_lanes(g, u), n - i);
    }
}

static void rms_norm(float *out, const float *x, const float *weight, size_t n, float eps)
{
    vec squares[REGISTERS];
    size_t i = 0;
    UNROLL for (int j = 0; j < REGISTERS; j++) squares[j] = VEC_ZERO();
    for (; i + PANEL_WIDTH <= n; i += PANEL_WIDTH)
        UNROLL for (int j = 0; j < REGISTERS; j++)
        {
            vec v = VEC_LOAD(x + i + j * VEC_LANES);
            squares[j] += v * v;
        }
    for (int j = 0; i < n; j++) {
        size_t part = n - i < VEC_LANES ? n - i : VEC_LANES;
        vec v = load_part(x + i, part, 0);
        squares[j] += v * v;
        i += part;
    }
    float sum = fold(squares);
    float inverse = (float)(1.0 / sqrt((double)sum / (double)n + (double)eps));
    for (i = 0; i + VEC_LANES <= n; i += VEC_LANES)
        VEC_STORE(out + i, VEC_LOAD(x + i) * VEC_SET1(inverse) * VEC_LOAD(weight + i));
    for (; i < n; i++)
        out[i] = x[i] * inverse * weight[i];
}

static void rotate(float *x, const float *cosine, const float *sine, size_t half)
{
    float *y = x + half;
    size_t i = 0;
    for (; i + VEC_LANES <= half; i += VEC_LANES) {
        vec a = VEC_LOAD(x + i), b = VEC_LOAD(y + i);
        vec c = VEC_LOAD(cosine + i), s = VEC_LOAD(sine + i);
        VEC_STORE(x + i, a * c - b * s);
        VEC_STORE(y + i, b * c + a * s);
    }
    for (; i < half; i++) {
        float a = x[i], b = y[i];
        x[i] = a * cosine[i] - b * sine[i];
        y[i] = b * cosine[i] + a * sine[i];
    }
}

/// Adding 1.5 2^23 rounds to the nearest integer, ties to even, and leaves it in the low bits.
static void quantize(int8_row *out, const float *x, size_t K)
{
    const VEC_MASK no_sign = (VEC_MASK){0} + 0x7fffffff;
    const vec magic = VEC_SET1(12582912.0f);
    vec most = VEC_ZERO(), finite = VEC_ZERO();
    typedef int8_t code_vec __attribute__((vector_size(VEC_LANES)));
    VEC_MASK sums = {0};
    float at[VEC_LANES], zero[VEC_LANES];
    for (size_t i = 0; i < K; i += VEC_LANES) {
        vec v = K - i < VEC_LANES ? load_part(x + i, K - i, 0) : VEC_LOAD(x + i);
        vec size = (vec)((VEC_MASK)v & no_sign);
        most = select_lanes((VEC_MASK)(size > most), size, most);
        finite += v * VEC_ZERO(); // becomes NaN if a value is NaN or infinite
    }
    VEC_STORE(at, most);
    VEC_STORE(zero, finite);
    for (int j = 1; j < VEC_LANES; j++) {
        at[0] = at[j] > at[0] ? at[j] : at[0];
        zero[0] += zero[j];
    }
    out->scale = at[0] / 127 + zero[0];
    out->sum = 0;
    vec inverse = VEC_SET1(at[0] > 1e-30f ? 127 / at[0] : 0);
    for (size_t i = 0; i < K; i += VEC_LANES) {
        size_t n = K - i < VEC_LANES ? K - i : VEC_LANES;
        vec v = n < VEC_LANES ? load_part(x + i, n, 0) : VEC_LOAD(x + i);
        VEC_MASK codes = (VEC_MASK)(v * inverse + magic) - (VEC_MASK)magic;
        code_vec bytes = __builtin_convertvector(codes, code_vec);
        memcpy(out->codes + i, &bytes, n);
        sums += codes;
    }
    for (int j = 0; j < VEC_LANES; j++)
        out->sum += sums[j];
    for (size_t i = K; i % 4 != 0; i++)
        out->codes[i] = 0;
}

/// The initialiser of a table of these kernels; `int8` is a product_int8 whose weights have `flip`.
#define DECODE_KERNELS(set_name, int8, flip)                                                       \
    {                                                                                              \
        .name = set_name, .int8_flip = flip, .product = product, .product_int8 = int8,             \
        .quantize = quantize, .maximum = maximum, .exp_sum = exp_sum, .find = find,                \
        .histogram = histogram, .multiply = multiply, .add = add, .swiglu = swiglu,                \
        .rms_norm = rms_norm, .rotate = rotate                                                     \
    }
