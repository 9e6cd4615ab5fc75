// tests/unit/report/test_svg_plot.c - round ticks, spikes stay visible, hostile numbers and labels
// are harmless.
#include "tests/support/unit.h"

#include "distill/base/memory.h"
#include "distill/report/svg_plot.h"

#include <math.h>

static size_t count_of(const distill_text *text, const char *word)
{
    size_t count = 0;
    distill_span all = distill_text_span(text), needle = distill_span_of(word);
    for (size_t at = 0; (at = distill_span_find(all, needle, at)) != SIZE_MAX; at++)
        count++;
    return count;
}

static void assert_ticks(double low, double high, size_t target, bool log, const double *expected,
                         size_t expected_count)
{
    double ticks[SVG_MAX_TICKS];
    size_t count = 0;
    svg_ticks(ticks, &count, low, high, target, log);
    assert_int_equal(count, expected_count);
    for (size_t i = 0; i < count; i++)
        assert_within(ticks[i], expected[i], 1e-9 * fabs(expected[i]) + 1e-12);
}

static void ticks_are_round_numbers_inside_the_range(void **state)
{
    (void)state;
    assert_ticks(0, 1, 5, false, (double[]){0, 0.2, 0.4, 0.6, 0.8, 1}, 6);
    assert_ticks(1, 5000, 5, false, (double[]){1000, 2000, 3000, 4000, 5000}, 5);
    assert_ticks(-0.3, 0.3, 3, false, (double[]){-0.2, 0, 0.2}, 3);
    assert_ticks(0.15, 3.5, 5, true, (double[]){0.2, 0.5, 1, 2}, 4);
    assert_ticks(1, 1e6, 4, true, (double[]){1, 100, 1e4, 1e6}, 4);
}

static void ticks_of_an_impossible_range_are_none(void **state)
{
    (void)state;
    assert_ticks(1, 1, 5, false, NULL, 0);
    assert_ticks(2, 1, 5, false, NULL, 0);
    assert_ticks(NAN, 1, 5, false, NULL, 0);
    assert_ticks(0, INFINITY, 5, false, NULL, 0);
}

static void smoothing_weighs_by_age_and_skips_gaps(void **state)
{
    (void)state;
    double y[] = {1, 3, NAN, 5}, out[4];
    double keep = exp(-0.5);
    svg_smooth(out, y, 4, 2);
    assert_within(out[0], 1, 1e-12);
    assert_within(out[1], (keep * 1 + 3) / (keep + 1), 1e-12);
    assert_within(out[2], out[1], 1e-12);
    double k3 = keep * keep * keep, k2 = keep * keep;
    assert_within(out[3], (k3 * 1 + k2 * 3 + 5) / (k3 + k2 + 1), 1e-12);
    svg_smooth(y, y, 4, 0); // span 0: the values themselves, in place
    assert_within(y[1], 3, 0);
}

static void a_long_series_stays_small_and_keeps_its_spike(void **state)
{
    (void)state;
    enum { COUNT = 200000 };
    double *x = NULL, *y = NULL;
    distill_text out = {0};
    assert_ok(DISTILL_NEW(&x, COUNT));
    assert_ok(DISTILL_NEW(&y, COUNT));
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = (double)i;
        y[i] = i == 123456 ? 10 : 0.5 * ((double)(i % 7) / 7);
    }
    svg_series series = {.x = x, .y = y, .count = COUNT};
    svg_axes axes = {.title = "loss", .y = {.low = 0, .high = 10}};
    assert_ok(svg_plot_lines(&out, &series, 1, &axes));
    assert_true(out.length < 150000);
    assert_true(out.length > 10000);
    assert_int_equal(count_of(&out, "<svg"), 2);
    // y 10 is the top of the plot: without title, legend and label it would be at 14 + 15
    assert_true(count_of(&out, " 29.0L") + count_of(&out, " 29.0M") >= 2);
    distill_free(x);
    distill_free(y);
    distill_text_free(&out);
}

static void gaps_break_the_line(void **state)
{
    (void)state;
    double x[] = {1, 2, 3, 4, 5}, y[] = {1, 2, NAN, 4, -5};
    distill_text out = {0};
    svg_series series = {.x = x, .y = y, .count = 5};
    svg_axes axes = {.y = {.log = true}};
    assert_ok(svg_plot_lines(&out, &series, 1, &axes));
    assert_int_equal(count_of(&out, "nan"), 0);
    assert_int_equal(count_of(&out, "inf"), 0);
    size_t at = distill_span_find(distill_text_span(&out), distill_span_of(" d=\""), 0);
    const char *path = out.bytes + at + 4;
    size_t moves = 0, lines = 0;
    for (; *path != '"'; path++) {
        moves += *path == 'M';
        lines += *path == 'L';
    }
    assert_int_equal(moves, 2); // 1-2, then 4; -5 cannot be drawn on a logarithmic axis
    assert_int_equal(lines, 1);
    distill_text_free(&out);
}

static void empty_and_hostile_series_are_drawn_as_empty_plots(void **state)
{
    (void)state;
    double bad[] = {NAN, INFINITY, -INFINITY};
    double one[] = {3, 3, 3};
    distill_text out = {0};
    svg_axes axes = {.title = "</svg><script>", .x = {.label = "<x>"}, .y = {.label = "\"y\""}};
    svg_series none = {.name = "<b>", .points = true};
    svg_series wild = {.x = bad, .y = bad, .count = 3, .colour = -7, .points = true};
    svg_series flat = {.x = one, .y = one, .count = 3};
    assert_ok(svg_plot_lines(&out, NULL, 0, &axes));
    assert_ok(svg_plot_lines(&out, &none, 1, &axes));
    assert_ok(svg_plot_lines(&out, &wild, 1, &axes));
    assert_ok(svg_plot_lines(&out, &flat, 1, &axes));
    svg_bin bins[] = {{0, 10, NAN, 3}, {10, 20, 0.5, 0}, {20, 30, 1e300, 9}};
    assert_ok(svg_plot_bins(&out, bins, 3, 100, &axes));
    assert_ok(svg_plot_bins(&out, NULL, 0, 0, &axes));
    svg_interval rows[] = {{"<g>", "</text>", NAN, -INFINITY, INFINITY, 2},
                           {NULL, "b", 1, 0, 2, 3}};
    assert_ok(svg_plot_intervals(&out, rows, 2, &axes, SVG_ZERO_LINE));
    assert_ok(svg_plot_intervals(&out, NULL, 0, &axes, SVG_NO_ZERO));
    assert_int_equal(count_of(&out, "<script>"), 0);
    assert_int_equal(count_of(&out, "<b>"), 0);
    assert_int_equal(count_of(&out, "=\"nan"), 0);
    assert_int_equal(count_of(&out, "=\"inf"), 0);
    assert_int_equal(count_of(&out, "=\"-inf"), 0);
    assert_int_equal(count_of(&out, "<svg"), count_of(&out, "</svg>"));
    assert_int_equal(count_of(&out, "<g class"), count_of(&out, "</g>"));
    distill_text_free(&out);
}

static void marks_replace_round_ticks_if_there_is_space(void **state)
{
    (void)state;
    double k[] = {1, 4, 64, 64.5, NAN, -1};
    distill_text out = {0};
    svg_series series = {.x = k, .y = k, .count = 3};
    svg_axes axes = {.x = {.log = true, .marks = k, .mark_count = 6}, .y = {.format = SVG_PERCENT}};
    assert_ok(svg_plot_lines(&out, &series, 1, &axes));
    assert_int_equal(count_of(&out, ">4</text>"), 2);
    assert_int_equal(count_of(&out, ">64</text>"), 2); // 64.5 would overlap it
    assert_int_equal(count_of(&out, ">10</text>"), 0);
    assert_int_equal(count_of(&out, "nan"), 0);
    distill_text_free(&out);
}

static void intervals_show_values_groups_and_zero(void **state)
{
    (void)state;
    distill_text out = {0};
    svg_interval rows[] = {{"gsm8k", "before", 0.25, 0.2, 0.3, 0},
                           {"gsm8k", "after", 0.5, 0.45, 0.55, 1},
                           {"math500", "before", 0.125, 0.1, 0.15, 0}};
    svg_axes axes = {.x = {.format = SVG_PERCENT, .low = 0, .high = 1}};
    assert_ok(svg_plot_intervals(&out, rows, 3, &axes, SVG_ZERO_LINE));
    assert_int_equal(count_of(&out, ">gsm8k<"), 2); // once wide, once narrow
    assert_int_equal(count_of(&out, ">math500<"), 2);
    assert_int_equal(count_of(&out, "25.0%  [20.0%, 30.0%]"), 2);
    assert_int_equal(count_of(&out, "class=\"zero\""), 2);
    assert_int_equal(count_of(&out, "class=\"whisker\""), 6);
    distill_text_free(&out);
}

static void bins_show_counts_and_borders(void **state)
{
    (void)state;
    distill_text out = {0};
    svg_bin bins[] = {{0, 100, 1, 7}, {100, 200, 0, 0}, {200, 500, 0.5, 12345}};
    svg_axes axes = {.x = {.format = SVG_COMPACT}, .y = {.format = SVG_PERCENT, .high = 1}};
    assert_ok(svg_plot_bins(&out, bins, 3, 1, &axes));
    assert_int_equal(count_of(&out, "<rect"), 2); // the empty bin has no bar
    assert_int_equal(count_of(&out, ">7<"), 1);
    assert_int_equal(count_of(&out, ">12k<"), 1);
    assert_int_equal(count_of(&out, "200 … 500: 50.0% of 12345"), 1);
    distill_text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_are_round_numbers_inside_the_range),
        cmocka_unit_test(ticks_of_an_impossible_range_are_none),
        cmocka_unit_test(smoothing_weighs_by_age_and_skips_gaps),
        cmocka_unit_test(a_long_series_stays_small_and_keeps_its_spike),
        cmocka_unit_test(gaps_break_the_line),
        cmocka_unit_test(empty_and_hostile_series_are_drawn_as_empty_plots),
        cmocka_unit_test(marks_replace_round_ticks_if_there_is_space),
        cmocka_unit_test(intervals_show_values_groups_and_zero),
        cmocka_unit_test(bins_show_counts_and_borders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
