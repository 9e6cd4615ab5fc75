// distill/train/train_weights.c - the block of trained parameters in float32, or in two arrays of
// 16 and 8 bits.
#include "distill/train/train_weights.h"

#include "distill/base/memory.h"
#include "distill/tensor/optimizer_math.h"

#include <string.h>

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

void distill_train_weights_get(float *out, const distill_train_weights *w, size_t first,
                               size_t count)
{
    if (w->dtype == DISTILL_F32) {
        memcpy(out, w->f32 + first, count * sizeof *out);
        return;
    }
    distill_bf16_join(out, w->high + first, w->low + first, count);
}

void distill_train_weights_put(distill_train_weights *w, size_t first, const float *values,
                               size_t count, uint32_t key)
{
    if (w->dtype == DISTILL_F32) {
        memcpy(w->f32 + first, values, count * sizeof *values);
        return;
    }
    distill_bf16_split(w->high + first, w->low + first, values, count, key);
}

// ---- in and out ---------------------------------------------------------------------------------

static void write_nearest(void *context, size_t place, const float *values, size_t count)
{
    distill_train_weights *w = context;
    if (w->dtype == DISTILL_F32)
        memcpy(w->f32 + place, values, count * sizeof *values);
    else
        distill_bf16_split_nearest(w->high + place, w->low + place, values, count);
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

distill_status distill_train_weights_check(const distill_train_weights *w, distill_dtype dtype)
{
    enum { PIECE = 4096 };
    const float most = 65504; // the largest float16
    float values[PIECE];
    for (size_t t = 0; dtype == DISTILL_F16 && t < w->layout->count; t++) {
        const distill_tensor_info *info = &w->layout->tensors[t];
        size_t count = info->rows * info->cols;
        for (size_t first = 0; first < count; first += PIECE) {
            size_t n = count - first < PIECE ? count - first : PIECE;
            read_rounded((void *)(uintptr_t)w, values, info->offset + first, n);
            for (size_t i = 0; i < n; i++)
                if (values[i] > most || values[i] < -most)
                    return distill_fail(DISTILL_NUMERIC,
                                        "tensor \"%s\" holds %g, which float16 cannot; choose "
                                        "--save-dtype bfloat16 or float32",
                                        info->name, (double)values[i]);
        }
    }
    return DISTILL_OK;
}
