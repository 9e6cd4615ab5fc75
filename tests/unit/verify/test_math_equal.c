// tests/unit/verify/test_math_equal.c - the table of answers, and properties that hold for every
// pair of answers.
#include "datasets/verify/math/compare/compare_tree.h"
#include "datasets/verify/math/latex/latex_parser.h"
#include "datasets/verify/math/math_equal.h"
#include "datasets/verify/math/tree/evaluate.h"
#include "tests/support/case_table.h"
#include "tests/support/unit.h"

#include <stdlib.h>

static const char *name_of(verdict_outcome outcome)
{
    return outcome == VERDICT_RIGHT ? "right" : outcome == VERDICT_WRONG ? "wrong" : "unknown";
}

static void answers_compare_as_the_table_says(void **state)
{
    (void)state;
    case_table table;
    const char *rule;
    size_t failures = 0;
    case_table_open(&table, "math_equal.test", 3);
    while (case_table_next(&table)) {
        verdict_outcome outcome = math_equal(&rule, distill_span_of(table.field[0]),
                                             distill_span_of(table.field[1]), &MATH_DEFAULTS);
        if (strcmp(name_of(outcome), table.field[2]) != 0) {
            print_error("%s:%zu: reference %s, answer %s: %s (%s), expected %s\n", table.name,
                        table.line, table.field[0], table.field[1], name_of(outcome), rule,
                        table.field[2]);
            failures++;
        }
    }
    assert_int_equal(failures, 0);
    case_table_close(&table);
}

static void votes_are_reflexive_and_symmetric(void **state)
{
    (void)state;
    case_table table;
    case_table_open(&table, "math_equal.test", 3);
    while (case_table_next(&table)) {
        distill_span a = distill_span_of(table.field[0]), b = distill_span_of(table.field[1]);
        assert_int_equal(answers_equal(a, a), VERDICT_RIGHT);
        assert_int_equal(answers_equal(a, b), answers_equal(b, a));
    }
    case_table_close(&table);
}

/// Right answers of the table stay right when the sides are exchanged, except under the few rules
/// that depend on which side is the reference.
static void right_answers_are_right_from_both_sides(void **state)
{
    (void)state;
    case_table table;
    size_t right = 0, both = 0;
    case_table_open(&table, "math_equal.test", 3);
    while (case_table_next(&table)) {
        distill_span a = distill_span_of(table.field[0]), b = distill_span_of(table.field[1]);
        right += strcmp(table.field[2], "right") == 0;
        both += strcmp(table.field[2], "right") == 0 && answers_equal(a, b) == VERDICT_RIGHT;
    }
    case_table_close(&table);
    assert_true(both * 100 >= right * 98);
}

static void options_change_what_counts(void **state)
{
    (void)state;
    const char *rule;
    math_options options = MATH_DEFAULTS;
    distill_span third = distill_span_of("\\frac13"), rounded = distill_span_of("0.33");
    assert_int_equal(math_equal(&rule, third, rounded, &options), VERDICT_WRONG);
    options.precision = 2;
    assert_int_equal(math_equal(&rule, third, rounded, &options), VERDICT_RIGHT);
    options.precision = 3;
    assert_int_equal(math_equal(&rule, third, rounded, &options), VERDICT_WRONG);
    options = MATH_DEFAULTS;
    distill_span x = distill_span_of("2x+y"), z = distill_span_of("2z+w");
    assert_int_equal(math_equal(&rule, x, z, &options), VERDICT_WRONG);
    options.any_variable = true;
    assert_int_equal(math_equal(&rule, x, z, &options), VERDICT_RIGHT);
    assert_int_equal(math_equal(&rule, x, distill_span_of("z+2w"), &options), VERDICT_WRONG);
}

/// The comparison ends within twice its budget of evaluation and of steps: what is running when one
/// of them is used up returns without further work.
static void assert_bounded(const char *what, const char *gold, const char *answer)
{
    _Alignas(16) static char block[SCRATCH_BYTES];
    scratch memory = {block, sizeof block, 0};
    checker c = {.m = &memory,
                 .options = MATH_DEFAULTS,
                 .budget = EVALUATION_BUDGET,
                 .steps = CHECKER_STEPS};
    expr *a = latex_parse(&memory, distill_span_of(gold), 0);
    expr *b = latex_parse(&memory, distill_span_of(answer), 0);
    if (a != NULL && b != NULL)
        (void)compare_trees(&c, a, b);
    if (c.budget < -EVALUATION_BUDGET || c.steps < -CHECKER_STEPS)
        fail_msg("%s: %ld of %d units of evaluation, %ld of %d steps", what,
                 EVALUATION_BUDGET - c.budget, EVALUATION_BUDGET, CHECKER_STEPS - c.steps,
                 CHECKER_STEPS);
}

/// `format` for i = first, first + step, …, joined by `glue`, up to the longest answer that is
/// parsed.
static char *repeated(const char *format, const char *glue, int first, int step, size_t count)
{
    char *text = calloc(1, 8192);
    assert_non_null(text);
    for (size_t n = 0; n < count && strlen(text) < 7900; n++) {
        char part[128];
        int i = first + step * (int)n;
        snprintf(part, sizeof part, format, i, i + 1, i + 2);
        if (n > 0)
            strcat(text, glue);
        strcat(text, part);
    }
    return text;
}

static void the_work_for_any_answer_is_bounded(void **state)
{
    (void)state;
    static const char *const FORMATS[][2] = {
        {"\\frac{%d^{900}}{%d^{800}}", "+"},
        {"\\binom{3000}{%d}", "+"},
        {"\\frac{2000!}{%d!}", "+"},
        {"\\sin(%dx)+x^{%d/7}", ", "},
        {"\\ln(x+%d)^{x+%d}", "+"},
        {"\\pm\\sqrt{%d}\\pm\\sqrt{%d}", ","},
        {"(%d,%d)", "\\cup"},
        {"x^{%d}+y^{%d}=%d", " , "},
        {"\\sin(x^{%d}+y^{%d})=%d", " , "},
        {"\\{%d,%d,%d\\}", ","},
        {"(1+\\sqrt{%d})^{60}", "\\cdot"},
        {"\\lfloor %d^{0.%d} \\rfloor!", "+"},
        {"%d^{%d}", "^"},
        {"f(%dx)", "+"},
        {"1,%03d", ","},
        {"\\log_{%d}(x^2+%d)", "+"},
    };
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        for (size_t count = 8; count <= 512; count *= 4) {
            char *up = repeated(FORMATS[i][0], FORMATS[i][1], 11, 1, count);
            char *down = repeated(FORMATS[i][0], FORMATS[i][1], 10 + (int)count, -1, count);
            assert_bounded(FORMATS[i][0], up, down);
            assert_bounded(FORMATS[i][0], up, "1");
            free(up);
            free(down);
        }
    assert_bounded("tower", "9^{9^{9^9}}", "9^{9^{9^{9^9}}}");
    assert_bounded("factorials", "((3!)!)!", "((((3!)!)!)!)!");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_compare_as_the_table_says),
        cmocka_unit_test(votes_are_reflexive_and_symmetric),
        cmocka_unit_test(right_answers_are_right_from_both_sides),
        cmocka_unit_test(options_change_what_counts),
        cmocka_unit_test(the_work_for_any_answer_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
