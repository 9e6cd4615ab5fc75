// tests/differential/pair.c - texts of generators, and the frames in which replies give answers.
#include "tests/differential/pair.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RING = 256 };

static char *next_text(void)
{
    static _Thread_local char ring[RING][PAIR_ANSWER];
    static _Thread_local size_t at;
    at = (at + 1) % RING;
    return ring[at];
}

static void require(bool fits)
{
    if (fits)
        return;
    fputs("pair: a text does not fit\n", stderr);
    abort();
}

const char *pair_text(const char *format, ...)
{
    char *out = next_text();
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(out, PAIR_ANSWER, format, arguments);
    va_end(arguments);
    require(length >= 0 && length < PAIR_ANSWER);
    return out;
}

const char *pair_fill(const char *template, const char *one, const char *two, const char *three)
{
    const char *const values[] = {one, two, three};
    char *out = next_text();
    size_t length = 0;
    for (const char *c = template; *c != '\0'; c++) {
        const char *piece = c;
        size_t piece_length = 1;
        if (*c == '@' && c[1] >= '1' && c[1] <= '3') {
            piece = values[*++c - '1'];
            piece_length = strlen(piece);
        }
        require(length + piece_length < PAIR_ANSWER);
        memcpy(out + length, piece, piece_length);
        length += piece_length;
    }
    out[length] = '\0';
    return out;
}

const char *pair_join(const char *const *items, size_t count, const char *between)
{
    char *out = next_text();
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        int added =
            snprintf(out + length, PAIR_ANSWER - length, "%s%s", i > 0 ? between : "", items[i]);
        require(added >= 0 && length + (size_t)added < PAIR_ANSWER);
        length += (size_t)added;
    }
    return out;
}

int pair_int(distill_rng *rng, int low, int high)
{
    return low + (int)distill_rng_below(rng, (size_t)(high - low) + 1);
}

int pair_nonzero(distill_rng *rng, int high)
{
    int n = pair_int(rng, 1, high);
    return pair_chance(rng, 50) ? n : -n;
}

bool pair_chance(distill_rng *rng, int percent)
{
    return pair_int(rng, 0, 99) < percent;
}

const char *pair_pick(distill_rng *rng, const char *const *items, size_t count)
{
    return items[distill_rng_below(rng, count)];
}

void pair_shuffle(distill_rng *rng, const char **items, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = distill_rng_below(rng, i);
        const char *kept = items[i - 1];
        items[i - 1] = items[j];
        items[j] = kept;
    }
}

void pair_set_ordered(pair *p, const char *gold, const char *answer)
{
    require(strlen(gold) < PAIR_GOLD && strlen(answer) < PAIR_ANSWER);
    memcpy(p->gold, gold, strlen(gold) + 1);
    memcpy(p->answer, answer, strlen(answer) + 1);
}

void pair_set(pair *p, distill_rng *rng, const char *a, const char *b)
{
    if (pair_chance(rng, 50))
        pair_set_ordered(p, a, b);
    else
        pair_set_ordered(p, b, a);
}

static const char *const BOX_FRAMES[] = {
    "\\boxed{@1}",
    "We work it out step by step.\n\n\\[\\boxed{@1}\\]",
    "<think>\nFirst we count to 3, then to 8.\n</think>\n\nThe answer is $\\boxed{@1}$.",
    "**Final Answer**\n\n\\[\n\\boxed{@1}\n\\]",
    "We first tried 17, but that fails.\n\nTherefore, the answer is $\\boxed{@1}$. This was asked.",
    "<answer>@1</answer>",
    "Two steps lead there.\n#### @1",
};

static const char *const TEX_FRAMES[] = {
    "The answer is $@1$.",       "After 4 steps we are done.\n\nThe final answer is: $@1$",
    "**Answer:** $@1$",          "Adding both sides gives the result.\n\nThe answer is \\(@1\\).",
    "So the answer is \\[@1\\]",
};

const char *pair_reply(const pair *p, distill_rng *rng)
{
    if (p->form == PAIR_REPLY || p->form == PAIR_CODE)
        return p->answer;
    const char *frame = p->form == PAIR_TEX && pair_chance(rng, 25) ? PAIR_PICK(rng, TEX_FRAMES)
                                                                    : PAIR_PICK(rng, BOX_FRAMES);
    if (strchr(p->answer, '\n') != NULL && strstr(frame, "####") != NULL)
        frame = BOX_FRAMES[0]; // an answer behind #### is one line
    return pair_fill(frame, p->answer, NULL, NULL);
}

void pair_frame_gold(pair *p, distill_rng *rng)
{
    static const char *const FRAMES[] = {"$@1$", "\\boxed{@1}", "Three steps are needed.\n#### @1",
                                         "We first get 17.\n\nSo the answer is $\\boxed{@1}$."};
    const char *frame = PAIR_PICK(rng, FRAMES);
    bool dollars = strchr(p->gold, '$') != NULL, lines = strchr(p->gold, '\n') != NULL;
    bool fits = p->form == PAIR_TEX || (p->form == PAIR_BOX && frame != FRAMES[0] && !dollars);
    if (fits && !lines && p->truth != PAIR_UNDECIDABLE && pair_chance(rng, 12))
        pair_set_ordered(p, pair_fill(frame, p->gold, NULL, NULL), p->answer);
}
