// distill/text/jinja/syntax/jinja_parser.h - from tokens to the tree, by recursive descent.
//
// Private to distill/text: jinja_parser.c (statements) and jinja_expression.c (expressions).
// The grammar is that of Jinja's own parser, function by function.
#ifndef DISTILL_TEXT_JINJA_SYNTAX_JINJA_PARSER_H
#define DISTILL_TEXT_JINJA_SYNTAX_JINJA_PARSER_H

#include "distill/text/jinja/syntax/jinja_lexer.h"
#include "distill/text/jinja/syntax/jinja_tree.h"

typedef struct jinja_parser {
    struct jinja_template *t;
    jinja_lexer lexer;
    size_t at;      // number of the current token
    uint32_t depth; // nesting of the source
    // Unknown filters and tests are an error, except in branches, which may never be evaluated.
    uint32_t branches;         // around the current token
    const jinja_node *unknown; // the first one outside of branches
    uint32_t loops;            // around the current token, in the same macro
    uint8_t specials;          // JINJA_USES_…: names in the macro around the current token
} jinja_parser;

/// Compiles a template.
distill_status jinja_parse(jinja_parser *p, distill_span source) DISTILL_MUST_CHECK;

// ------------------------------------------------------------------------------ shared by both files

static inline const jinja_token *jinja_current(const jinja_parser *p)
{
    return &p->lexer.tokens[p->at];
}

bool jinja_at_operator(const jinja_parser *p, const char *text);
bool jinja_at_name(const jinja_parser *p, const char *name);
/// Moves on if the current token is that operator or name.
bool jinja_skip_operator(jinja_parser *p, const char *text);
bool jinja_skip_name(jinja_parser *p, const char *name);
distill_status jinja_expect_operator(jinja_parser *p, const char *text) DISTILL_MUST_CHECK;
/// Sets *out to the current name and moves on.
distill_status jinja_expect_name(distill_span *out, jinja_parser *p) DISTILL_MUST_CHECK;
/// Fails with the position of the current token.
distill_status jinja_fail_here(const jinja_parser *p, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;
/// A node of this kind at the current token.
distill_status jinja_node_new(jinja_node **out, jinja_parser *p,
                              jinja_node_kind kind) DISTILL_MUST_CHECK;

/// An expression, with or without `a if b else c`.
distill_status jinja_parse_expression(jinja_node **out, jinja_parser *p,
                                      bool with_choice) DISTILL_MUST_CHECK;
/// An expression, or a tuple without parentheses.
distill_status jinja_parse_tuple(jinja_node **out, jinja_parser *p,
                                 bool with_choice) DISTILL_MUST_CHECK;
/// What `set` and `for` assign to: a name, an attribute of a namespace, a tuple of them.
distill_status jinja_parse_target(jinja_node **out, jinja_parser *p) DISTILL_MUST_CHECK;
/// The filters from the current position on, applied to `node` (NULL: to what a block writes).
distill_status jinja_parse_filters(jinja_node **out, jinja_parser *p, jinja_node *node,
                                   bool begins) DISTILL_MUST_CHECK;

#endif
