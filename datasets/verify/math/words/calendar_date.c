// datasets/verify/math/words/calendar_date.c - reads calendar dates in digits.
//
// Three numbers of which one has four digits, joined by the same sign and without spaces, are a date
// and no difference or quotient. Whether the day or the month comes first is not known.
#include "datasets/verify/math/words/calendar_date.h"

#include "datasets/verify/ascii.h"

#include <string.h>

enum { SHORTEST = 8, LONGEST = 10 };

/// Reads up to four digits; returns their number.
static size_t read_digits(int *value, distill_span text, size_t at)
{
    size_t count = 0;
    *value = 0;
    for (; count < 4 && at + count < text.length && ascii_is_digit(text.bytes[at + count]); count++)
        *value = *value * 10 + (text.bytes[at + count] - '0');
    return count;
}

bool calendar_date_read(calendar_date *out, distill_span text)
{
    size_t at = 0, digits[3];
    if (text.length < SHORTEST || text.length > LONGEST || !ascii_is_digit(*text.bytes))
        return false;
    const char *mark = memchr(
        "-/",
        text.bytes[ascii_is_digit(text.bytes[1]) ? (ascii_is_digit(text.bytes[2]) ? 4 : 2) : 1], 2);
    for (int i = 0; i < 3 && mark != NULL; i++) {
        digits[i] = read_digits(&out->part[i], text, at);
        at += digits[i] + 1;
        if (digits[i] == 0 || (i < 2 && (at > text.length || text.bytes[at - 1] != *mark)))
            return false;
    }
    if (mark == NULL || at != text.length + 1)
        return false;
    out->year_first = digits[0] == 4;
    int last = out->part[out->year_first ? 2 : 0];
    bool padded = *mark == '-' || digits[out->year_first ? 1 : 0] == 2; // 2020/5/2 is a quotient
    return digits[1] <= 2 && digits[out->year_first ? 2 : 0] <= 2 &&
           digits[out->year_first ? 0 : 2] == 4 && out->part[1] >= 1 && out->part[1] <= 31 &&
           last >= 1 && last <= 31 && (padded || !out->year_first);
}

bool calendar_date_same(const calendar_date *a, const calendar_date *b)
{
    return a->year_first == b->year_first && memcmp(a->part, b->part, sizeof a->part) == 0;
}
