// tests/unit/openai/test_endpoint.c - choice of the server for a request; suspension and windows.
#include "distill/openai/endpoint.h"

#include "tests/support/unit.h"

#include <math.h>

static endpoint fresh(double window)
{
    return (endpoint){.window = window, .max_window = window};
}

static void the_server_with_fewest_requests_is_chosen(void **state)
{
    (void)state;
    endpoint e[2] = {fresh(2), fresh(2)};
    for (int i = 0; i < 4; i++) {
        endpoint *chosen = endpoint_choose(e, 2, 0);
        assert_ptr_equal(chosen, &e[i % 2]);
        endpoint_acquire(chosen);
    }
    assert_null(endpoint_choose(e, 2, 0)); // both windows are full
    endpoint_release(&e[1]);
    assert_ptr_equal(endpoint_choose(e, 2, 0), &e[1]);
    e[1].is_disabled = true;
    assert_null(endpoint_choose(e, 2, 0));
}

static void an_unreachable_server_is_suspended_and_probed(void **state)
{
    (void)state;
    endpoint e = fresh(8);
    assert_false(endpoint_mark_failed(&e, ENDPOINT_UNREACHABLE, 0, 10)); // not yet suspended
    assert_null(endpoint_choose(&e, 1, 10.5));
    assert_true(endpoint_next_resume_s(&e, 1, 10.5) == 11);
    assert_true(endpoint_mark_failed(&e, ENDPOINT_UNREACHABLE, 0, 11));
    assert_false(endpoint_mark_failed(&e, ENDPOINT_UNREACHABLE, 0, 11)); // of the same burst
    assert_int_equal(e.outages, 2);
    assert_ptr_equal(endpoint_choose(&e, 1, 13), &e);
    endpoint_acquire(&e);
    assert_null(endpoint_choose(&e, 1, 13)); // one request probes it
    assert_true(endpoint_mark_alive(&e));
    assert_false(endpoint_mark_alive(&e)); // reported once
    assert_ptr_equal(endpoint_choose(&e, 1, 13), &e);
    assert_int_equal(e.outages, 0);
}

static void few_failures_do_not_suspend(void **state)
{
    (void)state;
    endpoint e = fresh(8);
    for (int i = 0; i < 7; i++)
        assert_false(endpoint_mark_failed(&e, ENDPOINT_FAULTY, 0, 10));
    assert_ptr_equal(endpoint_choose(&e, 1, 10), &e);
    (void)endpoint_mark_alive(&e);
    for (int i = 0; i < 7; i++)
        assert_false(endpoint_mark_failed(&e, ENDPOINT_FAULTY, 0, 10));
    assert_true(endpoint_mark_failed(&e, ENDPOINT_FAULTY, 0, 10)); // eight in a row
    assert_null(endpoint_choose(&e, 1, 10));
}

static void rate_limits_halve_the_window_once_a_pause(void **state)
{
    (void)state;
    endpoint e = fresh(64);
    for (int i = 0; i < 10; i++)
        endpoint_mark_rate_limited(&e, 3, 0, 10);
    assert_true(e.window == 32 && e.paused_until_s == 13);
    assert_null(endpoint_choose(&e, 1, 12.9));
    endpoint_mark_rate_limited(&e, -1, 0, 13); // without Retry-After: the second pause in a row
    assert_true(e.window == 16 && e.paused_until_s == 15);
    for (int i = 0; i < 100; i++)
        endpoint_mark_rate_limited(&e, -1, 0, e.paused_until_s);
    assert_true(e.window == 1 && endpoint_choose(&e, 1, 1e9) == &e); // never 0
    for (int i = 0; i < 5000; i++)
        endpoint_mark_completed(&e);
    assert_true(e.window == 64 && e.rate_limits == 0);
}

static void without_a_pause_there_is_no_resume_time(void **state)
{
    (void)state;
    endpoint e = fresh(1);
    assert_true(isinf(endpoint_next_resume_s(&e, 1, 5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_with_fewest_requests_is_chosen),
        cmocka_unit_test(an_unreachable_server_is_suspended_and_probed),
        cmocka_unit_test(few_failures_do_not_suspend),
        cmocka_unit_test(rate_limits_halve_the_window_once_a_pause),
        cmocka_unit_test(without_a_pause_there_is_no_resume_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
