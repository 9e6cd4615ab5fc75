// tests/unit/verify/test_exact.c - rational arithmetic agrees with fractions of small integers, and
// ends at its limits.
#include "datasets/verify/math/number/exact.h"
#include "tests/support/unit.h"

#include <math.h>

typedef struct memory {
    _Alignas(16) char block[SCRATCH_BYTES];
    scratch m;
} memory;

static memory *fresh(void)
{
    static memory only;
    only.m = (scratch){only.block, sizeof only.block, 0};
    return &only;
}

static exact ratio(scratch *m, int64_t num, int64_t den)
{
    exact value;
    assert_true(exact_ratio(&value, m, num, den));
    return value;
}

static void assert_ratio(scratch *m, const exact *value, int64_t num, int64_t den)
{
    exact expected = ratio(m, num, den);
    assert_true(exact_equal(value, &expected));
}

static void fractions_are_kept_in_lowest_terms(void **state)
{
    (void)state;
    scratch *m = &fresh()->m;
    exact a = ratio(m, 54, -36);
    assert_int_equal(a.sign, -1);
    assert_int_equal(a.num[0], 3);
    assert_int_equal(a.den[0], 2);
    exact zero = ratio(m, 0, -7);
    assert_int_equal(zero.sign, 0);
    assert_true(exact_is_integer(&zero));
}

static void four_operations_agree_with_fractions_of_small_integers(void **state)
{
    (void)state;
    for (int64_t a = -6; a <= 6; a++)
        for (int64_t b = 1; b <= 4; b++)
            for (int64_t c = -6; c <= 6; c++)
                for (int64_t d = 1; d <= 4; d++) {
                    scratch *m = &fresh()->m;
                    exact x = ratio(m, a, b), y = ratio(m, c, d), result;
                    assert_true(exact_add(&result, m, &x, &y));
                    assert_ratio(m, &result, a * d + c * b, b * d);
                    assert_true(exact_subtract(&result, m, &x, &y));
                    assert_ratio(m, &result, a * d - c * b, b * d);
                    assert_true(exact_multiply(&result, m, &x, &y));
                    assert_ratio(m, &result, a * c, b * d);
                    assert_int_equal(exact_divide(&result, m, &x, &y), c != 0);
                    if (c != 0)
                        assert_ratio(m, &result, a * d, b * c);
                }
}

static void sums_of_long_fractions_cancel(void **state)
{
    (void)state;
    scratch *m = &fresh()->m;
    exact sum = ratio(m, 0, 1), term;
    for (int64_t k = 1; k <= 40; k++) { // sum of 1/(k (k+1)) is 40/41
        term = ratio(m, 1, k * (k + 1));
        assert_true(exact_add(&sum, m, &sum, &term));
    }
    assert_ratio(m, &sum, 40, 41);
}

static void decimals_and_bases_are_read(void **state)
{
    (void)state;
    scratch *m = &fresh()->m;
    exact value;
    assert_true(exact_decimal(&value, m, "0125", 4, -3));
    assert_ratio(m, &value, 1, 8);
    assert_true(exact_decimal(&value, m, "45", 2, 2));
    assert_ratio(m, &value, 4500, 1);
    assert_true(exact_based(&value, m, "2516", 4, 8));
    assert_ratio(m, &value, 1358, 1);
    assert_false(exact_based(&value, m, "28", 2, 8));
    assert_false(exact_decimal(&value, m, "1", 1, 100000));
}

static void powers_and_factorials_stop_at_the_limit(void **state)
{
    (void)state;
    scratch *m = &fresh()->m;
    exact two = ratio(m, 2, 1), half = ratio(m, 1, 2), n = ratio(m, 2006, 1), value, back;
    assert_true(exact_power(&value, m, &two, 20000));
    assert_true(exact_power(&back, m, &half, 20000));
    assert_true(exact_multiply(&value, m, &value, &back));
    assert_ratio(m, &value, 1, 1);
    assert_false(exact_power(&value, m, &two, 30000));
    assert_true(exact_power(&value, m, &two, -3));
    assert_ratio(m, &value, 1, 8);
    assert_true(exact_factorial(&value, m, &n));
    n = ratio(m, 5, 1);
    assert_true(exact_factorial(&value, m, &n));
    assert_ratio(m, &value, 120, 1);
    n = ratio(m, 100000, 1);
    assert_false(exact_factorial(&value, m, &n));
}

static void only_perfect_powers_have_roots(void **state)
{
    (void)state;
    scratch *m = &fresh()->m;
    exact a = ratio(m, 49, 36), value;
    assert_true(exact_root(&value, m, &a, 2));
    assert_ratio(m, &value, 7, 6);
    a = ratio(m, -27, 8);
    assert_true(exact_root(&value, m, &a, 3));
    assert_ratio(m, &value, -3, 2);
    assert_false(exact_root(&value, m, &a, 2));
    a = ratio(m, 50, 1);
    assert_false(exact_root(&value, m, &a, 2));
    exact ten = ratio(m, 10, 1), big;
    assert_true(exact_power(&big, m, &ten, 400));
    assert_true(exact_root(&value, m, &big, 2));
}

static void order_and_conversion(void **state)
{
    (void)state;
    scratch *m = &fresh()->m;
    exact third = ratio(m, 1, 3), half = ratio(m, 1, 2);
    int order;
    int64_t integer;
    assert_true(exact_compare(&order, m, &third, &half));
    assert_int_equal(order, -1);
    assert_true(fabsl(exact_to_real(&third) - 1 / 3.0L) < 1e-18L);
    assert_false(exact_to_int(&integer, &third));
    exact many = ratio(m, -123456789, 1);
    assert_true(exact_to_int(&integer, &many));
    assert_int_equal(integer, -123456789);
}

static void a_full_block_is_an_answer(void **state)
{
    (void)state;
    _Alignas(16) char small[64];
    scratch m = {small, sizeof small, 0};
    exact value;
    bool all = true;
    for (int i = 2; i < 40 && all; i++)
        all = exact_ratio(&value, &m, i, i + 1);
    assert_false(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fractions_are_kept_in_lowest_terms),
        cmocka_unit_test(four_operations_agree_with_fractions_of_small_integers),
        cmocka_unit_test(sums_of_long_fractions_cancel),
        cmocka_unit_test(decimals_and_bases_are_read),
        cmocka_unit_test(powers_and_factorials_stop_at_the_limit),
        cmocka_unit_test(only_perfect_powers_have_roots),
        cmocka_unit_test(order_and_conversion),
        cmocka_unit_test(a_full_block_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
