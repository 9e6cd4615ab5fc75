// tests/unit/verify/test_evaluate.c - the error bound of a value holds and is tight enough to
// distinguish values.
#include "datasets/verify/math/latex/latex_parser.h"
#include "datasets/verify/math/tree/evaluate.h"
#include "tests/support/unit.h"

#include <math.h>

static _Alignas(16) char block[SCRATCH_BYTES];

static ball value_at(const char *text, int point)
{
    scratch m = {block, sizeof block, 0};
    expr *e = latex_parse(&m, distill_span_of(text), 0);
    assert_non_null(e);
    evaluation at = {.point = point, .budget = EVALUATION_BUDGET};
    return evaluate(&at, e);
}

static void constants_come_out_within_their_error(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long double re, im;
    } ROWS[] = {
        {"\\sqrt2", 1.41421356237309504880L, 0},
        {"\\pi", 3.14159265358979323846L, 0},
        {"e^2", 7.38905609893065022723L, 0},
        {"\\ln 10", 2.30258509299404568402L, 0},
        {"\\log 1000", 3, 0},
        {"2^{0.5}", 1.41421356237309504880L, 0},
        {"\\sqrt[3]{-8}", -2, 0},
        {"(-8)^{2/3}", 4, 0},
        {"\\sqrt{-4}", 0, 2},
        {"e^{i\\pi}", -1, 0},
        {"\\sin 30^\\circ", 0.5L, 0},
        {"\\arctan 1", 0.78539816339744830962L, 0},
        {"\\arcsin 2", 1.57079632679489661923L, 1.31695789692481670863L},
        {"5!", 120, 0},
        {"\\binom{10}{3}", 120, 0},
        {"\\lfloor -2.5 \\rfloor", -3, 0},
        {"\\gcd(12, 18)", 6, 0},
        {"\\max(2, 3)", 3, 0},
        {"|3-4i|", 5, 0},
        {"17 \\bmod 5", 2, 0},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        ball s = value_at(ROWS[i].text, 0);
        long double off = hypotl(s.re - ROWS[i].re, fabsl(s.im) - ROWS[i].im);
        if (!s.valid || off > 4 * s.error + 1e-18L || s.error > 1e-15L * (1 + fabsl(s.re)))
            fail_msg("%s is %Lg + %Lg i, off by %Lg with error %Lg", ROWS[i].text, s.re, s.im, off,
                     s.error);
    }
}

static void identities_hold_at_every_point(void **state)
{
    (void)state;
    static const char *const PAIRS[][2] = {
        {"(x+1)^{10}", "x^{10}+10x^9+45x^8+120x^7+210x^6+252x^5+210x^4+120x^3+45x^2+10x+1"},
        {"\\sin^2 x+\\cos^2 x", "1"},
        {"\\cosh^2 x-\\sinh^2 x", "1"},
        {"\\frac{1}{x-1}-\\frac{1}{x+1}", "\\frac{2}{x^2-1}"},
        {"f(x+1)", "f(1+x)"},
    };
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++)
        for (int point = 0; point < EVALUATION_POINTS; point++) {
            ball a = value_at(PAIRS[i][0], point), b = value_at(PAIRS[i][1], point);
            assert_true(a.valid && b.valid);
            if (ball_equal(&a, &b) != 1)
                fail_msg("%s differs from %s at point %d", PAIRS[i][0], PAIRS[i][1], point);
        }
}

static void small_differences_are_detected(void **state)
{
    (void)state;
    ball a = value_at("\\sqrt2+10^{-14}", 0), b = value_at("\\sqrt2", 0);
    assert_int_equal(ball_equal(&a, &b), 0);
    a = value_at("x+10^{-12}", 1), b = value_at("x", 1);
    assert_int_equal(ball_equal(&a, &b), 0);
}

static void cancellation_shows_in_the_error(void **state)
{
    (void)state;
    ball s = value_at("(10^{15}+\\sqrt2)-10^{15}", 0);
    assert_true(s.valid && s.error > 1e-6L);
    ball expected = value_at("\\sqrt2", 0);
    assert_int_not_equal(ball_equal(&s, &expected), 0);
}

static void what_has_no_value_is_invalid(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "1/0",    "\\ln 0", "0^{-1}",      "9^{9^{9^9}}",     "\\infty",
        "10000!", "0^0",    "(1-1)/(2-2)", "\\tan 90^\\circ", "(-1)!"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        if (value_at(TEXTS[i], 0).valid)
            fail_msg("%s has a value", TEXTS[i]);
}

static void a_spent_budget_ends_the_evaluation(void **state)
{
    (void)state;
    scratch m = {block, sizeof block, 0};
    expr *e = latex_parse(&m, distill_span_of("\\sin x+\\sin x+\\sin x"), 0);
    evaluation at = {.budget = 15};
    assert_false(evaluate(&at, e).valid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants_come_out_within_their_error),
        cmocka_unit_test(identities_hold_at_every_point),
        cmocka_unit_test(small_differences_are_detected),
        cmocka_unit_test(cancellation_shows_in_the_error),
        cmocka_unit_test(what_has_no_value_is_invalid),
        cmocka_unit_test(a_spent_budget_ends_the_evaluation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
