// datasets/verify/math/latex/latex_congruence.c - the parser's part for the modulus of a congruence.
//
//     x \equiv 4 \pmod{9}     8 \pmod 15     n = 3 (mod 7)     x \equiv 10 \mod 14
//
// `a \mod b` without a sign of congruence before it is a value; the comparison reads it as a congruence where
// a < b.
#include "datasets/verify/math/latex/parser_state.h"

bool parser_modulus_starts(const parser *p)
{
    return parser_is(p, TOKEN_OPEN) && p->tokens[p->at + 1].kind == TOKEN_MODULO;
}

/// The last member of a relation; other trees are their own.
static expr **last_member(expr **e)
{
    return (*e)->kind == EXPR_RELATION ? &(*e)->child[(*e)->count - 1] : e;
}

expr *parse_modulus(parser *p, expr *e)
{
    expr *modulus;
    if (e == NULL)
        return NULL;
    if (parser_take(p, TOKEN_PMOD)) {
        modulus = parse_group(p);
    } else if (parser_modulus_starts(p)) {
        p->at += 2;
        modulus = parse_sum(p);
        if (modulus == NULL || !parser_take(p, TOKEN_CLOSE))
            return NULL;
    } else {
        expr **last = last_member(&e);
        bool inside = (*last)->kind == EXPR_FUNCTION && (*last)->op == FUNCTION_MODULO;
        if (!p->congruent || !inside)
            return e;
        modulus = (*last)->child[1];
        *last = (*last)->child[0];
    }
    return expr_binary(p->m, EXPR_CONGRUENCE, e, modulus);
}
