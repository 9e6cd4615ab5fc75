// tests/differential/kinds.h - the generators: one function for each kind of pairs, by file.
#ifndef TESTS_DIFFERENTIAL_KINDS_H
#define TESTS_DIFFERENTIAL_KINDS_H

#include "tests/differential/rational.h"

/// Number of names of PAIR_KINDS in kinds.c.
extern const pair_kind PAIR_KINDS[];
extern const size_t PAIR_KIND_COUNT;

typedef void pair_maker(pair *p, distill_rng *rng);

// number_pairs.c
pair_maker make_whole, make_decimal, make_fraction, make_repeating, make_words, make_fraction_words,
    make_percent, make_scientific, make_base;





#endif
