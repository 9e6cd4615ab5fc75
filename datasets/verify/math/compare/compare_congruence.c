// datasets/verify/math/compare/compare_congruence.c - compares congruences, x = a (mod m), as sets of
// residues.
//
// Both sides become a list of residues with a modulus each; several are a union, or an
// intersection where "and" joins different moduli. The sets are compared residue by residue modulo
// the least common multiple, so that x = 1 (mod 2) equals x = 1, 3 (mod 4).
// Limits: 32 residues, a common multiple of at most 20,000; residues that are not integers are equal
// only if they are written alike.
#include "datasets/verify/math/compare/compare_rules.h"

#include "datasets/verify/math/compare/compare_tree.h"
#include "datasets/verify/math/compare/relation.h"
#include "datasets/verify/math/compare/scalar.h"

enum { MOST_RESIDUES = 32, LARGEST_MODULUS = 20000 };

typedef struct residues {
    size_t count;
    expr *value[MOST_RESIDUES], *modulus[MOST_RESIDUES];
    int64_t residue[MOST_RESIDUES], m[MOST_RESIDUES];
    expr *name;        // of the unknown; NULL: none is given
    bool intersection; // all must hold
    bool integers;
} residues;

/// The integer value of a constant expression.
static bool integer_of(checker *c, int64_t *out, expr *e)
{
    if (expr_has_symbol(e, NULL))
        return false;
    const scalar_values *v = scalar_values_of(c, e);
    if (v == NULL || !v->at[0].valid || !ball_is_integer(&v->at[0], LARGEST_MODULUS))
        return false;
    *out = (int64_t)v->at[0].re;
    return true;
}

static bool add_residue(checker *c, residues *out, expr *value, expr *modulus)
{
    size_t i = out->count;
    if (i == MOST_RESIDUES || !expr_is_scalar(value))
        return false;
    out->value[i] = value;
    out->modulus[i] = modulus;
    int64_t r, m;
    if (integer_of(c, &r, value) && integer_of(c, &m, modulus) && m > 0) {
        out->residue[i] = ((r % m) + m) % m;
        out->m[i] = m;
    } else {
        out->integers = false;
    }
    out->count++;
    return true;
}

/// Adds a value, a list of values, or an equation of the unknown with them.
static bool add_values(checker *c, residues *out, expr *e, expr *modulus)
{
    expr *name = NULL, *value = e;
    if (e->kind == EXPR_RELATION) {
        if (!relation_assigns(e, &name, &value) ||
            (out->name != NULL && !relation_same_name(c, out->name, name)))
            return false;
        out->name = name;
    }
    if (value->kind != EXPR_LIST && value->kind != EXPR_SET)
        return add_residue(c, out, value, modulus);
    for (size_t i = 0; i < value->count; i++)
        if (!add_residue(c, out, value->child[i], modulus))
            return false;
    return true;
}

/// The modulus of a congruence, or of "a mod b" with a < b; NULL for other trees. *rest is what
/// stands before it.
static expr *modulus_of(checker *c, expr *e, expr **rest)
{
    int64_t a, b;
    bool congruence = e->kind == EXPR_CONGRUENCE;
    bool value = e->kind == EXPR_FUNCTION && e->op == FUNCTION_MODULO && e->count == 2 &&
                 integer_of(c, &a, e->child[0]) && integer_of(c, &b, e->child[1]) && 0 <= a &&
                 a < b;
    if (!congruence && !value)
        return NULL;
    *rest = e->child[0];
    return e->child[1];
}

/// Reads a congruence, or a list that ends with one: earlier elements without a modulus have that of
/// the next that has one (k = 2, 7 (mod 10)).
static bool read_residues(checker *c, residues *out, expr *e)
{
    expr *rest = NULL, *modulus = modulus_of(c, e, &rest);
    *out = (residues){.integers = true};
    if (modulus != NULL)
        return add_values(c, out, rest, modulus);
    if ((e->kind != EXPR_LIST && e->kind != EXPR_SET) || e->count == 0 ||
        modulus_of(c, e->child[e->count - 1], &rest) == NULL)
        return false;
    out->intersection = e->kind == EXPR_LIST && e->op == CONNECTOR_AND;
    for (size_t i = 0; i < e->count; i++) {
        size_t next = i;
        modulus = NULL;
        while (modulus == NULL)
            modulus = modulus_of(c, e->child[next++], &rest);
        if (next - 1 != i)
            rest = e->child[i];
        if (!add_values(c, out, rest, modulus))
            return false;
    }
    for (size_t i = 1; i < out->count && out->intersection; i++) // "1 and 3 (mod 4)" are two values
        out->intersection = !out->integers || out->m[i] != out->m[0];
    return true;
}

bool describes_congruence(checker *c, expr *e)
{
    expr *rest;
    if (modulus_of(c, e, &rest) != NULL)
        return true;
    return (e->kind == EXPR_LIST || e->kind == EXPR_SET) && e->count > 0 &&
           modulus_of(c, e->child[e->count - 1], &rest) != NULL;
}

static bool contains(const residues *r, int64_t x)
{
    for (size_t i = 0; i < r->count; i++)
        if ((x % r->m[i] == r->residue[i]) != r->intersection)
            return !r->intersection;
    return r->intersection;
}

/// The least common multiple of all moduli; 0 if it is too large.
static int64_t common_modulus(const residues *a, const residues *b)
{
    int64_t lcm = 1;
    for (size_t i = 0; i < a->count + b->count && lcm > 0; i++) {
        int64_t m = i < a->count ? a->m[i] : b->m[i - a->count], x = lcm, y = m;
        while (y != 0) {
            int64_t rest = x % y;
            x = y;
            y = rest;
        }
        lcm = lcm / x * m <= LARGEST_MODULUS ? lcm / x * m : 0;
    }
    return lcm;
}

/// A congruence and a value, whichever is the reference: the residue itself is right, another member
/// of its class is unknown.
static verdict_outcome compare_with_value(checker *c, const residues *r, expr *value)
{
    int64_t x;
    if (r->count != 1 || !r->integers || !integer_of(c, &x, value))
        return VERDICT_UNKNOWN;
    if (x == r->residue[0])
        return VERDICT_RIGHT;
    return contains(r, ((x % r->m[0]) + r->m[0]) % r->m[0]) ? VERDICT_UNKNOWN : VERDICT_WRONG;
}

/// Residues that are not integers: equal if value and modulus are, in the same order.
static verdict_outcome compare_written(checker *c, const residues *a, const residues *b)
{
    if (a->count != b->count)
        return VERDICT_UNKNOWN;
    for (size_t i = 0; i < a->count; i++)
        if (compare_trees(c, a->modulus[i], b->modulus[i]) != VERDICT_RIGHT ||
            compare_trees(c, a->value[i], b->value[i]) != VERDICT_RIGHT)
            return VERDICT_UNKNOWN;
    return VERDICT_RIGHT;
}

verdict_outcome compare_congruences(checker *c, expr *a, expr *b)
{
    residues x, y;
    c->rule = "congruence";
    bool read_a = read_residues(c, &x, a), read_b = read_residues(c, &y, b);
    if (!read_a || !read_b) {
        expr *other = read_a ? b : a, *name, *value;
        if (read_b && a->kind == EXPR_RELATION) // one value is asked for, not a class
            return VERDICT_WRONG;
        if (relation_assigns(other, &name, &value))
            other = value;
        return read_a || read_b ? compare_with_value(c, read_a ? &x : &y, other) : VERDICT_UNKNOWN;
    }
    verdict_outcome outcome = VERDICT_UNKNOWN;
    int64_t modulus = x.integers && y.integers ? common_modulus(&x, &y) : 0;
    if (modulus == 0) {
        outcome = compare_written(c, &x, &y);
    } else {
        outcome = VERDICT_RIGHT;
        for (int64_t r = 0; r < modulus && outcome == VERDICT_RIGHT; r++)
            if (contains(&x, r) != contains(&y, r))
                outcome = VERDICT_WRONG;
    }
    bool named = x.name != NULL && y.name != NULL && !c->options.any_variable;
    if (outcome == VERDICT_RIGHT && named && !relation_same_name(c, x.name, y.name))
        return VERDICT_UNKNOWN;
    c->rule = "congruence";
    return outcome;
}
