// distill/train/train_weights.h - the parameters while they are trained: float32, or bfloat16 with
// 8 more bits beside it.
//
//     distill_train_weights w = {0};
//     TRY(distill_train_weights_create(&w, layout, DISTILL_BF16));
//     distill_block_sink to = distill_train_weights_sink(&w);
//     TRY(distill_checkpoint_load_into(&to, layout, ckpt));
//     TRY(distill_decoder_forward(decoder, distill_train_weights_block(&w), &batch));
//
// A small step is lost when it is added to a bfloat16 alone: its 8 bits of mantissa are as coarse
// as 1 in 256. With DISTILL_BF16 a parameter is 24 bits, of which the model uses 16:
//     t = 256 high + low        the upper 24 bits of a float32; high: bfloat16, low: -128 … 127
// high is t rounded to nearest, so that the model computes with the nearest bfloat16. A step is
// added in float32 and rounded to 24 bits stochastically: upwards with a probability equal to the
// part that is cut off, so that even smaller steps are right on average. The random numbers are a
// function of (seed, step, place): the same bits for any number of threads.
// Sources  compensation and stochastic rounding for bfloat16 training: Zamirai et al. 2020,
//          arXiv:2010.06192 (its Kahan sum keeps 16 bits beside the weight; here 8, and what they
//          cannot hold is rounded stochastically).
#ifndef DISTILL_TRAIN_TRAIN_WEIGHTS_H
#define DISTILL_TRAIN_TRAIN_WEIGHTS_H

#include "distill/model/parameters.h"
#include "distill/tensor/dtype.h"

typedef struct distill_train_weights {
    const distill_layout *layout; // borrowed
    distill_dtype dtype;          // DISTILL_F32 or DISTILL_BF16
    float *f32;                   // [total]
    uint16_t *high;               // [total] with DISTILL_BF16, and
    int8_t *low;                  // [total]
} distill_train_weights;

size_t distill_train_weights_bytes(const distill_layout *layout, distill_dtype dtype);
distill_status distill_train_weights_create(distill_train_weights *out,
                                            const distill_layout *layout,
                                            distill_dtype dtype) DISTILL_MUST_CHECK;
void distill_train_weights_free(distill_train_weights *w);

/// What the decoder computes with: total values of w->dtype.
const void *distill_train_weights_block(const distill_train_weights *w);
/// Values written are rounded to nearest: exact for values that were read from here, and for
/// bfloat16.
distill_block_sink distill_train_weights_sink(distill_train_weights *w);
/// All bits of the weights: for checkpoints to resume from.
distill_block_source distill_train_weights_exact(const distill_train_weights *w);
/// What the decoder computes with: for the checkpoint of a finished run.
distill_block_source distill_train_weights_rounded(const distill_train_weights *w);

/// Errors  NUMERIC for a weight that `dtype` cannot hold (beyond 65,504 in float16), naming its
///         tensor. The check is made before training.
distill_status distill_train_weights_check(const distill_train_weights *w,
                                           distill_dtype dtype) DISTILL_MUST_CHECK;

/// Places first … first + count - 1 as float32, and back with stochastic rounding by `key`.
void distill_train_weights_get(float *out, const distill_train_weights *w, size_t first,
                               size_t count);
void distill_train_weights_put(distill_train_weights *w, size_t first, const float *values,
                               size_t count, uint32_t key);

#endif
