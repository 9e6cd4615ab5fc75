// datasets/verify/compare_tree.c - which rule compares two answers.
#include "datasets/verify/compare_tree.h"

#include "datasets/verify/evaluate.h"
#include "datasets/verify/real_set.h"
#include "datasets/verify/relation.h"
#include "datasets/verify/scalar.h"
#include "datasets/verify/word_answer.h"

#include <string.h>

static verdict_outcome weaker(verdict_outcome a, verdict_outcome b)
{
    if (a == VERDICT_WRONG || b == VERDICT_WRONG)
        return VERDICT_WRONG;
    return a == VERDICT_RIGHT && b == VERDICT_RIGHT ? VERDICT_RIGHT : VERDICT_UNKNOWN;
}

static bool is_collection(const expr *e)
{
    return e->kind == EXPR_LIST || e->kind == EXPR_SET || e->kind == EXPR_BRACKET ||
           e->kind == EXPR_MATRIX;
}

/// Sets of real numbers that are not just a tuple or a list of values.
static bool describes_set(const expr *e)
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

static verdict_outcome compare_described_sets(checker *c, expr *a, expr *b)
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

/// A(1, 2): a point with its name; the pair.
static expr *unnamed_point(expr *e)
{
    bool named = e->kind == EXPR_MULTIPLY && e->count == 2 && e->child[0]->kind == EXPR_SYMBOL &&
                 e->child[0]->text.bytes[0] >= 'A' && e->child[0]->text.bytes[0] <= 'Z';
    return named && e->child[1]->kind == EXPR_BRACKET ? e->child[1] : e;
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

/// Families of values: right if they are written alike, else left open.
static verdict_outcome compare_families(checker *c, expr *a, expr *b)
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

/// "1/2 or 0.5", "1/3 or about 0.33": one value said twice; the first. NULL if they differ.
static expr *said_twice(checker *c, expr *list)
{
    for (size_t i = 1; i < list->count; i++)
        if (!expr_is_scalar(list->child[i]) || !expr_is_scalar(list->child[0]) ||
            compare_trees(c, list->child[0], list->child[i]) == VERDICT_WRONG)
            return NULL;
    return list->child[0];
}

/// A list against a single value.
static verdict_outcome compare_list_with_value(checker *c, expr *list, expr *value)
{
    bool measures = list->op == CONNECTOR_AND; // 5 feet and 6 inches
    for (size_t i = 0; i < list->count; i++)
        measures = measures && is_quantity(list->child[i]);
    if (measures)
        return VERDICT_UNKNOWN;
    expr *one = list->op == CONNECTOR_OR || list->count == 1 ? said_twice(c, list) : NULL;
    return one != NULL ? compare_trees(c, one, value) : VERDICT_WRONG;
}

/// x = 1 or x = 2, and x = 1, 2, as x = {1, 2}: the common name into *name, the values as the result;
/// NULL if there is no such name.
static expr *common_name(checker *c, expr *e, expr **name)
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

/// x = 1, y = 2: a list in which every element has a name.
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

/// y = x + 1 against f(x) = x + 1: names of one and the same quantity.
static bool is_dependent_name(const expr *e)
{
    return e->kind == EXPR_CALL || (e->kind == EXPR_SYMBOL && distill_span_is(e->text, "y"));
}

static verdict_outcome unless_wrong(verdict_outcome outcome, verdict_outcome otherwise)
{
    return outcome == VERDICT_WRONG ? VERDICT_WRONG : otherwise;
}

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
    verdict_outcome equations = unless_wrong(values, VERDICT_UNKNOWN);
    if (relation_of_scalars(a) && relation_of_scalars(b)) // y = x + 1 is x = y - 1
        equations = relation_compare(c, a, b);
    return values == VERDICT_RIGHT && equations != VERDICT_RIGHT ? VERDICT_UNKNOWN : equations;
}

/// An equation that is no assignment against a value: 2x + z = 1 is not 1. If the answer is the
/// equation and one side of it the value, the question may have asked for the other side.
static verdict_outcome compare_equation_with_value(checker *c, expr *a, expr *b)
{
    bool gold_is_equation = relation_is_equation(a);
    expr *equation = gold_is_equation ? a : b, *value = gold_is_equation ? b : a;
    if (gold_is_equation || !expr_is_scalar(value))
        return VERDICT_WRONG;
    verdict_outcome last = compare_trees(c, value, equation->child[equation->count - 1]);
    return last == VERDICT_WRONG ? VERDICT_WRONG : VERDICT_UNKNOWN;
}

/// Equations and names: false if neither answer has any, *outcome otherwise.
static bool compare_named(verdict_outcome *outcome, checker *c, expr *a, expr *b)
{
    expr *name_a = NULL, *name_b = NULL;
    expr *value_a = common_name(c, a, &name_a), *value_b = common_name(c, b, &name_b);
    bool relation_a = a->kind == EXPR_RELATION, relation_b = b->kind == EXPR_RELATION;
    if ((value_a == NULL || value_b == NULL) && is_record(a) && is_record(b))
        *outcome = compare_collections(c, a, b);
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

/// 1 : 2 : 3, as numbers in proportion; 11 : 21 is also 11/21.
static verdict_outcome compare_ratios(checker *c, expr *a, expr *b)
{
    c->rule = "ratio";
    expr *label = a->kind == EXPR_RATIO ? a->child[0] : b->child[0];
    if (label->kind == EXPR_TEXT) // Total: 5
        return a->kind == EXPR_RATIO ? compare_trees(c, a->child[a->count - 1], b)
                                     : compare_trees(c, a, b->child[b->count - 1]);
    if (a->kind == EXPR_RATIO && b->kind == EXPR_RATIO) {
        verdict_outcome all = a->count == b->count ? VERDICT_RIGHT : VERDICT_WRONG;
        for (size_t i = 1; i < a->count && all != VERDICT_WRONG; i++) {
            expr *left = expr_binary(c->m, EXPR_MULTIPLY, a->child[i], b->child[0]);
            expr *right = expr_binary(c->m, EXPR_MULTIPLY, b->child[i], a->child[0]);
            if (left == NULL || right == NULL || !expr_is_scalar(left) || !expr_is_scalar(right))
                return VERDICT_UNKNOWN;
            all = weaker(all, scalar_compare(c, left, right));
        }
        return all;
    }
    expr *ratio = a->kind == EXPR_RATIO ? a : b;
    if (ratio->count != 2)
        return VERDICT_WRONG;
    expr *quotient = expr_binary(c->m, EXPR_DIVIDE, ratio->child[0], ratio->child[1]);
    if (quotient == NULL)
        return VERDICT_UNKNOWN;
    return ratio == a ? compare_trees(c, quotient, b) : compare_trees(c, a, quotient);
}

/// Numbers with a base: 52_8. Without a base the digits must be the same, the question named it.
static verdict_outcome compare_based(checker *c, expr *a, expr *b)
{
    verdict_outcome values = scalar_compare(c, a, b);
    c->rule = "digits in a base";
    if (a->kind == EXPR_BASED && b->kind == EXPR_BASED)
        return values == VERDICT_RIGHT && a->base != b->base ? VERDICT_UNKNOWN : values;
    const expr *based = a->kind == EXPR_BASED ? a : b, *plain = a->kind == EXPR_BASED ? b : a;
    if (based->base == 10)
        return values;
    if (plain->kind == EXPR_NUMBER && plain->places < 0 &&
        distill_span_equal(plain->text, based->text))
        return based == a || c->options.symmetric ? VERDICT_RIGHT : VERDICT_UNKNOWN;
    return values == VERDICT_RIGHT ? VERDICT_UNKNOWN : VERDICT_WRONG;
}

static bool is_name(const expr *e)
{
    return e->kind == EXPR_SYMBOL || (e->kind == EXPR_CONSTANT && e->text.length == 1);
}

/// 5m, 15m^2: a number and a letter that may be a unit; the number, NULL if it is something else.
static expr *before_unit_letter(const expr *e)
{
    if (e->kind != EXPR_MULTIPLY || e->count != 2 || expr_has_symbol(e->child[0], NULL))
        return NULL;
    const expr *letter = e->child[1];
    if (letter->kind == EXPR_POWER)
        letter = letter->child[0];
    bool is_unit = letter->kind == EXPR_SYMBOL && letter->text.length == 1 &&
                   strchr("mgshLKNJWVA", letter->text.bytes[0]) != NULL;
    return is_unit ? e->child[0] : NULL;
}

static verdict_outcome compare_plain_scalars(checker *c, expr *a, expr *b)
{
    verdict_outcome outcome = scalar_compare(c, a, b);
    expr *number = expr_has_symbol(a, NULL) ? NULL : before_unit_letter(b);
    if (outcome == VERDICT_WRONG && number != NULL && scalar_compare(c, a, number) == VERDICT_RIGHT)
        return VERDICT_UNKNOWN;
    return outcome;
}

static verdict_outcome compare_scalars(checker *c, expr *a, expr *b)
{
    if (is_name(a) && is_name(b)) // \text{e} is a letter, e may be the constant
        return distill_span_equal(a->text, b->text) ? VERDICT_RIGHT : VERDICT_WRONG;
    if (is_quantity(a) || is_quantity(b)) {
        verdict_outcome outcome = compare_quantities(c, a, b);
        c->rule = "quantity";
        return outcome;
    }
    if (a->kind == EXPR_BASED || b->kind == EXPR_BASED)
        return compare_based(c, a, b);
    return compare_plain_scalars(c, a, b);
}

/// Words against something else.
static verdict_outcome compare_text(checker *c, expr *a, expr *b)
{
    c->rule = "words";
    if (a->kind == EXPR_TEXT && b->kind == EXPR_TEXT)
        return word_compare(a->text, b->text);
    expr *text = a->kind == EXPR_TEXT ? a : b, *other = a->kind == EXPR_TEXT ? b : a;
    char set = word_set(text->text);
    int number = word_number(text->text);
    if (set != '\0' && (describes_set(other) || other->kind == EXPR_BRACKET)) {
        expr *named = expr_leaf(c->m, EXPR_NAMED_SET);
        if (named == NULL)
            return VERDICT_UNKNOWN;
        named->op = (uint8_t)set;
        return a == text ? compare_trees(c, named, b) : compare_trees(c, a, named);
    }
    if (number >= 0 && expr_is_scalar(other)) {
        expr *value = expr_number(c->m, number);
        return value != NULL ? compare_trees(c, a == text ? value : a, a == text ? b : value)
                             : VERDICT_UNKNOWN;
    }
    if (other->kind == EXPR_SYMBOL || other->kind == EXPR_CONSTANT)
        return word_compare(text->text, other->text);
    if (other->kind == EXPR_RELATION && other->child[0]->kind == EXPR_TEXT) // "(C)" and "(C) 12"
        return word_compare(text->text, other->child[0]->text);
    return word_only(text->text) && !expr_contains(other, EXPR_TEXT) ? VERDICT_WRONG
                                                                     : VERDICT_UNKNOWN;
}

static verdict_outcome compare_kinds(checker *c, expr *a, expr *b)
{
    verdict_outcome outcome;
    if (running_integer(a) != NULL || running_integer(b) != NULL)
        return compare_families(c, a, b);
    if (describes_set(a) || describes_set(b))
        return compare_described_sets(c, a, b);
    if (compare_named(&outcome, c, a, b))
        return outcome;
    if (a->kind == EXPR_RATIO || b->kind == EXPR_RATIO)
        return compare_ratios(c, a, b);
    if (is_collection(a) && is_collection(b))
        return compare_collections(c, a, b);
    if (expr_is_scalar(a) && expr_is_scalar(b))
        return compare_scalars(c, a, b);
    expr *one = is_collection(a) ? a : b, *other = is_collection(a) ? b : a;
    if (!is_collection(one) || !expr_is_scalar(other))
        return VERDICT_UNKNOWN;
    if (one->kind == EXPR_LIST)
        return compare_list_with_value(c, one, other);
    bool only = one->count == 1 && one->kind != EXPR_BRACKET; // {5} and 5
    return only ? compare_trees(c, one->child[0], other) : VERDICT_WRONG;
}

/// Both with \pm written out: the same values. Signs that may be independent are also tried so.
static verdict_outcome compare_either(checker *c, expr *a, expr *b)
{
    verdict_outcome outcome = VERDICT_UNKNOWN;
    for (int together = 1; together >= 0; together--) {
        expr *x = list_without_either(c, a, together == 1);
        expr *y = list_without_either(c, b, together == 1);
        if (x == NULL || y == NULL)
            return VERDICT_UNKNOWN;
        x->kind = y->kind = EXPR_SET;
        outcome = compare_trees(c, x, y);
        c->rule = "both signs";
        if (outcome == VERDICT_RIGHT)
            return outcome;
    }
    return outcome;
}

/// A calculation without names, 1/2 + 3 = 7/2: its last value.
static expr *last_value(expr *e)
{
    bool calculation =
        relation_is_equation(e) && !expr_has_symbol(e, NULL) && !expr_contains(e, EXPR_TEXT);
    return calculation ? relation_stated_value(e, 0) : e;
}

verdict_outcome compare_trees(checker *c, expr *a, expr *b)
{
    if (--c->steps < 0 || c->depth >= CHECKER_DEPTH)
        return VERDICT_UNKNOWN;
    c->depth++;
    verdict_outcome outcome = VERDICT_UNKNOWN;
    a = matrix_simplify(c, unnamed_point(last_value(a)));
    b = matrix_simplify(c, unnamed_point(last_value(b)));
    if (a != NULL && b != NULL) {
        if (expr_count_either(a) + expr_count_either(b) > 0)
            outcome = compare_either(c, a, b);
        else if (a->kind == EXPR_TEXT || b->kind == EXPR_TEXT)
            outcome = compare_text(c, a, b);
        else
            outcome = compare_kinds(c, a, b);
    }
    c->depth--;
    return outcome;
}
