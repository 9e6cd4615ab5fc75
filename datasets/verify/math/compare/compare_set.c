// datasets/verify/math/compare/compare_set.c - compares sets that are described: intervals, unions,
// conditions.
//
// Both sets are read as unions of intervals (real_set_read.h), whose ends are compared. Where one
// cannot be read, equal parts make the outcome right, and different parts leave it unknown.
#include "datasets/verify/math/compare/compare_rules.h"

#include "datasets/verify/math/compare/compare_tree.h"
#include "datasets/verify/math/compare/real_set_read.h"
#include "datasets/verify/math/compare/relation.h"
#include "datasets/verify/math/compare/scalar.h"

bool describes_set(const expr *e)
{
    switch (e->kind) {
    case EXPR_SET_OP:
    case EXPR_BUILDER:
    case EXPR_NAMED_SET:
        return true;
    case EXPR_RELATION:
        return !relation_is_equation(e);
    case EXPR_LIST:
    case EXPR_SET:
        for (size_t i = 0; i < e->count; i++)
            if (describes_set(e->child[i]))
                return true;
        return false;
    case EXPR_BRACKET:
        return e->count == 2 && (e->open == '(') != (e->close == ')') && e->open != '<';
    default:
        return false;
    }
}

bool is_set_of_sets(const expr *e)
{
    for (size_t i = 0; e->kind == EXPR_SET && i < e->count; i++)
        if (e->child[i]->kind == EXPR_NAMED_SET || e->child[i]->kind == EXPR_SET)
            return true;
    return false;
}

/// Sets that are not read as intervals: right if their parts are equal.
static verdict_outcome compare_set_parts(checker *c, expr *a, expr *b)
{
    if (a->kind == EXPR_NAMED_SET && b->kind == EXPR_NAMED_SET)
        return a->op == b->op ? VERDICT_RIGHT : VERDICT_WRONG;
    if (a->kind == EXPR_SET_OP && b->kind == EXPR_SET_OP && a->op == b->op) {
        verdict_outcome outcome = a->op == SET_DIFFERENCE && a->count == b->count
                                      ? compare_ordered(c, a->child, b->child, a->count)
                                      : compare_unordered(c, a, b);
        return unknown_unless_right(outcome);
    }
    if (a->kind == EXPR_BUILDER && b->kind == EXPR_BUILDER)
        return unknown_unless_right(compare_ordered(c, a->child, b->child, 2));
    if (a->kind == EXPR_RELATION && b->kind == EXPR_RELATION)
        return relation_compare(c, a, b);
    return VERDICT_UNKNOWN;
}

/// The set S of x \in S or \text{…} \in S; other trees unchanged.
static expr *without_membership(expr *e)
{
    return e->kind == EXPR_RELATION && e->count == 2 && e->relations[0] == RELATION_IN ? e->child[1]
                                                                                       : e;
}

/// A value and a set, whichever is the reference: equal only if the value is the only element of
/// the set.
static verdict_outcome compare_with_set(checker *c, expr *scalar, expr *set)
{
    real_set numbers;
    expr *variable = NULL;
    if (!real_set_read(c, &numbers, &variable, set))
        return set->kind == EXPR_NAMED_SET || set->kind == EXPR_RELATION ? VERDICT_WRONG
                                                                         : VERDICT_UNKNOWN;
    const real_piece *only = &numbers.piece[0];
    bool point = numbers.count == 1 && only->low.tree != NULL && only->low.tree == only->high.tree;
    return point ? compare_trees(c, scalar, only->low.tree) : VERDICT_WRONG;
}

static verdict_outcome compare_bounds(checker *c, const real_bound *a, const real_bound *b)
{
    if (a->infinite != 0 || b->infinite != 0)
        return a->infinite == b->infinite ? VERDICT_RIGHT : VERDICT_WRONG;
    if (a->closed != b->closed)
        return VERDICT_WRONG;
    if (a->tree != NULL && b->tree != NULL)
        return scalar_compare(c, a->tree, b->tree);
    int same = ball_equal(&a->value, &b->value);
    return same > 0 ? VERDICT_RIGHT : same == 0 ? VERDICT_WRONG : VERDICT_UNKNOWN;
}

/// Interval by interval, bound by bound.
static verdict_outcome compare_intervals(checker *c, const real_set *a, const real_set *b)
{
    verdict_outcome all = VERDICT_RIGHT;
    if (a->count != b->count)
        return VERDICT_WRONG;
    for (int i = 0; i < a->count; i++) {
        verdict_outcome low = compare_bounds(c, &a->piece[i].low, &b->piece[i].low);
        verdict_outcome high = compare_bounds(c, &a->piece[i].high, &b->piece[i].high);
        if (low == VERDICT_WRONG || high == VERDICT_WRONG)
            return VERDICT_WRONG;
        if (low == VERDICT_UNKNOWN || high == VERDICT_UNKNOWN)
            all = VERDICT_UNKNOWN;
    }
    c->rule = "set of real numbers";
    return all;
}

/// Sets of the variables `of_x` and `of_y`, which are NULL where a set names none.
static verdict_outcome compare_real_sets(checker *c, const real_set *x, expr *of_x,
                                         const real_set *y, expr *of_y)
{
    verdict_outcome outcome = compare_intervals(c, x, y);
    bool named = of_x != NULL && of_y != NULL && !c->options.any_variable;
    if (outcome == VERDICT_RIGHT && named && !relation_same_name(c, of_x, of_y))
        return VERDICT_UNKNOWN; // x > 1 and y > 1
    return outcome;
}

verdict_outcome compare_described_sets(checker *c, expr *a, expr *b)
{
    real_set x, y;
    expr *of_a = NULL, *of_b = NULL;
    bool read_a = real_set_read(c, &x, &of_a, a), read_b = real_set_read(c, &y, &of_b, b);
    if (read_a && read_b)
        return compare_real_sets(c, &x, of_a, &y, of_b);
    expr *inner_a = without_membership(a), *inner_b = without_membership(b);
    if (inner_a != a || inner_b != b)
        return compare_trees(c, inner_a, inner_b);
    c->rule = "set";
    if (expr_is_scalar(a) || expr_is_scalar(b))
        return expr_is_scalar(a) ? compare_with_set(c, a, b) : compare_with_set(c, b, a);
    if (is_collection(a) && is_collection(b))
        return compare_collections(c, a, b);
    if (read_a != read_b && !describes_set(read_a ? b : a)) // numbers, and points or equations
        return VERDICT_WRONG;
    return compare_set_parts(c, a, b);
}
