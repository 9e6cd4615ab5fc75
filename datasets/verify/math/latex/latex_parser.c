// datasets/verify/math/latex/latex_parser.c - the parser's productions from answer down to power.
//
// The grammar is in latex_parser.h. `depth` counts nested groups, exponents, brackets and
// functions, which are all that can recurse, so that the stack is bounded for any text.
#include "datasets/verify/math/latex/latex_parser.h"

#include "datasets/verify/math/latex/latex_lexer.h"
#include "datasets/verify/math/latex/parser_state.h"

#include <string.h>

bool parser_push(parser *p, expr *e)
{
    if (e == NULL || p->height >= PARSER_STACK)
        return false;
    p->stack[p->height++] = e;
    return true;
}

expr *parser_finish(parser *p, expr_kind kind, size_t base)
{
    expr *e = expr_node(p->m, kind, p->stack + base, p->height - base);
    p->height = base;
    return e;
}

bool parser_factor_starts(const parser *p)
{
    switch (p->tokens[p->at].kind) {
    case TOKEN_NUMBER:
        return p->at == 0 || p->tokens[p->at - 1].kind != TOKEN_NUMBER;
    case TOKEN_BAR:
        return p->bars == 0 && p->tokens[p->at].value != 1 && p->tokens[p->at].value != 'r';
    case TOKEN_SYMBOL:
    case TOKEN_CONSTANT:
    case TOKEN_FUNCTION:
    case TOKEN_OPEN:
    case TOKEN_OPEN_GROUP:
    case TOKEN_FRACTION:
    case TOKEN_ROOT:
    case TOKEN_BINOMIAL:
    case TOKEN_SERIES:
    case TOKEN_OVERLINE:
    case TOKEN_ACCENT:
    case TOKEN_ANGLE:
    case TOKEN_BEGIN:
        return true;
    default:
        return false;
    }
}

expr *parse_group(parser *p)
{
    if (!parser_take(p, TOKEN_OPEN_GROUP))
        return parse_primary(p);
    if (++p->depth > PARSER_DEPTH)
        return NULL;
    int bars = p->bars;
    p->bars = 0;
    expr *e = parse_list(p);
    if (e != NULL && parser_take(p, TOKEN_CHOOSE)) // {n \choose k}
        e = expr_binary(p->m, EXPR_BINOMIAL, e, parse_sum(p));
    else if (e != NULL && parser_take(p, TOKEN_OVER)) // {a \over b}
        e = expr_binary(p->m, EXPR_DIVIDE, e, parse_sum(p));
    p->bars = bars;
    p->depth--;
    return e != NULL && parser_take(p, TOKEN_CLOSE_GROUP) ? e : NULL;
}

/// The exponent after a caret: a group, or a power, perhaps with a sign.
static expr *parse_exponent(parser *p)
{
    bool minus = false;
    if (++p->depth > PARSER_DEPTH)
        return NULL;
    if (parser_is(p, TOKEN_EITHER))
        return NULL;
    while (parser_is(p, TOKEN_MINUS) || parser_is(p, TOKEN_PLUS))
        minus = (parser_next(p)->kind == TOKEN_MINUS) != minus, p->at++;
    expr *e = parser_is(p, TOKEN_OPEN_GROUP) ? parse_group(p) : parse_power(p);
    p->depth--;
    return minus ? expr_unary(p->m, EXPR_NEGATE, e) : e;
}

/// 7^{\text{th}}: the exponent is the ending of an ordinal.
static bool is_ordinal(const expr *exponent)
{
    static const char *const ENDINGS[] = {"th", "st", "nd", "rd"};
    for (size_t i = 0; i < 4 && exponent != NULL && exponent->kind == EXPR_TEXT; i++)
        if (distill_span_is(distill_span_trim(exponent->text), ENDINGS[i]))
            return true;
    return false;
}

/// The minutes and seconds after degrees, 100^\circ 30' 15'', added to them.
static expr *parse_arc_minutes(parser *p, expr *degrees)
{
    int64_t part = 60;
    for (; degrees != NULL && part <= 3600; part *= 60) {
        const token *t = parser_next(p);
        bool marked = t->kind == TOKEN_NUMBER && t[1].kind == TOKEN_PRIME &&
                      (part == 60) == (t[2].kind != TOKEN_PRIME);
        if (!marked)
            break;
        expr *value = parse_number(p);
        p->at += part == 60 ? 1 : 2;
        value = expr_binary(p->m, EXPR_DIVIDE, value, expr_number(p->m, part));
        degrees->child[0] =
            value != NULL ? expr_binary(p->m, EXPR_ADD, degrees->child[0], value) : NULL;
        if (degrees->child[0] == NULL)
            return NULL;
        degrees->depth = (uint8_t)(degrees->child[0]->depth + 1);
    }
    return degrees;
}

/// A primary and the signs after it.
static expr *parse_postfix(parser *p)
{
    expr *e = parse_primary(p);
    while (e != NULL) {
        expr_kind kind = parser_is(p, TOKEN_FACTORIAL)  ? EXPR_FACTORIAL
                         : parser_is(p, TOKEN_DEGREE)   ? EXPR_DEGREE
                         : parser_is(p, TOKEN_PERCENT)  ? EXPR_PERCENT
                         : parser_is(p, TOKEN_CURRENCY) ? EXPR_QUANTITY
                                                        : EXPR_TEXT;
        if (kind == EXPR_TEXT)
            return e;
        if (kind == EXPR_FACTORIAL && e->kind == EXPR_FACTORIAL && !e->grouped)
            return NULL; // n!! is no factorial of n!
        e = expr_unary(p->m, kind, e);
        if (e != NULL && kind == EXPR_QUANTITY)
            e->text = parser_next(p)->text;
        if (e != NULL && kind == EXPR_DEGREE)
            e->op = parser_next(p)->value;
        p->at++;
        if (kind == EXPR_DEGREE)
            e = parse_arc_minutes(p, e);
    }
    return NULL;
}

expr *parse_power(parser *p)
{
    expr *e = parse_postfix(p);
    while (e != NULL && parser_take(p, TOKEN_CARET)) {
        if (parser_is(p, TOKEN_PRIME) ||
            (parser_is(p, TOKEN_OPEN_GROUP) && p->tokens[p->at + 1].kind == TOKEN_PRIME))
            return NULL;
        expr *exponent = parse_exponent(p);
        if (!is_ordinal(exponent))
            e = expr_binary(p->m, EXPR_POWER, e, exponent);
        for (; e != NULL && parser_is(p, TOKEN_PERCENT); p->at++)
            e = expr_unary(p->m, EXPR_PERCENT, e);
        for (; e != NULL && parser_is(p, TOKEN_FACTORIAL); p->at++)
            e = expr_unary(p->m, EXPR_FACTORIAL, e);
    }
    return e;
}

/// The label of a further part, as the (b) of "(a) 5 (b) 7", is no factor.
static bool part_label_follows(const parser *p)
{
    const token *first = p->tokens, *t = &p->tokens[p->at];
    return t[0].kind == TOKEN_OPEN && t[1].kind == TOKEN_SYMBOL && t[2].kind == TOKEN_CLOSE &&
           t[3].kind == TOKEN_NUMBER && t->space && first[0].kind == TOKEN_OPEN &&
           distill_span_is(first[1].text, "a") && first[2].kind == TOKEN_CLOSE;
}

/// The next token begins a factor that is written without a sign of multiplication.
static bool factor_follows(const parser *p)
{
    return parser_factor_starts(p) && !parser_modulus_starts(p) && !part_label_follows(p) &&
           !parser_bracketed_condition(p) && !parser_fraction_of_units(p) &&
           !(parser_is(p, TOKEN_OPEN) && parser_qualifies(p)) && parser_bracketed_unit(p) == 0;
}

/// A factor that \times may make a cross product of: a letter, or another cross product.
static bool is_vector_factor(const expr *e)
{
    return e->kind == EXPR_SYMBOL || (e->kind == EXPR_CONSTANT && e->op == CONSTANT_I) ||
           (e->kind == EXPR_MULTIPLY && e->op == 1);
}

/// Takes a sign of multiplication and pushes the factor behind it. A cross product of letters that
/// are marked as vectors is one factor: 2\mathbf{a} \times \mathbf{b}.
static bool push_multiplied(parser *p, uint8_t *op)
{
    bool cross = parser_next(p)->value == 0;
    p->at++;
    bool minus = parser_take(p, TOKEN_MINUS); // 2 \cdot -3
    expr *factor = parse_power(p), *before = p->stack[p->height - 1];
    cross =
        cross && !minus && factor != NULL && is_vector_factor(factor) && is_vector_factor(before);
    *op = cross ? 1 : 2;
    if (cross && (factor->kind != EXPR_SYMBOL || factor->op != SYMBOL_PLAIN)) {
        factor = expr_binary(p->m, EXPR_MULTIPLY, before, factor);
        p->height--;
        if (factor != NULL)
            factor->op = 1;
    }
    return parser_push(p, minus ? expr_unary(p->m, EXPR_NEGATE, factor) : factor);
}

expr *parse_product(parser *p)
{
    size_t base = p->height;
    uint8_t op = 0; // of the last sign of multiplication
    expr *first = parse_power(p);
    if (first == NULL)
        return NULL;
    if (first->kind == EXPR_TEXT) // words are not a factor
        return parse_exceptions(p, first);
    if (!parser_push(p, first))
        return NULL;
    for (;;) {
        if (parser_is(p, TOKEN_TIMES)) {
            if (!push_multiplied(p, &op))
                return NULL;
        } else if (parser_is(p, TOKEN_DIVIDE) && p->tokens[p->at + 1].kind != TOKEN_WORDS) {
            p->at++;
            bool minus = parser_take(p, TOKEN_MINUS);
            expr *divisor = expr_unary(p->m, EXPR_INVERSE, parse_power(p));
            if (!parser_push(p, minus ? expr_unary(p->m, EXPR_NEGATE, divisor) : divisor))
                return NULL;
        } else if (factor_follows(p)) {
            if (!parser_push(p, parse_power(p)))
                return NULL;
        } else {
            break;
        }
    }
    if (p->height == base + 1)
        return p->stack[--p->height];
    expr *e = parser_finish(p, EXPR_MULTIPLY, base);
    if (e != NULL)
        e->op = op == 1 && e->count > 2 ? 2 : op;
    return e;
}

static bool is_sign(const token *t)
{
    return t->kind == TOKEN_PLUS || t->kind == TOKEN_MINUS || t->kind == TOKEN_EITHER;
}

/// A product and the signs before it.
static expr *parse_term(parser *p)
{
    bool minus = false;
    const token *either = NULL;
    if (parser_is(p, TOKEN_WORDS) && parser_next(p)[1].kind == TOKEN_NUMBER) // negative 5
        minus = distill_span_is(parser_next(p)->text, "negative") ||
                distill_span_is(parser_next(p)->text, "minus");
    p->at += minus;
    for (; is_sign(parser_next(p)); p->at++) {
        if (parser_is(p, TOKEN_MINUS))
            minus = !minus;
        if (parser_is(p, TOKEN_EITHER))
            either = parser_next(p);
    }
    expr *e = parse_product(p);
    if (minus)
        e = expr_unary(p->m, EXPR_NEGATE, e);
    if (either != NULL) {
        e = expr_unary(p->m, EXPR_EITHER, e);
        if (e != NULL)
            e->op = either->value;
    }
    return e;
}

expr *parse_sum(parser *p)
{
    size_t base = p->height;
    do {
        if (!parser_push(p, parse_term(p)))
            return NULL;
    } while (is_sign(parser_next(p)));
    expr *e = p->height == base + 1 ? p->stack[--p->height] : parser_finish(p, EXPR_ADD, base);
    if (e != NULL && parser_take(p, TOKEN_MODULO)) {
        e = expr_binary(p->m, EXPR_FUNCTION, e, parse_product(p));
        if (e != NULL)
            e->op = FUNCTION_MODULO;
    }
    return e;
}

/// Takes the "to" of "2 to 3".
static bool take_ratio_word(parser *p)
{
    bool to = parser_is(p, TOKEN_WORDS) && distill_span_is(parser_next(p)->text, "to") &&
              p->tokens[p->at - 1].kind == TOKEN_NUMBER &&
              p->tokens[p->at + 1].kind == TOKEN_NUMBER;
    p->at += to;
    return to;
}

static expr *parse_ratio(parser *p)
{
    size_t base = p->height;
    if (!parser_push(p, parse_sum(p)))
        return NULL;
    while (!p->no_colon && (parser_take(p, TOKEN_COLON) || take_ratio_word(p)))
        if (!parser_push(p, parse_sum(p)))
            return NULL;
    return p->height == base + 1 ? p->stack[--p->height] : parser_finish(p, EXPR_RATIO, base);
}

/// \mathbb{R} - \{3\} as a difference of sets; other trees unchanged.
static expr *set_difference(parser *p, expr *e)
{
    bool minus = e->kind == EXPR_ADD && e->count == 2 && e->child[0]->kind == EXPR_NAMED_SET &&
                 e->child[1]->kind == EXPR_NEGATE;
    if (!minus)
        return e;
    expr *sets = expr_binary(p->m, EXPR_SET_OP, e->child[0], e->child[1]->child[0]);
    if (sets != NULL)
        sets->op = SET_DIFFERENCE;
    return sets;
}

/// A set, an operation on sets, or a value with its unit.
static expr *parse_operand(parser *p)
{
    size_t base = p->height;
    if (!parser_push(p, parse_ratio(p)))
        return NULL;
    uint8_t op = parser_next(p)->value;
    while (parser_is(p, TOKEN_SET_OP)) {
        if (parser_next(p)->value != op) { // A \cup B \setminus C: from left to right
            expr *left = parser_finish(p, EXPR_SET_OP, base);
            if (left != NULL)
                left->op = op;
            if (!parser_push(p, left))
                return NULL;
            op = parser_next(p)->value;
        }
        p->at++;
        if (!parser_push(p, parse_ratio(p)))
            return NULL;
    }
    if (p->height > base + 1) {
        expr *e = parser_finish(p, EXPR_SET_OP, base);
        if (e != NULL)
            e->op = op;
        return e;
    }
    return parse_measure(p, set_difference(p, p->stack[--p->height]));
}

static distill_span without_punctuation(distill_span words)
{
    while (words.length > 0 && strchr(",: ", words.bytes[words.length - 1]) != NULL)
        words.length--;
    return words;
}

/// Words that may precede a value without changing it.
static bool is_filler(const token *t)
{
    static const char *const FILLERS[] = {
        "only",   "Only",          "Therefore", "Hence",  "Thus",          "So",    "Answer",
        "answer", "approximately", "about",     "around", "exactly",       "is",    "equals",
        "are",    "roughly",       "nearly",    "just",   "Approximately", "About", "Exactly"};
    for (size_t i = 0; t->kind == TOKEN_WORDS && i < sizeof FILLERS / sizeof *FILLERS; i++)
        if (distill_span_is(without_punctuation(t->text), FILLERS[i]))
            return true;
    return false;
}

/// Words that announce the value after them: "(C)", "Area:", "The answer is".
static bool is_label(const expr *e)
{
    if (e->kind != EXPR_TEXT)
        return false;
    distill_span text = e->text;
    while (text.length > 0 && strchr(" }", text.bytes[text.length - 1]) != NULL)
        text.length--;
    char last = text.length > 0 ? text.bytes[text.length - 1] : ' ';
    bool is = text.length > 3 && memcmp(text.bytes + text.length - 3, " is", 3) == 0;
    return last == ':' || last == ')' || is;
}

/// The relation after \not.
static uint8_t negated(uint8_t relation)
{
    switch (relation) {
    case RELATION_EQUAL:
        return RELATION_NOT_EQUAL;
    case RELATION_IN:
        return RELATION_NOT_IN;
    case RELATION_LESS:
        return RELATION_GREATER_EQUAL;
    case RELATION_GREATER:
        return RELATION_LESS_EQUAL;
    default:
        return RELATION_OTHER;
    }
}

/// The operands above height `base` as a chain of relations; without relations, the one operand. A
/// value behind a name and a colon is assigned to it.
static expr *finish_relation(parser *p, size_t base, const uint8_t *relations, size_t count)
{
    static const uint8_t EQUAL[] = {RELATION_EQUAL};
    if (count == 0) {
        expr *only = p->stack[--p->height];
        if (only->kind == EXPR_RATIO && only->count == 2 && only->child[0]->kind == EXPR_TEXT) {
            only->kind = EXPR_RELATION; // Total: 5
            only->relations = EQUAL;
        }
        return only;
    }
    expr *e = parser_finish(p, EXPR_RELATION, base);
    uint8_t *kept = scratch_take(p->m, count);
    if (e == NULL || kept == NULL)
        return NULL;
    memcpy(kept, relations, count);
    e->relations = kept;
    return e;
}

expr *parse_item(parser *p)
{
    enum { LONGEST_CHAIN = 16 };
    uint8_t relations[LONGEST_CHAIN];
    size_t base = p->height, count = 0;
    while (is_filler(parser_next(p)) ||
           (parser_is(p, TOKEN_RELATION) && (parser_next(p)->value == RELATION_EQUAL ||
                                             parser_next(p)->value == RELATION_APPROXIMATE)))
        p->at++;
    expr *first = parse_operand(p);
    if (!parser_push(p, first))
        return NULL;
    if (is_label(first) && parser_factor_starts(p)) { // \textbf{(C)} 12
        relations[count++] = RELATION_EQUAL;
        if (!parser_push(p, parse_operand(p)))
            return NULL;
    }
    while (parser_is(p, TOKEN_RELATION) || parser_is(p, TOKEN_NOT)) {
        bool not = parser_take(p, TOKEN_NOT);
        if (!parser_is(p, TOKEN_RELATION) || count == LONGEST_CHAIN)
            return NULL;
        uint8_t relation = parser_next(p)->value;
        if (relation == RELATION_CONGRUENT) {
            p->congruent = true;
            relation = RELATION_EQUAL;
        }
        relations[count++] = not ? negated(relation) : relation;
        p->at++;
        while (is_filler(parser_next(p)))
            p->at++;
        if (!parser_push(p, parse_operand(p)))
            return NULL;
    }
    return parse_modulus(p, finish_relation(p, base, relations, count));
}

static bool is_separator(const token *t)
{
    return t->kind == TOKEN_COMMA || t->kind == TOKEN_AND || t->kind == TOKEN_OR ||
           t->kind == TOKEN_ROW;
}

/// A condition on an integer follows, which needs no comma before it.
static bool condition_follows(parser *p)
{
    size_t at = p->at;
    bool follows = parse_integer_condition(p) != NULL;
    p->at = at;
    return follows;
}

/// x \in \mathbb{R}, which restricts nothing; of a letter that is usual for integers it says much.
static bool is_real_condition(const expr *e)
{
    return e->kind == EXPR_RELATION && e->count == 2 && e->relations[0] == RELATION_IN &&
           e->child[0]->kind == EXPR_SYMBOL && e->child[1]->kind == EXPR_NAMED_SET &&
           e->child[1]->op == 'R' && strchr("kmn", *e->child[0]->text.bytes) == NULL;
}

/// The list, in which a value after x \ne 3 is excluded too: x \ne 3, 6.
static expr *repeat_exclusions(parser *p, expr *list, uint8_t connector)
{
    if (list == NULL)
        return NULL;
    list->op = connector;
    for (size_t i = 1; i < list->count; i++) {
        expr *before = list->child[i - 1], *e = list->child[i];
        if (before->kind != EXPR_RELATION || before->count != 2 ||
            before->relations[0] != RELATION_NOT_EQUAL || !expr_is_scalar(e))
            continue;
        list->child[i] = expr_binary(p->m, EXPR_RELATION, before->child[0], e);
        if (list->child[i] == NULL)
            return NULL;
        list->child[i]->relations = before->relations;
    }
    return list;
}

/// The condition behind a value of a piecewise definition, 7 & \text{if } x > 0: the pair of both.
static expr *parse_case(parser *p, expr *value)
{
    static const char *const WORDS[] = {"if", "for", "when"};
    p->at++;
    for (size_t i = 0; parser_is(p, TOKEN_WORDS) && i < sizeof WORDS / sizeof *WORDS; i++)
        if (distill_span_is(without_punctuation(distill_span_trim(parser_next(p)->text)),
                            WORDS[i])) {
            p->at++;
            break;
        }
    parser_take(p, TOKEN_QUALIFIER);
    expr *e = expr_binary(p->m, EXPR_BRACKET, value, parse_item(p));
    if (e == NULL)
        return NULL;
    e->open = '(';
    e->close = ')';
    return e;
}

expr *parse_list(parser *p)
{
    size_t base = p->height;
    uint8_t connector = CONNECTOR_COMMA;
    for (;;) {
        for (; is_separator(parser_next(p)); p->at++)
            connector = parser_is(p, TOKEN_OR)    ? CONNECTOR_OR
                        : parser_is(p, TOKEN_AND) ? CONNECTOR_AND
                                                  : connector;
        token_kind kind = (token_kind)parser_next(p)->kind;
        if (p->height > base && (kind == TOKEN_END || kind == TOKEN_CLOSE_GROUP ||
                                 kind == TOKEN_CLOSE || kind == TOKEN_SEMICOLON))
            break;
        expr *condition = p->height > base ? parse_integer_condition(p) : NULL;
        if (condition == NULL && p->height > base && parser_qualifies(p))
            break;
        expr *item = condition != NULL ? condition : parse_item(p);
        if (item != NULL && parser_is(p, TOKEN_ALIGN))
            item = parse_case(p, item);
        if (!parser_push(p, item))
            return NULL;
        if (!is_separator(parser_next(p)) && !condition_follows(p))
            break;
    }
    if (p->height > base + 1 && is_real_condition(p->stack[p->height - 1]))
        p->height--; // f(x) = 2x, x \in \mathbb{R}
    if (p->height == base + 1)
        return p->stack[--p->height];
    return repeat_exclusions(p, parser_finish(p, EXPR_LIST, base), connector);
}

/// Skips "all x with", "all real x such that" before a condition on the letter.
static void skip_quantifier(parser *p)
{
    static const char *const WORDS[] = {"all",          "real",      "numbers",  "values",
                                        "of",           "with",      "such",     "that",
                                        "where",        "for",       "which",    "satisfying",
                                        "such that",    "for which", "all real", "all real numbers",
                                        "all values of"};
    const token *t = p->tokens;
    size_t at = 0, letters = 0;
    for (bool known = true; known; at += known) {
        known = t[at].kind == TOKEN_SYMBOL && letters == 0 && at > 0 && ++letters > 0;
        for (size_t i = 0; t[at].kind == TOKEN_WORDS && !known && i < sizeof WORDS / sizeof *WORDS;
             i++)
            known = distill_span_is(distill_span_trim(t[at].text), WORDS[i]);
    }
    if (letters == 1 && t[at - 1].kind == TOKEN_WORDS)
        p->at = at;
    else if (letters == 1 && t[at].kind == TOKEN_RELATION) // all x < 0
        p->at = at - 1;
}

/// The words behind the answer state its value in another case: "for x > 0, 0 otherwise", "for even
/// n, 3 for odd n".
static bool has_other_case(const parser *p)
{
    size_t conditions = 0;
    for (const token *t = &p->tokens[p->at]; t->kind != TOKEN_END; t++) {
        if (t->kind != TOKEN_WORDS)
            continue;
        distill_span word = distill_span_trim(t->text);
        bool other = distill_span_is(word, "otherwise") || distill_span_is(word, "else");
        conditions += distill_span_is(word, "for") || distill_span_is(word, "if") ||
                      distill_span_is(word, "when");
        if (other || conditions > 1)
            return true;
    }
    return false;
}

/// The whole text: lists separated by semicolons.
static expr *parse_answer(parser *p)
{
    size_t base = p->height;
    if (parser_is(p, TOKEN_WORDS) && parser_next(p)->text.length >= 3 &&
        memcmp(parser_next(p)->text.bytes, "all", 3) == 0)
        skip_quantifier(p);
    do {
        if (parser_is(p, TOKEN_END))
            break;
        if (!parser_push(p, parse_list(p)))
            return NULL;
    } while (parser_take(p, TOKEN_SEMICOLON));
    if (!parser_is(p, TOKEN_END) && (!parser_qualifies(p) || has_other_case(p)))
        return NULL;
    if (p->height == base)
        return NULL;
    return p->height == base + 1 ? p->stack[--p->height] : parser_finish(p, EXPR_LIST, base);
}

expr *latex_parse(scratch *m, distill_span text, unsigned options)
{
    size_t count;
    expr *stack[PARSER_STACK];
    parser p = {.m = m, .stack = stack, .subscripts = memchr(text.bytes, '_', text.length) != NULL};
    if (!latex_tokens(&p.tokens, &count, m, text, options) || count == 0)
        return NULL;
    return parse_answer(&p);
}
