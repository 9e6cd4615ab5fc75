// tests/differential/gold_pairs.h - pairs of a published reference answer and a text made from it.
//
//     gold_list golds = {0};
//     TRY(gold_list_read(&golds, "test.jsonl"));
//     if (gold_pair_make(&p, &rng, golds.at[i])) …
//     gold_list_free(&golds);
#ifndef TESTS_DIFFERENTIAL_GOLD_PAIRS_H
#define TESTS_DIFFERENTIAL_GOLD_PAIRS_H

#include "tests/differential/pair.h"

typedef struct gold_list {
    char **at;
    size_t count, capacity;
} gold_list;

/// Reads the field "answer" of each line, a text or a number; behind "####" where it has that.
/// Errors  IO, FORMAT, NO_MEMORY.
distill_status gold_list_read(gold_list *out, const char *path) DISTILL_MUST_CHECK;
void gold_list_free(gold_list *golds);

/// Rewrites `gold` without a change of meaning, or damages it; false where no damage applies.
bool gold_pair_make(pair *p, distill_rng *rng, const char *gold);

#endif
