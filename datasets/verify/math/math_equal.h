// datasets/verify/math/math_equal.h - do two answers state the same? verdict.h applies it to
// replies.
//
//     const char *rule;
//     math_equal(&rule, distill_span_of("\\frac{\\sqrt2}{2}"), distill_span_of("1/\\sqrt{2}"),
//                &MATH_DEFAULTS) == VERDICT_RIGHT;
//
// The outcome is "right" only where a rule proves it: equality without rounding, equality within a
// proven error bound of extended precision at several points, or the same words. It is "wrong"
// where the two certainly differ. Everything else is "unknown": approximations, units of different
// kinds, prose, and what has no tree.
#ifndef DATASETS_VERIFY_MATH_MATH_EQUAL_H
#define DATASETS_VERIFY_MATH_MATH_EQUAL_H

#include "datasets/verify/math/compare/math_options.h"
#include "datasets/verify/verdict_type.h"

extern const math_options MATH_DEFAULTS;

/// Compares `answer` with the reference answer `gold`. *rule is the static name of the rule that
/// decided.
/// Time: bounded by the limits of latex_token.h and checker.h; 10 ms at most.
verdict_outcome math_equal(const char **rule, distill_span gold, distill_span answer,
                           const math_options *options);

/// Compares two answers of which neither is the reference, as majority voting does: both directions
/// must agree. Reflexive and symmetric.
verdict_outcome answers_equal(distill_span a, distill_span b);

#endif
