// datasets/verify/math/compare/real_solve.c - solves linear and quadratic relations in one
// variable.
//
// The difference of the two sides is evaluated at five points: three determine a quadratic, the
// other two must confirm it. This accepts any way of writing a quadratic and refuses everything
// else. |u| < a becomes u^2 < a^2. A double root is refused, because rounding would decide whether
// there is one solution or none.
#include "datasets/verify/math/compare/real_solve.h"

#include "datasets/verify/math/compare/scalar.h"

#include <math.h>

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
    if (v == NULL || !v->at[0].valid || !ball_is_real(&v->at[0]))
        return false;
    out->value = v->at[0];
    out->value.im = 0;
    return true;
}

/// The tree that the relation is about: its only symbol, or a call alone on one side; NULL if there
/// is none.
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

/// The solutions of `variable relation bound`.
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

/// The relation with its sides exchanged.
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

/// The coefficients k of k2 x^2 + k1 x + k0 = f(x), from the values at 1, 2 and 3, confirmed at two
/// other points.
static bool fit_quadratic(checker *c, ball k[3], const expr *f, distill_span name)
{
    ball y[5], half = ball_real(0.5L);
    static const long double AT[5] = {1, 2, 3, 4.5L, -2.25L};
    for (int i = 0; i < 5; i++) {
        evaluation at = {.budget = c->budget, .fixed = &name, .fixed_value = ball_real(AT[i])};
        at.fixed_value.error = 0;
        y[i] = evaluate(&at, f);
        c->budget = at.budget;
        if (!y[i].valid || !ball_is_real(&y[i]))
            return false;
    }
    // k2 is half the second difference; then Newton's form is expanded
    ball minus0 = ball_negate(&y[0]), minus1 = ball_negate(&y[1]);
    ball d1 = ball_add(&y[1], &minus0), d2 = ball_add(&y[2], &minus1);
    ball minus = ball_negate(&d1), second = ball_add(&d2, &minus);
    k[2] = ball_multiply(&second, &half);
    ball three = ball_real(-3), part = ball_multiply(&k[2], &three);
    k[1] = ball_add(&d1, &part);
    ball rest = ball_add(&k[1], &k[2]);
    rest = ball_negate(&rest);
    k[0] = ball_add(&y[0], &rest);
    for (int i = 3; i < 5; i++) {
        ball x = ball_real(AT[i]), sum = ball_multiply(&k[2], &x);
        sum = ball_add(&sum, &k[1]);
        sum = ball_multiply(&sum, &x);
        sum = ball_add(&sum, &k[0]);
        if (ball_equal(&sum, &y[i]) != 1)
            return false;
    }
    return true;
}

/// k1 x + k0 relation 0.
static bool solve_linear(real_set *out, const ball k[3], uint8_t relation)
{
    ball minus = ball_negate(&k[0]);
    real_bound at = {.value = ball_divide(&minus, &k[1])};
    if (!at.value.valid)
        return false;
    at.value.im = 0;
    return half_line(out, k[1].re < 0 ? turned(relation) : relation, at);
}

/// k2 x^2 + k1 x + k0 relation 0 with two real roots; false with one or none.
static bool solve_quadratic(real_set *out, const ball k[3], uint8_t relation)
{
    ball four = ball_real(-4), two = ball_real(2);
    ball square = ball_multiply(&k[1], &k[1]), product = ball_multiply(&k[0], &k[2]);
    product = ball_multiply(&product, &four);
    ball inside = ball_add(&square, &product), below = ball_multiply(&k[2], &two);
    if (ball_is_zero(&inside) || inside.re < 0)
        return false; // a double root, or none
    long double width = sqrtl(inside.re);
    ball root = {width, 0, inside.error / width + 4e-19L * width, true};
    ball minus_root = ball_negate(&root), minus_b = ball_negate(&k[1]);
    ball one = ball_add(&minus_b, &root), other = ball_add(&minus_b, &minus_root);
    real_bound low = {.value = ball_divide(&one, &below)},
               high = {.value = ball_divide(&other, &below)};
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

/// u^2 - constant^2 for `left` = |u| and a constant `right` >= 0; NULL for others.
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

/// The solutions of a relation in the symbol `name`.
static bool solve_for_symbol(checker *c, real_set *out, distill_span name, expr *left,
                             uint8_t relation, expr *right)
{
    ball k[3];
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
    if (!ball_is_zero(&k[2]))
        return solve_quadratic(out, k, relation);
    return !ball_is_zero(&k[1]) && solve_linear(out, k, relation);
}

/// The two trees are the same symbol, or equal calls.
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
    if (relation >= RELATION_APPROXIMATE || !expr_is_scalar(left) || !expr_is_scalar(right))
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
