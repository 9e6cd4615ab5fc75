// datasets/verify/math/value/real_set.c - set algebra on intervals.
#include "datasets/verify/math/value/real_set.h"

#include "datasets/verify/math/compare/scalar.h"
#include "datasets/verify/math/value/real_solve.h"

#include <math.h>

const real_set REAL_LINE = {.count = 1,
                            .piece = {{.low = {.infinite = -1}, .high = {.infinite = 1}}}};

/// -1, 0, 1 as the place of a lies before, at or behind that of b; bounds that cannot be told apart
/// are the same place.
static int compare_places(const real_bound *a, const real_bound *b)
{
    if (a->infinite != b->infinite)
        return a->infinite < b->infinite ? -1 : 1;
    if (a->infinite != 0 || sample_equal(&a->value, &b->value) != 0)
        return 0;
    return a->value.re < b->value.re ? -1 : 1;
}

bool real_bound_of(checker *c, real_bound *out, expr *e, bool closed)
{
    *out = (real_bound){.infinite = scalar_infinite(e), .closed = closed, .tree = e};
    if (out->infinite != 0) {
        out->closed = false;
        return true;
    }
    if (!expr_is_scalar(e) || expr_has_symbol(e, NULL))
        return false;
    const scalar_values *v = scalar_values_of(c, e);
    if (v == NULL || !v->at[0].valid || !sample_is_real(&v->at[0]))
        return false;
    out->value = v->at[0];
    out->value.im = 0;
    return true;
}

/// The piece holds at least a point.
static bool is_inhabited(const real_piece *p)
{
    int order = compare_places(&p->low, &p->high);
    return order < 0 || (order == 0 && p->low.closed && p->high.closed);
}

bool real_set_add(real_set *set, real_piece piece)
{
    real_set merged = {.count = 0};
    if (!is_inhabited(&piece))
        return true;
    bool placed = false;
    for (int i = 0; i < set->count; i++) {
        const real_piece *old = &set->piece[i];
        int before = compare_places(&old->high, &piece.low);
        int behind = compare_places(&piece.high, &old->low);
        bool apart_left = before < 0 || (before == 0 && !old->high.closed && !piece.low.closed);
        bool apart_right = behind < 0 || (behind == 0 && !piece.high.closed && !old->low.closed);
        if (!apart_left && !apart_right) { // they touch: grow the new piece
            int low = compare_places(&old->low, &piece.low);
            int high = compare_places(&old->high, &piece.high);
            if (low < 0 || (low == 0 && old->low.closed))
                piece.low = old->low;
            if (high > 0 || (high == 0 && old->high.closed))
                piece.high = old->high;
            continue;
        }
        if (apart_right && !placed) {
            if (merged.count == REAL_SET_PIECES)
                return false;
            merged.piece[merged.count++] = piece;
            placed = true;
        }
        if (merged.count == REAL_SET_PIECES)
            return false;
        merged.piece[merged.count++] = *old;
    }
    if (!placed) {
        if (merged.count == REAL_SET_PIECES)
            return false;
        merged.piece[merged.count++] = piece;
    }
    *set = merged;
    return true;
}

static bool unite(real_set *a, const real_set *b)
{
    for (int i = 0; i < b->count; i++)
        if (!real_set_add(a, b->piece[i]))
            return false;
    return true;
}

bool real_set_intersect(real_set *a, const real_set *b)
{
    real_set result = {.count = 0};
    for (int i = 0; i < a->count; i++)
        for (int j = 0; j < b->count; j++) {
            const real_piece *x = &a->piece[i], *y = &b->piece[j];
            int low = compare_places(&x->low, &y->low), high = compare_places(&x->high, &y->high);
            real_piece both = {low > 0 ? x->low : y->low, high < 0 ? x->high : y->high};
            if (low == 0)
                both.low.closed = x->low.closed && y->low.closed;
            if (high == 0)
                both.high.closed = x->high.closed && y->high.closed;
            if (!real_set_add(&result, both))
                return false;
        }
    *a = result;
    return true;
}

bool real_set_complement(real_set *a)
{
    real_set result = {.count = 0};
    real_bound low = {.infinite = -1};
    for (int i = 0; i <= a->count; i++) {
        real_bound high = {.infinite = 1};
        if (i < a->count) {
            high = a->piece[i].low;
            high.closed = !high.closed && high.infinite == 0;
        }
        if (!real_set_add(&result, (real_piece){low, high}))
            return false;
        if (i < a->count) {
            low = a->piece[i].high;
            low.closed = !low.closed && low.infinite == 0;
        }
    }
    *a = result;
    return true;
}

/// (a, b), [a, b) …
static bool read_interval(checker *c, real_set *out, expr *e)
{
    real_piece p;
    out->count = 0;
    if (e->count != 2 || (e->open != '(' && e->open != '[') || (e->close != ')' && e->close != ']'))
        return false;
    return real_bound_of(c, &p.low, e->child[0], e->open == '[') &&
           real_bound_of(c, &p.high, e->child[1], e->close == ']') &&
           compare_places(&p.low, &p.high) < 0 && real_set_add(out, p);
}

static bool read_point(checker *c, real_set *out, expr *e)
{
    real_bound at;
    return real_bound_of(c, &at, e, true) && at.infinite == 0 &&
           real_set_add(out, (real_piece){at, at});
}

/// Elements of a set or list: numbers, intervals and inequalities, united; inequalities joined by
/// "and" are intersected, and so is what is unequal to something.
static bool read_elements(checker *c, real_set *out, expr **variable, expr *e)
{
    real_set all = REAL_LINE, any = {.count = 0}, one;
    bool conditions = false, parts = false;
    for (size_t i = 0; i < e->count; i++) {
        expr *child = e->child[i];
        bool relation = child->kind == EXPR_RELATION;
        bool excludes = relation && child->relations[0] == RELATION_NOT_EQUAL;
        if (expr_is_scalar(child)) {
            if (!read_point(c, &any, child))
                return false;
            parts = true;
            continue;
        }
        if (!real_set_read(c, &one, variable, child))
            return false;
        if (excludes || (relation && e->op == CONNECTOR_AND && !relation_is_equation(child))) {
            conditions = true;
            if (!real_set_intersect(&all, &one))
                return false;
        } else {
            parts = true;
            if (!unite(&any, &one))
                return false;
        }
    }
    *out = any;
    if (!parts)
        *out = all;
    return !conditions || !parts || real_set_intersect(out, &all);
}

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
        if (!(e->op == SET_UNION ? unite(out, &next) : real_set_intersect(out, &next)))
            return false;
    }
    return true;
}

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

/// A chain of relations: the points where each holds.
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

static verdict_outcome compare_bounds(checker *c, const real_bound *a, const real_bound *b)
{
    if (a->infinite != 0 || b->infinite != 0)
        return a->infinite == b->infinite ? VERDICT_RIGHT : VERDICT_WRONG;
    if (a->closed != b->closed)
        return VERDICT_WRONG;
    if (a->tree != NULL && b->tree != NULL)
        return scalar_compare(c, a->tree, b->tree);
    int told = sample_equal(&a->value, &b->value);
    return told > 0 ? VERDICT_RIGHT : told == 0 ? VERDICT_WRONG : VERDICT_UNKNOWN;
}

verdict_outcome real_set_compare(checker *c, const real_set *a, const real_set *b)
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
