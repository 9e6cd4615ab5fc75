// datasets/verify/math/words/number_word.c - reads numbers in words from left to right.
//
// A fraction is a count and the name of a part (three quarters), perhaps after a whole number and
// "and", or two numbers around "over" (三分之二: the part first).
//
// Small words are added (twenty-five). Scales (hundred, 百) multiply the number before them. Large
// scales (thousand, 万) multiply everything since the last large scale and close that part.
#include "datasets/verify/math/words/number_word.h"

#include <string.h>

static const int64_t LARGEST = 999999999;

typedef struct number_name {
    const char *name;
    int64_t value;
} number_name;

// clang-format off
static const number_name ENGLISH[] = {
    {"zero", 0}, {"one", 1}, {"two", 2}, {"three", 3}, {"four", 4}, {"five", 5}, {"six", 6}, {"seven", 7},
    {"eight", 8}, {"nine", 9}, {"ten", 10}, {"eleven", 11}, {"twelve", 12}, {"thirteen", 13},
    {"fourteen", 14}, {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18},
    {"nineteen", 19}, {"twenty", 20}, {"thirty", 30}, {"forty", 40}, {"fifty", 50}, {"sixty", 60},
    {"seventy", 70}, {"eighty", 80}, {"ninety", 90}, {"hundred", 100}, {"thousand", 1000},
    {"million", 1000000},
};
static const number_name CHINESE[] = { // three bytes each
    {"零", 0}, {"〇", 0}, {"一", 1}, {"二", 2}, {"两", 2}, {"三", 3}, {"四", 4}, {"五", 5}, {"六", 6},
    {"七", 7}, {"八", 8}, {"九", 9}, {"十", 10}, {"百", 100}, {"千", 1000}, {"万", 10000},
};
// clang-format on

static int64_t look_up(const number_name *names, size_t count, distill_span word)
{
    for (size_t i = 0; i < count; i++)
        if (distill_span_is(word, names[i].name))
            return names[i].value;
    return -1;
}

/// A number that is being read: the sum of closed parts, the current part, and the small words
/// since its last scale.
typedef struct partial {
    int64_t total, part, digit;
    bool has_digit, valid;
} partial;

/// Takes a word with this value; a `scale` multiplies, and one that `closes` also ends a part.
static void add_word(partial *p, int64_t value, bool scale, bool closes)
{
    if (!scale) {
        bool joins = p->has_digit && p->digit >= 20 && p->digit < 100 && value >= 1 && value <= 9;
        p->valid = p->valid && (!p->has_digit || joins || p->digit == 0);
        p->digit = joins ? p->digit + value : value;
        p->has_digit = true;
        return;
    }
    if (closes) {
        p->part += p->digit;
        p->valid = p->valid && p->part > 0 && p->part < value * 10;
        p->total += p->part * value;
        p->part = 0;
    } else {
        int64_t count = p->has_digit ? p->digit : 1; // 十二 omits the one
        p->valid = p->valid && count > 0 && (p->part == 0 || p->part % (value * 10) == 0);
        p->part += count * value;
    }
    p->digit = 0;
    p->has_digit = false;
}

static int64_t read_english(distill_span text)
{
    partial p = {.valid = true};
    size_t words = 0;
    for (size_t i = 0; i < text.length && p.valid;) {
        size_t end = i;
        while (end < text.length && text.bytes[end] != ' ' && text.bytes[end] != '-')
            end++;
        distill_span word = {text.bytes + i, end - i};
        i = end + 1;
        if (distill_span_is(word, "and") && words > 0)
            continue;
        bool article = words == 0 && i < text.length && distill_span_is(word, "a"); // a hundred
        int64_t value = article ? 1 : look_up(ENGLISH, sizeof ENGLISH / sizeof *ENGLISH, word);
        if (value < 0)
            return -1;
        if (value == 100 && !p.has_digit)
            return -1;
        add_word(&p, value, value >= 100, value >= 1000);
        words++;
    }
    int64_t sum = p.total + p.part + p.digit;
    return words > 0 && p.valid && sum <= LARGEST ? sum : -1;
}

static int64_t read_chinese(distill_span text)
{
    partial p = {.valid = true};
    for (size_t i = 0; i < text.length && p.valid; i += 3) {
        if (text.length - i < 3)
            return -1;
        distill_span sign = {text.bytes + i, 3};
        int64_t value = look_up(CHINESE, sizeof CHINESE / sizeof *CHINESE, sign);
        if (value < 0)
            return -1;
        add_word(&p, value, value >= 10, value >= 10000);
    }
    int64_t sum = p.total + p.part + p.digit;
    return text.length > 0 && p.valid && sum <= LARGEST ? sum : -1;
}

/// The names of parts, with their plurals, and of groups.
static const number_name PARTS[] = {
    {"half", 2},     {"halves", 2},    {"third", 3},       {"thirds", 3},       {"quarter", 4},
    {"quarters", 4}, {"fourth", 4},    {"fourths", 4},     {"fifth", 5},        {"fifths", 5},
    {"sixth", 6},    {"sixths", 6},    {"seventh", 7},     {"sevenths", 7},     {"eighth", 8},
    {"eighths", 8},  {"ninth", 9},     {"ninths", 9},      {"tenth", 10},       {"tenths", 10},
    {"twelfth", 12}, {"twelfths", 12}, {"hundredth", 100}, {"hundredths", 100},
};

static bool has_prefix(distill_span text, const char *prefix)
{
    size_t length = strlen(prefix);
    return text.length >= length && memcmp(text.bytes, prefix, length) == 0;
}

/// A count: a whole number in words, or an article; -1 for other texts.
static int64_t read_count(distill_span text)
{
    if (distill_span_is(text, "a") || distill_span_is(text, "an"))
        return 1;
    return read_english(text);
}

/// "three quarters", "a half", "half": a count and the name of a part.
static bool read_part(int64_t *num, int64_t *den, distill_span text)
{
    size_t at = text.length;
    while (at > 0 && text.bytes[at - 1] != ' ' && text.bytes[at - 1] != '-')
        at--;
    distill_span name = {text.bytes + at, text.length - at};
    *den = look_up(PARTS, sizeof PARTS / sizeof *PARTS, name);
    *num = at > 0 ? read_count((distill_span){text.bytes, at - 1}) : distill_span_is(name, "half");
    return *den > 0 && *num > 0;
}

/// Two numbers around `middle`; `num_first` if the first of them is the numerator.
static bool read_over(int64_t *num, int64_t *den, distill_span text, const char *middle,
                      bool num_first)
{
    size_t at = distill_span_find(text, distill_span_of(middle), 0), length = strlen(middle);
    if (at == SIZE_MAX)
        return false;
    distill_span first = {text.bytes, at},
                 second = {text.bytes + at + length, text.length - at - length};
    int64_t a = num_first ? read_english(first) : read_chinese(first);
    int64_t b = num_first ? read_english(second) : read_chinese(second);
    *num = num_first ? a : b;
    *den = num_first ? b : a;
    return *num >= 0 && *den > 0;
}

/// "two and three quarters": a whole number and a part of one.
static bool read_mixed(int64_t *num, int64_t *den, distill_span text)
{
    static const char AND[] = " and ";
    for (size_t at = 0; (at = distill_span_find(text, distill_span_of(AND), at)) != SIZE_MAX;
         at++) {
        size_t behind = at + sizeof AND - 1;
        int64_t whole = read_english((distill_span){text.bytes, at});
        if (whole >= 0 &&
            read_part(num, den, (distill_span){text.bytes + behind, text.length - behind})) {
            *num += whole * *den;
            return true;
        }
    }
    return false;
}

/// "two dozen", "half a dozen", "two and a half dozen".
static bool read_dozen(int64_t *num, int64_t *den, distill_span text)
{
    static const char DOZEN[] = "dozen";
    size_t length = sizeof DOZEN - 1;
    if (text.length < length || memcmp(text.bytes + text.length - length, DOZEN, length) != 0)
        return false;
    distill_span count = distill_span_trim((distill_span){text.bytes, text.length - length});
    *num = distill_span_is(count, "half a") ? 6 : count.length == 0 ? 12 : 12 * read_count(count);
    *den = 1;
    if (*num > 0)
        return true;
    if (!read_mixed(num, den, count) && !read_part(num, den, count))
        return false;
    *num *= 12;
    return true;
}

static bool read_unsigned(int64_t *num, int64_t *den, distill_span text)
{
    *den = 1;
    *num = read_english(text);
    if (*num < 0)
        *num = read_chinese(text);
    if (*num >= 0 || read_dozen(num, den, text))
        return true;
    return read_part(num, den, text) || read_mixed(num, den, text) ||
           read_over(num, den, text, " over ", true) || read_over(num, den, text, "分之", false);
}

bool number_word_read(int64_t *num, int64_t *den, distill_span text)
{
    static const char *const MINUS[] = {"minus ", "negative ", "负"};
    for (size_t i = 0; i < sizeof MINUS / sizeof *MINUS; i++)
        if (has_prefix(text, MINUS[i])) {
            size_t length = strlen(MINUS[i]);
            if (!read_unsigned(num, den, (distill_span){text.bytes + length, text.length - length}))
                return false;
            *num = -*num;
            return true;
        }
    return read_unsigned(num, den, text);
}
