// distill/model/inference/inference_decoder.h - the decoder for sampling: forward only, over a
// paged KV cache.
//
//     distill_decode_span spans[] = {
//         {.sequence = 3, .position = 17, .tokens = &next, .count = 1, .logits = true}, // decode
//         {.sequence = 9, .position = 0, .tokens = prompt, .count = 128},               // prefill
//     };
//     distill_inference_decoder_forward(decoder, cache, spans, 2);
//     float *logits = distill_inference_decoder_logits(decoder, 0); // of span 0
//
// Rows of all spans are computed together, yet every bit of a row depends on its own sequence
// alone: see tensor/panel_matmul.h. Prefilling a prompt in pieces, or prefilling what was decoded,
// gives the same cache. Results equal those of model/decoder up to rounding; a test compares the
// two.
#ifndef DISTILL_MODEL_INFERENCE_INFERENCE_DECODER_H
#define DISTILL_MODEL_INFERENCE_INFERENCE_DECODER_H

#include "distill/model/kv_cache.h"
#include "distill/model/parameters.h"
#include "distill/tensor/panel_matmul.h"

typedef struct distill_inference_decoder distill_inference_decoder;

typedef struct distill_inference_plan {
    size_t rows;    // most rows of one forward call
    size_t logits;  // most tokens of one call whose logits are computed
    size_t context; // positions of the longest sequence
    distill_weights weights;
} distill_inference_plan;

/// Bytes of the weights, and of everything else that a decoder holds. Norms, biases and
/// activations are always float32; with int8 weights the embedding is bfloat16.
size_t distill_inference_weight_bytes(const distill_config *config, distill_weights weights);
size_t distill_inference_scratch_bytes(const distill_config *config,
                                       const distill_inference_plan *plan);

/// Copies the tensors of `from` into panels; they are needed only during the call. If they are in a
/// checkpoint's mapped files, only pages of those files are in memory beside the panels, and the
/// system can take these back at any time.
/// Errors  NUMERIC for a value that is not finite, naming its tensor and place.
distill_status
distill_inference_decoder_create(distill_inference_decoder **out, const distill_tensor_views *from,
                                 const distill_inference_plan *plan) DISTILL_MUST_CHECK;
void distill_inference_decoder_free(distill_inference_decoder *decoder);
const distill_config *distill_inference_decoder_config(const distill_inference_decoder *decoder);

/// Consecutive positions of one sequence, reserved in the cache before the call, which has at most
/// one span of a sequence.
typedef struct distill_decode_span {
    size_t sequence;
    size_t position;       // of the first token
    const int32_t *tokens; // 0 … V-1
    size_t count;
    bool logits; // compute those of the last token,
    bool every;  // and those of all others
} distill_decode_span;

/// Allocates nothing.
void distill_inference_decoder_forward(distill_inference_decoder *decoder, distill_kv_cache *cache,
                                       const distill_decode_span *spans, size_t count);
/// Logits (V) of the index-th token for which they were computed, valid until the next forward
/// call; the caller may overwrite them.
float *distill_inference_decoder_logits(distill_inference_decoder *decoder, size_t index);

#endif
