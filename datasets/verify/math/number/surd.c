// datasets/verify/math/number/surd.c - arithmetic of sums of square roots.
//
// Every operation combines like terms at once, so that a sum is zero exactly if it has no terms.
// Radicands are kept small by dividing out a common factor where one divides the other; they are
// not made square-free.
#include "datasets/verify/math/number/surd.h"

#include <stdlib.h>

enum { LARGEST_PI_POWER = 64, LARGEST_POWER = 64 };

/// factor * sqrt(radicand) * i^imaginary * pi^pi_power; `radicand` may be NULL, which means 1.
static bool one_term(surd *out, scratch *m, const exact *factor, const exact *radicand,
                     bool imaginary, int pi_power)
{
    exact one;
    out->count = 0;
    if (factor->sign == 0)
        return true;
    if (radicand == NULL) {
        if (!exact_integer(&one, m, 1))
            return false;
        radicand = &one;
    }
    out->count = 1;
    out->term[0] = (surd_term){*factor, *radicand, imaginary, pi_power};
    return true;
}

bool surd_from_exact(surd *out, scratch *m, const exact *value)
{
    return one_term(out, m, value, NULL, false, 0);
}

bool surd_imaginary_unit(surd *out, scratch *m)
{
    exact one;
    return exact_integer(&one, m, 1) && one_term(out, m, &one, NULL, true, 0);
}

bool surd_pi(surd *out, scratch *m)
{
    exact one;
    return exact_integer(&one, m, 1) && one_term(out, m, &one, NULL, false, 1);
}

bool surd_negate(surd *out, const surd *a)
{
    *out = *a;
    for (int i = 0; i < out->count; i++)
        out->term[i].factor = exact_negate(out->term[i].factor);
    return true;
}

/// Whether sqrt(b) is a rational multiple of sqrt(a); then *ratio = sqrt(b) / sqrt(a) = sqrt(ab) /
/// a.
static bool are_alike(exact *ratio, scratch *m, const exact *a, const exact *b)
{
    exact product, root;
    if (exact_equal(a, b))
        return exact_integer(ratio, m, 1);
    return exact_multiply(&product, m, a, b) && exact_root(&root, m, &product, 2) &&
           exact_divide(ratio, m, &root, a);
}

/// sum += term; like terms are combined.
static bool add_term(surd *sum, scratch *m, surd_term term)
{
    for (int i = 0; i < sum->count; i++) {
        surd_term *known = &sum->term[i];
        exact ratio, part, total;
        if (known->imaginary != term.imaginary || known->pi_power != term.pi_power ||
            !are_alike(&ratio, m, &known->radicand, &term.radicand))
            continue;
        if (!exact_multiply(&part, m, &term.factor, &ratio) ||
            !exact_add(&total, m, &known->factor, &part))
            return false;
        known->factor = total;
        if (total.sign == 0)
            *known = sum->term[--sum->count];
        return true;
    }
    if (sum->count == SURD_TERMS)
        return false;
    sum->term[sum->count++] = term;
    return true;
}

bool surd_add(surd *out, scratch *m, const surd *a, const surd *b)
{
    surd sum = *a;
    for (int i = 0; i < b->count; i++)
        if (!add_term(&sum, m, b->term[i]))
            return false;
    *out = sum;
    return true;
}

/// sqrt(a) sqrt(b) = outside * sqrt(inside), where outside is the smaller radicand if it divides
/// the other, else 1, times the root of what is left if that is a square.
static bool multiply_radicands(exact *outside, exact *inside, scratch *m, const exact *a,
                               const exact *b)
{
    exact quotient, root;
    if (exact_divide(&quotient, m, a, b) && exact_is_integer(&quotient)) {
        *outside = *b;
        *inside = quotient;
    } else if (exact_divide(&quotient, m, b, a) && exact_is_integer(&quotient)) {
        *outside = *a;
        *inside = quotient;
    } else if (!exact_integer(outside, m, 1) || !exact_multiply(inside, m, a, b)) {
        return false;
    }
    if (exact_root(&root, m, inside, 2))
        return exact_multiply(outside, m, outside, &root) && exact_integer(inside, m, 1);
    return true;
}

static bool multiply_terms(surd_term *out, scratch *m, const surd_term *a, const surd_term *b)
{
    exact outside;
    out->pi_power = a->pi_power + b->pi_power;
    out->imaginary = a->imaginary != b->imaginary;
    if (abs(out->pi_power) > LARGEST_PI_POWER ||
        !multiply_radicands(&outside, &out->radicand, m, &a->radicand, &b->radicand) ||
        !exact_multiply(&out->factor, m, &a->factor, &b->factor) ||
        !exact_multiply(&out->factor, m, &out->factor, &outside))
        return false;
    if (a->imaginary && b->imaginary)
        out->factor = exact_negate(out->factor);
    return true;
}

bool surd_multiply(surd *out, scratch *m, const surd *a, const surd *b)
{
    surd product = {.count = 0};
    for (int i = 0; i < a->count; i++)
        for (int j = 0; j < b->count; j++) {
            surd_term term;
            if (!multiply_terms(&term, m, &a->term[i], &b->term[j]) || !add_term(&product, m, term))
                return false;
        }
    *out = product;
    return true;
}

/// 1 / (q sqrt(n) i^j pi^k) = sqrt(n) (-i)^j pi^-k / (q n).
static bool invert_term(surd *out, scratch *m, const surd_term *term)
{
    exact below, one;
    surd_term inverse = {
        .radicand = term->radicand, .imaginary = term->imaginary, .pi_power = -term->pi_power};
    if (!exact_multiply(&below, m, &term->factor, &term->radicand) || !exact_integer(&one, m, 1) ||
        !exact_divide(&inverse.factor, m, &one, &below))
        return false;
    if (term->imaginary)
        inverse.factor = exact_negate(inverse.factor);
    *out = (surd){.count = 1, .term = {inverse}};
    return true;
}

bool surd_divide(surd *out, scratch *m, const surd *a, const surd *b)
{
    surd inverse, conjugate, norm, top;
    if (b->count == 1)
        return invert_term(&inverse, m, &b->term[0]) && surd_multiply(out, m, a, &inverse);
    if (b->count != 2)
        return false;
    conjugate = *b; // (x + y)(x - y) = x^2 - y^2
    conjugate.term[1].factor = exact_negate(conjugate.term[1].factor);
    return surd_multiply(&norm, m, b, &conjugate) && norm.count == 1 &&
           surd_multiply(&top, m, a, &conjugate) && surd_divide(out, m, &top, &norm);
}

bool surd_power(surd *out, scratch *m, const surd *a, long power)
{
    surd result, base = *a, one_over;
    exact one, rational;
    if (surd_is_rational(&rational, m, a))
        return exact_power(&rational, m, &rational, power) && surd_from_exact(out, m, &rational);
    if (!exact_integer(&one, m, 1) || !surd_from_exact(&result, m, &one))
        return false;
    if (power < -LARGEST_POWER || power > LARGEST_POWER)
        return false;
    if (power < 0) {
        if (!surd_divide(&one_over, m, &result, &base))
            return false;
        base = one_over;
        power = -power;
    }
    for (; power > 0; power >>= 1) {
        if (power & 1 && !surd_multiply(&result, m, &result, &base))
            return false;
        if (power > 1 && !surd_multiply(&base, m, &base, &base))
            return false;
    }
    *out = result;
    return true;
}

bool surd_root(surd *out, scratch *m, const surd *a, unsigned degree)
{
    exact value, root, below, radicand, one;
    if (!surd_is_rational(&value, m, a))
        return false;
    if (exact_root(&root, m, &value, degree))
        return surd_from_exact(out, m, &root);
    if (degree != 2)
        return false;
    // sqrt(p/q) = sqrt(pq) / q
    exact num = {1, value.num_size, 1, value.num, NULL};
    exact den = {1, value.den_size, 1, value.den, NULL};
    if (!exact_integer(&one, m, 1))
        return false;
    num.den = den.den = one.den;
    if (!exact_multiply(&radicand, m, &num, &den) || !exact_divide(&below, m, &one, &den))
        return false;
    if (exact_root(&root, m, &radicand, 2)) // only for negative values
        return exact_multiply(&below, m, &below, &root) && one_term(out, m, &below, NULL, true, 0);
    return one_term(out, m, &below, &radicand, value.sign < 0, 0);
}

bool surd_is_rational(exact *value, scratch *m, const surd *a)
{
    exact root;
    if (a->count == 0)
        return exact_integer(value, m, 0);
    if (a->count > 1 || a->term[0].imaginary || a->term[0].pi_power != 0)
        return false;
    return exact_root(&root, m, &a->term[0].radicand, 2) &&
           exact_multiply(value, m, &a->term[0].factor, &root);
}

bool surd_equal(bool *equal, scratch *m, const surd *a, const surd *b)
{
    surd minus, difference;
    size_t mark = m->used;
    bool known = surd_negate(&minus, b) && surd_add(&difference, m, a, &minus);
    m->used = mark;
    *equal = known && difference.count == 0;
    return known;
}
