// tests/differential/rational.h - small exact fractions and how they are written. Independent of
// the verifier's arithmetic.
//
//     rational q = rational_of(6, -4);                 // -3/2
//     rational_tex(rng, q);                            // "-\frac{3}{2}", "-1.5", "-3/2", …
//
// Numerators and denominators of all results must stay below 2^63: generators use small numbers.
#ifndef TESTS_DIFFERENTIAL_RATIONAL_H
#define TESTS_DIFFERENTIAL_RATIONAL_H

#include "tests/differential/pair.h"

typedef struct rational {
    long long n, d; // d > 0, without common factor
} rational;

/// n/d; d is not 0.
rational rational_of(long long n, long long d);
rational rational_add(rational a, rational b);
rational rational_times(rational a, rational b);
bool rational_equal(rational a, rational b);
int rational_compare(rational a, rational b);
bool rational_is_whole(rational q);
/// Number of decimal places of q, -1 if its decimals do not end.
int rational_places(rational q);

/// A numerator from -n to n, not 0, over a denominator from low to high.
rational rational_draw_over(distill_rng *rng, int n, int low, int high);
/// A value as answers have them: whole, simple fraction, or decimal.
rational rational_draw(distill_rng *rng);
/// Another value, near to q by its digits or sign.
rational rational_near(distill_rng *rng, rational q);
/// q if the pair must be equal, else rational_near.
rational rational_other(const pair *p, distill_rng *rng, rational q);
/// Another whole number: sign, a digit, ten times, neighbours.
long long whole_near(distill_rng *rng, long long n);

/// The one notation without variants: "-7", "\frac{3}{4}", "-\frac{3}{4}".
const char *rational_plain(rational q);
/// The digits of a fraction whose decimals end: "-3.25".
const char *rational_decimal(rational q);
/// A notation that may stand inside a larger expression, list or bracket: no commas, no spaces
/// between digits.
const char *rational_tex(distill_rng *rng, rational q);
/// q as a factor: as rational_plain, but 1 is "", -1 is "-".
const char *rational_factor(rational q);
/// The sum of c[i] times name[i] in this order: "3x^2-\frac{1}{2}x+1"; a constant has the name "".
/// Terms of 0 are left out.
const char *rational_sum(const rational *c, const char *const *name, size_t count);
/// The same terms in any order. At most 8.
const char *rational_sum_shuffled(distill_rng *rng, const rational *c, const char *const *name,
                                  size_t count);

#endif
