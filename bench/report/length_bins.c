// bench/report/length_bins.c - borders from the series 1, 2, 5, 10, 20, 50, ..., at most MOST_BINS
// bins.
#include "bench/report/length_bins.h"

/// Largest of 1, 2, 5, 10, 20, ... that is at most `value` (>= 1).
static int64_t round_below(int64_t value)
{
    int64_t power = 1;
    while (power <= value / 10)
        power *= 10;
    int64_t digit = value / power;
    return power * (digit >= 5 ? 5 : digit >= 2 ? 2 : 1);
}

/// The next number after `value` in 1, 2, 5, 10, 20, ...
static int64_t round_next(int64_t value)
{
    int64_t power = value;
    while (power % 10 == 0)
        power /= 10;
    return power == 2 ? value / 2 * 5 : value * 2;
}

static void add_bin(length_bins *out, int64_t low, int64_t high)
{
    out->bins[out->count++] = (svg_bin){.low = (double)low, .high = (double)high};
}

static void plan_growing(length_bins *out, int64_t low, int64_t high)
{
    int64_t first = round_below(low);
    size_t count = 0;
    for (int64_t edge = first; edge <= high; edge = round_next(edge))
        count++;
    for (; count >= MOST_BINS; count--) // the shortest replies share a bin
        first = round_next(first);
    if (first > low)
        add_bin(out, 0, first);
    for (int64_t edge = first; edge <= high; edge = round_next(edge))
        add_bin(out, edge, round_next(edge));
}

static void plan_equal(length_bins *out, int64_t low, int64_t high)
{
    int64_t step = 1;
    while (high / step - low / step >= MOST_BINS - 2)
        step = round_next(step);
    for (int64_t edge = low / step * step; edge <= high; edge += step)
        add_bin(out, edge, edge + step);
}

void length_bins_plan(length_bins *out, int32_t low, int32_t high)
{
    *out = (length_bins){.count = 0};
    int64_t least = low > 0 ? low : 0, most = high > least ? high : least;
    int64_t at_least_one = least > 0 ? least : 1;
    if (most > 10 * at_least_one && most > 20)
        plan_growing(out, at_least_one, most);
    else
        plan_equal(out, least, most);
    if ((double)least < out->bins[0].low)
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
