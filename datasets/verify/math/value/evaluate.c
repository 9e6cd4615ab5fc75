// datasets/verify/math/value/evaluate.c - evaluation in complex long double with a running bound of the error.
#include "datasets/verify/math/value/evaluate.h"

#include "distill/base/rng.h"

#include <complex.h>
#include <float.h>
#include <math.h>

typedef long double complex number;

static const long double EPSILON = LDBL_EPSILON;
static const long double LARGEST = 1e1000L;

static const sample I_UNIT = {0, 1, 0, true};
static const sample INVALID = {.valid = false};

static number value_of(const sample *s)
{
    union { // a complex number is laid out as its two parts (C17 6.2.5); re + im * I loses infinities
        long double part[2];
        number whole;
    } z = {{s->re, s->im}};
    return z.whole;
}

/// Between |z| and sqrt(2) |z|: what error bounds need, without the cost of a root.
static long double size_of(number z)
{
    return fabsl(creall(z)) + fabsl(cimagl(z));
}

/// A result with the error carried over from its operands; rounding is added.
static sample make(number value, long double carried)
{
    long double size = size_of(value);
    if (!(size < LARGEST) || !(carried < LARGEST))
        return INVALID;
    return (sample){creall(value), cimagl(value), carried + 4 * EPSILON * size, true};
}

sample sample_real(long double value)
{
    return make(value, 0);
}

bool sample_is_real(const sample *s)
{
    return fabsl(s->im) <= 16 * s->error + 1e-4000L;
}

int sample_equal(const sample *a, const sample *b)
{
    long double difference = size_of(value_of(a) - value_of(b));
    long double size = fmaxl(size_of(value_of(a)), size_of(value_of(b)));
    long double error = a->error + b->error + EPSILON * size;
    if (error > 1e-7L * size && size > 1e-9L)
        return -1;
    if (difference <= 64 * error)
        return 1;
    return difference > 1e3L * error ? 0 : -1;
}

sample sample_add(const sample *a, const sample *b)
{
    return make(value_of(a) + value_of(b), a->error + b->error);
}

sample sample_multiply(const sample *a, const sample *b)
{
    long double x = size_of(value_of(a)), y = size_of(value_of(b));
    return make(value_of(a) * value_of(b), x * b->error + y * a->error + a->error * b->error);
}

sample sample_divide(const sample *a, const sample *b)
{
    long double below = size_of(value_of(b)) * 0.7L; // at most |b|
    if (below <= 8 * b->error || below == 0)
        return INVALID;
    number quotient = value_of(a) / value_of(b);
    return make(quotient, (a->error + size_of(quotient) * b->error) / below);
}

sample sample_negate(const sample *a)
{
    return (sample){-a->re, -a->im, a->error, a->valid};
}

static bool near_zero(const sample *s)
{
    return size_of(value_of(s)) <= 8 * s->error;
}

/// f(z) with |f'| known: the operand's error grows by it.
static sample mapped(number value, long double slope, const sample *from)
{
    sample result = make(value, slope * from->error);
    result.error += 8 * EPSILON * size_of(value);
    return result;
}

static sample exponential(const sample *z)
{
    if (fabsl(z->re) > 2000)
        return INVALID;
    number value = z->im == 0 ? (number)expl(z->re) : cexpl(value_of(z));
    return mapped(value, size_of(value), z);
}

static sample logarithm(const sample *z)
{
    if (near_zero(z))
        return INVALID;
    number value = z->im == 0 && z->re > 0 ? logl(z->re) : clogl(value_of(z));
    return mapped(value, 1.5L / size_of(value_of(z)), z);
}

static sample integer_power(sample base, long power)
{
    sample result = sample_real(1), one = result;
    bool invert = power < 0;
    for (unsigned long n = invert ? 0UL - (unsigned long)power : (unsigned long)power; n > 0;
         n >>= 1) {
        if (n & 1)
            result = sample_multiply(&result, &base);
        if (n > 1)
            base = sample_multiply(&base, &base);
        if (!result.valid || !base.valid)
            return INVALID;
    }
    return invert ? sample_divide(&one, &result) : result;
}

static bool is_integer(const sample *s, long limit)
{
    return s->im == 0 && s->re == roundl(s->re) && fabsl(s->re) <= (long double)limit;
}

static sample power(const sample *base, const sample *exponent)
{
    if (is_integer(exponent, 4096) && (exponent->re != 0 || !near_zero(base)))
        return integer_power(*base, (long)exponent->re);
    if (near_zero(base)) {
        bool positive = exponent->re > 8 * exponent->error && base->error == 0;
        return positive ? sample_real(0) : INVALID;
    }
    if (base->im == 0 && base->re > 0 && exponent->im == 0) {
        long double value = powl(base->re, exponent->re);
        long double carried = fabsl(value * exponent->re / base->re) * base->error +
                              fabsl(value * logl(base->re)) * exponent->error;
        return make(value, carried);
    }
    sample log = logarithm(base), product = sample_multiply(&log, exponent);
    return log.valid && product.valid ? exponential(&product) : INVALID;
}

/// The root of `degree`; of negative reals the real one if the degree is odd.
static sample root(const sample *z, const sample *degree)
{
    if (degree->re == 2 && degree->im == 0) {
        number value = csqrtl(value_of(z));
        long double size = size_of(value);
        long double carried =
            size * size > 8 * z->error ? z->error / (2 * size) : sqrtl(z->error) * 3;
        return make(value, carried);
    }
    sample one = sample_real(1), exponent = sample_divide(&one, degree);
    if (!exponent.valid)
        return INVALID;
    bool odd = is_integer(degree, 1 << 20) && fmodl(fabsl(degree->re), 2) == 1;
    if (!(odd && z->im == 0 && z->re < 0))
        return power(z, &exponent);
    sample minus = {-z->re, 0, z->error, true}, result = power(&minus, &exponent);
    result.re = -result.re;
    return result;
}

static sample number_literal(const exact *value)
{
    long double real = exact_to_real(value);
    if (!isfinite(real))
        return INVALID;
    sample result = sample_real(real);
    if (exact_is_integer(value) && fabsl(real) < 0x1p63L)
        result.error = 0; // no rounding
    return result;
}

/// The parts of an exponent p/q or -p/q of whole numbers with odd q; false for others.
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

/// base^(p/q) with odd q written as a fraction: the real branch, as for roots.
static sample odd_root_power(const sample *base, const expr *p, const expr *q, bool minus)
{
    sample top = sample_real(exact_to_real(&p->value)), degree = number_literal(&q->value);
    sample inner = degree.valid ? root(base, &degree) : degree;
    top.error = 0;
    if (minus)
        top.re = -top.re;
    return inner.valid ? power(&inner, &top) : INVALID;
}

static sample evaluate_power(evaluation *at, const expr *e)
{
    sample base = evaluate(at, e->child[0]);
    if (!base.valid)
        return INVALID;
    const expr *p, *q;
    bool minus;
    if (base.im == 0 && base.re < 0 && odd_root_parts(e->child[1], &p, &q, &minus))
        return odd_root_power(&base, p, q, minus);
    sample exponent = evaluate(at, e->child[1]);
    return exponent.valid ? power(&base, &exponent) : INVALID;
}

// |sin'| and |cos'| are at most cosh of the imaginary part.
static sample sine(const sample *z)
{
    if (z->im == 0)
        return mapped(sinl(z->re), 1, z);
    return mapped(csinl(value_of(z)), coshl(z->im), z);
}

static sample cosine(const sample *z)
{
    if (z->im == 0)
        return mapped(cosl(z->re), 1, z);
    return mapped(ccosl(value_of(z)), coshl(z->im), z);
}

/// Quotients of sin, cos, sinh, cosh by their names.
static sample trigonometric(expr_function function, const sample *z)
{
    sample one = sample_real(1);
    if (fabsl(z->im) > 500 || fabsl(z->re) > 1e9L)
        return INVALID;
    if (function == FUNCTION_SIN)
        return sine(z);
    sample c = cosine(z);
    if (function == FUNCTION_COS)
        return c;
    if (function == FUNCTION_SEC)
        return sample_divide(&one, &c);
    sample s = sine(z);
    if (function == FUNCTION_CSC)
        return sample_divide(&one, &s);
    return function == FUNCTION_TAN ? sample_divide(&s, &c) : sample_divide(&c, &s);
}

static sample hyperbolic(expr_function function, const sample *z)
{
    sample minus = sample_negate(z);
    sample up = exponential(z), down = exponential(&minus), half = sample_real(0.5L);
    if (!up.valid || !down.valid)
        return INVALID;
    sample sum = sample_add(&up, &down);
    down.re = -down.re, down.im = -down.im;
    sample difference = sample_add(&up, &down);
    switch (function) {
    case FUNCTION_SINH:
        return sample_multiply(&difference, &half);
    case FUNCTION_COSH:
        return sample_multiply(&sum, &half);
    case FUNCTION_TANH:
        return sample_divide(&difference, &sum);
    default:
        return sample_divide(&sum, &difference);
    }
}

static sample inverse_trigonometric(expr_function function, const sample *given)
{
    sample one = sample_real(1), z = *given;
    if (function == FUNCTION_ARCSEC || function == FUNCTION_ARCCSC) {
        z = sample_divide(&one, &z);
        function = function == FUNCTION_ARCSEC ? FUNCTION_ARCCOS : FUNCTION_ARCSIN;
        if (!z.valid)
            return INVALID;
    }
    number x = value_of(&z);
    if (function == FUNCTION_ARCTAN)
        return mapped(catanl(x), 1.5L / fmaxl(size_of(1 + x * x), 1e-6L), &z);
    if (function == FUNCTION_ARCCOT)
        return mapped(acosl(-1) / 2 - catanl(x), 1.5L / fmaxl(size_of(1 + x * x), 1e-6L), &z);
    long double slope = 1.5L / sqrtl(fmaxl(size_of(1 - x * x), 1e-12L));
    bool real = z.im == 0 && fabsl(z.re) <= 1;
    if (function == FUNCTION_ARCSIN)
        return mapped(real ? (number)asinl(z.re) : casinl(x), slope, &z);
    return mapped(real ? (number)acosl(z.re) : cacosl(x), slope, &z);
}

static sample rounded(expr_function function, const sample *z)
{
    if (!sample_is_real(z))
        return INVALID;
    long double nearest = roundl(z->re);
    if (fabsl(z->re - nearest) <= 64 * z->error)
        return sample_real(nearest);
    return sample_real(function == FUNCTION_FLOOR ? floorl(z->re) : ceill(z->re));
}

static sample log_with_base(evaluation *at, const expr *e, const sample *z)
{
    sample base = e->count > 1 ? evaluate(at, e->child[1]) : sample_real(10);
    if (!base.valid)
        return INVALID;
    sample top = logarithm(z), below = logarithm(&base);
    return top.valid && below.valid ? sample_divide(&top, &below) : INVALID;
}

/// Greatest common divisor, least common multiple, greatest, smallest, remainder of real numbers.
static sample of_several(evaluation *at, const expr *e)
{
    sample result = evaluate(at, e->child[0]);
    for (size_t i = 1; i < e->count && result.valid; i++) {
        sample next = evaluate(at, e->child[i]);
        if (!next.valid || !sample_is_real(&next) || !sample_is_real(&result))
            return INVALID;
        long double x = result.re, y = next.re;
        if (e->op == FUNCTION_MAX || e->op == FUNCTION_MIN) {
            result = (e->op == FUNCTION_MAX) == (x > y) ? result : next;
            continue;
        }
        if (!is_integer(&result, 1L << 52) || !is_integer(&next, 1L << 52) || y == 0)
            return INVALID;
        if (e->op == FUNCTION_MODULO) {
            result = sample_real(x - y * floorl(x / y));
            continue;
        }
        long double a = fabsl(x), b = fabsl(y);
        while (b > 0) {
            long double rest = fmodl(a, b);
            a = b;
            b = rest;
        }
        result = sample_real(e->op == FUNCTION_GCD ? a : fabsl(x * y) / a);
    }
    return result;
}

static sample evaluate_function(evaluation *at, const expr *e)
{
    if (e->op >= FUNCTION_GCD && e->op != FUNCTION_REAL && e->op != FUNCTION_IMAGINARY)
        return of_several(at, e);
    sample z = evaluate(at, e->child[0]);
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
        return logarithm(&z);
    case FUNCTION_LOG:
        return log_with_base(at, e, &z);
    case FUNCTION_EXP:
        return exponential(&z);
    case FUNCTION_CIS:
        z = sample_multiply(&z, &I_UNIT);
        return exponential(&z);
    case FUNCTION_REAL:
        return (sample){z.re, 0, z.error, true};
    case FUNCTION_IMAGINARY:
        return (sample){z.im, 0, z.error, true};
    default:
        return rounded((expr_function)e->op, &z);
    }
}

/// Gamma(x + 1).
static sample factorial(const sample *z)
{
    if (!sample_is_real(z) || z->re > 1500 || z->re < -100)
        return INVALID;
    if (z->re < 0 && fabsl(z->re - roundl(z->re)) < 1e-9L)
        return INVALID;
    long double value = tgammal(z->re + 1);
    sample result = make(value, fabsl(value) * (logl(fabsl(z->re) + 2) + 2) * z->error);
    result.error += 64 * EPSILON * fabsl(value);
    return result;
}

static sample binomial(const sample *n, const sample *k)
{
    sample minus = sample_negate(k), rest = sample_add(n, &minus);
    sample top = factorial(n), left = factorial(k), right = factorial(&rest);
    if (!top.valid || !left.valid || !right.valid)
        return INVALID;
    sample below = sample_multiply(&left, &right);
    return below.valid ? sample_divide(&top, &below) : INVALID;
}

/// Two rounds of degski's mixer; its numbers place the sample points, on which verdicts depend.
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

/// In 0.3 … 2.3, at some points in 2 … 12; half of them negative at the later points.
static sample variable(const evaluation *at, distill_span name)
{
    if (at->fixed != NULL && distill_span_equal(*at->fixed, name))
        return at->fixed_value;
    uint64_t h = hash_name(name, (uint64_t)at->point);
    long double unit = (long double)(h >> 11) / (long double)(1ull << 53);
    bool large = at->point == 2 || at->point == 3 || at->point == 7;
    long double value = large ? 2 + 10 * unit : 0.3L + 2 * unit;
    if (at->point >= POSITIVE_POINTS && (h & 1))
        value = -value;
    return (sample){value, 0, 0, true};
}

/// An unknown function: sum over its arguments of sin(a z + b) + c z, with a, b, c by its name.
static sample call(evaluation *at, const expr *e)
{
    sample sum = sample_real(0);
    for (size_t i = 0; i < e->count; i++) {
        sample z = evaluate(at, e->child[i]);
        uint64_t h = hash_name(e->text, 1000 + i);
        if (!z.valid || fabsl(z.im) > 100 || fabsl(z.re) > 1e6L)
            return INVALID;
        sample a = sample_real(0.5L + (long double)(h & 1023) / 1024),
               b = sample_real((long double)(h >> 10 & 1023) / 256),
               c = sample_real(0.25L + (long double)(h >> 20 & 1023) / 2048);
        sample angle = sample_multiply(&a, &z), linear = sample_multiply(&c, &z);
        angle = sample_add(&angle, &b);
        angle = sine(&angle);
        sum = sample_add(&sum, &angle);
        sum = sample_add(&sum, &linear);
    }
    at->budget -= 20;
    return sum;
}

static sample constant(uint8_t which)
{
    switch (which) {
    case CONSTANT_PI:
        return sample_real(acosl(-1));
    case CONSTANT_E:
        return sample_real(expl(1));
    case CONSTANT_I:
        return I_UNIT;
    default:
        return INVALID;
    }
}

/// Sums and products.
static sample evaluate_chain(evaluation *at, const expr *e)
{
    sample total = evaluate(at, e->child[0]);
    for (size_t i = 1; i < e->count && total.valid; i++) {
        sample next = evaluate(at, e->child[i]);
        if (!next.valid)
            return INVALID;
        total = e->kind == EXPR_ADD ? sample_add(&total, &next) : sample_multiply(&total, &next);
    }
    return total;
}

static sample evaluate_unary(evaluation *at, const expr *e)
{
    sample z = evaluate(at, e->child[0]), one = sample_real(1), scale;
    if (!z.valid)
        return INVALID;
    switch (e->kind) {
    case EXPR_NEGATE:
        return sample_negate(&z);
    case EXPR_INVERSE:
        return sample_divide(&one, &z);
    case EXPR_FACTORIAL:
        return factorial(&z);
    case EXPR_ABS:
        return (sample){cabsl(value_of(&z)), 0, z.error + EPSILON * size_of(value_of(&z)), true};
    case EXPR_DEGREE:
        scale = sample_real(acosl(-1) / 180);
        return sample_multiply(&z, &scale);
    case EXPR_PERCENT:
        scale = sample_real(100);
        return sample_divide(&z, &scale);
    case EXPR_QUANTITY:
        return z;
    default:
        return INVALID;
    }
}

static sample evaluate_binary(evaluation *at, const expr *e)
{
    sample a = evaluate(at, e->child[0]);
    if (!a.valid)
        return INVALID;
    sample b = evaluate(at, e->child[1]);
    if (!b.valid)
        return INVALID;
    at->budget -= 10;
    if (e->kind == EXPR_DIVIDE)
        return sample_divide(&a, &b);
    return e->kind == EXPR_ROOT ? root(&a, &b) : binomial(&a, &b);
}

sample evaluate(evaluation *at, const expr *e)
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
    default:
        return e->count == 1 ? evaluate_unary(at, e) : INVALID;
    }
}
