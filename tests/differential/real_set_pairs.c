// tests/differential/real_set_pairs.c - pairs of intervals and unions of intervals.
//
// A set is a list of separate intervals between whole or half numbers, in rising order.
#include "tests/differential/kinds.h"

#include <stdlib.h>
#include <string.h>

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
    const char *low = end_text(rng, s->low), *high = end_text(rng, s->high);
    return pair_text("%s%s%s,%s%s%s%s", sized ? "\\left" : "", s->has_low ? "[" : "(", low,
                     pair_chance(rng, 40) ? " " : "", high, sized ? "\\right" : "",
                     s->has_high ? "]" : ")");
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
                                        "\\{x\\in\\mathbb{R}:x\\ne @1\\}",
                                        "\\mathbb R \\setminus \\{@1\\}",
                                        "\\text{all reals except }@1",
                                        "\\{x \\in \\mathbb{R} \\mid x \\neq @1\\}",
                                        "x \\in \\mathbb{R}, x \\ne @1",
                                        "\\text{All real numbers except }@1",
                                        "(-\\infty,@1) \\cup (@1,+\\infty)",
                                        "\\text{all real }x\\text{ except }x=@1"};
    static const char *const TWO[] = {"\\mathbb{R}\\setminus\\{@1,@2\\}",
                                      "x\\ne @1,@2",
                                      "\\text{all real numbers except }@1\\text{ and }@2",
                                      "x\\neq @1, x\\neq @2",
                                      "\\mathbb{R}\\setminus\\{@2,@1\\}",
                                      "\\text{all real numbers except }@2\\text{ and }@1",
                                      "x \\neq @1\\text{ and }x\\neq @2",
                                      "\\mathbb{R}-\\{@1,@2\\}",
                                      "\\{x\\in\\mathbb{R}\\mid x\\ne @1,@2\\}"};
    const char *first = rational_plain(rational_of(s->at[0].high, 2));
    if (s->count == 2)
        return pair_fill(PAIR_PICK(rng, FORMS), first, NULL, NULL);
    return pair_fill(PAIR_PICK(rng, TWO), first, rational_plain(rational_of(s->at[1].high, 2)),
                     NULL);
}

static const char *write_spans(distill_rng *rng, const spans *s)
{
    static const char *const BUILDERS[] = {"\\{x\\mid @1\\}",
                                           "\\{x : @1\\}",
                                           "\\{x\\in\\mathbb{R} \\mid @1\\}",
                                           "\\left\\{x \\,\\middle|\\, @1\\right\\}",
                                           "\\{x \\mid @1, x \\in \\mathbb{R}\\}",
                                           "\\{ x \\in \\mathbb{R} : @1 \\}",
                                           "\\text{all }x\\text{ with }@1"};
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
