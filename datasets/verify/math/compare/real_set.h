// datasets/verify/math/compare/real_set.h - sets of real numbers as unions of intervals, and their
// algebra. Private to the verifier.
//
//     real_set s = REAL_LINE;                          // (-\infty, \infty)
//     real_set_complement(&s);                         // the empty set
//
// Bounds are numbers with an error. Bounds that cannot be distinguished count as the same place.
#ifndef DATASETS_VERIFY_MATH_COMPARE_REAL_SET_H
#define DATASETS_VERIFY_MATH_COMPARE_REAL_SET_H

#include "datasets/verify/math/number/ball.h"
#include "datasets/verify/math/tree/expression.h"

enum { REAL_SET_PIECES = 24 };

typedef struct real_bound {
    int infinite; // -1, 0, 1
    bool closed;
    ball value;
    expr *tree; // as it was written; NULL if it was computed
} real_bound;

/// An interval; a single point has two closed bounds at one place.
typedef struct real_piece {
    real_bound low, high;
} real_piece;

typedef struct real_set {
    int count; // pieces are disjoint, not adjacent, and in order
    real_piece piece[REAL_SET_PIECES];
} real_set;

extern const real_set REAL_LINE;

/// -1, 0, 1 as `a` lies before, at or after `b` on the line; whether they are closed does not
/// matter.
int real_bound_order(const real_bound *a, const real_bound *b);

// Each returns false if the result has too many pieces.
/// Adds a piece, joined with those that it touches; an empty piece adds nothing.
bool real_set_add(real_set *set, real_piece piece);
bool real_set_unite(real_set *a, const real_set *b);
bool real_set_intersect(real_set *a, const real_set *b);
bool real_set_complement(real_set *a);

#endif
