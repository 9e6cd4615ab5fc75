// datasets/task_word.c - short stories with numbers, from templates; the working is the expression
// and its value.
//
// A template is a text and the expression that answers it. Letters in braces are the expression's
// numbers (as task_expression_draw reads them); {N} and {M} are two different names, {I} a thing in
// the plural. More than 10^6 different problems; the key of a problem is its template and numbers,
// not its names.
#include "datasets/task_expression.h"
#include "datasets/task_kinds.h"

#include <string.h>

typedef struct story {
    const char *expression;
    const char *text;
} story;

static const story STORIES[] = {
    {"A+b*c-D+e", "{N} has {A} {I}. {N} buys {b} boxes with {c} {I} in each, gives {D} {I} to {M} "
                  "and finds {e} more. How many {I} does {N} have now?"},
    {"A-b*c-d*e", "{N} buys {b} pens for {c} dollars each and {d} books for {e} dollars each, and "
                  "pays with {A} dollars. How many dollars does {N} get back?"},
    {"A-b*c-d*e", "A book has {A} pages. {N} reads {b} pages a day for {c} days and then {d} pages "
                  "a day for {e} days. How many pages are left?"},
    {"(a*b-C)/d", "{N} has {a} bags with {b} {I} in each. {N} keeps {C} {I} and shares the rest "
                  "equally among {d} friends. How many {I} does each friend get?"},
    {"a*b+c*d-E", "A hall has {a} rows of {b} chairs and {c} rows of {d} chairs. {E} chairs are "
                  "taken. How many chairs are free?"},
    {"a*b*c-D+E",
     "{N} earns {a} dollars an hour and works {b} hours a day for {c} days. {N} spends "
     "{D} dollars and gets {E} dollars from {M}. How many dollars does {N} have?"},
    {"A-B+C-D+E", "A bus leaves with {A} people. At the first stop {B} get off and {C} get on. At "
                  "the second stop {D} get off and {E} get on. How many people are on the bus?"},
    {"(A+b*c-D)/e", "{N} had {A} {I} and gets {c} {I} a week for {b} weeks. {N} loses {D} {I} and "
                    "puts the others into boxes of {e}. How many boxes does {N} fill?"},
    {"a*(B+C)-D", "{N} paints {B} cups and {C} plates a day for {a} days. {D} of them break. How "
                  "many are left?"},
    {"(A-B)*c+d*e",
     "{N} sells {A} {I}, but {B} come back. The others bring {c} dollars each. {M} "
     "sells {d} lamps for {e} dollars each. How many dollars do they have together?"},
};
enum { STORY_COUNT = sizeof STORIES / sizeof STORIES[0] };

static const char *const NAMES[] = {"Anna",  "Ben",  "Clara", "David", "Emma", "Frank",
                                    "Grace", "Hugo", "Iris",  "Jack",  "Kate", "Leo"};
static const char *const THINGS[] = {"apples", "stamps", "marbles", "coins",
                                     "cards",  "shells", "cookies", "stickers"};
enum { NAME_COUNT = sizeof NAMES / sizeof NAMES[0] };
enum { THING_COUNT = sizeof THINGS / sizeof THINGS[0] };

// Appends `text` with its places in braces filled in.
static distill_status tell(distill_text *out, const char *text, const int *slots, const char *name,
                           const char *other, const char *thing)
{
    distill_status status = DISTILL_OK;
    for (const char *open; (open = strchr(text, '{')) != NULL; text = open + 3) {
        TRY(distill_text_append(out, text, (size_t)(open - text)));
        char place = open[1];
        if (place == 'N' || place == 'M')
            TRY(distill_text_add(out, place == 'N' ? name : other));
        else if (place == 'I')
            TRY(distill_text_add(out, thing));
        else
            TRY(distill_text_printf(out, "%d", slots[place & 31]));
    }
    TRY(distill_text_add(out, text));
done:
    return status;
}

distill_status task_word_draw(task_draft *draft, distill_rng *rng)
{
    distill_status status = DISTILL_OK;
    task_expression drawn;
    size_t number = distill_rng_below(rng, STORY_COUNT);
    size_t name = distill_rng_below(rng, NAME_COUNT);
    size_t other = (name + 1 + distill_rng_below(rng, NAME_COUNT - 1)) % NAME_COUNT;
    const char *thing = THINGS[distill_rng_below(rng, THING_COUNT)];
    TRY(task_expression_draw(&drawn, STORIES[number].expression, rng));
    TRY(tell(&draft->prompt, STORIES[number].text, drawn.slots, NAMES[name], NAMES[other], thing));
    TRY(distill_text_add(&draft->thinking, drawn.working));
    TRY(distill_text_printf(&draft->key, "%zu:%s", number, drawn.text));
    draft->answer = drawn.value;
done:
    return status;
}
