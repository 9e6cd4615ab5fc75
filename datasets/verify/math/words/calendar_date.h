// datasets/verify/math/words/calendar_date.h - calendar dates in digits. Private to the verifier.
//
//     calendar_date d;
//     calendar_date_read(&d, distill_span_of("2020-01-02"));  // and not 2017
#ifndef DATASETS_VERIFY_MATH_WORDS_CALENDAR_DATE_H
#define DATASETS_VERIFY_MATH_WORDS_CALENDAR_DATE_H

#include "distill/base/text.h"

typedef struct calendar_date {
    int part[3]; // in the order of the text
    bool year_first;
} calendar_date;

/// Reads 2020-01-02, 2020/01/02, 02-01-2020 and 2/1/2020; false for other texts.
bool calendar_date_read(calendar_date *out, distill_span text);
/// The same day; dates that are written in different orders are not.
bool calendar_date_same(const calendar_date *a, const calendar_date *b);

#endif
