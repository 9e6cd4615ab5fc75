// distill/train/train_weights.c - see train_weights.h.
#include "distill/train/train_weights.h"

#include "distill/base/memory.h"
#include "distill/train/stochastic.h"

#pragma GCC optimize("O3") // the loops below, in vector registers

size_t distill_train_weights_bytes(const distill_layout *layout, distill_dtype dtype)
{
    return layout->total * (dtype == DISTILL_BF16 ? sizeof(uint16_t) + 1 : sizeof(float));
}

distill_status distill_train_weights_create(distill_train_weights *out,
                                            const distill_layout *layout, distill_dtype dtype)
{
    distill_status status = DISTILL_OK;
    *out = (distill_train_weights){.layout = layout, .dtype = dtype};
    if (dtype == DISTILL_F32) {
        TRY(DISTILL_NEW(&out->f32, layout->total));
        goto done;
    }
    TRY(DISTILL_NEW(&out->high, layout->total));
    TRY(DISTILL_NEW(&out->low, layout->total));
done:
    if (status != DISTILL_OK)
        distill_train_weights_free(out);
    return status;
}

void distill_train_weights_free(distill_train_weights *w)
{
    distill_free(w->low);
    distill_free(w->high);
    distill_free(w->f32);
    *w = (distill_train_weights){0};
}

const void *distill_train_weights_block(const distill_train_weights *w)
{
    return w->dtype == DISTILL_BF16 ? (const void *)w->high : (const void *)w->f32;
}

// ---- 24 bits -----------------------------------------------------------------------------------

static inline __attribute__((always_inline)) void
join(float *restrict out, const uint16_t *restrict high, const int8_t *restrict low, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = float_of_bits((((uint32_t)high[i] << 8) + (uint32_t)low[i]) << 8);
}

/// `random` is what is added before 8 bits are cut off: 0 … 255. Halves between two bfloat16 go
/// away from zero, so that low is never 128.
static inline __attribute__((always_inline)) void split_one(uint16_t *high, int8_t *low,
                                                            float value, uint32_t random)
{
    uint32_t t = (bits_of_float(value) + random) >> 8;
    uint32_t upper = (t + 0x80) >> 8;
    *high = (uint16_t)upper;
    *low = (int8_t)(t - (upper << 8));
}

static inline __attribute__((always_inline)) void split(uint16_t *restrict high,
                                                        int8_t *restrict low,
                                                        const float *restrict values, size_t count,
                                                        uint32_t key)
{
    for (size_t i = 0; i < count; i++)
        split_one(&high[i], &low[i], values[i], stochastic_bits(key, (uint32_t)i) & 0xFF);
}

static void join_plain(float *out, const uint16_t *high, const int8_t *low, size_t count)
{
    join(out, high, low, count);
}

static void split_plain(uint16_t *high, int8_t *low, const float *values, size_t count,
                        uint32_t key)
{
    split(high, low, values, count, key);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void join_avx2(float *out, const uint16_t *high,
                                                      const int8_t *low, size_t count)
{
    join(out, high, low, count);
}

__attribute__((target("avx2"))) static void
split_avx2(uint16_t *high, int8_t *low, const float *values, size_t count, uint32_t key)
{
    split(high, low, values, count, key);
}
#endif

static int has_avx2(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2");
#else
    return 0;
#endif
}

void distill_train_weights_get(float *out, const distill_train_weights *w, size_t first,
                               size_t count)
{
    if (w->dtype == DISTILL_F32) {
        memcpy(out, w->f32 + first, count * sizeof *out);
        return;
    }
#if defined(__x86_64__)
    if (has_avx2()) {
        join_avx2(out, w->high + first, w->low + first, count);
        return;
    }
#endif
    join_plain(out, w->high + first, w->low + first, count);
}

void distill_train_weights_put(distill_train_weights *w, size_t first, const float *values,
                               size_t count, uint32_t key)
{
    if (w->dtype == DISTILL_F32) {
        memcpy(w->f32 + first, values, count * sizeof *values);
        return;
    }
#if defined(__x86_64__)
    if (has_avx2()) {
        split_avx2(w->high + first, w->low + first, values, count, key);
        return;
    }
#endif
    split_plain(w->high + first, w->low + first, values, count, key);
}

// ---- in and out --------------------------------------------------------------------------------

static void write_nearest(void *context, size_t place, const float *values, size_t count)
{
    distill_train_weights *w = context;
    if (w->dtype == DISTILL_F32)
        memcpy(w->f32 + place, values, count * sizeof *values);
    else
        for (size_t i = 0; i < count; i++)
            split_one(&w->high[place + i], &w->low[place + i], values[i], 0x80);
}

static void read_exact(void *context, float *out, size_t place, size_t count)
{
    distill_train_weights_get(out, context, place, count);
}

static void read_rounded(void *context, float *out, size_t place, size_t count)
{
    const distill_train_weights *w = context;
    if (w->dtype == DISTILL_F32)
        memcpy(out, w->f32 + place, count * sizeof *out);
    else
        distill_dtype_widen(out, w->high + place, DISTILL_BF16, count);
}

distill_block_sink distill_train_weights_sink(distill_train_weights *w)
{
    return (distill_block_sink){write_nearest, w};
}

distill_block_source distill_train_weights_exact(const distill_train_weights *w)
{
    return (distill_block_source){read_exact, (void *)w};
}

distill_block_source distill_train_weights_rounded(const distill_train_weights *w)
{
    return (distill_block_source){read_rounded, (void *)w};
}
