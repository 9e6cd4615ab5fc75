// datasets/verify/math/words/cycle_notation.c - compares permutations in cycle notation.
//
// A cycle is a bracket with two or more different numbers between which only spaces stand, or with
// two or more different digits. Without spaces the text may also be a product of numbers, (12)(34).
// Whether products are read from the left or the right is not known: permutations are equal if they
// are in both readings.
// Limits: numbers up to 99, 24 of them in a text.
#include "datasets/verify/math/words/cycle_notation.h"

#include "datasets/verify/ascii.h"

#include <string.h>

enum { LARGEST = 99, MOST_NUMBERS = 24 };

typedef struct cycles {
    int number[MOST_NUMBERS]; // negative: the last one of its cycle
    size_t count, brackets;
    bool spaced;
} cycles;

/// Moves over spaces and \,; true if there were some.
static bool skip_spaces(distill_span text, size_t *at)
{
    size_t from = *at;
    while (*at < text.length && (strchr(" ~", text.bytes[*at]) != NULL ||
                                 (text.bytes[*at] == '\\' && *at + 1 < text.length &&
                                  strchr(" ,;!", text.bytes[*at + 1]) != NULL)))
        *at += text.bytes[*at] == '\\' ? 2 : 1;
    return *at > from;
}

/// Adds a number that is not in its cycle yet, which begins at `first`.
static bool add_number(cycles *c, size_t first, int number)
{
    for (size_t i = first; i < c->count; i++)
        if (c->number[i] == number)
            return false;
    if (c->count == MOST_NUMBERS || number < 1 || number > LARGEST)
        return false;
    c->number[c->count++] = number;
    return true;
}

/// Reads the bracket at *at.
static bool read_cycle(cycles *c, distill_span text, size_t *at)
{
    const char *end = memchr(text.bytes + *at, ')', text.length - *at);
    size_t first = c->count;
    if (text.bytes[*at] != '(' || end == NULL)
        return false;
    size_t close = (size_t)(end - text.bytes);
    ++*at;
    bool spaced = false;
    for (size_t i = *at; i < close; i++)
        spaced = spaced || strchr(" ~\\", text.bytes[i]) != NULL;
    while (skip_spaces(text, at), *at < close) {
        int number = 0;
        size_t digits = 0;
        for (; ascii_is_digit(text.bytes[*at]) && digits < (spaced ? 2 : 1); ++*at, digits++)
            number = number * 10 + (text.bytes[*at] - '0');
        if (digits == 0 || (spaced && ascii_is_digit(text.bytes[*at])) ||
            !add_number(c, first, number))
            return false;
    }
    if (c->count < first + 2)
        return false;
    c->number[c->count - 1] *= -1;
    c->spaced = c->spaced || spaced;
    c->brackets++;
    ++*at;
    return true;
}

static bool read_cycles(cycles *c, distill_span text)
{
    size_t at = 0;
    *c = (cycles){.count = 0};
    if (text.length < 4 || *text.bytes != '(' || text.bytes[text.length - 1] != ')')
        return false;
    while (skip_spaces(text, &at), at < text.length)
        if (!read_cycle(c, text, &at))
            return false;
    return true;
}

/// Where the permutation takes x; its cycles are applied from the last one, or from the first one.
static int image(const cycles *c, int x, bool from_first)
{
    for (size_t k = 0; k < c->count; k++) { // the ends of cycles, in the order of application
        size_t end = from_first ? k : c->count - 1 - k, first = end;
        if (c->number[end] > 0)
            continue;
        while (first > 0 && c->number[first - 1] > 0)
            first--;
        for (size_t i = first; i <= end; i++)
            if (c->number[i] == x || c->number[i] == -x) {
                int next = c->number[i == end ? first : i + 1];
                x = next < 0 ? -next : next;
                break;
            }
    }
    return x;
}

static bool same_permutation(const cycles *a, const cycles *b, bool from_first)
{
    for (int x = 1; x <= LARGEST; x++)
        if (image(a, x, from_first) != image(b, x, from_first))
            return false;
    return true;
}

bool cycles_compare(verdict_outcome *outcome, distill_span gold, distill_span answer)
{
    cycles a, b;
    if (*gold.bytes != '(' && *answer.bytes != '(')
        return false;
    bool in_a = read_cycles(&a, gold), in_b = read_cycles(&b, answer);
    *outcome = VERDICT_UNKNOWN;
    if (!in_a || !in_b) // (12)(34) and 408
        return (in_a && a.brackets > 1 && ascii_is_digit(*answer.bytes)) ||
               (in_b && b.brackets > 1 && ascii_is_digit(*gold.bytes));
    bool left = same_permutation(&a, &b, true), right = same_permutation(&a, &b, false);
    bool numbers = !a.spaced && !b.spaced; // perhaps
    if (numbers && a.brackets == 1 && b.brackets == 1)
        return left && right && !distill_span_equal(gold, answer);
    if (left && right)
        *outcome = VERDICT_RIGHT;
    else if (!left && !right && !numbers)
        *outcome = VERDICT_WRONG;
    return left || right || !numbers || a.count == b.count;
}
