// datasets/verify/math/compare/compare_named.c - compares values with names, and relations.
//
// A name does not change a value: x = 5 equals 5, and x = 5 or x = 6 equals the set {5, 6}. Two
// different names leave the outcome unknown where the values are equal, unless both name the same
// quantity (y and f(x)).
#include "datasets/verify/math/compare/compare_rules.h"

#include "datasets/verify/ascii.h"
#include "datasets/verify/math/compare/compare_tree.h"
#include "datasets/verify/math/compare/recurrence.h"
#include "datasets/verify/math/compare/relation.h"
#include "datasets/verify/math/words/word_answer.h"

#include <string.h>

/// The value that the tree assigns to a name, which goes to *name. Lists such as "x = 1 or x = 2"
/// and "x = 1, 2" assign the list of values. NULL if there is no common name.
static expr *assigned_value(checker *c, expr *e, expr **name)
{
    enum { MOST_VALUES = 64 };
    expr *value, *values[MOST_VALUES], *other;
    if (relation_assigns(e, name, &value))
        return value;
    bool list = (e->kind == EXPR_LIST || e->kind == EXPR_SET) && e->count <= MOST_VALUES;
    if (!list || !relation_assigns(e->child[0], name, &values[0]))
        return NULL;
    for (size_t i = 1; i < e->count; i++) {
        expr *child = e->child[i];
        if (child->kind != EXPR_RELATION)
            values[i] = child;
        else if (!relation_assigns(child, &other, &values[i]) ||
                 !relation_same_name(c, *name, other))
            return NULL;
    }
    expr *set = expr_node(c->m, (expr_kind)e->kind, values, e->count);
    if (set != NULL)
        set->op = e->op;
    return set;
}

/// A list in which every element assigns a value to a name (x = 1, y = 2).
static bool is_record(const expr *e)
{
    expr *name, *value;
    if (e->kind != EXPR_LIST)
        return false;
    for (size_t i = 0; i < e->count; i++)
        if (!relation_assigns(e->child[i], &name, &value))
            return false;
    return true;
}

/// Two records: value by value, where both have the same names; else in any order.
static verdict_outcome compare_records(checker *c, expr *a, expr *b)
{
    verdict_outcome all = VERDICT_RIGHT;
    expr *name_a, *name_b, *value_a, *value_b;
    for (size_t i = 0; i < a->count; i++) {
        size_t matches = 0;
        verdict_outcome one = VERDICT_WRONG;
        relation_assigns(a->child[i], &name_a, &value_a);
        for (size_t j = 0; j < b->count; j++) {
            relation_assigns(b->child[j], &name_b, &value_b);
            if (!relation_same_name(c, name_a, name_b))
                continue;
            matches++;
            one = compare_trees(c, value_a, value_b);
        }
        if (matches != 1 || a->count != b->count)
            return compare_collections(c, a, b);
        all = one == VERDICT_WRONG || all == VERDICT_WRONG ? VERDICT_WRONG
              : one == VERDICT_UNKNOWN                     ? VERDICT_UNKNOWN
                                                           : all;
    }
    return all;
}

/// The primes of y'' or f''(x), of any number, in *primes; false for other names.
static bool is_dependent_name(const expr *e, distill_span *primes)
{
    bool call = e->kind == EXPR_CALL && e->count == 1 && e->child[0]->kind == EXPR_SYMBOL;
    if (!call && (e->kind != EXPR_SYMBOL || *e->text.bytes != 'y'))
        return false;
    *primes = (distill_span){e->text.bytes + 1, e->text.length - 1};
    for (size_t i = 0; i < primes->length; i++)
        if (primes->bytes[i] != '\'')
            return false;
    return true;
}

/// Names in words of which one has the other within it: "area" and "total area". The name of a
/// probability, P(X = 3), counts from its bracket on.
static bool similar_words(distill_span a, distill_span b)
{
    const char *event_a = memchr(a.bytes, '(', a.length), *event_b = memchr(b.bytes, '(', b.length);
    if (event_a != NULL && event_b != NULL) {
        a = (distill_span){event_a, (size_t)(a.bytes + a.length - event_a)};
        b = (distill_span){event_b, (size_t)(b.bytes + b.length - event_b)};
        return word_same_source(a, b);
    }
    a = distill_span_trim(a);
    b = distill_span_trim(b);
    distill_span shorter = a.length < b.length ? a : b, longer = a.length < b.length ? b : a;
    return shorter.length >= 3 &&
           memmem(longer.bytes, longer.length, shorter.bytes, shorter.length) != NULL;
}

/// Words and the letter that stands for them, "area" and A, or a label that names nothing, (C).
static bool word_names(distill_span words, const expr *letter)
{
    words = distill_span_trim(words);
    bool label =
        words.length > 1 &&
        (*words.bytes == '(' ? words.bytes[words.length - 1] == ')'
                             : words.length >= 6 && strncasecmp(words.bytes, "answer", 6) == 0);
    return label || (letter->kind == EXPR_SYMBOL && letter->text.length == 1 &&
                     ascii_lower(*letter->text.bytes) == ascii_lower(*words.bytes));
}

/// The names may stand for one quantity: y and f(x), "area" and A.
static bool names_are_alike(const expr *a, const expr *b)
{
    distill_span primes_a, primes_b;
    if (a->kind == EXPR_TEXT && b->kind == EXPR_TEXT)
        return similar_words(a->text, b->text);
    if (a->kind == EXPR_TEXT || b->kind == EXPR_TEXT)
        return a->kind == EXPR_TEXT ? word_names(a->text, b) : word_names(b->text, a);
    return a->kind != b->kind && is_dependent_name(a, &primes_a) &&
           is_dependent_name(b, &primes_b) && distill_span_equal(primes_a, primes_b);
}

/// The letter of which a name is a function: t of f(t), k of a_k. Sets *rest to what is before it;
/// an empty span for other names.
static distill_span bound_letter(const expr *name, distill_span *rest)
{
    size_t length = name->text.length;
    *rest = name->text;
    if (name->kind == EXPR_CALL && name->count == 1 && name->child[0]->kind == EXPR_SYMBOL)
        return name->child[0]->text;
    if (name->kind != EXPR_SYMBOL || length < 3 || name->text.bytes[length - 2] != '_' ||
        !ascii_is_letter(name->text.bytes[length - 1]))
        return (distill_span){"", 0};
    rest->length = length - 1;
    return (distill_span){name->text.bytes + length - 1, 1};
}

/// The value of name_b with the letter renamed of which both names are functions: f(t) = 2t and
/// f(x) = 2x. NULL where there is no such letter, or where the value has the other one.
static expr *renamed_value(checker *c, const expr *name_a, const expr *name_b, expr *value_b)
{
    distill_span rest_a, rest_b, to = bound_letter(name_a, &rest_a),
                                 from = bound_letter(name_b, &rest_b);
    if (name_a->kind != name_b->kind || to.length == 0 || from.length == 0 ||
        !distill_span_equal(rest_a, rest_b) || expr_has_symbol(value_b, &to))
        return NULL;
    expr *letter = expr_leaf(c->m, EXPR_SYMBOL);
    if (letter != NULL)
        letter->text = to;
    return letter != NULL ? expr_substitute(c->m, value_b, from, letter) : NULL;
}

/// (a, b) = (1, 2) and (b, a) = (2, 1): value by value, where both have the same names; false where
/// they have not.
static bool compare_named_tuples(verdict_outcome *outcome, checker *c, const expr *name_a,
                                 const expr *value_a, const expr *name_b, const expr *value_b)
{
    const expr *all[] = {name_a, value_a, name_b, value_b};
    *outcome = VERDICT_RIGHT;
    for (int i = 0; i < 4; i++)
        if (all[i]->kind != EXPR_BRACKET || all[i]->count != name_a->count || all[i]->open != '(')
            return false;
    for (size_t i = 0, j; i < name_a->count; i++) {
        for (j = 0; j < name_b->count && !expr_same(name_a->child[i], name_b->child[j]);)
            j++;
        if (j == name_b->count)
            return false;
        verdict_outcome one = compare_trees(c, value_a->child[i], value_b->child[j]);
        if (*outcome != VERDICT_WRONG && one != VERDICT_RIGHT)
            *outcome = one;
    }
    return true;
}

/// Two assignments. With different names they may still be the same equation (y = x + 1, x = y -
/// 1).
static verdict_outcome compare_assignments(checker *c, expr *a, expr *b, expr *name_a,
                                           expr *value_a, expr *name_b, expr *value_b)
{
    if (relation_same_name(c, name_a, name_b))
        return compare_trees(c, value_a, value_b);
    verdict_outcome tuples;
    if (compare_named_tuples(&tuples, c, name_a, value_a, name_b, value_b))
        return tuples;
    expr *renamed = renamed_value(c, name_a, name_b, value_b);
    if (renamed != NULL)
        return compare_trees(c, value_a, renamed);
    verdict_outcome values = compare_trees(c, value_a, value_b);
    if (values == VERDICT_RIGHT && (names_are_alike(name_a, name_b) || c->options.any_variable))
        return VERDICT_RIGHT;
    verdict_outcome equations = unknown_unless_wrong(values);
    if (relation_of_scalars(a) && relation_of_scalars(b))
        equations = relation_compare(c, a, b);
    return values == VERDICT_RIGHT && equations != VERDICT_RIGHT ? VERDICT_UNKNOWN : equations;
}

/// The index of the symbol a_n is a name or number: not n+1, not 2n.
static bool has_plain_index(distill_span symbol)
{
    const char *index = memchr(symbol.bytes, '_', symbol.length);
    if (index == NULL)
        return true;
    for (const char *at = index + 1; at < symbol.bytes + symbol.length; at++)
        if (strchr("+*/^", *at) != NULL || (*at == '-' && at > index + 1) ||
            (ascii_is_letter(*at) && (ascii_is_digit(at[-1]) || at[-1] == '-')))
            return false;
    return true;
}

/// An angle: \theta, a capital letter, \angle PQR.
static bool is_angle_symbol(const expr *e)
{
    return e->kind == EXPR_SYMBOL && (e->text.length > 1 || ascii_is_capital(*e->text.bytes));
}

/// The arguments of f(x + 1) and f(2x) have letters, but are none.
static bool has_bare_arguments(const expr *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const expr *argument = call->child[i];
        if (argument->kind != EXPR_SYMBOL && expr_is_scalar(argument) &&
            expr_has_symbol(argument, NULL))
            return false;
    }
    return true;
}

/// A lower-case letter with a prime, y', or an inverse function, f^{-1}: another quantity than the
/// one that is asked for.
static bool is_derived(distill_span name)
{
    bool inverse = name.length > 1 && name.bytes[name.length - 1] == '-';
    bool primes = memchr(name.bytes, '\'', name.length) != NULL;
    return inverse || (primes && !ascii_is_capital(*name.bytes));
}

/// The left side names the value, so that a value alone says the same: x, f(x), a_n, AB, \sin A. Not
/// of \log x = 7, |x| = 7, f(x + 1) = x^2, a_{2n} = n, y' = 5.
static bool names_value(const expr *name, const expr *value)
{
    bool variables = expr_has_symbol(value, NULL);
    switch (name->kind) {
    case EXPR_SYMBOL:
        return !is_derived(name->text) && (!variables || has_plain_index(name->text));
    case EXPR_CALL:
        return !variables || (!is_derived(name->text) && has_bare_arguments(name));
    case EXPR_ABS: // |AB|, the number of elements of S, the length of a vector
        return !variables && (name->child[0]->kind != EXPR_SYMBOL || name->child[0]->op != 0 ||
                              ascii_is_capital(*name->child[0]->text.bytes));
    case EXPR_FUNCTION:
        return !variables && ((name->op >= FUNCTION_GCD && name->op <= FUNCTION_MIN) ||
                              name->op == FUNCTION_DETERMINANT ||
                              (name->op <= FUNCTION_CSC && is_angle_symbol(name->child[0])));
    default:
        return true;
    }
}

/// The value a and an answer that gives its value a name.
static verdict_outcome compare_with_named(checker *c, expr *a, const expr *name, expr *value)
{
    verdict_outcome values = compare_trees(c, a, value);
    return names_value(name, value) ? values : unknown_unless_wrong(values);
}

/// An equation that is not an assignment, and a value, whichever is the reference. The reference 2x
/// + z = 1 is not 1: wrong. The answer 2x + z = 1 for the reference 1 is unknown, as the question
/// may have named the left side.
static verdict_outcome compare_equation_with_value(checker *c, expr *a, expr *b)
{
    bool gold_is_equation = relation_is_equation(a);
    expr *equation = gold_is_equation ? a : b, *value = gold_is_equation ? b : a;
    if (gold_is_equation || !expr_is_scalar(value))
        return VERDICT_WRONG;
    if (!expr_has_symbol(equation, NULL)) // 1/2 = 10/9
        return VERDICT_UNKNOWN;
    verdict_outcome last = compare_trees(c, value, equation->child[equation->count - 1]);
    return unknown_unless_wrong(last);
}

/// A list or set of relations, some of which assign no value.
static bool has_equation(const expr *e, const expr *value)
{
    bool list = e->kind == EXPR_LIST || e->kind == EXPR_SET;
    if (!list || value != NULL || is_record(e))
        return false;
    for (size_t i = 0; i < e->count; i++)
        if (e->child[i]->kind != EXPR_RELATION)
            return false;
    return true;
}

/// Two lists of relations, of which one is joined by "or" and the other is not.
static bool joined_otherwise(const expr *a, const expr *b)
{
    return a->kind == EXPR_LIST && b->kind == EXPR_LIST &&
           (a->op == CONNECTOR_OR) != (b->op == CONNECTOR_OR) &&
           a->child[0]->kind == EXPR_RELATION && b->child[0]->kind == EXPR_RELATION;
}

bool compare_named(verdict_outcome *outcome, checker *c, expr *a, expr *b)
{
    expr *name_a = NULL, *name_b = NULL;
    if (a->kind == EXPR_RELATION && b->kind == EXPR_RELATION) {
        a = recurrence_shifted(c, a);
        b = recurrence_shifted(c, b);
        *outcome = VERDICT_UNKNOWN;
        if (a == NULL || b == NULL)
            return true;
    }
    expr *value_a = assigned_value(c, a, &name_a), *value_b = assigned_value(c, b, &name_b);
    bool relation_a = a->kind == EXPR_RELATION, relation_b = b->kind == EXPR_RELATION;
    if (joined_otherwise(a, b) && value_a == NULL && value_b == NULL) { // x = 1, y = 2 is no "or"
        *outcome = unknown_unless_wrong(compare_collections(c, a, b));
        return true;
    }
    if (has_equation(a, value_a) || has_equation(b, value_b)) { // y = 2x or y = -2x, 2x + y = 0, …
        *outcome = compare_collections(c, a, b);
        return true;
    }
    if ((value_a == NULL || value_b == NULL) && is_record(a) && is_record(b))
        *outcome = compare_records(c, a, b);
    else if (value_a != NULL && value_b != NULL)
        *outcome = compare_assignments(c, a, b, name_a, value_a, name_b, value_b);
    else if (relation_a && relation_b)
        *outcome = relation_compare(c, a, b);
    else if (value_a != NULL && !relation_b)
        *outcome = compare_trees(c, value_a, b);
    else if (value_b != NULL && !relation_a)
        *outcome = compare_with_named(c, a, name_b, value_b);
    else if (relation_a || relation_b)
        *outcome = compare_equation_with_value(c, a, b);
    else
        return false;
    return true;
}
