// datasets/verify/math/words/cycle_notation.h - permutations in cycle notation. Private to the
// verifier.
//
//     (1 2 3) is (2 3 1); (12)(34) is (34)(12) and not the number 408
#ifndef DATASETS_VERIFY_MATH_WORDS_CYCLE_NOTATION_H
#define DATASETS_VERIFY_MATH_WORDS_CYCLE_NOTATION_H

#include "datasets/verify/verdict_type.h"

/// Compares two texts of which one at least is a product of cycles; sets *outcome. False for others,
/// also for (123), which may be a number, against something that is no cycle.
bool cycles_compare(verdict_outcome *outcome, distill_span gold, distill_span answer);

#endif
