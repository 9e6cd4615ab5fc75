// datasets/verify/math/number/surd.h - constants that are compared exactly: sums of terms
//
//     q * sqrt(n) * i^j * pi^k        q rational, n a natural number, j 0 or 1, k an integer
//
// such as (1 + sqrt 5)/2, 6 - 5i, 3 sqrt(3)/4, 288 pi. Private to the verifier.
//
// Two such sums are equal if and only if no term is left of their difference when like terms are
// combined: square roots of natural numbers, no two of which have a square as their product, are
// linearly independent over the rationals, and pi is transcendental. Two terms are alike if the
// product of their radicands is a square, so that no number has to be factored.
// Source: Besicovitch 1940, "On the linear independence of fractional powers of integers".
#ifndef DATASETS_VERIFY_MATH_NUMBER_SURD_H
#define DATASETS_VERIFY_MATH_NUMBER_SURD_H

#include "datasets/verify/math/number/exact.h"

enum { SURD_TERMS = 8 };

typedef struct surd_term {
    exact factor;   // never zero
    exact radicand; // an integer >= 1
    bool imaginary;
    int pi_power;
} surd_term;

typedef struct surd {
    int count; // 0: the value is zero
    surd_term term[SURD_TERMS];
} surd;

// Each returns false if the result is not of this form or is too large. *out may be an operand.
bool surd_from_exact(surd *out, scratch *m, const exact *value);
bool surd_imaginary_unit(surd *out, scratch *m);
bool surd_pi(surd *out, scratch *m);
bool surd_negate(surd *out, const surd *a);
bool surd_add(surd *out, scratch *m, const surd *a, const surd *b);
bool surd_multiply(surd *out, scratch *m, const surd *a, const surd *b);
/// a / b for a divisor of one or two terms.
bool surd_divide(surd *out, scratch *m, const surd *a, const surd *b);
/// a^power; |power| is at most 64 unless `a` is rational.
bool surd_power(surd *out, scratch *m, const surd *a, long power);
/// The principal root of a rational number; for degrees above 2 only if the root is rational.
bool surd_root(surd *out, scratch *m, const surd *a, unsigned degree);
/// Sets *value if `a` is rational.
bool surd_is_rational(exact *value, scratch *m, const surd *a);
/// Sets *equal to whether a = b; false if the difference is too large.
bool surd_equal(bool *equal, scratch *m, const surd *a, const surd *b);

#endif
