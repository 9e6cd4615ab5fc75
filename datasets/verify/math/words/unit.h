// datasets/verify/math/words/unit.h - units of measure and currencies. Private to the verifier.
//
//     unit u = unit_read(distill_span_of("square centimeters"));   // known, metre^2, scale 1/10000
//     unit v = unit_read(distill_span_of("boxes of medicine"));    // not known: a noun
#ifndef DATASETS_VERIFY_MATH_WORDS_UNIT_H
#define DATASETS_VERIFY_MATH_WORDS_UNIT_H

#include "distill/base/text.h"

enum { UNIT_DIMENSIONS = 10 };

typedef struct unit {
    bool known;
    bool bound; // words such as "more", "least", "not": the number is a bound, not the value
    bool open;  // words that change or deny the number: "pairs", "squared", "is impossible"
    int8_t dimension[UNIT_DIMENSIONS]; // powers of metre, kilogram, second, dollar, …
    int64_t num, den;                  // num/den base units are one of this unit
} unit;

/// The meaning of a phrase after a number: "cm^2", "miles per hour", "km/h", "dollars", "apples".
/// LaTeX spacing, styles and braces are ignored, and so is case except in names of one or two
/// letters.
unit unit_read(distill_span phrase);
/// The word, of at least two letters, is a unit: "cm", "miles".
bool unit_is_word(distill_span word);
bool unit_is_kelvin(const unit *u);
/// Months and years, which have no fixed number of days.
bool unit_counts_months(const unit *u);
/// The factor of dozen, hundred, lakh, million, bn and the like; 0 for other words.
int64_t unit_multiplier(distill_span word);

#endif
