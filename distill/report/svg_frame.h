// distill/report/svg_frame.h - private to the plots: scales, ticks, and text fitted to a width.
#ifndef DISTILL_REPORT_SVG_FRAME_H
#define DISTILL_REPORT_SVG_FRAME_H

#include "distill/report/svg_plot.h"

/// Pixels of a plot; x to the right, y downwards, as in SVG.
enum {
    SVG_WIDE = 760,   // width of a plot on a desktop screen
    SVG_NARROW = 360, // width on a phone
    SVG_SMALL = 360,  // width of a small plot, on both
    SVG_LINE = 18     // distance of two lines of text
};

/// Maps values low … high to pixels from … to.
typedef struct svg_scale {
    double low, high;
    double from, to;
    bool log;
} svg_scale;

/// Smallest and largest value seen so far.
typedef struct svg_extent {
    double low, high;
    bool any;
} svg_extent;
/// Includes a finite value (on a logarithmic axis: a positive one).
void svg_extent_take(svg_extent *extent, double value, bool log);

typedef enum svg_fit { SVG_TIGHT, SVG_ROUND } svg_fit;
/// The scale of `axis`: its own range, or that of the data, which is widened if it is empty and,
/// with SVG_ROUND, extended to the next ticks.
svg_scale svg_scale_of(const svg_axis *axis, const svg_extent *extent, double from, double to,
                       svg_fit fit);
/// True if `value` can be drawn.
bool svg_scale_shows(const svg_scale *scale, double value);
double svg_scale_at(const svg_scale *scale, double value);

/// Formats `value`; `step`, the distance of two ticks, determines the number of decimals.
void svg_number(char text[32], double value, double step, svg_format format);
/// Distance of neighbouring ticks around ticks[i], for svg_number.
double svg_tick_step(const double *ticks, size_t count, size_t i, bool log);

/// Estimated width in pixels at 13 px.
double svg_text_width(const char *text);
/// Copies `text` into `out`, shortened with an ellipsis at a character border to fit into `width`
/// pixels.
void svg_text_fit(char *out, size_t capacity, const char *text, double width);

distill_status svg_open(distill_text *out, const char *kind, double width, double height,
                        const char *title) DISTILL_MUST_CHECK;
distill_status svg_close(distill_text *out) DISTILL_MUST_CHECK;
/// Appends escaped text; `kind` is a list of classes of the style sheet.
distill_status svg_text(distill_text *out, const char *kind, double x, double y,
                        const char *text) DISTILL_MUST_CHECK;
distill_status svg_rule(distill_text *out, const char *kind, double x0, double y0, double x1,
                        double y1) DISTILL_MUST_CHECK;

/// Draws vertical grid lines with numbers at `bottom` and the axis label below them; the other
/// function draws horizontal ones.
distill_status svg_ticks_below(distill_text *out, const svg_axis *axis, const svg_scale *x,
                               double top, double bottom) DISTILL_MUST_CHECK;
distill_status svg_ticks_left(distill_text *out, const svg_axis *axis, const svg_scale *y,
                              double left, double right) DISTILL_MUST_CHECK;

#endif
