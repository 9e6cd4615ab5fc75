// Rates, pauses and dates, by a clock that the test turns.
#include "distill/openai/rate_limit.h"

#include "tests/support/unit.h"

static void requests_are_spread_over_the_minute(void **state)
{
    (void)state;
    rate_limit limit;
    double now = 100;
    int sent = 0;
    rate_limit_start(&limit, 30, now);
    for (int step = 0; step < 600; step++, now += 0.1) {
        if (rate_limit_wait_s(&limit, now) > 0)
            continue;
        rate_limit_take(&limit, 1, now);
        sent++;
    }
    assert_true(sent >= 29 && sent <= 31);
    rate_limit_start(&limit, 30, now);
    rate_limit_take(&limit, 1, now);
    assert_true(rate_limit_wait_s(&limit, now) > 1.99 && rate_limit_wait_s(&limit, now) < 2.01);
    assert_true(rate_limit_wait_s(&limit, now + 2.01) == 0);
}

static void a_large_request_is_paid_off_before_the_next(void **state)
{
    (void)state;
    rate_limit limit;
    rate_limit_start(&limit, 6000, 0); // 100 a second
    assert_true(rate_limit_wait_s(&limit, 0) == 0);
    rate_limit_take(&limit, 1000, 0);
    assert_true(rate_limit_wait_s(&limit, 5) > 0);
    assert_true(rate_limit_wait_s(&limit, 9.1) == 0);
    rate_limit_start(&limit, 6000, 0);
    rate_limit_take(&limit, 1000, 0);
    rate_limit_correct(&limit, 1000, 100); // it was not so large after all
    assert_true(rate_limit_wait_s(&limit, 0.1) == 0);
}

static void no_limit_never_waits(void **state)
{
    (void)state;
    rate_limit limit;
    rate_limit_start(&limit, 0, 0);
    rate_limit_take(&limit, 1e9, 0);
    assert_true(rate_limit_wait_s(&limit, 0) == 0);
}

static void pauses_double_up_to_a_minute(void **state)
{
    (void)state;
    assert_true(backoff_s(0, 0) == 0);
    assert_true(backoff_s(1, 0) == 1 && backoff_s(2, 0) == 2 && backoff_s(6, 0) == 32);
    assert_true(backoff_s(7, 0) == 60 && backoff_s(1000000, 0) == 60);
    assert_true(backoff_s(3, 1) == 2 && backoff_s(3, 0.5) == 3);
}

static double after(const char *value, time_t now)
{
    return retry_after_s(distill_span_of(value), now);
}

static void retry_after_is_seconds_or_a_date(void **state)
{
    (void)state;
    const time_t then = 784111777; // Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110
    assert_true(after(" 7\r\n", 0) == 7 && after("0", 0) == 0 && after("1.5", 0) == 1.5);
    assert_true(after("Sun, 06 Nov 1994 08:49:37 GMT", then - 30) == 30);
    assert_true(after("Sun, 06 Nov 1994 08:49:37 GMT", then + 30) == 0);
    assert_true(after("86400", 0) == RETRY_AFTER_MOST_S);
    assert_true(after("99999999999999999999", 0) == RETRY_AFTER_MOST_S);
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
            fail_msg("\"%s\" says %g", bad[i], after(bad[i], then));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_spread_over_the_minute),
        cmocka_unit_test(a_large_request_is_paid_off_before_the_next),
        cmocka_unit_test(no_limit_never_waits),
        cmocka_unit_test(pauses_double_up_to_a_minute),
        cmocka_unit_test(retry_after_is_seconds_or_a_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
