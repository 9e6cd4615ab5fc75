// datasets/verify/math/compare/compare_family.c - compares families of values with a running integer:
// \frac{\pi}{4} + k\pi, k \in \mathbb{Z}.
//
// Where every value is linear in the integer and has no other variable, a family is a set of offsets
// that repeats with a period. Both families are written out over the longest period of all and
// compared offset by offset, so that k\pi equals 2k\pi and \pi + 2k\pi together. Other families are
// equal only if their values are.
// Limits: 32 values, periods that divide the longest one at most 24 times.
#include "datasets/verify/math/compare/compare_rules.h"

#include "datasets/verify/ascii.h"
#include "datasets/verify/math/compare/compare_tree.h"
#include "datasets/verify/math/compare/relation.h"
#include "datasets/verify/math/tree/evaluate.h"

#include <math.h>
#include <string.h>

enum { FAMILY_VALUES = 32, MOST_REPEATS = 24, MOST_OFFSETS = 256 };

typedef struct family {
    size_t count;
    long double offset[FAMILY_VALUES], period[FAMILY_VALUES];
    expr *name; // of the unknown; NULL: none is given
} family;

/// The condition k \in \mathbb{Z} after the values; NULL for other trees.
static const expr *condition_of(const expr *e)
{
    const expr *last = e->kind == EXPR_LIST ? e->child[e->count - 1] : e;
    bool runs = e->kind == EXPR_LIST && e->count > 1 && last->kind == EXPR_RELATION &&
                last->count == 2 && last->relations[0] == RELATION_IN &&
                last->child[0]->kind == EXPR_SYMBOL && last->child[1]->kind == EXPR_NAMED_SET;
    bool whole = runs && (last->child[1]->op == 'Z' || last->child[1]->op == 'N');
    return whole ? last : NULL;
}

bool describes_family(const expr *e)
{
    return condition_of(e) != NULL;
}

/// The values of a family without its condition.
static expr *values_of(checker *c, expr *e)
{
    return condition_of(e) != NULL ? expr_node(c->m, EXPR_LIST, e->child, e->count - 1u) : e;
}

/// The running integer: that of the condition, or else a letter which is usual for one.
static distill_span index_of(const expr *e)
{
    static const char *const USUAL[] = {"k", "n", "m"};
    const expr *condition = condition_of(e);
    if (condition != NULL)
        return condition->child[0]->text;
    for (size_t i = 0; i < sizeof USUAL / sizeof *USUAL; i++) {
        distill_span name = distill_span_of(USUAL[i]);
        if (expr_has_symbol(e, &name))
            return name;
    }
    return (distill_span){"", 0};
}

/// The tree has the constant \pi and the index, and no other letter but the name of an unknown.
static bool is_bare_family(const expr *e, const distill_span *index)
{
    const expr *value = relation_is_equation(e) ? e->child[e->count - 1] : e;
    return index->length > 0 && expr_is_scalar(value) && expr_contains(value, EXPR_CONSTANT) &&
           expr_other_symbol(value, index) == NULL && expr_has_symbol(value, index);
}

/// x = …, of an unknown in lower case; the A of A = k\pi may be an area.
static bool names_unknown(const expr *e)
{
    return relation_is_equation(e) && e->count == 2 && e->child[0]->kind == EXPR_SYMBOL &&
           !ascii_is_capital(*e->child[0]->text.bytes);
}

bool are_bare_families(const expr *a, const expr *b)
{
    if (!expr_contains(a, EXPR_CONSTANT) || !expr_contains(b, EXPR_CONSTANT))
        return false;
    distill_span in_a = index_of(a), in_b = index_of(b);
    bool families = !distill_span_equal(in_a, in_b) || (names_unknown(a) && names_unknown(b));
    return families && is_bare_family(a, &in_a) && is_bare_family(b, &in_b);
}

bool are_signed_families(const expr *a, const expr *b)
{
    distill_span in_a = index_of(a), in_b = index_of(b);
    return (describes_family(a) || is_bare_family(a, &in_a)) &&
           (describes_family(b) || is_bare_family(b, &in_b));
}

static bool value_at(checker *c, long double *out, const expr *e, const distill_span *index, int k)
{
    evaluation at = {.budget = c->budget, .fixed = index, .fixed_value = ball_real(k)};
    ball value = evaluate(&at, e);
    c->budget = at.budget;
    *out = value.re;
    return value.valid && ball_is_real(&value);
}

/// Adds a value that is linear in the index; false if it is not, or if it has other variables.
static bool add_value(checker *c, family *out, expr *e, const distill_span *index)
{
    expr *name, *value = e;
    long double v[3];
    if (e->kind == EXPR_RELATION) {
        if (!relation_assigns(e, &name, &value))
            return false;
        out->name = name;
    }
    if (out->count == FAMILY_VALUES || !expr_is_scalar(value) ||
        expr_other_symbol(value, index) != NULL || expr_contains(value, EXPR_CALL))
        return false;
    for (int k = 0; k < 3; k++)
        if (!value_at(c, &v[k], value, index, k))
            return false;
    long double period = fabsl(v[1] - v[0]);
    if (period < 1e-6L || fabsl((v[2] - v[1]) - (v[1] - v[0])) > 1e-12L * (1 + fabsl(v[2])))
        return false;
    out->offset[out->count] = v[0];
    out->period[out->count++] = period;
    return true;
}

static bool read_family(checker *c, family *out, expr *e)
{
    distill_span index = index_of(e);
    expr *values = values_of(c, e);
    *out = (family){.count = 0};
    values = values != NULL ? list_without_either(c, values, false) : NULL;
    if (values == NULL || index.length == 0)
        return false;
    for (size_t i = 0; i < values->count; i++)
        if (!add_value(c, out, values->child[i], &index))
            return false;
    return out->count > 0;
}

/// The offsets of all values in [0, length); 0 if a period does not divide the length.
static size_t write_out(long double *out, const family *f, long double length)
{
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++) {
        long double repeats = roundl(length / f->period[i]);
        if (repeats > MOST_REPEATS || fabsl(repeats * f->period[i] - length) > 1e-9L * length)
            return 0;
        for (int k = 0; k < (int)repeats; k++) {
            long double at = f->offset[i] + k * f->period[i];
            if (count == MOST_OFFSETS)
                return 0;
            out[count++] = at - length * floorl(at / length);
        }
    }
    return count;
}

/// Every offset of `a` is one of `b`.
static bool covers(const long double *b, size_t count_b, const long double *a, size_t count_a,
                   long double length)
{
    for (size_t i = 0; i < count_a; i++) {
        bool found = false;
        for (size_t j = 0; j < count_b && !found; j++) {
            long double off = fabsl(a[i] - b[j]);
            found = off < 1e-9L * length || length - off < 1e-9L * length;
        }
        if (!found)
            return false;
    }
    return true;
}

static verdict_outcome compare_offsets(const family *a, const family *b)
{
    long double length = 0, x[MOST_OFFSETS], y[MOST_OFFSETS];
    for (size_t i = 0; i < a->count; i++)
        length = fmaxl(length, a->period[i]);
    for (size_t i = 0; i < b->count; i++)
        length = fmaxl(length, b->period[i]);
    size_t count_x = write_out(x, a, length), count_y = write_out(y, b, length);
    if (count_x == 0 || count_y == 0)
        return VERDICT_UNKNOWN;
    return covers(y, count_y, x, count_x, length) && covers(x, count_x, y, count_y, length)
               ? VERDICT_RIGHT
               : VERDICT_WRONG;
}

/// Families that are not read as offsets: right if their values are equal with one name for the
/// integer.
static verdict_outcome compare_values(checker *c, expr *a, expr *b)
{
    const expr *in_a = condition_of(a), *in_b = condition_of(b);
    if (in_a == NULL || in_b == NULL || a->count != b->count)
        return VERDICT_UNKNOWN;
    expr *x = values_of(c, a), *y = values_of(c, b);
    if (y != NULL)
        y = expr_substitute(c->m, y, in_b->child[0]->text, in_a->child[0]);
    return x != NULL && y != NULL ? unknown_unless_right(compare_trees(c, x, y)) : VERDICT_UNKNOWN;
}

verdict_outcome compare_families(checker *c, expr *a, expr *b)
{
    family x, y;
    const expr *in_a = condition_of(a), *in_b = condition_of(b);
    bool same_set = in_a == NULL || in_b == NULL || in_a->child[1]->op == in_b->child[1]->op;
    if (!same_set)
        return VERDICT_WRONG;
    if (!read_family(c, &x, a) || !read_family(c, &y, b))
        return compare_values(c, a, b);
    verdict_outcome outcome = compare_offsets(&x, &y);
    bool named = x.name != NULL && y.name != NULL && !c->options.any_variable;
    if (outcome == VERDICT_RIGHT && named && !relation_same_name(c, x.name, y.name))
        outcome = VERDICT_UNKNOWN;
    c->rule = "family of values";
    return outcome;
}
