// datasets/verify/math/compare/relation.c - compares equations by their solutions, and
// inequalities.
//
// Let f and g be the differences of the two sides of the two equations. If g/f is the same number
// at all points, the equations are multiples of each other: right. If one of them has the form v =
// expression, it is put into the other, which must hold and be linear in v: right, or wrong if it
// does not hold. Otherwise points with f = 0 are found by the secant method; if g does not vanish
// there the equations are wrong, else unknown. Inequalities are equal if g/f is the same positive
// number, and wrong if their truth differs at a point.
#include "datasets/verify/math/compare/relation.h"

#include "datasets/verify/ascii.h"
#include "datasets/verify/math/compare/scalar.h"
#include "datasets/verify/math/tree/evaluate.h"
#include "datasets/verify/math/words/word_answer.h"

#include <math.h>
#include <string.h>

enum { CURVE_POINTS = 4 };

bool relation_is_equation(const expr *e)
{
    if (e->kind != EXPR_RELATION)
        return false;
    for (size_t i = 0; i + 1 < e->count; i++)
        if (e->relations[i] != RELATION_EQUAL && e->relations[i] != RELATION_APPROXIMATE)
            return false;
    return true;
}

/// A capital letter or the name of an angle.
static bool is_capital_symbol(const expr *e)
{
    return e->kind == EXPR_SYMBOL && e->text.length > 0 &&
           (ascii_is_capital(e->text.bytes[0]) || e->text.bytes[0] == EXPR_ANGLE_MARK[0]);
}

/// Names written side by side: AB, m ABC, P(A), x(t), dy; also the value of a polynomial, p(3).
static bool is_name_product(const expr *e)
{
    bool capital = false;
    if (e->kind != EXPR_MULTIPLY)
        return false;
    if (e->count == 2 && e->child[0]->kind == EXPR_SYMBOL && e->child[1]->kind == EXPR_NUMBER &&
        e->child[1]->grouped)
        return strchr("pqPQRSTV", *e->child[0]->text.bytes) != NULL;
    for (size_t i = 0; i < e->count; i++) {
        if (e->child[i]->kind != EXPR_SYMBOL)
            return false;
        capital = capital || is_capital_symbol(e->child[i]);
    }
    bool derivative = distill_span_is(e->child[0]->text, "d"); // dy/dx
    return capital || derivative || (e->count == 2 && e->child[1]->grouped);
}

/// The tree is the name of a value: a symbol, words, a call, or a collection or quotient of names.
static bool is_name(const expr *e)
{
    switch (e->kind) {
    case EXPR_SYMBOL:
    case EXPR_CALL:
    case EXPR_TEXT:
        return true;
    case EXPR_MULTIPLY:
        return is_name_product(e);
    case EXPR_FUNCTION:
    case EXPR_ABS:
        return expr_has_symbol(e, NULL);
    case EXPR_DIVIDE:
    case EXPR_RATIO:
    case EXPR_BRACKET:
        for (size_t i = 0; i < e->count; i++)
            if (!is_name(e->child[i]))
                return false;
        return true;
    default:
        return false;
    }
}

/// The name does not occur in the value.
static bool is_free_of(const expr *value, const expr *name)
{
    return name->kind != EXPR_SYMBOL || !expr_has_symbol(value, &name->text);
}

expr *relation_stated_value(const expr *e, size_t first)
{
    size_t value = first;
    while (value + 1u < e->count && e->relations[value] != RELATION_APPROXIMATE)
        value++;
    return e->child[value];
}

bool relation_assigns(expr *e, expr **name, expr **value)
{
    if (!relation_is_equation(e))
        return false;
    bool labelled = e->child[0]->kind == EXPR_TEXT && e->count > 2; // Answer: x = 5
    *name = e->child[labelled && is_name(e->child[1]) ? 1 : 0];
    *value = relation_stated_value(e, 1);
    if (is_name(*name) && is_free_of(*value, *name))
        return true;
    *name = e->child[e->count - 1];
    *value = e->child[e->count - 2];
    return is_name(*name) && is_free_of(*value, *name);
}

/// Words without the colon and the spaces behind them.
static distill_span plain_words(distill_span words)
{
    while (words.length > 0 && strchr(":} ", words.bytes[words.length - 1]) != NULL)
        words.length--;
    return words;
}

bool relation_same_name(checker *c, expr *a, expr *b)
{
    if (a->kind == EXPR_TEXT || b->kind == EXPR_TEXT)
        return a->kind == b->kind &&
               word_compare(plain_words(a->text), plain_words(b->text)) == VERDICT_RIGHT;
    if (a->kind != b->kind)
        return false;
    if (!expr_is_scalar(a) || !expr_is_scalar(b)) {
        if (a->count != b->count)
            return false;
        for (size_t i = 0; i < a->count; i++)
            if (!relation_same_name(c, a->child[i], b->child[i]))
                return false;
        return true;
    }
    return scalar_compare(c, a, b) == VERDICT_RIGHT;
}

/// The difference of the sides of the i-th relation; for > and >= right - left, so that < 0 or <= 0
/// remains.
static expr *difference_of(checker *c, const expr *e, size_t i)
{
    uint8_t r = e->relations[i];
    bool swap = r == RELATION_GREATER || r == RELATION_GREATER_EQUAL;
    expr *left = e->child[swap ? i + 1 : i], *right = e->child[swap ? i : i + 1];
    return expr_binary(c->m, EXPR_ADD, left, expr_unary(c->m, EXPR_NEGATE, right));
}

/// 1, -1 or 2 if g / f is the same positive, negative or complex number at all points; 0 if it is
/// not; -2 if fewer than three points can be compared.
static int constant_ratio(checker *c, expr *f, expr *g)
{
    const scalar_values *vf = scalar_values_of(c, f), *vg = scalar_values_of(c, g);
    ball first = {0};
    int points = 0;
    if (vf == NULL || vg == NULL)
        return -2;
    for (int i = 0; i < EVALUATION_POINTS; i++) {
        const ball *x = &vf->at[vf->count > 1 ? i : 0], *y = &vg->at[vg->count > 1 ? i : 0];
        if (!x->valid || !y->valid)
            continue;
        ball ratio = ball_divide(y, x);
        if (!ratio.valid)
            continue;
        if (points++ == 0)
            first = ratio;
        else if (ball_equal(&ratio, &first) == 0)
            return 0;
    }
    if (points < 3 || ball_is_zero(&first))
        return -2;
    return !ball_is_real(&first) ? 2 : first.re > 0 ? 1 : -1;
}

/// f at `point`, where the variable `name` has the given value.
static ball value_with(checker *c, const expr *f, int point, distill_span name, ball value)
{
    evaluation at = {.point = point, .budget = c->budget, .fixed = &name, .fixed_value = value};
    ball result = evaluate(&at, f);
    c->budget = at.budget;
    return result;
}

/// Finds a zero of f as a function of `name` by the secant method, from `start` on; its error is a few times
/// epsilon. False if the iteration does not converge.
static bool find_zero(checker *c, ball *zero, const expr *f, int point, distill_span name,
                      long double start)
{
    ball x = {start, 0.3L, 0, true}, step = {0.01L, 0, 0, true};
    for (int i = 0; i < 60; i++) {
        ball next = ball_add(&x, &step);
        x.error = next.error = 0;
        ball y = value_with(c, f, point, name, x), z = value_with(c, f, point, name, next);
        if (!y.valid || !z.valid)
            return false;
        ball minus = ball_negate(&y), rise = ball_add(&z, &minus);
        ball slope = ball_divide(&rise, &step);
        ball move = slope.valid ? ball_divide(&minus, &slope) : slope;
        if (!move.valid)
            return false;
        x = ball_add(&x, &move);
        long double length = hypotl(move.re, move.im), size = hypotl(x.re, x.im);
        if (length < 1e-15L * (1 + size)) {
            *zero = x;
            zero->error = 1e-16L * (1 + size);
            return true;
        }
        step = (ball){length * 1e-3L + 1e-18L * size, 0, 0, true};
    }
    return false;
}

/// Whether g vanishes where f does: 1 yes, at all points found; 0 no; -1 too few points are found.
static int vanishes_with(checker *c, const expr *f, const expr *g)
{
    const expr *symbol = expr_other_symbol(f, NULL);
    int found = 0;
    if (symbol == NULL)
        return -1;
    for (int point = 0; point < CURVE_POINTS; point++) {
        ball zero;
        if (!find_zero(c, &zero, f, point, symbol->text, 0.7L))
            continue;
        ball value = value_with(c, g, point, symbol->text, zero);
        if (!value.valid)
            continue;
        ball near = zero;
        near.re += 0.125L;
        ball scale = value_with(c, g, point, symbol->text, near);
        long double size = scale.valid ? hypotl(scale.re, scale.im) : 1;
        if (hypotl(value.re, value.im) > 1e-9L * size + 1e3L * value.error)
            return 0;
        found++;
    }
    return found >= 2 ? 1 : -1;
}

/// A symbol occurs in the tree that is neither `name` nor in `value`.
static bool has_further_symbol(const expr *e, const expr *name, const expr *value)
{
    if (e->kind == EXPR_SYMBOL && !distill_span_equal(e->text, name->text) &&
        !expr_has_symbol(value, &e->text))
        return true;
    for (size_t i = 0; i < e->count; i++)
        if (has_further_symbol(e->child[i], name, value))
            return true;
    return false;
}

/// g, which is linear in `name`, is a multiple of name - value by a factor that vanishes where
/// the value is defined: (y - 2x)(x - 1) has a line more than y - 2x.
static bool has_further_factor(checker *c, expr *g, const expr *name, const expr *value)
{
    static const long double STARTS[] = {0.7L, 2.3L, -1.9L};
    expr *rest = expr_substitute(c->m, g, name->text, expr_number(c->m, 0));
    expr *slope = expr_substitute(c->m, g, name->text, expr_number(c->m, 1));
    slope = rest != NULL && slope != NULL
                ? expr_binary(c->m, EXPR_ADD, slope, expr_unary(c->m, EXPR_NEGATE, rest))
                : NULL;
    if (slope == NULL || has_further_symbol(g, name, value))
        return true;
    const expr *symbol = expr_other_symbol(slope, NULL);
    for (size_t i = 0; symbol != NULL && i < sizeof STARTS / sizeof *STARTS; i++) {
        ball zero;
        if (!find_zero(c, &zero, slope, 1, symbol->text, STARTS[i]))
            continue;
        ball there = value_with(c, rest, 1, symbol->text, zero);
        if (there.valid && hypotl(there.re, there.im) < 1e-9L)
            return true;
    }
    return false;
}

/// Puts v = expression, which `a` must be, into the equation g = 0: 1 if g vanishes and is linear
/// in v without a further factor, 0 if g does not vanish, -1 if neither can be determined.
static int solves(checker *c, expr *a, expr *g)
{
    expr *name, *value;
    ball zero = ball_real(0);
    int points = 0;
    if (!relation_assigns(a, &name, &value) || name->kind != EXPR_SYMBOL)
        return -1;
    bool linear = true;
    for (int i = 0; i < POSITIVE_POINTS; i++) {
        evaluation at = {.point = i, .budget = c->budget};
        ball v = evaluate(&at, value);
        c->budget = at.budget;
        ball here = v.valid ? value_with(c, g, i, name->text, v) : v;
        ball y0 = value_with(c, g, i, name->text, ball_real(-40.5L)),
             y1 = value_with(c, g, i, name->text, ball_real(1)),
             y2 = value_with(c, g, i, name->text, ball_real(42.5L));
        if (!here.valid || !y0.valid || !y1.valid || !y2.valid)
            continue;
        if (ball_equal(&here, &zero) == 0 && !ball_is_zero(&here))
            return 0;
        ball ends = ball_add(&y0, &y2), twice = ball_add(&y1, &y1);
        linear = linear && ball_equal(&ends, &twice) == 1;
        points++;
    }
    return points >= 3 && linear && !has_further_factor(c, g, name, value) ? 1 : -1;
}

/// The first minus the last member of a chain of equations.
static expr *whole_difference(checker *c, const expr *e)
{
    return expr_binary(c->m, EXPR_ADD, e->child[0],
                       expr_unary(c->m, EXPR_NEGATE, e->child[e->count - 1]));
}

/// The equation f = 0 holds for all values of its variables and therefore states nothing.
static bool is_identity(checker *c, expr *f)
{
    const scalar_values *v = scalar_values_of(c, f);
    for (int i = 0; v != NULL && i < v->count; i++)
        if (v->at[i].valid && !ball_is_zero(&v->at[i]))
            return false;
    return true;
}

static verdict_outcome compare_equations(checker *c, expr *a, expr *b)
{
    expr *f = whole_difference(c, a), *g = whole_difference(c, b);
    bool variables = f != NULL && g != NULL && expr_other_symbol(f, NULL) != NULL &&
                     expr_other_symbol(g, NULL) != NULL; // f(0) = 5 has none
    if (!variables || is_identity(c, f) || is_identity(c, g))
        return VERDICT_UNKNOWN;
    int ratio = constant_ratio(c, f, g);
    if (ratio == 1 || ratio == -1 || ratio == 2)
        return VERDICT_RIGHT;
    int forward = solves(c, a, g), backward = solves(c, b, f);
    if (forward == 1 || backward == 1)
        return VERDICT_RIGHT;
    if (forward == 0 || backward == 0)
        return VERDICT_WRONG;
    int there = vanishes_with(c, f, g);
    if (there == 0)
        return VERDICT_WRONG;
    int back = vanishes_with(c, g, f);
    if (back == 0)
        return VERDICT_WRONG;
    return VERDICT_UNKNOWN;
}

static bool is_strict(uint8_t r)
{
    return r == RELATION_LESS || r == RELATION_GREATER;
}

static bool is_order(uint8_t r)
{
    return r >= RELATION_LESS && r <= RELATION_GREATER_EQUAL;
}

/// The truth of f < 0 and g < 0 differs at some point.
static bool truth_differs(checker *c, expr *f, expr *g)
{
    const scalar_values *vf = scalar_values_of(c, f), *vg = scalar_values_of(c, g);
    if (vf == NULL || vg == NULL)
        return false;
    for (int i = 0; i < EVALUATION_POINTS; i++) {
        const ball *x = &vf->at[vf->count > 1 ? i : 0], *y = &vg->at[vg->count > 1 ? i : 0];
        if (!x->valid || !y->valid || !ball_is_real(x) || !ball_is_real(y))
            continue;
        if ((x->re < 0) != (y->re < 0) && fabsl(x->re) > 64 * x->error &&
            fabsl(y->re) > 64 * y->error)
            return true;
    }
    return false;
}

/// Compares relation i of chain a with relation j of chain b.
static verdict_outcome compare_links(checker *c, expr *a, size_t i, expr *b, size_t j)
{
    uint8_t ra = a->relations[i], rb = b->relations[j];
    expr *f = difference_of(c, a, i), *g = difference_of(c, b, j);
    if (f == NULL || g == NULL)
        return VERDICT_UNKNOWN;
    if (ra == RELATION_NOT_EQUAL || rb == RELATION_NOT_EQUAL) {
        if (ra != rb)
            return VERDICT_WRONG;
        int ratio = constant_ratio(c, f, g);
        return ratio == 1 || ratio == -1 ? VERDICT_RIGHT
               : ratio == 0              ? VERDICT_WRONG
                                         : VERDICT_UNKNOWN;
    }
    if (!is_order(ra) || !is_order(rb))
        return is_order(ra) == is_order(rb) ? VERDICT_UNKNOWN : VERDICT_WRONG;
    int ratio = constant_ratio(c, f, g);
    if (ratio == 1)
        return is_strict(ra) == is_strict(rb) ? VERDICT_RIGHT : VERDICT_WRONG;
    if (ratio == -1 || truth_differs(c, f, g))
        return VERDICT_WRONG;
    return VERDICT_UNKNOWN;
}

/// a < b < c equals a < b < c and c > b > a.
static verdict_outcome compare_chains(checker *c, expr *a, expr *b)
{
    verdict_outcome best = VERDICT_WRONG;
    if (a->count != b->count)
        return VERDICT_UNKNOWN;
    size_t links = a->count - 1u;
    for (int reversed = 0; reversed < (links > 1 ? 2 : 1) && best != VERDICT_RIGHT; reversed++) {
        verdict_outcome all = VERDICT_RIGHT;
        for (size_t i = 0; i < links && all != VERDICT_WRONG; i++) {
            verdict_outcome one = compare_links(c, a, i, b, reversed ? links - 1 - i : i);
            if (one != VERDICT_RIGHT)
                all = one;
        }
        if (all != VERDICT_WRONG)
            best = all;
    }
    return best;
}

bool relation_of_scalars(const expr *e)
{
    for (size_t i = 0; i < e->count; i++)
        if (!expr_is_scalar(e->child[i]))
            return false;
    return e->kind == EXPR_RELATION;
}

verdict_outcome relation_compare(checker *c, expr *a, expr *b)
{
    bool scalars_a = relation_of_scalars(a), scalars_b = relation_of_scalars(b);
    if (!scalars_a || !scalars_b)
        return scalars_a || scalars_b ? VERDICT_WRONG : VERDICT_UNKNOWN;
    bool equation = relation_is_equation(a);
    if (equation != relation_is_equation(b))
        return VERDICT_WRONG;
    c->rule = equation ? "equation" : "inequality";
    return equation ? compare_equations(c, a, b) : compare_chains(c, a, b);
}
