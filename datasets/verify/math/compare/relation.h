// datasets/verify/math/compare/relation.h - equations and inequalities. Private to the verifier.
//
//     x = 3          an assignment: a name and its value
//     2x + 4y = 3    an equation, equal to any other with the same solutions
//     x > 1          an inequality; those in one variable become sets in real_set.h first
#ifndef DATASETS_VERIFY_MATH_COMPARE_RELATION_H
#define DATASETS_VERIFY_MATH_COMPARE_RELATION_H

#include "datasets/verify/math/checker.h"

/// True for chains of = that end (or begin) in a value for a name: x = 3, f(x) = x + 1, P(A) = 1/2,
/// (x, y) = (1, 2), x = 5 + 6 = 11, 3 = x.
bool relation_assigns(expr *e, expr **name, expr **value);
/// The last member of an equation from the one numbered `first` on, but not what is only about equal:
/// 1/3 in 1/3 \approx 0.33.
expr *relation_stated_value(const expr *e, size_t first);
/// All relations of the chain are = or \approx.
bool relation_is_equation(const expr *e);
/// All members of the chain are scalars.
bool relation_of_scalars(const expr *e);
/// The two names are the same.
bool relation_same_name(checker *c, expr *a, expr *b);
/// Compares two chains of relations.
verdict_outcome relation_compare(checker *c, expr *a, expr *b);

#endif
