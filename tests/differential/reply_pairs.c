// tests/differential/reply_pairs.c - whole replies: plain sentences, marked numbers, several boxes,
// values that the reply rejects, supposes or corrects, phrases of which a number is only a part,
// replies without a readable answer, multiple choice.
//
// Each template states @1 and mentions or rejects @2. In an equal pair the reference is @1; in a
// different one it is @2 or a number near to @1.
#include "tests/differential/kinds.h"

#include <stdlib.h>
#include <string.h>

// clang-format off
static const char *const SENTENCES[] = {
    "It takes @1 minutes.",
    "Her bonus was $@1.",
    "We obtain @1.",
    "There are @1 ways to do this.",
    "x must equal @1",
    "He earned @1 points.",
    "So she has @1 apples left.",
    "That makes @1 in all.",
    "The train covers @1 km",
    "The total cost is $@1.",
    "The sum is @1.",
    "In total, they sold @1 tickets.",
    "Thus the value is @1.",
    "Each of them gets @1 euros.",
    "The machine needs @1 hours for this.",
    "Tom will be @1 years old.",
    "The value of the expression is @1.",
    "Total: @1",
    "Result: @1",
    "The school bought @1 books in the end.",
    "Anna has @1.",
    "Altogether that makes @1, no more.",
    "The answer is @1, not @2.",
    "The answer is @1, which is not @2.",
    "After giving away @2 of them, she has @1 left.",
    "The shirts are $@2 and the rest adds up to it. That makes **$@1**.",
    "I first thought of @2. But in the end the answer is @1.",
    "We start with @2.\n\nHence the number of pupils is @1.",
    "<think>\nIs it @2?\n</think>\n\nIt takes @1 minutes.",
    "<think>\nThe answer could be @2.\n</think>\n\nThey drive @1 km.",
    "Of the @2 eggs some break.\n\nTherefore, @1 eggs remain.",
    "\\boxed{@1}\n\nThis answer is better than the first estimate of @2.",
    "The farmer ends up with @1 cows.",
    "It will take them @1 days to finish.",
    "Maria has to pay @1 dollars.",
    "The perimeter of the figure is @1 cm.",
    "There were @1 students at the start.",
    "@1 people came to the party.",
    "@1.",
    "That is @1 more than expected: no, the question asks for the total, which is @1.",
    "Since @2 is too large, the answer must be @1.",
    "Peter's score is @1.",
    "You need @1 cups of flour.",
    "Hence, the smallest such number is @1.",
    "Therefore the required probability equals @1.",
    "So we need @1 buses.",
    "Her average speed is @1 mph.",
    "He will have @1 left over.",
    "They have read @1 pages so far.",
    "Thus, Emma can make @1 bracelets from @2 beads.",
    "Each box weighs @1 pounds.",
    "Conclusion: @1 tiles are needed.",
    "The number of diagonals is @1, since each vertex has several.",
    "This gives us a final total of @1.",
    "It equals @1",
    "n = @1",
    "x=@1.",
    "Let x be the number. Solving gives x = @1.",
    "The answer would be @1 coins.",
    "The correct value is @1 and not @2.",
    "Final result: @1 km.",
    "Das Ergebnis ist @1.",
    "La réponse est @1.",
    "La respuesta es @1.",
    "El resultado final fue @1.",
    "Il y a @1 élèves.",
    "Insgesamt sind es @1 Kugeln.",
    "答案是@1。",
    "一共有@1个苹果。",
    "Также получаем @1.",
    "So the final count is @1 (not @2).",
    "This leaves @1 of the @2 seats empty: @1.",
    "Her bonus came to £@1.",
};
// clang-format on

// clang-format off
static const char *const MARKED[] = {
    "We add the two parts.\n\nSo Lena ends up with **@1** marbles.",
    "We add the two parts.\n\nSo Lena ends up with *@1* marbles.",
    "First @2, then more.\n\nHence she reads __@1__ pages.",
    "From @2 we go on.\n\nThe result is `@1`.",
    "The amounts are listed above.\n\nTogether the shop takes in **$@1**.",
    "The amounts are listed above.\n\nTogether the shop takes in **@1 dollars** a week.",
    "We check both.\n\nOnly one fits: **x = @1**.",
    "**Final Answer:** Her profit came to **$@1**.",
    "**Answer:** @1",
    "**Answer: @1**",
    "The answer is: **@1**",
    "We started from @2.\n\n**The answer is @1.**",
    "### Final answer\n\n**@1**",
    "Therefore, $x = @1$.",
    "So, $x=@1$ is the only solution, since $x=@2$ fails.\n\nThe answer is $@1$.",
    "Summing up @2 and the rest:\n\n$$x = @1$$",
    "*Answer:* **@1** cookies",
    "Step 1: take @2.\nStep 2: go on.\n\n**Total = @1**",
    "The final result is **@1**!",
    "Thus, the number of apples is **@1**.",
    "We find that **x = @1** works.",
    "The answer: **@1 apples**.",
    "So there are **@1** of them in total.",
    "Hence: ***@1***",
    "Result: `@1`",
    "The total is <b>@1</b>.",
    "So the answer is **$@1**.",
    "**@1** is the answer.",
    "Thus we have:\n\n**@1**",
    "Therefore:\n\n- Total: **@1**",
    "1. Start with @2.\n2. Continue.\n\nFinal: **@1**",
    "> **Answer:** @1",
    "The result is **approximately nothing but @1**.",
    "### Answer: @1",
    "**Conclusion:** There are @1 stickers left.",
    "The solution is $\\mathbf{@1}$.",
    "In total: $@2 + x = y$, so $y = @1$.",
    "Hence the value of $n$ is $@1$.",
    "We conclude that $n = \\underline{@1}$.",
    "Final Answer: \\(@1\\)",
    "\\[ \\text{Total} = @1 \\]",
    "$$\\text{Answer} = @1$$",
    "<b>@1</b>",
    "<strong>@1</strong>",
    "<code>@1</code><br>",
    "The answer is <b>@1</b>.",
    "<p>We start from @2.</p>\n<p>So the total is <strong>@1</strong>.</p>",
    "<b>Answer:</b> <i>@1</i>",
    "#### <b>@1</b>",
    "<answer><em>@1</em></answer>",
    "| Part | Number |\n|---|---|\n| first | @2 |\n| **Total** | **@1** |",
    "```python\nx = @2\nprint(x + 1)\n```\n\nThe program prints @1.",
    "{\"answer\": \"@1\", \"steps\": @2}",
    "=> @1",
};
// clang-format on

static const char *number_of(distill_rng *rng, int n)
{
    if (n >= 1000 && pair_chance(rng, 60))
        return pair_text("%d,%03d", n / 1000, n % 1000);
    return pair_text("%d", n);
}

/// A reply of one of the templates. What the different reference is.
static void make_stated(pair *p, distill_rng *rng, const char *template)
{
    int n = pair_int(rng, 2, pair_chance(rng, 70) ? 200 : 90000), distractor, gold = n;
    do
        distractor = (int)llabs(whole_near(rng, n));
    while (distractor == n || distractor == 0 || distractor > 99999);
    if (p->truth == PAIR_DIFFERENT)
        gold = distractor;
    p->form = PAIR_REPLY;
    const char *stated = number_of(rng, n), *mentioned = number_of(rng, distractor);
    pair_set_ordered(p, pair_text("%d", gold), pair_fill(template, stated, mentioned, NULL));
}

void make_sentence(pair *p, distill_rng *rng)
{
    make_stated(p, rng, PAIR_PICK(rng, SENTENCES));
}

void make_marked(pair *p, distill_rng *rng)
{
    make_stated(p, rng, PAIR_PICK(rng, MARKED));
}

// ---- several boxes ------------------------------------------------------------------------------

void make_boxes(pair *p, distill_rng *rng)
{
    static const char *const LAST[] = {
        "First guess: $\\boxed{@2}$.\n\nThat fails. The answer is $\\boxed{@1}$.",
        "We get $\\boxed{@2}$ for the first part.\n\nFor the second part we get $\\boxed{@1}$.",
        "Is it \\boxed{@2}? No: \\boxed{@1}",
        "<think>\n\\boxed{@2}\n</think>\n\n\\boxed{@1}",
        "\\boxed{@2}\n\nWait, I made a mistake.\n\n\\boxed{@1}",
    };
    static const char *const JOINED[] = {
        "$\\boxed{@1}$ or $\\boxed{@2}$", "\\boxed{@1} or \\boxed{@2}",
        "So $\\boxed{@1}$ and $\\boxed{@2}$.", "\\boxed{@1}, \\boxed{@2}"};
    static const char *const CONTRASTED[] = {"\\boxed{@2} vs \\boxed{@1}",
                                             "\\boxed{@2}; alternatively \\boxed{@1}",
                                             "Case 1: \\boxed{@2}. Case 2: \\boxed{@1}",
                                             "n odd: \\boxed{@2}, n even: \\boxed{@1}",
                                             "n odd: $\\boxed{@2}$\nn even: $\\boxed{@1}$",
                                             "max: \\boxed{@2}, min: \\boxed{@1}",
                                             "$m=\\boxed{@2}$, $n=\\boxed{@1}$",
                                             "$m=\\boxed{@2}$ and $n=\\boxed{@1}$",
                                             "\\boxed{@2} ≠ \\boxed{@1}",
                                             "\\boxed{@2}, \\cancel{\\boxed{@1}}",
                                             "\\boxed{@2}, no \\boxed{@1}",
                                             "\\boxed{@2} statt \\boxed{@1}",
                                             "\\boxed{@2} en vez de \\boxed{@1}",
                                             "\\boxed{@2} if free, \\boxed{@1} otherwise"};
    int n = pair_int(rng, 2, 300), other = (int)whole_near(rng, n);
    const char *one = pair_text("%d", n), *two = pair_text("%d", other);
    p->form = PAIR_REPLY;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 40)) {
        p->truth = PAIR_OPEN;
        pair_set_ordered(p, one, pair_fill(PAIR_PICK(rng, CONTRASTED), one, two, NULL));
        return;
    }
    if (pair_chance(rng, 50)) {
        const char *reply = pair_fill(PAIR_PICK(rng, LAST), one, two, NULL);
        pair_set_ordered(p, p->truth == PAIR_EQUAL ? one : two, reply);
        return;
    }
    const char *form = PAIR_PICK(rng, JOINED);
    if (p->truth == PAIR_DIFFERENT) // one of two candidates is not the answer
        pair_set_ordered(p, pair_chance(rng, 50) ? one : two, pair_fill(form, one, two, NULL));
    else if (pair_chance(rng, 50)) // one value, twice
        pair_set_ordered(p, one, pair_fill(form, pair_text("\\frac{%d}{3}", 3 * n), one, NULL));
    else
        pair_set_ordered(p, pair_text("%s, %s", two, one), pair_fill(form, one, two, NULL));
}

// ---- values that are rejected, supposed or corrected --------------------------------------------

// clang-format off
/// The reply does not give @1, which stands in a box or alone, as its answer.
static const char *const DOUBTED[] = {
    "@1 is not correct", "The answer isn't @1", "It cannot be @1", "I doubt it is @1",
    "I do not believe that the answer is @1.", "If it were @1, we would get a contradiction",
    "It is not @1.", "So $x \\neq @1$.", "Suppose the answer is @1.", "Assume that it is @1.",
    "Is it @1?", "Could the answer be @1?", "@1? No.", "@1 is wrong.", "@1 fails the second test.",
    "@1 does not satisfy the equation.", "@1 would be the answer if x were positive.",
    "The wrong answer is @1.", "A common wrong answer: @1", "It would be @1, but x is negative.",
    "Many would say it is @1.", "One might think that the answer is @1.", "anything but @1",
    "It is unlikely that it is @1.", "I am not sure that it is @1", "everything except @1",
    "~~@1~~", "The answer can't be @1.", "We cannot conclude that it is @1.", "Certainly not @1!",
    "Die Antwort ist nicht @1.", "La respuesta no es @1.", "La réponse n'est pas @1.",
    "答案不是 @1。", "@1 is extraneous.", "@1 must be rejected.", "@1 is too large.",
    "@1 if n is even, otherwise @2", "Neither @2 nor @1.", "I rule out @1.",
    "@1 is definitely not correct", "@1, which is wrong", "@1 (incorrect)", "@1 - incorrect",
    "❌ @1", "It is by no means @1.", "It is far from @1.", "The answer is different from @1.",
    "The answer is larger than @1.", "The answer is less than @1.", "@1 squared", "@1 more than x",
    "I initially got @1, but that is wrong.", "Someone may claim @1, but they are mistaken.",
    "My earlier answer of @1 was wrong.", "@1\n\nHmm, that doesn't look right. Let me recompute.",
    "@1\n\nLet me redo it. The sum is @2.", "Let's test @1: it fails.", "@1 or @2", "@1 or maybe @2",
    "@1 → @2", "either @2 or @1", "For n even, @2; otherwise, @1.", "It is impossible that it is @1.",
    "The answer may be @1.", "@1\n\nOn reflection, it's @2.", "The answer is @1, or rather @2.",
};

/// Honest replies with the words of the list above.
static const char *const UNDOUBTED[] = {
    "@1, not @2", "it is not @2, so @1", "@1 is the answer, which is not prime",
    "The answer is @1. This is not a square.", "Not @2: the answer is @1",
    "If n is not negative, then the answer is @1.", "If we add the numbers, the answer is @1.",
    "I have no doubt that the answer is @1.", "Without loss of generality, the answer is @1.",
    "I think the answer is @1.", "I would say the answer is @1.", "The answer would be @1.",
    "One might expect @2, but the answer is @1.", "The answer is not @2 but @1.",
    "Is it @1? Yes. The answer is @1.", "The answer isn't @2, it is @1.",
    "The answer is @1. No other value works.", "You may think it is @2. The answer is @1.",
    "No, that's wrong. The answer is @1.", "I'm not sure, but I think the answer is @1.",
    "It is not hard to see that the answer is @1.", "One cannot do better than @1: the answer is @1.",
    "Assuming $x \\ne 0$, the answer is @1.", "If I am not mistaken, the answer is @1.",
    "Unlike before, the answer is @1.", "Instead of @2 the answer is @1.", "Correction: the answer is @1",
    "The answer is @1.\n\nNote: no mistake was made.", "The answer is @1.\n\nSo no other solutions exist.",
    "The answer is @1.\n\nIt should be noted that it is small.", "The answer is @1, as @2 is too large.",
    "The answer is @1.\n\nSorry for the long solution!",
};

/// The reply takes back @2 and gives @1.
static const char *const CORRECTED[] = {
    "@2. Wait, I mean @1", "@2\n\nEdit: it is @1", "Wrong: @2. Right: @1", "@2... no wait, @1.",
    "@2\n\nCorrection: $@1$", "@2. No, @1.", "@2. Oops, I made a mistake. It is @1.",
    "@2\n\nActually, it is @1.", "@2. On second thought, @1.", "@2. Scratch that, it is @1.",
    "@2\n\nSorry, it should be @1.", "@2. Make that @1.", "Is it @2? No: @1",
};

/// @1 is part of a phrase that states another value, or none.
static const char *const FRAGMENTS[] = {
    "negative of @1", "the opposite of @1", "the reciprocal of @1", "@1 over 7", "@1 halves",
    "@1 thirds", "@1 more than x", "@1 less than x", "@1 times x", "@1 modulo 7",
    "@1 if x>0 and @2 otherwise", "@1 squared", "@1 cubed", "@1 factorial", "@1 dozen",
    "@1 to the power of 3", "@1 hundred", "@1 million", "@1 percent of x", "@1 plus x",
    "see page @1", "option @1", "Step @1", "by theorem @1", "on line @1", "a number with @1 digits",
    "in @1 steps", "after @1 attempts", "in @1 minutes", "@1 out of 997", "@1 or so", "x plus @1",
    "at least @1", "no more than @1", "fewer than @1", "@1 or fewer", "either @1 or @2",
    "@1 to 1", "the root of @1", "@1 below zero", "between @1 and @2",
    "@1π", "@1 pi", "@1θ", "@1 ln 2", "@1 log 2", "@1 i", "@1 sin θ", "@1 square root of 2", "@1½",
    "@1⁻¹", "@1ⁿ", "@1₇", "@1 to the third", "@1√3",
    "@1 at least", "@1 at most", "@1 minimum", "@1 and above", "@1 and up", "@1 below 997", "@1 short of 997",
    "@1, doubled", "@1, halved", "@1, negated", "@1 in base 8", "@1 in binary", "@1 mil", "@1 millones",
    "至少@1", "最多@1", "超过@1", "不到@1", "接近@1", "负@1", "@1万", "@1亿", "@1的平方", "más de @1",
    "menos de @1", "al menos @1", "mehr als @1", "mindestens @1", "plus de @1", "au moins @1",
    "coprime to @1", "@1 if n is odd and @2 if n is even", "@1, as well as @2", "perhaps @1",
};

/// Remarks with @2 around a sentence that states @1.
static const char *const BESIDE_LABELS[] = {
    "By step @2, the total is @1.", "The total is @1.\n\nConfidence: @2%",
    "The total is @1.\n\nSee page @2.", "From equation @2 we get a total of @1.",
    "Step 3: Add up. So the total is @1.", "The total is @1 (see figure @2).",
};
// clang-format on

static const char *boxed(distill_rng *rng, const char *number)
{
    static const char *const FORMS[] = {"\\boxed{@1}", "$\\boxed{@1}$", "@1", "$@1$"};
    return pair_fill(PAIR_PICK(rng, FORMS), number, NULL, NULL);
}

void make_doubted(pair *p, distill_rng *rng)
{
    int n = pair_int(rng, 8, 900);
    const char *one = pair_text("%d", n), *two = pair_text("%d", n + pair_int(rng, 1, 9));
    bool equal = p->truth == PAIR_EQUAL;
    const char *form = equal ? PAIR_PICK(rng, UNDOUBTED) : PAIR_PICK(rng, DOUBTED);
    bool formula = strchr(form, '$') != NULL; // holds no other
    const char *value = formula ? pair_text("\\boxed{%s}", one) : boxed(rng, one);
    p->form = PAIR_REPLY;
    p->truth = equal ? PAIR_EQUAL : PAIR_OPEN;
    pair_set_ordered(p, one, pair_fill(form, value, two, NULL));
}

void make_corrected(pair *p, distill_rng *rng)
{
    int n = pair_int(rng, 8, 900);
    const char *one = pair_text("%d", n), *two = pair_text("%d", n + pair_int(rng, 1, 9));
    const char *gold = p->truth == PAIR_EQUAL ? one : two;
    static const char *const FRAMES[] = {"\\boxed{@1}", "So $\\boxed{@1}$", "The answer is @1",
                                         "The answer is $@1$", "Answer: **@1**"};
    const char *first = pair_fill(PAIR_PICK(rng, FRAMES), two, NULL, NULL);
    const char *form = PAIR_PICK(rng, CORRECTED);
    if (strstr(form, "Wrong:") != NULL || strstr(form, "Is it") != NULL)
        first = pair_text("\\boxed{%s}", two);
    p->form = PAIR_REPLY;
    p->truth = p->truth == PAIR_EQUAL ? PAIR_EQUAL : PAIR_OPEN;
    pair_set_ordered(p, gold, pair_fill(form, one, first, NULL));
}

void make_fragment(pair *p, distill_rng *rng)
{
    static const char *const FRAMES[] = {
        "@1", "The answer is @1.", "#### @1", "<answer>@1</answer>", "We get @1.", "It is @1."};
    int n = pair_int(rng, 8, 900);
    const char *one = pair_text("%d", n), *two = pair_text("%d", n + pair_int(rng, 1, 9));
    p->form = PAIR_REPLY;
    if (p->truth == PAIR_EQUAL) {
        pair_set_ordered(p, one, pair_fill(PAIR_PICK(rng, BESIDE_LABELS), one, two, NULL));
        return;
    }
    const char *phrase = pair_fill(PAIR_PICK(rng, FRAGMENTS), one, two, NULL);
    p->truth = PAIR_OPEN;
    const char *frame = strncmp(phrase, "in ", 3) == 0 ? FRAMES[0] : PAIR_PICK(rng, FRAMES);
    pair_set_ordered(p, one, pair_fill(frame, phrase, NULL, NULL));
}

/// A box as a part of a larger formula, a minus sign before it, or a gap in an equation.
void make_operand(pair *p, distill_rng *rng)
{
    static const char *const PARTS[] = {"$\\boxed{@1}^2$",
                                        "$2 \\cdot \\boxed{@1}$",
                                        "$2\\boxed{@1}$",
                                        "$\\sqrt{\\boxed{@1}}$",
                                        "$\\frac{1}{\\boxed{@1}}$",
                                        "$\\boxed{@1} + 1$",
                                        "$\\boxed{@1} \\cdot 2$",
                                        "$\\boxed{@1}x$",
                                        "$x = 4 + \\boxed{@1}$",
                                        "$x > \\boxed{@1}$",
                                        "$\\boxed{@1}\\pi$",
                                        "$x = -\\boxed{@1}$",
                                        "$-\\boxed{@1}$",
                                        "$\\boxed{@1} - 3$",
                                        "$\\boxed{@1}/2$",
                                        "$2\\times\\boxed{@1}$",
                                        "$\\boxed{@1}\\sqrt2$",
                                        "$\\frac{\\boxed{@1}}{2}$",
                                        "$0.\\boxed{@1}$",
                                        "$\\boxed{@1}.5$",
                                        "$\\boxed{@1}!$",
                                        "$\\boxed{@1}0$",
                                        "-\\boxed{@1}",
                                        "The answer is -$\\boxed{@1}$.",
                                        "$\\pm\\boxed{@1}$",
                                        "<!-- \\boxed{@1} -->",
                                        "$a\\boxed{@1}$",
                                        "$\\sin\\boxed{@1}$",
                                        "$\\boxed{@1}\\ln 3$",
                                        "$(\\boxed{@1})^2$",
                                        "$x^{\\boxed{@1}}$",
                                        "$\\log_2 \\boxed{@1}$",
                                        "$\\boxed{@1}(x+1)$",
                                        "$\\boxed{@1}\\frac{1}{2}$",
                                        "√\\boxed{@1}",
                                        "\\boxed{@1}π"};
    static const char *const WHOLE[] = {"$x = \\boxed{@1}$",
                                        "$2 + @2 = \\boxed{@1}$",
                                        "$\\boxed{@1}^\\circ$",
                                        "$2 + \\boxed{@1} = @2$",
                                        "$\\boxed{@1} = 2 + 3$",
                                        "$\\boxed{@1}\\text{ cm}$",
                                        "$4 \\equiv \\boxed{@1} \\pmod{7}$",
                                        "**\\boxed{@1}**",
                                        "$\\boxed{@1} \\text{ cm}$",
                                        "$\\boxed{@1}$ cm",
                                        "$= \\boxed{@1}$",
                                        "\\boxed{@1}!",
                                        "\\[\\boxed{@1}.\\]",
                                        "- \\boxed{@1}",
                                        "Answer - \\boxed{@1}",
                                        "The number is (\\boxed{@1}).",
                                        "$\\implies\\boxed{@1}$",
                                        "$\\$\\boxed{@1}$",
                                        "> \\boxed{@1}"};
    int n = pair_int(rng, 8, 900);
    const char *one = pair_text("%d", n), *two = pair_text("%d", n + 2);
    p->form = PAIR_REPLY;
    if (p->truth == PAIR_EQUAL && pair_chance(rng, 25)) {
        pair_set_ordered(p, pair_text("-%d", n),
                         pair_text(pair_chance(rng, 50) ? "So $x = -\\boxed{%d}$."
                                                        : "The answer is -\\boxed{%d}.",
                                   n));
        return;
    }
    bool equal = p->truth == PAIR_EQUAL;
    p->truth = equal ? PAIR_EQUAL : PAIR_OPEN;
    const char *form = equal ? PAIR_PICK(rng, WHOLE) : PAIR_PICK(rng, PARTS);
    pair_set_ordered(p, one, pair_fill(form, one, two, NULL));
}

/// Boxes on lines that begin alike are a list; one of its values alone is not the answer.
void make_lines(pair *p, distill_rng *rng)
{
    static const char *const FORMS[] = {"x = \\boxed{@1}\nx = \\boxed{@2}",
                                        "$x = \\boxed{@1}$\n\n$x = \\boxed{@2}$",
                                        "- $\\boxed{@1}$\n- $\\boxed{@2}$",
                                        "1. $\\boxed{@1}$\n2. $\\boxed{@2}$",
                                        "$x_1 = \\boxed{@1}$\n$x_2 = \\boxed{@2}$",
                                        "\\[x = \\boxed{@1}\\]\n\\[x = \\boxed{@2}\\]",
                                        "\\boxed{@1} as well as \\boxed{@2}",
                                        "\\boxed{@1} and\n\\boxed{@2}",
                                        "Case 1: $x = \\boxed{@1}$\nCase 2: $x = \\boxed{@2}$",
                                        "$x_1=\\boxed{@1}$, $x_2=\\boxed{@2}$",
                                        "So $x=\\boxed{@1}$, $x=\\boxed{@2}$.",
                                        "\\boxed{@1}\n\\boxed{@2}"};
    int n = pair_int(rng, 2, 300), m = n + pair_int(rng, 1, 9);
    const char *one = pair_text("%d", n), *two = pair_text("%d", m);
    const char *form = PAIR_PICK(rng, FORMS);
    p->form = PAIR_REPLY;
    if (p->truth == PAIR_EQUAL)
        pair_set_ordered(p, pair_text("%d, %d", n, m), pair_fill(form, one, two, NULL));
    else
        pair_set_ordered(p, pair_chance(rng, 50) ? one : two, pair_fill(form, one, two, NULL));
}

/// Digits in a base that is named behind the box.
void make_in_base(pair *p, distill_rng *rng)
{
    static const char *const FORMS[] = {"\\boxed{@1} in base @2", "So $\\boxed{@1}$ (base @2).",
                                        "The number is $\\boxed{@1}$ in base $@2$."};
    int base = pair_int(rng, 2, 9), digits = base == 2 ? 1 : pair_int(rng, 1, base - 1);
    const char *number = pair_text("%d0%d1", digits, digits);
    const char *gold = pair_text(pair_chance(rng, 50) ? "%s_%d" : "%s_{%d}", number, base);
    p->form = PAIR_REPLY;
    if (p->truth == PAIR_DIFFERENT) {
        p->truth = PAIR_OPEN;
        if (pair_chance(rng, 50))
            gold = number;
        else
            base += 1;
    }
    const char *named = pair_text("%d", base);
    pair_set_ordered(p, gold, pair_fill(PAIR_PICK(rng, FORMS), number, named, NULL));
}

// ---- without a readable answer ------------------------------------------------------------------

/// References that are no answers.
static const char *const SENTINELS[] = {"proof",
                                        "Proof",
                                        "notfound",
                                        "see solution",
                                        "Proof.",
                                        "See solution.",
                                        "?",
                                        "-",
                                        "--",
                                        "Answers will vary",
                                        "Answers may vary.",
                                        "See the picture",
                                        "The proof is complete",
                                        "as shown",
                                        "[asy] draw((0,0)--(1,1)); [/asy]",
                                        "image",
                                        "error",
                                        "unknown",
                                        "No solution provided",
                                        "N/A",
                                        "none given",
                                        "TBD",
                                        "omitted",
                                        "see above",
                                        "See page 12",
                                        "\\text{See figure}",
                                        "Student answers will vary",
                                        "left to the reader",
                                        "\\blacksquare",
                                        "![](figure.png)",
                                        "to be determined",
                                        "refer to the solution",
                                        "Error: timeout",
                                        "shown"};

void make_unreadable(pair *p, distill_rng *rng)
{
    static const char *const REPLIES[] = {
        "\\boxed{@1}", "The answer is @1.", "So we have $\\boxed{@1}$.",
        "Hence the claim holds for every n, as was to be shown.", "#### @1"};
    static const char *const UNREAD[] = {"\\boxed{I do not know}",
                                         "\\boxed{\\text{I don't know}}",
                                         "So we have $\\boxed{\\text{I am not sure}}$.",
                                         "<answer>I do not know</answer>",
                                         "\\boxed{\\text{no idea}}",
                                         "The answer is $\\boxed{\\text{unknown}}$.",
                                         "\\boxed{\\text{it depends on the angle}}"};
    const char *n = rational_plain(rational_draw(rng));
    p->form = PAIR_REPLY;
    p->truth = PAIR_UNDECIDABLE;
    const char *reply = pair_fill(PAIR_PICK(rng, REPLIES), n, NULL, NULL);
    if (pair_chance(rng, 50))
        pair_set_ordered(p, PAIR_PICK(rng, SENTINELS), reply);
    else
        pair_set_ordered(p, n, PAIR_PICK(rng, UNREAD));
}

// ---- multiple choice ----------------------------------------------------------------------------

// clang-format off
static const char *const CHOSEN[] = {
    "The answer is @1.", "ANSWER IS @1. @2 is false.", "THE ANSWER IS @1. @2 fails.",
    "The Answer Is @1. @2 looks tempting.", "Answer: @1", "**Answer: @1**", "Answer: **@1**",
    "ANSWER: @1", "Final answer: @1", "\\boxed{@1}", "$\\boxed{\\text{@1}}$", "\\boxed{(@1)}",
    "\\boxed{\\textbf{(@1)}}", "The correct option is (@1).", "So the answer is (@1), not (@2).",
    "We can rule out @2. Hence @1.", "<answer>@1</answer>",
    "Option @2 fails because it is too large.\n\nTherefore option @1 is correct.", "@1", "(@1)",
    "@1.", "It cannot be @2, so it must be @1.", "The best choice is @1.",
    "I considered @2 at first, but the answer is @1.", "Correct answer: @1", "**@1**", "**(@1)**",
    "My answer is @1", "The answer is option @1",
    "the correct answer is @1, as @2 contradicts the text", "I'd go with @1.", "I choose @1.",
    "Answer: I believe it's @1", "@2 is wrong; what is left is @1.",
    "Hence the correct answer is **@1**.", "\u6545\u9009 @1", "\u7b54\u6848\u662f @1",
    "<think>\nMaybe @2.\n</think>\n\nThe answer is @1.",
    "@2 is too small. So the right choice is @1.", "Answer: (@1) because @2 is too small.",
    "Looking at the options, @2 is not possible. The answer must be @1.", "$@1$",
    "Answer: $\\mathrm{@1}$", "After checking every option, @1 is the only one that works.",
    "The answer: @1", "I think the answer is @1", "The right answer is choice @1.", "Select @1.",
    "(@1) is correct.", "Option @1 is the best answer because @2 ignores friction.",
    "@1 is correct; @2 is not.", "Therefore, the correct choice is \\textbf{(@1)}.",
    "$\\boxed{@1}$ since @2 is impossible", "Answer is (@1)", "**Correct Answer: (@1)**",
    "Thus the answer is $\\mathbf{(@1)}$.", "So, @1.", "Final Answer: Option @1", "answer: @1",
    "The answer must be option @1, because options like @2 do not fit.",
    "Between @2 and @1, the latter is right, so the answer is @1.", "Solution: @1",
    "The answer is clearly @1!", "Choice @1", "I pick @1 over @2.", "My final choice: @1",
    "The answer is \"@1\".", "Hence option (@1).", "[@1]", "<answer>(@1)</answer>",
    "<answer> Option @1 </answer>", "The answer is @1 (and not @2).", "The answer is @2? No, @1.",
    "(@2)\n\nWait: (@1)", "The answer is @2. No, it's @1.", "\\boxed{@2}. Wait, I mean @1.",
    "Not @2. Hence @1.", "I would pick @1.", "I'd choose @1, not @2.", "<b>@1</b>",
    "The answer is <b>@1</b>.", "**@1**\n\nNo other option fits.", "\\boxed{@2}? No, @1.",
    "\\boxed{@1}\n\nWe did not choose @2 because it is false.",
};
// clang-format on

/// Replies that are the letter alone; @3 is it in lower case.
static const char *const LETTER_ALONE[] = {"@3",  "@3)",   "(@3)", "@3.",     "@1)",
                                           "@1:", "(@3).", "@1\n", "\\(@1\\)"};

// clang-format off
static const char *const UNCHOSEN[] = {
    "Answer: I have no idea", "It is either @1 or @2.", "None of these fits.",
    "I cannot decide between @1 and @2.", "<answer>@1 or @2</answer>", "I do not know.",
    "ANSWER: I am not sure", "Answer: I can't tell from the data.", "@2 is false.",
    "It could be @1 or @2.", "There is not enough information to choose.",
    "Options @1 and @2 are both wrong.", "The answer is unclear.", "I'm torn between @1 and @2.",
    "Either @1 or @2 would be acceptable.", "I refuse to answer.", "We cannot rule out @1 or @2.",
    "A good question, but I cannot solve it.", "Not @1.", "Don't pick @1", "Never choose @1",
    "Avoid option @1", "@1 if x>0, else @2", "@1 is unlikely", "Assume the answer is @1",
    "Suppose the answer is @1", "If the answer is @1", "Is the answer @1?",
    "It would be @1, but that contradicts the text.", "Many would pick @1", "Plan @1",
    "vitamin @1", "@1?", "It's not @1.", "I don't think it's @1.", "Most students choose @1.",
    "One might pick @1 at first.", "@1 is a trap.", "@1 is tempting but wrong.", "Rule out @1.",
    "The answer is @1. Wait, that's wrong.", "It is not \\boxed{@1}.", "Why not @1?",
    "The wrong answer is @1.", "A common mistake is choosing @1.", "If @1 is correct, then x = 2.",
    "@1 when x is even, otherwise @2", "\\boxed{@1}? I am not sure.", "Room @1", "side @1", "matrix @1", "\\boxed{@1?}", "@1 = 3", "Let @1 be the set.", "Appendix @1",
    "排除@1", "@1错误", "@1不对", "@1是错的", "选项@1错误", "不选@1", "@1不符合题意", "La opción @1 es incorrecta.",
    "Descartamos @1.", "Option @1 ist falsch.", "L'option @1 est fausse.", "Неверно @1.",
    "答えは@1ではない", "@1 o @2", "@1 oder @2", "@1 ou @2", "选@1或@2", "答案：@1或@2", "答案：@1、@2",
    "@1 is implausible.", "@1 violates the law.", "@1 has a flaw.", "@1 is less likely.",
    "@1 is only partly true.", "Wrong answers: @1", "Answer: @1 if x, @2 if y.", "@1 @2", "(@1) and (@2)",
    "Answer: @1+@2", "Answer: @1 vs @2", "\\boxed{@1 @2}", "\\boxed{@1 \\lor @2}", "\\boxed{@1 \\cup @2}",
    "\\boxed{@1 is wrong}", "\\boxed{@1^c}", "<answer>@1 @2</answer>", "#### @1 @2",
};
// clang-format on

void make_choice(pair *p, distill_rng *rng)
{
    static const char *const LETTERS[] = {"A", "B", "C", "D", "A", "B", "C",
                                          "D", "E", "F", "G", "H", "J"};
    const char *chosen = PAIR_PICK(rng, LETTERS), *other = chosen, *gold;
    while (strcmp(chosen, other) == 0)
        other = PAIR_PICK(rng, LETTERS);
    gold = p->truth == PAIR_EQUAL ? chosen : other;
    p->form = PAIR_REPLY;
    p->domain = "choice";
    if (pair_chance(rng, 15)) {
        p->truth = PAIR_UNDECIDABLE;
        gold = pair_chance(rng, 50) ? chosen : other;
        pair_set_ordered(p, gold, pair_fill(PAIR_PICK(rng, UNCHOSEN), chosen, other, NULL));
        return;
    }
    const char *form = pair_chance(rng, 90) ? PAIR_PICK(rng, CHOSEN) : PAIR_PICK(rng, LETTER_ALONE);
    const char *small = pair_text("%c", chosen[0] + 'a' - 'A');
    pair_set_ordered(p, gold, pair_fill(form, chosen, other, small));
}
