// The grader: one row for each kind of reply, with its outcome and reason, and the rules by name
// and by domain.
#include "tests/support/unit.h"

#include "datasets/verify/grade_counts.h"

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
    {"math", "", "We cannot see how this sum could ever be found.", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_NO_REFERENCE},
    {"math", " ", "\\boxed{42}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_NO_REFERENCE},
    {"choice", "", "The answer is B.", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_NO_REFERENCE},
    {"general", "", "The sea is wide.", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_NO_REFERENCE},
    {"code", "42", "\\boxed{42}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_NO_REFERENCE},
    // a reference that is none
    {"math", "proof", "\\boxed{42}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_BAD_REFERENCE},
    {"math", "?", "\\boxed{42}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_BAD_REFERENCE},
    {"math", "Answers will vary", "\\boxed{42}", REPLY_COMPLETE, VERDICT_UNKNOWN,
     GRADE_BAD_REFERENCE},
    {"math", "See page 12", "\\boxed{12}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_BAD_REFERENCE},
    {"math", "[asy] dot((0,0)); [/asy]", "\\boxed{0}", REPLY_COMPLETE, VERDICT_UNKNOWN,
     GRADE_BAD_REFERENCE},
    {"math", "no solution", "\\boxed{42}", REPLY_COMPLETE, VERDICT_WRONG, GRADE_WRONG},
    {"math", "Proof.", "Then the sum is even, as was to be shown.", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_BAD_REFERENCE},
    {"math", "[see solution]", "\\boxed{42}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_BAD_REFERENCE},
    {"math", "\\text{Not found}", "\\boxed{\\text{Not found}}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_BAD_REFERENCE},
    {"", "N/A", "\\boxed{42}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_BAD_REFERENCE},
    {"choice", "n/a", "The answer is B.", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_BAD_REFERENCE},
    {"math", "\\text{None}", "\\boxed{\\text{none}}", REPLY_COMPLETE, VERDICT_RIGHT, GRADE_RIGHT},
    {"math", "undefined", "The value is undefined.", REPLY_COMPLETE, VERDICT_RIGHT, GRADE_RIGHT},
    // an answer that cannot be read
    {"choice", "B", "The answer is B or D.", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_UNKNOWN},
    {"choice", "B", "\\boxed{B}, \\boxed{D}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_UNKNOWN},
    {"math", "5", "She has 5 dogs and 7 cats.", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_UNKNOWN},
    {"math", "5", "There are at least 5 of them.", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_UNKNOWN},
    // no domain
    {"", "B", "The answer is (B) 42.", REPLY_COMPLETE, VERDICT_RIGHT, GRADE_RIGHT},
    {"", "42", "\\boxed{42}", REPLY_COMPLETE, VERDICT_RIGHT, GRADE_RIGHT},
    {"", "", "\\boxed{42}", REPLY_COMPLETE, VERDICT_UNKNOWN, GRADE_NO_REFERENCE},
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
        assert_int_equal(grade_is_undecided(row->reason),
                         row->outcome == VERDICT_UNKNOWN && row->reason != GRADE_TRUNCATED);
        if (found != g.verdict.found && row->reason != GRADE_UNKNOWN)
            fail_msg("row %zu: found %d", i, g.verdict.found);
        if (!g.verdict.found)
            assert_int_equal(g.verdict.extracted.length, 0);
    }
    grade_free(&g);
}

static void counts_are_given_by_outcome_and_reason(void **state)
{
    (void)state;
    distill_text text = {0};
    grade_counts counts = {.truncated = 3};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        counts.of[ROWS[i].reason] += ROWS[i].reason < GRADE_FAILED;
    uint64_t right = 0, wrong = 0, unknown = 0;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (ROWS[i].reason < GRADE_FAILED) {
            right += ROWS[i].outcome == VERDICT_RIGHT;
            wrong += ROWS[i].outcome == VERDICT_WRONG;
            unknown += ROWS[i].outcome == VERDICT_UNKNOWN;
        }
    assert_int_equal(grade_counts_with(&counts, VERDICT_RIGHT), right);
    assert_int_equal(grade_counts_with(&counts, VERDICT_WRONG), wrong);
    assert_int_equal(grade_counts_with(&counts, VERDICT_UNKNOWN), unknown);
    counts = (grade_counts){.truncated = 3};
    counts.of[GRADE_RIGHT] = 5;
    counts.of[GRADE_WRONG] = 1;
    counts.of[GRADE_NO_ANSWER] = 2;
    counts.of[GRADE_NO_REFERENCE] = 4;
    counts.of[GRADE_TRUNCATED] = 2;
    assert_ok(grade_counts_write(&text, &counts));
    assert_string_equal(text.bytes, "5 right, 3 wrong (2 no_answer), 6 unknown (2 truncated, 4 "
                                    "no_reference); 3 cut at the token limit");
    distill_text_clear(&text);
    distill_json_writer w = {.out = &text};
    distill_json_begin_object(&w, NULL);
    grade_counts_add(&w, &counts);
    distill_json_end_object(&w);
    assert_ok(distill_json_finish(&w));
    assert_string_equal(text.bytes,
                        "{\"verdicts\":{\"right\":5,\"wrong\":3,\"unknown\":6,\"truncated\":3,"
                        "\"reasons\":{\"no_answer\":2,\"truncated\":2,\"no_reference\":4}}}");
    distill_text_free(&text);
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
        cmocka_unit_test(counts_are_given_by_outcome_and_reason),
        cmocka_unit_test(nothing_is_graded_without_a_rule),
        cmocka_unit_test(tests_are_run_where_the_problem_is_code),
        cmocka_unit_test(a_rule_given_by_name_replaces_the_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
