// datasets/verify/math/tree/evaluate.c - evaluates a tree at a point in ball arithmetic.
//
// Values of variables are drawn by a hash of their name and the point. Points 2, 3 and 7 use larger
// values (2 … 12), so that functions that agree only near 1 are distinguished. An unknown function
// f(z) is sin(a z + b) + c z, with a, b and c drawn by its name. ball.h says why the arithmetic is
// that of long double, and what makes verdicts the same on every machine.
#include "datasets/verify/math/tree/evaluate.h"

#include "distill/base/rng.h"

#include <math.h>

static const ball IMAGINARY_UNIT = {0, 1, 0, true};
static const ball INVALID = {.valid = false};

static ball number_literal(const exact *value)
{
    long double real = exact_to_real(value);
    if (!isfinite(real))
        return INVALID;
    ball result = ball_real(real);
    if (exact_is_integer(value) && fabsl(real) < 0x1p63L)
        result.error = 0; // it is exact
    return result;
}

/// Splits an exponent p/q or -p/q of integers with an odd q; false for any other exponent.
static bool odd_root_parts(const expr *exponent, const expr **p, const expr **q, bool *minus)
{
    *minus = exponent->kind == EXPR_NEGATE;
    if (*minus)
        exponent = exponent->child[0];
    if (exponent->count != 2 || (exponent->kind != EXPR_DIVIDE && exponent->kind != EXPR_MULTIPLY))
        return false;
    *p = exponent->child[0];
    *q = exponent->child[1];
    if (exponent->kind == EXPR_MULTIPLY) { // p/q is p times 1/q
        if ((*q)->kind != EXPR_INVERSE)
            return false;
        *q = (*q)->child[0];
    }
    return (*p)->kind == EXPR_NUMBER && (*q)->kind == EXPR_NUMBER &&
           exact_is_integer(&(*p)->value) && exact_is_integer(&(*q)->value) &&
           (*q)->value.sign > 0 && ((*q)->value.num[0] & 1) == 1;
}

/// base^(p/q) of a negative base with an odd q: the real branch, as for roots.
static ball odd_root_power(const ball *base, const expr *p, const expr *q, bool minus)
{
    ball top = ball_real(exact_to_real(&p->value)), degree = number_literal(&q->value);
    ball inner = degree.valid ? ball_root(base, &degree) : degree;
    top.error = 0;
    if (minus)
        top.re = -top.re;
    return inner.valid ? ball_power(&inner, &top) : INVALID;
}

static ball evaluate_power(evaluation *at, const expr *e)
{
    ball base = evaluate(at, e->child[0]);
    if (!base.valid)
        return INVALID;
    const expr *p, *q;
    bool minus;
    if (base.im == 0 && base.re < 0 && odd_root_parts(e->child[1], &p, &q, &minus))
        return odd_root_power(&base, p, q, minus);
    ball exponent = evaluate(at, e->child[1]);
    return exponent.valid ? ball_power(&base, &exponent) : INVALID;
}

/// sin, cos and their quotients.
static ball trigonometric(expr_function function, const ball *z)
{
    ball one = ball_real(1);
    if (fabsl(z->im) > 500 || fabsl(z->re) > 1e9L)
        return INVALID;
    if (function == FUNCTION_SIN)
        return ball_sin(z);
    ball c = ball_cos(z);
    if (function == FUNCTION_COS)
        return c;
    if (function == FUNCTION_SEC)
        return ball_divide(&one, &c);
    ball s = ball_sin(z);
    if (function == FUNCTION_CSC)
        return ball_divide(&one, &s);
    return function == FUNCTION_TAN ? ball_divide(&s, &c) : ball_divide(&c, &s);
}

static ball hyperbolic(expr_function function, const ball *z)
{
    ball minus = ball_negate(z);
    ball up = ball_exp(z), down = ball_exp(&minus), half = ball_real(0.5L);
    if (!up.valid || !down.valid)
        return INVALID;
    ball sum = ball_add(&up, &down);
    down.re = -down.re, down.im = -down.im;
    ball difference = ball_add(&up, &down);
    switch (function) {
    case FUNCTION_SINH:
        return ball_multiply(&difference, &half);
    case FUNCTION_COSH:
        return ball_multiply(&sum, &half);
    case FUNCTION_TANH:
        return ball_divide(&difference, &sum);
    default:
        return ball_divide(&sum, &difference);
    }
}

static ball inverse_trigonometric(expr_function function, const ball *given)
{
    ball one = ball_real(1), z = *given;
    if (function == FUNCTION_ARCSEC || function == FUNCTION_ARCCSC) {
        z = ball_divide(&one, &z);
        function = function == FUNCTION_ARCSEC ? FUNCTION_ARCCOS : FUNCTION_ARCSIN;
        if (!z.valid)
            return INVALID;
    }
    switch (function) {
    case FUNCTION_ARCTAN:
        return ball_arctan(&z);
    case FUNCTION_ARCCOT:
        return ball_arccot(&z);
    case FUNCTION_ARCSIN:
        return ball_arcsin(&z);
    default:
        return ball_arccos(&z);
    }
}

/// Floor or ceiling; a value within its error of an integer is that integer.
static ball rounded(expr_function function, const ball *z)
{
    if (!ball_is_real(z))
        return INVALID;
    long double nearest = roundl(z->re);
    if (fabsl(z->re - nearest) <= 64 * z->error)
        return ball_real(nearest);
    return ball_real(function == FUNCTION_FLOOR ? floorl(z->re) : ceill(z->re));
}

/// The logarithm to the base of the second child, or to base 10.
static ball log_with_base(evaluation *at, const expr *e, const ball *z)
{
    ball base = e->count > 1 ? evaluate(at, e->child[1]) : ball_real(10);
    if (!base.valid)
        return INVALID;
    ball top = ball_log(z), below = ball_log(&base);
    return top.valid && below.valid ? ball_divide(&top, &below) : INVALID;
}

/// gcd, lcm, max, min and modulo of real numbers.
static ball of_several(evaluation *at, const expr *e)
{
    ball result = e->count > 1 ? evaluate(at, e->child[0]) : INVALID; // \max 5 names a value
    for (size_t i = 1; i < e->count && result.valid; i++) {
        ball next = evaluate(at, e->child[i]);
        if (!next.valid || !ball_is_real(&next) || !ball_is_real(&result))
            return INVALID;
        long double x = result.re, y = next.re;
        if (e->op == FUNCTION_MAX || e->op == FUNCTION_MIN) {
            result = (e->op == FUNCTION_MAX) == (x > y) ? result : next;
            continue;
        }
        if (!ball_is_integer(&result, 1L << 52) || !ball_is_integer(&next, 1L << 52) || y == 0)
            return INVALID;
        if (e->op == FUNCTION_MODULO) {
            result = ball_real(x - y * floorl(x / y));
            continue;
        }
        long double a = fabsl(x), b = fabsl(y);
        while (b > 0) {
            long double rest = fmodl(a, b);
            a = b;
            b = rest;
        }
        result = ball_real(e->op == FUNCTION_GCD ? a : fabsl(x * y) / a);
    }
    return result;
}

/// The argument of a complex number, in (-pi, pi]; not valid close to zero and to the negative real
/// axis, unless the number lies on it.
static ball argument_of(const ball *z)
{
    long double size = hypotl(z->re, z->im);
    bool near_axis = z->re < 0 && z->im != 0 && fabsl(z->im) <= 4 * z->error;
    if (size <= 4 * z->error || near_axis)
        return INVALID;
    long double angle = z->im == 0 ? (z->re < 0 ? acosl(-1) : 0) : atan2l(z->im, z->re);
    return (ball){angle, 0, 2 * z->error / size + 1e-18L, true};
}

static ball evaluate_function(evaluation *at, const expr *e)
{
    bool of_one = e->op >= FUNCTION_REAL && e->op <= FUNCTION_ARGUMENT;
    if (e->op >= FUNCTION_GCD && !of_one)
        return of_several(at, e);
    ball z = evaluate(at, e->child[0]);
    at->budget -= 10;
    if (!z.valid || (e->count > 1 && e->op != FUNCTION_LOG))
        return INVALID;
    if (e->op <= FUNCTION_CSC)
        return trigonometric((expr_function)e->op, &z);
    if (e->op <= FUNCTION_ARCCSC)
        return inverse_trigonometric((expr_function)e->op, &z);
    if (e->op <= FUNCTION_COTH)
        return hyperbolic((expr_function)e->op, &z);
    switch (e->op) {
    case FUNCTION_LN:
        return ball_log(&z);
    case FUNCTION_LOG:
        return log_with_base(at, e, &z);
    case FUNCTION_EXP:
        return ball_exp(&z);
    case FUNCTION_CIS:
        z = ball_multiply(&z, &IMAGINARY_UNIT);
        return ball_exp(&z);
    case FUNCTION_REAL:
        return (ball){z.re, 0, z.error, true};
    case FUNCTION_IMAGINARY:
        return (ball){z.im, 0, z.error, true};
    case FUNCTION_ARGUMENT:
        return argument_of(&z);
    default:
        return rounded((expr_function)e->op, &z);
    }
}

/// Two rounds of degski's mixer. Verdicts depend on its numbers, which place the points.
static uint64_t mix(uint64_t h)
{
    static const distill_mixer mixer = {32, 32, 32, 0xD6E8FEB86659FD93u, 0xD6E8FEB86659FD93u};
    return distill_mix64_with(mixer, h);
}

static uint64_t hash_name(distill_span name, uint64_t seed)
{
    uint64_t h = DISTILL_GOLDEN_RATIO64 + seed;
    for (size_t i = 0; i < name.length; i++)
        h = mix(h ^ (unsigned char)name.bytes[i]);
    return mix(h);
}

/// In 0.3 … 2.3, or in 2 … 12 at points 2, 3 and 7; half of them negative from POSITIVE_POINTS on.
static ball variable(const evaluation *at, distill_span name)
{
    for (const evaluation *a = at; a != NULL; a = a->outer)
        if (a->fixed != NULL && distill_span_equal(*a->fixed, name))
            return a->fixed_value;
    uint64_t h = hash_name(name, (uint64_t)at->point);
    if (at->whole)
        return ball_real(2 + (long double)(h >> 40) - 7 * floorl((long double)(h >> 40) / 7));
    long double unit = (long double)(h >> 11) / (long double)(1ull << 53);
    bool large = at->point == 2 || at->point == 3 || at->point == 7;
    long double value = large ? 2 + 10 * unit : 0.3L + 2 * unit;
    if (at->point >= POSITIVE_POINTS && (h & 1))
        value = -value;
    return (ball){value, 0, 0, true};
}

/// An unknown function: the sum of sin(a z + b) + c z over its arguments.
static ball call(evaluation *at, const expr *e)
{
    ball sum = ball_real(0);
    if (distill_span_is(e->text, EXPR_CROSS_PRODUCT) && e->count == 2) { // a b (a - b)
        ball a = evaluate(at, e->child[0]), b = evaluate(at, e->child[1]), minus = ball_negate(&b);
        ball difference = ball_add(&a, &minus), product = ball_multiply(&a, &b);
        return a.valid && b.valid ? ball_multiply(&product, &difference) : INVALID;
    }
    for (size_t i = 0; i < e->count; i++) {
        ball z = evaluate(at, e->child[i]);
        uint64_t h = hash_name(e->text, 1000 + i);
        if (!z.valid || fabsl(z.im) > 100 || fabsl(z.re) > 1e6L)
            return INVALID;
        ball a = ball_real(0.5L + (long double)(h & 1023) / 1024),
             b = ball_real((long double)(h >> 10 & 1023) / 256),
             c = ball_real(0.25L + (long double)(h >> 20 & 1023) / 2048);
        ball angle = ball_multiply(&a, &z), linear = ball_multiply(&c, &z);
        angle = ball_add(&angle, &b);
        angle = ball_sin(&angle);
        sum = ball_add(&sum, &angle);
        sum = ball_add(&sum, &linear);
    }
    at->budget -= 20;
    return sum;
}

static ball constant(uint8_t which)
{
    switch (which) {
    case CONSTANT_PI:
        return ball_real(acosl(-1));
    case CONSTANT_E:
        return ball_real(expl(1));
    case CONSTANT_I:
        return IMAGINARY_UNIT;
    default:
        return INVALID;
    }
}

/// A series between two integers; not valid for other bounds and more than LONGEST_SERIES terms.
static ball evaluate_series(evaluation *at, const expr *e)
{
    enum { LONGEST_SERIES = 64 };
    ball from = evaluate(at, e->child[0]), to = evaluate(at, e->child[1]);
    if (!from.valid || !to.valid || !ball_is_integer(&from, 1000) || !ball_is_integer(&to, 1000) ||
        to.re - from.re >= LONGEST_SERIES)
        return INVALID;
    evaluation inner = *at;
    ball total = ball_real(e->op == 0 ? 0 : 1);
    inner.outer = at;
    inner.fixed = &e->text;
    for (long double k = from.re; k <= to.re && total.valid; k++) {
        inner.fixed_value = ball_real(k);
        ball term = evaluate(&inner, e->child[2]);
        if (!term.valid)
            return INVALID;
        total = e->op == 0 ? ball_add(&total, &term) : ball_multiply(&total, &term);
    }
    at->budget = inner.budget;
    return total;
}

/// Sums and products.
static ball evaluate_chain(evaluation *at, const expr *e)
{
    ball total = evaluate(at, e->child[0]);
    for (size_t i = 1; i < e->count && total.valid; i++) {
        ball next = evaluate(at, e->child[i]);
        if (!next.valid)
            return INVALID;
        total = e->kind == EXPR_ADD ? ball_add(&total, &next) : ball_multiply(&total, &next);
    }
    return total;
}

static ball evaluate_unary(evaluation *at, const expr *e)
{
    ball z = evaluate(at, e->child[0]), one = ball_real(1), scale;
    if (!z.valid)
        return INVALID;
    switch (e->kind) {
    case EXPR_NEGATE:
        return ball_negate(&z);
    case EXPR_INVERSE:
        return ball_divide(&one, &z);
    case EXPR_FACTORIAL:
        return ball_factorial(&z);
    case EXPR_ABS:
        return ball_absolute(&z);
    case EXPR_DEGREE:
        scale = ball_real(acosl(-1) / 180);
        return ball_multiply(&z, &scale);
    case EXPR_PERCENT:
        scale = ball_real(100);
        return ball_divide(&z, &scale);
    case EXPR_QUANTITY:
        return z;
    default:
        return INVALID;
    }
}

static ball evaluate_binary(evaluation *at, const expr *e)
{
    ball a = evaluate(at, e->child[0]);
    if (!a.valid)
        return INVALID;
    ball b = evaluate(at, e->child[1]);
    if (!b.valid)
        return INVALID;
    at->budget -= 10;
    if (e->kind == EXPR_DIVIDE)
        return ball_divide(&a, &b);
    return e->kind == EXPR_ROOT ? ball_root(&a, &b) : ball_binomial(&a, &b);
}

ball evaluate(evaluation *at, const expr *e)
{
    if (--at->budget < 0)
        return INVALID;
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_BASED:
        return number_literal(&e->value);
    case EXPR_SYMBOL:
        return variable(at, e->text);
    case EXPR_CONSTANT:
        return constant(e->op);
    case EXPR_ADD:
    case EXPR_MULTIPLY:
        return evaluate_chain(at, e);
    case EXPR_DIVIDE:
    case EXPR_ROOT:
    case EXPR_BINOMIAL:
        return evaluate_binary(at, e);
    case EXPR_POWER:
        at->budget -= 10;
        return evaluate_power(at, e);
    case EXPR_FUNCTION:
        return evaluate_function(at, e);
    case EXPR_CALL:
        return call(at, e);
    case EXPR_SERIES:
        return evaluate_series(at, e);
    default:
        return e->count == 1 ? evaluate_unary(at, e) : INVALID;
    }
}
