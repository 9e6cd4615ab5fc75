// datasets/verify/math/latex/number_word.h - whole numbers in words, English and Chinese. Private to the verifier.
//
//     number_word_read(distill_span_of("one hundred and twenty-five"))   // 125
//     number_word_read(distill_span_of("三百零五"))                       // 305
#ifndef DATASETS_VERIFY_MATH_LATEX_NUMBER_WORD_H
#define DATASETS_VERIFY_MATH_LATEX_NUMBER_WORD_H

#include "distill/base/text.h"

/// The value, 0 … 999,999,999, of `text` (lower case); -1 if it is anything but a number in words.
int64_t number_word_read(distill_span text);

#endif
