// datasets/verify/math/compare/compare_quantity.c - compares values with units, nouns, percent and
// degree signs.
//
// A unit on one side only is ignored, because the question usually gives it. Known units of one
// kind are converted. Units of different kinds and different nouns make the outcome unknown where
// the numbers are equal.
#include "datasets/verify/math/compare/compare_rules.h"

#include "datasets/verify/math/compare/scalar.h"
#include "datasets/verify/math/tree/evaluate.h"
#include "datasets/verify/math/words/unit.h"
#include "datasets/verify/math/words/word_answer.h"

#include <math.h>
#include <string.h>

/// What follows the number.
typedef enum measure {
    MEASURE_NONE,
    MEASURE_PERCENT,
    MEASURE_DEGREE,
    MEASURE_RADIAN,
    MEASURE_UNIT,
    MEASURE_NOUN,
    MEASURE_BOUND, // "5 or more", "at least 5": not the value itself
    MEASURE_OPEN   // "5 pairs", "5 is impossible": its value is not known
} measure;

typedef struct quantity {
    measure kind;
    char scale; // of a temperature: C, F or K, else NUL
    expr *value;
    unit unit;
    distill_span words;
} quantity;

bool is_quantity(const expr *e)
{
    while (e->kind == EXPR_NEGATE)
        e = e->child[0];
    return e->kind == EXPR_QUANTITY || e->kind == EXPR_PERCENT || e->kind == EXPR_DEGREE;
}

/// The text begins with `word`, ignoring case and leading spaces and commands.
static bool begins_with(distill_span text, const char *word)
{
    while (text.length > 0 && strchr(" \\{~", *text.bytes) != NULL) {
        if (*text.bytes == '\\') // \text{, \mathrm{, \,
            while (text.length > 1 && text.bytes[1] != '{' && text.bytes[1] != ' ')
                text.bytes++, text.length--;
        text.bytes++, text.length--;
    }
    return text.length >= strlen(word) && strncasecmp(text.bytes, word, strlen(word)) == 0;
}

/// The scale of a temperature that a phrase names; NUL for other phrases. Behind a degree sign a
/// letter is enough.
static char scale_of(distill_span words, bool behind_degree)
{
    size_t end = words.length;
    while (end > 0 && strchr("} ", words.bytes[end - 1]) != NULL)
        end--;
    if (behind_degree && end > 0 && strchr("CFK", words.bytes[end - 1]) != NULL &&
        (end == 1 || strchr("{ ", words.bytes[end - 2]) != NULL)) // \text{C}
        return words.bytes[end - 1];
    return memmem(words.bytes, words.length, "elsius", 6) != NULL      ? 'C'
           : memmem(words.bytes, words.length, "ahrenheit", 9) != NULL ? 'F'
                                                                       : '\0';
}

/// A quantity with the phrase `words` after its value.
static quantity read_phrase(expr *value, distill_span words)
{
    quantity q = {.value = value, .words = words, .unit = unit_read(words)};
    q.kind = q.unit.open                                                       ? MEASURE_OPEN
             : begins_with(words, "percent") || begins_with(words, "per cent") ? MEASURE_PERCENT
             : begins_with(words, "rad")                                       ? MEASURE_RADIAN
             : q.unit.bound                                                    ? MEASURE_BOUND
             : q.unit.known                                                    ? MEASURE_UNIT
                                                                               : MEASURE_NOUN;
    if (q.unit.known && (distill_span_find(words, distill_span_of("egree"), 0) != SIZE_MAX ||
                         begins_with(words, "deg")))
        q.kind = MEASURE_DEGREE;
    q.scale = unit_is_kelvin(&q.unit)  ? 'K'
              : q.kind == MEASURE_NOUN ? scale_of(words, false)
                                       : '\0';
    return q;
}

/// The value and the measure of a scalar; a minus sign becomes part of the value.
static quantity read_quantity(checker *c, expr *e)
{
    expr *inner = e;
    bool minus = false;
    for (; inner->kind == EXPR_NEGATE; inner = inner->child[0])
        minus = !minus;
    quantity q = {.kind = MEASURE_NONE, .value = e};
    if (inner->kind == EXPR_QUANTITY)
        q = read_phrase(inner->child[0], inner->text);
    else if (inner->kind == EXPR_PERCENT)
        q = (quantity){.kind = MEASURE_PERCENT, .value = inner->child[0]};
    else if (inner->kind == EXPR_DEGREE)
        q = (quantity){.kind = MEASURE_DEGREE, .value = inner->child[0], .scale = (char)inner->op};
    else
        return q;
    bool inner_minus = q.value->kind == EXPR_NEGATE && q.value->child[0]->kind == EXPR_DEGREE;
    if (inner_minus)
        q.value = q.value->child[0], minus = !minus;
    if (q.value->kind == EXPR_DEGREE) { // 25^\circ\text{C}
        q.kind = MEASURE_DEGREE;
        q.scale = scale_of(q.words, true);
        q.value = q.value->child[0];
    }
    if (minus)
        q.value = expr_unary(c->m, EXPR_NEGATE, q.value);
    return q;
}

/// 5\% equals 5, because the question may be about percents, and 0.05. For numbers up to 1 that is
/// ambiguous: 0.5 % and 0.5 is unknown.
static verdict_outcome compare_percent(checker *c, expr *percent, expr *plain)
{
    verdict_outcome same = scalar_compare(c, percent, plain);
    if (same == VERDICT_RIGHT) {
        const scalar_values *v = scalar_values_of(c, plain);
        bool small = v != NULL && v->at[0].valid && fabsl(v->at[0].re) <= 1;
        return small ? VERDICT_UNKNOWN : VERDICT_RIGHT;
    }
    expr *share = expr_unary(c->m, EXPR_PERCENT, percent);
    if (share == NULL)
        return VERDICT_UNKNOWN;
    return scalar_compare(c, share, plain) == VERDICT_RIGHT ? VERDICT_RIGHT : same;
}

/// 90^\circ equals 90 and \pi/2.
static verdict_outcome compare_degrees(checker *c, expr *degrees, expr *plain)
{
    verdict_outcome same = scalar_compare(c, degrees, plain);
    if (same == VERDICT_RIGHT)
        return same;
    expr *angle = expr_unary(c->m, EXPR_DEGREE, degrees);
    if (angle == NULL)
        return VERDICT_UNKNOWN;
    return scalar_compare(c, angle, plain) == VERDICT_RIGHT ? VERDICT_RIGHT : same;
}

static expr *in_base_units(checker *c, const quantity *q)
{
    expr *scale = expr_binary(c->m, EXPR_DIVIDE, expr_number(c->m, q->unit.num),
                              expr_number(c->m, q->unit.den));
    return expr_binary(c->m, EXPR_MULTIPLY, q->value, scale);
}

static verdict_outcome compare_units(checker *c, const quantity *a, const quantity *b)
{
    bool same_kind = memcmp(a->unit.dimension, b->unit.dimension, sizeof a->unit.dimension) == 0;
    if (!same_kind && unit_counts_months(&a->unit) != unit_counts_months(&b->unit)) // 365 days
        return VERDICT_UNKNOWN;
    if (!same_kind)
        return unknown_unless_wrong(scalar_compare(c, a->value, b->value));
    if (a->unit.num == b->unit.num && a->unit.den == b->unit.den)
        return scalar_compare(c, a->value, b->value);
    expr *x = in_base_units(c, a), *y = in_base_units(c, b);
    return x != NULL && y != NULL ? scalar_compare(c, x, y) : VERDICT_UNKNOWN;
}

/// The words of \text{ apples}.
static distill_span inside_text(distill_span words)
{
    const char *open =
        words.length > 0 && *words.bytes == '\\' ? memchr(words.bytes, '{', words.length) : NULL;
    if (open != NULL)
        words = (distill_span){open + 1, (size_t)(words.bytes + words.length - open - 1)};
    while (words.length > 0 && strchr("}. ", words.bytes[words.length - 1]) != NULL)
        words.length--;
    return distill_span_trim(words);
}

/// The nouns are the same words, or one contains the other: "boxes" and "boxes of medicine",
/// singular and plural.
static bool similar_nouns(distill_span a, distill_span b)
{
    if (word_compare(a, b) == VERDICT_RIGHT)
        return true;
    a = inside_text(distill_span_trim(a));
    b = inside_text(distill_span_trim(b));
    distill_span shorter = a.length < b.length ? a : b, longer = a.length < b.length ? b : a;
    return shorter.length >= 3 && distill_span_find(longer, shorter, 0) != SIZE_MAX;
}

/// Degrees and radians, whichever is the reference.
static verdict_outcome compare_angles(checker *c, const quantity *a, const quantity *b)
{
    expr *x = a->kind == MEASURE_DEGREE ? expr_unary(c->m, EXPR_DEGREE, a->value) : a->value;
    expr *y = b->kind == MEASURE_DEGREE ? expr_unary(c->m, EXPR_DEGREE, b->value) : b->value;
    return x != NULL && y != NULL ? scalar_compare(c, x, y) : VERDICT_UNKNOWN;
}

static bool is_angle(measure kind)
{
    return kind == MEASURE_DEGREE || kind == MEASURE_RADIAN;
}

/// The value in nine times as many kelvins: 9 K; 9 (C + 273.15); 5 (F + 459.67).
static expr *in_kelvins(checker *c, const quantity *q)
{
    bool fahrenheit = q->scale == 'F';
    int64_t zero = q->scale == 'K' ? 0 : fahrenheit ? 45967 : 27315;
    expr *shift = expr_binary(c->m, EXPR_DIVIDE, expr_number(c->m, zero), expr_number(c->m, 100));
    return expr_binary(c->m, EXPR_MULTIPLY, expr_number(c->m, fahrenheit ? 5 : 9),
                       expr_binary(c->m, EXPR_ADD, q->value, shift));
}

static verdict_outcome compare_temperatures(checker *c, const quantity *a, const quantity *b)
{
    if (a->scale == b->scale)
        return scalar_compare(c, a->value, b->value);
    expr *x = in_kelvins(c, a), *y = in_kelvins(c, b);
    return x != NULL && y != NULL ? scalar_compare(c, x, y) : VERDICT_UNKNOWN;
}

static verdict_outcome compare_both_measured(checker *c, const quantity *a, const quantity *b)
{
    if (a->scale != '\0' && b->scale != '\0')
        return compare_temperatures(c, a, b);
    if (a->kind == MEASURE_DEGREE && b->kind == MEASURE_DEGREE && a->scale != b->scale)
        return unknown_unless_wrong(scalar_compare(c, a->value, b->value)); // 60 degrees and 60 °C
    if (a->kind != b->kind && is_angle(a->kind) && is_angle(b->kind))
        return compare_angles(c, a, b);
    if (a->kind != b->kind)
        return unknown_unless_wrong(scalar_compare(c, a->value, b->value));
    if (a->kind == MEASURE_UNIT)
        return compare_units(c, a, b);
    verdict_outcome values = scalar_compare(c, a->value, b->value);
    if (a->kind == MEASURE_NOUN && !similar_nouns(a->words, b->words))
        return unknown_unless_wrong(values);
    return values;
}

/// `next` measures the same as `last` in a smaller unit.
static bool is_smaller_unit(const unit *next, const unit *last)
{
    return memcmp(next->dimension, last->dimension, sizeof next->dimension) == 0 &&
           next->num * last->den < last->num * next->den;
}

expr *sum_of_measures(checker *c, expr *e)
{
    if (e->kind != EXPR_LIST || e->op == CONNECTOR_OR || e->child[0]->kind != EXPR_QUANTITY)
        return e;
    unit last = {.known = false};
    for (size_t i = 0; i < e->count; i++) {
        unit u = e->child[i]->kind == EXPR_QUANTITY ? unit_read(e->child[i]->text) : (unit){0};
        if (!u.known || u.bound || (i > 0 && !is_smaller_unit(&u, &last)))
            return e;
        last = u;
    }
    expr *sum = expr_number(c->m, 0);
    for (size_t i = 0; i < e->count && sum != NULL; i++) {
        unit u = unit_read(e->child[i]->text);
        expr *scale = expr_binary(c->m, EXPR_DIVIDE, expr_number(c->m, u.num * last.den),
                                  expr_number(c->m, u.den * last.num));
        expr *part = expr_binary(c->m, EXPR_MULTIPLY, e->child[i]->child[0], scale);
        sum = expr_binary(c->m, EXPR_ADD, sum, part);
    }
    expr *total = expr_unary(c->m, EXPR_QUANTITY, sum);
    if (total != NULL)
        total->text = e->child[e->count - 1]->text;
    return total;
}

verdict_outcome compare_quantities(checker *c, expr *x, expr *y)
{
    quantity a = read_quantity(c, x), b = read_quantity(c, y);
    if (a.value == NULL || b.value == NULL)
        return VERDICT_UNKNOWN;
    if (a.kind == MEASURE_BOUND || b.kind == MEASURE_BOUND) {
        bool same = a.kind == b.kind && similar_nouns(a.words, b.words);
        verdict_outcome values = scalar_compare(c, a.value, b.value);
        return same ? values : unknown_unless_wrong(values);
    }
    if (a.kind == MEASURE_OPEN || b.kind == MEASURE_OPEN)
        return a.kind == b.kind && similar_nouns(a.words, b.words)
                   ? scalar_compare(c, a.value, b.value)
                   : VERDICT_UNKNOWN;
    if (a.kind != MEASURE_NONE && b.kind != MEASURE_NONE)
        return compare_both_measured(c, &a, &b);
    const quantity *measured = a.kind != MEASURE_NONE ? &a : &b;
    expr *plain = a.kind != MEASURE_NONE ? b.value : a.value;
    if (measured->kind == MEASURE_PERCENT)
        return compare_percent(c, measured->value, plain);
    if (measured->kind == MEASURE_DEGREE && measured->scale == '\0')
        return compare_degrees(c, measured->value, plain);
    bool variables = expr_has_symbol(measured->value, NULL);
    verdict_outcome values = scalar_compare(c, a.value, b.value);
    return measured->kind == MEASURE_NOUN && variables ? unknown_unless_wrong(values) : values;
}
