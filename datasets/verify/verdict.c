// datasets/verify/verdict.c - finds the answers in a reply and in its reference and compares them.
//
// math_equal compares two texts and knows nothing about replies. What depends on how an answer was
// phrased is decided here: the number that a sentence states, an exclamation mark at its end, a
// condition after the value, and boxes that hold the same value. Each of these is tried only after
// the plain comparison.
#include "datasets/verify/verdict.h"

#include "datasets/verify/answer.h"
#include "datasets/verify/ascii.h"
#include "datasets/verify/choice.h"
#include "datasets/verify/gold.h"

#include <string.h>

/// Writes the parts of an answer as one text: a list separated by commas.
static distill_status join(distill_text *out, const answer *found)
{
    distill_status status = DISTILL_OK;
    distill_text_clear(out);
    for (size_t i = 0; i < found->count; i++) {
        if (i > 0)
            TRY(distill_text_add(out, ", "));
        TRY(distill_text_add_span(out, found->part[i]));
    }
done:
    return status;
}

/// Makes `text` the extracted answer.
static distill_status extract(verdict *v, distill_span text)
{
    distill_text_clear(&v->extracted);
    return distill_text_add_span(&v->extracted, text);
}

/// The parts of the answer state the same value: "\boxed{x+8} or \boxed{8+x}".
static bool is_one_value(const answer *found)
{
    for (size_t i = 1; i < found->count; i++)
        if (answers_equal(found->part[0], found->part[i]) != VERDICT_RIGHT)
            return false;
    return found->count > 0;
}

/// "The answer is 5!": the exclamation mark is punctuation, not a factorial.
static bool is_exclamation(distill_span sentence, distill_span gold, const math_options *options)
{
    const char *rule;
    if (sentence.length < 2 || sentence.bytes[sentence.length - 1] != '!')
        return false;
    sentence.length--;
    return math_equal(&rule, gold, sentence, options) == VERDICT_RIGHT;
}

/// The answer without the condition after it: "6 \text{ since } t>0" is 6. The text itself if it
/// has none.
static distill_span without_condition(distill_span text)
{
    static const char *const CONDITIONS[] = {
        "\\text{ since",   "\\text{since",   "\\text{ because",   "\\text{because",
        "\\text{ for all", "\\text{for all", "\\text{ for every", "\\forall"};
    for (size_t i = 0; i < sizeof CONDITIONS / sizeof *CONDITIONS; i++) {
        const char *at = memmem(text.bytes, text.length, CONDITIONS[i], strlen(CONDITIONS[i]));
        if (at != NULL && at > text.bytes)
            text.length = (size_t)(at - text.bytes);
    }
    static const char *const ENDS[] = {" ",   ",",   "\\quad", "\\qquad", "\\;",
                                       "\\,", "\\ ", "(",      "~"};
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
            size_t length = strlen(ENDS[i]);
            if (text.length > length &&
                memcmp(text.bytes + text.length - length, ENDS[i], length) == 0) {
                text.length -= length;
                changed = true;
            }
        }
    }
    return text;
}

static bool is_rule(const verdict *v, const char *name)
{
    return strcmp(v->rule, name) == 0;
}

/// The answer states the result of a calculation: 4 + 5 = 9 apples.
static bool is_calculation(const verdict *v)
{
    return memchr(v->extracted.bytes, '=', v->extracted.length) != NULL;
}

/// The answer was read, and it remains open: "5 is impossible", or AC = 5 for the reference BC = 5.
static bool is_undecided(const verdict *v, distill_span gold)
{
    bool named = memchr(gold.bytes, '=', gold.length) != NULL;
    return named ? !is_rule(v, "words") && !is_rule(v, "unreadable")
                 : is_rule(v, "quantity") && !is_calculation(v);
}

/// The reference ends with a letter, of its unit.
static bool names_unit(distill_span gold)
{
    while (gold.length > 0 && strchr(" }$.", gold.bytes[gold.length - 1]) != NULL)
        gold.length--;
    return gold.length > 0 && (ascii_is_letter(gold.bytes[gold.length - 1]) ||
                               ascii_is_foreign(gold.bytes[gold.length - 1]));
}

/// Compares plain words with a number in them: equal words are right, otherwise the number decides
/// that they state. Unknown if it is unclear which.
static distill_status compare_words(verdict *v, const answer *found, distill_span gold,
                                    const math_options *options)
{
    bool same = is_rule(v, "same text") || is_rule(v, "words");
    bool by_words = found->labels ? same : !is_rule(v, "quantity");
    bool quantity = is_rule(v, "quantity") && !is_calculation(v);
    bool measured = quantity && names_unit(gold);                    // 90 km/h for 25 m/s
    bool notation = is_rule(v, "time of day") || is_rule(v, "date"); // 7:15 am states no 7:15
    if (measured || notation || (v->outcome == VERDICT_RIGHT && by_words))
        return DISTILL_OK;
    if (v->outcome == VERDICT_UNKNOWN && is_undecided(v, gold))
        return DISTILL_OK;
    if (found->stated.length > 0) {
        v->outcome = math_equal(&v->rule, gold, found->stated, options);
        return extract(v, found->stated);
    }
    if (!by_words || is_rule(v, "words") || is_rule(v, "unreadable")) {
        v->outcome = VERDICT_UNKNOWN;
        v->rule = "unreadable";
    }
    return DISTILL_OK;
}

/// Compares the answer that was found: as it is, as words, without an exclamation mark, without a
/// condition after it.
static distill_status compare_found(verdict *v, const answer *found, distill_span gold,
                                    const math_options *options)
{
    distill_span text = distill_text_span(&v->extracted);
    v->outcome = math_equal(&v->rule, gold, text, options);
    if (found->plain)
        return compare_words(v, found, gold, options);
    if (v->outcome == VERDICT_RIGHT)
        return DISTILL_OK;
    if (found->loose && is_exclamation(text, gold, options)) {
        v->outcome = VERDICT_RIGHT;
        return DISTILL_OK;
    }
    distill_span bare = without_condition(text);
    if (bare.length < text.length) {
        v->outcome = math_equal(&v->rule, gold, bare, options);
        v->extracted.length = bare.length;
        v->extracted.bytes[bare.length] = '\0';
    }
    return DISTILL_OK;
}

/// The reply names a base behind its digits that the reference answer does not have.
static bool is_in_other_base(const answer *found, distill_span gold)
{
    if (found->base.length == 0)
        return false;
    const char *at = memrchr(gold.bytes, '_', gold.length), *end = gold.bytes + gold.length;
    if (at == NULL)
        return !distill_span_is(found->base, "10") && !distill_span_is(found->base, "ten");
    while (at < end && strchr("_{( ", *at) != NULL)
        at++;
    size_t length = found->base.length;
    return (size_t)(end - at) < length || memcmp(at, found->base.bytes, length) != 0;
}

distill_status verdict_math_with(verdict *v, distill_span gold, distill_span response,
                                 const math_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text reference = {0};
    answer expected, found;
    distill_text_clear(&v->extracted);
    answer_find(&found, response);
    v->found = found.count > 0;
    v->found_by = found.found_by;
    v->outcome = VERDICT_WRONG;
    v->rule = "no answer";
    TRY(join(&v->extracted, &found));
    if (gold_is_no_answer(gold)) {
        v->outcome = VERDICT_UNKNOWN;
        v->rule = "reference is no answer";
        goto done;
    }
    if (!v->found)
        goto done;
    answer_of_gold(&expected, gold);
    distill_span gold_span = expected.count > 0 ? expected.part[0] : distill_span_of("");
    if (expected.count > 1 && !is_one_value(&expected)) {
        TRY(join(&reference, &expected));
        gold_span = distill_text_span(&reference);
    }
    TRY(compare_found(v, &found, gold_span, options));
    if (v->outcome != VERDICT_RIGHT && found.in_box && found.count > 1 && is_one_value(&found)) {
        v->outcome = math_equal(&v->rule, gold_span, found.part[0], options);
        TRY(extract(v, found.part[0]));
    }
    if (found.unclear || (v->outcome == VERDICT_RIGHT && is_in_other_base(&found, gold_span))) {
        v->outcome = VERDICT_UNKNOWN;
        v->rule = "unreadable";
    }
done:
    distill_text_free(&reference);
    return status;
}

distill_status verdict_math(verdict *v, distill_span gold, distill_span response)
{
    return verdict_math_with(v, gold, response, &MATH_DEFAULTS);
}

distill_status verdict_of_letter(verdict *v, char expected, const choice *found)
{
    distill_text_clear(&v->extracted);
    v->found = found->letter != '\0' || found->ambiguous;
    v->found_by = found->found_by;
    v->rule = found->letter != '\0' ? "letter" : found->ambiguous ? "several letters" : "no answer";
    v->outcome = VERDICT_UNKNOWN;
    if (found->letter == '\0')
        return DISTILL_OK;
    if (expected != '\0')
        v->outcome = found->letter == expected ? VERDICT_RIGHT : VERDICT_WRONG;
    return distill_text_add_char(&v->extracted, found->letter);
}

distill_status verdict_choice(verdict *v, distill_span gold, distill_span response)
{
    choice found;
    char expected = choice_letter_of(gold);
    choice_find(&found, response, NULL, 0);
    return verdict_of_letter(v, expected, &found);
}

distill_status verdict_of(verdict *v, distill_span domain, distill_span gold, distill_span response)
{
    if (distill_span_is(domain, "math"))
        return verdict_math(v, gold, response);
    if (distill_span_is(domain, "choice"))
        return verdict_choice(v, gold, response);
    if (domain.length == 0 && gold.length > 0)
        return choice_is_letter(gold) ? verdict_choice(v, gold, response)
                                      : verdict_math(v, gold, response);
    distill_text_clear(&v->extracted);
    v->outcome = VERDICT_UNKNOWN;
    v->found = false;
    v->found_by = "none";
    v->rule = "no rule for this domain";
    return DISTILL_OK;
}
