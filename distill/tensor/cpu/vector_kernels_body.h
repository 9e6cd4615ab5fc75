// distill/tensor/cpu/vector_kernels_body.h - private: included by vector_kernels.c once an instruction set.
//
// The includer defines NAME(x), the register type `vec` of LANES floats and `ivec` of as many unsigned 32-bit integers,
// LOAD, STORE, SET1, FMA(a, b, c) = a b + c, LOAD_PART(x, n) and STORE_PART(x, v, n) for the first n < LANES
// elements (the other lanes load as 0), MINIMUM(a, b) and MAXIMUM(a, b), which are b where one is not a number,
// ROUND(x) to signed integers (to nearest; any multiple of 512 for what is not a number), WHOLE(i) back to floats,
// and TILE_ROWS, the height of the register tile of products.

// ---- small products ----------------------------------------------------------------------------------------

/// R rows by C registers of the result, held in registers over all of K. `part`: lanes of a narrower last
/// register, 0 = full. R, C and whether part is 0 are constants after inlining. (K is not unrolled: with strides
/// that are not constants the addresses would take more registers than the loop saves.)
INLINE void NAME(tile)(const small_product *p, size_t m, size_t n, size_t part, const int R,
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

typedef void (*NAME(tile_fn))(const small_product *p, size_t m, size_t n, size_t part);

#define TILES(R)                                                                                   \
    static void NAME(wide_##R)(const small_product *p, size_t m, size_t n, size_t part)            \
    {                                                                                              \
        (void)part;                                                                                \
        NAME(tile)(p, m, n, 0, R, 2);                                                              \
    }                                                                                              \
    static void NAME(narrow_##R)(const small_product *p, size_t m, size_t n, size_t part)          \
    {                                                                                              \
        (void)part;                                                                                \
        NAME(tile)(p, m, n, 0, R, 1);                                                              \
    }                                                                                              \
    static void NAME(partial_##R)(const small_product *p, size_t m, size_t n, size_t part)         \
    {                                                                                              \
        NAME(tile)(p, m, n, part, R, 1);                                                           \
    }
#define TILE_NAMES(R)                                                                              \
    {                                                                                              \
        NAME(wide_##R), NAME(narrow_##R), NAME(partial_##R)                                        \
    }
TILES(1)
TILES(2)
TILES(3)
TILES(4)
#if TILE_ROWS > 4
TILES(5)
TILES(6)
#endif
#if TILE_ROWS > 6
TILES(7)
TILES(8)
TILES(9)
TILES(10)
TILES(11)
TILES(12)
#endif

/// By [rows - 1][wide, narrow, partial].
static const NAME(tile_fn) NAME(tiles)[TILE_ROWS][3] = {
    TILE_NAMES(1), TILE_NAMES(2), TILE_NAMES(3), TILE_NAMES(4),
#if TILE_ROWS > 4
    TILE_NAMES(5), TILE_NAMES(6),
#endif
#if TILE_ROWS > 6
    TILE_NAMES(7), TILE_NAMES(8), TILE_NAMES(9), TILE_NAMES(10), TILE_NAMES(11), TILE_NAMES(12),
#endif
};
#undef TILES
#undef TILE_NAMES

static void NAME(multiply_small)(const small_product *p)
{
    for (size_t n = 0; n < p->N;) {
        size_t left = p->N - n;
        size_t kind = left >= 2 * LANES ? 0 : left >= LANES ? 1 : 2;
        for (size_t m = 0; m < p->M;) {
            size_t rows = p->M - m < TILE_ROWS ? p->M - m : TILE_ROWS;
            NAME(tiles)[rows - 1][kind](p, m, n, left);
            m += rows;
        }
        n += kind == 0 ? 2 * LANES : kind == 1 ? LANES : left;
    }
}

// ---- rows ---------------------------------------------------------------------------------------------------

INLINE float NAME(sum_lanes)(vec v)
{
    float at[LANES];
    STORE(at, v);
    plain_vec sum[LANES / 4];
    UNROLL for (int i = 0; i < LANES / 4; i++) sum[i] = plain_load(at + 4 * i, 4);
    UNROLL for (int half = LANES / 8; half > 0; half /= 2) UNROLL for (int i = 0; i < half; i++)
        sum[i] += sum[i + half];
    sum[0] += PLAIN_SHUFFLE(sum[0], 2, 3, 0, 1);
    return sum[0][0] + sum[0][1];
}

INLINE float NAME(largest_lane)(vec v)
{
    float at[LANES];
    STORE(at, v);
    plain_vec most = plain_load(at, 4);
    UNROLL for (int i = 4; i < LANES; i += 4)
    {
        plain_vec next = plain_load(at + i, 4);
        most = plain_select((plain_ivec)(next > most), next, most);
    }
    plain_vec turned = PLAIN_SHUFFLE(most, 2, 3, 0, 1);
    most = plain_select((plain_ivec)(turned > most), turned, most);
    return most[0] > most[1] ? most[0] : most[1];
}

INLINE vec NAME(select)(ivec mask, vec yes, vec no)
{
    return (vec)((mask & (ivec)yes) | (~mask & (ivec)no));
}

/// exp(x) = 2^n exp(r), r = x - n ln 2, the latter as a polynomial: 2 units in the last place.
/// Source  Cephes expf (Moshier), without its branches.
INLINE vec NAME(exponential)(vec x)
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
    result = NAME(select)(low, SET1(0.0f), result);
    return NAME(select)(below_high, result, x * SET1(INFINITY)); // not a number stays what it is
}

/// 2^x = 2^n 2^r, n = x rounded, the latter as a polynomial that is exactly 1 at 0: so the ends of the range, to
/// which x is cut, give 0 and infinity without a comparison. Half as many instructions as `exponential`.
/// Source  coefficients by Remez' exchange, relative error 2.6e-9 before rounding.
INLINE vec NAME(power_of_two)(vec x)
{
    x = MINIMUM(SET1(128.0f), MAXIMUM(SET1(-127.0f), x)); // not a number stays what it is
    ivec n = ROUND(x);
    vec r = x - WHOLE(n);
    vec p = FMA(r, SET1(1.559467818e-4f), SET1(1.340664390e-3f));
    p = FMA(p, r, SET1(9.617692973e-3f));
    p = FMA(p, r, SET1(5.550310551e-2f));
    p = FMA(p, r, SET1(2.402265278e-1f));
    p = FMA(p, r, SET1(6.931472150e-1f));
    p = FMA(p, r, SET1(1.0f));
    return (vec)((ivec)p + (n << 23));
}

static float NAME(maximum)(const float *x, size_t n)
{
    float most = x[0];
    size_t i = 0;
    if (n >= LANES) {
        vec best = LOAD(x);
        for (i = LANES; i + LANES <= n; i += LANES)
            best = MAXIMUM(LOAD(x + i), best);
        most = NAME(largest_lane)(best);
    }
    for (; i < n; i++)
        most = x[i] > most ? x[i] : most;
    return most;
}

static void NAME(transpose)(float *out, size_t out_stride, const float *x, size_t x_stride,
                            size_t rows, size_t cols)
{
    size_t r = 0, whole = cols / 4 * 4;
    for (; r + 4 <= rows; r += 4)
        for (size_t c = 0; c < whole; c += 4) {
            const float *from = x + r * x_stride + c;
            float *to = out + c * out_stride + r;
            plain_vec a = plain_load(from, 4), b = plain_load(from + x_stride, 4);
            plain_vec d = plain_load(from + 2 * x_stride, 4),
                      e = plain_load(from + 3 * x_stride, 4);
            plain_vec ab = PLAIN_MIX(a, b, 0, 4, 1, 5), de = PLAIN_MIX(d, e, 0, 4, 1, 5);
            plain_store(to, PLAIN_MIX(ab, de, 0, 1, 4, 5), 4);
            plain_store(to + out_stride, PLAIN_MIX(ab, de, 2, 3, 6, 7), 4);
            ab = PLAIN_MIX(a, b, 2, 6, 3, 7), de = PLAIN_MIX(d, e, 2, 6, 3, 7);
            plain_store(to + 2 * out_stride, PLAIN_MIX(ab, de, 0, 1, 4, 5), 4);
            plain_store(to + 3 * out_stride, PLAIN_MIX(ab, de, 2, 3, 6, 7), 4);
        }
    for (size_t i = 0; i < rows; i++)
        for (size_t c = i < r ? whole : 0; c < cols; c++)
            out[c * out_stride + i] = x[i * x_stride + c];
}

static float NAME(exp_row)(float *out, const float *x, size_t n, float scale, float shift)
{
    vec factor = SET1(scale), offset = SET1(-shift), sum = SET1(0.0f);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec v = NAME(exponential)(FMA(LOAD(x + i), factor, offset));
        STORE(out + i, v);
        sum += v;
    }
    float total = NAME(sum_lanes)(sum);
    if (i < n) {
        float at[LANES];
        STORE(at, NAME(exponential)(FMA(LOAD_PART(x + i, n - i), factor, offset)));
        for (size_t j = 0; i + j < n; j++)
            total += out[i + j] = at[j];
    }
    return total;
}

static float NAME(exp2_row)(float *out, const float *x, size_t n, float scale, float shift)
{
    vec factor = SET1(scale), offset = SET1(-shift), sum = SET1(0.0f);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec v = NAME(power_of_two)(FMA(LOAD(x + i), factor, offset));
        STORE(out + i, v);
        sum += v;
    }
    float total = NAME(sum_lanes)(sum);
    if (i < n) {
        float at[LANES];
        STORE(at, NAME(power_of_two)(FMA(LOAD_PART(x + i, n - i), factor, offset)));
        for (size_t j = 0; i + j < n; j++)
            total += out[i + j] = at[j];
    }
    return total;
}

static float NAME(dot)(const float *x, const float *y, size_t n)
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
    return NAME(sum_lanes)(first + second);
}

static float NAME(dot3)(const float *dy, const float *weight, const float *x, size_t n)
{
    vec sum = SET1(0.0f);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        sum = FMA(LOAD(dy + i) * LOAD(weight + i), LOAD(x + i), sum);
    if (i < n)
        sum = FMA(LOAD_PART(dy + i, n - i) * LOAD_PART(weight + i, n - i), LOAD_PART(x + i, n - i),
                  sum);
    return NAME(sum_lanes)(sum);
}

static void NAME(add_scaled)(float *y, const float *x, float factor, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        STORE(y + i, FMA(LOAD(x + i), SET1(factor), LOAD(y + i)));
    for (; i < n; i++)
        y[i] += x[i] * factor;
}

static void NAME(multiply)(float *x, float factor, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        STORE(x + i, LOAD(x + i) * SET1(factor));
    for (; i < n; i++)
        x[i] *= factor;
}

static void NAME(softmax_gradient)(float *ds, const float *p, float mean, float scale, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        STORE(ds + i, LOAD(p + i) * (LOAD(ds + i) - SET1(mean)) * SET1(scale));
    for (; i < n; i++)
        ds[i] = p[i] * (ds[i] - mean) * scale;
}

static void NAME(norm_row)(float *out, const float *x, const float *weight, float inverse, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        STORE(out + i, LOAD(x + i) * SET1(inverse) * LOAD(weight + i));
    for (; i < n; i++)
        out[i] = x[i] * inverse * weight[i];
}

static void NAME(norm_row_backward)(float *dx, float *dweight, const float *dy, const float *x,
                                    const float *weight, float inverse, float factor, bool add,
                                    size_t n)
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

static void NAME(swiglu)(float *out, const float *gate, const float *up, size_t n)
{
    for (size_t i = 0; i < n; i += LANES) {
        size_t part = n - i < LANES ? n - i : 0;
        vec g = part ? LOAD_PART(gate + i, part) : LOAD(gate + i);
        vec u = part ? LOAD_PART(up + i, part) : LOAD(up + i);
        vec act = g / (NAME(exponential)(-g) + SET1(1.0f)) * u;
        if (part)
            STORE_PART(out + i, act, part);
        else
            STORE(out + i, act);
    }
}

// silu'(g) = s (1 + g (1 - s)), s = 1 / (1 + exp(-g))
static void NAME(swiglu_backward)(float *dgate, float *dup, float *act, const float *dout,
                                  const float *gate, const float *up, size_t n)
{
    for (size_t i = 0; i < n; i += LANES) {
        size_t part = n - i < LANES ? n - i : 0;
        vec g = part ? LOAD_PART(gate + i, part) : LOAD(gate + i);
        vec u = part ? LOAD_PART(up + i, part) : LOAD(up + i);
        vec d = part ? LOAD_PART(dout + i, part) : LOAD(dout + i);
        vec s = SET1(1.0f) / (NAME(exponential)(-g) + SET1(1.0f));
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

INLINE void NAME(turn)(float *x, const float *cosine, const float *sine, float sign, size_t half)
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

static void NAME(rotate)(float *x, const float *cosine, const float *sine, size_t half)
{
    NAME(turn)(x, cosine, sine, 1.0f, half);
}

static void NAME(rotate_back)(float *x, const float *cosine, const float *sine, size_t half)
{
    NAME(turn)(x, cosine, sine, -1.0f, half);
}

static const vector_kernels NAME(kernels) = {
    .name = KERNEL_NAME,
    .multiply_small = NAME(multiply_small),
    .maximum = NAME(maximum),
    .transpose = NAME(transpose),
    .exp_row = NAME(exp_row),
    .exp2_row = NAME(exp2_row),
    .dot = NAME(dot),
    .add_scaled = NAME(add_scaled),
    .multiply = NAME(multiply),
    .softmax_gradient = NAME(softmax_gradient),
    .norm_row = NAME(norm_row),
    .norm_row_backward = NAME(norm_row_backward),
    .dot3 = NAME(dot3),
    .swiglu = NAME(swiglu),
    .swiglu_backward = NAME(swiglu_backward),
    .rotate = NAME(rotate),
    .rotate_back = NAME(rotate_back),
};

#undef NAME
#undef KERNEL_NAME
#undef LANES
#undef TILE_ROWS
#undef LOAD
#undef STORE
#undef LOAD_PART
#undef STORE_PART
#undef SET1
#undef FMA
#undef MINIMUM
#undef MAXIMUM
#undef ROUND
#undef WHOLE
#undef vec
#undef ivec
