// datasets/verify/math/words/clock_time.c - reads and compares times of day.
//
// The text is first copied without white space and LaTeX styles, in lower case. A colon with two
// digits below 60 after it makes a time; so does a number with am, pm or o'clock. A ratio may
// look the same: two texts that look like times are compared as ratios only where an hour is larger
// than 12 and nothing else says that they are times (11:21 and 22:42).
#include "datasets/verify/math/words/clock_time.h"

#include "datasets/verify/ascii.h"
#include "datasets/verify/math/words/number_word.h"

#include <string.h>

enum { LONGEST_TIME = 24, LONGEST_TEXT = 48, HOUR = 3600, DAY = 86400 };

/// Copies the text without spaces, full stops, braces and commands; 0 if it is too long for a time.
static size_t plain_copy(char *out, distill_span text)
{
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        if (c == '\\') {
            size_t end = i + 1;
            while (end < text.length && ascii_is_letter(text.bytes[end]))
                end++;
            if (end - i == 6 && memcmp(text.bytes + i, "\\colon", 6) == 0 &&
                length + 1 < LONGEST_TIME)
                out[length++] = ':';
            i = end > i + 1 ? end - 1 : end; // \text, or \! and the like
        } else if (strchr(" .~{}$\n\t", c) == NULL) {
            if (length + 1 >= LONGEST_TIME)
                return 0;
            out[length++] = ascii_lower(c);
        }
    }
    out[length] = '\0';
    return length;
}

/// Reads one or two digits, exactly two if `pair`; -1 for other texts.
static int read_digits(const char **at, bool pair)
{
    const char *s = *at;
    if (!ascii_is_digit(s[0]) || (pair && !ascii_is_digit(s[1])))
        return -1;
    int value = s[0] - '0';
    size_t count = ascii_is_digit(s[1]) ? 2 : 1;
    if (count == 2)
        value = value * 10 + (s[1] - '0');
    *at += count;
    return ascii_is_digit(**at) ? -1 : value;
}

/// The hours that "am" (0), "pm" (12) or "o'clock" (-1) adds; -2 for other texts.
static int read_half(const char *s)
{
    if (strcmp(s, "am") == 0 || strcmp(s, "inthemorning") == 0)
        return 0;
    if (strcmp(s, "pm") == 0 || strcmp(s, "noon") == 0)
        return 12;
    return strcmp(s, "o'clock") == 0 ? -1 : -2;
}

/// Cheap test that most answers fail: a colon, or the last letter of am, pm, noon, midnight, o'clock
/// or "in the morning" at the end.
static bool may_be_time(distill_span text)
{
    if (text.length > LONGEST_TEXT)
        return false;
    if (memchr(text.bytes, ':', text.length) != NULL ||
        memmem(text.bytes, text.length, "\\colon", 6) != NULL)
        return true;
    if (!ascii_is_digit(*text.bytes) && (memmem(text.bytes, text.length, "past ", 5) != NULL ||
                                         memmem(text.bytes, text.length, "to ", 3) != NULL))
        return true;
    while (text.length > 0 && strchr(".} $", text.bytes[text.length - 1]) != NULL)
        text.length--;
    return text.length > 0 && strchr("mMnNtTkKgG", text.bytes[text.length - 1]) != NULL;
}

/// A number in words or digits from 1 to `most`; 0 for other texts.
static int read_count(distill_span text, int most)
{
    int64_t num = 0, den = 1;
    const char *at = text.bytes;
    bool digits = text.length > 0 && text.length <= 2 && ascii_is_digit(*at);
    for (size_t i = 0; digits && i < text.length; i++)
        num = num * 10 + (at[i] - '0');
    bool read = digits || number_word_read(&num, &den, text);
    return read && den == 1 && num >= 1 && num <= most ? (int)num : 0;
}

/// Reads "quarter past three", "half past 9", "ten to eight" without spaces.
static bool read_spoken(clock_time *out, const char *copy)
{
    const char *past = strstr(copy, "past"), *to = past == NULL ? strstr(copy, "to") : NULL;
    const char *middle = past != NULL ? past : to;
    if (middle == NULL)
        return false;
    distill_span minutes = {copy, (size_t)(middle - copy)},
                 hours = distill_span_of(middle + (past != NULL ? 4 : 2));
    if (minutes.length > 1 && *copy == 'a')
        minutes.bytes++, minutes.length--;
    int minute = distill_span_is(minutes, "quarter") ? 15
                 : distill_span_is(minutes, "half")  ? 30
                                                     : read_count(minutes, 29);
    int hour = read_count(hours, 12);
    if (minute == 0 || hour == 0)
        return false;
    out->minute = past != NULL ? minute : 60 - minute;
    out->hour = past != NULL ? hour : hour == 1 ? 12 : hour - 1;
    out->half = false;
    out->seconds = (out->hour * HOUR + out->minute * 60) % DAY;
    return true;
}

bool clock_time_read(clock_time *out, distill_span text)
{
    char copy[LONGEST_TIME];
    if (!may_be_time(text) || plain_copy(copy, text) == 0)
        return false;
    *out = (clock_time){.half = true, .certain = true};
    if (strcmp(copy, "noon") == 0 || strcmp(copy, "midnight") == 0) {
        out->seconds = *copy == 'n' ? DAY / 2 : 0;
        return true;
    }
    if (ascii_is_letter(*copy))
        return read_spoken(out, copy);
    const char *at = copy;
    int hour = read_digits(&at, false), parts[2] = {0, 0};
    bool colon = hour >= 0 && *at == ':';
    for (int i = 0; i < 2 && hour >= 0 && *at == ':'; i++) {
        at++;
        parts[i] = read_digits(&at, true);
        if (parts[i] < 0 || parts[i] > 59)
            return false;
    }
    int half = read_half(at);
    if (hour < 0 || hour > 24 || (*at != '\0' && half == -2) || (!colon && *at == '\0'))
        return false;
    bool marked = *at != '\0' && half >= 0;
    if (marked && (hour < 1 || hour > 12))
        return false;
    out->hour = hour;
    out->minute = parts[0];
    out->half = marked || hour > 12 || hour == 0;
    bool spaced = memchr(text.bytes, '\\', text.length) != NULL ||
                  memmem(text.bytes, text.length, "{:}", 3) != NULL; // set as a time
    out->certain = spaced || *at != '\0' || parts[0] % 5 == 0 || parts[0] < 10 || parts[1] > 0;
    hour = marked ? hour % 12 + half : hour;
    out->seconds = (hour * HOUR + parts[0] * 60 + parts[1]) % DAY;
    return true;
}

verdict_outcome clock_time_compare(const clock_time *gold, const clock_time *answer)
{
    if (gold->seconds == answer->seconds)
        return VERDICT_RIGHT;
    bool on_dial = gold->hour <= 12 && answer->hour <= 12;
    if (!gold->certain && !answer->certain && !on_dial) // as ratios: 11:21 and 22:42
        return gold->hour * answer->minute == answer->hour * gold->minute ? VERDICT_RIGHT
                                                                          : VERDICT_WRONG;
    bool noon_or_midnight = (gold->hour == 0 && answer->hour == 12 && !answer->half) ||
                            (answer->hour == 0 && gold->hour == 12 && !gold->half);
    bool same_on_dial = gold->seconds % (DAY / 2) == answer->seconds % (DAY / 2);
    if (same_on_dial && noon_or_midnight) // 0:30 and 12:30
        return VERDICT_UNKNOWN;
    return same_on_dial && !(gold->half && answer->half) ? VERDICT_RIGHT : VERDICT_WRONG;
}
