// datasets/verify/math/checker.h - the state of one comparison. Private to the verifier.
#ifndef DATASETS_VERIFY_MATH_CHECKER_H
#define DATASETS_VERIFY_MATH_CHECKER_H

#include "datasets/verify/math/expression.h"
#include "datasets/verify/math/math_equal.h"

enum { CHECKER_DEPTH = 24, CHECKER_STEPS = 20000 };

typedef struct checker {
    scratch *m;
    math_options options;
    long budget;      // of evaluation, for the whole comparison
    long steps;       // comparisons of two trees that may still be made
    int depth;        // of trees within trees
    const char *rule; // static text: what decided
} checker;

#endif
