// distill/generate/reply.h - one reply while it is sampled: its tokens, and where it stops.
//
//     reply_begin(&r, &request, &rules, limit);
//     TRY(reply_prepare(&r, &top));                  // where the sampler writes the top-K
//     TRY(reply_accept(&r, &finished, &completion, &rules, draw));
//
// Private to distill/generate. A reply stops at a stop token, a stop string, or its limit. Its
// memory is reused for the next reply, so that a warm engine allocates nothing in a step.
#ifndef DISTILL_GENERATE_REPLY_H
#define DISTILL_GENERATE_REPLY_H

#include "distill/generate/sampler.h"

typedef struct reply {
    distill_request request;
    size_t limit; // in tokens
    distill_ids ids;
    float *logprobs;      // [capacity]
    int32_t *topk_ids;    // [capacity, K]
    float *topk_logprobs; // [capacity, K]
    size_t capacity, K;
    distill_text text; // decoded token by token if there are stop strings, else at the end
    distill_detokenizer stream;
} reply;

/// What the replies of a run have in common; borrowed.
typedef struct reply_rules {
    const distill_sampling *sampling;
    const distill_tokenizer *tok; // NULL: no text, no stop strings
    const int32_t *stop_ids;
    size_t stop_id_count;
} reply_rules;

/// Starts a reply in the memory of an earlier one.
void reply_begin(reply *r, const distill_request *request, const reply_rules *rules, size_t limit);
void reply_free(reply *r);

/// Tokens of prompt and reply together.
size_t reply_length(const reply *r);

/// Makes room for one more token, and sets `top` to where its top-K log-probabilities are written.
distill_status reply_prepare(reply *r, distill_sampler_top *top) DISTILL_MUST_CHECK;
/// Adds a sampled token. If the reply ends, *finished is true and `completion` borrows from it.
distill_status reply_accept(reply *r, bool *finished, distill_completion *completion,
                            const reply_rules *rules, distill_draw draw) DISTILL_MUST_CHECK;

#endif
