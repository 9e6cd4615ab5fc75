// The grader: one row for each kind of reply, with its outcome and reason, and the rules by name
// and by domain.
#include "tests/support/unit.h"

#include "datasets/verify/grade.h"

typedef struct grade_row {
    const char *domain, *answer, *response;
    reply_end end;
    verdict_outcome outcome;
    grade_reason reason;
} grade_row;

// clang-format off
static const grade_row ROWS[] = {
    // complete
    {"math", "42", "<think>\n6*7\n</think>\n\n\\boxed{42}", REPLY_COMPLETE, VERDICT_RIGHT, GRADE_RIGHT},
    {"math", "42", "<think>\n6*7\n</think>\n\n\\boxed{41}", REPLY_COMPLETE, VERDICT_WRONG, GRADE_WRONG},
    {"math", "42", "\\boxed{42}", REPLY_COMPLETE, VERDICT_RIGHT, GRADE_RIGHT},
    {"math", "42", "<think>\nit must be \\boxed{42}", REPLY_COMPLETE, VERDICT_WRONG, GRADE_NO_ANSWER},
    {"math", "42", "", REPLY_COMPLETE, VERDICT_WRONG, GRADE_NO_ANSWER},
    {"choice", "B", "I cannot tell.", REPLY_COMPLETE, VERDICT_WRONG, GRADE_NO_ANSWER},
    {"choice", "B", "<think>\nthe answer is (B)", REPLY_COMPLETE, VERDICT_WRONG, GRADE_NO_ANSWER},
    {"math", "\\frac13", "\\boxed{0.3333}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_UNKNOWN},
    // no rule, no reference
    {"general", "42", "\\boxed{42}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_UNKNOWN},
    {"general", "42", "<think>\nit must be \\boxed{42}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_UNKNOWN},
    {"math", "", "We cannot see how this sum could ever be found.", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_UNKNOWN},
    {"code", "42", "\\boxed{42}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_UNKNOWN},
    // no domain
    {"", "B", "The answer is (B) 42.", REPLY_COMPLETE, VERDICT_RIGHT, GRADE_RIGHT},
    {"", "42", "\\boxed{42}", REPLY_COMPLETE, VERDICT_RIGHT, GRADE_RIGHT},
    {"", "", "\\boxed{42}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_UNKNOWN},
    // cut within the thought
    {"math", "42", "<think>\nit must be \\boxed{42}, but", REPLY_CUT, VERDICT_UNKNOWN, GRADE_TRUNCATED},
    {"math", "42", "it must be \\boxed{42}, but", REPLY_CUT, VERDICT_UNKNOWN, GRADE_TRUNCATED},
    {"math", "42", "<think>a</think>b<think>\\boxed{42}", REPLY_CUT, VERDICT_UNKNOWN, GRADE_TRUNCATED},
    {"general", "", "<think>\nit must be", REPLY_CUT, VERDICT_UNKNOWN, GRADE_TRUNCATED},
    // cut after it
    {"math", "42", "<think>\n6*7\n</think>\n\\boxed{42} which we can", REPLY_CUT, VERDICT_RIGHT, GRADE_RIGHT},
    {"math", "42", "6*7\n</think>\n\\boxed{41} which we can", REPLY_CUT, VERDICT_WRONG, GRADE_WRONG},
    {"math", "42", "<|begin_of_thought|>6*7<|end_of_thought|>\\boxed{42} which", REPLY_CUT, VERDICT_RIGHT, GRADE_RIGHT},
    {"math", "42", "<think>\n6*7\n</think>\nWe can see now that this sum", REPLY_CUT, VERDICT_UNKNOWN, GRADE_TRUNCATED},
    // no reply
    {"math", "42", "\\boxed{42}", REPLY_FAILED, VERDICT_WRONG, GRADE_FAILED},
    {"general", "", "", REPLY_FAILED, VERDICT_WRONG, GRADE_FAILED},
};
// clang-format on

static void replies_are_graded_by_one_policy(void **state)
{
    (void)state;
    grade g = {0};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const grade_row *row = &ROWS[i];
        const grade_case c = {.domain = distill_span_of(row->domain),
                              .answer = distill_span_of(row->answer),
                              .response = distill_span_of(row->response),
                              .end = row->end};
        assert_ok(grade_reply(&g, GRADE_AUTO, &c));
        if (g.verdict.outcome != row->outcome || g.reason != row->reason)
            fail_msg("row %zu: outcome %d, reason %d; expected %d, %d", i, g.verdict.outcome,
                     g.reason, row->outcome, row->reason);
        bool found = row->reason == GRADE_RIGHT || row->reason == GRADE_WRONG;
        if (found != g.verdict.found && row->reason != GRADE_UNKNOWN)
            fail_msg("row %zu: found %d", i, g.verdict.found);
        if (!g.verdict.found)
            assert_int_equal(g.verdict.extracted.length, 0);
    }
    grade_free(&g);
}

static void nothing_is_graded_without_a_rule(void **state)
{
    (void)state;
    grade g = {0};
    const grade_case c = {.domain = distill_span_of("math"),
                          .answer = distill_span_of("42"),
                          .response = distill_span_of("\\boxed{42}")};
    assert_ok(grade_reply(&g, GRADE_NONE, &c));
    assert_int_equal(g.verdict.outcome, VERDICT_UNKNOWN);
    assert_int_equal(g.reason, GRADE_NOT_GRADED);
    grade_free(&g);
}

static void tests_are_run_where_the_problem_is_code(void **state)
{
    (void)state;
    grade_case c = {.tests = distill_span_of("[]"), .domain = distill_span_of("code")};
    assert_true(grade_runs_tests(GRADE_AUTO, &c));
    assert_false(grade_runs_tests(GRADE_MATH, &c));
    c.domain = distill_span_of("");
    assert_true(grade_runs_tests(GRADE_AUTO, &c));
    c.domain = distill_span_of("math");
    assert_false(grade_runs_tests(GRADE_AUTO, &c));
    assert_true(grade_runs_tests(GRADE_CODE, &c));
    c.tests = distill_span_of("");
    assert_false(grade_runs_tests(GRADE_CODE, &c));
}

static void a_rule_given_by_name_replaces_the_domain(void **state)
{
    (void)state;
    grade g = {0};
    grade_case c = {.domain = distill_span_of("general"),
                    .answer = distill_span_of("B"),
                    .response = distill_span_of("The answer is (B) 42.")};
    assert_ok(grade_reply(&g, GRADE_CHOICE, &c));
    assert_int_equal(g.reason, GRADE_RIGHT);
    c.answer = distill_span_of("42");
    c.response = distill_span_of("\\boxed{42}");
    assert_ok(grade_reply(&g, GRADE_MATH, &c));
    assert_int_equal(g.reason, GRADE_RIGHT);
    grade_free(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_are_graded_by_one_policy),
        cmocka_unit_test(nothing_is_graded_without_a_rule),
        cmocka_unit_test(tests_are_run_where_the_problem_is_code),
        cmocka_unit_test(a_rule_given_by_name_replaces_the_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
