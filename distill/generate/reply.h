// distill/generate/reply.h - private: one reply while it is being sampled.
//
// Its tokens so far, their log-probabilities, and where it stops: at a stop token, a stop string,
// or its limit. The memory is kept from one reply to the next, so that a warm engine allocates
// nothing.
#ifndef DISTILL_GENERATE_REPLY_H
#define DISTILL_GENERATE_REPLY_H

#include "distill/generate/sampler.h"

typedef struct reply {
    distill_request request;
    size_t limit; // tokens that it may have
    distill_ids ids;
    float *logprobs;      // [capacity]
    int32_t *topk_ids;    // [capacity, K]
    float *topk_logprobs; // [capacity, K]
    size_t capacity, K;
    distill_text text; // decoded so far, only where stop strings are watched for; else at the end
    distill_detokenizer stream;
} reply;

/// What every reply of a run has in common; borrowed.
typedef struct reply_rules {
    const distill_sampling *sampling;
    const distill_tokenizer *tok; // NULL: no text, no stop strings
    const int32_t *stop_ids;
    size_t stop_id_count;
} reply_rules;

/// Forgets what was there before.
void reply_begin(reply *r, const distill_request *request, const reply_rules *rules, size_t limit);
void reply_free(reply *r);

/// Token at `position` of prompt and reply together, and how many there are.
int32_t reply_token(const reply *r, size_t position);
size_t reply_length(const reply *r);

/// Makes room for one more token and says where its top-K belong.
distill_status reply_prepare(reply *r, distill_sampler_top *top) DISTILL_MUST_CHECK;
/// Takes a sampled token. Sets *finished, and then *completion, which borrows from the reply.
distill_status reply_accept(reply *r, bool *finished, distill_completion *completion,
                            const reply_rules *rules, distill_draw draw) DISTILL_MUST_CHECK;

#endif
