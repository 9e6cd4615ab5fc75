// datasets/verify/math/value/evaluate.h - the value of a scalar expression: without rounding where that is
// possible, otherwise as a complex number in extended precision that knows its error. Private to the
// verifier.
//
//     evaluation at = {.point = 3, .budget = EVALUATION_BUDGET};
//     sample value = evaluate(&at, tree);      // variables take fixed pseudo-random values
//     value.valid && value.error < 1e-15L;
//
// The value of a variable depends on its name and the number of the point alone, so that samples of
// two trees made at different times may be compared. An unknown function f is a fixed entire
// function that depends on its name. Odd roots of negative numbers are real.
#ifndef DATASETS_VERIFY_MATH_VALUE_EVALUATE_H
#define DATASETS_VERIFY_MATH_VALUE_EVALUATE_H

#include "datasets/verify/math/expression.h"
#include "datasets/verify/math/value/surd.h"

// Points 0 … POSITIVE_POINTS-1 give positive values to all variables, the others both signs.
enum { EVALUATION_POINTS = 8, POSITIVE_POINTS = 5, EVALUATION_BUDGET = 60000 };

typedef struct sample {
    long double re, im;
    long double error; // bound of the absolute error of both parts
    bool valid;        // false: undefined, infinite, too large, or out of budget
} sample;

typedef struct evaluation {
    int point;
    long budget;               // counts down; a transcendental function costs 10
    const distill_span *fixed; // this variable has the value `fixed_value`; NULL: none
    sample fixed_value;
} evaluation;

sample evaluate(evaluation *at, const expr *e);
/// The exact value of a constant; false if it has none of the form of surd.h.
bool evaluate_exact(surd *out, scratch *m, const expr *e);

sample sample_real(long double value);
sample sample_negate(const sample *a);
sample sample_add(const sample *a, const sample *b);
sample sample_multiply(const sample *a, const sample *b);
sample sample_divide(const sample *a, const sample *b);
/// The imaginary part is nothing but rounding.
bool sample_is_real(const sample *s);
/// 1 equal as far as can be told, 0 different, -1 too inexact to tell.
int sample_equal(const sample *a, const sample *b);

#endif
