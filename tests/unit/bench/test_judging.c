// Verdicts on replies: half-thoughts are never searched.
#include "tests/support/unit.h"

#include "bench/judging.h"

static void judge(judging *j, trace_record *record, const char *response, trace_finish finish)
{
    *record = (trace_record){.response = distill_span_of(response),
                             .answer = distill_span_of("42"),
                             .domain = distill_span_of("math"),
                             .finish = finish};
    assert_ok(judging_judge(j, record));
    assert_true(record->has_verdict);
}

static void finished_replies_are_judged_by_their_answer(void **state)
{
    (void)state;
    judging j = {0};
    trace_record r;
    judge(&j, &r, "<think>\n6*7\n</think>\n\n\\boxed{42}", TRACE_FINISH_STOP);
    assert_int_equal(r.correct, 1);
    assert_int_equal(r.reason, TRACE_KEPT);
    assert_true(distill_span_is(r.extracted, "42"));
    judge(&j, &r, "<think>\n6*7\n</think>\n\n\\boxed{41}", TRACE_FINISH_STOP);
    assert_int_equal(r.correct, 0);
    assert_int_equal(r.reason, TRACE_WRONG);
    assert_true(distill_span_is(r.extracted, "41"));
    judge(&j, &r, "\\boxed{42}", TRACE_FINISH_STOP); // a model that does not think aloud
    assert_int_equal(r.correct, 1);
    judging_free(&j);
}

static void a_reply_cut_before_its_answer_is_unknown_whatever_it_thought(void **state)
{
    (void)state;
    judging j = {0};
    trace_record r;
    judge(&j, &r, "<think>\nso it must be \\boxed{42}, but let me", TRACE_FINISH_LENGTH);
    assert_int_equal(r.correct, -1);
    assert_int_equal(r.reason, TRACE_TRUNCATED);
    assert_int_equal(r.extracted.length, 0);
    judge(&j, &r, "so it must be \\boxed{42}, but let me", TRACE_FINISH_LENGTH);
    assert_int_equal(r.correct, -1);
    assert_int_equal(r.reason, TRACE_TRUNCATED);
    judge(&j, &r, "<think>\nso it must be \\boxed{42}", TRACE_FINISH_STOP); // gave up inside
    assert_int_equal(r.correct, 0);
    assert_int_equal(r.reason, TRACE_NO_ANSWER);
    assert_int_equal(r.extracted.length, 0);
    judging_free(&j);
}

static void a_reply_cut_off_after_its_thought_is_judged_by_what_is_there(void **state)
{
    (void)state;
    judging j = {0};
    trace_record r;
    judge(&j, &r, "<think>\n6*7\n</think>\n\\boxed{42} which we can also", TRACE_FINISH_LENGTH);
    assert_int_equal(r.correct, 1);
    judging_free(&j);
}

static void failures_and_silence_are_wrong(void **state)
{
    (void)state;
    judging j = {0};
    trace_record r;
    judge(&j, &r, "\\boxed{42}", TRACE_FINISH_ERROR);
    assert_int_equal(r.correct, 0);
    assert_int_equal(r.reason, TRACE_ERROR);
    judge(&j, &r, "", TRACE_FINISH_STOP);
    assert_int_equal(r.correct, 0);
    assert_int_equal(r.extracted.length, 0);
    assert_int_equal(r.reason, TRACE_NO_ANSWER);
    judging_free(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finished_replies_are_judged_by_their_answer),
        cmocka_unit_test(a_reply_cut_before_its_answer_is_unknown_whatever_it_thought),
        cmocka_unit_test(a_reply_cut_off_after_its_thought_is_judged_by_what_is_there),
        cmocka_unit_test(failures_and_silence_are_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
