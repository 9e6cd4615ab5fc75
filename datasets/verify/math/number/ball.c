// datasets/verify/math/number/ball.c - arithmetic and functions of complex numbers with error
// bounds.
//
// Real operands take the real functions of the C library, which are faster and keep results real.
// A function f of a value with error e gets the error |f'| e, plus rounding.
// Limits: the bounds rest on the C library's functions being accurate to a few units in the last
//         place.
#include "datasets/verify/math/number/ball.h"

#include <complex.h>
#include <math.h>

typedef long double complex number;

static const ball INVALID = {.valid = false};

static number value_of(const ball *a)
{
    union { // laid out as its two parts (C17 6.2.5); re + im * I loses infinities
        long double part[2];
        number whole;
    } z = {{a->re, a->im}};
    return z.whole;
}

static long double size_of(number z)
{
    return fabsl(creall(z)) + fabsl(cimagl(z));
}

static ball make(number value, long double carried)
{
    return ball_make(creall(value), cimagl(value), carried);
}

bool ball_is_real(const ball *a)
{
    return fabsl(a->im) <= 16 * a->error + 1e-4000L;
}

bool ball_is_integer(const ball *a, long limit)
{
    return a->im == 0 && a->re == roundl(a->re) && fabsl(a->re) <= (long double)limit;
}

bool ball_is_zero(const ball *a)
{
    return hypotl(a->re, a->im) <= 64 * a->error;
}

int ball_equal(const ball *a, const ball *b)
{
    long double difference = size_of(value_of(a) - value_of(b));
    long double size = fmaxl(ball_size(a), ball_size(b));
    long double error = a->error + b->error + BALL_EPSILON * size;
    if (error > 1e-7L * size && size > 1e-9L)
        return -1;
    if (difference <= 64 * error)
        return 1;
    return difference > 1e3L * error ? 0 : -1;
}

ball ball_add(const ball *a, const ball *b)
{
    return ball_make(a->re + b->re, a->im + b->im, a->error + b->error);
}

ball ball_multiply(const ball *a, const ball *b)
{
    long double carried = ball_size(a) * b->error + ball_size(b) * a->error + a->error * b->error;
    return ball_make(a->re * b->re - a->im * b->im, a->re * b->im + a->im * b->re, carried);
}

ball ball_divide(const ball *a, const ball *b)
{
    long double below = ball_size(b) * 0.7L; // <= |b|
    if (below <= 8 * b->error || below == 0)
        return INVALID;
    number quotient = value_of(a) / value_of(b);
    return make(quotient, (a->error + size_of(quotient) * b->error) / below);
}

ball ball_absolute(const ball *a)
{
    number z = value_of(a);
    return (ball){cabsl(z), 0, a->error + BALL_EPSILON * size_of(z), true};
}

/// The value is so close to zero that a quotient or logarithm of it has no significant digits.
static bool near_zero(const ball *a)
{
    return ball_size(a) <= 8 * a->error;
}

/// f(z) = value, where |f'(z)| <= slope.
static ball mapped(number value, long double slope, const ball *z)
{
    ball result = make(value, slope * z->error);
    result.error += 8 * BALL_EPSILON * size_of(value);
    return result;
}

ball ball_exp(const ball *z)
{
    if (fabsl(z->re) > 2000)
        return INVALID;
    number value = z->im == 0 ? (number)expl(z->re) : cexpl(value_of(z));
    return mapped(value, size_of(value), z);
}

ball ball_log(const ball *z)
{
    if (near_zero(z))
        return INVALID;
    number value = z->im == 0 && z->re > 0 ? logl(z->re) : clogl(value_of(z));
    return mapped(value, 1.5L / ball_size(z), z);
}

/// By repeated squaring.
static ball integer_power(ball base, long power)
{
    ball result = ball_real(1), one = result;
    bool invert = power < 0;
    for (unsigned long n = invert ? 0UL - (unsigned long)power : (unsigned long)power; n > 0;
         n >>= 1) {
        if (n & 1)
            result = ball_multiply(&result, &base);
        if (n > 1)
            base = ball_multiply(&base, &base);
        if (!result.valid || !base.valid)
            return INVALID;
    }
    return invert ? ball_divide(&one, &result) : result;
}

ball ball_power(const ball *base, const ball *exponent)
{
    if (ball_is_integer(exponent, 4096) && (exponent->re != 0 || !near_zero(base)))
        return integer_power(*base, (long)exponent->re);
    if (near_zero(base)) {
        bool positive = exponent->re > 8 * exponent->error && base->error == 0;
        return positive ? ball_real(0) : INVALID;
    }
    if (base->im == 0 && base->re > 0 && exponent->im == 0) {
        long double value = powl(base->re, exponent->re);
        long double carried = fabsl(value * exponent->re / base->re) * base->error +
                              fabsl(value * logl(base->re)) * exponent->error;
        return make(value, carried);
    }
    ball log = ball_log(base), product = ball_multiply(&log, exponent);
    return log.valid && product.valid ? ball_exp(&product) : INVALID;
}

ball ball_root(const ball *z, const ball *degree)
{
    if (degree->re == 2 && degree->im == 0) {
        number value = csqrtl(value_of(z));
        long double size = size_of(value);
        long double carried =
            size * size > 8 * z->error ? z->error / (2 * size) : sqrtl(z->error) * 3;
        return make(value, carried);
    }
    ball one = ball_real(1), exponent = ball_divide(&one, degree);
    if (!exponent.valid)
        return INVALID;
    bool odd = ball_is_integer(degree, 1 << 20) && fmodl(fabsl(degree->re), 2) == 1;
    if (!(odd && z->im == 0 && z->re < 0))
        return ball_power(z, &exponent);
    ball minus = {-z->re, 0, z->error, true}, result = ball_power(&minus, &exponent);
    result.re = -result.re;
    return result;
}

// |sin'| and |cos'| are at most cosh of the imaginary part.
ball ball_sin(const ball *z)
{
    if (z->im == 0)
        return mapped(sinl(z->re), 1, z);
    return mapped(csinl(value_of(z)), coshl(z->im), z);
}

ball ball_cos(const ball *z)
{
    if (z->im == 0)
        return mapped(cosl(z->re), 1, z);
    return mapped(ccosl(value_of(z)), coshl(z->im), z);
}

/// |arctan'(z)| = 1 / |1 + z^2|, bounded near its poles.
static long double arctan_slope(number x)
{
    return 1.5L / fmaxl(size_of(1 + x * x), 1e-6L);
}

/// |arcsin'(z)| = |arccos'(z)| = 1 / sqrt|1 - z^2|, bounded near its branch points.
static long double arcsin_slope(number x)
{
    return 1.5L / sqrtl(fmaxl(size_of(1 - x * x), 1e-12L));
}

static bool has_real_arcsin(const ball *z)
{
    return z->im == 0 && fabsl(z->re) <= 1;
}

ball ball_arcsin(const ball *z)
{
    number x = value_of(z);
    return mapped(has_real_arcsin(z) ? (number)asinl(z->re) : casinl(x), arcsin_slope(x), z);
}

ball ball_arccos(const ball *z)
{
    number x = value_of(z);
    return mapped(has_real_arcsin(z) ? (number)acosl(z->re) : cacosl(x), arcsin_slope(x), z);
}

ball ball_arctan(const ball *z)
{
    number x = value_of(z);
    return mapped(catanl(x), arctan_slope(x), z);
}

ball ball_arccot(const ball *z)
{
    number x = value_of(z);
    return mapped(acosl(-1) / 2 - catanl(x), arctan_slope(x), z);
}

ball ball_factorial(const ball *z)
{
    if (!ball_is_real(z) || z->re > 1500 || z->re < -100)
        return INVALID;
    if (z->re < 0 && fabsl(z->re - roundl(z->re)) < 1e-9L)
        return INVALID;
    long double value = tgammal(z->re + 1);
    ball result = make(value, fabsl(value) * (logl(fabsl(z->re) + 2) + 2) * z->error);
    result.error += 64 * BALL_EPSILON * fabsl(value);
    return result;
}

ball ball_binomial(const ball *n, const ball *k)
{
    ball minus = ball_negate(k), rest = ball_add(n, &minus);
    ball top = ball_factorial(n), left = ball_factorial(k), right = ball_factorial(&rest);
    if (!top.valid || !left.valid || !right.valid)
        return INVALID;
    ball below = ball_multiply(&left, &right);
    return below.valid ? ball_divide(&top, &below) : INVALID;
}
