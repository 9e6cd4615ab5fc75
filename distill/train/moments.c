// distill/train/moments.c - the moments of all tensors as one array of blocks.
//
// Blocks are numbered through the layout's tensors; first_block[t] is the number of tensor t's
// first.
#include "distill/train/moments.h"

#include "distill/base/memory.h"

enum { BLOCK = DISTILL_MOMENT_BLOCK };

static distill_moment_codes codes_of(const distill_moments *s, size_t block)
{
    return (distill_moment_codes){s->m_codes + block * BLOCK, s->v_codes + block * BLOCK,
                                  s->m_scales + block, s->v_scales + block};
}

void distill_moments_get(float *m, float *v, const distill_moments *s, size_t block)
{
    distill_moment_codes codes = codes_of(s, block);
    distill_moments_decode(m, v, &codes, BLOCK);
}

void distill_moments_put(distill_moments *s, size_t block, const float *m, const float *v,
                         uint32_t key)
{
    distill_moment_codes codes = codes_of(s, block);
    distill_moments_encode(&codes, m, v, distill_moments_place(s, block).count, key);
}

// ---- all blocks ---------------------------------------------------------------------------------

static size_t blocks_of(const distill_tensor_info *info)
{
    return (info->rows * info->cols + BLOCK - 1) / BLOCK;
}

static size_t count_blocks(const distill_layout *layout)
{
    size_t blocks = 0;
    for (size_t t = 0; t < layout->count; t++)
        blocks += blocks_of(&layout->tensors[t]);
    return blocks;
}

size_t distill_moments_bytes(const distill_layout *layout, distill_optimizer kind)
{
    if (kind == DISTILL_ADAMW)
        return 2 * layout->total * sizeof(float);
    return count_blocks(layout) * 2 * (BLOCK + sizeof(float));
}

distill_status distill_moments_create(distill_moments *out, const distill_layout *layout,
                                      distill_optimizer kind)
{
    distill_status status = DISTILL_OK;
    *out = (distill_moments){.layout = layout, .kind = kind, .blocks = count_blocks(layout)};
    TRY(DISTILL_NEW(&out->first_block, layout->count + 1));
    for (size_t t = 0; t < layout->count; t++)
        out->first_block[t + 1] = out->first_block[t] + blocks_of(&layout->tensors[t]);
    if (kind == DISTILL_ADAMW) {
        TRY(DISTILL_NEW(&out->m, layout->total));
        TRY(DISTILL_NEW(&out->v, layout->total));
        goto done;
    }
    TRY(DISTILL_NEW(&out->m_codes, out->blocks * BLOCK));
    TRY(DISTILL_NEW(&out->v_codes, out->blocks * BLOCK));
    TRY(DISTILL_NEW(&out->m_scales, out->blocks));
    TRY(DISTILL_NEW(&out->v_scales, out->blocks));
done:
    if (status != DISTILL_OK)
        distill_moments_free(out);
    return status;
}

void distill_moments_free(distill_moments *s)
{
    distill_free(s->v_scales);
    distill_free(s->m_scales);
    distill_free(s->v_codes);
    distill_free(s->m_codes);
    distill_free(s->v);
    distill_free(s->m);
    distill_free(s->first_block);
    *s = (distill_moments){0};
}

distill_moment_place distill_moments_place(const distill_moments *s, size_t block)
{
    size_t low = 0, high = s->layout->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (s->first_block[middle] <= block)
            low = middle;
        else
            high = middle;
    }
    const distill_tensor_info *info = &s->layout->tensors[low];
    size_t at = (block - s->first_block[low]) * BLOCK, rest = info->rows * info->cols - at;
    return (distill_moment_place){low, info->offset + at, rest < BLOCK ? rest : BLOCK};
}
