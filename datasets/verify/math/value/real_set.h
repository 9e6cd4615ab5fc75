// datasets/verify/math/value/real_set.h - sets of real numbers as unions of intervals. Private to the verifier.
//
//     (-\infty, 2) \cup (2, 3]        x \le 3, x \ne 2        \{x \mid 2 \ne x \le 3\}
//
// are one set. Inequalities may be linear or quadratic in their variable, or bound |linear|.
#ifndef DATASETS_VERIFY_MATH_VALUE_REAL_SET_H
#define DATASETS_VERIFY_MATH_VALUE_REAL_SET_H

#include "datasets/verify/math/checker.h"
#include "datasets/verify/math/value/evaluate.h"

enum { REAL_SET_PIECES = 24 };

typedef struct real_bound {
    int infinite; // -1, 0, 1
    bool closed;
    sample value;
    expr *tree; // what it was written as; NULL if it was computed
} real_bound;

typedef struct real_piece {
    real_bound low, high;
} real_piece;

typedef struct real_set {
    int count; // pieces are disjoint and in order
    real_piece piece[REAL_SET_PIECES];
} real_set;

/// Reads an interval, a set of numbers, an inequality, or several of them. *variable is the tree that
/// the inequalities are about; NULL if there are none (set it to NULL first). False if it is
/// something else, or has parameters.
bool real_set_read(checker *c, real_set *out, expr **variable, expr *e);
verdict_outcome real_set_compare(checker *c, const real_set *a, const real_set *b);

#endif
