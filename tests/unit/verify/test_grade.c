// Replies of every kind, and the grade that each policy gives them.
#include "tests/support/unit.h"

#include "datasets/verify/grade.h"

typedef struct expected {
    verdict_outcome outcome;
    grade_reason reason;
} expected;

typedef struct grade_row {
    const char *domain, *answer, *response;
    reply_end end;
    expected filter, bench;
} grade_row;

#define RIGHT                                                                                      \
    {                                                                                              \
        VERDICT_RIGHT, GRADE_RIGHT                                                                 \
    }
#define WRONG(why)                                                                                 \
    {                                                                                              \
        VERDICT_WRONG, why                                                                         \
    }
#define UNKNOWN(why)                                                                               \
    {                                                                                              \
        VERDICT_UNKNOWN, why                                                                       \
    }

// clang-format off
static const grade_row ROWS[] = {
    // a complete reply
    {"math", "42", "<think>\n6*7\n</think>\n\n\\boxed{42}", REPLY_COMPLETE, RIGHT, RIGHT},
    {"math", "42", "<think>\n6*7\n</think>\n\n\\boxed{41}", REPLY_COMPLETE, WRONG(GRADE_WRONG), WRONG(GRADE_WRONG)},
    {"math", "42", "\\boxed{42}", REPLY_COMPLETE, RIGHT, RIGHT},
    {"math", "42", "<think>\nit must be \\boxed{42}", REPLY_COMPLETE, WRONG(GRADE_NO_ANSWER), WRONG(GRADE_NO_ANSWER)},
    {"math", "42", "", REPLY_COMPLETE, WRONG(GRADE_NO_ANSWER), WRONG(GRADE_NO_ANSWER)},
    {"choice", "B", "I cannot tell.", REPLY_COMPLETE, UNKNOWN(GRADE_NO_ANSWER), UNKNOWN(GRADE_UNKNOWN)},
    {"choice", "B", "<think>\nthe answer is (B)", REPLY_COMPLETE, UNKNOWN(GRADE_NO_ANSWER), WRONG(GRADE_NO_ANSWER)},
    {"math", "\\frac13", "\\boxed{0.3333}", REPLY_COMPLETE, UNKNOWN(GRADE_UNKNOWN), UNKNOWN(GRADE_UNKNOWN)},
    // no rule, no reference
    {"general", "42", "\\boxed{42}", REPLY_COMPLETE, UNKNOWN(GRADE_UNKNOWN), UNKNOWN(GRADE_UNKNOWN)},
    {"general", "42", "<think>\nit must be \\boxed{42}", REPLY_COMPLETE, UNKNOWN(GRADE_UNKNOWN), WRONG(GRADE_NO_ANSWER)},
    {"math", "", "We cannot see how this sum could ever be found.", REPLY_COMPLETE, UNKNOWN(GRADE_UNKNOWN), WRONG(GRADE_NO_ANSWER)},
    {"", "B", "The answer is (B) 42.", REPLY_COMPLETE, RIGHT, WRONG(GRADE_WRONG)},
    {"", "42", "\\boxed{42}", REPLY_COMPLETE, RIGHT, RIGHT},
    // a reply that was cut
    {"math", "42", "<think>\nit must be \\boxed{42}, but", REPLY_CUT, WRONG(GRADE_NO_ANSWER), WRONG(GRADE_TRUNCATED)},
    {"math", "42", "it must be \\boxed{42}, but", REPLY_CUT, RIGHT, WRONG(GRADE_TRUNCATED)},
    {"math", "42", "<think>\n6*7\n</think>\n\\boxed{42} which we can", REPLY_CUT, RIGHT, RIGHT},
    {"math", "42", "<think>\n6*7\n</think>\nWe can see now that this sum", REPLY_CUT, WRONG(GRADE_NO_ANSWER), WRONG(GRADE_TRUNCATED)},
    {"math", "42", "<think>a</think>b<think>\\boxed{42}", REPLY_CUT, WRONG(GRADE_NO_ANSWER), WRONG(GRADE_TRUNCATED)},
    {"general", "", "<think>\nit must be", REPLY_CUT, WRONG(GRADE_NO_ANSWER), WRONG(GRADE_TRUNCATED)},
    // no reply
    {"math", "42", "\\boxed{42}", REPLY_FAILED, WRONG(GRADE_NO_ANSWER), WRONG(GRADE_FAILED)},
};
// clang-format on

static void check(grade *g, const grade_row *row, grade_policy policy)
{
    const grade_case c = {.domain = distill_span_of(row->domain),
                          .answer = distill_span_of(row->answer),
                          .response = distill_span_of(row->response),
                          .end = row->end};
    const expected *wanted = policy == GRADE_FOR_FILTER ? &row->filter : &row->bench;
    assert_ok(grade_reply(g, GRADE_AUTO, &c, policy));
    if (g->verdict.outcome != wanted->outcome || g->reason != wanted->reason)
        fail_msg("row %td, policy %d: outcome %d, reason %d; expected %d, %d", row - ROWS, policy,
                 g->verdict.outcome, g->reason, wanted->outcome, wanted->reason);
}

static void replies_are_graded_as_each_policy_says(void **state)
{
    (void)state;
    grade g = {0};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        check(&g, &ROWS[i], GRADE_FOR_FILTER);
        check(&g, &ROWS[i], GRADE_FOR_BENCH);
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
    assert_ok(grade_reply(&g, GRADE_NONE, &c, GRADE_FOR_FILTER));
    assert_int_equal(g.verdict.outcome, VERDICT_UNKNOWN);
    assert_int_equal(g.reason, GRADE_NOT_GRADED);
    grade_free(&g);
}

static void tests_are_run_where_the_problem_is_code(void **state)
{
    (void)state;
    grade_case c = {.tests = distill_span_of("[]"), .domain = distill_span_of("code")};
    assert_true(grade_runs_tests(GRADE_AUTO, &c, GRADE_FOR_FILTER));
    assert_true(grade_runs_tests(GRADE_AUTO, &c, GRADE_FOR_BENCH));
    assert_false(grade_runs_tests(GRADE_MATH, &c, GRADE_FOR_FILTER));
    c.domain = distill_span_of("");
    assert_true(grade_runs_tests(GRADE_AUTO, &c, GRADE_FOR_FILTER));
    assert_false(grade_runs_tests(GRADE_AUTO, &c, GRADE_FOR_BENCH));
    c.domain = distill_span_of("math");
    assert_false(grade_runs_tests(GRADE_AUTO, &c, GRADE_FOR_FILTER));
    assert_true(grade_runs_tests(GRADE_CODE, &c, GRADE_FOR_FILTER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_are_graded_as_each_policy_says),
        cmocka_unit_test(nothing_is_graded_without_a_rule),
        cmocka_unit_test(tests_are_run_where_the_problem_is_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
