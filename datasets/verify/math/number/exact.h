// datasets/verify/math/number/exact.h - exact rational numbers of bounded size. Private to the
// verifier.
//
//     exact third, half, sum;
//     if (exact_ratio(&third, m, 1, 3) && exact_ratio(&half, m, 1, 2) &&
//         exact_add(&sum, m, &third, &half)) ...                        // 5/6
//
// Values are in lowest terms with a positive denominator. Limbs are immutable, so that values share
// them. Every operation returns false if the result needs more than EXACT_LIMBS words or the
// scratch block is full; the caller then continues without an exact value. *out may be an operand.
#ifndef DATASETS_VERIFY_MATH_NUMBER_EXACT_H
#define DATASETS_VERIFY_MATH_NUMBER_EXACT_H

#include "datasets/verify/math/number/scratch.h"

#include <stdbool.h>
#include <stdint.h>

enum { EXACT_LIMBS = 320 }; // 20,480 bits: 2006! fits

typedef struct exact {
    int8_t sign;                 // -1, 0, 1
    uint16_t num_size, den_size; // words; num_size is 0 for zero, den_size >= 1
    const uint64_t *num, *den;   // least significant word first
} exact;

bool exact_integer(exact *out, scratch *m, int64_t value);
/// num / den; den != 0.
bool exact_ratio(exact *out, scratch *m, int64_t num, int64_t den);
/// The decimal `digits` ('0' to '9') times 10^exponent10.
bool exact_decimal(exact *out, scratch *m, const char *digits, size_t count, long exponent10);
/// The `digits` in `base` (2 to 36); false if one of them is not a digit of that base.
bool exact_based(exact *out, scratch *m, const char *digits, size_t count, unsigned base);

exact exact_negate(exact a);
bool exact_add(exact *out, scratch *m, const exact *a, const exact *b);
bool exact_subtract(exact *out, scratch *m, const exact *a, const exact *b);
bool exact_multiply(exact *out, scratch *m, const exact *a, const exact *b);
/// Also false for b = 0.
bool exact_divide(exact *out, scratch *m, const exact *a, const exact *b);
/// a^power; also false for 0 to a power below 1.
bool exact_power(exact *out, scratch *m, const exact *a, long power);
/// The root of `degree` (2 to 64) if it is rational; of a negative `a`, the real root of odd
/// degree.
bool exact_root(exact *out, scratch *m, const exact *a, unsigned degree);
/// n! for an integer n >= 0.
bool exact_factorial(exact *out, scratch *m, const exact *n);

bool exact_equal(const exact *a, const exact *b);
/// Sets *order to -1, 0 or 1 as a < b, a = b or a > b; false if the difference is too large.
bool exact_compare(int *order, scratch *m, const exact *a, const exact *b);
bool exact_is_integer(const exact *a);
/// Sets *out if `a` is an integer of at most 62 bits.
bool exact_to_int(int64_t *out, const exact *a);
/// The nearest long double, up to a few units in the last place; infinite if out of range.
long double exact_to_real(const exact *a);

#endif
