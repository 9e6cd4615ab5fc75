// datasets/prompts/task_word.c - the task word: short stories in which a number changes, such as
// "Anna has 17 shells. Anna gets 5 from Ben. …"
//
// A setting has an opening sentence, several sentences for each operation, and a question. {N} and
// {M} are two different names, {T} a plural noun, {V} the first number, {D} the operand. The worked
// steps are those of the task arithmetic. The key of a problem is its setting and numbers, without
// names, nouns and wording.
#include "datasets/prompts/task_chain.h"
#include "datasets/prompts/task_kinds.h"

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
        .plus = {"{N} buys {D} more.", "{N} gets {D} from {M}.", "{N} finds {D} more."},
        .minus = {"{N} loses {D}.", "{N} hands {D} to {M}.", "{N} throws {D} away."},
        .times = {"{N} trades each for {D} new ones.", "{M} turns each into {D}.",
                  "{N} wins and has {D} times as many."},
        .over = {"{N} makes {D} equal heaps and keeps one.", "{N} keeps only one in {D}.",
                 "{N} and friends share them in {D} equal parts."},
        .question = "How many {T} does {N} have now?",
    },
    {
        .opening = "{N} starts with {V} points.",
        .plus = {"{N} scores {D}.", "A star adds {D}.", "{N} gets {D} from {M}."},
        .minus = {"A trap costs {D}.", "{M} takes {D}.", "{N} pays {D}."},
        .times = {"A bonus multiplies them by {D}.", "A joker makes {D} of each.",
                  "Now all points count {D} times."},
        .over = {"A penalty divides them by {D}.", "{N} keeps only one in {D}.",
                 "A team of {D} shares them equally."},
        .question = "How many points does {N} have now?",
    },
    {
        .opening = "{N} has {V} dollars.",
        .plus = {"{N} earns {D}.", "{N} gets {D} from {M}.", "{N} finds {D}."},
        .minus = {"{N} spends {D}.", "{N} lends {D} to {M}.", "A book costs {N} {D}."},
        .times = {"{N} invests all and gets {D} times as much.", "{M} swaps each dollar for {D}.",
                  "{N} wins {D} times as much."},
        .over = {"{N} divides them by {D} and keeps one part.", "{N} keeps only one in {D}.",
                 "{N} and friends share them in {D} equal parts."},
        .question = "How many dollars does {N} have now?",
    },
    {
        .opening = "A shop has {V} {T}.",
        .plus = {"It orders {D} more.", "{N} brings {D} back.", "{M} delivers {D}."},
        .minus = {"{N} buys {D}.", "{D} of them break.", "{M} takes {D}."},
        .times = {"It orders until it has {D} times as many.", "The stock grows {D} times.",
                  "A machine makes {D} of each."},
        .over = {"A sale leaves only one in {D}.", "It keeps one of {D} equal parts.",
                 "It divides them by {D} and keeps one part."},
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

typedef struct story_words {
    const char *name, *other, *thing;
} story_words;

// Appends `text` with its placeholders filled in.
static distill_status add_sentence(distill_text *out, const char *text, const story_words *words,
                                   int number)
{
    distill_status status = DISTILL_OK;
    for (const char *open; (open = strchr(text, '{')) != NULL; text = open + 3) {
        TRY(distill_text_append(out, text, (size_t)(open - text)));
        switch (open[1]) {
        case 'N':
            TRY(distill_text_add(out, words->name));
            break;
        case 'M':
            TRY(distill_text_add(out, words->other));
            break;
        case 'T':
            TRY(distill_text_add(out, words->thing));
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

static story_words draw_words(distill_rng *rng)
{
    size_t name = distill_rng_below(rng, NAME_COUNT);
    size_t other = (name + 1 + distill_rng_below(rng, NAME_COUNT - 1)) % NAME_COUNT;
    return (story_words){NAMES[name], NAMES[other], THINGS[distill_rng_below(rng, THING_COUNT)]};
}

distill_status task_word_draw(task_draft *draft, distill_rng *rng)
{
    distill_status status = DISTILL_OK;
    task_chain chain;
    TRY(task_chain_draw(&chain, rng));
    size_t number = distill_rng_below(rng, SETTING_COUNT);
    const setting *scene = &SETTINGS[number];
    const story_words words = draw_words(rng);
    TRY(add_sentence(&draft->prompt, scene->opening, &words, chain.values[0]));
    TRY(distill_text_printf(&draft->key, "%zu:%d", number, chain.values[0]));
    for (int i = 0; i < chain.count; i++) {
        const task_step *step = &chain.steps[i];
        TRY(distill_text_add_char(&draft->prompt, ' '));
        TRY(add_sentence(&draft->prompt, draw_wording(scene, step->operation, rng), &words,
                         step->operand));
        TRY(distill_text_printf(&draft->key, "%c%d", step->operation, step->operand));
    }
    TRY(distill_text_add_char(&draft->prompt, ' '));
    TRY(add_sentence(&draft->prompt, scene->question, &words, 0));
    TRY(task_chain_work_forward(&draft->thinking, &chain));
    draft->answer = chain.values[chain.count];
done:
    return status;
}
