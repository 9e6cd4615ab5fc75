// datasets/sample/spending.h - usage and cost of a served teacher, over all runs on an output.
//
//     OUTPUT/usage.json   {"requests":N,"retries":N,"prompt_tokens":N,"reply_tokens":N,
//                          "cost":f,"seconds":f}
//
// Written every few seconds and at the end of a run. A killed process loses at most the last
// seconds of the account, and no trace. The cost is in the currency of the prices, at the prices of
// each run.
#ifndef DATASETS_SAMPLE_SPENDING_H
#define DATASETS_SAMPLE_SPENDING_H

#include "distill/generate/generator.h"

typedef struct spending {
    double requests, retries, prompt_tokens, reply_tokens, cost, seconds;
} spending;

/// `usage` at prices for a million tokens.
spending spending_of(const distill_usage *usage, double price_in, double price_out, double seconds);
spending spending_sum(const spending *a, const spending *b);
/// For an absent or damaged file all numbers are 0.
distill_status spending_read(spending *out, const char *path) DISTILL_MUST_CHECK;
distill_status spending_write(const spending *s, const char *path) DISTILL_MUST_CHECK;

#endif
