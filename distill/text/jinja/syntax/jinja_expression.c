// distill/text/jinja/syntax/jinja_expression.c - expressions, from the weakest operator to the strongest.
#include "distill/text/jinja/builtins/jinja_builtins.h"
#include "distill/text/jinja/syntax/jinja_parser.h"

#include <string.h>

enum { MAX_NESTING = 150 };

static distill_status parse_unary(jinja_node **out, jinja_parser *p, bool with_filters);
static distill_status parse_primary(jinja_node **out, jinja_parser *p);

// ------------------------------------------------------------------------------- lists of operands

/// Appends a node to the list that ends at **end.
static void link_node(jinja_node ***end, jinja_node *node)
{
    **end = node;
    *end = &node->next;
}

static distill_status new_binary(jinja_node **out, jinja_parser *p, jinja_node_kind kind,
                                 jinja_node *a, jinja_node *b)
{
    distill_status status = DISTILL_OK;
    jinja_node *node = NULL;
    TRY(jinja_node_new(&node, p, kind));
    node->place = a->place;
    node->a = a;
    node->b = b;
    *out = node;
done:
    return status;
}

// --------------------------------------------------------------------------------------- arguments

static distill_status parse_argument(jinja_node **out, jinja_parser *p, bool *only_named)
{
    distill_status status = DISTILL_OK;
    const jinja_token *token = jinja_current(p);
    jinja_node_kind kind = JINJA_CONSTANT; // no node around the value
    if (jinja_skip_operator(p, "*"))
        kind = JINJA_SPREAD;
    else if (jinja_skip_operator(p, "**"))
        kind = JINJA_SPREAD_NAMED;
    else if (token->kind == JINJA_TOKEN_NAME && token[1].kind == JINJA_TOKEN_OPERATOR &&
             distill_span_is(token[1].text, "="))
        kind = JINJA_NAMED;
    if (kind == JINJA_CONSTANT) {
        if (*only_named)
            TRY(jinja_fail_here(p, "a positional argument follows named ones"));
        TRY(jinja_parse_expression(out, p, true));
        goto done;
    }
    *only_named = *only_named || kind != JINJA_SPREAD;
    TRY(jinja_node_new(out, p, kind));
    if (kind == JINJA_NAMED) {
        (*out)->text = token->text;
        p->at += 2;
    }
    TRY(jinja_parse_expression(&(*out)->a, p, true));
done:
    return status;
}

/// Parses "(a, b=c)" into node->list.
static distill_status parse_arguments(jinja_parser *p, jinja_node *node)
{
    distill_status status = DISTILL_OK;
    jinja_node **end = &node->list, *argument = NULL;
    bool only_named = false;
    TRY(jinja_expect_operator(p, "("));
    while (!jinja_at_operator(p, ")")) {
        if (node->list != NULL) {
            TRY(jinja_expect_operator(p, ","));
            if (jinja_at_operator(p, ")"))
                break;
        }
        TRY(parse_argument(&argument, p, &only_named));
        link_node(&end, argument);
    }
    p->at++;
done:
    return status;
}

// ----------------------------------------------------------------------- subscripts, filters, tests

static distill_status parse_slice_part(jinja_node **out, jinja_parser *p)
{
    *out = NULL;
    if (jinja_at_operator(p, ":") || jinja_at_operator(p, "]") || jinja_at_operator(p, ","))
        return DISTILL_OK;
    return jinja_parse_expression(out, p, true);
}

/// Parses what follows "[": an index or a slice.
static distill_status parse_index(jinja_node **out, jinja_parser *p, jinja_node *subject)
{
    distill_status status = DISTILL_OK;
    jinja_node *begin = NULL, *node = NULL;
    TRY(parse_slice_part(&begin, p));
    bool is_slice = jinja_skip_operator(p, ":");
    TRY(jinja_node_new(&node, p, is_slice ? JINJA_SLICE : JINJA_INDEX));
    node->place = subject->place;
    node->a = subject;
    node->b = begin;
    if (is_slice) {
        TRY(parse_slice_part(&node->c, p));
        if (jinja_skip_operator(p, ":"))
            TRY(parse_slice_part(&node->d, p));
    } else if (begin == NULL) {
        TRY(jinja_fail_here(p, "an index is expected"));
    }
    TRY(jinja_expect_operator(p, "]"));
    *out = node;
done:
    return status;
}

static distill_status parse_attribute(jinja_node **out, jinja_parser *p, jinja_node *subject)
{
    distill_status status = DISTILL_OK;
    const jinja_token *token = jinja_current(p);
    jinja_node *node = NULL;
    if (token->kind == JINJA_TOKEN_INTEGER) {
        TRY(jinja_node_new(&node, p, JINJA_INDEX));
        TRY(parse_primary(&node->b, p));
    } else {
        TRY(jinja_node_new(&node, p, JINJA_ATTRIBUTE));
        TRY(jinja_expect_name(&node->text, p));
        node->value = jinja_string(node->text, JINJA_FROM_TEMPLATE);
    }
    node->a = subject;
    *out = node;
done:
    return status;
}

static distill_status parse_call(jinja_node **out, jinja_parser *p, jinja_node *subject)
{
    distill_status status = DISTILL_OK;
    jinja_node *node = NULL;
    TRY(jinja_node_new(&node, p, JINJA_CALL));
    node->a = subject;
    TRY(parse_arguments(p, node));
    *out = node;
done:
    return status;
}

static distill_status parse_postfix(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    for (;;) {
        if (jinja_skip_operator(p, "."))
            TRY(parse_attribute(out, p, *out));
        else if (jinja_skip_operator(p, "["))
            TRY(parse_index(out, p, *out));
        else if (jinja_at_operator(p, "("))
            TRY(parse_call(out, p, *out));
        else
            break;
    }
done:
    return status;
}

/// Finds the filter or test `node->text`; notes an unknown one.
static void resolve(jinja_parser *p, jinja_node *node)
{
    node->builtin =
        node->kind == JINJA_FILTER ? jinja_filter_find(node->text) : jinja_test_find(node->text);
    if (node->builtin == NULL && p->branches == 0 && p->unknown == NULL)
        p->unknown = node;
}

distill_status jinja_parse_filters(jinja_node **out, jinja_parser *p, jinja_node *subject,
                                   bool begins)
{
    distill_status status = DISTILL_OK;
    *out = subject;
    while (begins || jinja_skip_operator(p, "|")) {
        jinja_node *node = NULL;
        begins = false;
        TRY(jinja_node_new(&node, p, JINJA_FILTER));
        node->a = *out;
        TRY(jinja_expect_name(&node->text, p));
        resolve(p, node);
        if (jinja_at_operator(p, "("))
            TRY(parse_arguments(p, node));
        *out = node;
    }
done:
    return status;
}

/// True if the current token begins the argument of a test that is written without parentheses.
static bool at_test_argument(const jinja_parser *p)
{
    const jinja_token *token = jinja_current(p);
    if (token->kind == JINJA_TOKEN_NAME)
        return !jinja_at_name(p, "else") && !jinja_at_name(p, "or") && !jinja_at_name(p, "and");
    return token->kind == JINJA_TOKEN_STRING || token->kind == JINJA_TOKEN_INTEGER ||
           token->kind == JINJA_TOKEN_FLOAT || jinja_at_operator(p, "[") ||
           jinja_at_operator(p, "{");
}

static distill_status parse_test(jinja_node **out, jinja_parser *p, jinja_node *subject)
{
    distill_status status = DISTILL_OK;
    jinja_node *node = NULL;
    bool negated = jinja_skip_name(p, "not");
    TRY(jinja_node_new(&node, p, JINJA_TEST));
    node->a = subject;
    node->negated = negated;
    TRY(jinja_expect_name(&node->text, p));
    resolve(p, node);
    if (jinja_at_operator(p, "(")) {
        TRY(parse_arguments(p, node));
    } else if (at_test_argument(p)) {
        if (jinja_at_name(p, "is"))
            TRY(jinja_fail_here(p, "tests with \"is\" cannot be chained"));
        TRY(parse_primary(&node->list, p));
        TRY(parse_postfix(&node->list, p));
    }
    *out = node;
done:
    return status;
}

static distill_status parse_filters_and_tests(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    for (;;) {
        if (jinja_at_operator(p, "|"))
            TRY(jinja_parse_filters(out, p, *out, false));
        else if (jinja_skip_name(p, "is"))
            TRY(parse_test(out, p, *out));
        else if (jinja_at_operator(p, "("))
            TRY(parse_call(out, p, *out));
        else
            break;
    }
done:
    return status;
}

// -------------------------------------------------------------------------- literals and brackets

/// Adjacent strings are one string.
static distill_status parse_string(jinja_node *node, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    distill_span first = jinja_current(p)->text;
    size_t length = 0, begin = p->at;
    char *text = NULL;
    for (; jinja_current(p)->kind == JINJA_TOKEN_STRING; p->at++)
        length += jinja_current(p)->text.length;
    if (p->at > begin + 1) {
        TRY(jinja_memory_take_text(&text, &p->t->memory, length + 1));
        first = (distill_span){text, length};
        for (size_t i = begin; i < p->at; i++) {
            memcpy(text, p->lexer.tokens[i].text.bytes, p->lexer.tokens[i].text.length);
            text += p->lexer.tokens[i].text.length;
        }
    }
    node->value = jinja_string(first, JINJA_FROM_TEMPLATE);
done:
    return status;
}

static distill_status parse_name(jinja_node *node, jinja_parser *p)
{
    static const struct {
        const char *name;
        jinja_kind kind;
        bool truth;
    } words[] = {{"true", JINJA_BOOL, true},   {"True", JINJA_BOOL, true},
                 {"false", JINJA_BOOL, false}, {"False", JINJA_BOOL, false},
                 {"none", JINJA_NONE, false},  {"None", JINJA_NONE, false}};
    distill_status status = DISTILL_OK;
    TRY(jinja_expect_name(&node->text, p));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (distill_span_is(node->text, words[i].name)) {
            node->value = words[i].kind == JINJA_BOOL ? jinja_bool(words[i].truth) : jinja_none();
            return DISTILL_OK;
        }
    node->kind = JINJA_NAME;
    TRY(jinja_name_add(&node->name, p->t, node->text));
    if (node->name == p->t->caller)
        p->specials |= JINJA_USES_CALLER;
    else if (node->name == p->t->varargs)
        p->specials |= JINJA_USES_VARARGS;
    else if (node->name == p->t->kwargs)
        p->specials |= JINJA_USES_KWARGS;
done:
    return status;
}

static distill_status parse_list(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    jinja_node *node = NULL, *item = NULL;
    TRY(jinja_node_new(&node, p, JINJA_LIST_OF));
    jinja_node **end = &node->list;
    p->at++;
    while (!jinja_at_operator(p, "]")) {
        if (node->list != NULL) {
            TRY(jinja_expect_operator(p, ","));
            if (jinja_at_operator(p, "]"))
                break;
        }
        TRY(jinja_parse_expression(&item, p, true));
        link_node(&end, item);
    }
    p->at++;
    *out = node;
done:
    return status;
}

static distill_status parse_dict(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    jinja_node *node = NULL, *pair = NULL;
    TRY(jinja_node_new(&node, p, JINJA_DICT_OF));
    jinja_node **end = &node->list;
    p->at++;
    while (!jinja_at_operator(p, "}")) {
        if (node->list != NULL) {
            TRY(jinja_expect_operator(p, ","));
            if (jinja_at_operator(p, "}"))
                break;
        }
        TRY(jinja_node_new(&pair, p, JINJA_PAIR));
        TRY(jinja_parse_expression(&pair->a, p, true));
        TRY(jinja_expect_operator(p, ":"));
        TRY(jinja_parse_expression(&pair->b, p, true));
        link_node(&end, pair);
    }
    p->at++;
    *out = node;
done:
    return status;
}

static distill_status parse_parentheses(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    p->at++;
    if (jinja_at_operator(p, ")"))
        TRY(jinja_node_new(out, p, JINJA_TUPLE_OF));
    else
        TRY(jinja_parse_tuple(out, p, true));
    TRY(jinja_expect_operator(p, ")"));
done:
    return status;
}

static distill_status parse_primary(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    const jinja_token *token = jinja_current(p);
    if (jinja_at_operator(p, "("))
        return parse_parentheses(out, p);
    if (jinja_at_operator(p, "["))
        return parse_list(out, p);
    if (jinja_at_operator(p, "{"))
        return parse_dict(out, p);
    TRY(jinja_node_new(out, p, JINJA_CONSTANT));
    if (token->kind == JINJA_TOKEN_NAME) {
        TRY(parse_name(*out, p));
    } else if (token->kind == JINJA_TOKEN_STRING) {
        TRY(parse_string(*out, p));
    } else if (token->kind == JINJA_TOKEN_INTEGER || token->kind == JINJA_TOKEN_FLOAT) {
        (*out)->value = token->value;
        p->at++;
    } else {
        TRY(jinja_fail_here(p, "an expression is expected"));
    }
done:
    return status;
}

// --------------------------------------------------------------------------------------- operators

static distill_status parse_unary(jinja_node **out, jinja_parser *p, bool with_filters)
{
    distill_status status = DISTILL_OK;
    if (++p->depth > MAX_NESTING)
        TRY(jinja_fail_here(p, "nested too deeply"));
    bool minus = jinja_at_operator(p, "-");
    if (minus || jinja_at_operator(p, "+")) {
        jinja_node *node = NULL;
        TRY(jinja_node_new(&node, p, JINJA_UNARY));
        node->operation = minus ? JINJA_SUBTRACT : JINJA_ADD;
        p->at++;
        TRY(parse_unary(&node->a, p, false));
        *out = node;
    } else {
        TRY(parse_primary(out, p));
    }
    TRY(parse_postfix(out, p));
    if (with_filters)
        TRY(parse_filters_and_tests(out, p));
    p->depth--;
done:
    return status;
}

typedef struct operator_word {
    const char *text;
    jinja_operator operation;
} operator_word;

static const operator_word SUMS[] = {{"+", JINJA_ADD}, {"-", JINJA_SUBTRACT}, {NULL, 0}};
static const operator_word PRODUCTS[] = {{"*", JINJA_MULTIPLY},
                                         {"/", JINJA_DIVIDE},
                                         {"//", JINJA_FLOOR_DIVIDE},
                                         {"%", JINJA_MODULO},
                                         {NULL, 0}};
static const operator_word POWERS[] = {{"**", JINJA_POWER}, {NULL, 0}};
static const operator_word COMPARISONS[] = {{"==", JINJA_EQUAL},
                                            {"!=", JINJA_NOT_EQUAL},
                                            {"<=", JINJA_LESS_EQUAL},
                                            {">=", JINJA_GREATER_EQUAL},
                                            {"<", JINJA_LESS},
                                            {">", JINJA_GREATER},
                                            {NULL, 0}};

/// Skips one of these operators; NULL if none is there.
static const operator_word *skip_one(jinja_parser *p, const operator_word *words)
{
    for (; words->text != NULL; words++)
        if (jinja_skip_operator(p, words->text))
            return words;
    return NULL;
}

/// operand (operator operand)*, from left to right.
static distill_status parse_chain(jinja_node **out, jinja_parser *p, const operator_word *words,
                                  distill_status (*operand)(jinja_node **, jinja_parser *))
{
    distill_status status = DISTILL_OK;
    const operator_word *word;
    TRY(operand(out, p));
    while ((word = skip_one(p, words)) != NULL) {
        jinja_node *right = NULL;
        TRY(operand(&right, p));
        TRY(new_binary(out, p, JINJA_BINARY, *out, right));
        (*out)->operation = (uint8_t)word->operation;
    }
done:
    return status;
}

static distill_status parse_filtered(jinja_node **out, jinja_parser *p)
{
    return parse_unary(out, p, true);
}

static distill_status parse_power(jinja_node **out, jinja_parser *p)
{
    return parse_chain(out, p, POWERS, parse_filtered);
}

static distill_status parse_join(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    jinja_node *node = NULL;
    TRY(parse_chain(out, p, PRODUCTS, parse_power));
    if (!jinja_at_operator(p, "~"))
        return DISTILL_OK;
    TRY(jinja_node_new(&node, p, JINJA_JOIN));
    jinja_node **end = &node->list, *item = *out;
    link_node(&end, item);
    while (jinja_skip_operator(p, "~")) {
        TRY(parse_chain(&item, p, PRODUCTS, parse_power));
        link_node(&end, item);
    }
    *out = node;
done:
    return status;
}

static distill_status parse_sum(jinja_node **out, jinja_parser *p)
{
    return parse_chain(out, p, SUMS, parse_join);
}

/// Skips an operator of a comparison; false if there is none.
static bool skip_comparison(jinja_operator *operation, jinja_parser *p)
{
    const operator_word *word = skip_one(p, COMPARISONS);
    const jinja_token *token = jinja_current(p);
    if (word != NULL) {
        *operation = word->operation;
    } else if (jinja_skip_name(p, "in")) {
        *operation = JINJA_IN;
    } else if (jinja_at_name(p, "not") && token[1].kind == JINJA_TOKEN_NAME &&
               distill_span_is(token[1].text, "in")) {
        *operation = JINJA_NOT_IN;
        p->at += 2;
    } else {
        return false;
    }
    return true;
}

static distill_status parse_comparison(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    jinja_node *node = NULL, **end = NULL;
    jinja_operator operation;
    TRY(parse_sum(out, p));
    while (skip_comparison(&operation, p)) {
        jinja_node *operand = NULL;
        if (node == NULL) {
            TRY(jinja_node_new(&node, p, JINJA_COMPARISON));
            node->place = (*out)->place;
            node->a = *out;
            end = &node->list;
            *out = node;
        }
        TRY(jinja_node_new(&operand, p, JINJA_PAIR));
        operand->operation = (uint8_t)operation;
        TRY(parse_sum(&operand->a, p));
        link_node(&end, operand);
    }
done:
    return status;
}

static distill_status parse_not(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    if (!jinja_at_name(p, "not"))
        return parse_comparison(out, p);
    if (++p->depth > MAX_NESTING)
        TRY(jinja_fail_here(p, "nested too deeply"));
    TRY(jinja_node_new(out, p, JINJA_NOT));
    p->at++;
    TRY(parse_not(&(*out)->a, p));
    p->depth--;
done:
    return status;
}

static distill_status parse_and(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    TRY(parse_not(out, p));
    while (jinja_skip_name(p, "and")) {
        jinja_node *right = NULL;
        TRY(parse_not(&right, p));
        TRY(new_binary(out, p, JINJA_AND, *out, right));
    }
done:
    return status;
}

static distill_status parse_or(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    TRY(parse_and(out, p));
    while (jinja_skip_name(p, "or")) {
        jinja_node *right = NULL;
        TRY(parse_and(&right, p));
        TRY(new_binary(out, p, JINJA_OR, *out, right));
    }
done:
    return status;
}

/// a if b else c
static distill_status parse_choice(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    const jinja_node *unknown = p->unknown;
    if (++p->depth > MAX_NESTING)
        TRY(jinja_fail_here(p, "nested too deeply"));
    TRY(parse_or(out, p));
    while (jinja_skip_name(p, "if")) {
        jinja_node *node = NULL;
        p->unknown = unknown; // the expression before is a branch
        p->branches++;
        TRY(jinja_node_new(&node, p, JINJA_CHOICE));
        node->b = *out;
        TRY(parse_or(&node->a, p));
        if (jinja_skip_name(p, "else"))
            TRY(parse_choice(&node->c, p));
        p->branches--;
        *out = node;
    }
    p->depth--;
done:
    return status;
}

distill_status jinja_parse_expression(jinja_node **out, jinja_parser *p, bool with_choice)
{
    return with_choice ? parse_choice(out, p) : parse_or(out, p);
}

// ----------------------------------------------------------------------------- tuples and targets

/// True at a token that ends a tuple after a comma.
static bool at_tuple_end(const jinja_parser *p)
{
    jinja_token_kind kind = jinja_current(p)->kind;
    return kind == JINJA_TOKEN_PRINT_END || kind == JINJA_TOKEN_BLOCK_END ||
           jinja_at_operator(p, ")") || jinja_at_operator(p, "=") || jinja_at_name(p, "in");
}

/// The items after the first one of a tuple, if a comma follows; otherwise *out remains.
static distill_status parse_more(jinja_node **out, jinja_parser *p, bool with_choice,
                                 distill_status (*item)(jinja_node **, jinja_parser *, bool))
{
    distill_status status = DISTILL_OK;
    jinja_node *node = NULL, *next = *out;
    if (!jinja_at_operator(p, ","))
        return DISTILL_OK;
    TRY(jinja_node_new(&node, p, JINJA_TUPLE_OF));
    jinja_node **end = &node->list;
    link_node(&end, next);
    while (jinja_skip_operator(p, ",") && !at_tuple_end(p)) {
        TRY(item(&next, p, with_choice));
        link_node(&end, next);
    }
    *out = node;
done:
    return status;
}

distill_status jinja_parse_tuple(jinja_node **out, jinja_parser *p, bool with_choice)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_parse_expression(out, p, with_choice));
    TRY(parse_more(out, p, with_choice, jinja_parse_expression));
done:
    return status;
}

static distill_status parse_target_item(jinja_node **out, jinja_parser *p, bool unused)
{
    distill_status status = DISTILL_OK;
    (void)unused;
    if (jinja_skip_operator(p, "(")) {
        TRY(jinja_parse_target(out, p));
        TRY(jinja_expect_operator(p, ")"));
        return DISTILL_OK;
    }
    TRY(parse_primary(out, p));
    if ((*out)->kind != JINJA_NAME)
        TRY(jinja_fail_here(p, "a name to assign to is expected"));
    if (jinja_skip_operator(p, ".")) {
        TRY(parse_attribute(out, p, *out));
        if ((*out)->kind != JINJA_ATTRIBUTE)
            TRY(jinja_fail_here(p, "only names and attributes can be assigned"));
    }
done:
    return status;
}

distill_status jinja_parse_target(jinja_node **out, jinja_parser *p)
{
    distill_status status = DISTILL_OK;
    if (++p->depth > MAX_NESTING)
        TRY(jinja_fail_here(p, "nested too deeply"));
    TRY(parse_target_item(out, p, false));
    TRY(parse_more(out, p, false, parse_target_item));
    p->depth--;
done:
    return status;
}
