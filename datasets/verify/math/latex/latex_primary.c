// datasets/verify/math/latex/latex_primary.c - the parser's primaries: names, words, named sets,
// amounts of money, absolute values, overlines, and the choice among all primaries.
#include "datasets/verify/math/latex/parser_state.h"

#include <string.h>

/// Appends a piece of source to a canonical name, without braces, spaces and backslashes; returns
/// the new length.
static size_t append_name(char *name, size_t length, size_t limit, const char *from, const char *to)
{
    for (; from < to && length < limit; from++)
        if (strchr("{}_\\ \t\n^", *from) == NULL)
            name[length++] = *from;
    return length;
}

/// Reads a name with its index and primes (x_{12}, f') as a canonical name.
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

/// Names that are functions if a bracket follows: f, g, h. Others form products: x(y + 1).
static bool is_function_name(distill_span name)
{
    return name.length > 0 && strchr("fghFGH", name.bytes[0]) != NULL &&
           (name.length == 1 || name.bytes[1] == '_' || name.bytes[1] == '\'');
}

/// A variable, the call of an unknown function, or a number of selections.
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

/// |x|; bars around a matrix are its determinant.
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

/// Words in the place of a value: a name ("Total") or an answer in words. A single letter is a
/// symbol or constant.
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

/// \mathbb{R} and the like, also \mathbb{R}^+.
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

/// \$ 5: an amount of money.
static expr *parse_money(parser *p)
{
    const token *t = parser_next(p);
    p->at++;
    expr *e = expr_unary(p->m, EXPR_QUANTITY, parse_product(p));
    if (e != NULL)
        e->text = t->text;
    return e;
}

/// Points named by at least two capital letters follow: {AB}.
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

/// \overline{AB} is the segment AB; \bar{z} is an unknown function of z.
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
