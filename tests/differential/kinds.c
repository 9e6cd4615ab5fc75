// tests/differential/kinds.c - the table of kinds.
#include "tests/differential/kinds.h"

// clang-format off
const pair_kind PAIR_KINDS[] = {
    {"whole", make_whole, 0, 0, 100},
    {"decimal", make_decimal, 0, 0, 100},
    {"fraction", make_fraction, 0, 0, 100},
    {"repeating", make_repeating, 0, 0, 100},
    {"words", make_words, 0, 0, 100},
    {"fraction_words", make_fraction_words, 0, 0, 100},
    {"percent", make_percent, 0, 0, 100},
    {"scientific", make_scientific, 0, 0, 100},
    {"base", make_base, 0, 0, 100},
};
// clang-format on
const size_t PAIR_KIND_COUNT = PAIR_COUNT(PAIR_KINDS);
