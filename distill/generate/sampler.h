// distill/generate/sampler.h - from logits to a token: temperature, top-k, top-p, min-p,
// log-probabilities.
//
//     distill_sampler *sampler = NULL;                       // scratch memory of one worker
//     TRY(distill_sampler_create(&sampler, V));
//     distill_sampler_mask mask = {.allowed = tokenizer_size};
//     double u = distill_rng_at(stream, position);
//     distill_draw draw = distill_sampler_draw(sampler, &top, logits, &mask, &rules, u);
//
// Order, as in Hugging Face: temperature; the top_k largest; of those the smallest set whose
// probability reaches top_p; of those the ones with at least min_p times the largest probability;
// then a draw in proportion to the probabilities. Equal logits are ranked by id, lower ids first.
// Temperature 0 takes the first token of that ranking.
// A draw is a pure function of (logits, mask, rules, u), and allocates nothing. The vocabulary is
// never sorted: only tokens near the top are ranked, as many as the filters need. Log-probabilities
// are those of the whole distribution (all V rows) at temperature 1, before any filter.
#ifndef DISTILL_GENERATE_SAMPLER_H
#define DISTILL_GENERATE_SAMPLER_H

#include "distill/generate/generator.h"

typedef struct distill_sampler distill_sampler;

distill_status distill_sampler_create(distill_sampler **out, size_t V) DISTILL_MUST_CHECK;
void distill_sampler_free(distill_sampler *sampler);

/// Tokens that are never drawn: ids from `allowed` on (rows of an embedding that is larger than the
/// vocabulary), and those listed.
typedef struct distill_sampler_mask {
    size_t allowed;
    const int32_t *excluded;
    size_t excluded_count;
} distill_sampler_mask;

/// Where the K most probable tokens are written; K <= allowed.
typedef struct distill_sampler_top {
    int32_t *ids;
    float *logprobs;
    size_t K;
} distill_sampler_top;

typedef struct distill_draw {
    int32_t id; // -1: the logits are not finite
    float logprob;
} distill_draw;

/// Draws a token. `logits` (V) are modified: excluded ones become -inf. `u` in [0, 1) is the random
/// number; `top` may be NULL.
distill_draw distill_sampler_draw(distill_sampler *sampler, const distill_sampler_top *top,
                                  float *logits, const distill_sampler_mask *mask,
                                  const distill_sampling *rules, double u);

/// Errors  USAGE naming the first setting that is out of range for a vocabulary of `allowed`
///         tokens.
distill_status distill_sampling_check(const distill_sampling *rules,
                                      size_t allowed) DISTILL_MUST_CHECK;

#endif
