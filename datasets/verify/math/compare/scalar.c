// datasets/verify/math/compare/scalar.c - compares scalars: exactly, numerically, or at points.
//
// Two constants that differ may still be a value and its rounded form. A decimal with six
// significant digits and four places that rounds (or is cut) from the other value is right; with
// three to five digits it is unknown; with fewer it is wrong. Integers are never approximations.
#include "datasets/verify/math/compare/scalar.h"

#include "datasets/verify/math/tree/evaluate_exact.h"

#include <math.h>

enum { FEWEST_POINTS = 3, MOST_NAMES = 8 };

/// How a decimal was written.
typedef struct literal {
    bool is;
    int digits; // significant
    int last;   // power of ten of the last digit
    bool cut;   // dots stand after it
} literal;

int scalar_infinite(const expr *e)
{
    if (e->kind == EXPR_CONSTANT && e->op == CONSTANT_INFINITY)
        return 1;
    return e->kind == EXPR_NEGATE ? -scalar_infinite(e->child[0]) : 0;
}

const scalar_values *scalar_values_of(checker *c, expr *e)
{
    if (e->values != NULL)
        return e->values;
    scalar_values *v = scratch_take(c->m, sizeof *v);
    if (v == NULL)
        return NULL;
    bool constant = !expr_has_symbol(e, NULL);
    v->has_exact = constant && evaluate_exact(&v->exact, c->m, e);
    v->count = constant ? 1 : EVALUATION_POINTS;
    for (int i = 0; i < v->count; i++) {
        evaluation at = {.point = i, .budget = c->budget};
        v->at[i] = evaluate(&at, e);
        c->budget = at.budget;
    }
    e->values = v;
    return v;
}

/// Reads 3.14, -2.50 and 1.85 \times 10^5; integers and other trees are no decimals.
static literal literal_of(const expr *e)
{
    literal none = {.is = false}, mantissa;
    int64_t power;
    while (e->kind == EXPR_NEGATE || e->kind == EXPR_QUANTITY)
        e = e->child[0];
    if (e->kind == EXPR_NUMBER && e->digits > 0)
        return (literal){true, e->digits, -e->places, e->op == 1};
    if (e->kind != EXPR_MULTIPLY || e->count != 2 || e->child[1]->kind != EXPR_POWER)
        return none;
    const expr *ten = e->child[1]->child[0], *exponent = e->child[1]->child[1];
    bool minus = exponent->kind == EXPR_NEGATE;
    if (minus)
        exponent = exponent->child[0];
    if (ten->kind != EXPR_NUMBER || !exact_to_int(&power, &ten->value) || power != 10 ||
        exponent->kind != EXPR_NUMBER || !exact_to_int(&power, &exponent->value) || power > 1000)
        return none;
    mantissa = literal_of(e->child[0]);
    mantissa.last += (int)(minus ? -power : power);
    return mantissa;
}

/// `value` rounded to the last digit of `l`, or cut there if `l` has at least six digits, is
/// `written`.
static bool rounds_to(long double value, long double written, const literal *l)
{
    long double unit = powl(10, l->last), off = fabsl(value - written);
    bool cut =
        (l->digits >= 6 || l->cut) && fabsl(written) <= fabsl(value) && off < unit * (1 - 1e-9L);
    return cut || off <= unit * (0.5L + 1e-9L);
}

/// Two different numbers, of which the one written with fewer places may be the rounded form of the
/// other.
static verdict_outcome compare_rounded(const ball *a, const literal *la, const ball *b,
                                       const literal *lb)
{
    if ((!la->is && !lb->is) || !ball_is_real(a) || !ball_is_real(b))
        return VERDICT_WRONG;
    bool a_is_coarse = la->is && (!lb->is || la->last >= lb->last);
    const literal *coarse = a_is_coarse ? la : lb;
    const ball *written = a_is_coarse ? a : b, *value = a_is_coarse ? b : a;
    if (la->is && lb->is && la->last == lb->last)
        return VERDICT_WRONG;
    if (!rounds_to(value->re, written->re, coarse))
        return VERDICT_WRONG;
    if ((coarse->digits >= 6 && coarse->last <= -4) || (coarse->cut && coarse->digits >= 3))
        return VERDICT_RIGHT;
    return coarse->digits >= 3 ? VERDICT_UNKNOWN : VERDICT_WRONG;
}

/// Both are equal when rounded to `precision` places.
static bool agree_to(const ball *a, const ball *b, int precision)
{
    long double scale = powl(10, precision);
    return ball_is_real(a) && ball_is_real(b) &&
           fabsl(roundl(a->re * scale) - roundl(b->re * scale)) < 0.5L;
}

static verdict_outcome compare_constants(checker *c, const expr *a, const scalar_values *va,
                                         const expr *b, const scalar_values *vb)
{
    bool equal;
    const ball *x = &va->at[0], *y = &vb->at[0];
    bool valid = x->valid && y->valid;
    literal la = literal_of(a), lb = literal_of(b);
    if (va->has_exact && vb->has_exact && surd_equal(&equal, c->m, &va->exact, &vb->exact)) {
        c->rule = "exact value";
        if (equal)
            return VERDICT_RIGHT;
        if (!valid)
            return VERDICT_WRONG;
    } else {
        c->rule = "numeric value";
        if (!valid)
            return VERDICT_UNKNOWN;
        int same = ball_equal(x, y);
        if (same != 0)
            return same > 0 ? VERDICT_RIGHT : VERDICT_UNKNOWN;
    }
    if (c->options.precision >= 0)
        return agree_to(x, y, c->options.precision) ? VERDICT_RIGHT : VERDICT_WRONG;
    return compare_rounded(x, &la, y, &lb);
}

/// The expression has functions whose values for positive variables do not determine those for
/// negative ones.
static bool has_corners(const expr *e)
{
    if (e->kind == EXPR_ABS)
        return true;
    if (e->kind == EXPR_FUNCTION && e->op >= FUNCTION_FLOOR)
        return true;
    for (size_t i = 0; i < e->count; i++)
        if (has_corners(e->child[i]))
            return true;
    return false;
}

/// Numbers of points at which two expressions agree and differ.
typedef struct tally {
    int agree, differ,
        differ_negative;               // both are real; the last: at points with negative variables
    int complex_agree, complex_differ; // neither is real
    int mixed;                         // one is real, and they differ
} tally;

static tally count_points(const scalar_values *va, const scalar_values *vb)
{
    tally t = {0};
    for (int i = 0; i < EVALUATION_POINTS; i++) {
        const ball *x = &va->at[va->count > 1 ? i : 0], *y = &vb->at[vb->count > 1 ? i : 0];
        int equal = x->valid && y->valid ? ball_equal(x, y) : -1;
        if (equal < 0)
            continue;
        bool real_x = ball_is_real(x), real_y = ball_is_real(y);
        if (!real_x && !real_y) {
            t.complex_agree += equal == 1;
            t.complex_differ += equal == 0;
        } else if (real_x && real_y) {
            t.agree += equal == 1;
            t.differ += equal == 0 && i < POSITIVE_POINTS;
            t.differ_negative += equal == 0 && i >= POSITIVE_POINTS;
        } else {
            t.mixed += equal == 0;
        }
    }
    return t;
}

static verdict_outcome compare_functions(const expr *a, const scalar_values *va, const expr *b,
                                         const scalar_values *vb)
{
    tally t = count_points(va, vb);
    if (t.differ > 0)
        return VERDICT_WRONG;
    if (t.agree == 0) { // at no point are both real
        if (t.complex_differ > 0 || (t.mixed >= FEWEST_POINTS && t.complex_agree == 0))
            return VERDICT_WRONG;
        return t.complex_agree >= FEWEST_POINTS ? VERDICT_RIGHT : VERDICT_UNKNOWN;
    }
    if (t.differ_negative > 0)
        return has_corners(a) || has_corners(b) ? VERDICT_WRONG : VERDICT_UNKNOWN;
    return t.agree + t.complex_agree >= FEWEST_POINTS ? VERDICT_RIGHT : VERDICT_UNKNOWN;
}

static size_t collect_names(const expr *e, distill_span *names, size_t count)
{
    if (e->kind == EXPR_SYMBOL) {
        for (size_t i = 0; i < count; i++)
            if (distill_span_equal(names[i], e->text))
                return count;
        if (count < MOST_NAMES)
            names[count++] = e->text;
    }
    for (size_t i = 0; i < e->count; i++)
        count = collect_names(e->child[i], names, count);
    return count;
}

/// Sets *out to `e` with its constant of integration `name` set to 0. Returns 1 if `e` is linear in
/// that constant with factor 1, 0 if it is not, -1 if that cannot be determined at this point.
static int without_constant(checker *c, ball *out, expr *e, distill_span name, int point)
{
    evaluation at = {.point = point, .budget = c->budget, .fixed = &name};
    at.fixed_value = ball_real(0);
    *out = evaluate(&at, e);
    at.fixed_value = ball_real(1.5L);
    ball other = evaluate(&at, e), difference = ball_negate(out), step = ball_real(1.5L);
    c->budget = at.budget;
    if (!out->valid || !other.valid)
        return -1;
    difference = ball_add(&difference, &other);
    return ball_equal(&difference, &step);
}

/// The constant of integration of `e`: C, K or c, if the only other symbol is a variable in lower
/// case; empty otherwise.
static distill_span integration_constant(const expr *e)
{
    static const char *const NAMES[] = {"C", "K", "c", "C_1"};
    distill_span names[MOST_NAMES];
    if (collect_names(e, names, 0) != 2)
        return (distill_span){NULL, 0};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        for (size_t j = 0; j < 2; j++) {
            char variable = names[1 - j].bytes[0];
            bool usual = variable >= 'r' && variable <= 'z'; // x + c; b + c is another sum
            bool letter = *NAMES[i] == 'c' ? usual : variable >= 'a' && variable <= 'z';
            if (distill_span_is(names[j], NAMES[i]) && letter)
                return names[j];
        }
    return (distill_span){NULL, 0};
}

/// Antiderivatives that differ by a constant: x^2/2 + C and (x^2 + 1)/2 + C.
static bool equal_but_for_constant(checker *c, expr *a, expr *b)
{
    distill_span in_a = integration_constant(a), in_b = integration_constant(b);
    ball first = {0};
    if (in_a.length == 0 || in_b.length == 0)
        return false;
    int compared = 0,
        points = has_corners(a) || has_corners(b) ? EVALUATION_POINTS : POSITIVE_POINTS;
    for (int i = 0; i < points; i++) {
        ball x, y;
        int linear_a = without_constant(c, &x, a, in_a, i);
        int linear_b = without_constant(c, &y, b, in_b, i);
        if (linear_a == 0 || linear_b == 0)
            return false;
        if (linear_a < 0 || linear_b < 0 ||
            (i >= POSITIVE_POINTS && (!ball_is_real(&x) || !ball_is_real(&y))))
            continue; // \ln x and \ln|x|
        y = ball_negate(&y);
        x = ball_add(&x, &y);
        if (compared++ == 0)
            first = x;
        else if (ball_equal(&x, &first) != 1)
            return false;
    }
    return compared >= FEWEST_POINTS;
}

/// `b` with its variables renamed to those of `a`, in order of appearance; `b` itself if their
/// numbers differ, NULL if the block is full.
static expr *renamed(checker *c, const expr *a, expr *b)
{
    distill_span mine[MOST_NAMES], theirs[MOST_NAMES];
    size_t count = collect_names(a, mine, 0);
    if (collect_names(b, theirs, 0) != count)
        return b;
    for (int pass = 0; pass < 2; pass++) // first to unused names, so that none is renamed twice
        for (size_t i = 0; i < count && b != NULL; i++) {
            static const char *const FRESH[MOST_NAMES] = {"#0", "#1", "#2", "#3",
                                                          "#4", "#5", "#6", "#7"};
            expr *leaf = expr_leaf(c->m, EXPR_SYMBOL);
            if (leaf == NULL)
                return NULL;
            distill_span fresh = distill_span_of(FRESH[i]);
            leaf->text = pass == 0 ? fresh : mine[i];
            b = expr_substitute(c->m, b, pass == 0 ? theirs[i] : fresh, leaf);
        }
    return b;
}

static verdict_outcome compare_infinite(int a, int b)
{
    return a == b ? VERDICT_RIGHT : VERDICT_WRONG;
}

/// Expressions of which one has a series with other bounds than integers: compared at whole values
/// of all variables.
static verdict_outcome compare_series(checker *c, expr *a, expr *b)
{
    int agree = 0;
    c->rule = "value at whole numbers";
    for (int i = 0; i < EVALUATION_POINTS; i++) {
        evaluation at = {.point = i, .budget = c->budget, .whole = true};
        ball x = evaluate(&at, a), y = evaluate(&at, b);
        c->budget = at.budget;
        int equal = x.valid && y.valid ? ball_equal(&x, &y) : -1;
        if (equal == 0)
            return VERDICT_WRONG;
        agree += equal == 1;
    }
    return agree >= FEWEST_POINTS ? VERDICT_RIGHT : VERDICT_UNKNOWN;
}

/// Two expressions that agree at the usual points, of which one has corners, differ at 0 or far from
/// it: x and |x + 100| - 100.
static bool differ_far_away(checker *c, const expr *a, const expr *b)
{
    static const long double FAR[] = {0, 1e3L, -1e3L, 1e6L, -1e6L};
    distill_span names[MOST_NAMES];
    if (!has_corners(a) && !has_corners(b))
        return false;
    size_t count = collect_names(b, names, collect_names(a, names, 0));
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < sizeof FAR / sizeof *FAR; i++) {
            evaluation at = {.budget = c->budget, .fixed = &names[n]};
            at.fixed_value = ball_real(FAR[i]);
            ball x = evaluate(&at, a), y = evaluate(&at, b);
            c->budget = at.budget;
            if (x.valid && y.valid && ball_is_real(&x) && ball_is_real(&y) &&
                ball_equal(&x, &y) == 0)
                return true;
        }
    return false;
}

static verdict_outcome compare_values(checker *c, expr *a, expr *b)
{
    if (expr_contains(a, EXPR_SERIES) || expr_contains(b, EXPR_SERIES))
        return expr_same(a, b) ? VERDICT_RIGHT : compare_series(c, a, b);
    const scalar_values *va = scalar_values_of(c, a), *vb = scalar_values_of(c, b);
    if (va == NULL || vb == NULL || c->budget < 0)
        return VERDICT_UNKNOWN;
    if (va->count == 1 && vb->count == 1)
        return compare_constants(c, a, va, b, vb);
    verdict_outcome outcome = compare_functions(a, va, b, vb);
    if (outcome == VERDICT_RIGHT && differ_far_away(c, a, b))
        return VERDICT_WRONG;
    if (outcome == VERDICT_WRONG && equal_but_for_constant(c, a, b))
        outcome = VERDICT_RIGHT;
    c->rule = "value at points";
    return outcome;
}

static bool has_function(const expr *e, expr_function function)
{
    if (e->kind == EXPR_FUNCTION && e->op == function)
        return true;
    for (size_t i = 0; i < e->count; i++)
        if (has_function(e->child[i], function))
            return true;
    return false;
}

/// The expressions are equal if log means the natural logarithm, as some write it.
static bool equal_with_natural_logarithms(checker *c, expr *a, expr *b)
{
    if (!has_function(a, FUNCTION_LOG) && !has_function(b, FUNCTION_LOG))
        return false;
    expr *x = expr_natural_logarithms(c->m, a), *y = expr_natural_logarithms(c->m, b);
    return x != NULL && y != NULL && compare_values(c, x, y) == VERDICT_RIGHT;
}

verdict_outcome scalar_compare(checker *c, expr *a, expr *b)
{
    if (scalar_infinite(a) != 0 || scalar_infinite(b) != 0)
        return compare_infinite(scalar_infinite(a), scalar_infinite(b));
    if (c->options.any_variable)
        b = renamed(c, a, b);
    if (b == NULL)
        return VERDICT_UNKNOWN;
    verdict_outcome outcome = compare_values(c, a, b);
    if (outcome == VERDICT_WRONG && equal_with_natural_logarithms(c, a, b))
        outcome = VERDICT_UNKNOWN;
    return outcome;
}
