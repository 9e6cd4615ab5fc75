// Which server is given the next request, when it is left out, and when it comes back.
#include "distill/openai/endpoint.h"

#include "tests/support/unit.h"

#include <math.h>

static endpoint fresh(double window)
{
    return (endpoint){.window = window, .most = window};
}

static void the_least_busy_is_chosen(void **state)
{
    (void)state;
    endpoint e[2] = {fresh(2), fresh(2)};
    for (int i = 0; i < 4; i++) {
        endpoint *chosen = endpoint_choose(e, 2, 0);
        assert_ptr_equal(chosen, &e[i % 2]);
        endpoint_begin(chosen);
    }
    assert_null(endpoint_choose(e, 2, 0)); // both windows are full
    endpoint_end(&e[1]);
    assert_ptr_equal(endpoint_choose(e, 2, 0), &e[1]);
    e[1].given_up = true;
    assert_null(endpoint_choose(e, 2, 0));
}

static void one_that_cannot_be_reached_is_left_out_and_tried_again(void **state)
{
    (void)state;
    endpoint e = fresh(8);
    assert_false(endpoint_failed(&e, ENDPOINT_UNREACHABLE, 0, 10)); // once is no news
    assert_null(endpoint_choose(&e, 1, 10.5));
    assert_true(endpoint_next_s(&e, 1, 10.5) == 11);
    assert_true(endpoint_failed(&e, ENDPOINT_UNREACHABLE, 0, 11));
    assert_false(endpoint_failed(&e, ENDPOINT_UNREACHABLE, 0, 11)); // of the same moment
    assert_int_equal(e.outages, 2);
    assert_ptr_equal(endpoint_choose(&e, 1, 13), &e);
    endpoint_begin(&e);
    assert_null(endpoint_choose(&e, 1, 13)); // a single request tries it
    assert_true(endpoint_answered(&e));
    assert_false(endpoint_answered(&e)); // said once
    assert_ptr_equal(endpoint_choose(&e, 1, 13), &e);
    assert_int_equal(e.outages, 0);
}

static void single_faults_leave_none_out(void **state)
{
    (void)state;
    endpoint e = fresh(8);
    for (int i = 0; i < 7; i++)
        assert_false(endpoint_failed(&e, ENDPOINT_FAULTY, 0, 10));
    assert_ptr_equal(endpoint_choose(&e, 1, 10), &e);
    (void)endpoint_answered(&e);
    for (int i = 0; i < 7; i++)
        assert_false(endpoint_failed(&e, ENDPOINT_FAULTY, 0, 10));
    assert_true(endpoint_failed(&e, ENDPOINT_FAULTY, 0, 10)); // eight in a row
    assert_null(endpoint_choose(&e, 1, 10));
}

static void too_many_requests_halve_the_window_once_a_pause(void **state)
{
    (void)state;
    endpoint e = fresh(64);
    for (int i = 0; i < 10; i++)
        endpoint_refused(&e, 3, 0, 10);
    assert_true(e.window == 32 && e.paused_until_s == 13);
    assert_null(endpoint_choose(&e, 1, 12.9));
    endpoint_refused(&e, -1, 0, 13); // not told how long: the second pause in a row
    assert_true(e.window == 16 && e.paused_until_s == 15);
    for (int i = 0; i < 100; i++)
        endpoint_refused(&e, -1, 0, e.paused_until_s);
    assert_true(e.window == 1 && endpoint_choose(&e, 1, 1e9) == &e); // never shut
    for (int i = 0; i < 5000; i++)
        endpoint_completed(&e);
    assert_true(e.window == 64 && e.refusals == 0);
}

static void no_pause_has_no_end(void **state)
{
    (void)state;
    endpoint e = fresh(1);
    assert_true(isinf(endpoint_next_s(&e, 1, 5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_busy_is_chosen),
        cmocka_unit_test(one_that_cannot_be_reached_is_left_out_and_tried_again),
        cmocka_unit_test(single_faults_leave_none_out),
        cmocka_unit_test(too_many_requests_halve_the_window_once_a_pause),
        cmocka_unit_test(no_pause_has_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
