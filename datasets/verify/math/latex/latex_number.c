// datasets/verify/math/latex/latex_number.c - the lexer's part for numbers.
//
//     1,234.5   1{,}234   1,\!234   1\,234   1 234   0{,}5   .5   3.2e-4   0.1\overline{6}   0.1(6)
//
// A separator of thousands must be followed by exactly three digits, each time. A bare comma or
// space separates thousands only outside brackets; inside them it separates elements.
#include "datasets/verify/ascii.h"
#include "datasets/verify/math/latex/lexer_state.h"

#include <string.h>

static size_t count_digits(const lexer *x, size_t ahead)
{
    size_t count = 0;
    while (ascii_is_digit(lexer_peek(x, ahead + count)))
        count++;
    return count;
}

bool lexer_number_starts(const lexer *x)
{
    char c = lexer_peek(x, 0);
    return ascii_is_digit(c) || (c == '.' && ascii_is_digit(lexer_peek(x, 1)));
}

/// Length of `sign`, perhaps with spaces inside, if it begins `ahead` places from here; 0 if not.
static size_t match(const lexer *x, size_t ahead, const char *sign)
{
    size_t at = ahead;
    for (const char *s = sign; *s != '\0'; s++) {
        while (s > sign && *s != ' ' && lexer_peek(x, at) == ' ')
            at++;
        if (lexer_peek(x, at) != *s)
            return 0;
        at++;
    }
    return at - ahead;
}

/// Length of a separator of thousands `ahead` places from here; 0 if there is none. *plain is set
/// if it is a bare comma or space.
static size_t separator(const lexer *x, size_t ahead, bool *plain)
{
    static const char *const MARKED[] = {"{,}", ",\\!", "{\\,}", "\\,", "\\;", "\\ ", "{\\!,}"};
    size_t spaces = 0;
    *plain = false;
    while (lexer_peek(x, ahead + spaces) == ' ')
        spaces++;
    for (size_t i = 0; i < sizeof MARKED / sizeof *MARKED; i++) {
        size_t length = match(x, ahead + spaces, MARKED[i]);
        if (length == 0)
            continue;
        length += spaces;
        while (lexer_peek(x, ahead + length) == ' ')
            length++;
        return length;
    }
    if (x->options & (TOKEN_LIST_COMMAS | TOKEN_DECIMAL_COMMAS))
        return 0;
    *plain = true;
    if (lexer_peek(x, ahead) == ',')
        return x->brackets == 0 || lexer_peek(x, ahead + 1) == '0' ? 1 : 0;
    return spaces == 1 && x->brackets == 0 ? 1 : 0;
}

/// The digits read so far.
typedef struct digits {
    char *bytes;
    size_t count;
} digits;

static void take(lexer *x, digits *d, size_t count)
{
    memcpy(d->bytes + d->count, x->text.bytes + x->at, count);
    d->count += count;
    x->at += count;
}

/// Reads the digits before the point, perhaps in groups of three.
static void whole_part(lexer *x, digits *d, bool *thousands)
{
    size_t first = count_digits(x, 0);
    bool grouped = first > 0 && first <= 3 && lexer_peek(x, 0) != '0';
    take(x, d, first);
    while (grouped) {
        bool plain;
        size_t length = separator(x, 0, &plain);
        if (length == 0 || count_digits(x, length) != 3)
            return;
        *thousands = *thousands || plain;
        x->at += length;
        take(x, d, 3);
    }
}

/// Number of digits under a bar or dot, or in brackets, that follow here; 0 if there are none. Sets
/// *length to that of the whole notation.
static size_t repeating(const lexer *x, size_t *length)
{
    static const char *const BARS[] = {"\\overline{", "\\bar{", "\\dot{"};
    for (size_t i = 0; i < sizeof BARS / sizeof *BARS; i++) {
        size_t opening = match(x, 0, BARS[i]);
        size_t count = opening > 0 ? count_digits(x, opening) : 0;
        if (count > 0 && count < 64 && lexer_peek(x, opening + count) == '}') {
            *length = opening + count + 1;
            return count;
        }
    }
    size_t count = lexer_peek(x, 0) == '(' ? count_digits(x, 1) : 0; // 0.1(6)
    if (count > 0 && count < 64 && lexer_peek(x, count + 1) == ')') {
        *length = count + 2;
        return count;
    }
    return 0;
}

/// Length of the decimal mark that follows here: a point, or {,} before a digit; 0 if there is
/// none.
static size_t decimal_mark(const lexer *x)
{
    size_t braced = match(x, 0, "{,}");
    if ((x->options & TOKEN_DECIMAL_COMMAS) && lexer_peek(x, 0) == ',' &&
        ascii_is_digit(lexer_peek(x, 1)))
        return 1;
    if (lexer_peek(x, 0) == '.' &&
        (ascii_is_digit(lexer_peek(x, 1)) || lexer_among(lexer_peek(x, 1), "\\(")))
        return 1;
    return braced > 0 && ascii_is_digit(lexer_peek(x, braced)) ? braced : 0;
}

/// Reads the decimal mark and the digits after it; returns the number of places, -1 without a
/// mark.
static int fraction_part(lexer *x, digits *d, int16_t *repeat)
{
    size_t mark = decimal_mark(x), length = 0;
    if (mark == 0)
        return -1;
    size_t before = x->at;
    x->at += mark;
    size_t count = count_digits(x, 0);
    take(x, d, count);
    size_t under_bar = repeating(x, &length);
    if (count + under_bar == 0) {
        x->at = before;
        return -1;
    }
    if (under_bar > 0) {
        x->at += strcspn(x->text.bytes + x->at, "{(") + 1;
        take(x, d, under_bar);
        x->at++;
        *repeat = (int16_t)under_bar;
    }
    return (int)(count + under_bar);
}

/// Reads the exponent of 3.2e-4; 0 if there is none.
static int power_of_ten(lexer *x)
{
    char e = lexer_peek(x, 0);
    size_t sign = lexer_peek(x, 1) == '-' || lexer_peek(x, 1) == '+' ? 1 : 0;
    size_t count = count_digits(x, 1 + sign);
    size_t behind = 1 + sign + count;
    if ((e != 'e' && e != 'E') || count == 0 || count > 4)
        return 0;
    if (lexer_among(lexer_peek(x, behind), "})"))
        behind++;
    if (lexer_peek(x, behind) == '_') // 1E8_{16}: the E is a digit
        return 0;
    int exponent = 0;
    for (size_t i = 0; i < count; i++)
        exponent = exponent * 10 + (lexer_peek(x, 1 + sign + i) - '0');
    bool minus = lexer_peek(x, 1) == '-';
    x->at += 1 + sign + count;
    return minus ? -exponent : exponent;
}

/// Dots follow, as those of a decimal that goes on.
static bool dots_follow(const lexer *x)
{
    static const char *const DOTS[] = {"...", "\\ldots", "\\dots", "\\cdots", "…"};
    size_t space = lexer_peek(x, 0) == ' ' ? 1 : 0;
    for (size_t i = 0; i < sizeof DOTS / sizeof *DOTS; i++)
        if (lexer_starts(x, space, DOTS[i]))
            return true;
    return false;
}

void lexer_number(lexer *x)
{
    size_t from = x->at;
    digits d = {.bytes = scratch_take(x->m, x->text.length - x->at)};
    bool thousands = false;
    int16_t repeat = 0;
    if (d.bytes == NULL) {
        x->failed = true;
        return;
    }
    whole_part(x, &d, &thousands);
    int places = fraction_part(x, &d, &repeat);
    const token *previous = x->count > 0 ? &x->tokens[x->count - 1] : NULL;
    bool second = previous != NULL && previous->kind == TOKEN_COMMA && !x->space;
    if ((x->options & TOKEN_LIST_COMMAS) && second && d.count > 1 && d.bytes[0] == '0' &&
        places < 0)
        x->failed = true; // 1,000 is not a list
    size_t before = x->at;
    int exponent = power_of_ten(x);
    bool cut = places > 0 && dots_follow(x);
    x->m->used = (size_t)(d.bytes - x->m->block) + ((d.count + 15) & ~(size_t)15);
    token *t = lexer_push(x, TOKEN_NUMBER, 0, from);
    t->text = (distill_span){d.bytes, d.count};
    t->places = (int16_t)places;
    t->repeat = repeat;
    t->exponent = exponent;
    t->scientific = x->at > before;
    t->thousands = thousands;
    t->cut = cut;
}
