// bench/perf/trace_text.c - fills patterns of sentences with words of lists and pseudo-random
// numbers.
//
// A generator seeded by (seed, index) draws patterns, words and numbers. It also keeps a few
// numbers and variable names, which a trace reuses, as real traces do.
#include "bench/perf/trace_text.h"

#include "distill/base/rng.h"
#include "distill/text/chat/think.h"

#include <stdio.h>
#include <string.h>

enum { REPLIES = 4, NUMBERS = 16, VARIABLES = 3 };

/// Pseudo-random generator, and the numbers and variables that a trace reuses.
typedef struct generator {
    uint64_t state;
    size_t numbers[NUMBERS];
    char variables[VARIABLES];
} generator;

/// SplitMix64.
static uint64_t next_random(generator *g)
{
    return distill_mix64(g->state += DISTILL_GOLDEN_RATIO64);
}

static size_t below(generator *g, size_t count)
{
    return (size_t)((next_random(g) >> 32) * count >> 32);
}

static generator seeded(uint64_t seed, uint64_t place)
{
    static const char letters[] = "xyznkabmpqrt";
    generator g = {.state = seed * 0x632be59bd9b4e019u + place};
    next_random(&g);
    for (size_t i = 0; i < NUMBERS; i++)
        g.numbers[i] = below(&g, below(&g, 4) == 0 ? 5000 : 60);
    for (size_t i = 0; i < VARIABLES; i++)
        g.variables[i] = letters[below(&g, sizeof letters - 1)];
    return g;
}

/// In most cases a number that the trace has used before.
static size_t draw_number(generator *g)
{
    size_t i = below(g, NUMBERS);
    if (below(g, 4) == 0)
        g->numbers[i] = below(g, below(g, 4) == 0 ? 5000 : 60);
    return g->numbers[i];
}

/// Alternatives for the letters of PATTERNS.
static const char *const LISTS[] = {
    ['A' - 'A'] = "So|Now|Then|Therefore|Hence|Next|First|Wait|Hmm|Okay|Alternatively|However|Thus|"
                  "Let me see|Let me check this again|Let me think about this|In other words|"
                  "Actually|For example|On the other hand|Remember|Recall|Similarly|Indeed",
    ['B' - 'A'] = "the equation|the sum|the product|the first term|the remainder|this expression|"
                  "the number of ways|the area of the triangle|the distance|the polynomial|"
                  "the constant|the sequence|the ratio|the perimeter|the probability|the average|"
                  "the other root|the left side|the right side|the determinant|the last digit|"
                  "the denominator|the numerator|the total cost|the speed of the train|"
                  "the common difference|the discriminant|the angle at the vertex|the radius|"
                  "the second condition|the original problem|the recurrence|the integral|the limit",
    ['C' - 'A'] = "is equal to|must be|becomes|should be|simplifies to|reduces to|comes out as|"
                  "cannot be larger than|is at least|can be written as|is the same as|leads to|"
                  "has to equal|turns out to be|is congruent to|differs from|is half of|is twice",
    ['D' - 'A'] = "which means|because|since|so that|and therefore|but|although|and|while|if|"
                  "as long as|provided that|and we know that|given that|which tells us that",
    ['E' - 'A'] = "substitute this back|compute it directly|factor the expression|try small values|"
                  "expand both sides|use the quadratic formula|count the cases one by one|"
                  "draw the picture|look at the parity|check the answer with the original numbers|"
                  "multiply both sides by the denominator|complete the square|"
                  "take the derivative|compare the coefficients|apply the theorem|add them up|"
                  "set up a system of equations|eliminate the variable|write it modulo the prime|"
                  "consider the complement|induct on the number of steps|rearrange the terms",
    ['F' - 'A'] = "carefully|again|step by step|without loss of generality|in the same way|for now|"
                  "to be safe|as before|by symmetry|by definition|in this case|at the end|directly",
    ['G' - 'A'] = "apples|marbles|students|tickets|workers|books|kilometres|minutes|coins|cards|"
                  "boxes|tiles|flowers|passengers|chairs|bottles|litres of water|bicycles|pages",
    ['H' - 'A'] = "Anna|Ben|Carla|Daniel|Elena|Farid|Grace|Hiro|Ines|Jonas|Karin|Luis|Maria|Nadia",
    ['I' - 'A'] = "buys|sells|counts|loses|finds|carries|needs|shares|collects|returns|gives away",
};

/// A letter A … I is replaced by an alternative of its list, # by a number, v by a variable, f by a
/// formula; all else is copied.
static const char *const PATTERNS[] = {
    "A, B C #. ",
    "A, B C #, D B C #. ",
    "We can E F. ",
    "A, we should E, D B C $f$. ",
    "If v = #, D B C $f$, then B C #. ",
    "Let v be B; D B C \\(f\\), we E F. ",
    "A, let's E. ",
    "But B C #, not #, D I made a mistake with B. ",
    "H I # G F, and H I # G. ",
    "That gives $f$, D B C $f$. ",
    "Is it true that B C #? ",
    "A, # + # = #, and # * # = #. ",
    "Does B change when we E? No, D B C $v^{#}$. ",
    "A, D B C #, we E F, and B C $f$.\n\n",
    "A, we E:\n\\[ f = # \\]\n",
    "Case #: v = #. Then B C #.\n",
    "- B: $f$\n",
};
enum { PATTERN_COUNT = sizeof PATTERNS / sizeof *PATTERNS };

static const char *const FORMULAS[] = {
    "v^2 + #v - # = 0",
    "\\frac{#}{#}",
    "\\sqrt{#}",
    "v = \\frac{# \\pm \\sqrt{#}}{#}",
    "# \\cdot # = #",
    "\\binom{#}{#} = #",
    "v_{#} = v_{#} + #",
    "\\sum_{v=1}^{#} v^2",
    "v \\equiv # \\pmod{#}",
    "#v + #v = #",
    "\\sin(#v) = \\frac{#}{#}",
    "\\log_{#} v = #",
    "(v - #)(v + #)",
    "|v - #| < #",
    "2^{#} - #",
    "f(v) = #v^3 - #v",
};

static const char *const OTHER_LANGUAGES[] = {
    "我们需要先求出这个方程的根，然后再检查答案是否正确。",
    "所以这个数必须是偶数，否则就会得到矛盾。",
    "Тогда мы получаем уравнение, из которого следует ответ. ",
    "Entonces tenemos que la suma de los términos es igual a lo que se pide en el problema. ",
};

static distill_status add_choice(distill_text *out, generator *g, const char *list)
{
    size_t count = 1;
    for (const char *at = list; *at != '\0'; at++)
        count += *at == '|';
    for (size_t skip = below(g, count); skip > 0; skip--)
        list = strchr(list, '|') + 1;
    return distill_text_append(out, list, strcspn(list, "|"));
}

static distill_status add_pattern(distill_text *out, generator *g, const char *pattern)
{
    distill_status status = DISTILL_OK;
    bool command = false; // within the name of a LaTeX command
    for (const char *at = pattern; *at != '\0'; at++) {
        bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        bool alone = letter && !(at > pattern && ((at[-1] | 32) >= 'a' && (at[-1] | 32) <= 'z')) &&
                     !((at[1] | 32) >= 'a' && (at[1] | 32) <= 'z');
        command = *at == '\\' || (command && letter);
        if (*at == '#')
            TRY(distill_text_printf(out, "%zu", draw_number(g)));
        else if (alone && !command && *at >= 'A' && *at <= 'I' &&
                 !(*at == 'I' && at[1] == ' ' && at[2] == 'm'))
            TRY(add_choice(out, g, LISTS[*at - 'A']));
        else if (alone && !command && *at == 'v')
            TRY(distill_text_add_char(out, g->variables[below(g, VARIABLES)]));
        else if (alone && !command && *at == 'f' && at[1] != '(')
            TRY(add_pattern(out, g, FORMULAS[below(g, sizeof FORMULAS / sizeof *FORMULAS)]));
        else
            TRY(distill_text_add_char(out, *at));
    }
done:
    return status;
}

static distill_status add_table(distill_text *out, generator *g)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, "\n| n | value | check |\n|---|---|---|\n"));
    for (size_t i = 1, rows = 3 + below(g, 8); i < rows; i++)
        TRY(distill_text_printf(out, "| %zu | %zu | %zu |\n", i, below(g, 900), i * i));
    TRY(distill_text_add(out, "\n"));
done:
    return status;
}

static distill_status add_code(distill_text *out, generator *g)
{
    return distill_text_printf(
        out,
        "\n```python\ntotal = 0\nfor i in range(%zu):\n    if i %% %zu == 0:\n"
        "        total += i * %zu\nprint(total)\n```\n",
        below(g, 900), 2 + below(g, 9), below(g, 50));
}

/// Kinds of replies: the upper bounds of their ranges in 0 … 99.
typedef enum reply_kind {
    CLEAN = 70,
    WRONG = 84,
    CUT = 87,
    TAGS = 90,
    MIXED = 93,
    LOOP = 96,
    COPY = 100
} reply_kind;

static distill_status add_body(distill_text *out, generator *g, size_t bytes, size_t kind)
{
    distill_status status = DISTILL_OK;
    size_t end = out->length + bytes, paragraph = 0;
    while (out->length < end) {
        size_t before = out->length;
        if (below(g, 150) == 0)
            TRY(below(g, 2) == 0 ? add_table(out, g) : add_code(out, g));
        if (kind >= TAGS && kind < MIXED && below(g, 6) == 0)
            TRY(distill_text_add(
                out, OTHER_LANGUAGES[below(g, sizeof OTHER_LANGUAGES / sizeof *OTHER_LANGUAGES)]));
        TRY(add_pattern(out, g, PATTERNS[below(g, PATTERN_COUNT)]));
        if (kind >= MIXED && kind < LOOP && out->length > end - bytes / 2) {
            distill_text line = {0};
            TRY(distill_text_append(&line, out->bytes + before, out->length - before));
            while (out->length < end && status == DISTILL_OK)
                status = distill_text_add_span(out, distill_text_span(&line));
            distill_text_free(&line);
            TRY(status);
        }
        paragraph += out->length - before;
        if (paragraph > 300 + below(g, 600)) {
            TRY(distill_text_add(out, "\n\n"));
            paragraph = 0;
        }
    }
done:
    return status;
}

static distill_status make_prompt(trace_text *out, generator *g, uint64_t number)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(&out->id, "made-%llu", (unsigned long long)number));
    for (int i = 0; i < 3; i++)
        TRY(add_pattern(&out->prompt, g, "H I # G F, D B C $f$. "));
    TRY(add_pattern(&out->prompt, g, "How many G does H have if B C #?"));
    snprintf(out->answer, sizeof out->answer, "%zu", below(g, 100000));
done:
    return status;
}

distill_status trace_text_make(trace_text *out, uint64_t seed, uint64_t index, size_t bytes)
{
    distill_status status = DISTILL_OK;
    uint64_t number = index / REPLIES;
    generator prompt = seeded(seed, 2 * number), g = seeded(seed, 2 * index + 1);
    distill_text_clear(&out->id);
    distill_text_clear(&out->prompt);
    distill_text_clear(&out->reply);
    TRY(make_prompt(out, &prompt, number));
    size_t kind = below(&g, 100);
    bool copy = kind >= LOOP && index > 0;
    if (copy) { // the body of the previous reply; every second copy begins with a sentence of its own
        g = seeded(seed, 2 * index - 1);
        below(&g, 100);
    }
    size_t length = bytes / 2 + below(&g, bytes + 1);
    out->sample = (int32_t)(index % REPLIES);
    out->truncated = kind >= WRONG && kind < CUT;
    if (kind < CUT || kind >= TAGS)
        TRY(distill_text_add(&out->reply, DISTILL_THINK_BEGIN));
    if (copy && index % 2 == 0)
        TRY(distill_text_add(&out->reply, "Let me begin with what is given. "));
    TRY(add_body(&out->reply, &g, length, kind));
    if (out->truncated)
        goto done;
    if (kind < CUT || kind >= TAGS)
        TRY(distill_text_add(&out->reply, DISTILL_THINK_END));
    TRY(add_body(&out->reply, &g, bytes / 40, CLEAN));
    TRY(distill_text_printf(&out->reply, "\n\n**Final answer:** \\boxed{%s%s}", out->answer,
                            kind >= CLEAN && kind < WRONG ? "1" : ""));
done:
    return status;
}

void trace_text_free(trace_text *text)
{
    distill_text_free(&text->id);
    distill_text_free(&text->prompt);
    distill_text_free(&text->reply);
}
