// datasets/verify/math/compare/compare_named.c - compares values with names, and relations.
//
// A name does not change a value: x = 5 equals 5, and x = 5 or x = 6 equals the set {5, 6}. Two
// different names leave the outcome unknown where the values are equal, unless both name the same
// quantity (y and f(x)).
#include "datasets/verify/math/compare/compare_rules.h"

#include "datasets/verify/math/compare/compare_tree.h"
#include "datasets/verify/math/compare/recurrence.h"
#include "datasets/verify/math/compare/relation.h"

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

/// y or f(x): y = x + 1 and f(x) = x + 1 name the same quantity.
static bool is_dependent_name(const expr *e)
{
    return e->kind == EXPR_CALL || (e->kind == EXPR_SYMBOL && distill_span_is(e->text, "y"));
}

/// Two assignments. With different names they may still be the same equation (y = x + 1, x = y -
/// 1).
static verdict_outcome compare_assignments(checker *c, expr *a, expr *b, expr *name_a,
                                           expr *value_a, expr *name_b, expr *value_b)
{
    if (relation_same_name(c, name_a, name_b))
        return compare_trees(c, value_a, value_b);
    verdict_outcome values = compare_trees(c, value_a, value_b);
    bool alike = name_a->kind == EXPR_TEXT || name_b->kind == EXPR_TEXT ||
                 (is_dependent_name(name_a) && is_dependent_name(name_b));
    if (values == VERDICT_RIGHT && (alike || c->options.any_variable))
        return VERDICT_RIGHT;
    verdict_outcome equations = unknown_unless_wrong(values);
    if (relation_of_scalars(a) && relation_of_scalars(b))
        equations = relation_compare(c, a, b);
    return values == VERDICT_RIGHT && equations != VERDICT_RIGHT ? VERDICT_UNKNOWN : equations;
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
        *outcome = compare_trees(c, a, value_b);
    else if (relation_a || relation_b)
        *outcome = compare_equation_with_value(c, a, b);
    else
        return false;
    return true;
}
