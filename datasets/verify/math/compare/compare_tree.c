// datasets/verify/math/compare/compare_tree.c - chooses the rule that compares two trees.
//
// The kinds of the two trees decide, in this order: \pm is written out; words; families of values;
// sets of real numbers; names and relations; ratios; two collections; two scalars; a collection and
// a scalar. Every recursion goes through compare_trees, which counts steps and depth, so that no
// answer takes long.
#include "datasets/verify/math/compare/compare_tree.h"

#include "datasets/verify/ascii.h"
#include "datasets/verify/math/compare/compare_rules.h"
#include "datasets/verify/math/compare/relation.h"
#include "datasets/verify/math/compare/scalar.h"
#include "datasets/verify/math/tree/matrix.h"
#include "datasets/verify/math/words/word_answer.h"

#include <math.h>
#include <string.h>

/// The outcome for two parts of an answer.
static verdict_outcome both(verdict_outcome a, verdict_outcome b)
{
    if (a == VERDICT_WRONG || b == VERDICT_WRONG)
        return VERDICT_WRONG;
    return a == VERDICT_RIGHT && b == VERDICT_RIGHT ? VERDICT_RIGHT : VERDICT_UNKNOWN;
}

bool is_collection(const expr *e)
{
    return e->kind == EXPR_LIST || e->kind == EXPR_SET || e->kind == EXPR_BRACKET ||
           e->kind == EXPR_MATRIX;
}

verdict_outcome unknown_unless_wrong(verdict_outcome outcome)
{
    return outcome == VERDICT_WRONG ? VERDICT_WRONG : VERDICT_UNKNOWN;
}

verdict_outcome unknown_unless_right(verdict_outcome outcome)
{
    return outcome == VERDICT_RIGHT ? VERDICT_RIGHT : VERDICT_UNKNOWN;
}

/// The pair of a point that is written with its name, A(1, 2); other trees unchanged.
static expr *unnamed_point(expr *e)
{
    bool named = e->kind == EXPR_MULTIPLY && e->count == 2 && e->child[0]->kind == EXPR_SYMBOL &&
                 ascii_is_capital(e->child[0]->text.bytes[0]);
    return named && e->child[1]->kind == EXPR_BRACKET ? e->child[1] : e;
}

/// A(1, 2) and B(1, 2).
static bool are_different_points(expr *a, expr *b)
{
    return unnamed_point(a) != a && unnamed_point(b) != b && !expr_same(a->child[0], b->child[0]);
}

/// The first element of a list that states one value in several forms: "1/2 or 0.5", "1/3 or about
/// 0.33". NULL if the elements differ.
static expr *restated_value(checker *c, expr *list)
{
    for (size_t i = 1; i < list->count; i++)
        if (!expr_is_scalar(list->child[i]) || !expr_is_scalar(list->child[0]) ||
            compare_trees(c, list->child[0], list->child[i]) == VERDICT_WRONG)
            return NULL;
    return list->child[0];
}

/// A list and a scalar, whichever is the reference.
static verdict_outcome compare_list_with_value(checker *c, expr *list, expr *value)
{
    verdict_outcome letters;
    if (compare_letters(&letters, c, list, value)) // B, A, D, C and BADC
        return letters;
    bool measures = list->op == CONNECTOR_AND; // 5 feet and 6 inches
    for (size_t i = 0; i < list->count; i++)
        measures = measures && is_quantity(list->child[i]);
    if (measures)
        return VERDICT_UNKNOWN;
    expr *one = list->op == CONNECTOR_OR || list->count == 1 ? restated_value(c, list) : NULL;
    return one != NULL ? compare_trees(c, one, value) : VERDICT_WRONG;
}

/// Ratios are equal if their terms are proportional; a : b is also the number a/b.
static verdict_outcome compare_ratios(checker *c, expr *a, expr *b)
{
    c->rule = "ratio";
    if (a->kind == EXPR_RATIO && b->kind == EXPR_RATIO) {
        verdict_outcome all = a->count == b->count ? VERDICT_RIGHT : VERDICT_WRONG;
        for (size_t i = 1; i < a->count && all != VERDICT_WRONG; i++) {
            expr *left = expr_binary(c->m, EXPR_MULTIPLY, a->child[i], b->child[0]);
            expr *right = expr_binary(c->m, EXPR_MULTIPLY, b->child[i], a->child[0]);
            if (left == NULL || right == NULL || !expr_is_scalar(left) || !expr_is_scalar(right))
                return VERDICT_UNKNOWN;
            all = both(all, scalar_compare(c, left, right));
        }
        return all;
    }
    expr *ratio = a->kind == EXPR_RATIO ? a : b;
    if (ratio->count != 2)
        return VERDICT_WRONG;
    expr *quotient = expr_binary(c->m, EXPR_DIVIDE, ratio->child[0], ratio->child[1]);
    if (quotient == NULL)
        return VERDICT_UNKNOWN;
    if (ratio == b && a->kind == EXPR_NUMBER && a->places < 0) // 17 and 17 : 1
        return unknown_unless_wrong(compare_trees(c, a, quotient));
    return ratio == a ? compare_trees(c, quotient, b) : compare_trees(c, a, quotient);
}

/// Numbers with a base, as 52_8. An answer without a base is right if it has the digits of the
/// reference: the question names the base.
static verdict_outcome compare_based(checker *c, expr *a, expr *b)
{
    verdict_outcome values = scalar_compare(c, a, b);
    c->rule = "digits in a base";
    if (a->kind == EXPR_BASED && b->kind == EXPR_BASED)
        return values == VERDICT_RIGHT && a->base != b->base ? VERDICT_UNKNOWN : values;
    const expr *based = a->kind == EXPR_BASED ? a : b, *plain = a->kind == EXPR_BASED ? b : a;
    if (based->base == 10)
        return values;
    if (plain->kind == EXPR_NUMBER && plain->places < 0 &&
        distill_span_equal(plain->text, based->text))
        return based == a || c->options.symmetric ? VERDICT_RIGHT : VERDICT_UNKNOWN;
    return values == VERDICT_RIGHT ? VERDICT_UNKNOWN : VERDICT_WRONG;
}

/// A single letter, which may also be the name of a constant.
static bool is_letter(const expr *e)
{
    return e->kind == EXPR_SYMBOL || (e->kind == EXPR_CONSTANT && e->text.length == 1);
}

/// a is the length of \vec{a}, or the same vector written without its arrow.
static verdict_outcome compare_two_letters(const expr *a, const expr *b)
{
    bool symbols = a->kind == EXPR_SYMBOL && b->kind == EXPR_SYMBOL;
    bool arrow = symbols && ((a->op == SYMBOL_ARROW && b->op == SYMBOL_PLAIN) ||
                             (a->op == SYMBOL_PLAIN && b->op == SYMBOL_ARROW));
    if (!distill_span_equal(a->text, b->text))
        return VERDICT_WRONG;
    return arrow ? VERDICT_UNKNOWN : VERDICT_RIGHT;
}

/// 5K and 5M may stand for 5000 and 5,000,000.
static bool has_suffix_letter(const expr *e)
{
    return e->kind == EXPR_MULTIPLY && e->count == 2 && e->child[0]->kind == EXPR_NUMBER &&
           e->child[1]->kind == EXPR_SYMBOL && e->child[1]->text.length == 1 &&
           strchr("KkMB", *e->child[1]->text.bytes) != NULL;
}

/// The number of a product that may be a quantity, as 5m or 15m^2: a number and a letter that is
/// also a unit. NULL for other trees.
static expr *before_unit_letter(const expr *e)
{
    if (e->kind != EXPR_MULTIPLY || e->count != 2 || expr_has_symbol(e->child[0], NULL))
        return NULL;
    const expr *letter = e->child[1];
    if (letter->kind == EXPR_POWER)
        letter = letter->child[0];
    bool is_unit = letter->kind == EXPR_SYMBOL && letter->text.length == 1 &&
                   strchr("mgshLKNJWVA", letter->text.bytes[0]) != NULL;
    return is_unit ? e->child[0] : NULL;
}

/// z \bar z and |z|^2.
static bool equal_as_conjugates(checker *c, expr *a, expr *b)
{
    distill_span conjugate = distill_span_of(EXPR_CONJUGATE);
    if (!expr_has_symbol(a, &conjugate) && !expr_has_symbol(b, &conjugate))
        return false;
    expr *x = expr_conjugates(c->m, a), *y = expr_conjugates(c->m, b);
    return x != NULL && y != NULL && scalar_compare(c, x, y) == VERDICT_RIGHT;
}

/// Scalars without units. Where the answer may have a unit and its number is right, the verdict is
/// unknown.
static verdict_outcome compare_plain_scalars(checker *c, expr *a, expr *b)
{
    verdict_outcome outcome = scalar_compare(c, a, b);
    if (outcome != VERDICT_UNKNOWN && a->values != NULL && b->values != NULL &&
        a->values->count + b->values->count > 2 &&
        products_may_not_commute(a, b, outcome == VERDICT_RIGHT))
        return VERDICT_UNKNOWN;
    expr *number =
        outcome != VERDICT_WRONG || expr_has_symbol(a, NULL) ? NULL : before_unit_letter(b);
    if (outcome == VERDICT_WRONG && a->kind == EXPR_NUMBER && has_suffix_letter(b))
        return VERDICT_UNKNOWN;
    if (outcome == VERDICT_WRONG && equal_as_conjugates(c, a, b))
        return VERDICT_RIGHT;
    if (outcome == VERDICT_WRONG && number != NULL && scalar_compare(c, a, number) == VERDICT_RIGHT)
        return VERDICT_UNKNOWN;
    return outcome;
}

/// 250 g and 15 m^2 as quantities, where the other answer is one; other trees unchanged. NULL if the
/// block is full.
static expr *with_unit_letter(checker *c, expr *e, const expr *other)
{
    expr *number = is_quantity(other) && !is_quantity(e) ? before_unit_letter(e) : NULL;
    if (number == NULL)
        return e;
    const expr *letter = e->child[1], *power = letter->kind == EXPR_POWER ? letter : NULL;
    int64_t exponent = 1;
    if (power != NULL &&
        (power->child[1]->kind != EXPR_NUMBER ||
         !exact_to_int(&exponent, &power->child[1]->value) || exponent < 1 || exponent > 9))
        return e;
    char *name = scratch_take(c->m, 4);
    expr *quantity = expr_unary(c->m, EXPR_QUANTITY, number);
    if (name == NULL || quantity == NULL)
        return NULL;
    name[0] = (power != NULL ? power->child[0] : letter)->text.bytes[0];
    name[1] = '^';
    name[2] = (char)('0' + exponent);
    quantity->text = (distill_span){name, power != NULL ? 3 : 1};
    return quantity;
}

static verdict_outcome compare_scalars(checker *c, expr *a, expr *b)
{
    a = with_unit_letter(c, a, b);
    b = a != NULL ? with_unit_letter(c, b, a) : NULL;
    if (b == NULL)
        return VERDICT_UNKNOWN;
    if (is_letter(a) && is_letter(b)) // \text{e} is a letter, e may be the constant
        return compare_two_letters(a, b);
    verdict_outcome outcome;
    if (compare_letters(&outcome, c, a, b) || compare_cross_products(&outcome, c, a, b))
        return outcome;
    if (is_quantity(a) || is_quantity(b)) {
        outcome = compare_quantities(c, a, b);
        c->rule = "quantity";
        return outcome;
    }
    if (a->kind == EXPR_BASED || b->kind == EXPR_BASED)
        return compare_based(c, a, b);
    return compare_plain_scalars(c, a, b);
}

/// Two trees of which one at least is words.
static verdict_outcome compare_text(checker *c, expr *a, expr *b)
{
    verdict_outcome letters;
    c->rule = "words";
    if (a->kind == EXPR_TEXT && b->kind == EXPR_TEXT)
        return word_compare(a->text, b->text);
    if (compare_letters(&letters, c, a, b))
        return letters;
    expr *text = a->kind == EXPR_TEXT ? a : b, *other = a->kind == EXPR_TEXT ? b : a;
    char set = word_set(text->text);
    int64_t num = 0, den = 1;
    bool number = word_number(&num, &den, text->text);
    if (set != '\0' && (describes_set(other) || other->kind == EXPR_BRACKET)) {
        expr *named = expr_leaf(c->m, EXPR_NAMED_SET);
        if (named == NULL)
            return VERDICT_UNKNOWN;
        named->op = (uint8_t)set;
        return a == text ? compare_trees(c, named, b) : compare_trees(c, a, named);
    }
    if (number && expr_is_scalar(other)) {
        expr *value =
            expr_binary(c->m, EXPR_DIVIDE, expr_number(c->m, num), expr_number(c->m, den));
        return value != NULL ? compare_trees(c, a == text ? value : a, a == text ? b : value)
                             : VERDICT_UNKNOWN;
    }
    if (other->kind == EXPR_SYMBOL || other->kind == EXPR_CONSTANT)
        return word_compare(text->text, other->text);
    if (other->kind == EXPR_RELATION && other->child[0]->kind == EXPR_TEXT) // (C) and (C) 12
        return word_compare(text->text, other->child[0]->text);
    // "undefined" differs from any value; other words are not read
    return word_no_value(text->text) && expr_is_scalar(other) ? VERDICT_WRONG : VERDICT_UNKNOWN;
}

/// A pair or interval with a minus sign, -[0, 1), and a scalar.
static bool compares_negated_collection(const expr *a, const expr *b)
{
    bool in_a = a->kind == EXPR_NEGATE && is_collection(a->child[0]);
    bool in_b = b->kind == EXPR_NEGATE && is_collection(b->child[0]);
    return (in_a && expr_is_scalar(b)) || (in_b && expr_is_scalar(a));
}

/// The place value of the last digit of a number that is not 0, 0.01 of 3.14 and 100 of 1200; 0 for
/// other trees.
static long double last_place(const expr *e)
{
    int64_t whole;
    long double unit = 1;
    if (e->kind != EXPR_NUMBER)
        return 0;
    if (e->places >= 0)
        return powl(10, -e->places);
    if (!exact_to_int(&whole, &e->value) || whole == 0)
        return 0;
    for (; whole % 10 == 0; whole /= 10)
        unit *= 10;
    return unit;
}

/// The second value may be the rounded form of the first: 5 \approx 6 states nothing. A value that
/// is no whole number may be rounded badly, by 2 percent.
static bool is_near(checker *c, expr *value, expr *rounded)
{
    if (value == rounded || !expr_is_scalar(value) || !expr_is_scalar(rounded) ||
        expr_has_symbol(value, NULL) || expr_has_symbol(rounded, NULL))
        return true;
    const scalar_values *x = scalar_values_of(c, value), *y = scalar_values_of(c, rounded);
    if (x == NULL || y == NULL || !x->at[0].valid || !y->at[0].valid)
        return true;
    long double off = fabsl(x->at[0].re - y->at[0].re), size = fabsl(x->at[0].re);
    bool whole = value->kind == EXPR_NUMBER && value->places < 0;
    return off < last_place(rounded) || off <= (whole ? 1e-12L : 0.02L) * size;
}

/// A link of the chain says that two values are near which are not: 42 \approx 43.
static bool has_far_approximation(checker *c, expr *e)
{
    for (size_t i = 0; e->kind == EXPR_RELATION && i + 1 < e->count; i++)
        if (e->relations[i] == RELATION_APPROXIMATE && !is_near(c, e->child[i], e->child[i + 1]))
            return true;
    return false;
}

/// Trees without \pm and words.
static verdict_outcome compare_kinds(checker *c, expr *a, expr *b)
{
    verdict_outcome outcome;
    if (has_far_approximation(c, a) || has_far_approximation(c, b))
        return VERDICT_UNKNOWN;
    if (is_set_of_sets(a) || is_set_of_sets(b))
        return is_set_of_sets(a) && is_set_of_sets(b) ? compare_collections(c, a, b)
                                                      : VERDICT_WRONG;
    if (describes_congruence(c, a) || describes_congruence(c, b))
        return compare_congruences(c, a, b);
    if (describes_family(a) || describes_family(b) || are_bare_families(a, b))
        return compare_families(c, a, b);
    if (describes_set(a) || describes_set(b))
        return compare_described_sets(c, a, b);
    if (compare_named(&outcome, c, a, b))
        return outcome;
    if (a->kind == EXPR_RATIO || b->kind == EXPR_RATIO)
        return compare_ratios(c, a, b);
    if (is_collection(a) && is_collection(b))
        return compare_collections(c, a, b);
    if (expr_is_scalar(a) && expr_is_scalar(b))
        return compare_scalars(c, a, b);
    expr *one = is_collection(a) ? a : b, *other = is_collection(a) ? b : a;
    if (!is_collection(one) || !expr_is_scalar(other))
        return compares_negated_collection(a, b) ? VERDICT_WRONG : VERDICT_UNKNOWN;
    if (one->kind == EXPR_LIST)
        return compare_list_with_value(c, one, other);
    bool only = one->count == 1 && one->kind != EXPR_BRACKET; // {5} and 5
    return only ? compare_trees(c, one->child[0], other) : VERDICT_WRONG;
}

/// Trees with \pm: the values with all signs written out are equal. Tried with the signs of an
/// element changing together, then independently.
static verdict_outcome compare_either(checker *c, expr *a, expr *b)
{
    verdict_outcome outcome = VERDICT_UNKNOWN;
    for (int together = 1; together >= 0; together--) {
        expr *x = list_without_either(c, a, together == 1);
        expr *y = list_without_either(c, b, together == 1);
        if (x == NULL || y == NULL)
            return VERDICT_UNKNOWN;
        x->kind = y->kind = EXPR_SET;
        outcome = compare_trees(c, x, y);
        c->rule = "both signs";
        if (outcome == VERDICT_RIGHT)
            return outcome;
    }
    return outcome;
}

/// The last value of a calculation without names, as 1/2 + 3 = 7/2; other trees unchanged.
static expr *last_value(checker *c, expr *e)
{
    bool calculation =
        relation_is_equation(e) && !expr_has_symbol(e, NULL) && !expr_contains(e, EXPR_TEXT);
    if (!calculation)
        return e;
    expr *value = relation_stated_value(e, 0); // of 6 = 5 there is none
    if (!is_near(c, value, e->child[e->count - 1]))
        return e;
    bool scalars = expr_is_scalar(e->child[0]) && expr_is_scalar(value);
    return scalars && scalar_compare(c, e->child[0], value) == VERDICT_WRONG ? e : value;
}

/// The letter of a number of selections: C for sets, P and A for ordered ones.
static bool is_selection_letter(const expr *e, const char *letters)
{
    return e->kind == EXPR_SYMBOL && e->text.length == 1 && strchr(letters, *e->text.bytes) != NULL;
}

/// A constant above 1, as a number of selections is that somebody asks for.
static bool may_count_selections(checker *c, expr *e)
{
    if (!expr_is_scalar(e) || expr_has_symbol(e, NULL))
        return false;
    const scalar_values *v = scalar_values_of(c, e);
    return v != NULL && v->at[0].valid && v->at[0].re > 1;
}

/// C(n, k), P(n, k) and 5C2 as numbers of selections where the other answer is a number above 1;
/// where it is not, C may be a point. Other trees unchanged.
static expr *selections(checker *c, expr *e, expr *other)
{
    expr *n, *k;
    const expr *letter;
    if (e->kind != EXPR_MULTIPLY || (e->count != 2 && e->count != 3))
        return e;
    if (e->count == 2 && is_selection_letter(e->child[0], "CPA") &&
        e->child[1]->kind == EXPR_BRACKET && e->child[1]->count == 2 && e->child[1]->open == '(') {
        letter = e->child[0];
        n = e->child[1]->child[0];
        k = e->child[1]->child[1];
    } else if (e->count == 3 && is_selection_letter(e->child[1], "CP") &&
               e->child[0]->kind == EXPR_NUMBER && e->child[2]->kind == EXPR_NUMBER) {
        letter = e->child[1];
        n = e->child[0];
        k = e->child[2];
    } else {
        return e;
    }
    if (!may_count_selections(c, other))
        return e;
    expr *chosen = expr_binary(c->m, EXPR_BINOMIAL, n, k);
    if (*letter->text.bytes == 'C')
        return chosen;
    return expr_binary(c->m, EXPR_MULTIPLY, chosen, expr_unary(c->m, EXPR_FACTORIAL, k));
}

/// A sum of multiples of the unit vectors i, j and k as the tuple of its components, where the other
/// answer is a tuple of two or three; other trees unchanged.
static expr *components(checker *c, expr *e, const expr *other)
{
    static const char *const UNITS[] = {"i", "j", "k"};
    expr *parts[3];
    bool tuple = (other->kind == EXPR_BRACKET || other->kind == EXPR_MATRIX) && other->count >= 2 &&
                 other->count <= 3;
    distill_span last = distill_span_of(UNITS[2]);
    if (!tuple || !expr_is_scalar(e) || (other->count == 2 && expr_has_symbol(e, &last)))
        return e;
    bool any = false;
    for (size_t axis = 0; axis < other->count; axis++) {
        parts[axis] = e;
        for (size_t i = 0; i < 3 && parts[axis] != NULL; i++) {
            distill_span name = distill_span_of(UNITS[i]);
            any = any || expr_has_symbol(e, &name);
            parts[axis] = expr_substitute(c->m, parts[axis], name, expr_number(c->m, i == axis));
        }
    }
    expr *vector = any ? expr_node(c->m, EXPR_BRACKET, parts, other->count) : e;
    if (any && vector != NULL) {
        vector->open = '(';
        vector->close = ')';
    }
    return vector;
}

/// The answer without what does not change its value: steps of a calculation, the name of a point,
/// matrix arithmetic, several measures of one quantity.
static expr *plain_form(checker *c, expr *e, expr *other)
{
    e = selections(c, last_value(c, e), other);
    e = e != NULL ? components(c, e, other) : NULL;
    e = e != NULL ? matrix_simplify(c->m, unnamed_point(e)) : NULL;
    return e != NULL ? sum_of_measures(c, e) : NULL;
}

verdict_outcome compare_trees(checker *c, expr *a, expr *b)
{
    if (--c->steps < 0 || c->depth >= CHECKER_DEPTH)
        return VERDICT_UNKNOWN;
    c->depth++;
    verdict_outcome outcome = VERDICT_UNKNOWN;
    bool points = are_different_points(a, b);
    a = plain_form(c, a, b);
    b = a != NULL ? plain_form(c, b, a) : NULL;
    if (a != NULL && b != NULL && !points) {
        if (expr_count_either(a) + expr_count_either(b) > 0)
            outcome =
                are_signed_families(a, b) ? compare_families(c, a, b) : compare_either(c, a, b);
        else if (a->kind == EXPR_TEXT || b->kind == EXPR_TEXT)
            outcome = compare_text(c, a, b);
        else
            outcome = compare_kinds(c, a, b);
    }
    c->depth--;
    return outcome;
}
