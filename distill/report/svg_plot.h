// distill/report/svg_plot.h - plots as inline SVG for an html_page.
//
//     double step[] = {1, 2, 3}, loss[] = {2.1, 1.6, 1.4};
//     svg_series series = {.name = "training", .x = step, .y = loss, .count = 3};
//     svg_axes axes = {.title = "Loss", .x = {.label = "optimizer step"},
//                      .y = {.label = "nats a token", .log = true}};
//     TRY(svg_plot_lines(&page.text, &series, 1, &axes));
//
// Each plot is drawn twice, wide and narrow; the page's style shows the one that fits the screen.
// Colours are classes of the page's style, so that they follow its light or dark scheme: plots
// belong into an html_page. Points that are not finite (or not positive on a logarithmic axis) are
// left out, and a line breaks there.
#ifndef DISTILL_REPORT_SVG_PLOT_H
#define DISTILL_REPORT_SVG_PLOT_H

#include "distill/base/text.h"

/// Number of distinct colours; colour numbers are taken modulo this.
enum { SVG_COLOURS = 6 };

typedef enum svg_format {
    SVG_PLAIN,   // 1,024  0.25  1e-05
    SVG_PERCENT, // a share: 0.25 is written 25%
    SVG_COMPACT  // 12k, 3.4M
} svg_format;

typedef struct svg_axis {
    const char *label;   // with its unit: "tokens", "nats a token"; NULL = none
    bool log;            // logarithmic
    svg_format format;   // of the ticks
    double low, high;    // range; low == high: from the data
    const double *marks; // the only values that get a tick (where their numbers have room), such as
    size_t mark_count;   // the steps that were evaluated; 0 = round numbers
} svg_axis;

typedef struct svg_axes {
    const char *title; // shown above the plot and read by screen readers
    svg_axis x, y;
    int height; // in CSS pixels at full width, 0 = default
} svg_axes;

/// A line through (x[i], y[i]), x ascending. Thousands of points are drawn as the largest and
/// smallest of each column of pixels, so that no spike is lost.
typedef struct svg_series {
    const char *name; // for the legend (drawn if any series has a name); NULL = none
    const double *x, *y;
    size_t count;
    int colour;
    bool faint;  // thin and pale: the raw values behind a smoothed line
    bool points; // mark each point (for few points, such as evaluations)
} svg_series;
distill_status svg_plot_lines(distill_text *out, const svg_series *series, size_t count,
                              const svg_axes *axes) DISTILL_MUST_CHECK;

/// An exponential moving average for the line in front of faint raw values: out[i] = mean of y[0 …
/// i] weighted by exp(-(i-j) / span); values that are not finite are left out of it. out and y may
/// be the same array.
void svg_smooth(double *out, const double *y, size_t count, double span);

/// A value with its interval: a dot and a whisker on a horizontal scale. Only axes->x counts.
typedef struct svg_interval {
    const char *group; // a heading is drawn where the group changes; NULL = none
    const char *label;
    double value, low, high;
    int colour;
} svg_interval;
/// `zero_line`: also draw a line at 0 (for differences).
typedef enum svg_zero { SVG_NO_ZERO, SVG_ZERO_LINE } svg_zero;
distill_status svg_plot_intervals(distill_text *out, const svg_interval *rows, size_t count,
                                  const svg_axes *axes, svg_zero zero) DISTILL_MUST_CHECK;

/// Bars over ranges of x: the height is `value`, the number above the bar `count`. A bin with count
/// 0 is left empty.
typedef struct svg_bin {
    double low, high; // [low, high)
    double value;
    size_t count;
} svg_bin;
/// The bins are drawn equally wide, whatever they span, and labelled by their borders.
/// A small plot: several stand side by side on a wide screen.
distill_status svg_plot_bins(distill_text *out, const svg_bin *bins, size_t count, int colour,
                             const svg_axes *axes) DISTILL_MUST_CHECK;

/// Sets ticks[0 … *count-1] to round numbers (1, 2 or 5 times a power of ten) inside low … high,
/// about `wanted` of them. Logarithmic: powers of ten, with 2 and 5 between them where there is
/// room. low < high; 0 < low if `log`.
enum { SVG_MAX_TICKS = 24 };
void svg_ticks(double ticks[SVG_MAX_TICKS], size_t *count, double low, double high, size_t wanted,
               bool log);

#endif
