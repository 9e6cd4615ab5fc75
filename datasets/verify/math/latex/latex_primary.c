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
    t = parser_next(p);
    bool raised =
        t[0].kind == TOKEN_CARET && t[1].kind == TOKEN_OPEN_GROUP && t[2].kind == TOKEN_PRIME;
    p->at += raised ? 2 : 0; // f^{\prime}
    while (parser_take(p, TOKEN_PRIME) && length < LONGEST_NAME)
        name[length++] = '\'';
    if (raised && !parser_take(p, TOKEN_CLOSE_GROUP))
        return false;
    *out = (distill_span){name, length};
    return true;
}

/// Names that are functions if a bracket follows: f, g, h. Others form products: x(y + 1).
static bool is_function_name(distill_span name)
{
    return name.length > 0 && strchr("fghFGH", name.bytes[0]) != NULL &&
           (name.length == 1 || name.bytes[1] == '_' || name.bytes[1] == '\'');
}

static bool is_capitals(distill_span text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.bytes[i] < 'A' || text.bytes[i] > 'Z')
            return false;
    return text.length > 0;
}

/// The letter of a probability, P, \Pr or \mathbb{P}, or another capital with an event in brackets,
/// P(X = 3), Q(A \mid B), and a relation after it: a name. NULL, and no token is taken, for other
/// texts.
static expr *parse_probability(parser *p)
{
    const token *first = parser_next(p), *t = first + 1;
    int depth = 0;
    bool event = (first->kind == TOKEN_SET && first->value == 'P') ||
                 distill_span_is(first->text, "P") || distill_span_is(first->text, "Pr");
    if (t->kind != TOKEN_OPEN || (!event && (first->text.length != 1 || !is_capitals(first->text))))
        return NULL;
    do {
        depth += (t->kind == TOKEN_OPEN) - (t->kind == TOKEN_CLOSE);
        event =
            event || t->kind == TOKEN_RELATION || t->kind == TOKEN_BAR || t->kind == TOKEN_SET_OP;
        t++;
    } while (depth > 0 && t->kind != TOKEN_END);
    expr *e = event && t->kind == TOKEN_RELATION ? expr_leaf(p->m, EXPR_TEXT) : NULL;
    if (e == NULL)
        return NULL;
    e->text = (distill_span){first->from, (size_t)(t[-1].to - first->from)};
    p->at += (size_t)(t - first);
    return e;
}

/// dy/dx
static bool derivative_follows(const token *t)
{
    static const char D[] = "d";
    return distill_span_is(t[0].text, D) && t[1].kind == TOKEN_SYMBOL &&
           t[2].kind == TOKEN_DIVIDE && t[3].kind == TOKEN_SYMBOL &&
           distill_span_is(t[3].text, D) && t[4].kind == TOKEN_SYMBOL;
}

/// Takes the ^{-1} of f^{-1}(x) as part of the name; false, and no token is taken, for other texts.
static bool take_inverse(parser *p, distill_span *name)
{
    const token *t = parser_next(p);
    if (t[1].kind != TOKEN_OPEN_GROUP || t[2].kind != TOKEN_MINUS || t[3].kind != TOKEN_NUMBER ||
        !distill_span_is(t[3].text, "1") || t[4].kind != TOKEN_CLOSE_GROUP ||
        t[5].kind != TOKEN_OPEN)
        return false;
    char *inverse = scratch_take(p->m, name->length + 1);
    if (inverse == NULL)
        return false;
    memcpy(inverse, name->bytes, name->length);
    inverse[name->length] = '-';
    *name = (distill_span){inverse, name->length + 1};
    p->at += 5;
    return true;
}

/// A variable, the call of an unknown function, or a number of selections.
static expr *parse_symbol(parser *p)
{
    distill_span name;
    uint8_t style = parser_next(p)->value;
    expr *special = parse_selections(p);
    if (special == NULL)
        special = parse_probability(p);
    if (special == NULL)
        special = parse_letter_digits(p);
    if (special != NULL)
        return special;
    if (derivative_follows(parser_next(p))) {
        p->at += 5;
        return parser_derivative(p, p->at - 5);
    }
    if (!parse_name(p, &name))
        return NULL;
    bool call = is_function_name(name) && parser_is(p, TOKEN_OPEN) && parser_next(p)->value == '(';
    if (is_function_name(name) && parser_is(p, TOKEN_CARET) && take_inverse(p, &name))
        call = true;
    if (!call) {
        expr *e = expr_leaf(p->m, EXPR_SYMBOL);
        if (e != NULL)
            e->text = name, e->op = style;
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

/// Two points side by side, AB.
static bool is_segment(const expr *e)
{
    return e->kind == EXPR_MULTIPLY && e->count == 2 && e->op == 0 &&
           e->child[0]->kind == EXPR_SYMBOL && is_capitals(e->child[0]->text) &&
           e->child[1]->kind == EXPR_SYMBOL && is_capitals(e->child[1]->text);
}

/// |x|; bars around a matrix are its determinant, bars around a segment say nothing.
static expr *parse_absolute(parser *p)
{
    if (++p->depth > PARSER_DEPTH)
        return NULL;
    p->at++;
    p->bars++;
    expr *inside = parse_sum(p);
    if (inside != NULL && is_segment(inside)) { // |AB|
        p->bars--;
        p->depth--;
        return parser_take(p, TOKEN_BAR) ? inside : NULL;
    }
    expr *e = inside != NULL && inside->kind == EXPR_MATRIX ? parser_determinant(p, inside)
                                                            : expr_unary(p->m, EXPR_ABS, inside);
    p->bars--;
    p->depth--;
    return e != NULL && parser_take(p, TOKEN_BAR) ? e : NULL;
}

/// Words in the place of a value: a name ("Total") or an answer in words. A single letter is a
/// symbol.
static expr *parse_words(parser *p)
{
    const token *first = parser_next(p), *last = first;
    bool letter = first->text.length == 1 && p->tokens[p->at + 1].kind != TOKEN_WORDS;
    expr *probability = letter ? parse_probability(p) : NULL; // \mathrm{P}(X = 2)
    if (probability != NULL)
        return probability;
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
    expr *probability = parse_probability(p);
    if (probability != NULL)
        return probability;
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

/// The amount with the K, M or B behind its number as a factor: \$5K; other trees unchanged.
static expr *without_suffix(parser *p, expr *amount)
{
    static const char SUFFIXES[] = "KkMB";
    static const int64_t FACTORS[] = {1000, 1000, 1000000, 1000000000};
    if (amount == NULL || amount->kind != EXPR_MULTIPLY || amount->count != 2 ||
        amount->child[0]->kind != EXPR_NUMBER || amount->child[1]->kind != EXPR_SYMBOL ||
        amount->child[1]->text.length != 1)
        return amount;
    const char *suffix = strchr(SUFFIXES, *amount->child[1]->text.bytes);
    return suffix == NULL ? amount
                          : expr_binary(p->m, EXPR_MULTIPLY, amount->child[0],
                                        expr_number(p->m, FACTORS[suffix - SUFFIXES]));
}

/// \$ 5: an amount of money.
static expr *parse_money(parser *p)
{
    const token *t = parser_next(p);
    p->at++;
    expr *e = expr_unary(p->m, EXPR_QUANTITY, without_suffix(p, parse_product(p)));
    if (e != NULL)
        e->text = t->text;
    return e;
}

/// Points named by at least two capital letters follow: {AB}, {\mathrm{AB}}.
static bool points_follow(const parser *p)
{
    const token *t = &p->tokens[p->at];
    if (t[0].kind == TOKEN_OPEN_GROUP && t[1].kind == TOKEN_WORDS && t[2].kind == TOKEN_CLOSE_GROUP)
        return t[1].text.length >= 2 && is_capitals(t[1].text);
    size_t at = p->at + 1, letters = 0;
    for (; p->tokens[at].kind == TOKEN_SYMBOL; at++, letters++)
        if (p->tokens[at].text.length != 1 || !is_capitals(p->tokens[at].text))
            return false;
    return parser_is(p, TOKEN_OPEN_GROUP) && letters >= 2 &&
           p->tokens[at].kind == TOKEN_CLOSE_GROUP;
}

/// The letters of points from here on, {PQR} or P Q R, as a name that begins with `mark`; NULL where
/// there are none. *swapped: the name was reversed, so that both directions have one name.
static expr *parse_points(parser *p, const char *mark, bool *swapped)
{
    enum { MOST_POINTS = 6 };
    char letters[MOST_POINTS];
    size_t count = 0, length = strlen(mark);
    bool group = parser_take(p, TOKEN_OPEN_GROUP);
    for (; parser_is(p, TOKEN_SYMBOL) || parser_is(p, TOKEN_WORDS); p->at++) {
        distill_span part = parser_next(p)->text;
        if (count + part.length > MOST_POINTS || (part.length > 1 && !is_capitals(part)))
            break;
        memcpy(letters + count, part.bytes, part.length);
        count += part.length;
    }
    char *name = scratch_take(p->m, length + MOST_POINTS);
    if (count == 0 || name == NULL || (group && !parser_take(p, TOKEN_CLOSE_GROUP)))
        return NULL;
    *swapped = letters[0] > letters[count - 1];
    for (size_t i = 0; i < length; i++)
        name[i] = mark[i];
    for (size_t i = 0; i < count; i++)
        name[length + i] = letters[*swapped ? count - 1 - i : i];
    expr *e = expr_leaf(p->m, EXPR_SYMBOL);
    if (e != NULL)
        e->text = (distill_span){name, length + count};
    return e;
}

/// A name of several letters as the product of its letters, as plain text has it.
static expr *letter_product(parser *p, const expr *name)
{
    size_t base = p->height;
    for (size_t i = 0; i < name->text.length; i++) {
        expr *letter = expr_leaf(p->m, EXPR_SYMBOL);
        if (letter != NULL)
            letter->text = (distill_span){name->text.bytes + i, 1};
        if (!parser_push(p, letter))
            return NULL;
    }
    return parser_finish(p, EXPR_MULTIPLY, base);
}

/// \overline{AB} is the segment AB; \bar{z} is an unknown function of z.
static expr *parse_overline(parser *p)
{
    bool swapped = false;
    p->at++;
    if (points_follow(p)) {
        expr *segment = p->tokens[p->at + 1].kind == TOKEN_WORDS ? parse_points(p, "", &swapped)
                                                                 : parse_group(p);
        return segment != NULL && segment->kind == EXPR_SYMBOL ? letter_product(p, segment)
                                                               : segment;
    }
    expr *e = expr_unary(p->m, EXPR_CALL, parse_group(p));
    if (e != NULL)
        e->text = distill_span_of(EXPR_CONJUGATE);
    return e;
}

/// \angle PQR, which is \angle RQP. Before a number the sign says nothing.
static expr *parse_angle(parser *p)
{
    bool swapped = false;
    p->at++;
    if (parser_is(p, TOKEN_NUMBER))
        return parse_number(p);
    return parse_points(p, EXPR_ANGLE_MARK, &swapped);
}

/// \hat{i}, a unit vector, is a symbol and not the imaginary unit; other trees unchanged.
static expr *unit_vector(expr *e)
{
    if (e != NULL && e->kind == EXPR_CONSTANT && e->op == CONSTANT_I) {
        e->kind = EXPR_SYMBOL;
        e->op = 0;
    }
    return e;
}

/// The letter with the sign of its accent before its name: \hat{y} is not y. Unchanged: a unit
/// vector \hat{i}, and trees that are no letters.
static expr *accented(parser *p, distill_span accent, expr *e)
{
    if (e == NULL || e->kind != EXPR_SYMBOL || e->text.length == 0 ||
        (e->text.length == 1 && strchr("ijk", *e->text.bytes) != NULL))
        return e;
    char *name = scratch_take(p->m, 1 + e->text.length);
    if (name == NULL)
        return NULL;
    *name = *accent.bytes;
    memcpy(name + 1, e->text.bytes, e->text.length);
    e->text = (distill_span){name, 1 + e->text.length};
    return e;
}

/// An accent; an arrow over two points is the vector from one to the other, the opposite of the
/// vector back.
static expr *parse_accent(parser *p)
{
    bool swapped = false, arrow = parser_next(p)->value == 1, hat = parser_next(p)->value == 2;
    distill_span accent = parser_next(p)->text;
    p->at++;
    if (hat && points_follow(p)) // \widehat{PQR} is the angle
        return parse_points(p, EXPR_ANGLE_MARK, &swapped);
    if (!arrow || !points_follow(p)) {
        expr *letter = unit_vector(parse_group(p));
        if (!arrow)
            return accented(p, accent, letter);
        if (letter != NULL && letter->kind == EXPR_SYMBOL)
            letter->op = SYMBOL_ARROW;
        return letter;
    }
    expr *e = parse_points(p, "->", &swapped);
    return swapped ? expr_unary(p->m, EXPR_NEGATE, e) : e;
}

/// {525}_8, (34D)_{16} and \text{ADE}_{16}, or what `other` reads.
static expr *parse_digits_or(parser *p, expr *(*other)(parser *))
{
    expr *e = parse_letter_digits(p);
    return e != NULL ? e : other(p);
}

/// What begins with a brace of TeX.
static expr *parse_braced(parser *p)
{
    expr *selections = parse_prefixed_selections(p);
    return selections != NULL ? selections : parse_digits_or(p, parse_group);
}

/// Primaries that begin with a command.
static expr *parse_command(parser *p)
{
    switch (parser_next(p)->kind) {
    case TOKEN_FUNCTION:
        return parse_function(p);
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
        return parse_accent(p);
    case TOKEN_ANGLE:
        return parse_angle(p);
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
        return parse_digits_or(p, parse_words);
    case TOKEN_OPEN_GROUP:
        return parse_braced(p);
    case TOKEN_OPEN:
        return parse_digits_or(p, parse_bracket);
    case TOKEN_BAR:
        return parse_absolute(p);
    case TOKEN_UNDERSCORE:
    case TOKEN_CARET:
        return parse_prefixed_selections(p);
    default:
        return parse_command(p);
    }
}
