// datasets/verify/math/latex/latex_primary.c - numbers, names, fractions, roots and functions.
#include "datasets/verify/math/latex/latex_parser.h"

#include <stdlib.h>
#include <string.h>

/// The value of a literal whose last `repeat` digits repeat: (all digits - those before) / 99…9 00…0.
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
    if (t->places >= 0 || t->scientific) {
        e->digits = (int16_t)significant_digits(t->text);
        e->places = (int16_t)(places - t->exponent > 0 ? places - t->exponent : 0);
    }
    return e;
}

/// 52_8, 1101_{2}, 2B_{16} read as digits in a base; the underscore is next.
static expr *based_number(parser *p, const token *number)
{
    size_t before = p->at;
    p->at++;
    bool group = parser_take(p, TOKEN_OPEN_GROUP);
    const token *t = parser_next(p);
    unsigned base = 0;
    if (t->kind == TOKEN_NUMBER && t->places < 0 && t->text.length <= 2)
        for (size_t i = 0; i < t->text.length; i++)
            base = base * 10 + (unsigned)(t->text.bytes[i] - '0');
    if (base >= 2 && base <= 36 && number->places < 0)
        p->at++;
    if (base < 2 || base > 36 || (group && !parser_take(p, TOKEN_CLOSE_GROUP))) {
        p->at = before;
        return NULL;
    }
    expr *e = expr_leaf(p->m, EXPR_BASED);
    if (e == NULL || !exact_based(&e->value, p->m, number->text.bytes, number->text.length, base))
        return NULL;
    e->base = (uint16_t)base;
    e->text = number->text;
    return e;
}

static bool is_whole(const token *t)
{
    return t->kind == TOKEN_NUMBER && t->places < 0 && !t->scientific;
}

/// a < b for the digits of two whole numbers.
static bool is_below(distill_span a, distill_span b)
{
    return a.length != b.length ? a.length < b.length : memcmp(a.bytes, b.bytes, a.length) < 0;
}

/// The digits of a whole argument of \frac behind *at, which moves behind it; false if it is no
/// whole number. *rest: digits that TeX leaves for what follows.
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

/// A fraction of whole numbers below one is next: \frac{1}{3}, or 1/3 behind a space.
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

/// 2\frac{1}{3}, 2 1/3: a whole number and a proper fraction behind it are added.
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

static expr *parse_number(parser *p)
{
    const token *t = parser_next(p);
    p->at++;
    if (parser_is(p, TOKEN_UNDERSCORE))
        return based_number(p, t);
    expr *e = number_node(p, t);
    return e != NULL && is_whole(t) ? mixed_number(p, e) : e;
}

/// An argument of \frac or \binom: a group, or the first digit of what follows.
static expr *parse_short_argument(parser *p)
{
    token *t = parser_next(p);
    if (t->kind != TOKEN_NUMBER || t->text.length < 2 || t->places >= 0 || t->scientific) {
        if (t->kind != TOKEN_NUMBER)
            return parse_group(p);
        p->at++;
        return number_node(p, t);
    }
    token digit = *t; // \frac37: one digit, the rest stays
    digit.text.length = 1;
    t->text.bytes++;
    t->text.length--;
    t->from++;
    return number_node(p, &digit);
}

static expr *parse_fraction(parser *p)
{
    expr_kind kind = parser_is(p, TOKEN_FRACTION) ? EXPR_DIVIDE : EXPR_BINOMIAL;
    p->at++;
    expr *first = parse_short_argument(p);
    return first != NULL ? expr_binary(p->m, kind, first, parse_short_argument(p)) : NULL;
}

/// \sqrt{x}, \sqrt[3]{x}, \sqrt5, sqrt(x).
static expr *parse_root(parser *p)
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
    if (parser_is(p, TOKEN_NUMBER)) { // not a mixed number
        const token *t = parser_next(p);
        p->at++;
        return expr_binary(p->m, EXPR_ROOT, number_node(p, t), degree);
    }
    return expr_binary(p->m, EXPR_ROOT, parse_group(p), degree);
}

/// Appends to a canonical name the source between two tokens, without braces, spaces and commands.
static size_t append_name(char *name, size_t length, size_t limit, const char *from, const char *to)
{
    for (; from < to && length < limit; from++)
        if (strchr("{}_\\ \t\n^", *from) == NULL)
            name[length++] = *from;
    return length;
}

/// Index and primes behind a name: x_{12}, f'.
static bool parse_name(parser *p, distill_span *out)
{
    enum { LONGEST_NAME = 64 };
    const token *t = parser_next(p);
    char *name = scratch_take(p->m, LONGEST_NAME);
    if (name == NULL)
        return false;
    size_t length =
        append_name(name, 0, LONGEST_NAME - 2, t->text.bytes, t->text.bytes + t->text.length);
    p->at++;
    if (parser_take(p, TOKEN_UNDERSCORE)) {
        size_t first = p->at;
        int depth = 0;
        do {
            depth += parser_is(p, TOKEN_OPEN_GROUP) - parser_is(p, TOKEN_CLOSE_GROUP);
            if (parser_is(p, TOKEN_END))
                return false;
            p->at++;
        } while (depth > 0);
        name[length++] = '_';
        length = append_name(name, length, LONGEST_NAME - 1, p->tokens[first].from,
                             p->tokens[p->at - 1].to);
    }
    while (parser_take(p, TOKEN_PRIME) && length < LONGEST_NAME)
        name[length++] = '\'';
    *out = (distill_span){name, length};
    return true;
}

/// f, g, h and their like followed by a bracket are functions; x(y + 1) is a product.
static bool is_function_name(distill_span name)
{
    return name.length > 0 && strchr("fghFGH", name.bytes[0]) != NULL &&
           (name.length == 1 || name.bytes[1] == '_' || name.bytes[1] == '\'');
}

static expr *parse_symbol(parser *p)
{
    distill_span name;
    expr *selections = parse_selections(p);
    if (selections != NULL)
        return selections;
    if (!parse_name(p, &name))
        return NULL;
    bool call = is_function_name(name) && parser_is(p, TOKEN_OPEN) && parser_next(p)->value == '(';
    if (is_function_name(name) && parser_is(p, TOKEN_CARET)) { // f^{-1}(x)
        const token *t = parser_next(p);
        if (t[1].kind == TOKEN_OPEN_GROUP && t[2].kind == TOKEN_MINUS &&
            t[3].kind == TOKEN_NUMBER && t[4].kind == TOKEN_CLOSE_GROUP &&
            t[5].kind == TOKEN_OPEN) {
            name = (distill_span){name.bytes[0] == 'f' ? "f inverse" : "inverse", 9};
            p->at += 5;
            call = true;
        }
    }
    if (!call) {
        expr *e = expr_leaf(p->m, EXPR_SYMBOL);
        if (e != NULL)
            e->text = name;
        return e;
    }
    expr *argument = parse_bracket(p);
    if (argument == NULL)
        return NULL;
    bool several = argument->kind == EXPR_BRACKET;
    expr *e = several ? expr_node(p->m, EXPR_CALL, argument->child, argument->count)
                      : expr_unary(p->m, EXPR_CALL, argument);
    if (e != NULL)
        e->text = name;
    return e;
}

static expr *parse_absolute(parser *p)
{
    if (++p->depth > PARSER_DEPTH)
        return NULL;
    p->at++;
    p->bars++;
    expr *inside = parse_sum(p);
    expr *e = inside != NULL && inside->kind == EXPR_MATRIX ? parser_determinant(p, inside)
                                                            : expr_unary(p->m, EXPR_ABS, inside);
    p->bars--;
    p->depth--;
    return e != NULL && parser_take(p, TOKEN_BAR) ? e : NULL;
}

/// The argument of a function without brackets: factors up to a sign, a bracket or another function.
static expr *bare_argument(parser *p)
{
    size_t base = p->height;
    bool numeric = true; // \sin 4 \cdot x is \sin(4x), \sin x \cdot y is not
    for (;;) {
        token_kind kind = (token_kind)parser_next(p)->kind;
        if (p->height > base && kind == TOKEN_TIMES && parser_next(p)->value == 1 && numeric &&
            (p->tokens[p->at + 1].kind == TOKEN_SYMBOL ||
             p->tokens[p->at + 1].kind == TOKEN_CONSTANT))
            kind = (token_kind)p->tokens[++p->at].kind;
        bool factor = kind == TOKEN_NUMBER || kind == TOKEN_SYMBOL || kind == TOKEN_CONSTANT ||
                      kind == TOKEN_FRACTION || kind == TOKEN_ROOT || kind == TOKEN_OPEN_GROUP ||
                      kind == TOKEN_ACCENT || kind == TOKEN_OVERLINE;
        bool bracket = p->height == base && (kind == TOKEN_OPEN || kind == TOKEN_BAR);
        if (!factor && !bracket)
            break;
        numeric = numeric && kind == TOKEN_NUMBER;
        if (!parser_push(p, parse_power(p)))
            return NULL;
        if (bracket)
            break;
    }
    if (p->height == base)
        return NULL;
    return p->height == base + 1 ? p->stack[--p->height] : parser_finish(p, EXPR_MULTIPLY, base);
}

/// sin with exponent -1 is arcsin, and so on.
static uint8_t inverse_of(uint8_t function)
{
    return function >= FUNCTION_SIN && function <= FUNCTION_TAN
               ? (uint8_t)(function - FUNCTION_SIN + FUNCTION_ARCSIN)
               : 0;
}

static expr *function_arguments(parser *p)
{
    bool signs = parser_is(p, TOKEN_MINUS) || parser_is(p, TOKEN_PLUS);
    if (signs) { // \sin -x
        bool minus = parser_is(p, TOKEN_MINUS);
        p->at++;
        expr *e = bare_argument(p);
        return minus ? expr_unary(p->m, EXPR_NEGATE, e) : e;
    }
    if (parser_is(p, TOKEN_OPEN))
        return parse_bracket(p);
    if (parser_is(p, TOKEN_FUNCTION)) // \ln \ln x, \sin \arccos x
        return parse_function(p);
    return bare_argument(p);
}

static expr *apply(parser *p, uint8_t function, expr *argument, expr *base)
{
    expr *e;
    if (argument == NULL)
        return NULL;
    if (argument->kind == EXPR_BRACKET && argument->open == '(')
        e = expr_node(p->m, EXPR_FUNCTION, argument->child, argument->count);
    else if (base != NULL)
        e = expr_binary(p->m, EXPR_FUNCTION, argument, base);
    else
        e = expr_unary(p->m, EXPR_FUNCTION, argument);
    if (e != NULL)
        e->op = function;
    return e;
}

expr *parse_function(parser *p)
{
    uint8_t function = parser_next(p)->value;
    expr *power = NULL, *base = NULL;
    if (++p->depth > PARSER_DEPTH)
        return NULL;
    p->at++;
    for (int i = 0; i < 2; i++) { // \log_2^3 x in either order
        if (power == NULL && parser_take(p, TOKEN_CARET)) {
            bool minus = parser_take(p, TOKEN_MINUS);
            power = parse_short_argument(p);
            power = minus ? expr_unary(p->m, EXPR_NEGATE, power) : power;
            if (power == NULL)
                return NULL;
        }
        if (base == NULL && parser_take(p, TOKEN_UNDERSCORE)) {
            base = parse_short_argument(p);
            if (base == NULL || function != FUNCTION_LOG)
                return NULL;
        }
    }
    bool inverse = power != NULL && power->kind == EXPR_NEGATE &&
                   power->child[0]->kind == EXPR_NUMBER && inverse_of(function) != 0;
    expr *e = apply(p, inverse ? inverse_of(function) : function, function_arguments(p), base);
    p->depth--;
    return power != NULL && !inverse ? expr_binary(p->m, EXPR_POWER, e, power) : e;
}

/// Words in the place of a value: a name ("Total"), or an answer in words.
static expr *parse_words(parser *p)
{
    const token *first = parser_next(p), *last = first;
    bool letter = first->text.length == 1 && p->tokens[p->at + 1].kind != TOKEN_WORDS;
    if (letter && first->value != 0 && strchr("ei", *first->text.bytes) != NULL) { // \mathrm{e}
        expr *e = expr_leaf(p->m, EXPR_CONSTANT);
        if (e != NULL)
            e->op = *first->text.bytes == 'e' ? CONSTANT_E : CONSTANT_I;
        p->at++;
        return e;
    }
    if (letter) { // \text{B} is the letter B
        expr *e = expr_leaf(p->m, EXPR_SYMBOL);
        if (e != NULL)
            e->text = first->text;
        p->at++;
        return e;
    }
    for (; parser_is(p, TOKEN_WORDS); p->at++)
        last = parser_next(p);
    expr *e = expr_leaf(p->m, EXPR_TEXT);
    if (e != NULL)
        e->text = (distill_span){
            first->text.bytes, (size_t)(last->text.bytes + last->text.length - first->text.bytes)};
    return e;
}

static expr *parse_constant(parser *p)
{
    expr *e = expr_leaf(p->m, EXPR_CONSTANT);
    if (e != NULL)
        e->op = parser_next(p)->value, e->text = parser_next(p)->text;
    p->at++;
    return e;
}

static expr *parse_named_set(parser *p)
{
    static const char LETTERS[] = "RZNQC0";
    expr *e = expr_leaf(p->m, EXPR_NAMED_SET);
    if (e == NULL || strchr(LETTERS, parser_next(p)->value) == NULL)
        return NULL;
    e->op = parser_next(p)->value;
    p->at++;
    if (parser_is(p, TOKEN_CARET) || parser_is(p, TOKEN_UNDERSCORE)) { // \mathbb{R}^+, \mathbb{Z}_+
        const token *t = parser_next(p);
        size_t group = t[1].kind == TOKEN_OPEN_GROUP ? 1 : 0;
        if (t[1 + group].kind != TOKEN_PLUS || e->op != 'R' ||
            (group == 1 && t[3].kind != TOKEN_CLOSE_GROUP))
            return NULL;
        e->op = 'P';
        p->at += group == 1 ? 4 : 2;
    }
    return e;
}

/// \$ 5: a sum of money.
static expr *parse_money(parser *p)
{
    const token *t = parser_next(p);
    p->at++;
    expr *e = expr_unary(p->m, EXPR_QUANTITY, parse_product(p));
    if (e != NULL)
        e->text = t->text;
    return e;
}

/// {AB}: points, named by capital letters.
static bool points_follow(const parser *p)
{
    size_t at = p->at + 1, letters = 0;
    for (; p->tokens[at].kind == TOKEN_SYMBOL; at++, letters++)
        if (p->tokens[at].text.length != 1 || strchr("iI", *p->tokens[at].text.bytes) != NULL ||
            *p->tokens[at].text.bytes > 'Z')
            return false;
    return parser_is(p, TOKEN_OPEN_GROUP) && letters >= 2 &&
           p->tokens[at].kind == TOKEN_CLOSE_GROUP;
}

/// \bar{z}: an unknown function of what is under the bar; \overline{AB} is the segment AB.
static expr *parse_overline(parser *p)
{
    p->at++;
    if (points_follow(p))
        return parse_group(p);
    expr *e = expr_unary(p->m, EXPR_CALL, parse_group(p));
    if (e != NULL)
        e->text = distill_span_of("overline");
    return e;
}

expr *parse_primary(parser *p)
{
    switch (parser_next(p)->kind) {
    case TOKEN_NUMBER:
        return parse_number(p);
    case TOKEN_SYMBOL:
        return parse_symbol(p);
    case TOKEN_CONSTANT:
        return parse_constant(p);
    case TOKEN_WORDS:
        return parse_words(p);
    case TOKEN_FUNCTION:
        return parse_function(p);
    case TOKEN_OPEN_GROUP:
        return parse_group(p);
    case TOKEN_OPEN:
        return parse_bracket(p);
    case TOKEN_BAR:
        return parse_absolute(p);
    case TOKEN_FRACTION:
    case TOKEN_BINOMIAL:
        return parse_fraction(p);
    case TOKEN_SERIES:
        return parse_series(p);
    case TOKEN_ROOT:
        return parse_root(p);
    case TOKEN_OVERLINE:
        return parse_overline(p);
    case TOKEN_ACCENT:
        p->at++;
        return parse_group(p);
    case TOKEN_BEGIN:
        return parse_matrix(p);
    case TOKEN_SET:
        return parse_named_set(p);
    case TOKEN_CURRENCY:
        return parse_money(p);
    default:
        return NULL;
    }
}
