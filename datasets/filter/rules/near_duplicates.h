// datasets/filter/rules/near_duplicates.h - traces that are almost the same as one that was kept.
//
//     near_index *index = NULL;
//     TRY(near_index_create(&index, 0.8));
//     near_signature_make(&signature, prompt, reply);          // any thread
//     TRY(near_index_add(index, &signature, number, &match));  // in the order of the input
//     match == NEAR_NONE: it is new, and remembered as `number`; else the number of the earlier one
//     near_index_free(index);
//
// A text is the set of its shingles: every five words in a row (lower case; a Chinese or Japanese
// character is a word). Two traces are near duplicates if the Jaccard similarity of their replies,
// and that of prompt and reply together, is at least the threshold: so a short reply ("The answer
// is 5.") may come again under another prompt, and two replies to one long prompt are not taken for
// one another because they share the prompt.
//
// Similarities are estimated by one permutation hashing: 256 smallest values, standard error at most
// 0.03 (0.025 at 0.8). Candidates are found by bands of the reply's signature; a pair at the
// threshold is found with a probability of 99%. Of one band's candidates 64 are looked at.
// Sources  Broder 1997 (resemblance); Li, Owen, Zhang 2012 (one permutation); Shrivastava 2017
//          (optimal densification of empty bins); Leskovec, Rajaraman, Ullman, Mining of Massive
//          Datasets, section 3.4 (banding).
// Memory   about 1.4 kB a kept trace.
#ifndef DATASETS_FILTER_RULES_NEAR_DUPLICATES_H
#define DATASETS_FILTER_RULES_NEAR_DUPLICATES_H

#include "distill/base/text.h"

enum { NEAR_VALUES = 256, NEAR_BYTES_A_TRACE = 1400 };
#define NEAR_NONE UINT32_MAX

typedef struct near_signature {
    uint16_t reply[NEAR_VALUES], both[NEAR_VALUES]; // of the reply; of prompt and reply
} near_signature;

void near_signature_make(near_signature *out, distill_span prompt, distill_span reply);
/// Share of equal values: the estimate of the smaller of both similarities.
double near_similarity(const near_signature *a, const near_signature *b);

typedef struct near_index near_index;

/// `threshold` in 0.1 … 1.
distill_status near_index_create(near_index **out, double threshold) DISTILL_MUST_CHECK;
/// Errors  LIMIT for more than 2^32 - 2 traces or bands.
distill_status near_index_add(near_index *index, const near_signature *signature, uint32_t number,
                              uint32_t *match) DISTILL_MUST_CHECK;
void near_index_free(near_index *index);

#endif
