// datasets/verify/math/compare/recurrence.h - recurrences with their indices moved to one place.
// Private to the verifier.
#ifndef DATASETS_VERIFY_MATH_COMPARE_RECURRENCE_H
#define DATASETS_VERIFY_MATH_COMPARE_RECURRENCE_H

#include "datasets/verify/math/compare/checker.h"

/// The equation of terms such as a_{n+1} and a_n, shifted so that the largest index is n:
/// a_{n+1} = 2a_n + n becomes a_n = 2a_{n-1} + n - 1. Other trees unchanged; NULL if the block is
/// full.
expr *recurrence_shifted(checker *c, expr *e);

#endif
