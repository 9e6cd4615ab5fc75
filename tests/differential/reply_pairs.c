// tests/differential/reply_pairs.c - whole replies: plain sentences, marked numbers, several boxes,
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
    int n = pair_int(rng, 2, 300), other = (int)whole_near(rng, n);
    const char *one = pair_text("%d", n), *two = pair_text("%d", other);
    p->form = PAIR_REPLY;
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

// ---- without a readable answer ------------------------------------------------------------------

void make_unreadable(pair *p, distill_rng *rng)
{
    static const char *const SENTINELS[] = {"proof",        "Proof",  "notfound",
                                            "see solution", "Proof.", "See solution."};
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
    "<answer> Option @1 </answer>", "The answer is @1 (and not @2).",
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
    "A good question, but I cannot solve it.",
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
