// datasets/verify/math/latex/latex_bracket.c - the parser's part for brackets: tuples, intervals,
// sets, systems of equations, floor and ceiling, matrices.
//
// One element in matching brackets is the element itself; several are a tuple or an interval, which
// keeps its brackets.
#include "datasets/verify/math/latex/parser_state.h"

#include <string.h>

/// \{x \mid x > 3\} or \{x : x > 3\}, after its first element.
static expr *parse_builder(parser *p, expr *element)
{
    if (!parser_take(p, TOKEN_COLON) && !parser_take(p, TOKEN_BAR))
        return NULL;
    expr *e = expr_binary(p->m, EXPR_BUILDER, element, parse_list(p));
    return e != NULL && parser_take(p, TOKEN_CLOSE) ? e : NULL;
}

/// The inside of \{ … \}: a set.
static expr *parse_set(parser *p)
{
    if (parser_take(p, TOKEN_CLOSE)) {
        expr *empty = expr_leaf(p->m, EXPR_NAMED_SET);
        if (empty != NULL)
            empty->op = '0';
        return empty;
    }
    bool no_colon = p->no_colon;
    p->no_colon = true;
    p->bars++; // so that a bar ends the element
    expr *inside = parse_list(p);
    p->no_colon = no_colon;
    p->bars--;
    if (inside == NULL)
        return NULL;
    if (parser_is(p, TOKEN_COLON) || parser_is(p, TOKEN_BAR))
        return parse_builder(p, inside);
    if (!parser_take(p, TOKEN_CLOSE))
        return NULL;
    if (inside->kind != EXPR_LIST)
        return expr_unary(p->m, EXPR_SET, inside);
    inside->kind = EXPR_SET;
    return inside;
}

/// A system of equations, \left\{\begin{array}{l} x = 2 \\ y = -1 \end{array}\right.: the list of
/// its rows.
static expr *parse_system(parser *p)
{
    size_t base = p->height;
    p->at++; // \begin
    while (!parser_is(p, TOKEN_END_OF)) {
        if (!parser_push(p, parse_item(p)))
            return NULL;
        while (parser_take(p, TOKEN_ROW) || parser_take(p, TOKEN_COMMA))
            ;
    }
    p->at++;
    parser_take(p, TOKEN_CLOSE);
    return p->height > base ? parser_finish(p, EXPR_LIST, base) : NULL;
}

/// Floor and ceiling.
static expr *parse_rounding(parser *p, char open)
{
    expr *e = expr_unary(p->m, EXPR_FUNCTION, parse_sum(p));
    if (e == NULL || !parser_is(p, TOKEN_CLOSE) ||
        parser_next(p)->value != (open == 'F' ? 'f' : 'c'))
        return NULL;
    p->at++;
    e->op = open == 'F' ? FUNCTION_FLOOR : FUNCTION_CEILING;
    return e;
}

/// The inside of a bracket and its closing bracket.
static expr *bracket_inside(parser *p, char open)
{
    if (open == '{')
        return parser_is(p, TOKEN_BEGIN) ? parse_system(p) : parse_set(p);
    if (open == 'F' || open == 'C')
        return parse_rounding(p, open);
    expr *inside = parse_list(p);
    if (inside != NULL && parser_take(p, TOKEN_SEMICOLON)) { // an interval written as [1; 2)
        size_t base = p->height;
        if (!parser_push(p, inside) || !parser_push(p, parse_list(p)))
            return NULL;
        inside = parser_finish(p, EXPR_LIST, base);
    }
    if (inside == NULL || !parser_is(p, TOKEN_CLOSE))
        return NULL;
    char close = (char)parser_next(p)->value;
    p->at++;
    if (inside->kind != EXPR_LIST) {
        inside->grouped = true;
        bool matches = (open == '(' && close == ')') || (open == '[' && close == ']');
        return matches ? inside : NULL;
    }
    inside->kind = EXPR_BRACKET;
    inside->open = open;
    inside->close = close;
    return inside;
}

expr *parse_bracket(parser *p)
{
    char open = (char)parser_next(p)->value;
    int bars = p->bars;
    bool no_colon = p->no_colon;
    if (++p->depth > PARSER_DEPTH)
        return NULL;
    p->at++;
    p->bars = 0;
    p->no_colon = false;
    expr *e = bracket_inside(p, open);
    p->bars = bars;
    p->no_colon = no_colon;
    p->depth--;
    return e;
}

/// Pushes the entries of one row; returns their number, 0 if one has no reading.
static size_t parse_row(parser *p)
{
    size_t entries = 0;
    do {
        if (!parser_push(p, parse_sum(p)))
            return 0;
        entries++;
    } while (parser_take(p, TOKEN_ALIGN));
    return entries;
}

expr *parse_matrix(parser *p)
{
    distill_span name = parser_next(p)->text;
    size_t base = p->height, columns = 0;
    bool matrix = (name.length >= 6 && memcmp(name.bytes + name.length - 6, "matrix", 6) == 0) ||
                  distill_span_is(name, "array");
    if (!matrix || ++p->depth > PARSER_DEPTH)
        return NULL;
    p->at++;
    while (parser_take(p, TOKEN_ROW))
        ;
    while (!parser_is(p, TOKEN_END_OF)) {
        size_t entries = parse_row(p);
        if (entries == 0 || (columns > 0 && entries != columns))
            return NULL;
        columns = entries;
        while (parser_take(p, TOKEN_ROW))
            ;
        if (parser_is(p, TOKEN_END))
            return NULL;
    }
    p->at++;
    p->depth--;
    expr *e = columns > 0 ? parser_finish(p, EXPR_MATRIX, base) : NULL;
    if (e != NULL)
        e->columns = (uint16_t)columns;
    return e != NULL && distill_span_is(name, "vmatrix") ? parser_determinant(p, e) : e;
}
