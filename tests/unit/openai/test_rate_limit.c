// tests/unit/openai/test_rate_limit.c - a token bucket with a simulated clock.
#include "distill/openai/rate_limit.h"

#include "tests/support/unit.h"

static void requests_are_spread_evenly(void **state)
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

static void a_large_request_delays_the_next(void **state)
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
    rate_limit_correct(&limit, 1000, 100); // the actual amount is smaller
    assert_true(rate_limit_wait_s(&limit, 0.1) == 0);
}

static void without_a_limit_there_is_no_delay(void **state)
{
    (void)state;
    rate_limit limit;
    rate_limit_start(&limit, 0, 0);
    rate_limit_take(&limit, 1e9, 0);
    assert_true(rate_limit_wait_s(&limit, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_spread_evenly),
        cmocka_unit_test(a_large_request_delays_the_next),
        cmocka_unit_test(without_a_limit_there_is_no_delay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
