// distill/tensor/decode_attention.h - attention of single positions over a paged cache of keys and
// values.
//
// The cache is cut into pages of 64 positions. A page holds a block for every (layer, key/value
// head):
//
//     keys    [64 / 16][Dh][16]  16 positions side by side: scores are products with panels
//     values  [Dh / 16][64][16]  16 dimensions side by side, rounded up: so is their weighted sum
//
// Scores and the weighted sum are therefore products of decode_kernels.h, and a row's result
// depends on its own sequence alone: pages in ascending order, softmax rescaled every 1024
// positions (Milakov & Gimelshein 2018, arXiv:1805.02867). Reading a position back as part of a
// prompt gives the same bits as having decoded it.
#ifndef DISTILL_TENSOR_DECODE_ATTENTION_H
#define DISTILL_TENSOR_DECODE_ATTENTION_H

#include "distill/base/memory.h"

enum {
    DISTILL_KV_PAGE = 64,          // positions of a page
    DISTILL_KV_MOST_HEAD_DIM = 512 // the largest Dh
};

typedef struct distill_attention_shape {
    size_t H, Hkv, Dh;
    size_t window; // a position attends to itself and window - 1 before it; 0 = all
    float scale;   // of the scores: 1 / sqrt(Dh)
} distill_attention_shape;

/// Floats of the block of one (layer, key/value head) in a page; a multiple of 16.
size_t distill_kv_block_floats(size_t Dh);
/// Writes the key and the value (Dh each) of position `slot` (0 … 63) of a page into a block.
void distill_kv_block_store(float *block, const float *key, const float *value, size_t Dh,
                            size_t slot);

/// The sequence of one row: its page i is at pool->floats + pages[i] * pool->page_floats.
typedef struct distill_attention_row {
    const uint32_t *pages;
    size_t position; // of the row, which attends to positions up to this one
} distill_attention_row;

typedef struct distill_attention_pool {
    const float *floats;
    size_t page_floats;
    size_t first_block; // floats from a page's start to the layer's blocks [Hkv]
} distill_attention_pool;

/// out[n, h] = softmax(scale q[n, h] . K) V over the positions that row n sees.
/// Shapes  q rows of `q_stride` floats, (H, Dh) of them read; out (N, H * Dh), rows of
///         `out_stride`.
/// Threads rows and key/value heads are spread over the pool; called from a worker, it runs in that
///         worker alone.
void distill_decode_attention(float *out, size_t out_stride, const float *q, size_t q_stride,
                              const distill_attention_row *rows, size_t N,
                              const distill_attention_pool *pool,
                              const distill_attention_shape *shape);

#endif
