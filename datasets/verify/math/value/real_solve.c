// datasets/verify/math/value/real_solve.c - inequalities, linear or quadratic in one variable.
#include "datasets/verify/math/value/real_solve.h"

#include "datasets/verify/math/compare/scalar.h"

#include <math.h>

/// The tree that the relation is about: a symbol, or a call alone on its side.
static expr *find_variable(expr *left, expr *right)
{
    if (left->kind == EXPR_CALL && !expr_has_symbol(right, NULL))
        return left;
    if (right->kind == EXPR_CALL && !expr_has_symbol(left, NULL))
        return right;
    const expr *found = expr_other_symbol(left, NULL);
    if (found == NULL)
        found = expr_other_symbol(right, NULL);
    if (found == NULL || expr_other_symbol(left, &found->text) != NULL ||
        expr_other_symbol(right, &found->text) != NULL || expr_contains(left, EXPR_CALL) ||
        expr_contains(right, EXPR_CALL))
        return NULL;
    return (expr *)found;
}

/// Above, below or at `bound`, as `variable relation bound` says.
static bool half_line(real_set *out, uint8_t relation, real_bound bound)
{
    real_piece p = REAL_LINE.piece[0];
    bound.closed = relation == RELATION_LESS_EQUAL || relation == RELATION_GREATER_EQUAL ||
                   relation == RELATION_EQUAL || relation == RELATION_NOT_EQUAL;
    if (bound.infinite != 0)
        bound.closed = false;
    if (relation != RELATION_GREATER && relation != RELATION_GREATER_EQUAL)
        p.high = bound;
    if (relation != RELATION_LESS && relation != RELATION_LESS_EQUAL)
        p.low = bound;
    out->count = 0;
    return real_set_add(out, p) && (relation != RELATION_NOT_EQUAL || real_set_complement(out));
}

static uint8_t turned(uint8_t relation)
{
    switch (relation) {
    case RELATION_LESS:
        return RELATION_GREATER;
    case RELATION_LESS_EQUAL:
        return RELATION_GREATER_EQUAL;
    case RELATION_GREATER:
        return RELATION_LESS;
    case RELATION_GREATER_EQUAL:
        return RELATION_LESS_EQUAL;
    default:
        return relation;
    }
}

/// Coefficients of a polynomial of degree at most 2 through its values at 1, 2, 3, checked at two
/// other points.
static bool fit_quadratic(checker *c, sample k[3], const expr *f, distill_span name)
{
    sample y[5], half = sample_real(0.5L);
    static const long double AT[5] = {1, 2, 3, 4.5L, -2.25L};
    for (int i = 0; i < 5; i++) {
        evaluation at = {.budget = c->budget, .fixed = &name, .fixed_value = sample_real(AT[i])};
        at.fixed_value.error = 0;
        y[i] = evaluate(&at, f);
        c->budget = at.budget;
        if (!y[i].valid || !sample_is_real(&y[i]))
            return false;
    }
    // second difference / 2, then Newton's form expanded
    sample minus0 = sample_negate(&y[0]), minus1 = sample_negate(&y[1]);
    sample d1 = sample_add(&y[1], &minus0), d2 = sample_add(&y[2], &minus1);
    sample minus = sample_negate(&d1), second = sample_add(&d2, &minus);
    k[2] = sample_multiply(&second, &half);
    sample three = sample_real(-3), part = sample_multiply(&k[2], &three);
    k[1] = sample_add(&d1, &part);
    sample rest = sample_add(&k[1], &k[2]);
    rest = sample_negate(&rest);
    k[0] = sample_add(&y[0], &rest);
    for (int i = 3; i < 5; i++) {
        sample x = sample_real(AT[i]), sum = sample_multiply(&k[2], &x);
        sum = sample_add(&sum, &k[1]);
        sum = sample_multiply(&sum, &x);
        sum = sample_add(&sum, &k[0]);
        if (sample_equal(&sum, &y[i]) != 1)
            return false;
    }
    return true;
}

static bool is_zero(const sample *s)
{
    return hypotl(s->re, s->im) <= 64 * s->error;
}

static bool solve_linear(real_set *out, const sample k[3], uint8_t relation)
{
    sample minus = sample_negate(&k[0]);
    real_bound at = {.value = sample_divide(&minus, &k[1])};
    if (!at.value.valid)
        return false;
    at.value.im = 0;
    return half_line(out, k[1].re < 0 ? turned(relation) : relation, at);
}

/// k2 x^2 + k1 x + k0 relation 0 with real zeros, one or two.
static bool solve_quadratic(real_set *out, const sample k[3], uint8_t relation)
{
    sample four = sample_real(-4), two = sample_real(2);
    sample square = sample_multiply(&k[1], &k[1]), product = sample_multiply(&k[0], &k[2]);
    product = sample_multiply(&product, &four);
    sample inside = sample_add(&square, &product), below = sample_multiply(&k[2], &two);
    if (is_zero(&inside) || inside.re < 0)
        return false; // a double zero, or none: rounding would decide
    long double width = sqrtl(inside.re);
    sample root = {width, 0, inside.error / width + 4e-19L * width, true};
    sample minus_root = sample_negate(&root), minus_b = sample_negate(&k[1]);
    sample one = sample_add(&minus_b, &root), other = sample_add(&minus_b, &minus_root);
    real_bound low = {.value = sample_divide(&one, &below)},
               high = {.value = sample_divide(&other, &below)};
    if (!low.value.valid || !high.value.valid)
        return false;
    if (low.value.re > high.value.re) {
        real_bound swap = low;
        low = high;
        high = swap;
    }
    bool inside_holds =
        (relation == RELATION_LESS || relation == RELATION_LESS_EQUAL) == (k[2].re > 0);
    bool ends_hold = relation == RELATION_LESS_EQUAL || relation == RELATION_GREATER_EQUAL;
    out->count = 0;
    if (relation == RELATION_EQUAL || relation == RELATION_NOT_EQUAL) {
        low.closed = high.closed = true;
        return real_set_add(out, (real_piece){low, low}) &&
               real_set_add(out, (real_piece){high, high}) &&
               (relation == RELATION_EQUAL || real_set_complement(out));
    }
    low.closed = high.closed = ends_hold == inside_holds;
    return real_set_add(out, (real_piece){low, high}) && (inside_holds || real_set_complement(out));
}

/// |u| relation constant: u^2 relation constant^2, for constants that are not negative.
static expr *without_bars(checker *c, expr *left, expr *right)
{
    real_bound bound;
    expr *two = expr_number(c->m, 2);
    if (left->kind != EXPR_ABS || !real_bound_of(c, &bound, right, true) || bound.infinite != 0 ||
        bound.value.re < 0 || two == NULL)
        return NULL;
    expr *square = expr_binary(c->m, EXPR_POWER, left->child[0], two);
    expr *other = expr_binary(c->m, EXPR_POWER, right, two);
    return expr_binary(c->m, EXPR_ADD, square, expr_unary(c->m, EXPR_NEGATE, other));
}

static bool solve_for_symbol(checker *c, real_set *out, distill_span name, expr *left,
                             uint8_t relation, expr *right)
{
    sample k[3];
    expr *f;
    if (expr_contains(left, EXPR_ABS) || expr_contains(right, EXPR_ABS)) {
        f = without_bars(c, left, right);
        if (f == NULL) {
            f = without_bars(c, right, left);
            relation = turned(relation);
        }
    } else {
        f = expr_binary(c->m, EXPR_ADD, left, expr_unary(c->m, EXPR_NEGATE, right));
    }
    if (f == NULL || !fit_quadratic(c, k, f, name))
        return false;
    if (!is_zero(&k[2]))
        return solve_quadratic(out, k, relation);
    return !is_zero(&k[1]) && solve_linear(out, k, relation);
}

/// The two trees are the same symbol, or calls that agree.
static bool same_variable(checker *c, expr *a, expr *b)
{
    if (a->kind == EXPR_SYMBOL && b->kind == EXPR_SYMBOL)
        return distill_span_equal(a->text, b->text);
    return a->kind == b->kind && scalar_compare(c, a, b) == VERDICT_RIGHT;
}

bool real_solve(checker *c, real_set *out, expr **variable, expr *left, uint8_t relation,
                expr *right)
{
    real_bound bound;
    if (relation == RELATION_OTHER || !expr_is_scalar(left) || !expr_is_scalar(right))
        return false;
    expr *found = find_variable(left, right);
    if (found == NULL || (*variable != NULL && !same_variable(c, *variable, found)))
        return false;
    *variable = found;
    if (left == found && real_bound_of(c, &bound, right, false))
        return half_line(out, relation, bound);
    if (right == found && real_bound_of(c, &bound, left, false))
        return half_line(out, turned(relation), bound);
    return found->kind == EXPR_SYMBOL &&
           solve_for_symbol(c, out, found->text, left, relation, right);
}
