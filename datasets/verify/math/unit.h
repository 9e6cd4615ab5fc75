// datasets/verify/math/unit.h - units of measure, currencies, and words that count as such. Private to
// the verifier.
//
//     unit u = unit_read("square centimeters");     // known, length^2, scale 1/10000
//     unit v = unit_read("boxes of medicine");      // not known: a noun
#ifndef DATASETS_VERIFY_MATH_UNIT_H
#define DATASETS_VERIFY_MATH_UNIT_H

#include "distill/base/text.h"

enum { UNIT_DIMENSIONS = 9 };

typedef struct unit {
    bool known;
    bool denies; // words such as "more", "least", "not": the number alone is not the answer
    int8_t dimension[UNIT_DIMENSIONS]; // powers of metre, kilogram, second, dollar, …
    int64_t num, den;                  // scale to the base units
} unit;

/// What a phrase behind a number means: "cm^2", "miles per hour", "km/h", "dollars", "apples".
/// LaTeX spacing, styles, braces and case are passed over.
unit unit_read(distill_span phrase);
/// A plain word (not a product of letters) that is a unit: "cm", "miles".
bool unit_is_word(distill_span word);
/// A word that multiplies: thousand, million, billion, trillion, dozen; 0 for others.
int64_t unit_multiplier(distill_span word);

#endif
