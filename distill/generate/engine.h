// distill/generate/engine.h - continuous-batching scheduler over one inference decoder.
//
//     slots     one reply each, decoded together; when one ends, the next request takes its slot
//     prefixes  prompts that are prefilled once and shared by all replies to them
//     step      last token of every running reply + chunks of prompts -> one forward call -> one
//               sampled token a reply
//
// Pages of the KV cache are allocated oldest first. If the pool runs out, the youngest reply is
// preempted: it loses its pages and is prefilled again later. The cache is then the same bit for
// bit, so that preemption does not change the output. The oldest reply is never preempted, hence
// every run ends.
//
//     TRY(distill_engine_create(&engine, decoder, &options));
//     TRY(distill_engine_run(engine, &sampling, &calls));
//     distill_engine_free(engine);
#ifndef DISTILL_GENERATE_ENGINE_H
#define DISTILL_GENERATE_ENGINE_H

#include "distill/generate/generator.h"
#include "distill/model/inference/inference_decoder.h"

typedef struct distill_engine distill_engine;

enum { DISTILL_ENGINE_PREFILL_ROWS = 256 }; // prompt tokens of a step, at most

typedef struct distill_engine_options {
    size_t batch_size;
    size_t context;
    size_t pages;                 // of the KV cache; at least distill_engine_min_pages(context)
    const distill_tokenizer *tok; // borrowed; NULL: no text, and every row of the embedding may be
                                  // drawn
    const int32_t *stop_ids;      // copied
    size_t stop_id_count;
} distill_engine_options;

/// Pages that the longest sequence needs.
size_t distill_engine_min_pages(size_t context);
/// What the decoder of such an engine must be planned for.
distill_inference_plan distill_engine_decoder_plan(size_t batch_size, size_t context);

/// Takes ownership of `decoder`, also if it fails.
distill_status distill_engine_create(distill_engine **out, distill_inference_decoder *decoder,
                                     const distill_engine_options *options) DISTILL_MUST_CHECK;
void distill_engine_free(distill_engine *engine);

/// Implements distill_generator_run.
/// Errors  LIMIT for a prompt that leaves no room for a reply; FORMAT for a token outside the
///         vocabulary; USAGE for settings out of range; those of the callbacks; INTERRUPTED.
distill_status distill_engine_run(distill_engine *engine, const distill_sampling *sampling,
                                  const distill_generator_calls *calls) DISTILL_MUST_CHECK;

#endif
