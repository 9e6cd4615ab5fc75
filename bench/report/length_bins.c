// bench/report/length_bins.c - borders from the series 1, 2, 5, 10, 20, 50, ..., at most MOST_BINS
// bins.
#include "bench/report/length_bins.h"

#include <math.h>

/// Largest of 1, 2, 5, 10, 20, ... that is at most `value` (>= 1).
static double round_below(double value)
{
    double power = pow(10, floor(log10(value) + 1e-9));
    double factor = value / power + 1e-9;
    return power * (factor >= 5 ? 5 : factor >= 2 ? 2 : 1);
}

/// The next number after `value` in 1, 2, 5, 10, 20, ...
static double round_next(double value)
{
    double power = pow(10, floor(log10(value) + 1e-9));
    return value / power > 1.5 && value / power < 4 ? power * 5 : value * 2;
}

static void add_bin(length_bins *out, double low, double high)
{
    out->bins[out->count++] = (svg_bin){.low = low, .high = high};
}

static void plan_growing(length_bins *out, double low, double high)
{
    double first = round_below(low);
    size_t count = 0;
    for (double edge = first; edge <= high; edge = round_next(edge))
        count++;
    for (; count >= MOST_BINS; count--) // the shortest replies share a bin
        first = round_next(first);
    if (first > low)
        add_bin(out, 0, first);
    for (double edge = first; edge <= high; edge = round_next(edge))
        add_bin(out, edge, round_next(edge));
}

static void plan_equal(length_bins *out, double low, double high)
{
    double step = 1;
    while (floor(high / step) - floor(low / step) >= MOST_BINS - 2)
        step = round_next(step);
    for (double edge = floor(low / step) * step; edge <= high; edge += step)
        add_bin(out, edge, edge + step);
}

void length_bins_plan(length_bins *out, int32_t low, int32_t high)
{
    *out = (length_bins){.count = 0};
    double least = low > 0 ? low : 0, most = high > low ? high : low;
    most = most > 0 ? most : 0;
    if (most > 10 * fmax(least, 1) && most > 20)
        plan_growing(out, fmax(least, 1), most);
    else
        plan_equal(out, least, most);
    if (least < out->bins[0].low)
        out->bins[0].low = 0;
}

void length_bins_count(length_bins *bins, const sample_score *score)
{
    size_t right[MOST_BINS] = {0};
    for (size_t i = 0; i < score->reply_count; i++) {
        double tokens = score->replies[i].tokens;
        for (size_t b = 0; b < bins->count; b++) {
            if (tokens < bins->bins[b].low || tokens >= bins->bins[b].high)
                continue;
            bins->bins[b].count++;
            right[b] += score->replies[i].correct == 1;
        }
    }
    for (size_t b = 0; b < bins->count; b++) {
        if (bins->bins[b].count > 0)
            bins->bins[b].value = (double)right[b] / (double)bins->bins[b].count;
    }
}
