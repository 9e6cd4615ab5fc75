// datasets/verify/math/word_answer.h - answers in words. Private to the verifier.
//
//     "\text{No solution}." and "no solutions" are the same; "converges" and "diverges" are not.
#ifndef DATASETS_VERIFY_MATH_WORD_ANSWER_H
#define DATASETS_VERIFY_MATH_WORD_ANSWER_H

#include "datasets/verify/verdict.h"

/// The two texts are the same up to white space, sizes of brackets and the style of fractions.
bool word_same_source(distill_span a, distill_span b);
/// Right for the same words; wrong for a few words without anything in common, or for other numbers;
/// unknown for longer texts, which may say the same in other words.
verdict_outcome word_compare(distill_span a, distill_span b);
/// Only words: no digits and no operators.
bool word_only(distill_span text);
/// The value of a number in words (number_word.h); -1 for others.
int64_t word_number(distill_span text);
/// 'R' for "all real numbers", '0' for "no solution" and the like; 0 for others.
char word_set(distill_span text);

#endif
