// distill/tensor/decode_kernels_body.h - private: included by decode_kernels.c once an instruction
// set.
//
// The includer defines NAME(x), the register type `vec` of VEC_LANES floats with VEC_LOAD,
// VEC_STORE, VEC_SET1, VEC_ZERO, VEC_FMA(a, b, c) = a b + c rounded once, and VEC_MASK, the integer
// vector of the same size. Only products are fused; everything else rounds after each operation, as
// plain C does.

// ---- products -----------------------------------------------------------------------------------

enum { NAME(REGISTERS) = PANEL_WIDTH / VEC_LANES };

/// One tile of R rows by C panels, held in registers over all of K. R and C are constants after
/// inlining.
INLINE void NAME(tile)(float *out, size_t out_stride, const float *x, size_t x_stride,
                       const float *panels, size_t panel_stride, size_t K, bool add, const int R,
                       const int C)
{
    const int width = C * NAME(REGISTERS);
    vec sum[6][PANEL_PAIR_MOST * NAME(REGISTERS)];
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < width; c++) sum[r][c] =
        add ? VEC_LOAD(out + (size_t)r * out_stride + c * VEC_LANES) : VEC_ZERO();
    for (size_t k = 0; k < K; k++) {
        vec w[PANEL_PAIR_MOST * NAME(REGISTERS)];
        UNROLL for (int c = 0; c < width; c++) w[c] =
            VEC_LOAD(panels + (size_t)(c / NAME(REGISTERS)) * panel_stride + k * PANEL_WIDTH +
                     c % NAME(REGISTERS) * VEC_LANES);
        UNROLL for (int r = 0; r < R; r++)
        {
            vec v = VEC_SET1(x[(size_t)r * x_stride + k]);
            UNROLL for (int c = 0; c < width; c++) sum[r][c] = VEC_FMA(v, w[c], sum[r][c]);
        }
    }
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int c = 0; c < width; c++)
        VEC_STORE(out + (size_t)r * out_stride + c * VEC_LANES, sum[r][c]);
}

#define TILE(R, C)                                                                                 \
    static void NAME(tile_##R##x##C)(float *out, size_t out_stride, const float *x,                \
                                     size_t x_stride, const float *panels, size_t panel_stride,    \
                                     size_t K, bool add)                                           \
    {                                                                                              \
        NAME(tile)(out, out_stride, x, x_stride, panels, panel_stride, K, add, R, C);              \
    }
TILE(1, 1)
TILE(2, 1)
TILE(3, 1)
TILE(4, 1)
TILE(5, 1)
TILE(6, 1)
TILE(1, 2)
TILE(2, 2)
TILE(3, 2)
TILE(1, 4)
#if VEC_LANES == 16 // twice the registers, each twice as wide: 6 x 2 panels fit
TILE(4, 2)
TILE(5, 2)
TILE(6, 2)
TILE(2, 4)
TILE(3, 4)
#endif
#undef TILE

/// Tiles by [rows - 1]: of one panel, and of several where that gives enough independent sums.
static const panel_tile NAME(tiles)[3][6] = {
    {NAME(tile_1x1), NAME(tile_2x1), NAME(tile_3x1), NAME(tile_4x1), NAME(tile_5x1),
     NAME(tile_6x1)},
#if VEC_LANES == 16
    {NAME(tile_1x2), NAME(tile_2x2), NAME(tile_3x2), NAME(tile_4x2), NAME(tile_5x2),
     NAME(tile_6x2)},
    {NAME(tile_1x4), NAME(tile_2x4), NAME(tile_3x4)},
#else
    {NAME(tile_1x2), NAME(tile_2x2), NAME(tile_3x2)},
    {NAME(tile_1x4)},
#endif
};

static void NAME(product)(float *out, size_t out_stride, const float *x, size_t x_stride,
                          const float *panels, size_t panel_stride, size_t rows, size_t panel_count,
                          size_t K, bool add)
{
    for (size_t r = 0; r < rows;) {
        size_t height = rows - r < 6 ? rows - r : 6;
        for (size_t p = 0; p < panel_count;) {
            int width = panel_count - p >= 4 ? 2 : panel_count - p >= 2 ? 1 : 0; // 2^width panels
            while (NAME(tiles)[width][height - 1] == NULL)
                width--;
            NAME(tiles)
            [width][height - 1](out + r * out_stride + p * PANEL_WIDTH, out_stride,
                                x + r * x_stride, x_stride, panels + p * panel_stride, panel_stride,
                                K, add);
            p += (size_t)1 << width;
        }
        r += height;
    }
}

// ---- rows ---------------------------------------------------------------------------------------

/// The first n < VEC_LANES values, `fill` in the other lanes.
INLINE vec NAME(load_part)(const float *x, size_t n, float fill)
{
    float held[VEC_LANES];
    for (size_t i = 0; i < VEC_LANES; i++)
        held[i] = i < n ? x[i] : fill;
    return VEC_LOAD(held);
}

INLINE void NAME(store_part)(float *x, vec v, size_t n)
{
    float held[VEC_LANES];
    VEC_STORE(held, v);
    memcpy(x, held, n * sizeof *x);
}

/// Folds 16 lanes: 16 -> 8 -> 4 -> 2 -> 1.
INLINE float NAME(fold)(const vec sums[NAME(REGISTERS)])
{
    float at[PANEL_WIDTH];
    UNROLL for (int j = 0; j < NAME(REGISTERS); j++) VEC_STORE(at + j * VEC_LANES, sums[j]);
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            at[i] += at[i + half];
    return at[0];
}

INLINE vec NAME(select)(VEC_MASK mask, vec yes, vec no)
{
    return (vec)((mask & (VEC_MASK)yes) | (~mask & (VEC_MASK)no));
}

/// exp by x = n ln 2 + r and a polynomial in r; 2 units in the last place. 0 below -87.3, +inf
/// above 88.7.
/// Source  Cephes expf (Moshier), without its branches.
INLINE vec NAME(exponential)(vec x)
{
    const vec zero = VEC_ZERO(), magic = VEC_SET1(12582912.0f); // 1.5 2^23: adding it rounds
    const vec lowest = VEC_SET1(-87.3f), highest = VEC_SET1(88.7f);
    VEC_MASK low = (VEC_MASK)(x < lowest), high = (VEC_MASK)(x > highest);
    vec v = NAME(select)(low | high, zero, x);
    vec shifted = v * VEC_SET1(1.44269504088896341f) + magic;
    vec n = shifted - magic;
    vec r = (v - n * VEC_SET1(0.693359375f)) - n * VEC_SET1(-2.12194440e-4f);
    vec p = r * VEC_SET1(1.9875691500e-4f) + VEC_SET1(1.3981999507e-3f);
    p = p * r + VEC_SET1(8.3334519073e-3f);
    p = p * r + VEC_SET1(4.1665795894e-2f);
    p = p * r + VEC_SET1(1.6666665459e-1f);
    p = p * r + VEC_SET1(5.0000001201e-1f);
    p = p * (r * r) + r + VEC_SET1(1.0f);
    VEC_MASK exponent = ((VEC_MASK)shifted - (VEC_MASK)magic) << 23;
    vec result = (vec)((VEC_MASK)p + exponent);
    result = NAME(select)(low, zero, result);
    result = NAME(select)(high, VEC_SET1(INFINITY), result);
    return NAME(select)((VEC_MASK)(x == x), result, x);
}

static float NAME(maximum)(const float *x, size_t n)
{
    vec most = VEC_SET1(-INFINITY);
    size_t i = 0;
    for (; i + VEC_LANES <= n; i += VEC_LANES) {
        vec v = VEC_LOAD(x + i);
        most = NAME(select)((VEC_MASK)(v > most), v, most);
    }
    if (i < n) {
        vec v = NAME(load_part)(x + i, n - i, -INFINITY);
        most = NAME(select)((VEC_MASK)(v > most), v, most);
    }
    float at[VEC_LANES];
    VEC_STORE(at, most);
    for (int j = 1; j < VEC_LANES; j++)
        at[0] = at[j] > at[0] ? at[j] : at[0];
    return at[0];
}

/// One block of at most 1024 values: the sum runs in 16 floats.
INLINE float NAME(exp_sum_block)(float *out, const float *x, size_t n, vec shift, vec scale)
{
    vec sums[NAME(REGISTERS)];
    size_t i = 0;
    UNROLL for (int j = 0; j < NAME(REGISTERS); j++) sums[j] = VEC_ZERO();
    for (; i + PANEL_WIDTH <= n; i += PANEL_WIDTH)
        UNROLL for (int j = 0; j < NAME(REGISTERS); j++)
        {
            vec v = NAME(exponential)((VEC_LOAD(x + i + j * VEC_LANES) - shift) * scale);
            sums[j] += v;
            VEC_STORE(out + i + j * VEC_LANES, v);
        }
    for (int j = 0; i < n; j++) {
        size_t part = n - i < VEC_LANES ? n - i : VEC_LANES;
        vec v = NAME(load_part)(x + i, part, -INFINITY);
        v = NAME(exponential)((v - shift) * scale);
        sums[j] += v;
        NAME(store_part)(out + i, v, part);
        i += part;
    }
    return NAME(fold)(sums);
}

static double NAME(exp_sum)(float *out, const float *x, size_t n, float shift, float scale)
{
    enum { BLOCK = 1024 };
    double total = 0;
    for (size_t i = 0; i < n; i += BLOCK)
        total += (double)NAME(exp_sum_block)(out + i, x + i, n - i < BLOCK ? n - i : BLOCK,
                                             VEC_SET1(shift), VEC_SET1(scale));
    return total;
}

static void NAME(multiply)(float *x, float factor, size_t n)
{
    size_t i = 0;
    for (; i + VEC_LANES <= n; i += VEC_LANES)
        VEC_STORE(x + i, VEC_LOAD(x + i) * VEC_SET1(factor));
    for (; i < n; i++)
        x[i] *= factor;
}

static void NAME(add)(float *x, const float *y, size_t n)
{
    size_t i = 0;
    for (; i + VEC_LANES <= n; i += VEC_LANES)
        VEC_STORE(x + i, VEC_LOAD(x + i) + VEC_LOAD(y + i));
    for (; i < n; i++)
        x[i] += y[i];
}

INLINE vec NAME(swiglu_lanes)(vec gate, vec up)
{
    return gate / (NAME(exponential)(VEC_ZERO() - gate) + VEC_SET1(1.0f)) * up;
}

static void NAME(swiglu)(float *out, const float *gate, const float *up, size_t n)
{
    size_t i = 0;
    for (; i + VEC_LANES <= n; i += VEC_LANES)
        VEC_STORE(out + i, NAME(swiglu_lanes)(VEC_LOAD(gate + i), VEC_LOAD(up + i)));
    if (i < n) {
        vec g = NAME(load_part)(gate + i, n - i, 0), u = NAME(load_part)(up + i, n - i, 0);
        NAME(store_part)(out + i, NAME(swiglu_lanes)(g, u), n - i);
    }
}

static void NAME(rms_norm)(float *out, const float *x, const float *weight, size_t n, float eps)
{
    vec squares[NAME(REGISTERS)];
    size_t i = 0;
    UNROLL for (int j = 0; j < NAME(REGISTERS); j++) squares[j] = VEC_ZERO();
    for (; i + PANEL_WIDTH <= n; i += PANEL_WIDTH)
        UNROLL for (int j = 0; j < NAME(REGISTERS); j++)
        {
            vec v = VEC_LOAD(x + i + j * VEC_LANES);
            squares[j] += v * v;
        }
    for (int j = 0; i < n; j++) {
        size_t part = n - i < VEC_LANES ? n - i : VEC_LANES;
        vec v = NAME(load_part)(x + i, part, 0);
        squares[j] += v * v;
        i += part;
    }
    float sum = NAME(fold)(squares);
    float inverse = (float)(1.0 / sqrt((double)sum / (double)n + (double)eps));
    for (i = 0; i + VEC_LANES <= n; i += VEC_LANES)
        VEC_STORE(out + i, VEC_LOAD(x + i) * VEC_SET1(inverse) * VEC_LOAD(weight + i));
    for (; i < n; i++)
        out[i] = x[i] * inverse * weight[i];
}

static void NAME(rotate)(float *x, const float *cosine, const float *sine, size_t half)
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

static const decode_kernels NAME(kernels) = {
    .name = KERNEL_NAME,
    .product = NAME(product),
    .maximum = NAME(maximum),
    .exp_sum = NAME(exp_sum),
    .multiply = NAME(multiply),
    .add = NAME(add),
    .swiglu = NAME(swiglu),
    .rms_norm = NAME(rms_norm),
    .rotate = NAME(rotate),
};

#undef NAME
#undef KERNEL_NAME
#undef VEC_LANES
#undef VEC_MASK
#undef VEC_LOAD
#undef VEC_STORE
#undef VEC_SET1
#undef VEC_ZERO
#undef VEC_FMA
#undef vec
