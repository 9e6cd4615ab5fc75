// distill/tensor/cpu/body/vector_kernels_body.h - private: the kernels of vector_kernels.h for one
// instruction set; included once by the file that is compiled for that set.
//
// The including file defines, before it includes this one:
//     vec, ivec, LANES              the register type of LANES floats; as many uint32_t
//     LOAD, STORE, SET1, FMA(a, b, c) = a b + c
//     LOAD_PART(x, n), STORE_PART(x, v, n)
//                                   the first n < LANES elements; the other lanes load as 0
//     MINIMUM(a, b), MAXIMUM(a, b)  b where one of them is NaN
//     ROUND(x)                      to the nearest signed integer; for NaN any multiple of 512
//     TO_FLOAT(i)                   signed integers back to floats
//     TILE_ROWS                     height of the register tile of small products
// and after it a table with VECTOR_KERNELS.
#include "distill/tensor/cpu/kernel_tables.h"
#include "distill/tensor/cpu/vector_extensions.h"

#include <math.h>

// ---- small products -----------------------------------------------------------------------------

/// R rows by C registers of the result, which stay in registers over all of K. `part`: lanes of a
/// narrower last register, 0 = full. R, C and whether part is 0 are constants after inlining. The
/// loop over K is not unrolled: with variable strides the addresses would take more registers than
/// unrolling saves.
INLINE void multiply_tile(const small_product *p, size_t m, size_t n, size_t part, const int R,
                          const int C)
{
    const float *a = p->a + m * p->a_row, *b = p->b + n;
    float *c = p->c + m * p->ldc + n;
    size_t a_row = p->a_row, a_col = p->a_col, ldb = p->ldb, ldc = p->ldc, K = p->K;
    bool add = p->add;
    vec sum[TILE_ROWS][2];
    UNROLL for (int i = 0; i < R; i++)
    {
        UNROLL for (int j = 0; j < C; j++) sum[i][j] = SET1(0.0f);
        __builtin_prefetch(c + (size_t)i * ldc, 1);
    }
    for (size_t k = 0; k < K; k++, a += a_col, b += ldb) {
        vec row[2];
        UNROLL for (int j = 0; j < C; j++) row[j] =
            part > 0 ? LOAD_PART(b + j * LANES, part) : LOAD(b + j * LANES);
        UNROLL for (int i = 0; i < R; i++)
        {
            vec value = SET1(a[(size_t)i * a_row]);
            UNROLL for (int j = 0; j < C; j++) sum[i][j] = FMA(value, row[j], sum[i][j]);
        }
    }
    if (add)
        UNROLL for (int i = 0; i < R; i++) UNROLL for (int j = 0; j < C; j++) sum[i][j] +=
            part > 0 ? LOAD_PART(c + (size_t)i * ldc, part) : LOAD(c + (size_t)i * ldc + j * LANES);
    UNROLL for (int i = 0; i < R; i++) UNROLL for (int j = 0; j < C; j++)
    {
        if (part > 0)
            STORE_PART(c + (size_t)i * ldc, sum[i][j], part);
        else
            STORE(c + (size_t)i * ldc + j * LANES, sum[i][j]);
    }
}

typedef void (*tile_fn)(const small_product *p, size_t m, size_t n, size_t part);

#define DEFINE_TILES(R)                                                                            \
    static void wide_##R(const small_product *p, size_t m, size_t n, size_t part)                  \
    {                                                                                              \
        (void)part;                                                                                \
        multiply_tile(p, m, n, 0, R, 2);                                                           \
    }                                                                                              \
    static void narrow_##R(const small_product *p, size_t m, size_t n, size_t part)                \
    {                                                                                              \
        (void)part;                                                                                \
        multiply_tile(p, m, n, 0, R, 1);                                                           \
    }                                                                                              \
    static void partial_##R(const small_product *p, size_t m, size_t n, size_t part)               \
    {                                                                                              \
        multiply_tile(p, m, n, part, R, 1);                                                        \
    }
#define TILE_NAMES(R)                                                                              \
    {                                                                                              \
        wide_##R, narrow_##R, partial_##R                                                          \
    }
DEFINE_TILES(1)
DEFINE_TILES(2)
DEFINE_TILES(3)
DEFINE_TILES(4)
#if TILE_ROWS > 4
DEFINE_TILES(5)
DEFINE_TILES(6)
#endif
#if TILE_ROWS > 6
DEFINE_TILES(7)
DEFINE_TILES(8)
DEFINE_TILES(9)
DEFINE_TILES(10)
DEFINE_TILES(11)
DEFINE_TILES(12)
#endif

/// By [rows - 1][wide, narrow, partial]: two registers, one, and the first lanes of one.
static const tile_fn TILES[TILE_ROWS][3] = {
    TILE_NAMES(1), TILE_NAMES(2), TILE_NAMES(3), TILE_NAMES(4),
#if TILE_ROWS > 4
    TILE_NAMES(5), TILE_NAMES(6),
#endif
#if TILE_ROWS > 6
    TILE_NAMES(7), TILE_NAMES(8), TILE_NAMES(9), TILE_NAMES(10), TILE_NAMES(11), TILE_NAMES(12),
#endif
};

static void multiply_small(const small_product *p)
{
    for (size_t n = 0; n < p->N;) {
        size_t left = p->N - n;
        size_t kind = left >= 2 * LANES ? 0 : left >= LANES ? 1 : 2;
        for (size_t m = 0; m < p->M;) {
            size_t rows = p->M - m < TILE_ROWS ? p->M - m : TILE_ROWS;
            TILES[rows - 1][kind](p, m, n, left);
            m += rows;
        }
        n += kind == 0 ? 2 * LANES : kind == 1 ? LANES : left;
    }
}

// ---- rows ---------------------------------------------------------------------------------------

INLINE float sum_lanes(vec v)
{
    float at[LANES];
    STORE(at, v);
    float4 sum[LANES / 4];
    UNROLL for (int i = 0; i < LANES / 4; i++) sum[i] = load_float4(at + 4 * i, 4);
    UNROLL for (int half = LANES / 8; half > 0; half /= 2) UNROLL for (int i = 0; i < half; i++)
        sum[i] += sum[i + half];
    sum[0] += SHUFFLE4(sum[0], sum[0], 2, 3, 0, 1);
    return sum[0][0] + sum[0][1];
}

INLINE float largest_lane(vec v)
{
    float at[LANES];
    STORE(at, v);
    float4 most = load_float4(at, 4);
    UNROLL for (int i = 4; i < LANES; i += 4)
    {
        float4 next = load_float4(at + i, 4);
        most = select_float4((uint4)(next > most), next, most);
    }
    float4 rotated = SHUFFLE4(most, most, 2, 3, 0, 1);
    most = select_float4((uint4)(rotated > most), rotated, most);
    return most[0] > most[1] ? most[0] : most[1];
}

INLINE vec select_lanes(ivec mask, vec yes, vec no)
{
    return (vec)((mask & (ivec)yes) | (~mask & (ivec)no));
}

/// exp(x) = 2^n exp(r), r = x - n ln 2, exp(r) as a polynomial; error at most 2 units in the last
/// place.
/// Source  Cephes expf (Moshier), without its branches.
INLINE vec exponential(vec x)
{
    const vec magic = SET1(12582912.0f); // 1.5 2^23: adding it rounds to an integer
    ivec low = (ivec)(x < SET1(-87.3f)), below_high = (ivec)(x <= SET1(88.7f));
    vec shifted = FMA(x, SET1(1.44269504088896341f), magic);
    vec n = shifted - magic;
    vec r = FMA(n, SET1(2.12194440e-4f), FMA(n, SET1(-0.693359375f), x));
    vec p = FMA(r, SET1(1.9875691500e-4f), SET1(1.3981999507e-3f));
    p = FMA(p, r, SET1(8.3334519073e-3f));
    p = FMA(p, r, SET1(4.1665795894e-2f));
    p = FMA(p, r, SET1(1.6666665459e-1f));
    p = FMA(p, r, SET1(5.0000001201e-1f));
    p = FMA(p, r * r, r + SET1(1.0f));
    // between the ends 2^n p is a normal number: p < 1 where n is 128, p >= 1 where n is -126
    vec result = (vec)((ivec)p + (((ivec)shifted - (ivec)magic) << 23));
    result = select_lanes(low, SET1(0.0f), result);
    return select_lanes(below_high, result, x * SET1(INFINITY)); // NaN stays NaN
}

/// 2^x = 2^n 2^r, n = x rounded, 2^r as a polynomial that is exactly 1 at 0. x is clamped to -127 …
/// 128, whose results are exactly 0 and infinity, so no comparison is needed. Half as many
/// instructions as `exponential`.
/// Source  coefficients by the Remez algorithm, relative error 2.6e-9 before rounding.
INLINE vec power_of_two(vec x)
{
    x = MINIMUM(SET1(128.0f), MAXIMUM(SET1(-127.0f), x)); // NaN stays NaN
    ivec n = ROUND(x);
    vec r = x - TO_FLOAT(n);
    vec p = FMA(r, SET1(1.559467818e-4f), SET1(1.340664390e-3f));
    p = FMA(p, r, SET1(9.617692973e-3f));
    p = FMA(p, r, SET1(5.550310551e-2f));
    p = FMA(p, r, SET1(2.402265278e-1f));
    p = FMA(p, r, SET1(6.931472150e-1f));
    p = FMA(p, r, SET1(1.0f));
    return (vec)((ivec)p + (n << 23));
}

static float maximum(const float *x, size_t n)
{
    float most = x[0];
    size_t i = 0;
    if (n >= LANES) {
        vec best = LOAD(x);
        for (i = LANES; i + LANES <= n; i += LANES)
            best = MAXIMUM(LOAD(x + i), best);
        most = largest_lane(best);
    }
    for (; i < n; i++)
        most = x[i] > most ? x[i] : most;
    return most;
}

static void transpose(float *out, size_t out_stride, const float *x, size_t x_stride, size_t rows,
                      size_t cols)
{
    size_t r = 0, whole = cols / 4 * 4;
    for (; r + 4 <= rows; r += 4)
        for (size_t c = 0; c < whole; c += 4) {
            const float *from = x + r * x_stride + c;
            float *to = out + c * out_stride + r;
            float4 a = load_float4(from, 4), b = load_float4(from + x_stride, 4);
            float4 d = load_float4(from + 2 * x_stride, 4), e = load_float4(from + 3 * x_stride, 4);
            float4 ab = SHUFFLE4(a, b, 0, 4, 1, 5), de = SHUFFLE4(d, e, 0, 4, 1, 5);
            store_float4(to, SHUFFLE4(ab, de, 0, 1, 4, 5), 4);
            store_float4(to + out_stride, SHUFFLE4(ab, de, 2, 3, 6, 7), 4);
            ab = SHUFFLE4(a, b, 2, 6, 3, 7), de = SHUFFLE4(d, e, 2, 6, 3, 7);
            store_float4(to + 2 * out_stride, SHUFFLE4(ab, de, 0, 1, 4, 5), 4);
            store_float4(to + 3 * out_stride, SHUFFLE4(ab, de, 2, 3, 6, 7), 4);
        }
    for (size_t i = 0; i < rows; i++)
        for (size_t c = i < r ? whole : 0; c < cols; c++)
            out[c * out_stride + i] = x[i * x_stride + c];
}

static float exp_row(float *out, const float *x, size_t n, float scale, float shift)
{
    vec factor = SET1(scale), offset = SET1(-shift), sum = SET1(0.0f);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec v = exponential(FMA(LOAD(x + i), factor, offset));
        STORE(out + i, v);
        sum += v;
    }
    float total = sum_lanes(sum);
    if (i < n) {
        float at[LANES];
        STORE(at, exponential(FMA(LOAD_PART(x + i, n - i), factor, offset)));
        for (size_t j = 0; i + j < n; j++)
            total += out[i + j] = at[j];
    }
    return total;
}

static float exp2_row(float *out, const float *x, size_t n, float scale, float shift)
{
    vec factor = SET1(scale), offset = SET1(-shift), sum = SET1(0.0f);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec v = power_of_two(FMA(LOAD(x + i), factor, offset));
        STORE(out + i, v);
        sum += v;
    }
    float total = sum_lanes(sum);
    if (i < n) {
        float at[LANES];
        STORE(at, power_of_two(FMA(LOAD_PART(x + i, n - i), factor, offset)));
        for (size_t j = 0; i + j < n; j++)
            total += out[i + j] = at[j];
    }
    return total;
}

static float dot(const float *x, const float *y, size_t n)
{
    vec first = SET1(0.0f), second = SET1(0.0f);
    size_t i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        first = FMA(LOAD(x + i), LOAD(y + i), first);
        second = FMA(LOAD(x + i + LANES), LOAD(y + i + LANES), second);
    }
    for (; i + LANES <= n; i += LANES)
        first = FMA(LOAD(x + i), LOAD(y + i), first);
    if (i < n)
        second = FMA(LOAD_PART(x + i, n - i), LOAD_PART(y + i, n - i), second);
    return sum_lanes(first + second);
}

static float dot3(const float *dy, const float *weight, const float *x, size_t n)
{
    vec sum = SET1(0.0f);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        sum = FMA(LOAD(dy + i) * LOAD(weight + i), LOAD(x + i), sum);
    if (i < n)
        sum = FMA(LOAD_PART(dy + i, n - i) * LOAD_PART(weight + i, n - i), LOAD_PART(x + i, n - i),
                  sum);
    return sum_lanes(sum);
}

static void add_scaled(float *y, const float *x, float factor, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        STORE(y + i, FMA(LOAD(x + i), SET1(factor), LOAD(y + i)));
    for (; i < n; i++)
        y[i] += x[i] * factor;
}

static void multiply(float *x, float factor, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        STORE(x + i, LOAD(x + i) * SET1(factor));
    for (; i < n; i++)
        x[i] *= factor;
}

static void softmax_gradient(float *ds, const float *p, float mean, float scale, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        STORE(ds + i, LOAD(p + i) * (LOAD(ds + i) - SET1(mean)) * SET1(scale));
    for (; i < n; i++)
        ds[i] = p[i] * (ds[i] - mean) * scale;
}

static void norm_row(float *out, const float *x, const float *weight, float inverse, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        STORE(out + i, LOAD(x + i) * SET1(inverse) * LOAD(weight + i));
    for (; i < n; i++)
        out[i] = x[i] * inverse * weight[i];
}

static void norm_row_backward(float *dx, float *dweight, const float *dy, const float *x,
                              const float *weight, float inverse, float factor, bool add, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec g = LOAD(dy + i) * SET1(inverse), v = LOAD(x + i);
        vec d = FMA(v, SET1(-factor), g * LOAD(weight + i));
        STORE(dweight + i, FMA(g, v, LOAD(dweight + i)));
        if (add)
            d += LOAD(dx + i);
        STORE(dx + i, d);
    }
    for (; i < n; i++) {
        float g = dy[i] * inverse, d = g * weight[i] - x[i] * factor;
        dweight[i] += g * x[i];
        dx[i] = add ? dx[i] + d : d;
    }
}

static void swiglu(float *out, const float *gate, const float *up, size_t n)
{
    for (size_t i = 0; i < n; i += LANES) {
        size_t part = n - i < LANES ? n - i : 0;
        vec g = part ? LOAD_PART(gate + i, part) : LOAD(gate + i);
        vec u = part ? LOAD_PART(up + i, part) : LOAD(up + i);
        vec act = g / (exponential(-g) + SET1(1.0f)) * u;
        if (part)
            STORE_PART(out + i, act, part);
        else
            STORE(out + i, act);
    }
}

// silu'(g) = s (1 + g (1 - s)), s = 1 / (1 + exp(-g))
static void swiglu_backward(float *dgate, float *dup, float *act, const float *dout,
                            const float *gate, const float *up, size_t n)
{
    for (size_t i = 0; i < n; i += LANES) {
        size_t part = n - i < LANES ? n - i : 0;
        vec g = part ? LOAD_PART(gate + i, part) : LOAD(gate + i);
        vec u = part ? LOAD_PART(up + i, part) : LOAD(up + i);
        vec d = part ? LOAD_PART(dout + i, part) : LOAD(dout + i);
        vec s = SET1(1.0f) / (exponential(-g) + SET1(1.0f));
        vec silu = g * s, du = d * silu;
        vec dg = d * u * FMA(silu, SET1(1.0f) - s, s);
        if (part) {
            STORE_PART(dgate + i, dg, part);
            STORE_PART(dup + i, du, part);
            STORE_PART(act + i, silu * u, part);
        } else {
            STORE(dgate + i, dg);
            STORE(dup + i, du);
            STORE(act + i, silu * u);
        }
    }
}

INLINE void rotate_by(float *x, const float *cosine, const float *sine, float sign, size_t half)
{
    float *y = x + half;
    size_t i = 0;
    for (; i + LANES <= half; i += LANES) {
        vec a = LOAD(x + i), b = LOAD(y + i), c = LOAD(cosine + i), s = LOAD(sine + i) * SET1(sign);
        STORE(x + i, a * c - b * s);
        STORE(y + i, b * c + a * s);
    }
    for (; i < half; i++) {
        float a = x[i], b = y[i], s = sine[i] * sign;
        x[i] = a * cosine[i] - b * s;
        y[i] = b * cosine[i] + a * s;
    }
}

static void rotate(float *x, const float *cosine, const float *sine, size_t half)
{
    rotate_by(x, cosine, sine, 1.0f, half);
}

static void rotate_back(float *x, const float *cosine, const float *sine, size_t half)
{
    rotate_by(x, cosine, sine, -1.0f, half);
}

/// The initialiser of a table of these kernels.
#define VECTOR_KERNELS(set_name)                                                                   \
    {                                                                                              \
        .name = set_name, .multiply_small = multiply_small, .maximum = maximum,                    \
        .transpose = transpose, .exp_row = exp_row, .exp2_row = exp2_row, .dot = dot,              \
        .add_scaled = add_scaled, .multiply = multiply, .softmax_gradient = softmax_gradient,      \
        .norm_row = norm_row, .norm_row_backward = norm_row_backward, .dot3 = dot3,                \
        .swiglu = swiglu, .swiglu_backward = swiglu_backward, .rotate = rotate,                    \
        .rotate_back = rotate_back                                                                 \
    }
