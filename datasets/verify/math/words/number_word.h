// datasets/verify/math/words/number_word.h - whole numbers in English and Chinese words. Private to
// the verifier.
//
//     number_word_read(distill_span_of("one hundred and twenty-five"));  // 125
//     number_word_read(distill_span_of("三百零五"));                      // 305
#ifndef DATASETS_VERIFY_MATH_WORDS_NUMBER_WORD_H
#define DATASETS_VERIFY_MATH_WORDS_NUMBER_WORD_H

#include "distill/base/text.h"

/// The value of `text`, which is in lower case, from 0 to 999,999,999; -1 if it is not a number in
/// words.
int64_t number_word_read(distill_span text);

#endif
