// datasets/verify/math/compare/math_options.h - settings of a comparison; the defaults are
// MATH_DEFAULTS of math_equal.h.
#ifndef DATASETS_VERIFY_MATH_COMPARE_MATH_OPTIONS_H
#define DATASETS_VERIFY_MATH_COMPARE_MATH_OPTIONS_H

#include <stdbool.h>

typedef struct math_options {
    int precision;     // decimal places to which both must agree; -1: the rules of docs/verifier.md
    bool any_variable; // the names of variables do not matter
    bool symmetric;    // neither side is the reference answer
} math_options;

#endif
