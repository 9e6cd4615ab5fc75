// datasets/verify/math/compare/compare_operators.c - letters whose products depend on their order:
// matrices, permutations, vectors.
//
// Expressions are compared at points, where letters are numbers and all products commute. That
// proves nothing where the letters stand for matrices. Nothing declares them; what shows it is a
// transpose, an inverse beside another capital, a commutator, an exponential of a sum of capitals, a
// product of powers of capitals and nothing else, or a product of permutations. There only the same
// order of factors is right, and the rest is unknown. Quotients show numbers: P/V is PV^{-1}.
#include "datasets/verify/math/compare/compare_rules.h"

#include "datasets/verify/ascii.h"
#include "datasets/verify/math/compare/scalar.h"

#include <string.h>

/// What the walk over a tree has found.
typedef struct evidence {
    bool transpose, inverse, commutator, exponential, quotient, permutations, vectors;
    bool modulus; // |z|
    char first;   // a capital
    bool two;     // a different one
} evidence;

static bool is_capital(const expr *e)
{
    return e->kind == EXPR_SYMBOL && e->text.length == 1 && ascii_is_capital(*e->text.bytes);
}

/// A capital, or a product or sum of capitals.
static bool has_only_capitals(const expr *e)
{
    if (e->kind != EXPR_MULTIPLY && e->kind != EXPR_ADD && e->kind != EXPR_NEGATE)
        return is_capital(e);
    for (size_t i = 0; i < e->count; i++)
        if (!has_only_capitals(e->child[i]))
            return false;
    return true;
}

/// The exponent is the sign of a transpose: A^T, A^{\top}, A^\dagger.
static bool is_transpose(const expr *base, const expr *exponent)
{
    static const char *const SIGNS[] = {"T", "top", "intercal", "dagger", "ast"};
    bool letters = base->kind == EXPR_SYMBOL || has_only_capitals(base);
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (letters && exponent->kind == EXPR_SYMBOL && distill_span_is(exponent->text, SIGNS[i]))
            return true;
    return false;
}

static void look_at_power(evidence *found, const expr *base, const expr *exponent)
{
    bool sum = exponent->kind == EXPR_ADD && has_only_capitals(exponent);
    found->transpose = found->transpose || is_transpose(base, exponent);
    found->inverse = found->inverse || (exponent->kind == EXPR_NEGATE && has_only_capitals(base));
    found->exponential = found->exponential || (base->kind == EXPR_CONSTANT && sum);
}

/// AB and BA, perhaps negated, are terms of the sum.
static bool is_commutator(const expr *sum)
{
    for (size_t i = 0; i + 1 < sum->count; i++) {
        const expr *a = sum->child[i], *b = sum->child[i + 1];
        a = a->kind == EXPR_NEGATE ? a->child[0] : a;
        b = b->kind == EXPR_NEGATE ? b->child[0] : b;
        if (a->kind == EXPR_MULTIPLY && b->kind == EXPR_MULTIPLY && a->count == 2 &&
            b->count == 2 && is_capital(a->child[0]) && is_capital(a->child[1]) &&
            *a->child[0]->text.bytes != *a->child[1]->text.bytes &&
            expr_same(a->child[0], b->child[1]) && expr_same(a->child[1], b->child[0]))
            return true;
    }
    return false;
}

/// Number of letters among the factors, also of inner products, that are marked as vectors.
static size_t count_vectors(const expr *e)
{
    size_t count = e->kind == EXPR_SYMBOL && e->op != SYMBOL_PLAIN;
    for (size_t i = 0; e->kind == EXPR_MULTIPLY && i < e->count; i++)
        count += count_vectors(e->child[i]);
    return count;
}

/// sigma and tau are factors, or more than two vectors.
static void look_at_product(evidence *found, const expr *product)
{
    bool sigma = false, tau = false;
    for (size_t i = 0; i < product->count; i++) {
        const expr *e = product->child[i];
        e = e->kind == EXPR_POWER ? e->child[0] : e;
        sigma = sigma || (e->kind == EXPR_SYMBOL && distill_span_is(e->text, "sigma"));
        tau = tau || (e->kind == EXPR_SYMBOL && distill_span_is(e->text, "tau"));
    }
    found->permutations = found->permutations || (sigma && tau);
    found->vectors = found->vectors || count_vectors(product) > 2;
}

static void look(evidence *found, const expr *e)
{
    if (is_capital(e)) {
        found->two = found->two || (found->first != '\0' && found->first != *e->text.bytes);
        found->first = *e->text.bytes;
    }
    if (e->kind == EXPR_POWER)
        look_at_power(found, e->child[0], e->child[1]);
    else if (e->kind == EXPR_MULTIPLY)
        look_at_product(found, e);
    else if (e->kind == EXPR_ADD)
        found->commutator = found->commutator || is_commutator(e);
    else if (e->kind == EXPR_ABS && e->child[0]->kind == EXPR_SYMBOL)
        found->modulus = found->modulus || distill_span_is(e->child[0]->text, "z");
    found->quotient = found->quotient || e->kind == EXPR_DIVIDE || e->kind == EXPR_INVERSE;
    for (size_t i = 0; i < e->count; i++)
        look(found, e->child[i]);
}

/// A product of capitals that are usual for matrices and elements of groups, of which one at least
/// has a power, R^2 S. I^2 R and L^2 W are products of numbers.
static bool is_product_of_powers(const expr *e)
{
    bool power = false;
    for (size_t i = 0; i < e->count; i++) {
        const expr *base = e->child[i]->kind == EXPR_POWER ? e->child[i]->child[0] : e->child[i];
        power = power || base != e->child[i];
        if (!is_capital(base) || strchr("ABCMNPQRSU", *base->text.bytes) == NULL)
            return false;
    }
    return e->kind == EXPR_MULTIPLY && power;
}

bool products_may_not_commute(const expr *a, const expr *b, bool equal)
{
    evidence found = {.first = '\0'};
    look(&found, a);
    bool modulus = found.modulus;
    found.modulus = false;
    look(&found, b);
    modulus = modulus != found.modulus; // |z|^2 and z^2
    if (!equal)
        return found.transpose;
    bool matrices = found.transpose || found.commutator || found.exponential ||
                    (found.inverse && found.two && !found.quotient) ||
                    (is_product_of_powers(a) && is_product_of_powers(b));
    return (matrices || modulus || found.permutations || found.vectors) && !expr_same(a, b);
}
