// distill/generate/local_generator.h - a generator that decodes a checkpoint in this process.
//
//     distill_local_options options = {.batch_size = 16};
//     TRY(distill_local_generator_open(&generator, "models/qwen2.5-1.5b", tok, &options));
//
// Memory is planned before anything is loaded. The KV cache takes memory only as replies grow, up
// to `cache_bytes`; where that is less than all replies at full length need, the engine preempts
// the youngest ones (engine.h).
#ifndef DISTILL_GENERATE_LOCAL_GENERATOR_H
#define DISTILL_GENERATE_LOCAL_GENERATOR_H

#include "distill/generate/generator.h"
#include "distill/model/config.h"
#include "distill/tensor/panel_matrix.h"

typedef struct distill_local_options {
    size_t batch_size;       // sequences decoded together; 0 = chosen from the free memory
    size_t context;          // longest prompt + reply; 0 = the model's, which is also the most
    distill_weights weights; // how they are stored in memory; bf16 by default
    /// Tokens that end a reply, besides the eos tokens of model and tokenizer.
    const int32_t *stop_ids;
    size_t stop_id_count;
} distill_local_options;

typedef struct distill_local_plan {
    size_t batch_size, context;
    size_t cache_pages;
    distill_weights weights;
    size_t weight_bytes, cache_bytes, scratch_bytes;
} distill_local_plan;

/// Plans for `available` bytes of memory.
/// Errors  LIMIT with the numbers if it does not fit; USAGE for a context without room for a reply.
distill_status distill_local_plan_make(distill_local_plan *plan, const distill_config *config,
                                       const distill_local_options *options,
                                       size_t available) DISTILL_MUST_CHECK;

/// Plans, prints the plan as a note, and loads. `tok` is borrowed until close; NULL: replies have
/// no text, and every row of the embedding may be drawn. With a tokenizer, rows beyond its
/// vocabulary are never drawn.
distill_status
distill_local_generator_open(distill_generator **out, const char *dir, const distill_tokenizer *tok,
                             const distill_local_options *options) DISTILL_MUST_CHECK;

#endif
