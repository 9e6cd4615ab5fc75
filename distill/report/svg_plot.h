// distill/report/svg_plot.h - plots as inline SVG for an html_page.
//
//     double step[] = {1, 2, 3}, loss[] = {2.1, 1.6, 1.4};
//     svg_series series = {.name = "training", .x = step, .y = loss, .count = 3};
//     svg_axes axes = {.title = "Loss", .x = {.label = "optimizer step"},
//                      .y = {.label = "nats per token", .log = true}};
//     TRY(svg_plot_lines(&page.text, &series, 1, &axes));
//
// Each plot is drawn twice, wide and narrow; the page's style sheet shows the one that fits the
// screen. Colours are classes of the style sheet, which defines a light and a dark scheme, so plots
// work only inside an html_page. Points that are not finite (or not positive on a logarithmic axis)
// are left out, and the line is interrupted there.
#ifndef DISTILL_REPORT_SVG_PLOT_H
#define DISTILL_REPORT_SVG_PLOT_H

#include "distill/base/text.h"

/// Number of distinct colours; colour numbers are taken modulo it.
enum { SVG_COLOURS = 6 };

typedef enum svg_format {
    SVG_PLAIN,   // 1,024  0.25  1e-05
    SVG_PERCENT, // a fraction: 0.25 is written as 25%
    SVG_COMPACT  // 12k, 3.4M
} svg_format;

typedef struct svg_axis {
    const char *label;   // with its unit: "tokens", "nats per token"; NULL = none
    bool log;            // logarithmic
    svg_format format;   // of the ticks
    double low, high;    // range; low == high: that of the data
    const double *marks; // values with ticks, such as the evaluated steps; a number is left out if
    size_t mark_count;   // there is no space for it; 0 = ticks at round numbers
} svg_axis;

typedef struct svg_axes {
    const char *title; // shown above the plot and read by screen readers
    svg_axis x, y;
    int height; // in CSS pixels at full width, 0 = default
} svg_axes;

/// A line through (x[i], y[i]), with ascending x. If there are more points than pixels, the largest
/// and smallest of each column of pixels are drawn, so that spikes stay visible.
typedef struct svg_series {
    const char *name; // for the legend, which is drawn if a series has a name; NULL = none
    const double *x, *y;
    size_t count;
    int colour;
    bool faint;  // thin and pale, for raw values behind a smoothed line
    bool points; // mark each point, for a few points such as evaluations
} svg_series;
distill_status svg_plot_lines(distill_text *out, const svg_series *series, size_t count,
                              const svg_axes *axes) DISTILL_MUST_CHECK;

/// An exponential moving average: out[i] = mean of y[0 … i] weighted by exp(-(i-j) / span). Values
/// that are not finite are ignored. out and y may be the same array.
void svg_smooth(double *out, const double *y, size_t count, double span);

/// A value with its interval: a dot and a whisker on a horizontal scale. Only axes->x is used.
typedef struct svg_interval {
    const char *group; // a heading is drawn where the group changes; NULL = none
    const char *label;
    double value, low, high;
    int colour;
} svg_interval;
/// SVG_ZERO_LINE also draws a line at 0, for differences.
typedef enum svg_zero { SVG_NO_ZERO, SVG_ZERO_LINE } svg_zero;
distill_status svg_plot_intervals(distill_text *out, const svg_interval *rows, size_t count,
                                  const svg_axes *axes, svg_zero zero) DISTILL_MUST_CHECK;

/// Bars over ranges of x with height `value` and the number `count` above. A bin with count 0 is
/// empty.
typedef struct svg_bin {
    double low, high; // [low, high)
    double value;
    size_t count;
} svg_bin;
/// Draws a small plot; several are placed side by side on a wide screen. All bins have the same
/// width and are labelled by their borders.
distill_status svg_plot_bins(distill_text *out, const svg_bin *bins, size_t count, int colour,
                             const svg_axes *axes) DISTILL_MUST_CHECK;

/// Sets ticks[0 … *count-1] to about `target` round numbers (1, 2 or 5 times a power of ten) in
/// low … high. Logarithmic: powers of ten, and between them 2 and 5 times those if there is space.
/// Requires low < high, and 0 < low if `log`.
enum { SVG_MAX_TICKS = 24 };
void svg_ticks(double ticks[SVG_MAX_TICKS], size_t *count, double low, double high, size_t target,
               bool log);

#endif
