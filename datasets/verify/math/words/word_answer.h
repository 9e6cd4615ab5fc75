// datasets/verify/math/words/word_answer.h - compares answers in words. Private to the verifier.
//
//     "\text{No solution}." and "no solutions" are the same; "converges" and "diverges" are not.
#ifndef DATASETS_VERIFY_MATH_WORDS_WORD_ANSWER_H
#define DATASETS_VERIFY_MATH_WORDS_WORD_ANSWER_H

#include "datasets/verify/verdict_type.h"

/// The two sources are the same up to white space, sizes of brackets and styles of fractions.
bool word_same_source(distill_span a, distill_span b);
/// Right for the same words or synonyms. Wrong for a few words that differ, and for texts with
/// different numbers. Unknown for longer texts, which may state the same in other words.
verdict_outcome word_compare(distill_span a, distill_span b);
/// The text states that there is no value, or not one: "no solution", "undefined", "all real
/// numbers", "infinitely many".
bool word_no_value(distill_span text);
/// The text consists of digits and spaces.
bool word_digits(distill_span text);
/// The value of a number in words (number_word.h), num/den; false for other texts.
bool word_number(int64_t *num, int64_t *den, distill_span text);
/// Likewise of a number in words with one unit behind it: "thirty-seven miles".
bool word_quantity(int64_t *num, int64_t *den, distill_span *measure, distill_span text);
/// The letter of EXPR_NAMED_SET: 'R' for "all real numbers", '0' for "no solution"; NUL for other
/// texts.
char word_set(distill_span text);

#endif
