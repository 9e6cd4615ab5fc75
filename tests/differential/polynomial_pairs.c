// tests/differential/polynomial_pairs.c - pairs of polynomials in one and in two variables, and of
// rational functions.
//
// A polynomial is a whole factor times linear factors (a x + b); its coefficients are multiplied
// out here, and two are equal if all coefficients are. Fractions N/D are compared by N1 D2 = N2 D1.
#include "tests/differential/kinds.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DEGREE = 7 };

/// c[0] + c[1] x + …
typedef struct poly {
    long long c[MOST_DEGREE + 1];
} poly;

/// scale (a[0] x + b[0]) (a[1] x + b[1]) …
typedef struct factors {
    int scale, count, a[4], b[4];
} factors;

static const char *const LETTERS[] = {"x", "x", "x", "t", "n", "a", "k", "y", "m", "z", "r"};

static poly times(const poly *p, const poly *q)
{
    poly product = {0};
    for (int i = 0; i <= MOST_DEGREE; i++)
        for (int j = 0; i + j <= MOST_DEGREE; j++)
            product.c[i + j] += p->c[i] * q->c[j];
    return product;
}

static bool equal(const poly *p, const poly *q)
{
    return memcmp(p->c, q->c, sizeof p->c) == 0;
}

static poly expand(const factors *f)
{
    poly product = {{f->scale}};
    for (int i = 0; i < f->count; i++)
        product = times(&product, &(poly){{f->b[i], f->a[i]}});
    return product;
}

static factors draw_factors(distill_rng *rng, int count)
{
    factors f = {.scale = pair_chance(rng, 60) ? 1 : pair_nonzero(rng, 5), .count = count};
    for (int i = 0; i < count; i++) {
        f.a[i] = pair_chance(rng, 60) ? 1 : pair_nonzero(rng, 4);
        f.b[i] = pair_nonzero(rng, 9);
    }
    return f;
}

static const char *power_of(const char *letter, int exponent)
{
    if (exponent <= 1)
        return exponent == 0 ? "" : letter;
    return pair_text("%s^%d", letter, exponent);
}

/// The terms in falling order, or in any order.
static const char *write_terms(distill_rng *rng, const poly *p, const char *letter, bool shuffled)
{
    rational c[MOST_DEGREE + 1];
    const char *name[MOST_DEGREE + 1];
    for (int i = 0; i <= MOST_DEGREE; i++) {
        c[i] = rational_of(p->c[MOST_DEGREE - i], 1);
        name[i] = power_of(letter, MOST_DEGREE - i);
    }
    return shuffled ? rational_sum_shuffled(rng, c, name, MOST_DEGREE + 1)
                    : rational_sum(c, name, MOST_DEGREE + 1);
}

/// One factor in brackets; at random with the constant first, or with both signs changed, which
/// *sign then counts.
static const char *write_factor(distill_rng *rng, int a, int b, const char *letter, int *sign)
{
    if (pair_chance(rng, 20)) {
        a = -a, b = -b;
        *sign = -*sign;
    }
    poly linear = {{b, a}};
    return pair_text("(%s)", write_terms(rng, &linear, letter, pair_chance(rng, 30)));
}

static const char *write_factors(distill_rng *rng, const factors *f, const char *letter)
{
    const char *piece[4];
    int scale = f->scale;
    for (int i = 0; i < f->count; i++)
        piece[i] = write_factor(rng, f->a[i], f->b[i], letter, &scale);
    pair_shuffle(rng, piece, (size_t)f->count);
    const char *dot = pair_chance(rng, 15) ? " \\cdot " : "";
    return pair_text("%s%s", rational_factor(rational_of(scale, 1)),
                     pair_join(piece, (size_t)f->count, dot));
}

/// "((2x+3)x-1)x+4"
static const char *write_horner(const poly *p, const char *letter)
{
    int degree = MOST_DEGREE;
    while (degree > 1 && p->c[degree] == 0)
        degree--;
    const char *out = pair_text("%lld", p->c[degree]);
    for (int i = degree - 1; i >= 0; i--)
        out = i == degree - 1 ? pair_text("%s%s%+lld", out, letter, p->c[i])
                              : pair_text("%s(%s)%+lld", letter, out, p->c[i]);
    return out;
}

static const char *write_poly(distill_rng *rng, const factors *f, const char *letter)
{
    poly p = expand(f);
    factors last = *f, rest = *f;
    switch (pair_int(rng, 0, 6)) {
    case 0:
        return write_horner(&p, letter);
    case 1:
    case 2:
        return write_factors(rng, f, letter);
    case 3: // all factors but the last multiplied out
        if (f->count < 2)
            return write_terms(rng, &p, letter, true);
        rest.count--;
        last = (factors){1, 1, {f->a[rest.count]}, {f->b[rest.count]}};
        p = expand(&rest);
        return pair_text(
            "(%s)%s", write_terms(rng, &p, letter, false),
            pair_text("(%s)", write_terms(rng, &(poly){{last.b[0], last.a[0]}}, letter, false)));
    case 4:
        return write_terms(rng, &p, letter, true);
    default:
        return write_terms(rng, &p, letter, false);
    }
}

/// One coefficient of a factor, or the scale, changed.
static factors factors_near(distill_rng *rng, const factors *f)
{
    poly p = expand(f), q = p;
    factors other = *f;
    while (equal(&p, &q)) {
        int i = pair_int(rng, 0, f->count - 1);
        other = *f;
        switch (pair_int(rng, 0, 3)) {
        case 0:
            other.b[i] = -f->b[i];
            break;
        case 1:
            other.b[i] += f->b[i] == -1 ? 2 : 1;
            break;
        case 2:
            other.scale = -f->scale;
            break;
        default:
            other.a[i] += f->a[i] == -1 ? 2 : 1;
        }
        q = expand(&other);
    }
    return other;
}

void make_polynomial(pair *p, distill_rng *rng)
{
    factors f = draw_factors(rng, pair_int(rng, 1, 4)), g = f;
    const char *letter = PAIR_PICK(rng, LETTERS), *other_letter = letter;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 10))
        other_letter = strcmp(letter, "x") == 0 ? "y" : "x";
    else if (p->truth == PAIR_DIFFERENT)
        g = factors_near(rng, &f);
    const char *a = write_poly(rng, &f, letter), *b = write_poly(rng, &g, other_letter);
    pair_set(p, rng, a, b);
}

// ---- two variables: (a x + b y + c)(d x + e y + f) ----------------------------------------------

typedef struct bilinear {
    int first[3], second[3]; // of x, y, 1
} bilinear;

/// Coefficients of x^2, xy, y^2, x, y, 1.
static void expand_two(long long *c, const bilinear *b)
{
    const int *f = b->first, *s = b->second;
    c[0] = f[0] * s[0];
    c[1] = f[0] * s[1] + f[1] * s[0];
    c[2] = f[1] * s[1];
    c[3] = f[0] * s[2] + f[2] * s[0];
    c[4] = f[1] * s[2] + f[2] * s[1];
    c[5] = f[2] * s[2];
}

static const char *write_linear(distill_rng *rng, const int *f, const char *x, const char *y)
{
    rational c[] = {rational_of(f[0], 1), rational_of(f[1], 1), rational_of(f[2], 1)};
    const char *const name[] = {x, y, ""};
    return rational_sum_shuffled(rng, c, name, 3);
}

static const char *write_two(distill_rng *rng, const bilinear *b, const char *x, const char *y)
{
    const char *const product =
        pair_chance(rng, 50) ? pair_text("%s%s", x, y) : pair_text("%s%s", y, x);
    const char *const name[] = {pair_text("%s^2", x), product, pair_text("%s^2", y), x, y, ""};
    long long c[6];
    rational terms[6];
    expand_two(c, b);
    for (int i = 0; i < 6; i++)
        terms[i] = rational_of(c[i], 1);
    if (pair_chance(rng, 40)) {
        const char *const piece[] = {write_linear(rng, b->first, x, y),
                                     write_linear(rng, b->second, x, y)};
        int first = pair_int(rng, 0, 1);
        return pair_text("(%s)(%s)", piece[first], piece[1 - first]);
    }
    return pair_chance(rng, 60) ? rational_sum_shuffled(rng, terms, name, 6)
                                : rational_sum(terms, name, 6);
}

void make_two_variables(pair *p, distill_rng *rng)
{
    static const char *const NAMES[][2] = {
        {"x", "y"}, {"a", "b"}, {"m", "n"}, {"p", "q"}, {"r", "s"}};
    const char *const *name = NAMES[pair_int(rng, 0, 4)];
    bilinear b, other;
    long long c[6], d[6];
    for (int i = 0; i < 3; i++) {
        b.first[i] = pair_nonzero(rng, 5);
        b.second[i] = pair_nonzero(rng, 5);
    }
    if (pair_chance(rng, 50))
        b.first[2] = b.second[2] = 0;
    other = b;
    expand_two(c, &b);
    expand_two(d, &other);
    while (p->truth == PAIR_DIFFERENT && memcmp(c, d, sizeof c) == 0) {
        int i = pair_int(rng, 0, 2);
        other = b;
        if (pair_chance(rng, 50))
            other.first[i] = -b.first[i];
        else
            other.second[i] = b.second[i] + (b.second[i] == -1 ? 2 : 1);
        expand_two(d, &other);
    }
    const char *x = write_two(rng, &b, name[0], name[1]);
    const char *y = write_two(rng, &other, name[0], name[1]);
    pair_set(p, rng, x, y);
}

// ---- rational functions -------------------------------------------------------------------------

static const char *write_quotient(distill_rng *rng, const factors *top, const factors *below,
                                  const char *letter)
{
    factors t = *top, b = *below;
    if (pair_chance(rng, 30)) { // a common factor
        t.a[t.count] = b.a[b.count] = 1;
        t.b[t.count++] = b.b[b.count++] = pair_nonzero(rng, 9);
    }
    const char *n = write_poly(rng, &t, letter), *d = write_poly(rng, &b, letter);
    switch (pair_int(rng, 0, 4)) {
    case 0:
        return pair_text("(%s)/(%s)", n, d);
    case 1:
        return pair_text("\\dfrac{%s}{%s}", n, d);
    case 2:
        return pair_text("(%s)(%s)^{-1}", n, d);
    default:
        return pair_text("\\frac{%s}{%s}", n, d);
    }
}

/// a/(x+p) + b/(x+q) as two fractions.
static const char *write_parts_sum(int a, int p, int b, int q, const char *letter)
{
    return pair_text("%s\\frac{%d}{%s%+d}%s\\frac{%d}{%s%+d}", a < 0 ? "-" : "", abs(a), letter, p,
                     b < 0 ? "-" : "+", abs(b), letter, q);
}

static void make_partial(pair *p, distill_rng *rng, const char *letter)
{
    int a = pair_nonzero(rng, 6), b = pair_nonzero(rng, 6), s = pair_nonzero(rng, 9), t, a2 = a, t2;
    do
        t = pair_nonzero(rng, 9);
    while (t == s);
    t2 = t;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 50))
        a2 = -a;
    else if (p->truth == PAIR_DIFFERENT)
        t2 = t == -1 ? -2 : t + 1;
    poly top = {{(long long)a2 * t2 + (long long)b * s, a2 + b}};
    poly below = {{(long long)s * t2, s + t2, 1}};
    const char *x = write_parts_sum(a, s, b, t, letter);
    const char *y = pair_text("\\frac{%s}{%s}", write_terms(rng, &top, letter, false),
                              write_terms(rng, &below, letter, false));
    pair_set(p, rng, x, y);
}

void make_quotient(pair *p, distill_rng *rng)
{
    const char *letter = PAIR_PICK(rng, LETTERS);
    if (pair_chance(rng, 25)) {
        make_partial(p, rng, letter);
        return;
    }
    factors top = draw_factors(rng, pair_int(rng, 1, 2)),
            below = draw_factors(rng, pair_int(rng, 1, 2));
    factors top2 = top, below2 = below;
    poly left, right;
    do {
        if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 50))
            top2 = factors_near(rng, &top);
        else if (p->truth == PAIR_DIFFERENT)
            below2 = factors_near(rng, &below);
        poly n = expand(&top), d = expand(&below), n2 = expand(&top2), d2 = expand(&below2);
        left = times(&n, &d2);
        right = times(&n2, &d);
    } while (equal(&left, &right) != (p->truth == PAIR_EQUAL));
    const char *a = write_quotient(rng, &top, &below, letter);
    const char *b = write_quotient(rng, &top2, &below2, letter);
    pair_set(p, rng, a, b);
}

// ---- powers -------------------------------------------------------------------------------------

/// letter^(n/2), n not 0.
static const char *write_half_power(distill_rng *rng, const char *letter, int n)
{
    const char *power = n % 2 == 0 ? pair_text("%d", n / 2) : pair_text("%d/2", n);
    const char *size = abs(n) == 2 ? letter : pair_text("%s^{%d}", letter, abs(n) / 2);
    if (n % 2 != 0)
        size = abs(n) == 1 || pair_chance(rng, 50)
                   ? pair_text("\\sqrt{%s}",
                               abs(n) == 1 ? letter : pair_text("%s^{%d}", letter, abs(n)))
                   : pair_text("%s\\sqrt{%s}", abs(n) == 3 ? letter : size, letter);
    if (pair_chance(rng, 40))
        return pair_text("%s^{%s}", letter, power);
    return n > 0 ? size : pair_text("\\frac{1}{%s}", size);
}

void make_power(pair *p, distill_rng *rng)
{
    const char *letter = PAIR_PICK(rng, LETTERS);
    int n = pair_nonzero(rng, 9), c = pair_nonzero(rng, 9), other = n, c2 = c;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 60))
        other = n == -1 || pair_chance(rng, 50) ? n - 1 : n + 1;
    else if (p->truth == PAIR_DIFFERENT)
        c2 = -c;
    other = other == 0 ? 2 : other;
    if (p->truth == PAIR_DIFFERENT && other == n && c2 == c)
        c2 = c + (c == -1 ? 2 : 1);
    const char *a =
        pair_text("%s%s", rational_factor(rational_of(c, 1)), write_half_power(rng, letter, n));
    const char *b = pair_text("%s%s", rational_factor(rational_of(c2, 1)),
                              write_half_power(rng, letter, other));
    pair_set(p, rng, a, b);
}
