// distill/generate/engine_state.h - private header of the module engine: engine.c (creation, the
// run, sampling), engine_schedule.c (admission, KV pages, the spans of a step).
#ifndef DISTILL_GENERATE_ENGINE_STATE_H
#define DISTILL_GENERATE_ENGINE_STATE_H

#include "distill/generate/engine.h"
#include "distill/generate/reply.h"
#include "distill/generate/sampler.h"

typedef enum slot_state {
    SLOT_FREE,
    SLOT_AWAITING_PREFIX, // starts when its prompt's prefix is prefilled
    SLOT_PENDING,         // not admitted yet, or preempted; will prefill its own prompt if it must
    SLOT_RUNNING
} slot_state;

struct engine_prefix;

typedef struct engine_slot {
    reply reply;
    slot_state state;
    struct engine_prefix *prefix; // SLOT_AWAITING_PREFIX
    size_t sequence;              // of the cache
    size_t filled;                // positions in the cache
    uint64_t age;                 // number of the request: smaller is older
} engine_slot;

/// A shared prompt without its last token. Every reply prefills that one itself, which gives it its
/// first logits.
typedef struct engine_prefix {
    bool is_used;
    uint64_t key;
    distill_ids ids;
    size_t sequence;
    size_t filled;
    bool has_pages;
} engine_prefix;

struct distill_engine {
    distill_inference_decoder *decoder;
    distill_kv_cache *cache;
    const distill_tokenizer *tok;
    size_t V, context, batch_size;
    int32_t *stop_ids;
    size_t stop_id_count;
    int32_t *excluded_ids; // ids below the tokenizer's size that are no tokens
    distill_sampler_mask mask;
    distill_sampler **samplers; // [threads]

    engine_slot *slots;      // [batch_size]
    engine_prefix *prefixes; // [batch_size + 1]
    size_t newest;           // prefix that the next request may share
    uint64_t requests;       // admitted so far
    uint64_t tokens;         // sampled in this run

    // of the current step
    distill_decode_span *spans; // [2 batch_size + 1]
    size_t span_count, prefill_rows;
    size_t *sampled; // [batch_size] slots whose logits are computed, in the order of their spans
    size_t sampled_count;
    distill_sampler_top *tops; // [sampled_count]
    distill_draw *draws;       // [sampled_count]
    reply_rules rules;
};

/// Fills free slots with new requests; sets *more to false when there are no further ones.
distill_status engine_admit(distill_engine *engine, const distill_generator_calls *calls,
                            bool *more) DISTILL_MUST_CHECK;
/// Allocates pages and sets the spans of the next step, and the slots to sample from.
distill_status engine_plan_step(distill_engine *engine) DISTILL_MUST_CHECK;
/// Releases the pages of prefixes that no reply awaits; of the newest one only if `with_newest`.
void engine_drop_prefixes(distill_engine *engine, bool with_newest);

#endif
