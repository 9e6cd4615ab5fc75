// Bins of reply length: round borders, and exactly one bin for each length.
#include "tests/support/unit.h"

#include "bench/report/length_bins.h"

static void assert_borders(int32_t low, int32_t high, const double *borders, size_t count)
{
    length_bins bins;
    length_bins_plan(&bins, low, high);
    if (bins.count + 1 != count)
        fail_msg("%d to %d: %zu bins, expected %zu", low, high, bins.count, count - 1);
    for (size_t i = 0; i < bins.count; i++) {
        assert_within(bins.bins[i].low, borders[i], 1e-9);
        assert_within(bins.bins[i].high, borders[i + 1], 1e-9);
    }
}
#define assert_bins(low, high, ...)                                                                \
    assert_borders((low), (high), (const double[]){__VA_ARGS__},                                   \
                   sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void borders_are_round(void **state)
{
    (void)state;
    assert_bins(12, 900, 10, 20, 50, 100, 200, 500, 1000);
    assert_bins(100, 175, 100, 110, 120, 130, 140, 150, 160, 170, 180);
    assert_bins(7, 7, 7, 8);
    assert_bins(0, 3, 0, 1, 2, 3, 4);
    assert_bins(10, 1000, 10, 20, 50, 100, 200, 500, 1000, 2000);
}

static void every_length_has_exactly_one_bin(void **state)
{
    (void)state;
    static const int32_t LENGTHS[] = {0, 1, 2, 9, 10, 99, 100, 101, 4095, 32768, 2000000000};
    enum { COUNT = sizeof LENGTHS / sizeof *LENGTHS };
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = i; j < COUNT; j++) {
            length_bins bins;
            length_bins_plan(&bins, LENGTHS[i], LENGTHS[j]);
            assert_true(bins.count >= 1 && bins.count <= MOST_BINS);
            scored_reply replies[] = {{.tokens = LENGTHS[i], .correct = 1}, {.tokens = LENGTHS[j]}};
            sample_score score = {.replies = replies, .reply_count = 2};
            length_bins_count(&bins, &score);
            size_t total = 0;
            for (size_t b = 0; b < bins.count; b++)
                total += bins.bins[b].count;
            assert_int_equal(total, 2);
        }
    }
}

static void a_bins_value_is_its_share_of_right_replies(void **state)
{
    (void)state;
    scored_reply replies[] = {{.tokens = 10, .correct = 1},
                              {.tokens = 12, .correct = 0},
                              {.tokens = 14, .correct = -1},
                              {.tokens = 19, .correct = 1},
                              {.tokens = 30, .correct = 1}};
    sample_score score = {.replies = replies, .reply_count = 5};
    length_bins bins;
    length_bins_plan(&bins, 10, 200);
    length_bins_count(&bins, &score);
    assert_within(bins.bins[0].value, 0.5, 0);
    assert_int_equal(bins.bins[0].count, 4);
    assert_within(bins.bins[1].value, 1, 0);
    assert_int_equal(bins.bins[1].count, 1);
    assert_int_equal(bins.bins[2].count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders_are_round),
        cmocka_unit_test(every_length_has_exactly_one_bin),
        cmocka_unit_test(a_bins_value_is_its_share_of_right_replies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
