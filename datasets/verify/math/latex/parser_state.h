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
    int bars;        // | opened and not closed
    bool subscripts; // the text has an underscore
    bool congruent;  // a sign of congruence has been read
    bool no_colon;   // inside \{x : …\}, where a colon is not a ratio
    expr **stack;    // children of unfinished nodes, PARSER_STACK of them
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

// latex_qualifier.c
/// A remark on the answer follows that is not part of it ("since t > 0", "for all x", ", not 4").
bool parser_qualifies(const parser *p);
/// The relation k \in \mathbb{Z} for "for all integers k", "where k \in \mathbb{Z}" and the like at
/// the end of the text; NULL, and no token is taken, for other words.
expr *parse_integer_condition(parser *p);
/// A condition in brackets ends the text here: (k \in \mathbb{Z}).
bool parser_bracketed_condition(const parser *p);
/// "all real numbers except" with the numbers after it as a set; `words` itself for other words.
expr *parse_exceptions(parser *p, expr *words);

// latex_unit.c
/// The value with the unit, the further measures or the share after it.
expr *parse_measure(parser *p, expr *value);
/// A fraction of units follows: \frac{\text{km}}{\text{h}}.
bool parser_fraction_of_units(const parser *p);
/// Number of tokens of a unit in brackets that follows a number here and ends the text; 0: none.
size_t parser_bracketed_unit(const parser *p);

// latex_congruence.c
/// The modulus after a value or relation, as in x \equiv 3 \pmod 7, makes it a congruence; `e`
/// itself where none follows. NULL where the modulus cannot be read.
expr *parse_modulus(parser *p, expr *e);
/// "(mod" follows.
bool parser_modulus_starts(const parser *p);

// latex_primary.c
expr *parse_primary(parser *p);

// latex_bracket.c
expr *parse_bracket(parser *p); // ( [ \{ < floor, ceiling
expr *parse_matrix(parser *p);  // \begin … \end

// latex_fraction.c
expr *parse_number(parser *p);
expr *parse_fraction(parser *p); // \frac and \binom
expr *parse_root(parser *p);
/// The name of a derivative, of the letters from token `first` to here: dy/dx is not y/x.
expr *parser_derivative(parser *p, size_t first);
/// The number that `digits` are in the base after the underscore that follows; NULL without a base.
expr *parser_based_number(parser *p, distill_span digits);
/// Digits in brackets or some of which are letters, with their base: 34D_{16}, (52)_8. NULL, and no
/// token is taken, for other texts.
expr *parse_letter_digits(parser *p);
/// An argument of \frac, \binom and the like: a group, or only the first digit of a number.
expr *parse_short_argument(parser *p);

// latex_function.c
expr *parse_function(parser *p);

// latex_series.c
/// \sum_{k=1}^{9} and \prod, written out; with other bounds an EXPR_SERIES.
expr *parse_series(parser *p);
/// {}_5C_2 and {}_5P_2; NULL, and no token is taken, for other texts.
expr *parse_prefixed_selections(parser *p);
/// C_5^2 and A_5^2 of numbers; for other symbols NULL, and no token is taken.
expr *parse_selections(parser *p);
/// The determinant of a square matrix of at most four rows, written out.
expr *parser_determinant(parser *p, const expr *matrix);

#endif
