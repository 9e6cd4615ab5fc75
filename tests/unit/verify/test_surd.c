// tests/unit/verify/test_surd.c - identities of square roots are recognised, and near identities
// are not.
#include "datasets/verify/math/number/surd.h"
#include "tests/support/unit.h"

static _Alignas(16) char block[SCRATCH_BYTES];
static scratch memory;

static int fresh_memory(void **state)
{
    (void)state;
    memory = (scratch){block, sizeof block, 0};
    return 0;
}

static surd rational(int64_t num, int64_t den)
{
    exact value;
    surd result;
    assert_true(exact_ratio(&value, &memory, num, den));
    assert_true(surd_from_exact(&result, &memory, &value));
    return result;
}

static surd root_of(int64_t n)
{
    surd value = rational(n, 1), result;
    assert_true(surd_root(&result, &memory, &value, 2));
    return result;
}

static surd add(surd a, surd b)
{
    surd result;
    assert_true(surd_add(&result, &memory, &a, &b));
    return result;
}

static surd multiply(surd a, surd b)
{
    surd result;
    assert_true(surd_multiply(&result, &memory, &a, &b));
    return result;
}

static surd divide(surd a, surd b)
{
    surd result;
    assert_true(surd_divide(&result, &memory, &a, &b));
    return result;
}

static bool equal(surd a, surd b)
{
    bool result;
    assert_true(surd_equal(&result, &memory, &a, &b));
    return result;
}

static void products_of_roots_are_roots_of_products(void **state)
{
    (void)state;
    for (int64_t a = 2; a < 20; a++)
        for (int64_t b = 2; b < 20; b++) {
            fresh_memory(NULL);
            assert_true(equal(multiply(root_of(a), root_of(b)), root_of(a * b)));
            assert_int_equal(equal(root_of(a), root_of(b)), a == b);
        }
}

static void like_terms_are_found_without_factoring(void **state)
{
    (void)state;
    surd sum = add(root_of(2), add(root_of(8), root_of(50)));
    assert_int_equal(sum.count, 1);
    assert_true(equal(sum, multiply(rational(8, 1), root_of(2))));
    int64_t large = 1000003LL * 1000003LL; // a square of a prime
    assert_true(equal(root_of(large), rational(1000003, 1)));
}

static void reciprocals_are_rationalised(void **state)
{
    (void)state;
    surd golden = divide(add(rational(1, 1), root_of(5)), rational(2, 1));
    assert_true(equal(divide(rational(1, 1), golden), add(golden, rational(-1, 1))));
    surd three = divide(root_of(3), rational(3, 1));
    assert_true(equal(three, divide(rational(1, 1), root_of(3))));
}

static void near_identities_are_not_equal(void **state)
{
    (void)state;
    // sqrt(2) + sqrt(3) is near pi; this convergent of sqrt(2) differs by 1e-17
    surd pi;
    assert_true(surd_pi(&pi, &memory));
    assert_false(equal(add(root_of(2), root_of(3)), pi));
    assert_false(equal(root_of(2), rational(367296043199, 259717522849)));
}

static void the_imaginary_unit_squares_to_minus_one(void **state)
{
    (void)state;
    surd i, result;
    assert_true(surd_imaginary_unit(&i, &memory));
    assert_true(equal(multiply(i, i), rational(-1, 1)));
    assert_true(equal(root_of(-9), multiply(i, rational(3, 1))));
    assert_true(equal(multiply(root_of(-2), root_of(-3)), multiply(rational(-1, 1), root_of(6))));
    surd one_plus_i = add(rational(1, 1), i);
    assert_true(surd_power(&result, &memory, &one_plus_i, 8));
    assert_true(equal(result, rational(16, 1)));
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    surd sum = rational(0, 1), term, result;
    bool fits = true;
    for (int64_t p = 2; p < 40 && fits; p++) {
        term = root_of(p * p + 1);
        fits = surd_add(&sum, &memory, &sum, &term);
    }
    assert_false(fits);
    surd five = rational(5, 1);
    assert_false(surd_root(&result, &memory, &five, 3));
    surd zero = rational(0, 1);
    assert_false(surd_divide(&result, &memory, &five, &zero));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(products_of_roots_are_roots_of_products, fresh_memory),
        cmocka_unit_test_setup(like_terms_are_found_without_factoring, fresh_memory),
        cmocka_unit_test_setup(reciprocals_are_rationalised, fresh_memory),
        cmocka_unit_test_setup(near_identities_are_not_equal, fresh_memory),
        cmocka_unit_test_setup(the_imaginary_unit_squares_to_minus_one, fresh_memory),
        cmocka_unit_test_setup(what_does_not_fit_is_refused, fresh_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
