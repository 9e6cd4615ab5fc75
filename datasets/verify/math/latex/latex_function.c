// datasets/verify/math/latex/latex_function.c - the parser's part for functions and their
// arguments.
//
// Without brackets, the argument is the longest run of factors that people read as belonging to it:
// \sin 2x \cos y is sin(2x) cos y, and \sin x \cdot y is (sin x) y.
#include "datasets/verify/math/latex/parser_state.h"

/// An argument without brackets: factors up to a sign, a bracket or another function.
static expr *bare_argument(parser *p)
{
    size_t base = p->height;
    bool numeric = true; // \sin 4 \cdot x is \sin(4x), but \sin x \cdot y is (\sin x) y
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

/// The inverse that \sin^{-1} and the like stand for; 0 if there is none.
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
    if (parser_is(p, TOKEN_BEGIN)) // \det \begin{pmatrix}
        return parse_matrix(p);
    if (parser_is(p, TOKEN_FUNCTION)) // \ln \ln x, \sin \arccos x
        return parse_function(p);
    return bare_argument(p);
}

/// \det of a matrix that is given, written out; of a name, an unknown function.
static expr *determinant(parser *p, expr *argument)
{
    if (argument->kind == EXPR_MATRIX)
        return parser_determinant(p, argument);
    expr *e = expr_unary(p->m, EXPR_CALL, argument);
    if (e != NULL)
        e->text = distill_span_of("det");
    return e;
}

/// The function of an argument, or of the elements of a tuple; `base` (of a logarithm) may be NULL.
static expr *apply(parser *p, uint8_t function, expr *argument, expr *base)
{
    expr *e;
    if (argument == NULL)
        return NULL;
    if (function == FUNCTION_DETERMINANT)
        return determinant(p, argument);
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
