// datasets/verify/math/number/ball.h - complex numbers in extended precision, each with a bound of
// its error (ball arithmetic). Private to the verifier.
//
//     ball two = ball_real(2), root = ball_root(&two, &two);
//     root.valid; fabsl(root.re - 1.41421356237309504880L) <= root.error;
//
// Every operation adds up the error carried over from its operands and that of its own rounding. A
// result that is undefined, infinite or above 1e1000 is not valid. The flag is not carried over:
// the caller checks the operands.
// long double has 64 bits on x86-64 and 113 on AArch64 (in software), with the same range of
// exponents. The bounds are those of 64 bits on both, so that tolerances and thereby verdicts are
// the same; on AArch64 the values are closer than their bounds. With double, functions are checked
// twice as fast, but two lines of the table of answers cannot be distinguished, and values above
// 1e308 (powers, factorials) are lost.
// Source: F. Johansson 2017, "Arb: efficient arbitrary-precision midpoint-radius interval
//         arithmetic".
#ifndef DATASETS_VERIFY_MATH_NUMBER_BALL_H
#define DATASETS_VERIFY_MATH_NUMBER_BALL_H

#include <float.h>
#include <math.h>
#include <stdbool.h>

/// Bounds the relative error of one rounding: that of 64 bits, or of what long double has if less.
#define BALL_EPSILON (LDBL_EPSILON > 0x1p-63L ? LDBL_EPSILON : 0x1p-63L)

typedef struct ball {
    long double re, im;
    long double error; // bound of the absolute error of each part
    bool valid;
} ball;

/// re + i im, computed from operands that carry over the error `carried`; adds the error of
/// rounding. Not valid if it is too large.
static inline ball ball_make(long double re, long double im, long double carried)
{
    const long double largest = 1e1000L;
    long double size = fabsl(re) + fabsl(im);
    if (!(size < largest) || !(carried < largest)) // also for NaN
        return (ball){.valid = false};
    return (ball){re, im, carried + 4 * BALL_EPSILON * size, true};
}

/// |re| + |im|: between |a| and sqrt(2) |a|, and cheaper.
static inline long double ball_size(const ball *a)
{
    return fabsl(a->re) + fabsl(a->im);
}

/// `value`, rounded.
static inline ball ball_real(long double value)
{
    return ball_make(value, 0, 0);
}

static inline ball ball_negate(const ball *a)
{
    return (ball){-a->re, -a->im, a->error, a->valid};
}

ball ball_add(const ball *a, const ball *b);
ball ball_multiply(const ball *a, const ball *b);
/// Not valid where `b` may be zero.
ball ball_divide(const ball *a, const ball *b);
/// |a|
ball ball_absolute(const ball *a);

ball ball_exp(const ball *z);
ball ball_log(const ball *z);
/// base^exponent on the principal branch; integer powers by multiplication.
ball ball_power(const ball *base, const ball *exponent);
/// The root of `degree` on the principal branch; of negative reals with an odd degree, the real
/// root.
ball ball_root(const ball *z, const ball *degree);
ball ball_sin(const ball *z);
ball ball_cos(const ball *z);
ball ball_arcsin(const ball *z);
ball ball_arccos(const ball *z);
ball ball_arctan(const ball *z);
ball ball_arccot(const ball *z);
/// Gamma(z + 1) of real z.
ball ball_factorial(const ball *z);
/// n! / (k! (n - k)!) of real arguments.
ball ball_binomial(const ball *n, const ball *k);

/// The imaginary part is nothing but rounding.
bool ball_is_real(const ball *a);
/// The value is an integer of at most `limit` in size, and is real.
bool ball_is_integer(const ball *a, long limit);
/// 1 equal as far as can be determined, 0 different, -1 too inexact to decide.
int ball_equal(const ball *a, const ball *b);
/// The value is zero as far as can be determined.
bool ball_is_zero(const ball *a);

#endif
