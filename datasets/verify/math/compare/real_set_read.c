// datasets/verify/math/compare/real_set_read.c - reads trees as sets of real numbers.
//
// A list or set is the union of its elements. Inequalities joined by "and" or by commas, and every
// "is not equal to", are conditions: the union is intersected with them, or, if all elements are
// conditions, they are the set.
#include "datasets/verify/math/compare/real_set_read.h"

#include "datasets/verify/math/compare/real_solve.h"
#include "datasets/verify/math/compare/relation.h"

/// (a, b), [a, b) and the like, with a < b.
static bool read_interval(checker *c, real_set *out, expr *e)
{
    real_piece p;
    out->count = 0;
    if (e->count != 2 || (e->open != '(' && e->open != '[') || (e->close != ')' && e->close != ']'))
        return false;
    return real_bound_of(c, &p.low, e->child[0], e->open == '[') &&
           real_bound_of(c, &p.high, e->child[1], e->close == ']') &&
           real_bound_order(&p.low, &p.high) < 0 && real_set_add(out, p);
}

/// A single number.
static bool read_point(checker *c, real_set *out, expr *e)
{
    real_bound at;
    return real_bound_of(c, &at, e, true) && at.infinite == 0 &&
           real_set_add(out, (real_piece){at, at});
}

/// The relations of a list hold together, or each of them alone.
typedef enum joining { JOINED_BY_OR, JOINED_BY_AND, JOINED_BY_COMMAS } joining;

/// Inequalities separated by commas hold together, x > 2, x \le 5, unless no number satisfies all: x
/// < 0, x > 1 are two parts.
static joining joining_of(const expr *e)
{
    joining all = e->op == CONNECTOR_AND                             ? JOINED_BY_AND
                  : e->kind == EXPR_LIST && e->op == CONNECTOR_COMMA ? JOINED_BY_COMMAS
                                                                     : JOINED_BY_OR;
    for (size_t i = 0; i < e->count && all == JOINED_BY_COMMAS; i++)
        if (e->child[i]->kind != EXPR_RELATION || relation_is_equation(e->child[i]))
            all = JOINED_BY_OR;
    return all;
}

/// Adds an element of a list to the parts or conditions of the set.
static bool read_element(real_set *all, real_set *any, const real_set *one, joining how,
                         bool *conditions, bool *parts, const expr *e)
{
    bool relation = e->kind == EXPR_RELATION;
    bool excludes = relation && e->relations[0] == RELATION_NOT_EQUAL;
    bool condition = excludes || (relation && how != JOINED_BY_OR && !relation_is_equation(e));
    bool part = !condition || (how == JOINED_BY_COMMAS && !excludes);
    *conditions = *conditions || (condition && !part);
    *parts = *parts || part;
    return (!condition || real_set_intersect(all, one)) && (!part || real_set_unite(any, one));
}

/// A value and an inequality, separated by commas: 7, x > 0, the row of a piecewise definition.
static bool is_row_of_cases(const expr *e)
{
    bool value = false, inequality = false;
    for (size_t i = 0; i < e->count && e->op == CONNECTOR_COMMA; i++) {
        const expr *child = e->child[i];
        value = value || expr_is_scalar(child);
        inequality = inequality || (child->kind == EXPR_RELATION && !relation_is_equation(child) &&
                                    child->relations[0] != RELATION_NOT_EQUAL);
    }
    return value && inequality;
}

/// The elements of a set or list: numbers, intervals and inequalities.
static bool read_elements(checker *c, real_set *out, expr **variable, expr *e)
{
    real_set all = REAL_LINE, any = {.count = 0}, one;
    bool conditions = false, parts = false;
    joining how = joining_of(e);
    if (is_row_of_cases(e))
        return false;
    for (size_t i = 0; i < e->count; i++) {
        expr *child = e->child[i];
        if (expr_is_scalar(child)) {
            if (!read_point(c, &any, child))
                return false;
            parts = true;
        } else if (!real_set_read(c, &one, variable, child) ||
                   !read_element(&all, &any, &one, how, &conditions, &parts, child)) {
            return false;
        }
    }
    if (how == JOINED_BY_COMMAS && parts && conditions && all.count == 0)
        return false; // x < 0, x > 1, x \ne 5
    if (how == JOINED_BY_COMMAS && all.count > 0)
        parts = false;
    *out = parts ? any : all;
    return !conditions || !parts || real_set_intersect(out, &all);
}

/// Unions, intersections and differences.
static bool read_operation(checker *c, real_set *out, expr **variable, expr *e)
{
    real_set next;
    if (!real_set_read(c, out, variable, e->child[0]))
        return false;
    for (size_t i = 1; i < e->count; i++) {
        if (!real_set_read(c, &next, variable, e->child[i]))
            return false;
        if (e->op == SET_DIFFERENCE && !real_set_complement(&next))
            return false;
        if (!(e->op == SET_UNION ? real_set_unite(out, &next) : real_set_intersect(out, &next)))
            return false;
    }
    return true;
}

/// The real numbers, the positive ones, or the empty set.
static bool read_named(real_set *out, uint8_t name)
{
    *out = REAL_LINE;
    if (name == '0')
        out->count = 0;
    if (name == 'P')
        out->piece[0].low = (real_bound){.value = {.valid = true}};
    return name == 'R' || name == '0' || name == 'P';
}

/// \{x \in S \mid condition\}
static bool read_builder(checker *c, real_set *out, expr **variable, expr *e)
{
    real_set domain;
    expr *element = e->child[0];
    if (element->kind == EXPR_RELATION) {
        if (!real_set_read(c, &domain, variable, element))
            return false;
    } else {
        domain = REAL_LINE;
        if (element->kind != EXPR_SYMBOL)
            return false;
    }
    expr *condition = e->child[1];
    if (condition->kind == EXPR_LIST && condition->op == CONNECTOR_COMMA)
        condition->op = CONNECTOR_AND;
    return real_set_read(c, out, variable, condition) && real_set_intersect(out, &domain);
}

/// A chain of relations: the points for which all of them hold.
static bool read_chain(checker *c, real_set *out, expr **variable, expr *e)
{
    real_set one;
    *out = REAL_LINE;
    for (size_t i = 0; i + 1 < e->count; i++) {
        uint8_t r = e->relations[i];
        if (r == RELATION_IN || r == RELATION_NOT_IN) {
            if (e->child[i]->kind != EXPR_SYMBOL ||
                !real_set_read(c, &one, variable, e->child[i + 1]))
                return false;
            *variable = e->child[i];
            if (r == RELATION_NOT_IN && !real_set_complement(&one))
                return false;
        } else if (!real_solve(c, &one, variable, e->child[i], r, e->child[i + 1])) {
            return false;
        }
        if (!real_set_intersect(out, &one))
            return false;
    }
    return true;
}

bool real_set_read(checker *c, real_set *out, expr **variable, expr *e)
{
    out->count = 0;
    switch (e->kind) {
    case EXPR_BRACKET:
        return read_interval(c, out, e);
    case EXPR_SET:
    case EXPR_LIST:
        return read_elements(c, out, variable, e);
    case EXPR_SET_OP:
        return read_operation(c, out, variable, e);
    case EXPR_NAMED_SET:
        return read_named(out, e->op);
    case EXPR_BUILDER:
        return read_builder(c, out, variable, e);
    case EXPR_RELATION:
        return read_chain(c, out, variable, e);
    default:
        return false;
    }
}
