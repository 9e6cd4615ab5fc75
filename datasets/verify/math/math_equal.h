// datasets/verify/math/math_equal.h - do two answers say the same? Private to the verifier; verdict.h is
// its face.
//
//     const char *rule;
//     math_equal(&rule, distill_span_of("\\frac{\\sqrt2}{2}"), distill_span_of("1/\\sqrt{2}"),
//                &MATH_DEFAULTS) == VERDICT_RIGHT;
//
// Right is said only where a rule holds: equal without rounding, equal within a proven error of
// extended precision at several points, the same words. Wrong is said where they differ for sure.
// Everything else is unknown: approximations, other units of unknown size, prose, what has no tree.
#ifndef DATASETS_VERIFY_MATH_MATH_EQUAL_H
#define DATASETS_VERIFY_MATH_MATH_EQUAL_H

#include "datasets/verify/verdict.h"

typedef struct math_options {
    int precision;     // decimal places that must agree; -1: the rules of docs/verifier.md
    bool any_variable; // names of variables do not count
    bool symmetric;    // neither side is the reference answer
} math_options;

extern const math_options MATH_DEFAULTS;

/// Compares an answer with the reference answer. *rule is static text.
/// Time: bounded by the limits of latex.h and checker.h, a few milliseconds at the very most.
verdict_outcome math_equal(const char **rule, distill_span gold, distill_span answer,
                           const math_options *options);

/// verdict_math with other options than MATH_DEFAULTS.
distill_status verdict_math_with(verdict *v, distill_span gold, distill_span response,
                                 const math_options *options) DISTILL_MUST_CHECK;

#endif
