// tests/differential/equation_pairs.c - pairs of lines, circles and parabolas, of inequalities, and
// of sets of real numbers.
//
// A line is a x + b y = c with whole numbers without common factor; a set of real numbers is a list
// of intervals between whole or half numbers.
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

// ---- sets of real numbers -----------------------------------------------------------------------

/// An end of an interval in halves; the ends of the line are -INFINITE and INFINITE.
enum { INFINITE = 1000, MOST_SPANS = 3 };

typedef struct span {
    int low, high; // halves, low < high
    bool has_low, has_high;
} span;

typedef struct spans {
    int count;
    span at[MOST_SPANS];
} spans;

static bool same_spans(const spans *a, const spans *b)
{
    bool same = a->count == b->count;
    for (int i = 0; same && i < a->count; i++) {
        const span *x = &a->at[i], *y = &b->at[i];
        same = x->low == y->low && x->high == y->high && x->has_low == y->has_low &&
               x->has_high == y->has_high;
    }
    return same;
}

static const char *end_text(distill_rng *rng, int halves)
{
    if (abs(halves) == INFINITE)
        return halves < 0 ? "-\\infty" : pair_chance(rng, 20) ? "+\\infty" : "\\infty";
    return rational_tex(rng, rational_of(halves, 2));
}

static const char *write_interval(distill_rng *rng, const span *s)
{
    bool sized = pair_chance(rng, 20);
    return pair_text("%s%s%s,%s%s%s%s", sized ? "\\left" : "", s->has_low ? "[" : "(",
                     end_text(rng, s->low), pair_chance(rng, 40) ? " " : "", end_text(rng, s->high),
                     sized ? "\\right" : "", s->has_high ? "]" : ")");
}

/// "2 < x \le 5", "x \ge 3".
static const char *write_relation(distill_rng *rng, const span *s, const char *x)
{
    static const char *const BELOW[] = {"<", "<", "\\lt "}, *const AT_MOST[] = {"\\le ", "\\leq ",
                                                                                "\\leqslant ",
                                                                                "\u2264"};
    static const char *const ABOVE[] = {">", ">", "\\gt "}, *const AT_LEAST[] = {"\\ge ", "\\geq ",
                                                                                 "\\geqslant ",
                                                                                 "\u2265"};
    const char *low = end_text(rng, s->low), *high = end_text(rng, s->high);
    const char *below_high = s->has_high ? PAIR_PICK(rng, AT_MOST) : PAIR_PICK(rng, BELOW);
    const char *above_low = s->has_low ? PAIR_PICK(rng, AT_LEAST) : PAIR_PICK(rng, ABOVE);
    const char *below_x = s->has_low ? PAIR_PICK(rng, AT_MOST) : PAIR_PICK(rng, BELOW);
    if (s->low == -INFINITE && pair_chance(rng, 70))
        return pair_text("%s%s%s", x, below_high, high);
    if (s->low == -INFINITE)
        return pair_text("%s%s%s", high, s->has_high ? "\\ge " : ">", x);
    if (s->high == INFINITE && pair_chance(rng, 70))
        return pair_text("%s%s%s", x, above_low, low);
    if (s->high == INFINITE)
        return pair_text("%s%s%s", low, below_x, x);
    return pair_text("%s%s%s%s%s", low, below_x, x, below_high, high);
}

/// All real numbers but one or two: the spans meet at open ends from end to end.
static bool is_punctured(const spans *s)
{
    for (int i = 0; i + 1 < s->count; i++)
        if (s->at[i].high != s->at[i + 1].low || s->at[i].has_high || s->at[i + 1].has_low)
            return false;
    return s->count > 1 && s->at[0].low == -INFINITE && s->at[s->count - 1].high == INFINITE;
}

static const char *write_punctured(distill_rng *rng, const spans *s)
{
    static const char *const FORMS[] = {"\\mathbb{R}\\setminus\\{@1\\}",
                                        "\\text{all real numbers except }@1",
                                        "\\mathbb{R}\\backslash\\{@1\\}",
                                        "x\\ne @1",
                                        "\\{x\\mid x\\neq @1\\}",
                                        "\\mathbb{R}-\\{@1\\}",
                                        "\\text{all real numbers except } @1",
                                        "\\{x\\in\\mathbb{R}:x\\ne @1\\}"};
    static const char *const TWO[] = {"\\mathbb{R}\\setminus\\{@1,@2\\}", "x\\ne @1,@2",
                                      "\\text{all real numbers except }@1\\text{ and }@2",
                                      "x\\neq @1, x\\neq @2", "\\mathbb{R}\\setminus\\{@2,@1\\}"};
    const char *first = rational_plain(rational_of(s->at[0].high, 2));
    if (s->count == 2)
        return pair_fill(PAIR_PICK(rng, FORMS), first, NULL, NULL);
    return pair_fill(PAIR_PICK(rng, TWO), first, rational_plain(rational_of(s->at[1].high, 2)),
                     NULL);
}

static const char *write_spans(distill_rng *rng, const spans *s)
{
    static const char *const BUILDERS[] = {"\\{x\\mid @1\\}", "\\{x : @1\\}",
                                           "\\{x\\in\\mathbb{R} \\mid @1\\}",
                                           "\\left\\{x \\,\\middle|\\, @1\\right\\}"};
    const char *piece[MOST_SPANS];
    if (is_punctured(s) && pair_chance(rng, 50))
        return write_punctured(rng, s);
    bool relations = pair_chance(rng, 35);
    for (int i = 0; i < s->count; i++)
        piece[i] = relations ? write_relation(rng, &s->at[i], "x") : write_interval(rng, &s->at[i]);
    if (pair_chance(rng, 30))
        pair_shuffle(rng, piece, (size_t)s->count);
    if (!relations) {
        const char *all =
            pair_join(piece, (size_t)s->count, pair_chance(rng, 70) ? "\\cup" : " \\cup ");
        return pair_chance(rng, 15) ? pair_text("x\\in %s", all) : all;
    }
    const char *all = pair_join(piece, (size_t)s->count,
                                pair_chance(rng, 50) ? "\\text{ or }" : " \\text{ or } ");
    return pair_chance(rng, 30) ? pair_fill(PAIR_PICK(rng, BUILDERS), all, NULL, NULL) : all;
}

static spans draw_spans(distill_rng *rng)
{
    spans s = {.count = pair_int(rng, 1, MOST_SPANS)};
    int from = pair_int(rng, -16, 2);
    bool even = pair_chance(rng, 70), closed_before = true;
    bool meet = s.count > 1 && pair_chance(rng, 40);
    for (int i = 0; i < s.count; i++) {
        span *x = &s.at[i];
        x->low = from;
        x->high = from + pair_int(rng, 1, 8);
        if (even)
            x->low = x->low / 2 * 2, x->high = x->low + pair_int(rng, 1, 4) * 2;
        x->has_low = !meet && pair_chance(rng, 50);
        x->has_high = !meet && pair_chance(rng, 50);
        if (i > 0 && x->low == s.at[i - 1].high && (x->has_low || closed_before))
            x->low = s.at[i - 1].high, x->has_low = s.at[i - 1].has_high = false;
        closed_before = x->has_high;
        from = meet ? x->high : x->high + 2 * pair_int(rng, 1, 2);
    }
    if (meet || pair_chance(rng, 30))
        s.at[0].low = -INFINITE, s.at[0].has_low = false;
    if (meet || pair_chance(rng, 30))
        s.at[s.count - 1].high = INFINITE, s.at[s.count - 1].has_high = false;
    return s;
}

/// A bracket, an end or a whole interval changed; the result is another set of separate intervals.
static spans spans_near(distill_rng *rng, const spans *s)
{
    spans other = *s;
    while (same_spans(s, &other)) {
        int i = pair_int(rng, 0, s->count - 1);
        bool before = i > 0 && s->at[i - 1].high == s->at[i].low;
        bool behind = i + 1 < s->count && s->at[i + 1].low == s->at[i].high;
        other = *s;
        span *x = &other.at[i];
        switch (pair_int(rng, 0, 3)) {
        case 0:
            if (x->low != -INFINITE && !before)
                x->has_low = !x->has_low;
            break;
        case 1:
            if (x->high != INFINITE && !behind)
                x->has_high = !x->has_high;
            break;
        case 2:
            if (x->low != -INFINITE && !before)
                x->low -= 1;
            break;
        default:
            if (s->count > 1 && i + 1 == s->count)
                other.count--;
        }
        for (int j = 1; j < other.count; j++)
            if (other.at[j].low <= other.at[j - 1].high && !(before || behind))
                other = *s;
    }
    return other;
}

static void make_sets(pair *p, distill_rng *rng, bool one)
{
    spans s;
    do
        s = draw_spans(rng);
    while (one != (s.count == 1) ||
           (s.count == 1 && s.at[0].low == -INFINITE && s.at[0].high == INFINITE));
    spans other = p->truth == PAIR_EQUAL ? s : spans_near(rng, &s);
    p->form = PAIR_BOX;
    const char *a = write_spans(rng, &s), *b = write_spans(rng, &other);
    pair_set(p, rng, a, b);
}

void make_interval(pair *p, distill_rng *rng)
{
    make_sets(p, rng, true);
}

void make_union(pair *p, distill_rng *rng)
{
    make_sets(p, rng, false);
}

// ---- inequalities -------------------------------------------------------------------------------

/// a x < b, or with the sides exchanged, everything on one side, or multiplied; `turned` is x > b/a.
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
    rational bound =
        rational_of(pair_nonzero(rng, 20), pair_chance(rng, 70) ? 1 : pair_int(rng, 2, 6));
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
