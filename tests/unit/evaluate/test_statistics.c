// Statistics against values computed by hand.
#include "tests/support/unit.h"

#include "datasets/evaluate/statistics.h"
#include "distill/base/rng.h"

#include <math.h>
#include <stdlib.h>

static double problem_pass(size_t samples, size_t right, size_t k)
{
    return statistics_problem_pass_at_k((problem_tally){samples, right}, k);
}

static void pass_at_k_equals_values_computed_by_hand(void **state)
{
    (void)state;
    assert_within(problem_pass(4, 1, 2), 0.5, 1e-12);          // 1 - C(3,2)/C(4,2) = 1 - 3/6
    assert_within(problem_pass(5, 2, 3), 0.9, 1e-12);          // 1 - 1/10
    assert_within(problem_pass(10, 3, 5), 231.0 / 252, 1e-12); // 1 - 21/252
    assert_within(problem_pass(64, 16, 1), 0.25, 0);
    assert_within(problem_pass(3, 1, 3), 1, 0);
    assert_within(problem_pass(7, 0, 7), 0, 0);
    assert_within(problem_pass(7, 7, 1), 1, 0);
}

static void pass_at_k_is_defined_at_the_edges(void **state)
{
    (void)state;
    assert_within(problem_pass(0, 0, 1), 0, 0); // no replies: never right
    assert_within(problem_pass(4, 1, 9), 1, 0); // more than there are replies: all of them
    assert_within(problem_pass(4, 2, 0), 0, 0);
    assert_within(statistics_pass_at_k(NULL, 0, 1), 0, 0);
    assert_within(problem_pass(65536, 1, 32768), 0.5, 1e-9); // nothing overflows
}

static double choose(size_t n, size_t k)
{
    double product = 1;
    for (size_t i = 0; i < k; i++)
        product *= (double)(n - i) / (double)(i + 1);
    return k > n ? 0 : product;
}

static void pass_at_k_equals_the_binomials_everywhere(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 12; n++)
        for (size_t c = 0; c <= n; c++)
            for (size_t k = 1; k <= n; k++)
                assert_within(problem_pass(n, c, k), 1 - choose(n - c, k) / choose(n, k), 1e-9);
}

static void pass_at_1_is_the_mean_of_the_problems_shares(void **state)
{
    (void)state;
    problem_tally tallies[] = {{4, 3}, {4, 0}, {4, 4}, {0, 0}};
    assert_within(statistics_pass_at_k(tallies, 4, 1), (0.75 + 0 + 1 + 0) / 4, 1e-12);
    assert_within(statistics_pass_at_k(tallies, 4, 2), (1 + 0 + 1 + 0) / 4.0, 1e-12);
}

static void bootstrap_of_few_problems_equals_the_exact_quantiles(void **state)
{
    (void)state;
    statistics_interval interval;
    // means 0, 1/2, 1 with probabilities 1/4, 1/2, 1/4
    assert_ok(statistics_bootstrap(&interval, (double[]){0, 1}, 2, 1));
    assert_within(interval.low, 0, 0);
    assert_within(interval.high, 1, 0);
    // binomial(4, 1/4)/4: P(<= 1/2) = 0.949, P(<= 3/4) = 0.996
    assert_ok(statistics_bootstrap(&interval, (double[]){0, 0, 1, 0}, 4, 1));
    assert_within(interval.low, 0, 0);
    assert_within(interval.high, 0.75, 0);
    assert_ok(statistics_bootstrap(&interval, (double[]){0.3, 0.3, 0.3}, 3, 1));
    assert_within(interval.low, 0.3, 1e-12);
    assert_within(interval.high, 0.3, 1e-12);
}

static void bootstrap_of_many_problems_approaches_the_normal_interval(void **state)
{
    (void)state;
    double values[400];
    for (size_t i = 0; i < 400; i++)
        values[i] = i % 5 == 0 ? 1 : 0; // mean 0.2, standard error sqrt(0.2 * 0.8 / 400) = 0.02
    statistics_interval interval;
    assert_ok(statistics_bootstrap(&interval, values, 400, 0));
    assert_within(interval.low, 0.2 - 1.96 * 0.02, 0.0035);
    assert_within(interval.high, 0.2 + 1.96 * 0.02, 0.0035);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void bootstrap_equals_its_definition_with_any_number_of_threads(void **state)
{
    (void)state;
    double values[37];
    for (size_t i = 0; i < 37; i++)
        values[i] = fmod((double)i * 0.6180339887, 1);
    statistics_interval interval, again, other;
    assert_ok(statistics_bootstrap(&interval, values, 37, 5));
    assert_ok(statistics_bootstrap(&again, values, 37, 5));
    assert_ok(statistics_bootstrap(&other, values, 37, 6));
    assert_memory_equal(&interval, &again, sizeof interval);
    assert_memory_not_equal(&interval, &other, sizeof interval);
    // the definition, replicate by replicate
    static double means[BOOTSTRAP_REPLICATES];
    for (size_t r = 0; r < BOOTSTRAP_REPLICATES; r++) {
        distill_rng rng = distill_rng_start(5, r);
        double sum = 0;
        for (size_t i = 0; i < 37; i++)
            sum += values[distill_rng_below(&rng, 37)];
        means[r] = sum / 37;
    }
    qsort(means, BOOTSTRAP_REPLICATES, sizeof *means, by_value);
    // 0.025 * 9999 = 249.975 lies between order statistics 249 and 250
    assert_within(interval.low, means[249] + 0.975 * (means[250] - means[249]), 1e-12);
    assert_within(interval.high, means[9749] + 0.025 * (means[9750] - means[9749]), 1e-12);
}

static void without_problems_everything_is_zero(void **state)
{
    (void)state;
    statistics_interval interval = {1, 1};
    statistics_difference difference;
    assert_ok(statistics_bootstrap(&interval, NULL, 0, 0));
    assert_within(interval.high, 0, 0);
    assert_ok(statistics_paired(&difference, NULL, NULL, 0, 0));
    assert_false(difference.distinguishable);
}

static void pairing_removes_the_difficulty_of_problems(void **state)
{
    (void)state;
    double a[50], b[50];
    for (size_t i = 0; i < 50; i++) {
        a[i] = (double)i / 62.5; // 0 to 0.784: a wide distribution
        b[i] = a[i] + (i % 2 == 0 ? 0.05 : 0.15);
    }
    statistics_difference difference;
    assert_ok(statistics_paired(&difference, a, b, 50, 0));
    assert_within(difference.mean, 0.1, 1e-12);
    assert_true(difference.distinguishable);
    // each difference is 0.1 +- 0.05: standard error 0.05 / sqrt(50) = 0.00707
    assert_within(difference.ci95.low, 0.1 - 1.96 * 0.00707, 0.0025);
    assert_within(difference.ci95.high, 0.1 + 1.96 * 0.00707, 0.0025);
    statistics_difference back;
    assert_ok(statistics_paired(&back, b, a, 50, 0));
    assert_within(back.mean, -0.1, 1e-12);
    assert_true(back.distinguishable);
}

static void equal_models_are_not_distinguishable(void **state)
{
    (void)state;
    double a[30], b[30];
    for (size_t i = 0; i < 30; i++) {
        a[i] = 0.1 * (double)(i % 10);
        b[i] = 0.1 * (double)((i + 3) % 10); // the same shares on other problems
    }
    statistics_difference difference;
    assert_ok(statistics_paired(&difference, a, a, 30, 0));
    assert_within(difference.mean, 0, 0);
    assert_false(difference.distinguishable);
    assert_ok(statistics_paired(&difference, a, b, 30, 0));
    assert_false(difference.distinguishable);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pass_at_k_equals_values_computed_by_hand),
        cmocka_unit_test(pass_at_k_is_defined_at_the_edges),
        cmocka_unit_test(pass_at_k_equals_the_binomials_everywhere),
        cmocka_unit_test(pass_at_1_is_the_mean_of_the_problems_shares),
        cmocka_unit_test(bootstrap_of_few_problems_equals_the_exact_quantiles),
        cmocka_unit_test(bootstrap_of_many_problems_approaches_the_normal_interval),
        cmocka_unit_test(bootstrap_equals_its_definition_with_any_number_of_threads),
        cmocka_unit_test(without_problems_everything_is_zero),
        cmocka_unit_test(pairing_removes_the_difficulty_of_problems),
        cmocka_unit_test(equal_models_are_not_distinguishable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
