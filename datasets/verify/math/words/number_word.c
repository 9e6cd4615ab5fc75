// datasets/verify/math/words/number_word.c - reads numbers in words from left to right.
//
// Small words are added (twenty-five). Scales (hundred, 百) multiply the number before them. Large
// scales (thousand, 万) multiply everything since the last large scale and close that part.
#include "datasets/verify/math/words/number_word.h"

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
        int64_t value = look_up(ENGLISH, sizeof ENGLISH / sizeof *ENGLISH, word);
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

int64_t number_word_read(distill_span text)
{
    int64_t english = read_english(text);
    return english >= 0 ? english : read_chinese(text);
}
