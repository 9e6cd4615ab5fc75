// datasets/verify/math/compare/checker.h - the state of one comparison. Private to the verifier.
//
// `budget` and `steps` bound the time of a comparison, the block of `m` its memory, `depth` its
// stack. When one of them is used up, the comparison ends with "unknown".
#ifndef DATASETS_VERIFY_MATH_COMPARE_CHECKER_H
#define DATASETS_VERIFY_MATH_COMPARE_CHECKER_H

#include "datasets/verify/math/compare/math_options.h"
#include "datasets/verify/math/tree/expression.h"
#include "datasets/verify/verdict_type.h"

enum { CHECKER_DEPTH = 24, CHECKER_STEPS = 20000 };

typedef struct checker {
    scratch *m;
    math_options options;
    long budget;      // of evaluation, for the whole comparison
    long steps;       // comparisons of two trees that may still be made
    int depth;        // of nested comparisons
    const char *rule; // static text: the rule that decided
} checker;

#endif
