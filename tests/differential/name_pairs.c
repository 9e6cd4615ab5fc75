// tests/differential/name_pairs.c - pairs of names of points, angles and segments, of congruences,
// of families of solutions, and of named values.
#include "tests/differential/kinds.h"

#include <stdlib.h>
#include <string.h>

// ---- points -------------------------------------------------------------------------------------

/// `count` distinct capitals.
static const char *draw_letters(distill_rng *rng, size_t count)
{
    char letters[27] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (size_t i = 0; i < count; i++) {
        size_t j = i + distill_rng_below(rng, 26 - i);
        char kept = letters[i];
        letters[i] = letters[j];
        letters[j] = kept;
    }
    if (strncmp(letters, "QED", count) == 0) // a word that ends proofs
        letters[0] = 'A';
    return pair_text("%.*s", (int)count, letters);
}

/// The same letters in another order.
static const char *reordered(distill_rng *rng, const char *letters)
{
    char out[32];
    size_t count = strlen(letters);
    memcpy(out, letters, count + 1);
    while (strcmp(out, letters) == 0) {
        size_t i = distill_rng_below(rng, count), j = distill_rng_below(rng, count);
        char kept = out[i];
        out[i] = out[j];
        out[j] = kept;
    }
    return pair_text("%s", out);
}

static const char *reversed(const char *letters)
{
    const char *out = "";
    for (; *letters != '\0'; letters++)
        out = pair_text("%c%s", *letters, out);
    return out;
}

static const char *write_letters(distill_rng *rng, const char *letters)
{
    static const char *const FORMS[] = {
        "@1",  "@1",           "\\text{@1}",   "\\mathrm{@1}", "\\textbf{@1}", "{@1}",
        "@1.", "\\textit{@1}", "\\mathbf{@1}", "\\text{ @1 }", "\\mbox{@1}",   "\\textrm{@1}"};
    return pair_fill(PAIR_PICK(rng, FORMS), letters, NULL, NULL);
}

/// B, A, D, C
static const char *spaced(const char *letters)
{
    const char *out = pair_text("%c", *letters++);
    for (; *letters != '\0'; letters++)
        out = pair_text("%s, %c", out, *letters);
    return out;
}

void make_letters(pair *p, distill_rng *rng)
{
    const char *letters = draw_letters(rng, (size_t)pair_int(rng, 3, 6)), *other = letters;
    if (p->truth == PAIR_DIFFERENT)
        other = pair_chance(rng, 80) ? reordered(rng, letters) : draw_letters(rng, strlen(letters));
    if (p->truth == PAIR_DIFFERENT && strcmp(other, letters) == 0)
        other = reversed(letters);
    const char *a = write_letters(rng, letters), *b = write_letters(rng, other);
    if (p->truth == PAIR_EQUAL && pair_chance(rng, 10))
        b = spaced(letters);
    pair_set(p, rng, a, b);
}

static const char *write_angle_name(distill_rng *rng, const char *letters)
{
    static const char *const FORMS[] = {
        "\\angle @1",         "\\angle @1",           "\\angle{@1}",  "\u2220@1",
        "\\angle \\text{@1}", "\\angle \\mathrm{@1}", "\\angle\\,@1", "\\measuredangle @1",
        "\\widehat{@1}",      "\\angle\\mathit{@1}"};
    const char *name = pair_chance(rng, 50) ? letters : reversed(letters);
    return pair_fill(PAIR_PICK(rng, FORMS), name, NULL, NULL);
}

static const char *write_segment(distill_rng *rng, const char *letters)
{
    static const char *const FORMS[] = {"\\overline{@1}", "\\overline{@1}",
                                        "\\overline{\\text{@1}}", "\\overline{\\mathrm{@1}}"};
    const char *name = pair_chance(rng, 50) ? letters : reversed(letters);
    return pair_fill(PAIR_PICK(rng, FORMS), name, NULL, NULL);
}

void make_angle_name(pair *p, distill_rng *rng)
{
    bool segment = pair_chance(rng, 30);
    const char *letters = draw_letters(rng, segment ? 3 : 4);
    const char *name = pair_text("%.*s", segment ? 2 : 3, letters), *other = name;
    if (p->truth == PAIR_DIFFERENT && !segment && pair_chance(rng, 60)) // another vertex
        other = pair_chance(rng, 50) ? pair_text("%c%c%c", name[1], name[0], name[2])
                                     : pair_text("%c%c%c", name[0], name[2], name[1]);
    else if (p->truth == PAIR_DIFFERENT)
        other = segment ? pair_text("%c%c", letters[0], letters[2])
                        : pair_text("%c%c%c", name[0], name[1], letters[3]);
    const char *a = segment ? write_segment(rng, name) : write_angle_name(rng, name);
    const char *b = segment ? write_segment(rng, other) : write_angle_name(rng, other);
    pair_set(p, rng, a, b);
}

// ---- congruences --------------------------------------------------------------------------------

static const char *write_congruence(distill_rng *rng, const char *name, const int *residue,
                                    int count, int modulus)
{
    static const char *const MODULI[] = {"\\pmod{@1}",          "\\pmod{@1}",
                                         " \\pmod{@1}",         "\\mod @1",
                                         "\\ (\\text{mod }@1)", " (\\mathrm{mod}\\ @1)",
                                         "\\bmod @1",           "\\; (\\operatorname{mod} @1)",
                                         " \\ (\\bmod\\ @1)",   " (mod @1)",
                                         "\\text{ (mod }@1)",   "\\pmod @1"};
    static const char *const SIGNS[] = {"\\equiv ", "\\equiv ", " \\equiv ", "\u2261"};
    const char *text[2];
    for (int i = 0; i < count; i++)
        text[i] = pair_text("%d", residue[i] +
                                      (pair_chance(rng, 30) ? modulus * pair_nonzero(rng, 2) : 0));
    if (count == 2)
        pair_shuffle(rng, text, 2);
    const char *form = PAIR_PICK(rng, MODULI);
    if (name[0] == '\0') // without a name \bmod is an operation
        form = MODULI[0];
    const char *mod = pair_fill(form, pair_text("%d", modulus), NULL, NULL);
    const char *residues = pair_join(text, (size_t)count, pair_chance(rng, 50) ? "," : ", ");
    return pair_text("%s%s%s%s", name, name[0] == '\0' ? "" : PAIR_PICK(rng, SIGNS), residues, mod);
}

void make_congruence(pair *p, distill_rng *rng)
{
    static const char *const LETTERS[] = {"n", "x", "a", "k", ""};
    const char *name = PAIR_PICK(rng, LETTERS);
    int modulus = pair_int(rng, 3, 30), count = pair_chance(rng, 80) ? 1 : 2;
    int residue[2] = {pair_int(rng, 0, modulus - 1)}, other[2], other_modulus = modulus;
    residue[1] = (residue[0] + pair_int(rng, 1, modulus - 1)) % modulus;
    memcpy(other, residue, sizeof other);
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 60))
        other_modulus = pair_chance(rng, 50) ? modulus * 2 : modulus + pair_int(rng, 1, 3);
    else if (p->truth == PAIR_DIFFERENT && count == 1)
        other[0] = (residue[0] + pair_int(rng, 1, modulus - 1)) % modulus;
    else if (p->truth == PAIR_DIFFERENT)
        while (other[1] == residue[1] || other[1] == residue[0])
            other[1] = pair_int(rng, 0, modulus);
    if (other[1] == modulus)
        other_modulus++;
    const char *a = write_congruence(rng, name, residue, count, modulus);
    const char *b = write_congruence(rng, name, other, count, other_modulus);
    pair_set(p, rng, a, b);
}

// ---- families of solutions ----------------------------------------------------------------------

/// n/d times pi, n not 0.
static const char *pi_times(long long n, long long d)
{
    rational q = rational_of(n, d);
    const char *top = llabs(q.n) == 1 ? "\\pi" : pair_text("%lld\\pi", llabs(q.n));
    const char *size = q.d == 1 ? top : pair_text("\\frac{%s}{%lld}", top, q.d);
    return pair_text("%s%s", q.n < 0 ? "-" : "", size);
}

/// x = (n/12) pi + period k pi for all whole k.
static const char *write_family(distill_rng *rng, int twelfths, int period)
{
    static const char *const TAILS[] = {", @1\\in\\mathbb{Z}",
                                        ",\\ @1 \\in \\mathbb{Z}",
                                        " \\quad (@1\\in\\mathbb{Z})",
                                        "",
                                        ", @1\\text{ is an integer}",
                                        "\\text{ for integer }@1",
                                        " \\text{ where }@1\\in\\mathbb{Z}",
                                        ",\\quad @1 \\in \\mathbb Z",
                                        " \\text{ for all integers }@1",
                                        "\\ (@1 \\in \\mathbf{Z})",
                                        " \\text{ (}@1\\text{ any integer)}"};
    static const char *const LETTERS[] = {"k", "k", "n", "m"};
    const char *k = PAIR_PICK(rng, LETTERS);
    int shift = pair_chance(rng, 30) ? 12 * period * pair_nonzero(rng, 1) : 0;
    if (twelfths % 12 == 6 && period == 1 && pair_chance(rng, 30)) // also at every half turn
        return pair_text("\\pm\\frac{\\pi}{2}+2%s\\pi", k);
    const char *start = pi_times(twelfths + shift, 12);
    const char *step = period == 1 ? pair_text("%s\\pi", k) : pair_text("%d%s\\pi", period, k);
    if (pair_chance(rng, 30))
        step = period == 1 ? pair_text("\\pi %s", k) : pair_text("%d\\pi %s", period, k);
    const char *sum = pair_chance(rng, 70)
                          ? pair_text("%s+%s", start, step)
                          : pair_text("%s%s%s", step, start[0] == '-' ? "" : "+", start);
    const char *tail = pair_fill(PAIR_PICK(rng, TAILS), k, NULL, NULL);
    return pair_text("%s%s%s", pair_chance(rng, 70) ? "x=" : "x = ", sum, tail);
}

void make_family(pair *p, distill_rng *rng)
{
    static const int STARTS[] = {1, 2, 3, 4, 5, 6, 8, 9, 10};
    int twelfths = STARTS[pair_int(rng, 0, 8)], period = pair_int(rng, 1, 2), other = twelfths,
        other_period = period;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 50))
        other_period = 3 - period;
    else if (p->truth == PAIR_DIFFERENT)
        while ((other - twelfths) % 12 == 0)
            other = STARTS[pair_int(rng, 0, 8)] * (pair_chance(rng, 20) ? -1 : 1);
    p->form = PAIR_BOX;
    const char *a = write_family(rng, twelfths, period),
               *b = write_family(rng, other, other_period);
    pair_set(p, rng, a, b);
}

// ---- probabilities and assignments --------------------------------------------------------------

void make_probability(pair *p, distill_rng *rng)
{
    static const char *const EVENTS[] = {
        "P(X=3)",           "P(A)",           "P(X\\ge 2)",
        "P(A\\cup B)",      "P(A \\mid B)",   "P(X = 1)",
        "P(A\\cap B)",      "\\Pr(X>4)",      "P(\\text{red})",
        "\\mathbb{P}(A)",   "P(X\\leq 5)",    "P(A|B)",
        "P(X<3)",           "P(A')",          "P(3)",
        "\\mathrm{P}(X=2)", "P(A \\cap B^c)", "P(\\text{at least one six})",
        "P(2\\le X\\le 4)", "\\Pr[X=1]"};
    int n = pair_int(rng, 1, 19);
    rational q = rational_of(n, pair_int(rng, 20, 40)), other;
    do
        other = p->truth == PAIR_EQUAL ? q : rational_near(rng, q);
    while (other.n <= 0 || rational_compare(other, rational_of(1, 1)) > 0);
    const char *event = PAIR_PICK(rng, EVENTS), *equals = pair_chance(rng, 50) ? "=" : " = ";
    const char *a = pair_text("%s%s%s", event, equals, rational_tex(rng, q)),
               *b = rational_tex(rng, other);
    if (pair_chance(rng, 25))
        b = pair_text("%s=%s", event, b);
    pair_set(p, rng, a, b);
}

void make_assignment(pair *p, distill_rng *rng)
{
    static const char *const NUMBERS[] = {"x",
                                          "a",
                                          "n",
                                          "k",
                                          "r",
                                          "\\theta",
                                          "x_1",
                                          "S",
                                          "AB",
                                          "f(2)",
                                          "a_5",
                                          "m",
                                          "\\text{Area}",
                                          "\\angle A",
                                          "m\\angle ABC",
                                          "|AB|",
                                          "\\sin x",
                                          "\\frac{a}{b}",
                                          "f(-1)",
                                          "p"};
    static const char *const FUNCTIONS[] = {"f(x)", "g(x)", "y", "p(x)", "f(x)", "h(x)"};
    bool function = pair_chance(rng, 40);
    rational c[2] = {rational_of(pair_nonzero(rng, 9), 1), rational_draw(rng)}, d[2] = {c[0], c[1]};
    const char *const terms[] = {"x", ""};
    d[1] = rational_other(p, rng, c[1]);
    const char *name = function ? PAIR_PICK(rng, FUNCTIONS) : PAIR_PICK(rng, NUMBERS);
    const char *value = function ? rational_sum(c, terms, 2) : rational_tex(rng, c[1]);
    const char *other =
        function ? rational_sum_shuffled(rng, d, terms, 2) : rational_tex(rng, d[1]);
    const char *a = pair_text("%s%s%s", name, pair_chance(rng, 50) ? "=" : " = ", value);
    const char *b = pair_chance(rng, 70) ? other : pair_text("%s = %s", name, other);
    pair_set(p, rng, a, b);
}

// ---- sums and recurrences -----------------------------------------------------------------------

static long long term_value(int a, int b, int power, int k)
{
    long long value = a;
    for (int i = 0; i < power; i++)
        value *= k;
    return value + b;
}

/// The sum over k = first … last of a k^power + b.
static const char *write_sum(distill_rng *rng, int a, int b, int power, int first, int last)
{
    static const char *const LETTERS[] = {"k", "k", "i", "n", "j"};
    const char *k = PAIR_PICK(rng, LETTERS);
    const char *term =
        power == 1 ? pair_text("%d%s%+d", a, k, b) : pair_text("%d%s^%d%+d", a, k, power, b);
    long long sum = 0;
    for (int i = first; i <= last; i++)
        sum += term_value(a, b, power, i);
    if (pair_chance(rng, 50))
        return pair_text("%lld", sum);
    if (last - first < 5 && pair_chance(rng, 30)) {
        const char *parts[5];
        for (int i = first; i <= last; i++)
            parts[i - first] = pair_text("%lld", term_value(a, b, power, i));
        return pair_join(parts, (size_t)(last - first + 1), "+");
    }
    if (pair_chance(rng, 20))
        return pair_text("\\sum\\limits_{%s=%d}^{%d}(%s)", k, first, last, term);
    return pair_text("\\sum_{%s=%d}^{%d} (%s)", k, first, last, term);
}

void make_sum(pair *p, distill_rng *rng)
{
    int a = pair_int(rng, 2, 6), b = pair_int(rng, 1, 9), power = pair_int(rng, 1, 3);
    int first = pair_int(rng, 0, 3), last = first + pair_int(rng, 2, 12), last2 = last, b2 = b;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 60))
        last2 += pair_chance(rng, 50) ? 1 : -1;
    else if (p->truth == PAIR_DIFFERENT)
        b2++;
    const char *x = write_sum(rng, a, b, power, first, last);
    const char *y = write_sum(rng, a, b2, power, first, last2);
    pair_set(p, rng, x, y);
}

/// a_n = c a_{n-1} + d a_{n-2} + e, with the index at `shift`.
static const char *write_recurrence(distill_rng *rng, const char *a, const int *c)
{
    static const char *const INDEX[][3] = {
        {"n", "n-1", "n-2"}, {"n+1", "n", "n-1"}, {"n+2", "n+1", "n"}};
    const char *const *index = INDEX[pair_chance(rng, 60) ? 0 : pair_int(rng, 1, 2)];
    rational factors[] = {rational_of(c[0], 1), rational_of(c[1], 1), rational_of(c[2], 1)};
    const char *const name[] = {pair_text("%s_{%s}", a, index[1]),
                                pair_text("%s_{%s}", a, index[2]), ""};
    const char *right = rational_sum_shuffled(rng, factors, name, 3);
    const char *left = strlen(index[0]) == 1 && pair_chance(rng, 50)
                           ? pair_text("%s_%s", a, index[0])
                           : pair_text("%s_{%s}", a, index[0]);
    return pair_chance(rng, 90) ? pair_text("%s=%s", left, right) : pair_text("%s=%s", right, left);
}

void make_recurrence(pair *p, distill_rng *rng)
{
    static const char *const LETTERS[] = {"a", "a", "u", "x", "F"};
    int c[] = {pair_nonzero(rng, 5), pair_nonzero(rng, 5), pair_int(rng, -4, 4)}, d[3];
    const char *letter = PAIR_PICK(rng, LETTERS);
    memcpy(d, c, sizeof d);
    while (p->truth == PAIR_DIFFERENT && memcmp(c, d, sizeof d) == 0)
        switch (pair_int(rng, 0, 2)) {
        case 0:
            d[0] = c[1], d[1] = c[0];
            break;
        case 1:
            d[1] = -c[1];
            break;
        default:
            d[2] = c[2] + 1;
        }
    const char *x = write_recurrence(rng, letter, c), *y = write_recurrence(rng, letter, d);
    pair_set(p, rng, x, y);
}

// ---- names of one value -------------------------------------------------------------------------

/// Names that may share a value; the writings of one row name the same thing, and no two rows do.
static const char *const SAME_NAMES[][3] = {
    {"f(x)", "y", "f(x)"},
    {"f'(x)", "y'", "f'(x)"},
    {"f''(x)", "y''", "f''(x)"},
    {"f^{-1}(x)", "f^{-1}(x)", "f^{ -1}(x)"},
    {"f(0)", "f(0)", "f( 0)"},
    {"f(1)", "f(1)", "f(1 )"},
    {"g(1)", "g(1)", "g(1)"},
    {"P(X=1)", "P(X = 1)", "\\Pr(X=1)"},
    {"P(X=2)", "\\mathbb{P}(X=2)", "P(X = 2)"},
    {"P(A|B)", "P(A | B)", "\\mathrm{P}(A|B)"},
    {"P(B|A)", "P(B | A)", "\\Pr(B|A)"},
    {"\\hat{t}", "\\hat t", "\\widehat{t}"},
    {"\\tilde{t}", "\\tilde t", "\\widetilde{t}"},
    {"\\bar{t}", "\\overline{t}", "\\bar t"},
    {"\\dot{t}", "\\dot t", "\\dot{t}"},
    {"t'", "t'", "t^{\\prime}"},
    {"t", "t", "{t}"},
    {"t_1", "t_{1}", "t_1"},
    {"t_2", "t_{2}", "t_2"},
    {"|t|", "|t|", "\\lvert t\\rvert"},
    {"\\text{Area}", "Area", "\\text{area}"},
    {"\\text{Perimeter}", "Perimeter", "\\mathrm{perimeter}"},
    {"\\text{Maximum}", "maximum", "Maximum"},
    {"\\text{Minimum}", "minimum", "Minimum"},
    {"BC", "BC", "\\overline{BC}"},
    {"AC", "AC", "\\overline{AC}"},
    {"\\sin t", "\\sin t", "\\sin(t)"},
    {"\\cos t", "\\cos t", "\\cos(t)"},
};

void make_same_value(pair *p, distill_rng *rng)
{
    size_t i = distill_rng_below(rng, PAIR_COUNT(SAME_NAMES)), j = i;
    while (p->truth == PAIR_DIFFERENT && i == j)
        j = distill_rng_below(rng, PAIR_COUNT(SAME_NAMES));
    const char *value = rational_tex(rng, rational_draw(rng));
    const char *first = PAIR_PICK(rng, SAME_NAMES[i]), *second = PAIR_PICK(rng, SAME_NAMES[j]);
    const char *sign = pair_chance(rng, 50) ? "=" : " = ";
    p->truth = p->truth == PAIR_EQUAL ? PAIR_EQUAL : PAIR_OPEN;
    pair_set(p, rng, pair_text("%s%s%s", first, sign, value),
             pair_text("%s%s%s", second, sign, value));
}

// ---- records ------------------------------------------------------------------------------------

/// The names with their values, from `first` on, in a ring.
static const char *write_labelled(distill_rng *rng, const char *const *name, const int *value,
                                  size_t count)
{
    static const char *const FORMS[] = {"@1: @2",          "@1 = @2",        "\\text{@1}: @2",
                                        "\\text{@1} = @2", "\\text{@1: }@2", "@1=@2"};
    const char *part[4], *form = PAIR_PICK(rng, FORMS);
    size_t first = distill_rng_below(rng, count);
    for (size_t i = 0; i < count; i++) {
        size_t at = (first + i) % count;
        part[i] = pair_fill(form, name[at], pair_text("%d", value[at]), NULL);
    }
    return pair_join(part, count, pair_chance(rng, 30) ? "; " : ", ");
}

void make_record(pair *p, distill_rng *rng)
{
    static const char *const NAMES[][4] = {{"Ann", "Bob", "Carla", "Dan"},
                                           {"mean", "median", "mode", "range"},
                                           {"length", "width", "height", "depth"},
                                           {"red", "blue", "green", "white"},
                                           {"boys", "girls", "teachers", "parents"}};
    const char *const *name = NAMES[distill_rng_below(rng, PAIR_COUNT(NAMES))];
    size_t count = (size_t)pair_int(rng, 2, 4), i, j;
    int value[4], other[4];
    for (i = 0; i < count; i++)
        value[i] = 10 * (int)i + pair_int(rng, 1, 9);
    memcpy(other, value, sizeof other);
    i = distill_rng_below(rng, count), j = (i + 1) % count;
    if (p->truth == PAIR_DIFFERENT)
        other[i] = value[j], other[j] = pair_chance(rng, 80) ? value[i] : value[j];
    p->form = PAIR_BOX;
    const char *a = write_labelled(rng, name, value, count);
    pair_set(p, rng, a, write_labelled(rng, name, other, count));
}
