// datasets/verify/math/tree/evaluate_exact.c - evaluates constants as sums of square roots and
// powers of pi.
//
// The recursion is bounded by the depth of trees. Anything without such a value (logarithms, e,
// cube roots that are irrational) makes the whole constant inexact; evaluate.h then gives its
// numeric value.
#include "datasets/verify/math/tree/evaluate_exact.h"

/// Sums and products.
static bool exact_chain(surd *out, scratch *m, const expr *e)
{
    surd next;
    if (!evaluate_exact(out, m, e->child[0]))
        return false;
    for (size_t i = 1; i < e->count; i++) {
        if (!evaluate_exact(&next, m, e->child[i]))
            return false;
        if (!(e->kind == EXPR_ADD ? surd_add(out, m, out, &next)
                                  : surd_multiply(out, m, out, &next)))
            return false;
    }
    return true;
}

/// Sets *out if the value is an integer of at most 62 bits.
static bool small_integer(int64_t *out, scratch *m, const surd *value)
{
    exact rational;
    return surd_is_rational(&rational, m, value) && exact_to_int(out, &rational);
}

/// base^(p/q) as the p-th power of the q-th root.
static bool exact_power_of(surd *out, scratch *m, const surd *base, const surd *exponent)
{
    exact value, num, den;
    int64_t p, q;
    if (!surd_is_rational(&value, m, exponent))
        return false;
    num = (exact){value.sign, value.num_size, 1, value.num, value.den};
    if (exact_is_integer(&value))
        return exact_to_int(&p, &value) && surd_power(out, m, base, p);
    if (!exact_integer(&den, m, 1))
        return false;
    num.den = den.den;
    den = (exact){1, value.den_size, 1, value.den, num.den};
    surd root;
    return exact_to_int(&p, &num) && exact_to_int(&q, &den) && q <= 64 &&
           surd_root(&root, m, base, (unsigned)q) && surd_power(out, m, &root, p);
}

static bool exact_binary(surd *out, scratch *m, const expr *e)
{
    surd a, b;
    int64_t degree;
    if (!evaluate_exact(&a, m, e->child[0]) || !evaluate_exact(&b, m, e->child[1]))
        return false;
    switch (e->kind) {
    case EXPR_DIVIDE:
        return surd_divide(out, m, &a, &b);
    case EXPR_POWER:
        return exact_power_of(out, m, &a, &b);
    case EXPR_ROOT:
        return small_integer(&degree, m, &b) && degree >= 2 && degree <= 64 &&
               surd_root(out, m, &a, (unsigned)degree);
    default:
        return false;
    }
}

/// n (n-1) … (n-k+1) / k! for integers.
static bool exact_binomial(surd *out, scratch *m, const expr *e)
{
    surd a, b;
    int64_t n, k;
    exact result, factor;
    if (!evaluate_exact(&a, m, e->child[0]) || !evaluate_exact(&b, m, e->child[1]) ||
        !small_integer(&n, m, &a) || !small_integer(&k, m, &b) || n < 0 || k < 0)
        return false;
    if (k > n)
        return exact_integer(&result, m, 0) && surd_from_exact(out, m, &result);
    if (k > n - k)
        k = n - k;
    if (k > 1000 || !exact_integer(&result, m, 1))
        return false;
    for (int64_t i = 1; i <= k; i++) {
        size_t mark = m->used;
        if (!exact_ratio(&factor, m, n - k + i, i) || !exact_multiply(&result, m, &result, &factor))
            return false;
        if (m->used > m->size / 2) { // the intermediate products fill the block
            m->used = mark;
            return false;
        }
    }
    return surd_from_exact(out, m, &result);
}

static bool exact_unary(surd *out, scratch *m, const expr *e)
{
    surd a, scale, one;
    exact value;
    if (!evaluate_exact(&a, m, e->child[0]))
        return false;
    switch (e->kind) {
    case EXPR_NEGATE:
        return surd_negate(out, &a);
    case EXPR_INVERSE:
        return exact_integer(&value, m, 1) && surd_from_exact(&one, m, &value) &&
               surd_divide(out, m, &one, &a);
    case EXPR_FACTORIAL:
        return surd_is_rational(&value, m, &a) && exact_factorial(&value, m, &value) &&
               surd_from_exact(out, m, &value);
    case EXPR_ABS:
        if (!surd_is_rational(&value, m, &a))
            return false;
        value.sign = value.sign < 0 ? 1 : value.sign;
        return surd_from_exact(out, m, &value);
    case EXPR_DEGREE:
        return exact_ratio(&value, m, 1, 180) && surd_from_exact(&scale, m, &value) &&
               surd_multiply(&a, m, &a, &scale) && surd_pi(&scale, m) &&
               surd_multiply(out, m, &a, &scale);
    case EXPR_PERCENT:
        return exact_ratio(&value, m, 1, 100) && surd_from_exact(&scale, m, &value) &&
               surd_multiply(out, m, &a, &scale);
    case EXPR_QUANTITY:
        *out = a;
        return true;
    default:
        return false;
    }
}

bool evaluate_exact(surd *out, scratch *m, const expr *e)
{
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_BASED:
        return surd_from_exact(out, m, &e->value);
    case EXPR_CONSTANT:
        return e->op == CONSTANT_PI  ? surd_pi(out, m)
               : e->op == CONSTANT_I ? surd_imaginary_unit(out, m)
                                     : false;
    case EXPR_ADD:
    case EXPR_MULTIPLY:
        return exact_chain(out, m, e);
    case EXPR_DIVIDE:
    case EXPR_POWER:
    case EXPR_ROOT:
        return exact_binary(out, m, e);
    case EXPR_BINOMIAL:
        return exact_binomial(out, m, e);
    default:
        return e->count == 1 && e->kind != EXPR_FUNCTION && e->kind != EXPR_CALL &&
                       e->kind != EXPR_EITHER
                   ? exact_unary(out, m, e)
                   : false;
    }
}
