// tests/differential/style_pairs.c - pairs that test notation: one answer in different TeX styles,
// values with words beside them, answers that are words, and texts of the same digits that mean
// different things.
#include "tests/differential/kinds.h"

#include <ctype.h>
#include <string.h>

// ---- styles -------------------------------------------------------------------------------------

// clang-format off
static const char *const STYLES[] = {
    "{\\Large @1}", "{\\huge @1}", "\\displaystyle @1", "{\\displaystyle @1}", "\\mathbf{@1}",
    "\\boldsymbol{@1}", "\\left(@1\\right)", "\\mathrm{@1}", "$@1$", "\\(@1\\)", "@1.", "\\ @1",
    "~@1", "\\underline{@1}", "{\\color{red}@1}", "\\color{blue}{@1}", "@1\\,", "\\quad @1",
    "{{@1}}", "\\bf{@1}", "\\large{@1}", "@1 \\checkmark", "{\\bf @1}", "\\mathbf{{@1}}",
    "\\textcolor{red}{@1}", "\\Large{@1}", "\\!@1", "\\bigl(@1\\bigr)", "{\\LARGE\\mathbf{@1}}",
    "\\bm{@1}", "{\\tiny @1}", "\\normalsize @1", "\\mathsf{@1}", "\\mathit{@1}", "\\fbox{@1}",
    "@1\\;", "\\phantom{}@1", "\\hspace{2pt}@1", "\\text{$@1$}", "\\ensuremath{@1}", "\\pmb{@1}",
    "\\underline{\\underline{@1}}", "{\\small @1}", "{\\footnotesize @1}", "\\textstyle @1",
    "\\Huge @1", "@1 \\quad", "{@1}\\,.", "\\rm{@1}", "\\mathrm{\\mathbf{@1}}", "\\mbox{$@1$}",
    "@1\\hspace{1cm}", "\\mathop{@1}", "\\textcolor{blue}{\\mathbf{@1}}",
    "\\colorbox{yellow}{$@1$}", "{\\bfseries @1}", "{\\rm @1}", "@1 \\blacksquare", "@1\\ \\square",
    "@1 \\hfill", "\\boxed{@1}", "\\mathstrut @1",
};
// clang-format on

static const char *write_styled_fraction(distill_rng *rng, rational q)
{
    static const char *const FORMS[] = {"\\nicefrac{@1}{@2}",
                                        "\\sfrac{@1}{@2}",
                                        "\\dfrac{@1}{@2}",
                                        "\\cfrac{@1}{@2}",
                                        "\\frac{@1}{@2}",
                                        "{@1\\over@2}",
                                        "\\frac{\\displaystyle @1}{@2}",
                                        "{}^{@1}\\!/_{@2}"};
    return pair_fill(PAIR_PICK(rng, FORMS), pair_text("%lld", q.n), pair_text("%lld", q.d), NULL);
}

void make_style(pair *p, distill_rng *rng)
{
    rational q = rational_draw(rng), other = rational_other(p, rng, q);
    const char *a = rational_plain(q), *b = rational_plain(other);
    if (q.d > 1 && q.n > 0 && pair_chance(rng, 40))
        a = write_styled_fraction(rng, q);
    if (pair_chance(rng, 20)) {
        a = pair_text("%s\\sqrt{3}", rational_factor(q));
        b = pair_text("%s\\sqrt{3}", rational_factor(other));
    }
    a = pair_fill(PAIR_PICK(rng, STYLES), a, NULL, NULL);
    p->form = PAIR_BOX;
    pair_set(p, rng, a, b);
}

// ---- qualifiers ---------------------------------------------------------------------------------

// clang-format off
/// A value with words that do not change it; @1 is the value.
static const char *const QUALIFIED[] = {
    "@1 \\text{ since } t>0", "@1\\text{ for all }n", "@1 \\quad \\forall x\\in\\mathbb{R}",
    "@1\\text{ in total}", "@1 \\text{ (since }x>0)", "@1, \\text{ as required}",
    "\\text{exactly }@1", "@1\\text{ exactly}", "\\text{only }@1", "@1 \\text{ (exact value)}",
    "@1, \\text{ not }@2", "\\text{the number }@1", "@1\\text{ units}", "\\text{Answer: }@1",
    "@1 \\text{ because } y<0", "\\therefore @1", "@1 \\text{ altogether}", "\\text{Therefore, }@1",
    "@1\\text{ square units}", "@1 \\text{ ways}", "@1 \\quad \\text{for } x > 0",
    "@1 \\text{ (as } n\\to\\infty)", "@1\\text{, as desired}", "@1 \\text{ in the given units}",
    "@1 \\text{ for every real }x", "@1 \\text{ when } x=2", "\\text{the answer is }@1",
    "\\text{It is }@1", "@1 \\text{ by symmetry}", "\\text{Total: }@1",
    "@1 \\text{ (given that }n>2)", "\\boldsymbol{@1}\\text{ people}",
};
// clang-format on

// clang-format off
/// Texts that leave open what the value is, or say that it is another.
static const char *const HEDGES[] = {
    "@1\\text{ or }@2", "@1 or @2", "@1, @2", "\\pm @1", "\\text{not }@1", "\\ne @1", "> @1",
    "\\ge @1", "\\text{at least }@1", "\\text{at most }@1", "@1\\text{ or more}",
    "\\text{more than }@1", "\\text{between }@1\\text{ and }@2", "@2\\text{ (not }@1)",
    "@2, \\text{ not }@1", "@1 \\text{ and } @2", "[@1,@2]", "@1:@2", "@1 < x", "@1x", "x^{@1}",
    "@1\\text{ or }@2\\text{ or }@3", "\\text{approximately between }@2\\text{ and }@1",
    "\\text{either }@1\\text{ or }@2", "\\sqrt{@1}", "\\frac{1}{@1}", "@1^2", "\\{@1,@2\\}",
    "(@1,@2)", "\\text{less than }@1", "@1-x", "\\text{not equal to }@1", "@1 \\le x \\le @2",
    "\\text{anything but }@1",
};
// clang-format on

/// A function with the set for which it is meant.
static void make_for_all(pair *p, distill_rng *rng)
{
    static const char *const FORMS[] = {"@1 \\quad \\forall x\\in\\mathbb{R}",
                                        "@1\\text{ for all }x",
                                        "@1, x \\in \\mathbb{R}",
                                        "@1 \\text{ for all real } x",
                                        "@1 \\quad \\text{for all } x\\in\\mathbb{R}",
                                        "@1 \\text{ where } x>0",
                                        "@1 \\quad (x \\in \\mathbb{R})"};
    int k = pair_int(rng, 2, 40), m = p->truth == PAIR_EQUAL ? k : k + 1;
    const char *name = pair_chance(rng, 50) ? "f(x)=" : "g(x) = ", *form = PAIR_PICK(rng, FORMS);
    const char *other = pair_text("%s%dx+1", pair_chance(rng, 70) ? name : "", m);
    pair_set_ordered(p, pair_text("%s%dx+1", name, k), pair_fill(form, other, NULL, NULL));
}

void make_qualified(pair *p, distill_rng *rng)
{
    if (pair_chance(rng, 20)) {
        p->form = PAIR_BOX;
        make_for_all(p, rng);
        return;
    }
    int d = pair_chance(rng, 80) ? 1 : 7;
    rational q = rational_of(pair_int(rng, 2, 400), d);
    rational other = rational_near(rng, q);
    const char *value = rational_plain(q), *near = rational_plain(other);
    p->form = PAIR_BOX;
    if (p->truth == PAIR_EQUAL)
        pair_set_ordered(p, value, pair_fill(PAIR_PICK(rng, QUALIFIED), value, near, NULL));
    else if (pair_chance(rng, 50))
        pair_set_ordered(p, near, pair_fill(PAIR_PICK(rng, QUALIFIED), value, near, NULL));
    else {
        p->truth = PAIR_OPEN;
        pair_set_ordered(p, value, pair_fill(PAIR_PICK(rng, HEDGES), value, near, "1"));
    }
}

/// References with their unit in brackets.
void make_bracketed(pair *p, distill_rng *rng)
{
    static const char *const THINGS[] = {"pencils",  "g",       "DVDs", "apples",  "km",
                                         "students", "minutes", "cm",   "dollars", "marbles",
                                         "pages",    "liters",  "boxes"};
    int n = pair_int(rng, 2, 900), other = p->truth == PAIR_EQUAL ? n : (int)whole_near(rng, n);
    const char *thing = PAIR_PICK(rng, THINGS);
    static const char *const FORMS[] = {"@1", "@1\\text{ @2}", "@1 @2", "@1.0", "@1 (@2)"};
    p->form = PAIR_BOX;
    pair_set_ordered(p, pair_text("%d (%s)", n, thing),
                     pair_fill(PAIR_PICK(rng, FORMS), pair_text("%d", other), thing, NULL));
}

// ---- words --------------------------------------------------------------------------------------

enum { WORDS = 8 };

// clang-format off
static const char *const ANSWERS[][WORDS] = {
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", NULL},
    {"January", "March", "April", "May", "June", "July", "August", "October"},
    {"yes", "no", NULL},
    {"true", "false", NULL},
    {"even", "odd", "neither", NULL},
    {"ellipse", "parabola", "hyperbola", "circle", "line", "point", "two lines", "ray"},
    {"red", "blue", "green", "yellow", "white", "black", "orange", "purple"},
    {"Alice", "Evelyn", "Bob", "Carla", "Daniel", "Briana", "Angela", "Maria"},
    {"north", "south", "east", "west", "northeast", "southwest", NULL},
    {"increasing", "decreasing", "constant", NULL},
    {"convergent", "divergent", NULL},
    {"the square", "the triangle", "the right triangle", "the rhombus", "the trapezoid", NULL},
    {"Spanish", "French", "German", "Latin", "Italian", NULL},
    {"rational", "irrational", "transcendental", NULL},
    {"acute", "obtuse", "right", "isosceles", "equilateral", "scalene", NULL},
    {"student council", "chess club", "math club", "drama club", NULL},
};
// clang-format on

static const char *write_word(distill_rng *rng, const char *word)
{
    static const char *const FORMS[] = {"\\text{@1}",
                                        "@1",
                                        "\\textbf{@1}",
                                        "\\mathrm{@1}",
                                        "\\text{@1.}",
                                        "\\text{ @1}",
                                        "@1.",
                                        "\\mbox{@1}",
                                        "\\textit{@1}",
                                        "\\text{@1 }",
                                        "\\text{@2}",
                                        "@2",
                                        "\\text{@3}",
                                        "\\textrm{@1}",
                                        "\\textsf{@1}",
                                        "\\emph{@1}",
                                        "\\text{\\textbf{@1}}",
                                        "\\mathbf{\\text{@1}}",
                                        "\\texttt{@1}",
                                        "\\large\\text{@1}",
                                        "\"@1\"",
                                        "\\text{``@1''}"};
    const char *bare = strncmp(word, "the ", 4) == 0 && pair_chance(rng, 50) ? word + 4 : word;
    const char *capital = pair_text("%c%s", toupper((unsigned char)bare[0]), bare + 1);
    const char *small = pair_text("%c%s", tolower((unsigned char)bare[0]), bare + 1);
    const char *form = PAIR_PICK(rng, FORMS);
    if (strchr(bare, ' ') != NULL && strstr(form, "mathrm") != NULL) // drops spaces
        form = FORMS[0];
    return pair_fill(form, bare, capital, small);
}

void make_text(pair *p, distill_rng *rng)
{
    const char *const *row = ANSWERS[distill_rng_below(rng, PAIR_COUNT(ANSWERS))];
    size_t count = 0;
    while (count < WORDS && row[count] != NULL)
        count++;
    size_t first = distill_rng_below(rng, count), second = first;
    while (p->truth == PAIR_DIFFERENT && second == first)
        second = distill_rng_below(rng, count);
    p->form = PAIR_BOX;
    const char *a = write_word(rng, row[first]), *b = write_word(rng, row[second]);
    pair_set(p, rng, a, b);
}

// ---- the same digits, other meanings ------------------------------------------------------------

enum { LOOKS = 12 };

/// Texts of two different digits from 3 to 9; those of a row are never equal. In the rows of `open`
/// the kinds differ as well, so the verdict may be unknown.
static const struct {
    bool open;
    const char *text[LOOKS];
} ALIKE[] = {
    {false,
     {"@1@2", "@1.@2", "@1 \\cdot @2", "@1^{@2}", "\\frac{@1}{@2}", "@1\\frac{1}{@2}", "@1-@2",
      "\\sqrt[@1]{@2}", "@1\\sqrt{@2}", "\\log_{@1}@2", "-@1@2", "@2^{@1}"}},
    {false,
     {"@1x^{@2}", "@2x^{@1}", "x^{@1}+@2", "@1x+@2", "@2x+@1", "(@1+@2)x", "@1+x^{@2}", "x^{@1@2}",
      "@1^{x}", "x^{@1}", "\\frac{x}{@1}", "@1x-@2"}},
    {false,
     {"@1.@2@2@2", "@1@2@2@2", "@1@2@2", "@1@2@2@2@2", "0.@1@2@2@2", "@1.@2@2@2\\times10^{2}"}},
    {false,
     {"@1\\pi", "\\pi^{@1}", "@1+\\pi", "\\frac{\\pi}{@1}", "@1^{\\pi}", "@1e", "e^{@1}", "\\pi-@1",
      "\\frac{@1}{\\pi}", "@1\\pi^2", "e^{-@1}", "\\pi e^{@1}"}},
    {false,
     {"\\sin(@1x)", "\\sin^{@1}x", "@1\\sin x", "\\sin(x+@1)", "\\cos(@1x)", "\\sin(x^{@1})",
      "\\arcsin x", "\\frac{1}{\\sin x}", "\\sin(@2x)", "\\tan(@1x)", "@1+\\sin x", "\\sinh(@1x)"}},
    {true, {"0.@1@2", "0.\\overline{@1@2}", "0.@1\\overline{@2}", "0.\\overline{@2@1}", "@1.@2"}},
    {true,
     {"(@1,@2)", "[@1,@2]", "\\{@1,@2\\}", "(@2,@1)", "(@1,@2]", "[@1,@2)", "@1", "@1+@2i",
      "\\{(@1,@2)\\}", "@1@2", "\\{\\{@1,@2\\}\\}", "(@1,@2,@1)"}},
    {true,
     {"x=@1", "x<@1", "x>@1", "x\\le @1", "x\\ge @1", "x\\ne @1", "x=-@1", "x=\\pm @1",
      "x\\equiv @1\\pmod{@2}", "x=@2", "x=@1,@2", "@1<x<@1@2"}},
    {true,
     {"@1\\%", "@1^\\circ", "@1\\text{ kg}", "@1:@2", "\\$@2", "\\pm @1", "@1\\text{ or }@2",
      "@1@2\\text{ km}", "@1\\text{ hours }@2\\text{ minutes}", "@2:@10", "@1\\text{ m}^2"}},
};

void make_alike(pair *p, distill_rng *rng)
{
    size_t row = distill_rng_below(rng, PAIR_COUNT(ALIKE)), count = 0;
    while (count < LOOKS && ALIKE[row].text[count] != NULL)
        count++;
    size_t i = distill_rng_below(rng, count), j = i;
    while (p->truth == PAIR_DIFFERENT && j == i)
        j = distill_rng_below(rng, count);
    int a = pair_int(rng, 3, 9), b = 3 + (a - 3 + pair_int(rng, 1, 6)) % 7;
    const char *one = pair_text("%d", a), *two = pair_text("%d", b);
    if (p->truth == PAIR_DIFFERENT && ALIKE[row].open)
        p->truth = PAIR_OPEN;
    p->form = PAIR_BOX;
    const char *x = pair_fill(ALIKE[row].text[i], one, two, NULL);
    const char *y = pair_fill(ALIKE[row].text[j], one, two, NULL);
    pair_set(p, rng, x, pair_chance(rng, 50) ? pair_text(" %s", y) : pair_text("{%s}", y));
}
