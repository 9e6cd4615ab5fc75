// datasets/verify/math/compare/relation.h - equations and inequalities. Private to the verifier.
//
//     x = 3          an assignment: a name and its value
//     2x + 4y = 3    an equation; equal to any other with the same solutions
//     x > 1          an inequality; those in one variable are compared as sets (real_set_read.h)
#ifndef DATASETS_VERIFY_MATH_COMPARE_RELATION_H
#define DATASETS_VERIFY_MATH_COMPARE_RELATION_H

#include "datasets/verify/math/compare/checker.h"

/// Whether a chain of = assigns a value to a name at one of its ends: x = 3, f(x) = x + 1, P(A) =
/// 1/2, (x, y) = (1, 2), x = 5 + 6 = 11, 3 = x. Sets *name and *value.
bool relation_assigns(expr *e, expr **name, expr **value);
/// The last member of a chain of equations from number `first` on, before the first \approx: 1/3 in
/// 1/3 \approx 0.33.
expr *relation_stated_value(const expr *e, size_t first);
/// All relations of the chain are = or \approx.
bool relation_is_equation(const expr *e);
/// All members of the chain are scalars.
bool relation_of_scalars(const expr *e);
/// The names are the same: equal words, equal scalars, or equal part by part.
bool relation_same_name(checker *c, expr *a, expr *b);
/// Compares two chains of relations; `a` is the reference answer.
verdict_outcome relation_compare(checker *c, expr *a, expr *b);

#endif
