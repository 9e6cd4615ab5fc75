// tests/unit/openai/test_retry_policy.c - what is retried, how often, and with which delay.
#include "distill/openai/retry_policy.h"

#include "tests/support/unit.h"

static void backoff_doubles_up_to_a_minute(void **state)
{
    (void)state;
    assert_true(retry_backoff_s(0, 0) == 0);
    assert_true(retry_backoff_s(1, 0) == 1 && retry_backoff_s(2, 0) == 2 &&
                retry_backoff_s(6, 0) == 32);
    assert_true(retry_backoff_s(7, 0) == 60 && retry_backoff_s(1000000, 0) == 60);
    assert_true(retry_backoff_s(3, 1) == 2 && retry_backoff_s(3, 0.5) == 3);
}

static double after(const char *value, time_t now)
{
    return retry_after_parse(distill_span_of(value), now);
}

static void retry_after_is_seconds_or_a_date(void **state)
{
    (void)state;
    const time_t then = 784111777; // Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110
    assert_true(after(" 7\r\n", 0) == 7 && after("0", 0) == 0 && after("1.5", 0) == 1.5);
    assert_true(after("Sun, 06 Nov 1994 08:49:37 GMT", then - 30) == 30);
    assert_true(after("Sun, 06 Nov 1994 08:49:37 GMT", then + 30) == 0);
    assert_true(after("86400", 0) == RETRY_AFTER_MAX_S);
    assert_true(after("99999999999999999999", 0) == RETRY_AFTER_MAX_S);
    static const char *const bad[] = {"",
                                      "soon",
                                      "-1",
                                      "7 days",
                                      "Sun, 06 Nox 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 94",
                                      "nan",
                                      "Sun, 06 ovD 1994 08:49:37 GMT"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (after(bad[i], then) != -1)
            fail_msg("\"%s\" is read as %g", bad[i], after(bad[i], then));
}

static retry_outcome outcome_of(long status, const char *message)
{
    return retry_outcome_of_status(status, distill_span_of(message));
}

static void statuses_are_classified(void **state)
{
    (void)state;
    static const long transient[] = {408, 409, 421, 425, 500, 502, 503, 504, 529, 204, 302};
    static const long rejected[] = {400, 406, 413, 422, 418};
    static const long unusable[] = {401, 402, 403, 404, 405, 410};
    for (size_t i = 0; i < sizeof transient / sizeof *transient; i++)
        assert_int_equal(outcome_of(transient[i], ""), RETRY_TRANSIENT);
    for (size_t i = 0; i < sizeof rejected / sizeof *rejected; i++)
        assert_int_equal(outcome_of(rejected[i], ""), RETRY_REJECTED);
    for (size_t i = 0; i < sizeof unusable / sizeof *unusable; i++)
        assert_int_equal(outcome_of(unusable[i], ""), RETRY_UNUSABLE);
    assert_int_equal(outcome_of(429, "slow down"), RETRY_RATE_LIMITED);
    assert_int_equal(outcome_of(429, "You exceeded your current quota"), RETRY_UNUSABLE);
}

static void transient_failures_are_retried_with_backoff(void **state)
{
    (void)state;
    const retry_policy policy = {.max_retries = 2};
    double delay_s;
    assert_true(retry_transient(&delay_s, &policy, 1, 503, -1, 0) && delay_s == 1);
    assert_true(retry_transient(&delay_s, &policy, 2, 503, -1, 0.5) && delay_s == 1.5);
    assert_true(retry_transient(&delay_s, &policy, 2, 200, -1, 0) && delay_s == 0.5);
    assert_true(retry_transient(&delay_s, &policy, 1, 503, 9, 0) && delay_s == 9);
    assert_false(retry_transient(&delay_s, &policy, 3, 503, -1, 0));
}

static void rate_limits_are_retried_four_times_as_often(void **state)
{
    (void)state;
    const retry_policy policy = {.max_retries = 2};
    assert_true(retry_rate_limited(&policy, 8, 2));
    assert_false(retry_rate_limited(&policy, 9, 0));
    assert_false(retry_rate_limited(&policy, 1, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backoff_doubles_up_to_a_minute),
        cmocka_unit_test(retry_after_is_seconds_or_a_date),
        cmocka_unit_test(statuses_are_classified),
        cmocka_unit_test(transient_failures_are_retried_with_backoff),
        cmocka_unit_test(rate_limits_are_retried_four_times_as_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
