// datasets/verify/code/output_match.h - is what a program printed what it should print?
//
// Compared are the words, separated by white space (spaces and line ends at the end never count, nor
// does where a line ends):
//   - equal bytes are equal ("Yes" is not "YES");
//   - two numbers are equal if their values are (1.0 and 1, 007 and 7);
//   - where the expected one has a decimal point or an exponent, also if they differ by no more than
//     1e-6 of max(1, |expected|).
// Problems with several right outputs need a checker.
#ifndef DATASETS_VERIFY_CODE_OUTPUT_MATCH_H
#define DATASETS_VERIFY_CODE_OUTPUT_MATCH_H

#include "distill/base/text.h"

/// On a difference the first pair of words goes to `expected` and `found` (empty: the output ends
/// there).
typedef struct output_difference {
    distill_span expected, found;
    size_t word; // from 1
} output_difference;

bool output_matches(output_difference *difference, distill_span expected, distill_span found);

#endif
