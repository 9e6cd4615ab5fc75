// distill/model/inference/inference_decoder.h - the decoder forward only: packed weights over a paged KV
// cache.
//
//     distill_decode_span spans[] = {
//         // a reply goes on; a prompt is read
//         {.sequence = 3, .position = 17, .tokens = &next, .count = 1, .logits = true},
//         {.sequence = 9, .position = 0, .tokens = prompt, .count = 128},
//     };
//     distill_inference_decoder_forward(decoder, cache, spans, 2);
//     float *logits = distill_inference_decoder_logits(decoder, 0); // of the first span wanting them
//
// Rows of all spans go through the layers together, yet each row's numbers depend on its own
// sequence alone, bit for bit: see tensor/panel_matmul.h. Reading a prompt in pieces, or reading
// again what was decoded, gives the same cache. It computes what model/decoder computes, to
// rounding; a test compares the two.
#ifndef DISTILL_MODEL_INFERENCE_INFERENCE_DECODER_H
#define DISTILL_MODEL_INFERENCE_INFERENCE_DECODER_H

#include "distill/model/kv_cache.h"
#include "distill/model/parameters.h"
#include "distill/tensor/panel_matmul.h"

typedef struct distill_inference_decoder distill_inference_decoder;

typedef struct distill_inference_plan {
    size_t rows;    // most rows of one forward call
    size_t logits;  // most tokens of one call whose logits are wanted
    size_t context; // positions of the longest sequence
    distill_weights weights;
} distill_inference_plan;

/// Bytes of packed weights, and of everything else a decoder holds. Norms, biases and what is not a
/// weight are float32 always; with int8 weights the embedding is bfloat16.
size_t distill_inference_weight_bytes(const distill_config *config, distill_weights weights);
size_t distill_inference_scratch_bytes(const distill_config *config,
                                       const distill_inference_plan *plan);

/// Packs the tensors of `from`, which are needed only during the call: a block in memory, or a
/// checkpoint's mapped files. Then only those files' pages are in memory beside the packed weights,
/// and the system can take those back at any time.
/// Errors  NUMERIC for a value that is not finite, naming its tensor and place.
distill_status
distill_inference_decoder_create(distill_inference_decoder **out, const distill_tensor_views *from,
                                 const distill_inference_plan *plan) DISTILL_MUST_CHECK;
void distill_inference_decoder_free(distill_inference_decoder *decoder);
const distill_config *distill_inference_decoder_config(const distill_inference_decoder *decoder);

/// Consecutive positions of one sequence, reserved in the cache beforehand; a call has at most one
/// span a sequence.
typedef struct distill_decode_span {
    size_t sequence;
    size_t position;       // of the first token
    const int32_t *tokens; // 0 … V-1
    size_t count;
    bool logits; // those of the last token are wanted
    bool every;  // and those of all others
} distill_decode_span;

/// Allocates nothing.
void distill_inference_decoder_forward(distill_inference_decoder *decoder, distill_kv_cache *cache,
                                       const distill_decode_span *spans, size_t count);
/// Logits (V) of the index-th token for which they were wanted, valid until the next forward call; the caller
/// may change them.
float *distill_inference_decoder_logits(distill_inference_decoder *decoder, size_t index);

#endif
