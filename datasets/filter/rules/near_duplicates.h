// datasets/filter/rules/near_duplicates.h - finds traces that are nearly equal to one that was
// kept.
//
//     near_index *index = NULL;
//     TRY(near_index_create(&index, 0.8));
//     near_signature_make(&signature, prompt, reply);          // any thread
//     TRY(near_index_add(index, &signature, number, &match));  // in the order of the input
//     if (match == NEAR_NONE)
//         …                                                    // new, and stored as `number`
//     else
//         …                                                    // like the earlier one, `match`
//     near_index_free(index);
//
// A text is the set of its shingles: every five consecutive words (lower case; a Chinese or
// Japanese character is a word). Two traces are near duplicates if the Jaccard similarity of their
// replies and that of their prompts with replies are at least the threshold. Both are needed: a
// short reply ("The answer is 5.") may occur under several prompts, and different replies share a
// long prompt.
//
// Similarities are estimated by one permutation hashing with 256 minima: standard error at most
// 0.03 (0.025 at 0.8). Candidates are found by locality-sensitive hashing, bands of the reply's
// signature; a pair at the threshold is found with a probability of 99%. Of a band at most 64
// candidates are compared.
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

/// Thread-safe.
void near_signature_make(near_signature *out, distill_span prompt, distill_span reply);
/// The smaller of the two estimated similarities: shares of equal values.
double near_similarity(const near_signature *a, const near_signature *b);

typedef struct near_index near_index;

/// `threshold` from 0.1 to 1. Errors  NO_MEMORY.
distill_status near_index_create(near_index **out, double threshold) DISTILL_MUST_CHECK;
/// Errors  LIMIT for more than 2^32 - 2 traces or bands.
distill_status near_index_add(near_index *index, const near_signature *signature, uint32_t number,
                              uint32_t *match) DISTILL_MUST_CHECK;
void near_index_free(near_index *index);

#endif
