// datasets/verify/math/latex/latex_unit.c - the parser's part for what follows a number: units,
// nouns, a unit in brackets, several measures of one quantity, and a share of something.
//
//     5 cm^2     60 miles / hour     14 (pencils)     2 hours 30 minutes     600\% of 2
//
// A unit ends where a token cannot belong to it. Measures that follow each other are a list joined
// by "and", which compare_quantity.c adds up.
#include "datasets/verify/math/latex/parser_state.h"
#include "datasets/verify/math/words/unit.h"

#include <string.h>

/// The number after a caret, a minus sign or letters without a space (cm^2, s^{-1}, cm2) is a
/// power.
static bool is_unit_power(const parser *p)
{
    const token *t = &p->tokens[p->at], *before = t - 1;
    if (t->kind == TOKEN_CARET || t->kind == TOKEN_OPEN_GROUP || t->kind == TOKEN_CLOSE_GROUP ||
        t->kind == TOKEN_MINUS)
        return true;
    return t->kind == TOKEN_NUMBER &&
           (before->kind == TOKEN_CARET || before->kind == TOKEN_MINUS ||
            before->kind == TOKEN_OPEN_GROUP ||
            (before->kind == TOKEN_WORDS && before->text.bytes + before->text.length == t->from));
}

static bool is_unit_part(const token *t)
{
    return t->kind == TOKEN_WORDS || t->kind == TOKEN_DIVIDE || t->kind == TOKEN_TIMES ||
           t->kind == TOKEN_SYMBOL || t->kind == TOKEN_CONSTANT || t->kind == TOKEN_UNDERSCORE ||
           t->kind == TOKEN_FUNCTION;
}

/// The unit without "in total" and the like at its end.
static distill_span without_sum_words(distill_span words)
{
    static const char *const ENDS[] = {" in total", " in all", " altogether"};
    distill_span text = words;
    while (text.length > 0 && strchr("} ", text.bytes[text.length - 1]) != NULL)
        text.length--;
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        size_t length = strlen(ENDS[i]);
        if (text.length > length && memcmp(text.bytes + text.length - length, ENDS[i], length) == 0)
            return (distill_span){text.bytes, text.length - length};
    }
    return words;
}

/// The power or factorial that the word behind a number states, 5 squared; NULL for other words.
static expr *parse_power_word(parser *p, expr *value)
{
    const token *t = parser_next(p);
    if (t->kind != TOKEN_WORDS || t[1].kind == TOKEN_WORDS || t->text.length < 5)
        return NULL;
    int64_t power = distill_span_is(t->text, "squared") ? 2
                    : distill_span_is(t->text, "cubed") ? 3
                                                        : 0;
    if (power == 0 && !distill_span_is(t->text, "factorial"))
        return NULL;
    p->at++;
    return power > 0 ? expr_binary(p->m, EXPR_POWER, value, expr_number(p->m, power))
                     : expr_unary(p->m, EXPR_FACTORIAL, value);
}

/// The factor of the first of several words in one token, "million dollars", and in *from where the
/// others begin; 0 for other tokens.
static int64_t leading_multiplier(const token *t, const char **from)
{
    distill_span words = distill_span_trim(t->text);
    const char *space = memchr(words.bytes, ' ', words.length);
    int64_t factor =
        space == NULL ? 0
                      : unit_multiplier((distill_span){words.bytes, (size_t)(space - words.bytes)});
    if (factor > 0)
        *from = space + 1;
    return factor;
}

/// A value with the unit or noun after it (cm^2, miles / hour, boxes of medicine).
static expr *parse_unit(parser *p, expr *value)
{
    const token *first = parser_next(p), *last = first;
    const char *from = first->from;
    int64_t factor = first->kind == TOKEN_WORDS ? unit_multiplier(first->text) : 0;
    if (factor == 0 && first->kind == TOKEN_WORDS &&
        (factor = leading_multiplier(first, &from)) > 0)
        value = expr_binary(p->m, EXPR_MULTIPLY, value, expr_number(p->m, factor)), factor = 0;
    if (factor > 0) { // 1.8 billion dollars
        p->at++;
        value = expr_binary(p->m, EXPR_MULTIPLY, value, expr_number(p->m, factor));
        return value != NULL && parser_is(p, TOKEN_WORDS) && !parser_qualifies(p)
                   ? parse_unit(p, value)
                   : value;
    }
    if (first->kind == TOKEN_DIVIDE)
        p->at++;
    for (;; p->at++) {
        const token *t = parser_next(p);
        if (!is_unit_power(p) && (!is_unit_part(t) || parser_qualifies(p)))
            break;
        if (t->kind == TOKEN_CLOSE_GROUP && p->tokens[p->at - 1].kind != TOKEN_NUMBER)
            break;
        last = t;
    }
    expr *e = expr_unary(p->m, EXPR_QUANTITY, value);
    if (e != NULL)
        e->text = without_sum_words((distill_span){from, (size_t)(last->to - from)});
    return e;
}

/// The token may be part of a unit in brackets. *words is set by a word, *letters counts letters, and
/// *others letters that are no units.
static bool is_bracketed_part(const token *t, bool *words, size_t *letters, size_t *others)
{
    *words = *words || t->kind == TOKEN_WORDS;
    if (t->kind == TOKEN_SYMBOL && t->text.length == 1) {
        ++*letters;
        *others += strchr("gmshlL", *t->text.bytes) == NULL;
    }
    return t->kind == TOKEN_WORDS || t->kind == TOKEN_SYMBOL || t->kind == TOKEN_DIVIDE ||
           t->kind == TOKEN_CARET || t->kind == TOKEN_NUMBER || t->kind == TOKEN_OPEN_GROUP ||
           t->kind == TOKEN_CLOSE_GROUP;
}

size_t parser_bracketed_unit(const parser *p)
{
    const token *open = &p->tokens[p->at], *t = open + 1;
    if (open->kind != TOKEN_OPEN || open->value != '(' || p->at == 0 ||
        open[-1].kind != TOKEN_NUMBER || (t->kind != TOKEN_WORDS && t->kind != TOKEN_SYMBOL))
        return 0;
    bool words = false;
    size_t letters = 0, others = 0;
    while (is_bracketed_part(t, &words, &letters, &others))
        t++;
    bool end = t->kind == TOKEN_CLOSE && t->value == ')' && t[1].kind == TOKEN_END;
    bool named = letters >= 3 && t == open + 1 + letters; // (DVDs)
    bool of_units = letters > 0 && others == 0;           // (m/s)
    return end && (words || (open->space && (named || of_units))) ? (size_t)(t - open) + 1 : 0;
}

/// 14 (pencils): the value with the words in the bracket as its unit.
static expr *parse_bracketed_unit(parser *p, expr *value, size_t tokens)
{
    const token *first = parser_next(p) + 1, *last = first + tokens - 3;
    expr *e = expr_unary(p->m, EXPR_QUANTITY, value);
    if (e != NULL)
        e->text = (distill_span){first->from, (size_t)(last->to - first->from)};
    p->at += tokens;
    return e;
}

bool parser_fraction_of_units(const parser *p)
{
    const token *t = &p->tokens[p->at];
    return t[0].kind == TOKEN_FRACTION && t[1].kind == TOKEN_OPEN_GROUP &&
           t[2].kind == TOKEN_WORDS && t[3].kind == TOKEN_CLOSE_GROUP &&
           t[4].kind == TOKEN_OPEN_GROUP && t[5].kind == TOKEN_WORDS &&
           t[6].kind == TOKEN_CLOSE_GROUP;
}

/// 72\frac{\text{km}}{\text{h}}
static expr *parse_fraction_of_units(parser *p, expr *value)
{
    distill_span above = parser_next(p)[2].text, below = parser_next(p)[5].text;
    char *name = scratch_take(p->m, above.length + below.length + 1);
    expr *e = expr_unary(p->m, EXPR_QUANTITY, value);
    if (name == NULL || e == NULL)
        return NULL;
    memcpy(name, above.bytes, above.length);
    name[above.length] = '/';
    memcpy(name + above.length + 1, below.bytes, below.length);
    e->text = (distill_span){name, above.length + below.length + 1};
    p->at += 7;
    return e;
}

static bool has_known_unit(const expr *e)
{
    return e != NULL && e->kind == EXPR_QUANTITY && unit_read(e->text).known;
}

/// The measures that follow a quantity: 2 hours 30 minutes. The list of all, or `first` alone.
static expr *parse_further_measures(parser *p, expr *first)
{
    size_t base = p->height;
    if (!parser_push(p, first))
        return NULL;
    while (parser_is(p, TOKEN_NUMBER)) {
        size_t before = p->at;
        expr *value = parse_product(p);
        expr *next = value != NULL && parser_is(p, TOKEN_WORDS) ? parse_unit(p, value) : NULL;
        if (!has_known_unit(next) || !parser_push(p, next)) {
            p->at = before;
            break;
        }
    }
    if (p->height == base + 1)
        return p->stack[--p->height];
    expr *e = parser_finish(p, EXPR_LIST, base);
    if (e != NULL)
        e->op = CONNECTOR_AND;
    return e;
}

/// 600\% of 2, half of 10: the product.
static expr *parse_share(parser *p, expr *share)
{
    const token *t = parser_next(p);
    if (t->kind != TOKEN_WORDS || !distill_span_is(distill_span_trim(t->text), "of") ||
        (share->kind != EXPR_PERCENT && share->kind != EXPR_DIVIDE))
        return NULL;
    p->at++;
    if (!parser_factor_starts(p)) {
        p->at--;
        return NULL;
    }
    return expr_binary(p->m, EXPR_MULTIPLY, share, parse_product(p));
}

expr *parse_measure(parser *p, expr *value)
{
    if (value == NULL || !expr_is_scalar(value) || parser_qualifies(p))
        return value;
    size_t bracketed = parser_bracketed_unit(p);
    if (bracketed > 0)
        return parse_bracketed_unit(p, value, bracketed);
    expr *share = parse_share(p, value);
    if (share != NULL)
        value = share;
    if (parser_fraction_of_units(p))
        return parse_fraction_of_units(p, value);
    if (!parser_is(p, TOKEN_WORDS) && !parser_is(p, TOKEN_DIVIDE))
        return value;
    expr *power = parse_power_word(p, value);
    if (power != NULL)
        return power;
    expr *e = parse_unit(p, value);
    return has_known_unit(e) ? parse_further_measures(p, e) : e;
}
