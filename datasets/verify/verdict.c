// datasets/verify/verdict.c - finds the answers in a reply and in its reference and compares them.
//
// math_equal compares two texts. What depends on the wording of a reply is decided here: the last
// number of a sentence that has no tree, an exclamation mark at the end of a sentence, and a list
// whose elements are in boxes far apart. Each of these is tried only if the plain comparison does
// not give "right".
#include "datasets/verify/verdict.h"

#include "datasets/verify/answer.h"
#include "datasets/verify/ascii.h"
#include "datasets/verify/choice.h"

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

/// The sentence states the number ("… is 5"), or has no other digits before it.
static bool is_stated(distill_span sentence, distill_span number)
{
    static const char *const VERBS[] = {" is ", " are ", " = ", ": ", " to ", "'s "};
    size_t from = (size_t)(number.bytes - sentence.bytes), digits = 0;
    while (from > 0 && (sentence.bytes[from - 1] == '$' || sentence.bytes[from - 1] == '('))
        from--;
    for (size_t i = 0; i < from; i++)
        digits += ascii_is_digit(sentence.bytes[i]);
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
        size_t length = strlen(VERBS[i]);
        if (from >= length && memcmp(sentence.bytes + from - length, VERBS[i], length) == 0)
            return true;
    }
    return digits == 0;
}

/// Compares the last number of a sentence that is no expression ("that leaves 5 of them") and makes
/// it the extracted answer; unknown if the sentence does not state it.
static verdict_outcome compare_loose(verdict *v, distill_span gold, distill_span sentence,
                                     const math_options *options)
{
    distill_span number = answer_last_number(sentence);
    if (number.length == 0 || number.length == sentence.length || !is_stated(sentence, number))
        return VERDICT_UNKNOWN;
    const char *rule;
    verdict_outcome outcome = math_equal(&rule, gold, number, options);
    if (outcome == VERDICT_UNKNOWN)
        return outcome;
    v->rule = rule;
    v->extracted.length = number.length;
    memmove(v->extracted.bytes, number.bytes, number.length);
    v->extracted.bytes[number.length] = '\0';
    return outcome;
}

/// Compares all boxes of the reply as one list: an answer in parts, each with a box of its own.
/// Changes the verdict only to right.
static distill_status compare_boxes(verdict *v, distill_span gold, distill_span response,
                                    const math_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text all = {0};
    answer boxes;
    const char *rule;
    answer_all_boxes(&boxes, response);
    if (boxes.count < 2)
        return DISTILL_OK;
    TRY(join(&all, &boxes));
    if (math_equal(&rule, gold, distill_text_span(&all), options) == VERDICT_RIGHT) {
        v->outcome = VERDICT_RIGHT;
        v->rule = rule;
        v->found_by = boxes.found_by;
        distill_text_clear(&v->extracted);
        TRY(distill_text_add_span(&v->extracted, distill_text_span(&all)));
    }
done:
    distill_text_free(&all);
    return status;
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
    if (!v->found)
        return DISTILL_OK;
    TRY(join(&v->extracted, &found));
    answer_of_gold(&expected, gold);
    distill_span gold_span = expected.part[0];
    if (expected.count > 1) {
        TRY(join(&reference, &expected));
        gold_span = distill_text_span(&reference);
    }
    distill_span answer_span = distill_text_span(&v->extracted);
    v->outcome = math_equal(&v->rule, gold_span, answer_span, options);
    if (v->outcome == VERDICT_UNKNOWN && found.loose && found.count == 1)
        v->outcome = compare_loose(v, gold_span, answer_span, options);
    if (found.loose && v->outcome != VERDICT_RIGHT &&
        is_exclamation(answer_span, gold_span, options))
        v->outcome = VERDICT_RIGHT;
    if (v->outcome != VERDICT_RIGHT && found.in_box)
        TRY(compare_boxes(v, gold_span, response, options));
done:
    distill_text_free(&reference);
    return status;
}

distill_status verdict_math(verdict *v, distill_span gold, distill_span response)
{
    return verdict_math_with(v, gold, response, &MATH_DEFAULTS);
}

distill_status verdict_choice(verdict *v, distill_span gold, distill_span response)
{
    choice found;
    distill_text_clear(&v->extracted);
    char expected = choice_letter_of(gold);
    choice_find(&found, response, NULL, 0);
    v->found = found.letter != '\0';
    v->found_by = found.found_by;
    v->rule = v->found ? "letter" : "no answer";
    v->outcome = VERDICT_UNKNOWN;
    if (v->found && expected != '\0')
        v->outcome = found.letter == expected ? VERDICT_RIGHT : VERDICT_WRONG;
    return v->found ? distill_text_add_char(&v->extracted, found.letter) : DISTILL_OK;
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
