// tests/differential/function_pairs.c - pairs of functions: trigonometric and logarithmic
// identities, antiderivatives.
//
// A table gives each function several notations and several near ones that are other functions; @1
// is the variable with its factor, @2 and @3 that times two and times three. Its rows are true for
// all values at which every notation is defined; self-evident by the addition theorems.
#include "tests/differential/kinds.h"

#include <stdlib.h>
#include <string.h>

enum { SAME = 6, OTHERS = 5 };

typedef struct identity {
    const char *same[SAME], *other[OTHERS];
} identity;

// clang-format off
static const identity IDENTITIES[] = {
    {{"\\sin(@2)", "2\\sin(@1)\\cos(@1)", "2\\cos(@1)\\sin(@1)", "(\\sin(@1)+\\cos(@1))^2-1", "\\frac{2\\tan(@1)}{1+\\tan^2(@1)}"},
     {"2\\sin(@1)", "\\sin(@1)\\cos(@1)", "\\cos(@2)", "2\\sin(@2)\\cos(@2)", "-\\sin(@2)"}},
    {{"\\cos(@2)", "\\cos^2(@1)-\\sin^2(@1)", "2\\cos^2(@1)-1", "1-2\\sin^2(@1)", "\\cos^4(@1)-\\sin^4(@1)", "\\frac{1-\\tan^2(@1)}{1+\\tan^2(@1)}"},
     {"\\sin^2(@1)-\\cos^2(@1)", "2\\cos(@1)", "1-2\\cos^2(@1)", "\\cos^2(@1)+\\sin^2(@1)", "2\\cos^2(@1)+1"}},
    {{"\\tan(@1)", "\\frac{\\sin(@1)}{\\cos(@1)}", "\\frac{1}{\\cot(@1)}", "\\frac{\\sin(@2)}{1+\\cos(@2)}", "\\frac{\\sec(@1)}{\\csc(@1)}"},
     {"\\cot(@1)", "\\frac{\\cos(@1)}{\\sin(@1)}", "\\tan(@2)", "-\\tan(@1)", "\\frac{\\sin(@1)}{1+\\cos(@1)}"}},
    {{"\\sec^2(@1)", "1+\\tan^2(@1)", "\\frac{1}{\\cos^2(@1)}", "\\frac{2}{1+\\cos(@2)}", "\\sec(@1)^2"},
     {"\\csc^2(@1)", "1-\\tan^2(@1)", "\\tan^2(@1)-1", "\\frac{1}{\\sin^2(@1)}", "\\sec(@2)"}},
    {{"\\sin^2(@1)", "1-\\cos^2(@1)", "\\frac{1-\\cos(@2)}{2}", "(\\sin(@1))^2", "(1-\\cos(@1))(1+\\cos(@1))", "\\sin @1 \\cdot \\sin @1"},
     {"\\cos^2(@1)", "\\frac{1+\\cos(@2)}{2}", "1+\\cos^2(@1)", "\\sin(@2)", "2\\sin(@1)"}},
    {{"\\sin(@3)", "3\\sin(@1)-4\\sin^3(@1)", "\\sin(@2)\\cos(@1)+\\cos(@2)\\sin(@1)"},
     {"3\\sin(@1)", "4\\sin^3(@1)-3\\sin(@1)", "\\cos(@3)", "3\\sin(@1)+4\\sin^3(@1)", "\\sin(@2)\\cos(@1)-\\cos(@2)\\sin(@1)"}},
    {{"\\cos(@3)", "4\\cos^3(@1)-3\\cos(@1)", "\\cos(@2)\\cos(@1)-\\sin(@2)\\sin(@1)"},
     {"3\\cos(@1)-4\\cos^3(@1)", "\\sin(@3)", "3\\cos(@1)", "4\\cos^3(@1)+3\\cos(@1)", "\\cos(@2)\\cos(@1)+\\sin(@2)\\sin(@1)"}},
    {{"\\cos(@1)", "\\sin\\left(\\frac{\\pi}{2}-@1\\right)", "\\sin\\left(@1+\\frac{\\pi}{2}\\right)", "\\cos(-@1)", "-\\cos(\\pi-@1)"},
     {"\\sin\\left(@1-\\frac{\\pi}{2}\\right)", "\\sin(-@1)", "\\cos(\\pi-@1)", "\\sin(@1)", "\\cos\\left(\\frac{\\pi}{2}-@1\\right)"}},
    {{"\\ln(@1)", "\\log_e(@1)", "-\\ln\\left(\\frac{1}{@1}\\right)", "2\\ln\\sqrt{@1}", "\\frac{1}{2}\\ln((@1)^2)", "\\frac{\\ln((@1)^3)}{3}"},
     {"\\ln\\left(\\frac{1}{@1}\\right)", "\\ln(@2)", "\\log_2(@1)", "2\\ln(@1)", "\\ln(@1+1)"}},
    {{"\\log_2(@1)", "\\frac{\\ln(@1)}{\\ln 2}", "\\frac{\\log(@1)}{\\log 2}", "\\log_4((@1)^2)", "3\\log_8(@1)", "\\log_2(@2)-1"},
     {"\\log_4(@1)", "\\log_2(@2)", "\\frac{\\ln 2}{\\ln(@1)}", "2\\log_4((@1)^2)", "\\log_3(@1)"}},
    {{"e^{@2}", "(e^{@1})^2", "e^{@1}\\cdot e^{@1}", "\\exp(@2)", "\\frac{1}{e^{-@2}}", "\\frac{e^{@3}}{e^{@1}}"},
     {"2e^{@1}", "e^{-@2}", "e^{@3}", "e^{@1}+e^{@1}", "e^{(@1)^2}"}},
    {{"\\ln(2)+\\ln(@1)", "\\ln(@2)", "\\ln(2\\cdot @1)", "\\ln(@1)+\\ln 2", "\\frac{1}{2}\\ln 4+\\ln(@1)"},
     {"\\ln(2+@1)", "2\\ln(@1)", "\\ln(2)\\ln(@1)", "\\ln(@1)-\\ln(2)", "\\ln(@3)"}},
    {{"\\sqrt{(@1)^2+1}", "((@1)^2+1)^{1/2}", "((@1)^2+1)^{\\frac12}", "\\frac{(@1)^2+1}{\\sqrt{(@1)^2+1}}", "\\sqrt{1+(@1)^2}"},
     {"\\sqrt{(@1)^2-1}", "@1+1", "(@1)^2+1", "\\sqrt{(@2)^2+1}", "\\frac{1}{\\sqrt{(@1)^2+1}}"}},
    {{"\\sinh(@1)", "\\frac{e^{@1}-e^{-@1}}{2}", "\\frac{e^{@2}-1}{2e^{@1}}"},
     {"\\cosh(@1)", "\\frac{e^{@1}+e^{-@1}}{2}", "\\sin(@1)", "e^{@1}-e^{-@1}", "\\frac{e^{@1}-1}{2}"}},
};
// clang-format on

static const char *pick_given(distill_rng *rng, const char *const *items, size_t most)
{
    size_t count = 0;
    while (count < most && items[count] != NULL)
        count++;
    return pair_pick(rng, items, count);
}

/// The texts of a row with its variable: "@1" is factor·letter.
static const char *with_variable(const char *form, int factor, const char *letter)
{
    return pair_fill(form, factor == 1 ? letter : pair_text("%d%s", factor, letter),
                     pair_text("%d%s", 2 * factor, letter), pair_text("%d%s", 3 * factor, letter));
}

void make_identity(pair *p, distill_rng *rng)
{
    static const char *const LETTERS[] = {"x", "x", "t", "\\theta", "y", "a", "\\alpha"};
    static const char *const OUTER[] = {"@1",
                                        "@1",
                                        "@1",
                                        "3+\\left(@1\\right)",
                                        "5\\left(@1\\right)",
                                        "\\frac{@1}{2}",
                                        "1-\\left(@1\\right)"};
    const identity *row = &IDENTITIES[distill_rng_below(rng, PAIR_COUNT(IDENTITIES))];
    const char *letter = PAIR_PICK(rng, LETTERS), *outer = PAIR_PICK(rng, OUTER);
    int factor = pair_chance(rng, 70) ? 1 : pair_int(rng, 2, 3);
    const char *a = with_variable(pick_given(rng, row->same, SAME), factor, letter);
    const char *b = p->truth == PAIR_EQUAL ? pick_given(rng, row->same, SAME)
                                           : pick_given(rng, row->other, OTHERS);
    b = with_variable(b, factor, letter);
    a = pair_fill(outer, a, NULL, NULL);
    b = pair_fill(outer, b, NULL, NULL);
    pair_set(p, rng, a, b);
}

// ---- antiderivatives ----------------------------------------------------------------------------

// clang-format off
/// Functions of which an antiderivative is made; no two differ by a constant or a factor.
static const char *const PARTS[] = {
    "x^4", "x^3", "x^2", "x", "\\sin x", "\\cos x", "e^{2x}", "\\ln|x|", "e^x", "\\arctan x",
    "x\\ln x", "\\sin^2 x", "\\sqrt{x}", "xe^x", "\\tan x",
};
// clang-format on

static const char *write_primitive(distill_rng *rng, const rational *c, const char *const *name,
                                   size_t count, bool any_constant)
{
    static const char *const CONSTANTS[] = {"C", "C", "C", "c", "\\text{C}", "K", "\\mathrm{C}"};
    const char *constant = PAIR_PICK(rng, CONSTANTS);
    const char *sum = pair_chance(rng, 60) ? rational_sum_shuffled(rng, c, name, count)
                                           : rational_sum(c, name, count);
    if (any_constant && pair_chance(rng, 20))
        sum = pair_text("%s%+d", sum, pair_nonzero(rng, 9));
    if (pair_chance(rng, 10) && sum[0] != '-')
        return pair_text("%s+%s", constant, sum);
    return pair_text("%s%s%s", sum, pair_chance(rng, 50) ? " + " : "+", constant);
}

void make_primitive(pair *p, distill_rng *rng)
{
    size_t order[PAIR_COUNT(PARTS)], count = (size_t)pair_int(rng, 1, 3);
    rational c[3], other[3];
    const char *name[3];
    for (size_t i = 0; i < PAIR_COUNT(PARTS); i++)
        order[i] = i;
    distill_rng_shuffle(rng, order, PAIR_COUNT(PARTS));
    for (size_t i = 0; i < count; i++) {
        c[i] = rational_draw_over(rng, 6, 1, pair_chance(rng, 50) ? 1 : 4);
        other[i] = c[i];
        name[i] = PARTS[order[i]];
    }
    if (p->truth == PAIR_DIFFERENT) {
        size_t i = distill_rng_below(rng, count);
        do
            other[i] = rational_near(rng, c[i]);
        while (other[i].n == 0);
    }
    const char *a = write_primitive(rng, c, name, count, true);
    const char *b = write_primitive(rng, other, name, count, true);
    pair_set(p, rng, a, b);
}
