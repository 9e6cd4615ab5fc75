// datasets/verify/math/tree/expression.c - makes, searches and copies trees.
//
// Copies share the leaves of their originals, which are never changed. A copy that does not fit
// releases its memory.
#include "datasets/verify/math/tree/expression.h"

#include <string.h>

expr *expr_leaf(scratch *m, expr_kind kind)
{
    expr *e = scratch_take(m, sizeof *e);
    if (e != NULL)
        *e = (expr){.kind = (uint8_t)kind, .places = -1, .depth = 1};
    return e;
}

expr *expr_node(scratch *m, expr_kind kind, expr *const *children, size_t count)
{
    uint8_t depth = 0;
    if (count > EXPR_CHILDREN)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (children[i] == NULL || children[i]->depth >= EXPR_DEPTH)
            return NULL;
        if (children[i]->depth > depth)
            depth = children[i]->depth;
    }
    expr *e = expr_leaf(m, kind);
    expr **copies = scratch_take(m, (count > 0 ? count : 1) * sizeof *copies);
    if (e == NULL || copies == NULL)
        return NULL;
    if (count > 0)
        memcpy(copies, children, count * sizeof *copies);
    e->child = copies;
    e->count = (uint16_t)count;
    e->depth = (uint8_t)(depth + 1);
    return e;
}

expr *expr_unary(scratch *m, expr_kind kind, expr *child)
{
    return expr_node(m, kind, &child, 1);
}

expr *expr_binary(scratch *m, expr_kind kind, expr *first, expr *second)
{
    expr *children[2] = {first, second};
    return expr_node(m, kind, children, 2);
}

expr *expr_number(scratch *m, int64_t value)
{
    expr *e = expr_leaf(m, EXPR_NUMBER);
    return e != NULL && exact_integer(&e->value, m, value) ? e : NULL;
}

bool expr_is_scalar_kind(expr_kind kind)
{
    return kind <= EXPR_QUANTITY;
}

bool expr_is_scalar(const expr *e)
{
    if (!expr_is_scalar_kind((expr_kind)e->kind))
        return false;
    for (size_t i = 0; i < e->count; i++)
        if (!expr_is_scalar(e->child[i]))
            return false;
    return true;
}

bool expr_contains(const expr *e, expr_kind kind)
{
    if (e->kind == kind)
        return true;
    for (size_t i = 0; i < e->count; i++)
        if (expr_contains(e->child[i], kind))
            return true;
    return false;
}

bool expr_same(const expr *a, const expr *b)
{
    bool same = a->kind == b->kind && a->op == b->op && a->count == b->count &&
                distill_span_equal(a->text, b->text);
    if (same && a->kind == EXPR_NUMBER && a->text.length == 0)
        return false;
    for (size_t i = 0; i < a->count && same; i++)
        same = expr_same(a->child[i], b->child[i]);
    return same;
}

bool expr_has_symbol(const expr *e, const distill_span *name)
{
    if ((e->kind == EXPR_SYMBOL || e->kind == EXPR_CALL) &&
        (name == NULL || distill_span_equal(e->text, *name)))
        return true;
    for (size_t i = 0; i < e->count; i++)
        if (expr_has_symbol(e->child[i], name))
            return true;
    return false;
}

const expr *expr_other_symbol(const expr *e, const distill_span *except)
{
    if (e->kind == EXPR_SYMBOL && (except == NULL || !distill_span_equal(e->text, *except)))
        return e;
    for (size_t i = 0; i < e->count; i++) {
        const expr *found = expr_other_symbol(e->child[i], except);
        if (found != NULL)
            return found;
    }
    return NULL;
}

int expr_count_either(const expr *e)
{
    int count = e->kind == EXPR_EITHER;
    for (size_t i = 0; i < e->count; i++)
        count += expr_count_either(e->child[i]);
    return count;
}

/// How a copy differs from its original.
typedef struct rewriting {
    scratch *m;
    unsigned signs; // of the next EXPR_EITHER nodes, lowest bit first; of all of them if `together`
    bool choose, together;
    bool natural;             // logarithms without a base become natural
    bool cross;               // products of names joined by \times become calls
    bool conjugate;           // |z|^2 becomes z times its conjugate
    const distill_span *name; // symbol to be replaced by `by`; NULL: none
    expr *by;
} rewriting;

/// |z|^2
static bool is_squared_modulus(const expr *e)
{
    int64_t power;
    return e->kind == EXPR_POWER && e->child[0]->kind == EXPR_ABS &&
           e->child[1]->kind == EXPR_NUMBER && exact_to_int(&power, &e->child[1]->value) &&
           power == 2;
}

static expr *times_conjugate(scratch *m, expr *z)
{
    expr *conjugate = expr_unary(m, EXPR_CALL, z);
    if (conjugate != NULL)
        conjugate->text = distill_span_of(EXPR_CONJUGATE);
    return expr_binary(m, EXPR_MULTIPLY, z, conjugate);
}

static expr *rewrite(rewriting *r, const expr *e)
{
    if (r->name != NULL && e->kind == EXPR_SYMBOL && distill_span_equal(e->text, *r->name))
        return r->by;
    if (e->count == 0)
        return (expr *)e; // leaves are immutable and therefore shared
    bool minus = r->signs & 1;
    if (e->kind == EXPR_EITHER && r->choose && !r->together)
        r->signs >>= 1;
    size_t mark = r->m->used;
    expr **copies = scratch_take(r->m, e->count * sizeof *copies);
    if (copies == NULL)
        return NULL;
    for (size_t i = 0; i < e->count; i++)
        copies[i] = rewrite(r, e->child[i]);
    if (e->kind == EXPR_EITHER && r->choose) {
        if (e->op == 2)
            minus = !minus;
        return minus ? expr_unary(r->m, EXPR_NEGATE, copies[0]) : copies[0];
    }
    expr *copy = expr_node(r->m, (expr_kind)e->kind, copies, e->count);
    if (copy == NULL) {
        r->m->used = mark;
        return NULL;
    }
    expr **children = copy->child;
    uint8_t depth = copy->depth;
    *copy = *e;
    copy->child = children;
    copy->depth = depth;
    copy->values = NULL;
    if (r->natural && e->kind == EXPR_FUNCTION && e->op == FUNCTION_LOG && e->count == 1)
        copy->op = FUNCTION_LN;
    if (r->cross && e->kind == EXPR_MULTIPLY && e->op == 1) {
        copy->kind = EXPR_CALL;
        copy->text = distill_span_of(EXPR_CROSS_PRODUCT);
    }
    return r->conjugate && is_squared_modulus(e) ? times_conjugate(r->m, copies[0]->child[0])
                                                 : copy;
}

expr *expr_choose_signs(scratch *m, const expr *e, unsigned signs, bool together)
{
    rewriting r = {.m = m, .signs = signs, .choose = true, .together = together};
    return rewrite(&r, e);
}

expr *expr_natural_logarithms(scratch *m, const expr *e)
{
    rewriting r = {.m = m, .natural = true};
    return rewrite(&r, e);
}

expr *expr_cross_products(scratch *m, const expr *e)
{
    rewriting r = {.m = m, .cross = true};
    return rewrite(&r, e);
}

expr *expr_conjugates(scratch *m, const expr *e)
{
    rewriting r = {.m = m, .conjugate = true};
    return rewrite(&r, e);
}

expr *expr_substitute(scratch *m, const expr *e, distill_span name, expr *by)
{
    rewriting r = {.m = m, .name = &name, .by = by};
    return rewrite(&r, e);
}
