// datasets/verify/math/latex/latex_series.c - the parser's part for notations of longer sums and
// products: \sum and \prod between two integers, determinants, and numbers of selections (C_n^k,
// A_n^k).
//
// Between two integers they are written out, so that the rules for plain expressions apply. A sum
// with another bound is an EXPR_SERIES, which evaluate.c adds up where its bounds are integers.
// Limits: 256 terms, four rows.
#include "datasets/verify/math/latex/parser_state.h"

enum { LONGEST_SERIES = 256, LARGEST_DETERMINANT = 4 };

/// Sets *out if the tree is an integer literal, perhaps negated.
static bool integer_of(int64_t *out, const expr *e)
{
    bool minus = e != NULL && e->kind == EXPR_NEGATE;
    if (minus)
        e = e->child[0];
    if (e == NULL || e->kind != EXPR_NUMBER || !exact_is_integer(&e->value) ||
        !exact_to_int(out, &e->value))
        return false;
    *out = minus ? -*out : *out;
    return true;
}

typedef struct series {
    distill_span name; // of the running index
    expr *from, *to;
} series;

/// The index is called i: from here on, i is not the imaginary unit.
static void make_i_a_variable(parser *p)
{
    for (token *t = parser_next(p); t->kind != TOKEN_END; t++)
        if (t->kind == TOKEN_CONSTANT && t->value == CONSTANT_I)
            t->kind = TOKEN_SYMBOL;
}

/// Reads {k=1} after the underscore.
static bool parse_lower_bound(parser *p, series *s)
{
    if (!parser_take(p, TOKEN_OPEN_GROUP))
        return false;
    if (parser_is(p, TOKEN_CONSTANT) && parser_next(p)->value == CONSTANT_I)
        make_i_a_variable(p);
    if (!parser_is(p, TOKEN_SYMBOL))
        return false;
    s->name = parser_next(p)->text;
    p->at++;
    if (!parser_is(p, TOKEN_RELATION) || parser_next(p)->value != RELATION_EQUAL)
        return false;
    p->at++;
    s->from = parse_sum(p);
    return s->from != NULL && parser_take(p, TOKEN_CLOSE_GROUP);
}

/// Reads both bounds, in either order.
static bool parse_bounds(parser *p, series *s)
{
    bool lower = false, upper = false;
    for (int i = 0; i < 2; i++) {
        if (!lower && parser_take(p, TOKEN_UNDERSCORE))
            lower = parse_lower_bound(p, s);
        else if (!upper && parser_take(p, TOKEN_CARET))
            upper = (s->to = parse_group(p)) != NULL;
    }
    return lower && upper;
}

/// The number of series inside each other.
static int nesting_of(const expr *e)
{
    int nesting = 0;
    for (size_t i = 0; i < e->count; i++) {
        int inner = nesting_of(e->child[i]);
        nesting = inner > nesting ? inner : nesting;
    }
    return nesting + (e->kind == EXPR_SERIES);
}

/// A series whose bounds are not integers; its index gets a name that no text can have.
static expr *open_series(parser *p, const series *s, expr *body, expr_kind kind)
{
    static const char *const INDICES[] = {"#a", "#b", "#c", "#d"};
    int nesting = nesting_of(body);
    expr *index = expr_leaf(p->m, EXPR_SYMBOL);
    if (index == NULL || nesting >= (int)(sizeof INDICES / sizeof *INDICES))
        return NULL;
    index->text = distill_span_of(INDICES[nesting]);
    expr *parts[3] = {s->from, s->to, expr_substitute(p->m, body, s->name, index)};
    expr *e = expr_node(p->m, EXPR_SERIES, parts, 3);
    if (e != NULL) {
        e->op = kind == EXPR_MULTIPLY;
        e->text = index->text;
    }
    return e;
}

expr *parse_series(parser *p)
{
    expr_kind kind = parser_next(p)->value == 0 ? EXPR_ADD : EXPR_MULTIPLY;
    series s = {0};
    size_t base = p->height;
    if (++p->depth > PARSER_DEPTH)
        return NULL;
    p->at++;
    expr *body = parse_bounds(p, &s) ? parse_product(p) : NULL;
    p->depth--;
    int64_t from, to;
    if (body == NULL || !expr_is_scalar(body))
        return NULL;
    if (!integer_of(&from, s.from) || !integer_of(&to, s.to))
        return open_series(p, &s, body, kind);
    if (to < from || to - from >= LONGEST_SERIES)
        return NULL;
    for (int64_t k = from; k <= to; k++)
        if (!parser_push(p, expr_substitute(p->m, body, s.name, expr_number(p->m, k))))
            return NULL;
    return p->height == base + 1 ? p->stack[--p->height] : parser_finish(p, kind, base);
}

/// The determinant of the rows from `row` on and of the columns that are not in `used`, by Laplace
/// expansion.
static expr *expand_minor(parser *p, const expr *matrix, size_t row, unsigned used)
{
    size_t base = p->height;
    bool minus = false;
    for (size_t column = 0; column < matrix->columns; column++) {
        if (used >> column & 1)
            continue;
        expr *term = matrix->child[row * matrix->columns + column];
        if (row + 1 < matrix->columns)
            term = expr_binary(p->m, EXPR_MULTIPLY, term,
                               expand_minor(p, matrix, row + 1, used | 1u << column));
        if (!parser_push(p, minus ? expr_unary(p->m, EXPR_NEGATE, term) : term))
            return NULL;
        minus = !minus;
    }
    return p->height == base + 1 ? p->stack[--p->height] : parser_finish(p, EXPR_ADD, base);
}

expr *parser_determinant(parser *p, const expr *matrix)
{
    bool square = matrix->count == matrix->columns * matrix->columns;
    return square && matrix->columns <= LARGEST_DETERMINANT ? expand_minor(p, matrix, 0, 0) : NULL;
}

/// The whole number after `sign` at token *at, alone or in a group; *at moves after it. NULL if
/// there is none.
static const token *script_number(const parser *p, size_t *at, token_kind sign)
{
    const token *t = &p->tokens[*at];
    if (t[0].kind != sign)
        return NULL;
    bool group = t[1].kind == TOKEN_OPEN_GROUP;
    const token *number = &t[group ? 2 : 1];
    if (number->kind != TOKEN_NUMBER || number->places >= 0 || number->scientific ||
        number->text.length > 3 || (group && t[3].kind != TOKEN_CLOSE_GROUP))
        return NULL;
    *at += group ? 4 : 2;
    return number;
}

static int64_t small_value(const token *number)
{
    int64_t value = 0;
    for (size_t i = 0; i < number->text.length; i++)
        value = value * 10 + (number->text.bytes[i] - '0');
    return value;
}

/// n C k or n P k, as a product of ordered selections or of sets.
static expr *selections_of(parser *p, int64_t n, int64_t of, bool ordered)
{
    expr *k = expr_number(p->m, of);
    expr *chosen = expr_binary(p->m, EXPR_BINOMIAL, expr_number(p->m, n), k);
    if (!ordered)
        return chosen;
    return expr_binary(p->m, EXPR_MULTIPLY, chosen, expr_unary(p->m, EXPR_FACTORIAL, k));
}

expr *parse_prefixed_selections(parser *p)
{
    size_t at = p->at;
    if (p->tokens[at].kind == TOKEN_OPEN_GROUP && p->tokens[at + 1].kind == TOKEN_CLOSE_GROUP)
        at += 2;
    const token *n = script_number(p, &at, TOKEN_UNDERSCORE);
    if (n == NULL)
        n = script_number(p, &at, TOKEN_CARET);
    const token *letter = &p->tokens[at];
    if (n != NULL && letter->kind == TOKEN_DIVIDE && letter[1].kind == TOKEN_UNDERSCORE) {
        at++; // ^{26}/_{3}
        const token *below = script_number(p, &at, TOKEN_UNDERSCORE);
        if (below == NULL)
            return NULL;
        p->at = at;
        return expr_binary(p->m, EXPR_DIVIDE, expr_number(p->m, small_value(n)),
                           expr_number(p->m, small_value(below)));
    }
    if (n == NULL || (letter->kind != TOKEN_SYMBOL && letter->kind != TOKEN_WORDS) ||
        (!distill_span_is(letter->text, "C") && !distill_span_is(letter->text, "P")))
        return NULL;
    at++;
    const token *k = script_number(p, &at, TOKEN_UNDERSCORE);
    if (k == NULL || small_value(k) > small_value(n))
        return NULL;
    p->at = at;
    return selections_of(p, small_value(n), small_value(k), *letter->text.bytes == 'P');
}

expr *parse_selections(parser *p)
{
    size_t at = p->at + 1;
    distill_span letter = parser_next(p)->text;
    bool ordered = distill_span_is(letter, "A");
    if (!ordered && !distill_span_is(letter, "C"))
        return NULL;
    const token *below = script_number(p, &at, TOKEN_UNDERSCORE);
    const token *above = below != NULL ? script_number(p, &at, TOKEN_CARET) : NULL;
    if (above == NULL || small_value(below) < 2 || small_value(above) > small_value(below))
        return NULL; // a power of a variable with an index
    p->at = at;
    return selections_of(p, small_value(below), small_value(above), ordered);
}
