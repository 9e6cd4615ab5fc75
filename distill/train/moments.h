// distill/train/moments.h - AdamW's two moments: float32, or 8 bits in blocks.
//
//     distill_moments s = {0};
//     TRY(distill_moments_create(&s, layout, DISTILL_ADAMW_8BIT));
//     for (size_t b = 0; b < s.blocks; b++) {
//         distill_moments_get(m, v, &s, b);          // up to 256 values of one tensor
//         …
//         distill_moments_put(&s, b, m, v, key);
//     }
//
// A block is 256 values of one tensor (of a row of the embedding, where its width is a multiple of
// 256); tensor/optimizer_math.h describes its codes and scales.
// Source  block-wise states: Dettmers et al. 2022, arXiv:2110.02861. Departures: codes that are
//         computed instead of looked up, sqrt(v) instead of v (half the range), stochastic
//         rounding, and the same treatment for embeddings (a scale for each 256 values of a
//         row keeps rare tokens apart from frequent ones).
#ifndef DISTILL_TRAIN_MOMENTS_H
#define DISTILL_TRAIN_MOMENTS_H

#include "distill/model/layout.h"
#include "distill/tensor/optimizer_math.h"

typedef enum distill_optimizer { DISTILL_ADAMW, DISTILL_ADAMW_8BIT } distill_optimizer;

typedef struct distill_moments {
    const distill_layout *layout; // borrowed
    distill_optimizer kind;
    size_t blocks;       // of all tensors
    size_t *first_block; // [layout->count + 1] of each tensor
    float *m, *v;        // [total] with DISTILL_ADAMW
    // with DISTILL_ADAMW_8BIT: codes [blocks][256], scales [blocks]
    unsigned char *m_codes, *v_codes;
    float *m_scales, *v_scales;
} distill_moments;

size_t distill_moments_bytes(const distill_layout *layout, distill_optimizer kind);
/// All zero.
distill_status distill_moments_create(distill_moments *out, const distill_layout *layout,
                                      distill_optimizer kind) DISTILL_MUST_CHECK;
void distill_moments_free(distill_moments *s);

/// Where block `block` lies.
typedef struct distill_moment_place {
    size_t tensor, first, count; // first: place in the layout
} distill_moment_place;
distill_moment_place distill_moments_place(const distill_moments *s, size_t block);

/// The moments of a block as float32 [256], and back (DISTILL_ADAMW_8BIT). `key`: of the random
/// bits.
void distill_moments_get(float *m, float *v, const distill_moments *s, size_t block);
void distill_moments_put(distill_moments *s, size_t block, const float *m, const float *v,
                         uint32_t key);

#endif
