// datasets/verify/math/compare/compare_set.c - sets that are described: intervals, unions, conditions, families.
#include "datasets/verify/math/compare/compare_tree.h"

#include "datasets/verify/math/compare/relation.h"
#include "datasets/verify/math/value/real_set.h"

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

/// Parts of a union, or sets that are not of real numbers: the same parts in any order.
static verdict_outcome compare_set_parts(checker *c, expr *a, expr *b)
{
    if (a->kind == EXPR_NAMED_SET && b->kind == EXPR_NAMED_SET)
        return a->op == b->op ? VERDICT_RIGHT : VERDICT_WRONG;
    if (a->kind == EXPR_SET_OP && b->kind == EXPR_SET_OP && a->op == b->op) {
        verdict_outcome outcome = a->op == SET_DIFFERENCE && a->count == b->count
                                      ? compare_ordered(c, a->child, b->child, a->count)
                                      : compare_unordered(c, a, b);
        return outcome == VERDICT_RIGHT ? VERDICT_RIGHT : VERDICT_UNKNOWN;
    }
    if (a->kind == EXPR_BUILDER && b->kind == EXPR_BUILDER) {
        verdict_outcome outcome = compare_ordered(c, a->child, b->child, 2);
        return outcome == VERDICT_RIGHT ? VERDICT_RIGHT : VERDICT_UNKNOWN;
    }
    if (a->kind == EXPR_RELATION && b->kind == EXPR_RELATION)
        return relation_compare(c, a, b);
    return VERDICT_UNKNOWN;
}

/// \text{…} \in S and x \in S: the set, where only it is described.
static expr *without_membership(expr *e)
{
    return e->kind == EXPR_RELATION && e->count == 2 && e->relations[0] == RELATION_IN ? e->child[1]
                                                                                       : e;
}

/// A value against a set of numbers: the same only if the set has no other element.
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

static verdict_outcome compare_real_sets(checker *c, const real_set *x, expr *of_x,
                                         const real_set *y, expr *of_y)
{
    verdict_outcome outcome = real_set_compare(c, x, y);
    bool named = of_x != NULL && of_y != NULL && !c->options.any_variable;
    if (outcome == VERDICT_RIGHT && named && !relation_same_name(c, of_x, of_y))
        return VERDICT_UNKNOWN; // x > 1 against y > 1
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
    if (read_a != read_b && !describes_set(read_a ? b : a)) // numbers against points, equations
        return VERDICT_WRONG;
    return compare_set_parts(c, a, b);
}

/// \frac{\pi}{4} + k\pi, k \in \mathbb{Z}: the symbol that runs through the integers, NULL if none.
static const expr *running_integer(const expr *e)
{
    const expr *last = e->kind == EXPR_LIST ? e->child[e->count - 1] : e;
    bool runs = e->kind == EXPR_LIST && last->kind == EXPR_RELATION && last->count == 2 &&
                last->relations[0] == RELATION_IN && last->child[0]->kind == EXPR_SYMBOL &&
                last->child[1]->kind == EXPR_NAMED_SET;
    bool whole = runs && (last->child[1]->op == 'Z' || last->child[1]->op == 'N');
    return whole ? last->child[0] : NULL;
}

bool describes_family(const expr *e)
{
    return running_integer(e) != NULL;
}

verdict_outcome compare_families(checker *c, expr *a, expr *b)
{
    const expr *k = running_integer(a), *n = running_integer(b);
    if (k == NULL || n == NULL || a->count != b->count)
        return VERDICT_UNKNOWN;
    expr *rest_a = expr_node(c->m, EXPR_LIST, a->child, a->count - 1u);
    expr *rest_b = expr_node(c->m, EXPR_LIST, b->child, b->count - 1u);
    if (rest_b != NULL)
        rest_b = expr_substitute(c->m, rest_b, n->text, (expr *)k);
    if (rest_a == NULL || rest_b == NULL)
        return VERDICT_UNKNOWN;
    verdict_outcome outcome = compare_trees(c, rest_a, rest_b);
    return outcome == VERDICT_RIGHT ? VERDICT_RIGHT : VERDICT_UNKNOWN;
}
