// datasets/verify/math/value/surd.h - constants that can be compared without rounding: sums of terms
//
//     q * sqrt(n) * i^j * pi^k        q rational, n a natural number, j 0 or 1, k an integer
//
// such as (1 + sqrt 5)/2, 6 - 5i, 3 sqrt(3)/4, 288 pi. Private to the verifier.
//
// Two such sums are equal exactly if their difference, with like terms put together, has no term
// left: square roots of natural numbers no two of which have a square as product are linearly
// independent over the rationals (Besicovitch 1940), and pi is transcendental. Like terms are found
// by asking whether the product of the radicands is a square, so that nothing is ever factored.
#ifndef DATASETS_VERIFY_MATH_VALUE_SURD_H
#define DATASETS_VERIFY_MATH_VALUE_SURD_H

#include "datasets/verify/math/value/exact.h"

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

// Each gives false if the result is not of this form or too large; *out may be an operand.
bool surd_from_exact(surd *out, scratch *m, const exact *value);
bool surd_imaginary_unit(surd *out, scratch *m);
bool surd_pi(surd *out, scratch *m);
bool surd_negate(surd *out, const surd *a);
bool surd_add(surd *out, scratch *m, const surd *a, const surd *b);
bool surd_multiply(surd *out, scratch *m, const surd *a, const surd *b);
/// Divisors of one or two terms.
bool surd_divide(surd *out, scratch *m, const surd *a, const surd *b);
/// a^power for an integer power.
bool surd_power(surd *out, scratch *m, const surd *a, long power);
/// The principal root of a rational number; degrees above 2 only if the root is rational.
bool surd_root(surd *out, scratch *m, const surd *a, unsigned degree);
/// True if the value is rational, which is then in *value.
bool surd_is_rational(exact *value, scratch *m, const surd *a);
/// Decides a = b into *equal; false if too large to tell.
bool surd_equal(bool *equal, scratch *m, const surd *a, const surd *b);

#endif
