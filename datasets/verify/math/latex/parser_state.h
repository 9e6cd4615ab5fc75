// datasets/verify/math/latex/parser_state.h - private to latex_parser.c, latex_bracket.c,
// latex_primary.c, latex_fraction.c, latex_function.c and latex_series.c: the state of the parser
// and its productions.
//
// A recursive-descent parser. Children of unfinished nodes are kept on one stack: a production
// stores the height of the stack, pushes children, and makes its node of the children above that
// height.
#ifndef DATASETS_VERIFY_MATH_LATEX_PARSER_STATE_H
#define DATASETS_VERIFY_MATH_LATEX_PARSER_STATE_H

#include "datasets/verify/math/latex/latex_token.h"

enum { PARSER_DEPTH = 40, PARSER_STACK = 1024 };

typedef struct parser {
    scratch *m;
    token *tokens; // ends with TOKEN_END
    size_t at;
    int depth;
    int bars;                  // | opened and not closed
    bool no_colon;             // inside \{x : …\}, where a colon is not a ratio
    expr *stack[PARSER_STACK]; // children of unfinished nodes
    size_t height;
} parser;

static inline token *parser_next(parser *p)
{
    return &p->tokens[p->at];
}

static inline bool parser_is(const parser *p, token_kind kind)
{
    return p->tokens[p->at].kind == kind;
}

/// Takes the next token if it is of this kind.
static inline bool parser_take(parser *p, token_kind kind)
{
    if (!parser_is(p, kind))
        return false;
    p->at++;
    return true;
}

// Each production returns NULL where the text does not fit it.

// latex_parser.c
/// Pushes `e` on the stack of children; false if it is NULL or the stack is full.
bool parser_push(parser *p, expr *e);
/// Pops the children above height `base` and returns the node over them.
expr *parser_finish(parser *p, expr_kind kind, size_t base);
/// The next token may begin a factor.
bool parser_factor_starts(const parser *p);
expr *parse_list(parser *p); // up to a token that closes
expr *parse_item(parser *p);
expr *parse_sum(parser *p);
expr *parse_product(parser *p);
expr *parse_power(parser *p);
/// {…} of TeX, or the one primary that stands for it.
expr *parse_group(parser *p);

// latex_primary.c
expr *parse_primary(parser *p);

// latex_bracket.c
expr *parse_bracket(parser *p); // ( [ \{ < floor, ceiling
expr *parse_matrix(parser *p);  // \begin … \end

// latex_fraction.c
expr *parse_number(parser *p);
expr *parse_fraction(parser *p); // \frac and \binom
expr *parse_root(parser *p);
/// An argument of \frac, \binom and the like: a group, or only the first digit of a number.
expr *parse_short_argument(parser *p);

// latex_function.c
expr *parse_function(parser *p);

// latex_series.c
/// \sum_{k=1}^{9} and \prod, written out.
expr *parse_series(parser *p);
/// C_5^2 and A_5^2 of numbers; for other symbols NULL, and no token is taken.
expr *parse_selections(parser *p);
/// The determinant of a square matrix of at most four rows, written out.
expr *parser_determinant(parser *p, const expr *matrix);

#endif
