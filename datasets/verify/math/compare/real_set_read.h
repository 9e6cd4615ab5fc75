// datasets/verify/math/compare/real_set_read.h - reads a tree as a set of real numbers. Private to
// the verifier.
//
//     (-\infty, 2) \cup (2, 3]        x \le 3, x \ne 2        \{x \mid 2 \ne x \le 3\}
//
// are the same set. Inequalities may be linear or quadratic in their variable, or bound |linear|.
#ifndef DATASETS_VERIFY_MATH_COMPARE_REAL_SET_READ_H
#define DATASETS_VERIFY_MATH_COMPARE_REAL_SET_READ_H

#include "datasets/verify/math/compare/checker.h"
#include "datasets/verify/math/compare/real_set.h"

/// Reads an interval, a set of numbers, an inequality, or several of them. *variable, which the
/// caller sets to NULL, becomes the tree that the inequalities are about; all must be about the
/// same. False if the tree is something else or has parameters.
bool real_set_read(checker *c, real_set *out, expr **variable, expr *e);

#endif
