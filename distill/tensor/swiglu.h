// distill/tensor/swiglu.h - the gated activation of the feed-forward block: silu(gate) times up.
//
// Source  Shazeer 2020, arXiv:2002.05202.
#ifndef DISTILL_TENSOR_SWIGLU_H
#define DISTILL_TENSOR_SWIGLU_H

#include <stddef.h>

/// out[i] = silu(gate[i]) up[i], silu(g) = g / (1 + exp(-g)), of `count` elements.
void distill_swiglu_forward(float *out, const float *gate, const float *up, size_t count);

/// In place, so that a layer needs no further buffers:
///     in:  dout = d loss / d out; gate, up as in the forward pass
///     out: dout = silu(gate) up, which the weight gradient of the next product needs;
///          gate = d loss / d gate; up = d loss / d up
void distill_swiglu_backward(float *dout, float *gate, float *up, size_t count);

#endif
