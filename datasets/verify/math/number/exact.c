// datasets/verify/math/number/exact.c - rational numbers on GMP's low-level functions for natural
// numbers (mpn), which take all memory from the caller. The only file that includes GMP.
//
// Results are computed in arrays on the stack, twice as long as the largest value, reduced to
// lowest terms, and copied into the scratch block. Powers of two are cancelled by shifting, because
// mpn_gcd requires an odd operand.
#include "datasets/verify/math/number/exact.h"

#include <assert.h>
#include <gmp.h>
#include <math.h>
#include <string.h>

_Static_assert(sizeof(mp_limb_t) == 8 && GMP_NUMB_BITS == 64, "limbs are 64 bits");

static const uint64_t ONE[1] = {1};

static size_t trimmed(const mp_limb_t *limbs, size_t size)
{
    while (size > 0 && limbs[size - 1] == 0)
        size--;
    return size;
}

/// Copies `limbs` into the scratch block; NULL if it is full.
static const uint64_t *keep(scratch *m, const mp_limb_t *limbs, size_t size)
{
    if (size == 1 && limbs[0] == 1)
        return ONE;
    uint64_t *copy = scratch_take(m, size * sizeof *copy);
    if (copy != NULL)
        memcpy(copy, limbs, size * sizeof *copy);
    return copy;
}

/// Sets `out` to the fraction, which is in lowest terms.
static bool set(exact *out, scratch *m, int sign, const mp_limb_t *num, size_t num_size,
                const mp_limb_t *den, size_t den_size)
{
    num_size = trimmed(num, num_size);
    den_size = trimmed(den, den_size);
    if (num_size > EXACT_LIMBS || den_size > EXACT_LIMBS || den_size == 0)
        return false;
    if (num_size == 0) {
        *out = (exact){.sign = 0, .num_size = 0, .den_size = 1, .num = ONE, .den = ONE};
        return true;
    }
    *out = (exact){.sign = (int8_t)sign,
                   .num_size = (uint16_t)num_size,
                   .den_size = (uint16_t)den_size,
                   .num = keep(m, num, num_size),
                   .den = keep(m, den, den_size)};
    return out->num != NULL && out->den != NULL;
}

/// Divides a number > 0 by its largest power of two; returns the exponent.
static unsigned long strip_twos(mp_limb_t *limbs, size_t *size)
{
    unsigned long twos = mpn_scan1(limbs, 0);
    size_t words = twos / 64;
    unsigned bits = (unsigned)(twos % 64);
    if (words > 0)
        memmove(limbs, limbs + words, (*size - words) * sizeof *limbs);
    *size -= words;
    if (bits > 0)
        mpn_rshift(limbs, limbs, (mp_size_t)*size, bits);
    *size = trimmed(limbs, *size);
    return twos;
}

static bool is_less(const mp_limb_t *a, size_t a_size, const mp_limb_t *b, size_t b_size)
{
    return a_size != b_size ? a_size < b_size : mpn_cmp(a, b, (mp_size_t)a_size) < 0;
}

/// g = the greatest odd common divisor of a and b (both > 0); returns its size.
static size_t odd_gcd(mp_limb_t *g, const mp_limb_t *a, size_t a_size, const mp_limb_t *b,
                      size_t b_size)
{
    mp_limb_t x[2 * EXACT_LIMBS + 2], y[2 * EXACT_LIMBS + 2];
    memcpy(x, a, a_size * sizeof *x);
    memcpy(y, b, b_size * sizeof *y);
    strip_twos(x, &a_size);
    strip_twos(y, &b_size);
    if (b_size == 1 && a_size >= 1) {
        g[0] = mpn_gcd_1(x, (mp_size_t)a_size, y[0]);
        return 1;
    }
    if (is_less(x, a_size, y, b_size))
        return (size_t)mpn_gcd(g, y, (mp_size_t)b_size, x, (mp_size_t)a_size);
    return (size_t)mpn_gcd(g, x, (mp_size_t)a_size, y, (mp_size_t)b_size);
}

/// limbs /= d, a divisor; returns the new size.
static size_t divide_out(mp_limb_t *limbs, size_t size, const mp_limb_t *d, size_t d_size)
{
    mp_limb_t quotient[2 * EXACT_LIMBS + 2], rest[2 * EXACT_LIMBS + 2];
    if (d_size == 1 && d[0] == 1)
        return size;
    if (d_size == 1) {
        mpn_divrem_1(limbs, 0, limbs, (mp_size_t)size, d[0]);
        return trimmed(limbs, size);
    }
    mpn_tdiv_qr(quotient, rest, 0, limbs, (mp_size_t)size, d, (mp_size_t)d_size);
    memcpy(limbs, quotient, (size - d_size + 1) * sizeof *limbs);
    return trimmed(limbs, size - d_size + 1);
}

/// Sets `out` to num/den in lowest terms. Both arrays have 2 * EXACT_LIMBS + 2 words and are
/// overwritten.
static bool set_reduced(exact *out, scratch *m, int sign, mp_limb_t *num, size_t num_size,
                        mp_limb_t *den, size_t den_size)
{
    mp_limb_t g[2 * EXACT_LIMBS + 2];
    num_size = trimmed(num, num_size);
    den_size = trimmed(den, den_size);
    if (den_size == 0)
        return false;
    if (num_size == 0 || (den_size == 1 && den[0] == 1))
        return set(out, m, sign, num, num_size, ONE, 1);
    unsigned long twos_num = mpn_scan1(num, 0), twos_den = mpn_scan1(den, 0);
    size_t g_size = odd_gcd(g, num, num_size, den, den_size);
    num_size = divide_out(num, num_size, g, g_size);
    den_size = divide_out(den, den_size, g, g_size);
    unsigned long twos = twos_num < twos_den ? twos_num : twos_den;
    if (twos > 0) {
        strip_twos(num, &num_size);
        strip_twos(den, &den_size);
        mp_limb_t *kept = twos_num > twos_den ? num : den;
        size_t *kept_size = twos_num > twos_den ? &num_size : &den_size;
        unsigned long back = twos_num > twos_den ? twos_num - twos_den : twos_den - twos_num;
        size_t words = back / 64;
        memmove(kept + words, kept, *kept_size * sizeof *kept);
        memset(kept, 0, words * sizeof *kept);
        *kept_size += words;
        if (back % 64 > 0) {
            mp_limb_t carry = mpn_lshift(kept + words, kept + words,
                                         (mp_size_t)(*kept_size - words), (unsigned)(back % 64));
            kept[(*kept_size)++] = carry;
        }
    }
    return set(out, m, sign, num, num_size, den, den_size);
}

/// The value of numerator and denominator is below 2^31, so that a sum of two products of them fits
/// into 63 bits.
static bool is_small(const exact *a)
{
    return a->num_size <= 1 && a->den_size == 1 && (a->num[0] | a->den[0]) >> 31 == 0;
}

/// The numerator of a small value.
static int64_t small_numerator(const exact *a)
{
    return a->sign * (int64_t)a->num[0];
}

static uint64_t gcd_of_words(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/// Sets `out` to num/den in lowest terms, for results of small values.
static bool set_words(exact *out, scratch *m, int64_t num, uint64_t den)
{
    uint64_t magnitude = num < 0 ? -(uint64_t)num : (uint64_t)num;
    uint64_t common = den == 1 ? 1 : gcd_of_words(magnitude, den);
    magnitude /= common;
    den /= common;
    return set(out, m, num < 0 ? -1 : 1, &magnitude, 1, &den, 1);
}

/// product = a * b; returns its size.
static size_t multiply(mp_limb_t *product, const uint64_t *a, size_t a_size, const uint64_t *b,
                       size_t b_size)
{
    if (a_size == 0 || b_size == 0)
        return 0;
    if (a_size < b_size)
        mpn_mul(product, b, (mp_size_t)b_size, a, (mp_size_t)a_size);
    else
        mpn_mul(product, a, (mp_size_t)a_size, b, (mp_size_t)b_size);
    return trimmed(product, a_size + b_size);
}

bool exact_integer(exact *out, scratch *m, int64_t value)
{
    mp_limb_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    return set(out, m, value < 0 ? -1 : 1, &magnitude, 1, ONE, 1);
}

bool exact_ratio(exact *out, scratch *m, int64_t num, int64_t den)
{
    mp_limb_t n[2 * EXACT_LIMBS + 2], d[2 * EXACT_LIMBS + 2];
    n[0] = num < 0 ? -(uint64_t)num : (uint64_t)num;
    d[0] = den < 0 ? -(uint64_t)den : (uint64_t)den;
    return set_reduced(out, m, (num < 0) != (den < 0) ? -1 : 1, n, 1, d, 1);
}

bool exact_based(exact *out, scratch *m, const char *digits, size_t count, unsigned base)
{
    enum { MOST_DIGITS = 4096 };
    unsigned char values[MOST_DIGITS];
    mp_limb_t limbs[MOST_DIGITS * 6 / 64 + 2];
    while (count > 1 && *digits == '0')
        digits++, count--;
    if (count == 0 || count > MOST_DIGITS)
        return false;
    for (size_t i = 0; i < count; i++) {
        char c = digits[i];
        unsigned value = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'A' && c <= 'Z' ? (unsigned)(c - 'A') + 10
                         : c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') + 10
                                                : 99;
        if (value >= base)
            return false;
        values[i] = (unsigned char)value;
    }
    size_t size = (size_t)mpn_set_str(limbs, values, count, (int)base);
    return set(out, m, 1, limbs, size, ONE, 1);
}

bool exact_decimal(exact *out, scratch *m, const char *digits, size_t count, long exponent10)
{
    exact mantissa, ten, scale;
    if (exponent10 > 6200 || exponent10 < -6200)
        return false;
    if (!exact_based(&mantissa, m, digits, count, 10))
        return false;
    if (exponent10 == 0 || mantissa.sign == 0) {
        *out = mantissa;
        return true;
    }
    return exact_integer(&ten, m, 10) &&
           exact_power(&scale, m, &ten, exponent10 < 0 ? -exponent10 : exponent10) &&
           (exponent10 < 0 ? exact_divide(out, m, &mantissa, &scale)
                           : exact_multiply(out, m, &mantissa, &scale));
}

exact exact_negate(exact a)
{
    a.sign = (int8_t)-a.sign;
    return a;
}

bool exact_add(exact *out, scratch *m, const exact *a, const exact *b)
{
    mp_limb_t left[2 * EXACT_LIMBS + 2], right[2 * EXACT_LIMBS + 2], den[2 * EXACT_LIMBS + 2];
    assert(a->den_size > 0 && b->den_size > 0);
    if (is_small(a) && is_small(b))
        return set_words(out, m,
                         small_numerator(a) * (int64_t)b->den[0] +
                             small_numerator(b) * (int64_t)a->den[0],
                         a->den[0] * b->den[0]);
    size_t left_size = multiply(left, a->num, a->num_size, b->den, b->den_size);
    size_t right_size = multiply(right, b->num, b->num_size, a->den, a->den_size);
    size_t den_size = multiply(den, a->den, a->den_size, b->den, b->den_size);
    bool swap = is_less(left, left_size, right, right_size);
    mp_limb_t *big = swap ? right : left, *small = swap ? left : right;
    size_t big_size = swap ? right_size : left_size, small_size = swap ? left_size : right_size;
    int sign = swap ? b->sign : a->sign;
    if (big_size > 0 && small_size > 0) {
        if (a->sign == b->sign) {
            mp_limb_t carry = mpn_add(big, big, (mp_size_t)big_size, small, (mp_size_t)small_size);
            big[big_size++] = carry;
        } else {
            mpn_sub(big, big, (mp_size_t)big_size, small, (mp_size_t)small_size);
        }
    }
    return set_reduced(out, m, sign, big, big_size, den, den_size);
}

bool exact_subtract(exact *out, scratch *m, const exact *a, const exact *b)
{
    exact minus = exact_negate(*b);
    return exact_add(out, m, a, &minus);
}

bool exact_multiply(exact *out, scratch *m, const exact *a, const exact *b)
{
    mp_limb_t num[2 * EXACT_LIMBS + 2], den[2 * EXACT_LIMBS + 2];
    if (is_small(a) && is_small(b))
        return set_words(out, m, small_numerator(a) * small_numerator(b), a->den[0] * b->den[0]);
    size_t num_size = multiply(num, a->num, a->num_size, b->num, b->num_size);
    size_t den_size = multiply(den, a->den, a->den_size, b->den, b->den_size);
    return set_reduced(out, m, a->sign * b->sign, num, num_size, den, den_size);
}

bool exact_divide(exact *out, scratch *m, const exact *a, const exact *b)
{
    if (b->sign == 0)
        return false;
    exact inverse = {.sign = b->sign,
                     .num_size = b->den_size,
                     .den_size = b->num_size,
                     .num = b->den,
                     .den = b->num};
    return exact_multiply(out, m, a, &inverse);
}

bool exact_power(exact *out, scratch *m, const exact *a, long power)
{
    exact base = *a, result;
    if (power < 0) {
        if (a->sign == 0)
            return false;
        base = (exact){a->sign, a->den_size, a->num_size, a->den, a->num};
        power = -power;
    }
    if ((a->sign == 0 && power == 0) || power < 0)
        return false;
    if (!exact_integer(&result, m, 1))
        return false;
    if (base.sign == 0 || (base.num_size == 1 && base.num[0] == 1 && base.den_size == 1 &&
                           base.den[0] == 1)) { // 0, 1, -1: no limit on the power
        *out = base.sign < 0 && power % 2 == 0 ? exact_negate(base) : base;
        return true;
    }
    if (power > 64L * EXACT_LIMBS)
        return false;
    for (;;) {
        if (power & 1 && !exact_multiply(&result, m, &result, &base))
            return false;
        power >>= 1;
        if (power == 0)
            break;
        if (!exact_multiply(&base, m, &base, &base))
            return false;
    }
    *out = result;
    return true;
}

/// The root of a natural number; false if it is not a natural number, or is too large to be tried.
static bool natural_root(exact *out, scratch *m, const uint64_t *limbs, size_t size,
                         unsigned degree)
{
    mp_limb_t root[EXACT_LIMBS];
    if (degree == 2) {
        if (!mpn_perfect_square_p(limbs, (mp_size_t)size))
            return false;
        mpn_sqrtrem(root, NULL, limbs, (mp_size_t)size);
        return set(out, m, 1, root, (size + 1) / 2, ONE, 1);
    }
    exact number, power;
    if (size > 1 || !set(&number, m, 1, limbs, size, ONE, 1))
        return false;
    double guess = round(pow((double)limbs[0], 1.0 / degree));
    return exact_integer(out, m, (int64_t)guess) && exact_power(&power, m, out, (long)degree) &&
           exact_equal(&power, &number);
}

bool exact_root(exact *out, scratch *m, const exact *a, unsigned degree)
{
    exact num, den;
    int8_t sign = a->sign;
    if (sign == 0) {
        *out = *a;
        return true;
    }
    if (degree < 2 || degree > 64 || (sign < 0 && degree % 2 == 0))
        return false;
    if (!natural_root(&num, m, a->num, a->num_size, degree) ||
        !natural_root(&den, m, a->den, a->den_size, degree) || !exact_divide(out, m, &num, &den))
        return false;
    out->sign = sign;
    return true;
}

bool exact_factorial(exact *out, scratch *m, const exact *n)
{
    mp_limb_t product[EXACT_LIMBS + 1];
    int64_t count;
    size_t size = 1;
    if (!exact_to_int(&count, n) || count < 0 || count > 2200)
        return false;
    product[0] = 1;
    for (int64_t i = 2; i <= count; i++) {
        mp_limb_t carry = mpn_mul_1(product, product, (mp_size_t)size, (mp_limb_t)i);
        if (carry > 0)
            product[size++] = carry;
        if (size > EXACT_LIMBS)
            return false;
    }
    return set(out, m, 1, product, size, ONE, 1);
}

bool exact_equal(const exact *a, const exact *b)
{
    return a->sign == b->sign && a->num_size == b->num_size && a->den_size == b->den_size &&
           (a->sign == 0 || (mpn_cmp(a->num, b->num, a->num_size) == 0 &&
                             mpn_cmp(a->den, b->den, a->den_size) == 0));
}

bool exact_compare(int *order, scratch *m, const exact *a, const exact *b)
{
    exact difference;
    size_t mark = m->used;
    bool known = exact_subtract(&difference, m, a, b);
    m->used = mark;
    *order = known ? difference.sign : 0;
    return known;
}

bool exact_is_integer(const exact *a)
{
    return a->den_size == 1 && a->den[0] == 1;
}

bool exact_to_int(int64_t *out, const exact *a)
{
    if (a->sign == 0) {
        *out = 0;
        return true;
    }
    if (!exact_is_integer(a) || a->num_size != 1 || a->num[0] >> 62 != 0)
        return false;
    *out = a->sign < 0 ? -(int64_t)a->num[0] : (int64_t)a->num[0];
    return true;
}

/// The leading three words as a real number, to be multiplied by 2^*exponent.
static long double leading(const uint64_t *limbs, size_t size, long *exponent)
{
    long double value = 0;
    size_t first = size > 3 ? size - 3 : 0;
    for (size_t i = size; i-- > first;)
        value = ldexpl(value, 64) + (long double)limbs[i];
    *exponent = (long)(64 * first);
    return value;
}

long double exact_to_real(const exact *a)
{
    long up, down;
    if (a->sign == 0)
        return 0;
    if (a->num_size == 1 && exact_is_integer(a)) // the common case
        return a->sign < 0 ? -(long double)a->num[0] : (long double)a->num[0];
    long double num = leading(a->num, a->num_size, &up);
    long double den = leading(a->den, a->den_size, &down);
    long double value = ldexpl(num / den, (int)(up - down));
    return a->sign < 0 ? -value : value;
}
