// datasets/verify/math/value/real_solve.h - the solutions of one inequality in one variable, and the set
// algebra it needs. Private to real_set.
#ifndef DATASETS_VERIFY_MATH_VALUE_REAL_SOLVE_H
#define DATASETS_VERIFY_MATH_VALUE_REAL_SOLVE_H

#include "datasets/verify/math/compare/relation.h"
#include "datasets/verify/math/value/real_set.h"

extern const real_set REAL_LINE;

/// A constant (or infinity) as a bound; false if it has variables or no real value.
bool real_bound_of(checker *c, real_bound *out, expr *e, bool closed);
/// Adds a piece; pieces that touch become one. False if there are too many.
bool real_set_add(real_set *set, real_piece piece);
bool real_set_intersect(real_set *a, const real_set *b);
bool real_set_complement(real_set *a);

/// The values of the variable for which `left relation right` holds. The variable is a symbol, or an
/// unknown function standing alone on one side, and must be *variable if that is set. False if the
/// relation is not of a form that real_set.h names.
bool real_solve(checker *c, real_set *out, expr **variable, expr *left, uint8_t relation,
                expr *right);

#endif
