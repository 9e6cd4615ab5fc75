// tests/differential/constant_pairs.c - pairs of constants: roots, sums with a root, complex
// numbers, absolute values and other functions of whole numbers, binomials and permutations, powers
// and logarithms.
//
// A root is q times the square or cube root of a number without such factors, so two of them are
// equal only if both parts are.
#include "tests/differential/kinds.h"

#include <stdlib.h>
#include <string.h>

static const int RADICANDS[] = {2, 3, 5, 6, 7, 10, 11, 13, 14, 15, 17, 19, 21};

static int draw_radicand(distill_rng *rng)
{
    return RADICANDS[distill_rng_below(rng, PAIR_COUNT(RADICANDS))];
}

// ---- q times a root -----------------------------------------------------------------------------

static const char *write_square_root(distill_rng *rng, rational q, int n)
{
    long long size = llabs(q.n);
    const char *sign = q.n < 0 ? "-" : "", *factor = size == 1 ? "" : pair_text("%lld", size);
    switch (pair_int(rng, 0, 6)) {
    case 0: // one root of everything
        if (q.d == 1)
            return pair_text("%s\\sqrt{%lld}", sign, size * size * n);
        return pair_text("%s\\sqrt{\\frac{%lld}{%lld}}", sign, size * size * n, q.d * q.d);
    case 1: // the root below the bar: q n / root n
        return pair_text("%s\\frac{%lld}{%s\\sqrt{%d}}", sign, size * n,
                         q.d == 1 ? "" : pair_text("%lld", q.d), n);
    case 2:
        if (q.d == 1)
            return pair_text("%s%s \\cdot \\sqrt{%d}", sign, size == 1 ? "1" : factor, n);
        return pair_text("%s\\frac{%lld}{%lld}\\sqrt{%d}", sign, size, q.d, n);
    case 3:
        if (q.d == 1)
            return pair_text("%s%s\\sqrt%s", sign, factor,
                             n < 10 ? pair_text("%d", n) : pair_text("{%d}", n));
        return pair_text("%s%s\\sqrt{%d}/%lld", sign, factor, n, q.d);
    case 4:
        if (q.d == 1)
            return pair_text("%s%s\u221a%d", sign, factor, n);
        return pair_text("%s\\dfrac{%s\\sqrt{%d}}{%lld}", sign, factor, n, q.d);
    case 5:
        if (q.d == 1)
            return pair_text("%s%s%ssqrt(%d)", sign, factor, size == 1 ? "" : "*", n);
        return pair_text("%s\\frac{%s\\sqrt{%d}}{%lld}", sign, factor, n, q.d);
    default:
        if (q.d == 1)
            return pair_text("%s%s\\sqrt{%d}", sign, factor, n);
        return pair_text("%s\\frac{%s\\sqrt{%d}}{%lld}", sign, factor, n, q.d);
    }
}

static const char *write_cube_root(distill_rng *rng, int q, int n)
{
    const char *sign = q < 0 ? "-" : "";
    int size = abs(q);
    const char *factor = size == 1 ? "" : pair_text("%d", size);
    switch (pair_int(rng, 0, 3)) {
    case 0:
        return pair_text("%s\\sqrt[3]{%d}", sign, size * size * size * n);
    case 1:
        return pair_text("%s%s%d^{1/3}", sign, size == 1 ? "" : pair_text("%d\\cdot ", size), n);
    case 2:
        return pair_text("%s%s \\sqrt[3]{%d}", sign, factor, n);
    default:
        return pair_text("%s%s\\sqrt[3]{%d}", sign, factor, n);
    }
}

void make_root(pair *p, distill_rng *rng)
{
    int n = draw_radicand(rng), m = n;
    rational q = rational_draw_over(rng, 9, 1, pair_chance(rng, 60) ? 1 : 6);
    rational other = q;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 40))
        while (m == n)
            m = draw_radicand(rng);
    else
        other = rational_other(p, rng, q);
    if (other.n == 0)
        other = rational_of(q.n * 3, q.d);
    const char *a, *b;
    if (q.d == 1 && other.d == 1 && llabs(other.n) < 100 && pair_chance(rng, 25)) {
        a = write_cube_root(rng, (int)q.n, n);
        b = write_cube_root(rng, (int)other.n, m);
    } else {
        a = write_square_root(rng, q, n);
        b = write_square_root(rng, other, m);
    }
    pair_set(p, rng, a, b);
}

// ---- a + b root n -------------------------------------------------------------------------------

/// a + b √n, all whole, b not 0.
static const char *write_root_sum(distill_rng *rng, int a, int b, int n)
{
    const char *root = pair_text("%s\\sqrt{%d}", abs(b) == 1 ? "" : pair_text("%d", abs(b)), n);
    const char *sign = b < 0 ? "-" : "+", *lead = b < 0 ? "-" : "";
    int norm = a * a - b * b * n, common = pair_int(rng, 2, 5);
    switch (pair_int(rng, 0, 5)) {
    case 0:
        return pair_text("%s%s%+d", lead, root, a);
    case 1:
        return pair_text("%d %s %s", a, sign, root);
    case 2: // by the conjugate: (a^2 - b^2 n) / (a - b root n)
        return pair_text("\\frac{%d}{%d%s%s}", norm, a, b < 0 ? "+" : "-", root);
    case 3:
        return pair_text("\\frac{%d%+d\\sqrt{%d}}{%d}", a * common, b * common, n, common);
    case 4: // a + b root n = root of (a^2 + b^2 n + 2 a b root n) where a and b are positive
        if (a > 0 && b > 0)
            return pair_text("\\sqrt{%d+%d\\sqrt{%d}}", a * a + b * b * n, 2 * a * b, n);
        return pair_text("%d%s%s", a, sign, root);
    default:
        return pair_text("%d%s%s", a, sign, root);
    }
}

void make_root_sum(pair *p, distill_rng *rng)
{
    int n = draw_radicand(rng), a = pair_nonzero(rng, 12), b = pair_nonzero(rng, 6);
    int a2 = a, b2 = b, n2 = n;
    while (p->truth == PAIR_DIFFERENT && (a2 == a && b2 == b && n2 == n))
        switch (pair_int(rng, 0, 4)) {
        case 0:
            a2 = -a;
            break;
        case 1:
            b2 = -b;
            break;
        case 2:
            n2 = draw_radicand(rng);
            break;
        case 3:
            a2 = b, b2 = a;
            break;
        default:
            a2 = a + (a == -1 ? -1 : 1);
        }
    const char *x = write_root_sum(rng, a, b, n), *y = write_root_sum(rng, a2, b2, n2);
    pair_set(p, rng, x, y);
}

// ---- complex numbers ----------------------------------------------------------------------------

/// b i without sign: "i", "3i", "\frac{3}{2}i", "\mathrm{i}".
static const char *imaginary(distill_rng *rng, int b)
{
    static const char *const UNITS[] = {"i",           "i",           "i",
                                        "\\mathrm{i}", "\\text{i}",   "\\, i",
                                        "\\cdot i",    "\\mathit{i}", "\\mathsf{i}"};
    const char *unit = PAIR_PICK(rng, UNITS);
    if (abs(b) == 1)
        return unit[0] == '\\' && (unit[1] == ',' || unit[1] == 'c') ? "i" : unit;
    return pair_text("%d%s", abs(b), unit);
}

/// a + bi, neither 0.
static const char *write_complex(distill_rng *rng, int a, int b)
{
    const char *i = imaginary(rng, b);
    int c = pair_nonzero(rng, 3), d = pair_nonzero(rng, 3);
    switch (pair_int(rng, 0, 6)) {
    case 0:
        return pair_text("%s%s%+d", b < 0 ? "-" : "", i, a);
    case 1:
        return pair_text("%d %s %s", a, b < 0 ? "-" : "+", i);
    case 2: // (a + bi)(c + di) / (c + di)
        return pair_text("\\frac{%d%+di}{%d%+di}", a * c - b * d, a * d + b * c, c, d);
    case 3:
        return pair_text("%d-(%s%s)", a, b < 0 ? "" : "-", i);
    case 4:
        return pair_text("i(%d%+di)", b, -a);
    default:
        return pair_text("%d%s%s", a, b < 0 ? "-" : "+", i);
    }
}

void make_complex(pair *p, distill_rng *rng)
{
    int a = pair_nonzero(rng, 12), b = pair_nonzero(rng, 12), a2 = a, b2 = b;
    while (p->truth == PAIR_DIFFERENT && a2 == a && b2 == b)
        switch (pair_int(rng, 0, 4)) {
        case 0:
            b2 = -b;
            break;
        case 1:
            a2 = -a;
            break;
        case 2:
            a2 = b, b2 = a;
            break;
        case 3:
            a2 = -a, b2 = -b;
            break;
        default:
            b2 = b == -1 ? -2 : b + 1;
        }
    const char *x = write_complex(rng, a, b), *y = write_complex(rng, a2, b2);
    pair_set(p, rng, x, y);
}

/// r times the root of unity at `twelfth` times 30 degrees: exactly, by its angle, or as a power of
/// e.
static const char *write_polar(distill_rng *rng, int r, int twelfth)
{
    static const char *const EXACT[] = {"@1",
                                        NULL,
                                        "\\frac{@1}{2}+\\frac{@1\\sqrt{3}}{2}i",
                                        "@1i",
                                        "-\\frac{@1}{2}+\\frac{@1\\sqrt{3}}{2}i",
                                        NULL,
                                        "-@1",
                                        NULL,
                                        "-\\frac{@1}{2}-\\frac{@1\\sqrt{3}}{2}i",
                                        "-@1i",
                                        "\\frac{@1}{2}-\\frac{@1\\sqrt{3}}{2}i",
                                        NULL};
    static const char *const ANGLES[] = {"0",
                                         "\\frac{\\pi}{6}",
                                         "\\frac{\\pi}{3}",
                                         "\\frac{\\pi}{2}",
                                         "\\frac{2\\pi}{3}",
                                         "\\frac{5\\pi}{6}",
                                         "\\pi",
                                         "\\frac{7\\pi}{6}",
                                         "\\frac{4\\pi}{3}",
                                         "\\frac{3\\pi}{2}",
                                         "\\frac{5\\pi}{3}",
                                         "\\frac{11\\pi}{6}"};
    const char *size = pair_text("%d", r), *angle = ANGLES[twelfth];
    switch (pair_int(rng, 0, 3)) {
    case 0:
        return pair_text("%de^{i%s}", r, twelfth == 0 ? "\\cdot 0" : angle);
    case 1:
        return pair_text("%d\\left(\\cos%s+i\\sin%s\\right)", r, angle[0] == '0' ? " 0" : angle,
                         angle[0] == '0' ? " 0" : angle);
    case 2:
        return pair_text("%d(\\cos %d^\\circ + i \\sin %d^\\circ)", r, 30 * twelfth, 30 * twelfth);
    default:
        if (EXACT[twelfth] == NULL)
            return pair_text("%d e^{%s i}", r, angle);
        return pair_fill(EXACT[twelfth], size, NULL, NULL);
    }
}

void make_polar(pair *p, distill_rng *rng)
{
    int r = pair_int(rng, 2, 9), twelfth = pair_int(rng, 0, 11), r2 = r, other = twelfth;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 30))
        r2++;
    else if (p->truth == PAIR_DIFFERENT)
        other = (twelfth + pair_int(rng, 1, 11)) % 12;
    const char *a = write_polar(rng, r, twelfth), *b = write_polar(rng, r2, other);
    pair_set(p, rng, a, b);
}

// ---- functions of whole numbers -----------------------------------------------------------------

/// A text whose value is `n`, which is positive.
static const char *write_operator(distill_rng *rng, int n)
{
    int k = pair_int(rng, 2, 9), m = pair_int(rng, 1, 20);
    switch (pair_int(rng, 0, 9)) {
    case 0:
        return pair_text("|%d-%d|", m, m + n);
    case 1:
        return pair_text("\\left|-%d\\right|", n);
    case 2:
        return pair_text("\\lfloor %d.%d\\rfloor", n, k);
    case 3:
        return pair_text("\\lceil %d.%d \\rceil", n - 1, k);
    case 4:
        return pair_text("\\gcd(%d, %d)", n * k, n * (k + 1));
    case 5:
        return pair_text("\\max(%d, %d)", n, n - m);
    case 6:
        return pair_text("%d\\%%\\text{ of }%d", 100 * k, n);
    case 7:
        return pair_text("|%d+%di|", 3 * n, 4 * n);
    case 8:
        return pair_text("\\lvert %d \\rvert", -n);
    default:
        return pair_text("\\left\\lfloor\\frac{%d}{%d}\\right\\rfloor", n * k + 1, k);
    }
}

/// What the text of write_operator stands for: `scale` times n.
static int operator_scale(const char *text)
{
    if (strstr(text, "of }") != NULL)
        return atoi(text) / 100;
    return strstr(text, "i|") != NULL ? 5 : 1;
}

void make_operator(pair *p, distill_rng *rng)
{
    int n = pair_int(rng, 2, 60);
    const char *a = write_operator(rng, n);
    long long value = (long long)n * operator_scale(a);
    if (p->truth == PAIR_DIFFERENT)
        value = whole_near(rng, value);
    p->form = PAIR_BOX;
    pair_set(p, rng, a, pair_text("%lld", value));
}

void make_argument(pair *p, distill_rng *rng)
{
    static const struct {
        int a, b;
        const char *angle;
    } TABLE[] = {{1, 1, "\\frac{\\pi}{4}"},
                 {-1, 1, "\\frac{3\\pi}{4}"},
                 {1, -1, "-\\frac{\\pi}{4}"},
                 {-1, -1, "-\\frac{3\\pi}{4}"}};
    int i = pair_int(rng, 0, 3), k = pair_int(rng, 1, 9), other = i;
    while (p->truth == PAIR_DIFFERENT && other == i)
        other = pair_int(rng, 0, 3);
    const char *unit = k == 1 ? "" : pair_text("%d", k);
    const char *a =
        pair_text(pair_chance(rng, 50) ? "\\arg(%d%s%si)" : "\\arg\\left(%d%s%si\\right)",
                  TABLE[i].a * k, TABLE[i].b < 0 ? "-" : "+", unit);
    pair_set(p, rng, a, TABLE[other].angle);
}

// ---- binomials and permutations -----------------------------------------------------------------

static long long falling(int n, int k)
{
    long long product = 1;
    for (int i = 0; i < k; i++)
        product *= n - i;
    return product;
}

static const char *write_choose(distill_rng *rng, int n, int k, long long value)
{
    static const char *const FORMS[] = {"\\binom{@1}{@2}",
                                        "\\binom{@1}{@3}",
                                        "C(@1,@2)",
                                        "C(@1, @2)",
                                        "{@1 \\choose @2}",
                                        "\\dbinom{@1}{@2}",
                                        "\\tbinom{@1}{@2}",
                                        "{}_{@1}C_{@2}",
                                        "C_{@1}^{@2}",
                                        "^{@1}C_{@2}",
                                        "\\frac{@1!}{@2!@3!}",
                                        "\\binom @1 @2",
                                        "\\frac{@1!}{@2! \\cdot @3!}",
                                        "{}_{@1}\\mathrm{C}_{@2}"};
    if (pair_chance(rng, 30))
        return pair_text("%lld", value);
    const char *form = PAIR_PICK(rng, FORMS);
    if (strstr(form, "@1 @2") != NULL && (n > 9 || k > 9))
        form = FORMS[0];
    return pair_fill(form, pair_text("%d", n), pair_text("%d", k), pair_text("%d", n - k));
}

static const char *write_arrange(distill_rng *rng, int n, int k, long long value)
{
    static const char *const FORMS[] = {"P(@1,@2)",    "P(@1, @2)",        "{}_{@1}P_{@2}",
                                        "A_{@1}^{@2}", "\\frac{@1!}{@3!}", "^{@1}P_{@2}"};
    if (pair_chance(rng, 30))
        return pair_text("%lld", value);
    return pair_fill(PAIR_PICK(rng, FORMS), pair_text("%d", n), pair_text("%d", k),
                     pair_text("(%d-%d)", n, k));
}

void make_binomial(pair *p, distill_rng *rng)
{
    bool ordered = pair_chance(rng, 30);
    int n = pair_int(rng, 4, 15), k = pair_int(rng, 2, ordered ? 4 : n - 2), n2 = n, k2 = k;
    if (ordered && k >= n - 1)
        k = k2 = 2;
    long long value, other;
    do {
        if (p->truth == PAIR_DIFFERENT) {
            n2 = n + pair_int(rng, 0, 1);
            k2 = k + (n2 == n ? pair_nonzero(rng, 1) : 0);
        }
        value = falling(n, k) / (ordered ? 1 : falling(k, k));
        other = falling(n2, k2) / (ordered ? 1 : falling(k2, k2));
    } while (p->truth == PAIR_DIFFERENT && value == other && n2 - k2 >= 0);
    const char *a, *b;
    if (ordered) {
        a = write_arrange(rng, n, k, value);
        b = write_arrange(rng, n2, k2, other);
    } else {
        a = write_choose(rng, n, k, value);
        b = write_choose(rng, n2, k2, other);
    }
    pair_set(p, rng, a, b);
}

// ---- powers and logarithms ----------------------------------------------------------------------

/// base^exponent as a power, a product, a root or the argument of a logarithm.
static const char *write_constant(distill_rng *rng, int base, int exponent, int how)
{
    long long value = 1;
    for (int i = 0; i < exponent; i++)
        value *= base;
    if (how == 0) // a logarithm
        switch (pair_int(rng, 0, 4)) {
        case 0:
            return pair_text("\\ln %lld", value);
        case 1:
            return pair_text("%d\\ln %d", exponent, base);
        case 2:
            return pair_text("%d \\ln(%d)", exponent, base);
        case 3:
            return pair_text("-\\ln\\frac{1}{%lld}", value);
        default:
            return pair_text("\\ln{%d^{%d}}", base, exponent);
        }
    switch (pair_int(rng, 0, 4)) {
    case 0:
        return pair_text("%d^{%d}", base, exponent);
    case 1:
        return pair_text("%d^%d \\cdot %d", base, exponent - 1, base);
    case 2:
        return pair_text("\\left(\\frac{1}{%d}\\right)^{-%d}", base, exponent);
    case 3:
        return pair_text("%d^{%d}+%d\\cdot %d^{%d}", base, exponent - 1, base - 1, base,
                         exponent - 1);
    default:
        return pair_text("%lld", value);
    }
}

void make_constant(pair *p, distill_rng *rng)
{
    static const int BASES[] = {2, 3, 5, 6, 7, 10};
    int base = BASES[pair_int(rng, 0, 5)], exponent = pair_int(rng, 2, 9),
        how = pair_int(rng, 0, 1);
    int other_base = base, other_exponent = exponent;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 50))
        other_exponent += exponent == 2 ? 1 : pair_nonzero(rng, 1);
    else if (p->truth == PAIR_DIFFERENT)
        while (other_base == base)
            other_base = BASES[pair_int(rng, 0, 5)];
    const char *a = write_constant(rng, base, exponent, how);
    const char *b = write_constant(rng, other_base, other_exponent, how);
    pair_set(p, rng, a, b);
}

/// base^exponent, both larger than can be multiplied out.
static const char *write_large(distill_rng *rng, int base, int exponent)
{
    switch (pair_int(rng, 0, 4)) {
    case 0:
        return pair_text("%d \\cdot %d^{%d}", base, base, exponent - 1);
    case 1:
        if (exponent % 2 == 0)
            return pair_text("%d^{%d}", base * base, exponent / 2);
        return pair_text("%d^{%d} \\times %d", base * base, exponent / 2, base);
    case 2:
        return pair_text("\\left(%d^{%d}\\right)^{3}\\cdot %d^{%d}", base, exponent / 3, base,
                         exponent % 3);
    case 3:
        return pair_text("\\frac{%d^{%d}}{%d}", base, exponent + 1, base);
    default:
        return pair_text("%d^{%d}", base, exponent);
    }
}

void make_large(pair *p, distill_rng *rng)
{
    int base = pair_int(rng, 2, 9), exponent = pair_int(rng, 20, 400), other = exponent;
    if (p->truth == PAIR_DIFFERENT)
        other = pair_chance(rng, 50) ? exponent + pair_nonzero(rng, 1)
                                     : exponent / 10 + exponent % 10 * 100;
    if (p->truth == PAIR_DIFFERENT && (other == exponent || other < 20))
        other = exponent + 10;
    const char *a = write_large(rng, base, exponent), *b = write_large(rng, base, other);
    pair_set(p, rng, a, b);
}

// ---- a + b pi -----------------------------------------------------------------------------------

/// b is not 0.
static const char *write_pi(distill_rng *rng, int a, rational b)
{
    static const char *const PI[] = {"\\pi", "\\pi", "\\pi", "\u03c0", "{\\pi}", " \\pi"};
    const char *pi = PAIR_PICK(rng, PI), *sign = b.n < 0 ? "-" : "";
    const char *top = llabs(b.n) == 1 ? "" : pair_text("%lld", llabs(b.n));
    const char *multiple = pair_text("%s%s", top, pi);
    if (b.d > 1)
        multiple = pair_chance(rng, 30)   ? pair_text("\\frac{%lld}{%lld}%s", llabs(b.n), b.d, pi)
                   : pair_chance(rng, 30) ? pair_text("%s%s/%lld", top, pi, b.d)
                                          : pair_text("\\frac{%s%s}{%lld}", top, pi, b.d);
    else if (pair_chance(rng, 20) && top[0] != '\0')
        multiple = pair_text("%s \\cdot %s", top, pi);
    if (a == 0)
        return pair_text("%s%s", sign, multiple);
    if (pair_chance(rng, 30))
        return pair_text("%s%s%+d", sign, multiple, a);
    return pair_text("%d%s%s", a, b.n < 0 ? "-" : "+", multiple);
}

void make_pi(pair *p, distill_rng *rng)
{
    int a = pair_chance(rng, 50) ? 0 : pair_nonzero(rng, 40), a2 = a;
    rational b = rational_draw_over(rng, 40, 1, pair_chance(rng, 60) ? 1 : 6), b2 = b;
    if (p->truth == PAIR_DIFFERENT && a != 0 && pair_chance(rng, 40))
        a2 = -a;
    else if (p->truth == PAIR_DIFFERENT)
        do
            b2 = rational_near(rng, b);
        while (b2.n == 0);
    const char *x = write_pi(rng, a, b), *y = write_pi(rng, a2, b2);
    pair_set(p, rng, x, y);
}
