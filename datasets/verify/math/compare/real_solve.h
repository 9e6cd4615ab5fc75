// datasets/verify/math/compare/real_solve.h - the solutions of one equation or inequality in one
// variable. Private to the verifier.
#ifndef DATASETS_VERIFY_MATH_COMPARE_REAL_SOLVE_H
#define DATASETS_VERIFY_MATH_COMPARE_REAL_SOLVE_H

#include "datasets/verify/math/compare/checker.h"
#include "datasets/verify/math/compare/real_set.h"

/// A constant or infinity as a bound; false if it has variables or no real value. An infinite bound
/// is never closed.
bool real_bound_of(checker *c, real_bound *out, expr *e, bool closed);

/// The values of the variable for which `left relation right` (expr_relation) holds. The variable
/// is a symbol, or an unknown function alone on one side. If *variable is set, it must be the same;
/// else it is set. False if the relation is not of a form that real_set_read.h names.
bool real_solve(checker *c, real_set *out, expr **variable, expr *left, uint8_t relation,
                expr *right);

#endif
