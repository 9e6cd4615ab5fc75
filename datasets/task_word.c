// datasets/task_word.c - short stories in which a number changes: "Anna has 17 shells. Ben gives Anna 5 more. …"
//
// A setting has an opening sentence, several sentences for each operation, and a question. {N} and {M} are two
// different names, {T} a thing in the plural, {V} the first number, {D} the operand. The working is that of arithmetic.
// The key of a problem is its setting and numbers, not its names, things and wording; there are more than 10^7.
#include "datasets/task_chain.h"
#include "datasets/task_kinds.h"

#include <string.h>

enum { WORDINGS = 3 };

typedef struct setting {
    const char *opening;
    const char *plus[WORDINGS], *minus[WORDINGS], *times[WORDINGS], *over[WORDINGS];
    const char *question;
} setting;

static const setting SETTINGS[] = {
    {
        .opening = "{N} has {V} {T}.",
        .plus = {"{N} buys {D} more.", "{M} gives {N} {D} more.", "{N} finds {D} more."},
        .minus = {"{N} loses {D}.", "{N} gives {D} to {M}.", "{N} throws {D} away."},
        .times = {"{N} trades each of them for {D} new ones.", "{M} turns each of them into {D}.",
                  "{N} wins and then has {D} times as many."},
        .over = {"{N} makes {D} equal heaps and keeps one.", "{N} keeps only one in {D}.",
                 "{N} shares them equally among {D} boxes and takes one box."},
        .question = "How many {T} does {N} have now?",
    },
    {
        .opening = "{N} starts a game with {V} points.",
        .plus = {"{N} scores {D} points.", "A star adds {D} points.", "{M} hands {N} {D} points."},
        .minus = {"A trap costs {D} points.", "{M} takes {D} points.", "{N} pays {D} points."},
        .times = {"A bonus multiplies the score by {D}.",
                  "A joker makes the score {D} times as big.",
                  "{N} hits the target and the score counts {D} times."},
        .over = {"A penalty divides the score by {D}.", "{N} keeps one point in {D}.",
                 "{N} splits the score equally in {D} and keeps one part."},
        .question = "How many points does {N} have at the end?",
    },
    {
        .opening = "{N} has {V} dollars.",
        .plus = {"{N} earns {D} dollars.", "{M} pays {N} {D} dollars.",
                 "{N} is given {D} dollars."},
        .minus = {"{N} spends {D} dollars.", "{N} lends {M} {D} dollars.",
                  "{N} buys a book for {D} dollars."},
        .times = {"{N} invests it all and gets back {D} times as much.",
                  "{N} buys cards for it and sells them for {D} times as much.",
                  "{M} swaps each dollar for {D} dollars."},
        .over = {"{N} divides the money into {D} equal parts and keeps one.",
                 "{N} keeps one dollar in {D}.",
                 "The money loses value and is worth {D} times less."},
        .question = "How many dollars does {N} have in the end?",
    },
    {
        .opening = "A shop has {V} {T}.",
        .plus = {"The shop orders {D} more.", "{N} brings {D} back.", "{D} more are delivered."},
        .minus = {"{N} buys {D} of them.", "{D} of them break.", "{M} takes {D} of them."},
        .times = {"The shop orders until it has {D} times as many.",
                  "A delivery makes it {D} times as many.",
                  "The stock grows to {D} times its size."},
        .over = {"A sale leaves only one in {D}.", "The shop keeps one of {D} equal parts.",
                 "The stock shrinks to one part in {D}."},
        .question = "How many {T} does the shop have now?",
    },
};
enum { SETTING_COUNT = sizeof SETTINGS / sizeof SETTINGS[0] };

static const char *const NAMES[] = {"Anna",  "Ben",  "Clara", "David", "Emma", "Frank",
                                    "Grace", "Hugo", "Iris",  "Jack",  "Kate", "Leo"};
static const char *const THINGS[] = {"apples", "stamps", "marbles", "coins",
                                     "cards",  "shells", "cookies", "stickers"};
enum { NAME_COUNT = sizeof NAMES / sizeof NAMES[0] };
enum { THING_COUNT = sizeof THINGS / sizeof THINGS[0] };

typedef struct cast {
    const char *name, *other, *thing;
} cast;

// Appends `text` with its places in braces filled in.
static distill_status tell(distill_text *out, const char *text, const cast *who, int number)
{
    distill_status status = DISTILL_OK;
    for (const char *open; (open = strchr(text, '{')) != NULL; text = open + 3) {
        TRY(distill_text_append(out, text, (size_t)(open - text)));
        switch (open[1]) {
        case 'N':
            TRY(distill_text_add(out, who->name));
            break;
        case 'M':
            TRY(distill_text_add(out, who->other));
            break;
        case 'T':
            TRY(distill_text_add(out, who->thing));
            break;
        default:
            TRY(distill_text_printf(out, "%d", number));
        }
    }
    TRY(distill_text_add(out, text));
done:
    return status;
}

static const char *draw_wording(const setting *scene, char operation, distill_rng *rng)
{
    size_t which = distill_rng_below(rng, WORDINGS);
    switch (operation) {
    case '+':
        return scene->plus[which];
    case '-':
        return scene->minus[which];
    case '*':
        return scene->times[which];
    default:
        return scene->over[which];
    }
}

static cast draw_cast(distill_rng *rng)
{
    size_t name = distill_rng_below(rng, NAME_COUNT);
    size_t other = (name + 1 + distill_rng_below(rng, NAME_COUNT - 1)) % NAME_COUNT;
    return (cast){NAMES[name], NAMES[other], THINGS[distill_rng_below(rng, THING_COUNT)]};
}

distill_status task_word_draw(task_draft *draft, distill_rng *rng)
{
    distill_status status = DISTILL_OK;
    task_chain chain;
    TRY(task_chain_draw(&chain, rng));
    size_t number = distill_rng_below(rng, SETTING_COUNT);
    const setting *scene = &SETTINGS[number];
    const cast who = draw_cast(rng);
    TRY(tell(&draft->prompt, scene->opening, &who, chain.values[0]));
    TRY(distill_text_printf(&draft->key, "%zu:%d", number, chain.values[0]));
    for (int i = 0; i < chain.count; i++) {
        const task_step *step = &chain.steps[i];
        TRY(distill_text_add_char(&draft->prompt, ' '));
        TRY(tell(&draft->prompt, draw_wording(scene, step->operation, rng), &who, step->operand));
        TRY(distill_text_printf(&draft->key, "%c%d", step->operation, step->operand));
    }
    TRY(distill_text_add_char(&draft->prompt, ' '));
    TRY(tell(&draft->prompt, scene->question, &who, 0));
    TRY(task_chain_work_forward(&draft->thinking, &chain));
    draft->answer = chain.values[chain.count];
done:
    return status;
}
