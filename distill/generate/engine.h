// distill/generate/engine.h - continuous batching over one packed decoder.
//
//     slots     one reply each, decoded together; when one ends the next request takes its place
//     prefixes  prompts read once: every reply to the prompt shares their pages and goes on
//     step      last token of every reply + pieces of prompts -> one forward call -> one draw each
//
// If the page pool runs out, the youngest reply gives up its pages and is read again later: same
// cache, same bits, so that this, too, leaves no trace in the traces. The oldest always goes on,
// hence every run ends.
#ifndef DISTILL_GENERATE_ENGINE_H
#define DISTILL_GENERATE_ENGINE_H

#include "distill/generate/generator.h"
#include "distill/model/inference/inference_decoder.h"

typedef struct distill_engine distill_engine;

enum { DISTILL_ENGINE_READ_ROWS = 256 }; // prompt tokens that a step reads at most

typedef struct distill_engine_options {
    size_t batch_size;
    size_t context;
    size_t pages; // of the KV pool; at least distill_engine_least_pages(context)
    const distill_tokenizer
        *tok;                // borrowed; NULL: no text, every row of the embedding may be drawn
    const int32_t *stop_ids; // copied
    size_t stop_id_count;
} distill_engine_options;

/// Pages without which the longest sequence does not fit.
size_t distill_engine_least_pages(size_t context);
/// What the decoder of such an engine must be planned for.
distill_inference_plan distill_engine_decoder_plan(size_t batch_size, size_t context);

/// Takes over `decoder`, also if it fails.
distill_status distill_engine_create(distill_engine **out, distill_inference_decoder *decoder,
                                     const distill_engine_options *options) DISTILL_MUST_CHECK;
void distill_engine_free(distill_engine *engine);

/// See distill_generator_run.
/// Errors  LIMIT for a prompt that leaves no room for a reply; FORMAT for a token outside the
///         vocabulary; USAGE for settings out of range; those of the callbacks; INTERRUPTED.
distill_status distill_engine_run(distill_engine *engine, const distill_sampling *sampling,
                                  const distill_generator_calls *calls) DISTILL_MUST_CHECK;

#endif
