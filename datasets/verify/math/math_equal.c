// datasets/verify/math/math_equal.c - compares two texts: as plain numbers, as sources, as trees,
// as words.
//
// The fast comparisons come first; they decide most answers of real data. Trees are built in a
// block on the stack. A text with a bare comma between digits is ambiguous (one number with a
// separator of thousands, or two numbers): where the first reading does not make the answers equal,
// the other readings are tried, and only "right" is accepted from them.
#include "datasets/verify/math/math_equal.h"

#include "datasets/verify/ascii.h"
#include "datasets/verify/math/compare/compare_tree.h"
#include "datasets/verify/math/latex/latex_parser.h"
#include "datasets/verify/math/number/numeral.h"
#include "datasets/verify/math/tree/evaluate.h"
#include "datasets/verify/math/words/calendar_date.h"
#include "datasets/verify/math/words/clock_time.h"
#include "datasets/verify/math/words/cycle_notation.h"
#include "datasets/verify/math/words/word_answer.h"

#include <stdio.h>
#include <string.h>

const math_options MATH_DEFAULTS = {.precision = -1};

/// Decides plain numbers. False if one of the texts is something else, or if the two differ and one
/// may be a rounded form of the other.
static bool compare_numerals(verdict_outcome *outcome, distill_span gold, distill_span answer)
{
    numeral a, b;
    if (!numeral_read(&a, gold) || !numeral_read(&b, answer))
        return false;
    bool equal = numeral_compare(&a, &b) == 0;
    if (!equal && (a.decimal || b.decimal))
        return false;
    *outcome = equal ? VERDICT_RIGHT : VERDICT_WRONG;
    return true;
}

/// A comma is between two digits: 1,234 may be one number or two.
static bool has_plain_comma(distill_span text)
{
    for (size_t i = 1; i + 1 < text.length; i++)
        if (text.bytes[i] == ',' && ascii_is_digit(text.bytes[i - 1]) &&
            ascii_is_digit(text.bytes[i + 1]))
            return true;
    return false;
}

/// Compares one reading of both texts. Where one of them has no tree, both are compared as words,
/// and anything but the same words is unknown if the other is no text: it cannot be read.
static verdict_outcome compare_reading(checker *c, distill_span gold, distill_span answer,
                                       unsigned gold_options, unsigned answer_options)
{
    c->m->used = 0;
    c->depth = 0;
    expr *a = latex_parse(c->m, gold, gold_options);
    expr *b = latex_parse(c->m, answer, answer_options);
    if (a != NULL && b != NULL)
        return compare_trees(c, a, b);
    const expr *read = a != NULL ? a : b;
    bool words = read == NULL || read->kind == EXPR_TEXT;
    c->rule = words ? "words" : "unreadable";
    if (word_digits(gold) && word_digits(answer)) // 25 and 2 5
        return VERDICT_WRONG;
    verdict_outcome outcome = word_compare(gold, answer);
    return words || outcome == VERDICT_RIGHT ? outcome : VERDICT_UNKNOWN;
}

/// The only comma of the text stands between two digits and is no separator of thousands: 1,22 and
/// 1000,99. With `thousands`, 1,234 counts too.
static bool may_be_decimal_comma(distill_span text, bool thousands)
{
    const char *comma = memchr(text.bytes, ',', text.length);
    if (comma == NULL || !has_plain_comma(text) || memchr(text.bytes, '(', text.length) != NULL ||
        memchr(text.bytes, '[', text.length) != NULL ||
        distill_span_find(text, distill_span_of("\\{"), 0) != SIZE_MAX)
        return false;
    size_t at = (size_t)(comma - text.bytes), before = 0, behind = 0;
    if (memchr(comma + 1, ',', text.length - at - 1) != NULL)
        return false;
    while (before < at && ascii_is_digit(text.bytes[at - before - 1]))
        before++;
    while (at + behind + 1 < text.length && ascii_is_digit(text.bytes[at + behind + 1]))
        behind++;
    return thousands || behind != 3 || before > 3;
}

/// -0,5 is a decimal: a list would not begin with a negative zero.
static unsigned first_reading(distill_span text)
{
    bool minus = text.length > 3 && (memcmp(text.bytes, "-0,", 3) == 0);
    return minus && may_be_decimal_comma(text, true) ? TOKEN_DECIMAL_COMMAS : 0;
}

/// One of the texts has a comma as decimal mark: 1000,99 for 1000.99.
static bool equal_with_decimal_comma(checker *c, distill_span gold, distill_span answer)
{
    bool in_gold = may_be_decimal_comma(gold, false);
    bool in_answer = may_be_decimal_comma(answer, memchr(gold.bytes, '.', gold.length) != NULL);
    if (in_gold == in_answer)
        return false;
    return compare_reading(c, gold, answer, in_gold ? TOKEN_DECIMAL_COMMAS : 0,
                           in_answer ? TOKEN_DECIMAL_COMMAS : 0) == VERDICT_RIGHT;
}

/// Not inlined, so that plain numbers do not use stack for the block.
static verdict_outcome __attribute__((noinline))
compare_as_trees(const char **rule, distill_span gold, distill_span answer,
                 const math_options *options)
{
    _Alignas(16) char block[SCRATCH_BYTES];
    scratch memory = {block, sizeof block, 0};
    checker c = {.m = &memory,
                 .options = *options,
                 .budget = EVALUATION_BUDGET,
                 .steps = CHECKER_STEPS,
                 .rule = "unreadable"};
    unsigned gold_reading = first_reading(gold), answer_reading = first_reading(answer);
    verdict_outcome outcome = compare_reading(&c, gold, answer, gold_reading, answer_reading);
    bool comma_gold = gold_reading == 0 && has_plain_comma(gold);
    bool comma_answer = answer_reading == 0 && has_plain_comma(answer);
    for (unsigned reading = 1; reading < 4 && outcome != VERDICT_RIGHT; reading++) {
        bool list_gold = reading & 1, list_answer = reading & 2;
        if ((list_gold && !comma_gold) || (list_answer && !comma_answer))
            continue;
        if (compare_reading(&c, gold, answer, list_gold ? TOKEN_LIST_COMMAS : gold_reading,
                            list_answer ? TOKEN_LIST_COMMAS : answer_reading) == VERDICT_RIGHT)
            outcome = VERDICT_RIGHT;
    }
    if (outcome != VERDICT_RIGHT && equal_with_decimal_comma(&c, gold, answer))
        outcome = VERDICT_RIGHT;
    *rule = c.rule;
    return outcome;
}

enum { WORD_DIGITS = 64 };

/// A number in words, perhaps with a unit behind it, written with digits into `digits`; other texts
/// unchanged.
static distill_span in_digits(distill_span text, char digits[WORD_DIGITS])
{
    char first = *text.bytes;
    int64_t num, den;
    distill_span measure = {"", 0};
    bool words = ascii_is_letter(first) || ascii_is_foreign(first) ||
                 (text.length > 6 && memcmp(text.bytes, "\\text", 5) == 0);
    if (!words || !(word_number(&num, &den, text) || word_quantity(&num, &den, &measure, text)))
        return text;
    char below[WORD_DIGITS / 2] = "";
    if (den != 1)
        snprintf(below, sizeof below, "/%lld", (long long)den);
    int length = snprintf(digits, WORD_DIGITS, "%lld%s %.*s", (long long)num, below,
                          (int)measure.length, measure.bytes);
    return distill_span_trim((distill_span){digits, (size_t)length});
}

/// Calendar dates and permutations, which would be read as differences and products; sets *outcome.
/// False for other texts.
static bool compare_notation(verdict_outcome *outcome, const char **rule, distill_span gold,
                             distill_span answer)
{
    calendar_date gold_date, answer_date;
    bool in_gold = calendar_date_read(&gold_date, gold);
    bool in_answer = calendar_date_read(&answer_date, answer);
    if (in_gold || in_answer) {
        bool same = in_gold && in_answer && calendar_date_same(&gold_date, &answer_date);
        bool comparable = in_gold && in_answer && gold_date.year_first == answer_date.year_first;
        *rule = "date";
        *outcome = same ? VERDICT_RIGHT : comparable ? VERDICT_WRONG : VERDICT_UNKNOWN;
        return true;
    }
    if (!cycles_compare(outcome, gold, answer))
        return false;
    *rule = "permutation";
    return true;
}

/// The text between two dollar signs, if these are all it has; else the text itself.
static distill_span without_dollars(distill_span text)
{
    bool framed = text.length > 2 && *text.bytes == '$' && text.bytes[text.length - 1] == '$';
    distill_span inside = {text.bytes + 1, text.length - 2};
    return framed && memchr(inside.bytes, '$', inside.length) == NULL ? distill_span_trim(inside)
                                                                      : text;
}

/// The answer is the hour alone: 5 for 5 PM.
static bool is_bare_hour(const clock_time *gold, distill_span answer)
{
    int hour = 0;
    for (size_t i = 0; i < answer.length; i++)
        hour = answer.length <= 2 && ascii_is_digit(answer.bytes[i])
                   ? hour * 10 + (answer.bytes[i] - '0')
                   : -1000;
    return gold->minute == 0 && hour == gold->hour;
}

verdict_outcome math_equal(const char **rule, distill_span gold, distill_span answer,
                           const math_options *options)
{
    verdict_outcome outcome = VERDICT_UNKNOWN;
    gold = without_dollars(distill_span_trim(gold));
    answer = without_dollars(distill_span_trim(answer));
    *rule = "empty";
    if (gold.length == 0)
        return VERDICT_UNKNOWN;
    if (answer.length == 0)
        return VERDICT_WRONG;
    char gold_digits[WORD_DIGITS], answer_digits[WORD_DIGITS];
    clock_time gold_time, answer_time;
    if (clock_time_read(&gold_time, gold)) {
        *rule = "time of day";
        if (clock_time_read(&answer_time, answer))
            return clock_time_compare(&gold_time, &answer_time);
        if (is_bare_hour(&gold_time, answer))
            return VERDICT_UNKNOWN;
    }
    if (compare_notation(&outcome, rule, gold, answer))
        return outcome;
    gold = in_digits(gold, gold_digits);
    answer = in_digits(answer, answer_digits);
    *rule = "number";
    if (options->precision < 0 && compare_numerals(&outcome, gold, answer))
        return outcome;
    *rule = "same text";
    if (word_same_source(gold, answer))
        return VERDICT_RIGHT;
    return compare_as_trees(rule, gold, answer, options);
}

verdict_outcome answers_equal(distill_span a, distill_span b)
{
    math_options options = MATH_DEFAULTS;
    const char *rule;
    options.symmetric = true;
    if (distill_span_equal(a, b))
        return VERDICT_RIGHT;
    verdict_outcome forward = math_equal(&rule, a, b, &options);
    verdict_outcome backward = math_equal(&rule, b, a, &options);
    return forward == backward ? forward : VERDICT_UNKNOWN;
}
