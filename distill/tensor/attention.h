// distill/tensor/attention.h - causal attention over a batch of packed documents, in tiles; no T x
// T matrix is held.
//
//     distill_attention_batch batch = {starts, documents, H, Hkv, Dh, window, 1 / sqrt(Dh)};
//     distill_attention_forward(out, lse, q, k, v, &batch, scratch);
//     distill_attention_backward(dq, dk, dv, dout, q, k, v, out, lse, &batch, scratch);
//
//        keys   0   96  192          A document is cut into tiles of 96 queries by 96 keys. The forward pass
//     queries [ \ ]                  keeps a running maximum and sum of each row, rescales its output when the
//        96   [###][ \ ]             maximum grows, and stores lse = log sum exp(scores), from which the
//       192   [###][###][ \ ]        backward pass recomputes the probabilities of each tile. Query head h
//                                    reads key/value head h / (H / Hkv).
//
// Source  Dao et al. 2022, arXiv:2205.14135; Dao 2023, arXiv:2307.08691.
// Threads  all of the pool; bits do not depend on their number.
#ifndef DISTILL_TENSOR_ATTENTION_H
#define DISTILL_TENSOR_ATTENTION_H

#include <stddef.h>

typedef struct distill_attention_batch {
    const size_t *starts; // [documents + 1] first row of each document; the last is N
    size_t documents;
    size_t H, Hkv, Dh;
    size_t window; // a position attends to itself and window - 1 before it; 0 = all before it
    float scale;   // of the scores
} distill_attention_batch;

/// Floats of scratch that either pass needs for N rows.
size_t distill_attention_scratch(size_t N, size_t H, size_t Hkv, size_t Dh);

/// out[n, h] = softmax over the visible m of (scale q[n, h] . k[m, h']) times v[m, h'];  lse[n, h]
/// Shapes  out, q (N, H, Dh); k, v (N, Hkv, Dh); lse (N, H).
void distill_attention_forward(float *out, float *lse, const float *q, const float *k,
                               const float *v, const distill_attention_batch *batch,
                               float *scratch);

/// dq, dk, dv are set, not added to. Shapes as their namesakes.
void distill_attention_backward(float *dq, float *dk, float *dv, const float *dout, const float *q,
                                const float *k, const float *v, const float *out, const float *lse,
                                const distill_attention_batch *batch, float *scratch);

#endif
