// datasets/verify/math/words/clock_time.h - times of day. Private to the verifier.
//
//     clock_time t;
//     clock_time_read(&t, distill_span_of("3:45\\text{ p.m.}"));  // 15:45
#ifndef DATASETS_VERIFY_MATH_WORDS_CLOCK_TIME_H
#define DATASETS_VERIFY_MATH_WORDS_CLOCK_TIME_H

#include "datasets/verify/verdict_type.h"

typedef struct clock_time {
    int seconds;  // since midnight
    bool half;    // the half of the day is known: by am or pm, or from the hour
    bool certain; // false: may also be the ratio hour : minute
    int hour, minute;
} clock_time;

/// Reads 9:00, 21:05:30, 8:00 a.m., 5 PM, 3 o'clock, noon, "quarter past three"; LaTeX spacing and
/// styles are ignored. False for other texts, also for a ratio such as 3:4 or 7:75.
bool clock_time_read(clock_time *out, distill_span text);
/// Right for the same time; unknown where both leave the half of the day open in different ways.
verdict_outcome clock_time_compare(const clock_time *gold, const clock_time *answer);

#endif
