// distill/tensor/portable_math.c - elementary functions by argument reduction and Taylor series.
//
// An argument is reduced to a small one, where a short series suffices, with the remainder of each
// critical step kept in a second double (double-double arithmetic). Only + - * / of doubles are
// used, in the order written.
//     log    x = 2^e m, sqrt(1/2) <= m < sqrt(2);  log m = 2 atanh((m - 1) / (m + 1))
//     exp    x = n ln 2 + r, |r| <= ln(2) / 2;     e^x = 2^n e^r
//     power  exp(exponent * log base), with both in double-double
//     sin    x = n pi/2 + r, |r| <= pi/4
// Source  T. Dekker 1971, "A floating-point technique for extending the available precision";
//         W. Cody & W. Waite 1980, "Software manual for the elementary functions" (reduction).
// Limits: round to nearest; angles below 2^29; no floating-point exceptions are promised.
#include "distill/tensor/portable_math.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

_Static_assert(FLT_EVAL_METHOD == 0, "operations on doubles must round to double");

static const double LN2_HIGH = 0x1.62e42fee00000p-1; // 32 bits: products with exponents are exact
static const double LN2_LOW = 0x1.a39ef35793c76p-33;
static const double ROUNDER = 0x1.8p52; // adding and subtracting it rounds to an integer

/// The sum of both, |low| at most half a unit in the last place of high.
typedef struct double_double {
    double high, low;
} double_double;

/// a + b, exactly.
static double_double two_sum(double a, double b)
{
    double sum = a + b, part = sum - a;
    return (double_double){sum, (a - (sum - part)) + (b - part)};
}

/// a + b, exactly, where |a| >= |b| or a = 0.
static double_double fast_two_sum(double a, double b)
{
    double sum = a + b;
    return (double_double){sum, b - (sum - a)};
}

/// The upper 26 bits of |a| < 2^996.
static double upper_half(double a)
{
    double scaled = 0x1.0000002p27 * a;
    return scaled - (scaled - a);
}

/// a b, exactly unless it underflows.
static double_double two_product(double a, double b)
{
    double product = a * b, a_high = upper_half(a), b_high = upper_half(b);
    double a_low = a - a_high, b_low = b - b_high;
    double low = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return (double_double){product, low};
}

/// ((c[count-1] x + …) x + c[1]) x + c[0]
static double polynomial(const double *c, int count, double x)
{
    double value = c[count - 1];
    for (int i = count - 2; i >= 0; i--)
        value = value * x + c[i];
    return value;
}

// ---- logarithm ----------------------------------------------------------------------------------

/// Splits a finite x > 0 into 2^exponent m, sqrt(1/2) <= m < sqrt(2).
static double split(int *exponent, double x)
{
    uint64_t bits;
    *exponent = 0;
    if (x < DBL_MIN) { // subnormal
        x *= 0x1p54;
        *exponent = -54;
    }
    memcpy(&bits, &x, sizeof bits);
    *exponent += (int)(bits >> 52) - 1023;
    bits = (bits & 0x000FFFFFFFFFFFFFu) | 0x3FF0000000000000u;
    memcpy(&x, &bits, sizeof x);
    if (x < 0x1.6a09e667f3bcdp0)
        return x;
    (*exponent)++;
    return x / 2;
}

/// log x of a finite x > 0, with a relative error below 2^-58.
///     s = (m - 1) / (m + 1)      log m = 2 s (1 + s^2/3 + s^4/5 + …),  |s| < 0.172
static double_double log_extended(double x)
{
    static const double C[11] = {2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11, 2.0 / 13,
                                 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23};
    int exponent;
    double m = split(&exponent, x), e = (double)exponent;
    double f = m - 1;                    // exact
    double_double below = two_sum(m, 1); // f + 2
    double s = f / below.high;
    double_double back = two_product(s, below.high);
    double s_low = (((f - back.high) - back.low) - s * below.low) / below.high;
    double z = s * s;
    double_double sum = two_sum(e * LN2_HIGH, 2 * s);
    double rest = e * LN2_LOW + (2 * s_low + s * z * polynomial(C, 11, z));
    return fast_two_sum(sum.high, sum.low + rest);
}

double portable_log(double x)
{
    if (!(x > 0))
        return x == 0 ? -INFINITY : NAN;
    return isinf(x) ? x : log_extended(x).high;
}

// ---- exponential --------------------------------------------------------------------------------

/// exp(x.high + x.low)
static double exp_extended(double_double x)
{
    static const double C[13] = {1.0 / 2,
                                 1.0 / 6,
                                 1.0 / 24,
                                 1.0 / 120,
                                 1.0 / 720,
                                 1.0 / 5040,
                                 1.0 / 40320,
                                 1.0 / 362880,
                                 1.0 / 3628800,
                                 1.0 / 39916800,
                                 1.0 / 479001600,
                                 1.0 / 6227020800.0,
                                 1.0 / 87178291200.0};
    if (!(x.high < 710)) // also for NaN
        return x.high + INFINITY;
    if (x.high < -746)
        return 0;
    double n = (x.high * 0x1.71547652b82fep+0 + ROUNDER) - ROUNDER;
    double_double r = fast_two_sum(x.high - n * LN2_HIGH, x.low - n * LN2_LOW);
    double_double sum = fast_two_sum(1, r.high);
    double tail = r.low + r.high * r.high * polynomial(C, 13, r.high);
    return ldexp(sum.high + (sum.low + tail), (int)n);
}

double portable_exp(double x)
{
    return exp_extended((double_double){x, 0});
}

double portable_power(double base, double exponent)
{
    if (!(base > 0) || isinf(base))
        return NAN;
    double_double log = log_extended(base);
    if (!(fabs(exponent * log.high) < 1000)) // out of range, or NaN
        return exp_extended((double_double){exponent * log.high, 0});
    double_double product = two_product(exponent, log.high);
    return exp_extended(fast_two_sum(product.high, product.low + exponent * log.low));
}

// ---- sine and cosine ----------------------------------------------------------------------------

/// The remainder of |x| < 2^29 after the nearest multiple n pi/2; *quarter is n modulo 4. The first
/// three parts of pi/2 have 24 bits, so that their products with n are exact.
static double_double reduce_angle(int *quarter, double x)
{
    double n = (x * 0x1.45f306dc9c883p-1 + ROUNDER) - ROUNDER;
    double_double r = two_sum(x, -n * 0x1.921fb4p+0);
    double_double second = two_sum(r.high, -n * 0x1.4442dp-24);
    double_double third = two_sum(second.high, -n * 0x1.846988p-48);
    double low = (r.low + second.low) + (third.low - n * 0x1.8cc51701b839ap-72);
    *quarter = (int)((int64_t)n & 3);
    return two_sum(third.high, low);
}

/// sin r and cos r of |r| <= pi/4.
static double small_sine(double_double r)
{
    static const double C[8] = {-1.0 / 6,
                                1.0 / 120,
                                -1.0 / 5040,
                                1.0 / 362880,
                                -1.0 / 39916800,
                                1.0 / 6227020800.0,
                                -1.0 / 1307674368000.0,
                                1.0 / 355687428096000.0};
    double z = r.high * r.high;
    return r.high + (z * r.high * polynomial(C, 8, z) + r.low * (1 - z / 2));
}

static double small_cosine(double_double r)
{
    static const double C[8] = {1.0 / 24,
                                -1.0 / 720,
                                1.0 / 40320,
                                -1.0 / 3628800,
                                1.0 / 479001600,
                                -1.0 / 87178291200.0,
                                1.0 / 20922789888000.0,
                                -1.0 / 6402373705728000.0};
    double z = r.high * r.high, half = z / 2;
    double_double sum = fast_two_sum(1, -half);
    return sum.high + (sum.low + (z * z * polynomial(C, 8, z) - r.high * r.low));
}

void portable_sine_cosine(double *sine, double *cosine, double x)
{
    int quarter;
    *sine = *cosine = NAN;
    if (!(fabs(x) < 0x1p29)) // also for NaN
        return;
    double_double r = reduce_angle(&quarter, x);
    double s = small_sine(r), c = small_cosine(r);
    *sine = quarter & 1 ? c : s;
    *cosine = quarter & 1 ? s : c;
    if (quarter & 2)
        *sine = -*sine;
    if (quarter == 1 || quarter == 2)
        *cosine = -*cosine;
}
