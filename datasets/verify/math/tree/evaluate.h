// datasets/verify/math/tree/evaluate.h - the numeric value of a scalar expression. Private to the
// verifier.
//
//     evaluation at = {.point = 3, .budget = EVALUATION_BUDGET};
//     ball value = evaluate(&at, tree);      // variables take fixed pseudo-random values
//     value.valid && value.error < 1e-15L;
//
// The value of a variable depends only on its name and on the number of the point, so that the
// values of two trees can be compared. An unknown function f is a fixed entire function chosen by
// its name. Odd roots of negative numbers are real.
#ifndef DATASETS_VERIFY_MATH_TREE_EVALUATE_H
#define DATASETS_VERIFY_MATH_TREE_EVALUATE_H

#include "datasets/verify/math/number/ball.h"
#include "datasets/verify/math/tree/expression.h"

// Variables are positive at points 0 to POSITIVE_POINTS-1 and of either sign at the others.
enum { EVALUATION_POINTS = 8, POSITIVE_POINTS = 5, EVALUATION_BUDGET = 60000 };

typedef struct evaluation {
    int point;
    long budget;               // counts down: 1 a node, about 10 more a root, power or function
    const distill_span *fixed; // this variable has the value `fixed_value`; NULL: none
    ball fixed_value;
    const struct evaluation *outer; // of the series around this one, whose index is fixed too
    bool whole; // variables have whole values from 2 to 8, so that series can be added up
} evaluation;

/// Not valid where the expression is undefined, infinite or too large, or where the budget is used
/// up.
ball evaluate(evaluation *at, const expr *e);

#endif
