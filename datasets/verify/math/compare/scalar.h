// datasets/verify/math/compare/scalar.h - compares expressions that stand for one value. Private to
// the verifier.
//
// Constants are compared exactly if both have a value of the form of surd.h. Otherwise both are
// evaluated: constants once, expressions with variables at EVALUATION_POINTS points. The rules:
//
//     all points with real values agree                          right
//     a point with positive variables disagrees                  wrong
//     only points with negative variables disagree               unknown (wrong with |x|, floor, …)
//     fewer than three points can be compared                    unknown
//     a decimal and the value that it may be rounded from        by its digits, see scalar.c
#ifndef DATASETS_VERIFY_MATH_COMPARE_SCALAR_H
#define DATASETS_VERIFY_MATH_COMPARE_SCALAR_H

#include "datasets/verify/math/compare/checker.h"
#include "datasets/verify/math/number/surd.h"
#include "datasets/verify/math/tree/evaluate.h"

/// The exact value of a constant, if it has one, and the numeric values.
typedef struct scalar_values {
    bool has_exact;
    surd exact;
    int count; // 1 for constants, else EVALUATION_POINTS
    ball at[EVALUATION_POINTS];
} scalar_values;

/// The values of a scalar, evaluated at the first call and kept in `e`; NULL if the block is full.
const scalar_values *scalar_values_of(checker *c, expr *e);
/// Compares the answer `b` with the reference answer `a`.
verdict_outcome scalar_compare(checker *c, expr *a, expr *b);
/// +1 or -1 for an expression that is infinite, 0 for others.
int scalar_infinite(const expr *e);

#endif
