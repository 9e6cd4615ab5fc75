// datasets/verify/code/output_match.h - compares the output of a program with the expected output.
//
// Compared are words, separated by white space; white space at the ends and the places of line ends
// do not matter.
//   - equal bytes are equal ("Yes" is not "YES");
//   - two numbers are equal if their values are (1.0 and 1, 007 and 7);
//   - where the expected number has a decimal point or an exponent, they may differ by 1e-6 of
//     max(1, |expected|).
// A problem with several right outputs needs a checker.
#ifndef DATASETS_VERIFY_CODE_OUTPUT_MATCH_H
#define DATASETS_VERIFY_CODE_OUTPUT_MATCH_H

#include "distill/base/text.h"

/// The first pair of words that differ; an empty word stands for the end of an output.
typedef struct output_difference {
    distill_span expected, found;
    size_t word; // from 1
} output_difference;

/// False if the outputs differ; *difference is then set, and borrows from both.
bool output_matches(output_difference *difference, distill_span expected, distill_span found);

#endif
