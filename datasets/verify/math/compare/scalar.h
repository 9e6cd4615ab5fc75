// datasets/verify/math/compare/scalar.h - comparing expressions that stand for one value. Private to the verifier.
//
// Constants are compared without rounding if both have a value of the form of surd.h. Otherwise both
// are evaluated: constants once, expressions with variables at EVALUATION_POINTS points. The rules:
//
//     all points with real values agree                          right
//     positive points disagree                                   wrong
//     only points with negative variables disagree               unknown (|x| against x: wrong)
//     fewer than three points can be told                        unknown
//     a decimal against the value it is rounded from             by its digits, see scalar.c
#ifndef DATASETS_VERIFY_MATH_COMPARE_SCALAR_H
#define DATASETS_VERIFY_MATH_COMPARE_SCALAR_H

#include "datasets/verify/math/checker.h"
#include "datasets/verify/math/value/evaluate.h"

typedef struct scalar_values {
    bool has_exact;
    surd exact;
    int samples; // 0, 1 (constants) or EVALUATION_POINTS
    sample at[EVALUATION_POINTS];
} scalar_values;

/// What is known about a scalar, found out at the first call; NULL if the block is full.
const scalar_values *scalar_values_of(checker *c, expr *e);
verdict_outcome scalar_compare(checker *c, expr *a, expr *b);
/// +1 or -1 for an expression that is infinite, 0 for others.
int scalar_infinite(const expr *e);

#endif
