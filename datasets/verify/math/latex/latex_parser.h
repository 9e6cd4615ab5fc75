// datasets/verify/math/latex/latex_parser.h - the state of the parser, shared by its files. Private.
#ifndef DATASETS_VERIFY_MATH_LATEX_LATEX_PARSER_H
#define DATASETS_VERIFY_MATH_LATEX_LATEX_PARSER_H

#include "datasets/verify/math/latex/latex.h"

enum { PARSER_DEPTH = 40, PARSER_STACK = 1024 };

typedef struct parser {
    scratch *m;
    token *tokens; // ends with TOKEN_END
    size_t at;
    int depth;
    int bars;                  // | opened and not closed
    bool no_colon;             // within \{x : …\} a colon is no ratio
    expr *stack[PARSER_STACK]; // children of the nodes under way
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

/// Puts `e` on the stack of children; false if it is NULL or the stack is full.
bool parser_push(parser *p, expr *e);
/// The node over the children pushed since the stack was `base` high, which it takes off.
expr *parser_finish(parser *p, expr_kind kind, size_t base);

// Each gives NULL where the grammar does not go on.
expr *parse_list(parser *p); // up to a token that closes
expr *parse_item(parser *p);
expr *parse_sum(parser *p);
expr *parse_product(parser *p);
expr *parse_power(parser *p);
expr *parse_primary(parser *p);  // latex_primary.c
expr *parse_bracket(parser *p);  // latex_bracket.c: ( [ \{ < floor, ceiling
expr *parse_matrix(parser *p);   // latex_bracket.c: \begin … \end
expr *parse_function(parser *p); // latex_primary.c
expr *parse_series(parser *p);   // latex_series.c: \sum_{k=1}^{9} and \prod, written out
/// latex_series.c: C_5^2 and A_5^2 with numbers are 10 and 20; NULL, and nothing taken, for other symbols.
expr *parse_selections(parser *p);
/// latex_series.c: the determinant of a square matrix of at most four rows, written out.
expr *parser_determinant(parser *p, const expr *matrix);
/// {…} of TeX, or the one token that stands for it.
expr *parse_group(parser *p);
/// The next token may begin a factor.
bool parser_factor_starts(const parser *p);

#endif
