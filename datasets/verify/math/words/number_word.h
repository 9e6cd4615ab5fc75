// datasets/verify/math/words/number_word.h - numbers in English and Chinese words. Private to the
// verifier.
//
//     int64_t num, den;
//     number_word_read(&num, &den, distill_span_of("one hundred and twenty-five"));  // 125, 1
//     number_word_read(&num, &den, distill_span_of("two and three quarters"));       // 11, 4
//     number_word_read(&num, &den, distill_span_of("三分之二"));                      // 2, 3
#ifndef DATASETS_VERIFY_MATH_WORDS_NUMBER_WORD_H
#define DATASETS_VERIFY_MATH_WORDS_NUMBER_WORD_H

#include "distill/base/text.h"

/// Sets *num / *den to the value of `text`, which is in lower case: whole numbers up to 999,999,999
/// and fractions of them, perhaps with "minus" or "negative" before. False if it is not a number in
/// words.
bool number_word_read(int64_t *num, int64_t *den, distill_span text);

#endif
