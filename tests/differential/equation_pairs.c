// tests/differential/equation_pairs.c - pairs of lines, planes, curves of second degree, and
// inequalities.
//
// A line is a x + b y = c with whole numbers; two are one line if their coefficients are
// proportional.
// A curve is given by its centre and its half axes.
#include "tests/differential/kinds.h"

#include <stdlib.h>
#include <string.h>

// ---- lines --------------------------------------------------------------------------------------

typedef struct line {
    int a, b, c; // a x + b y = c, a and b not 0
} line;

static bool same_line(const line *l, const line *m)
{
    return l->a * m->b == m->a * l->b && l->b * m->c == m->b * l->c && l->a * m->c == m->a * l->c;
}

/// `coefficient` x + `constant`.
static const char *linear_in(const char *x, rational coefficient, rational constant)
{
    const rational c[] = {coefficient, constant};
    const char *const name[] = {x, ""};
    return rational_sum(c, name, 2);
}

static const char *write_line(distill_rng *rng, const line *l)
{
    int k = pair_chance(rng, 30) ? pair_nonzero(rng, 4) : 1;
    rational c[] = {rational_of(l->a * k, 1), rational_of(l->b * k, 1), rational_of(-l->c * k, 1)};
    rational right = rational_of(l->c * k, 1);
    const char *const name[] = {"x", "y", ""};
    rational slope = rational_of(-l->a, l->b), shift = rational_of(l->c, l->b);
    switch (pair_int(rng, 0, 7)) {
    case 0:
        return pair_text("%s=0", rational_sum_shuffled(rng, c, name, 3));
    case 1:
        return pair_text("%s = %s", rational_plain(right), rational_sum(c, name, 2));
    case 2:
        return pair_text("y=%s", linear_in("x", slope, shift));
    case 3:
        return pair_text("%s=y", linear_in("x", slope, shift));
    case 4: { // through the point at x = k
        rational y = rational_add(rational_times(slope, rational_of(k, 1)), shift);
        const char *left = y.n == 0 ? "y"
                                    : pair_text("y%s%s", y.n > 0 ? "-" : "+",
                                                rational_plain(rational_of(llabs(y.n), y.d)));
        return pair_text("%s=%s(x%+d)", left, rational_factor(slope), -k);
    }
    case 5:
        return pair_text("x = %s",
                         linear_in("y", rational_of(-l->b, l->a), rational_of(l->c, l->a)));
    default:
        return pair_text("%s=%s", rational_sum_shuffled(rng, c, name, 2), rational_plain(right));
    }
}

static line draw_line(distill_rng *rng)
{
    return (line){pair_nonzero(rng, 7), pair_nonzero(rng, 7), pair_int(rng, -20, 20)};
}

void make_line(pair *p, distill_rng *rng)
{
    line l = draw_line(rng), m = l;
    while (p->truth == PAIR_DIFFERENT && same_line(&l, &m))
        switch (pair_int(rng, 0, 4)) {
        case 0:
            m.a = -l.a;
            break;
        case 1:
            m.c = -l.c;
            break;
        case 2:
            m.c = l.c + pair_nonzero(rng, 2);
            break;
        case 3:
            m.a = l.b, m.b = l.a;
            break;
        default:
            m.b = l.b == -1 ? -2 : l.b + 1;
        }
    const char *a = write_line(rng, &l), *b = write_line(rng, &m);
    pair_set(p, rng, a, b);
}

// ---- circles and parabolas ----------------------------------------------------------------------

static const char *squared(distill_rng *rng, const char *x, int h)
{
    if (h == 0)
        return pair_text("%s^2", x);
    if (pair_chance(rng, 20) && h > 0)
        return pair_text("(%d-%s)^2", h, x);
    return pair_text("(%s%+d)^2", x, -h);
}

/// (x-h)^2 + (y-k)^2 = s
static const char *write_circle(distill_rng *rng, int h, int k, int s)
{
    rational c[] = {rational_of(1, 1), rational_of(1, 1), rational_of(-2 * h, 1),
                    rational_of(-2 * k, 1), rational_of(h * h + k * k - s, 1)};
    rational moved = rational_of(-c[4].n, 1);
    const char *const name[] = {"x^2", "y^2", "x", "y", ""};
    const char *x = squared(rng, "x", h), *y = squared(rng, "y", k);
    switch (pair_int(rng, 0, 4)) {
    case 0:
        return pair_text("%s=0", rational_sum_shuffled(rng, c, name, 5));
    case 1:
        return pair_text("%s = %s", rational_sum(c, name, 4), rational_plain(moved));
    case 2:
        return pair_text("%s+%s=%d", y, x, s);
    case 3:
        return pair_text("%s+%s-%d=0", x, y, s);
    default:
        return pair_text("%s+%s=%d", x, y, s);
    }
}

/// y = a (x-h)^2 + k
static const char *write_parabola(distill_rng *rng, int a, int h, int k)
{
    rational c[] = {rational_of(a, 1), rational_of(-2 * a * h, 1), rational_of(a * h * h + k, 1)};
    const char *const name[] = {"x^2", "x", ""};
    const char *square = pair_text("%s%s", rational_factor(c[0]), squared(rng, "x", h));
    switch (pair_int(rng, 0, 3)) {
    case 0:
        return pair_text("y%+d=%s", k == 0 ? 1 : -k, k == 0 ? pair_text("%s+1", square) : square);
    case 1:
        return pair_text("y=%s%s", square, k == 0 ? "" : pair_text("%+d", k));
    case 2:
        return pair_text("y = %s", rational_sum_shuffled(rng, c, name, 3));
    default:
        return pair_text("y=%s", rational_sum(c, name, 3));
    }
}

void make_curve(pair *p, distill_rng *rng)
{
    int h = pair_int(rng, -7, 7), k = pair_int(rng, -7, 7), s = pair_int(rng, 1, 40),
        a = pair_nonzero(rng, 4);
    int h2 = h, k2 = k, s2 = s, a2 = a;
    bool circle = pair_chance(rng, 60);
    if (pair_chance(rng, 40))
        s = s2 = pair_int(rng, 2, 9) * pair_int(rng, 2, 9);
    while (p->truth == PAIR_DIFFERENT && h2 == h && k2 == k && (circle ? s2 == s : a2 == a))
        switch (pair_int(rng, 0, 4)) {
        case 0:
            h2 = -h;
            break;
        case 1:
            k2 = -k;
            break;
        case 2:
            h2 = k, k2 = h;
            break;
        case 3:
            s2 = s < 10 ? s * s : s + 1;
            break;
        default:
            a2 = -a;
        }
    const char *x = circle ? write_circle(rng, h, k, s) : write_parabola(rng, a, h, k);
    const char *y = circle ? write_circle(rng, h2, k2, s2) : write_parabola(rng, a2, h2, k2);
    pair_set(p, rng, x, y);
}

// ---- planes -------------------------------------------------------------------------------------

/// c[0] x + c[1] y + c[2] z = c[3]
static const char *write_plane(distill_rng *rng, const int *c)
{
    static const char *const NAME[] = {"x", "y", "z", ""};
    int k = pair_chance(rng, 30) ? pair_nonzero(rng, 3) : 1;
    rational all[4];
    for (int i = 0; i < 4; i++)
        all[i] = rational_of((i == 3 ? -1 : 1) * c[i] * k, 1);
    const char *right = rational_plain(rational_of(-all[3].n, 1));
    if (pair_chance(rng, 40))
        return pair_text("%s=0", rational_sum_shuffled(rng, all, NAME, 4));
    return pair_text("%s = %s", rational_sum_shuffled(rng, all, NAME, 3), right);
}

void make_plane(pair *p, distill_rng *rng)
{
    int c[] = {pair_nonzero(rng, 6), pair_nonzero(rng, 6), pair_nonzero(rng, 6),
               pair_nonzero(rng, 20)};
    int d[4], i = pair_int(rng, 0, 3);
    memcpy(d, c, sizeof d);
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 50))
        d[i] = -c[i];
    else if (p->truth == PAIR_DIFFERENT)
        d[i] = c[i] == -1 ? 1 : c[i] + 1;
    const char *a = write_plane(rng, c), *b = write_plane(rng, d);
    pair_set(p, rng, a, b);
}

// ---- ellipses and hyperbolas --------------------------------------------------------------------

/// x^2/a + sign y^2/b = 1, with a and b whole.
static const char *write_conic(distill_rng *rng, int a, int b, int sign)
{
    rational c[] = {rational_of(b, 1), rational_of(sign * a, 1), rational_of(-a * b, 1)};
    const char *const name[] = {"x^2", "y^2", ""};
    const char *plus = sign < 0 ? "-" : "+";
    switch (pair_int(rng, 0, 3)) {
    case 0:
        return pair_text("%s = %d", rational_sum(c, name, 2), a * b);
    case 1:
        return pair_text("%s=0", rational_sum_shuffled(rng, c, name, 3));
    case 2:
        return pair_text("\\dfrac{x^2}{%d} %s \\dfrac{y^2}{%d} = 1", a, plus, b);
    default:
        return pair_text("\\frac{x^2}{%d}%s\\frac{y^2}{%d}=1", a, plus, b);
    }
}

void make_conic(pair *p, distill_rng *rng)
{
    int a = pair_int(rng, 2, 30), b = pair_int(rng, 2, 30), sign = pair_chance(rng, 50) ? 1 : -1;
    int a2 = a, b2 = b, sign2 = sign;
    while (p->truth == PAIR_DIFFERENT && a2 == a && b2 == b && sign2 == sign)
        switch (pair_int(rng, 0, 2)) {
        case 0:
            a2 = b, b2 = a;
            break;
        case 1:
            sign2 = -sign;
            break;
        default:
            b2 = b + 1;
        }
    const char *x = write_conic(rng, a, b, sign), *y = write_conic(rng, a2, b2, sign2);
    pair_set(p, rng, x, y);
}

// ---- inequalities -------------------------------------------------------------------------------

/// x above or below `bound`; also with the sides exchanged, with all terms on one side, multiplied.
static const char *write_inequality(distill_rng *rng, rational bound, bool above, bool strict)
{
    const char *less = strict ? "<" : "\\le ", *more = strict ? ">" : "\\ge ";
    const char *to = above ? more : less, *from = above ? less : more;
    int k = pair_int(rng, 2, 6);
    rational scaled = rational_times(bound, rational_of(k, 1));
    switch (pair_int(rng, 0, 5)) {
    case 0:
        return pair_text("%s%sx", rational_plain(bound), from);
    case 1:
        return pair_text("%dx%s%s", k, to, rational_plain(scaled));
    case 2:
        return pair_text("-x%s%s", from, rational_plain(rational_of(-bound.n, bound.d)));
    case 3:
        return pair_text("%s%s0",
                         linear_in("x", rational_of(k, 1), rational_of(-scaled.n, scaled.d)), to);
    default:
        return pair_text("x%s%s", to, rational_tex(rng, bound));
    }
}

void make_inequality(pair *p, distill_rng *rng)
{
    rational bound = rational_draw_over(rng, 20, 1, pair_chance(rng, 70) ? 1 : 6);
    rational other = bound;
    bool above = pair_chance(rng, 50), strict = pair_chance(rng, 50);
    bool above2 = above, strict2 = strict;
    if (p->truth == PAIR_DIFFERENT)
        switch (pair_int(rng, 0, 3)) {
        case 0:
            above2 = !above;
            break;
        case 1:
            strict2 = !strict;
            break;
        default:
            other = rational_near(rng, bound);
        }
    const char *a = write_inequality(rng, bound, above, strict);
    const char *b = write_inequality(rng, other, above2, strict2);
    pair_set(p, rng, a, b);
}
