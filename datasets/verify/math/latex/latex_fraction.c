// datasets/verify/math/latex/latex_fraction.c - the parser's part for numbers, fractions and roots.
//
// As in TeX, an argument without braces is one digit: \frac123 is (1/2) 3. A whole number followed
// by a proper fraction is a mixed number: 2\frac13 is 7/3, but 2\frac31 is a product.
#include "datasets/verify/ascii.h"
#include "datasets/verify/math/latex/parser_state.h"
#include "datasets/verify/math/words/word_answer.h"

#include <string.h>

/// The value of a literal whose last `repeat` digits repeat:
///     (all digits - digits before the repeating ones) / 99…900…0
static bool repeating_value(exact *out, scratch *m, const token *t)
{
    char nines[64];
    exact all, before, difference, divisor, ratio;
    size_t repeat = (size_t)t->repeat;
    memset(nines, '9', repeat);
    return exact_decimal(&all, m, t->text.bytes, t->text.length, 0) &&
           (t->text.length == repeat
                ? exact_integer(&before, m, 0)
                : exact_decimal(&before, m, t->text.bytes, t->text.length - repeat, 0)) &&
           exact_subtract(&difference, m, &all, &before) &&
           exact_decimal(&divisor, m, nines, repeat, t->places - t->repeat) &&
           exact_divide(&ratio, m, &difference, &divisor) &&
           exact_decimal(&divisor, m, "1", 1, t->exponent) &&
           exact_multiply(out, m, &ratio, &divisor);
}

static int significant_digits(distill_span digits)
{
    while (digits.length > 0 && *digits.bytes == '0')
        digits.bytes++, digits.length--;
    return digits.length < 10000 ? (int)digits.length : 10000;
}

/// The node of a literal, with its value and how it was written.
static expr *number_node(parser *p, const token *t)
{
    expr *e = expr_leaf(p->m, EXPR_NUMBER);
    if (e == NULL)
        return NULL;
    int places = t->places > 0 ? t->places : 0;
    if (t->repeat > 0)
        return repeating_value(&e->value, p->m, t) ? e : NULL;
    if (!exact_decimal(&e->value, p->m, t->text.bytes, t->text.length, t->exponent - places))
        return NULL;
    e->text = t->text;
    e->op = t->cut;
    if (t->places >= 0 || t->scientific) {
        e->digits = (int16_t)significant_digits(t->text);
        e->places = (int16_t)(places - t->exponent > 0 ? places - t->exponent : 0);
    }
    return e;
}

/// Reads the base after an underscore: 8, {16}, {(16)}, {\text{eight}}; 0, and no token is taken,
/// where none from 2 to 36 follows.
static unsigned parse_base(parser *p)
{
    size_t before = p->at;
    int64_t base = 0, den = 1;
    if (!parser_take(p, TOKEN_UNDERSCORE))
        return 0;
    bool group = parser_take(p, TOKEN_OPEN_GROUP), bracket = group && parser_take(p, TOKEN_OPEN);
    const token *t = parser_next(p);
    if (t->kind == TOKEN_NUMBER && t->places < 0 && t->text.length <= 2)
        for (size_t i = 0; i < t->text.length; i++)
            base = base * 10 + (t->text.bytes[i] - '0');
    else if (t->kind == TOKEN_WORDS && !word_number(&base, &den, t->text))
        base = 0;
    p->at++;
    if (base >= 2 && base <= 36 && den == 1 && (!bracket || parser_take(p, TOKEN_CLOSE)) &&
        (!group || parser_take(p, TOKEN_CLOSE_GROUP)))
        return (unsigned)base;
    p->at = before;
    return 0;
}

expr *parser_based_number(parser *p, distill_span digits)
{
    unsigned base = parse_base(p);
    expr *e = base > 0 ? expr_leaf(p->m, EXPR_BASED) : NULL;
    if (e == NULL || !exact_based(&e->value, p->m, digits.bytes, digits.length, base))
        return NULL;
    e->base = (uint16_t)base;
    e->text = digits;
    return e;
}

/// Collects the digits from token *at on, which moves after them; 0 if one is no digit. *numbers is
/// set if some are not letters.
static size_t collect_digits(const parser *p, size_t *at, char *digits, size_t most, bool *numbers)
{
    size_t first = *at, length = 0;
    for (;; ++*at) {
        const token *t = &p->tokens[*at];
        bool number = t->kind == TOKEN_NUMBER && t->places < 0 && !t->scientific;
        bool letters = t->kind == TOKEN_SYMBOL || t->kind == TOKEN_WORDS;
        if (!number && !letters)
            return length;
        for (size_t i = 0; letters && i < t->text.length; i++)
            letters = t->text.bytes[i] >= 'A' && t->text.bytes[i] <= 'Z';
        if ((!number && !letters) || (*at > first && t->space) || length + t->text.length > most)
            return 0;
        memcpy(digits + length, t->text.bytes, t->text.length);
        length += t->text.length;
        *numbers = *numbers || number;
    }
}

expr *parse_letter_digits(parser *p)
{
    enum { MOST_DIGITS = 24 };
    char digits[MOST_DIGITS];
    bool numbers = false;
    if (!p->subscripts)
        return NULL;
    bool group = parser_is(p, TOKEN_OPEN_GROUP), bracket = parser_is(p, TOKEN_OPEN);
    size_t at = p->at + (group || bracket), first = at, before = p->at;
    size_t length = collect_digits(p, &at, digits, MOST_DIGITS, &numbers);
    if (group || bracket)
        at += p->tokens[at].kind == (group ? TOKEN_CLOSE_GROUP : TOKEN_CLOSE);
    if (length < 2 || p->tokens[at].kind != TOKEN_UNDERSCORE ||
        (at - first < 2 && p->tokens[first].kind == TOKEN_NUMBER && !group && !bracket))
        return NULL;
    char *copy = scratch_take(p->m, length);
    if (copy == NULL)
        return NULL;
    memcpy(copy, digits, length);
    p->at = at;
    expr *e = parser_based_number(p, (distill_span){copy, length});
    if (e != NULL && !numbers && e->base != 16) // AB_{12} is a name
        e = NULL;
    if (e == NULL)
        p->at = before;
    return e;
}

/// A literal without point and exponent.
static bool is_whole(const token *t)
{
    return t->kind == TOKEN_NUMBER && t->places < 0 && !t->scientific;
}

/// a < b for the digits of two whole numbers.
static bool is_below(distill_span a, distill_span b)
{
    return a.length != b.length ? a.length < b.length : memcmp(a.bytes, b.bytes, a.length) < 0;
}

/// Examines an argument of \frac at token *at without taking it: sets *digits if it is a whole
/// number, moves *at after it, and sets *rest to the digits that TeX leaves for the next token.
/// False for other arguments.
static bool peek_argument(const parser *p, size_t *at, distill_span *rest, distill_span *digits)
{
    const token *t = &p->tokens[*at];
    if (rest->length > 0) { // the second digit of \frac37
        *digits = (distill_span){rest->bytes, 1};
        return true;
    }
    if (t->kind == TOKEN_OPEN_GROUP && is_whole(&t[1]) && t[2].kind == TOKEN_CLOSE_GROUP) {
        *digits = t[1].text;
        *at += 3;
        return true;
    }
    if (!is_whole(t))
        return false;
    *digits = (distill_span){t->text.bytes, 1};
    *rest = (distill_span){t->text.bytes + 1, t->text.length - 1};
    *at += 1;
    return true;
}

/// A proper fraction of whole numbers follows: \frac{1}{3}, or 1/3 after a space.
static bool proper_fraction_follows(const parser *p)
{
    const token *t = &p->tokens[p->at];
    distill_span num, den, rest = {NULL, 0};
    if (t->kind == TOKEN_FRACTION) {
        size_t at = p->at + 1;
        return peek_argument(p, &at, &rest, &num) && peek_argument(p, &at, &rest, &den) &&
               is_below(num, den);
    }
    return t->space && is_whole(t) && t[1].kind == TOKEN_DIVIDE && is_whole(&t[2]) &&
           is_below(t->text, t[2].text);
}

/// 2\frac{1}{3} or 2 1/3: the sum of a whole number and the proper fraction after it; `whole`
/// without one.
static expr *mixed_number(parser *p, expr *whole)
{
    if (!proper_fraction_follows(p))
        return whole;
    const token *t = parser_next(p);
    expr *fraction;
    if (t->kind == TOKEN_FRACTION) {
        fraction = parse_primary(p);
    } else {
        p->at += 3;
        fraction = expr_binary(p->m, EXPR_DIVIDE, number_node(p, t), number_node(p, &t[2]));
    }
    expr *sum = expr_binary(p->m, EXPR_ADD, whole, fraction);
    if (sum != NULL)
        sum->grouped = true;
    return sum;
}

expr *parse_number(parser *p)
{
    const token *t = parser_next(p);
    expr *e = parse_letter_digits(p);
    if (e != NULL)
        return e;
    p->at++;
    if (parser_is(p, TOKEN_UNDERSCORE))
        return t->places < 0 ? parser_based_number(p, t->text) : NULL;
    e = number_node(p, t);
    return e != NULL && is_whole(t) ? mixed_number(p, e) : e;
}

expr *parse_short_argument(parser *p)
{
    token *t = parser_next(p);
    if (t->kind != TOKEN_NUMBER || t->text.length < 2 || t->places >= 0 || t->scientific) {
        if (t->kind != TOKEN_NUMBER)
            return parse_group(p);
        p->at++;
        return number_node(p, t);
    }
    token digit = *t; // \frac37: take one digit, leave the rest
    digit.text.length = 1;
    t->text.bytes++;
    t->text.length--;
    t->from++;
    return number_node(p, &digit);
}

/// dx, d^2y, or the d of d/dx.
static bool is_differential(const expr *e)
{
    const expr *d = e->kind == EXPR_MULTIPLY && e->count == 2 ? e->child[0] : e;
    d = d->kind == EXPR_POWER ? d->child[0] : d;
    return d->kind == EXPR_SYMBOL && distill_span_is(d->text, "d");
}

expr *parser_derivative(parser *p, size_t first)
{
    enum { LONGEST_NAME = 16 };
    const char *at = p->tokens[first].from, *end = p->tokens[p->at - 1].to;
    char *name = scratch_take(p->m, LONGEST_NAME);
    expr *e = expr_leaf(p->m, EXPR_SYMBOL);
    size_t length = 0;
    if (name == NULL || e == NULL)
        return NULL;
    for (; at < end; at++)
        if (ascii_is_letter(*at) || ascii_is_digit(*at)) {
            if (length == LONGEST_NAME)
                return NULL;
            name[length++] = *at;
        }
    e->text = (distill_span){name, length};
    return e;
}

expr *parse_fraction(parser *p)
{
    expr_kind kind = parser_is(p, TOKEN_FRACTION) ? EXPR_DIVIDE : EXPR_BINOMIAL;
    size_t first = ++p->at;
    expr *above = parse_short_argument(p), *below = above != NULL ? parse_short_argument(p) : NULL;
    if (below == NULL)
        return NULL;
    if (below->kind == EXPR_MULTIPLY && is_differential(below) && is_differential(above))
        return above->kind == EXPR_MULTIPLY ? parser_derivative(p, first)
                                            : NULL; // not \frac{d}{dx}
    return expr_binary(p->m, kind, above, below);
}

/// \sqrt{x}, \sqrt[3]{x}, \sqrt5, sqrt(x)
expr *parse_root(parser *p)
{
    expr *degree = NULL;
    p->at++;
    if (parser_is(p, TOKEN_OPEN) && parser_next(p)->value == '[') {
        p->at++;
        degree = parse_sum(p);
        if (degree == NULL || !parser_take(p, TOKEN_CLOSE))
            return NULL;
    } else {
        degree = expr_number(p->m, 2);
    }
    if (parser_is(p, TOKEN_NUMBER)) { // all of its digits, and no mixed number
        const token *t = parser_next(p);
        p->at++;
        return expr_binary(p->m, EXPR_ROOT, number_node(p, t), degree);
    }
    return expr_binary(p->m, EXPR_ROOT, parse_group(p), degree);
}
