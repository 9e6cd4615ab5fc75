// distill/report/svg_plot.c - line plots, interval plots and bar charts as SVG.
//
// Layout from top to bottom: title, legend, label of the y axis, the plot, numbers of the x axis,
// its label. Every plot is drawn for two screen widths.
#include "distill/report/svg_plot.h"

#include "distill/report/html_page.h"
#include "distill/report/svg_frame.h"

#include <math.h>
#include <stdio.h>

enum { TITLE_CAPACITY = 256, LEFT = 58, RIGHT = 22 };

/// The two sizes of a plot; the style sheet shows one of them.
typedef struct plot_size {
    const char *kind;
    double width;
} plot_size;
static const plot_size SIZES[] = {{"wide", SVG_WIDE}, {"narrow", SVG_NARROW}};
enum { SIZE_COUNT = sizeof SIZES / sizeof SIZES[0] };

static int colour_of(int colour)
{
    int rest = colour % SVG_COLOURS;
    return rest < 0 ? rest + SVG_COLOURS : rest;
}

/// Draws the title and sets *y to the line below it.
static distill_status draw_title(distill_text *out, double *y, const char *title, double width)
{
    distill_status status = DISTILL_OK;
    *y = 0;
    if (title == NULL)
        return status;
    char fitted[TITLE_CAPACITY];
    svg_text_fit(fitted, sizeof fitted, title, (width - 8) * 0.95);
    TRY(svg_text(out, "title", 4, 15, fitted));
    *y = 15;
done:
    return status;
}

// ---- lines ------------------------------------------------------------------------------------

/// Draws the names of the series, wrapped to the width, and moves *y below them.
static distill_status draw_legend(distill_text *out, double *y, const svg_series *series,
                                  size_t count, double width)
{
    distill_status status = DISTILL_OK;
    double x = 4;
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (series[i].name == NULL)
            continue;
        char name[TITLE_CAPACITY];
        svg_text_fit(name, sizeof name, series[i].name, width - 40);
        double needed = svg_text_width(name) + 44;
        if (!any || x + needed > width) {
            x = 4;
            *y += SVG_LINE + 2;
            any = true;
        }
        TRY(distill_text_printf(out, "<g class=\"c%d\">", colour_of(series[i].colour)));
        TRY(svg_rule(out, series[i].faint ? "line faint" : "line", x, *y - 4, x + 20, *y - 4));
        TRY(svg_text(out, "ink", x + 26, *y, name));
        TRY(distill_text_add(out, "</g>"));
        x += needed;
    }
done:
    return status;
}

/// A column of pixels: the points in it that must be drawn.
typedef struct pixel_column {
    long at;
    bool any;
    double first, least, most, last; // in pixels
    size_t least_index, most_index;
} pixel_column;

static distill_status add_point(distill_text *out, bool *pen_down, double x, double y)
{
    char command = *pen_down ? 'L' : 'M';
    *pen_down = true;
    return distill_text_printf(out, "%c%.1f %.1f", command, x, y);
}

/// Draws a column: first, then least and most in the order of their arrival, then last.
static distill_status end_column(distill_text *out, bool *pen_down, pixel_column *column)
{
    distill_status status = DISTILL_OK;
    if (!column->any)
        return status;
    double x = (double)column->at;
    bool least_first = column->least_index < column->most_index;
    double middle[] = {least_first ? column->least : column->most,
                       least_first ? column->most : column->least};
    TRY(add_point(out, pen_down, x, column->first));
    if (column->least < column->most) {
        TRY(add_point(out, pen_down, x, middle[0]));
        TRY(add_point(out, pen_down, x, middle[1]));
        TRY(add_point(out, pen_down, x, column->last));
    }
    column->any = false;
done:
    return status;
}

static void take_point(pixel_column *column, size_t index, double y)
{
    if (!column->any) {
        column->first = column->least = column->most = y;
        column->least_index = column->most_index = index;
        column->any = true;
    }
    if (y < column->least) {
        column->least = y;
        column->least_index = index;
    }
    if (y > column->most) {
        column->most = y;
        column->most_index = index;
    }
    column->last = y;
}

/// The path of a long series, one column of pixels at a time.
static distill_status draw_columns(distill_text *out, const svg_series *s, const svg_scale *x,
                                   const svg_scale *y)
{
    distill_status status = DISTILL_OK;
    pixel_column column = {0};
    bool pen_down = false;
    for (size_t i = 0; i < s->count; i++) {
        bool shown = svg_scale_shows(x, s->x[i]) && svg_scale_shows(y, s->y[i]);
        long at = shown ? lround(svg_scale_at(x, s->x[i])) : 0;
        if (!shown || at != column.at)
            TRY(end_column(out, &pen_down, &column));
        if (!shown) {
            pen_down = false;
            continue;
        }
        column.at = at;
        take_point(&column, i, svg_scale_at(y, s->y[i]));
    }
    TRY(end_column(out, &pen_down, &column));
done:
    return status;
}

/// The path of a short series, point by point.
static distill_status draw_points(distill_text *out, const svg_series *s, const svg_scale *x,
                                  const svg_scale *y)
{
    distill_status status = DISTILL_OK;
    bool pen_down = false;
    for (size_t i = 0; i < s->count; i++) {
        if (svg_scale_shows(x, s->x[i]) && svg_scale_shows(y, s->y[i]))
            TRY(add_point(out, &pen_down, svg_scale_at(x, s->x[i]), svg_scale_at(y, s->y[i])));
        else
            pen_down = false;
    }
done:
    return status;
}

static distill_status draw_marks(distill_text *out, const svg_series *s, const svg_axes *axes,
                                 const svg_scale *x, const svg_scale *y)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < s->count; i++) {
        if (!svg_scale_shows(x, s->x[i]) || !svg_scale_shows(y, s->y[i]))
            continue;
        char x_text[32], y_text[32];
        svg_number(x_text, s->x[i], 1, axes->x.format);
        svg_number(y_text, s->y[i], fabs(s->y[i]) / 1000, axes->y.format);
        TRY(distill_text_printf(out,
                                "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s: "
                                "%s</title></circle>\n",
                                svg_scale_at(x, s->x[i]), svg_scale_at(y, s->y[i]), x_text,
                                y_text));
    }
done:
    return status;
}

static distill_status draw_series(distill_text *out, const svg_series *s, const svg_axes *axes,
                                  const svg_scale *x, const svg_scale *y)
{
    distill_status status = DISTILL_OK;
    bool dense = (double)s->count > 2 * (x->to - x->from);
    TRY(distill_text_printf(out, "<g class=\"c%d\"><path class=\"line%s\" d=\"",
                            colour_of(s->colour), s->faint ? " faint" : ""));
    TRY(dense ? draw_columns(out, s, x, y) : draw_points(out, s, x, y));
    TRY(distill_text_add(out, "\"/>\n"));
    if (s->points)
        TRY(draw_marks(out, s, axes, x, y));
    TRY(distill_text_add(out, "</g>\n"));
done:
    return status;
}

static distill_status draw_lines(distill_text *out, const plot_size *size, const svg_series *series,
                                 size_t count, const svg_axes *axes, const svg_extent extent[2])
{
    distill_status status = DISTILL_OK;
    double top = 0, height = axes->height > 0 ? axes->height : 340;
    height *= size->width == SVG_WIDE ? 1 : 0.8;
    double bottom = height - SVG_LINE - (axes->x.label != NULL ? SVG_LINE + 8 : 4);
    TRY(svg_open(out, size->kind, size->width, height, axes->title));
    TRY(draw_title(out, &top, axes->title, size->width));
    TRY(draw_legend(out, &top, series, count, size->width));
    top += axes->y.label != NULL ? 2 * SVG_LINE : 14;
    svg_scale x = svg_scale_of(&axes->x, &extent[0], LEFT, size->width - RIGHT, SVG_TIGHT);
    svg_scale y = svg_scale_of(&axes->y, &extent[1], bottom, top, SVG_ROUND);
    TRY(svg_ticks_left(out, &axes->y, &y, LEFT, size->width - RIGHT));
    TRY(svg_ticks_below(out, &axes->x, &x, top, bottom));
    TRY(svg_rule(out, "axis", LEFT, bottom, size->width - RIGHT, bottom));
    for (size_t i = 0; i < count; i++)
        TRY(draw_series(out, &series[i], axes, &x, &y));
    TRY(svg_close(out));
done:
    return status;
}

distill_status svg_plot_lines(distill_text *out, const svg_series *series, size_t count,
                              const svg_axes *axes)
{
    distill_status status = DISTILL_OK;
    svg_extent extent[2] = {{0}};
    for (size_t s = 0; s < count; s++) {
        for (size_t i = 0; i < series[s].count; i++) {
            svg_extent_take(&extent[0], series[s].x[i], axes->x.log);
            svg_extent_take(&extent[1], series[s].y[i], axes->y.log);
        }
    }
    for (size_t i = 0; i < SIZE_COUNT; i++)
        TRY(draw_lines(out, &SIZES[i], series, count, axes, extent));
done:
    return status;
}

void svg_smooth(double *out, const double *y, size_t count, double span)
{
    double keep = span > 0 ? exp(-1 / span) : 0;
    double sum = 0, weight = 0;
    for (size_t i = 0; i < count; i++) {
        sum *= keep;
        weight *= keep;
        if (isfinite(y[i])) {
            sum += y[i];
            weight += 1;
        }
        out[i] = weight > 0 ? sum / weight : NAN;
    }
}

// ---- intervals --------------------------------------------------------------------------------

/// Positions of the parts of an interval plot. Wide: names to the left and values to the right of
/// the scale; narrow: above it.
typedef struct interval_layout {
    double width, left, right;
    double row_height;
    double dot_below; // distance of the whisker from the row's text line
    bool narrow;
} interval_layout;

static interval_layout interval_layout_of(const plot_size *size, const svg_interval *rows,
                                          size_t count)
{
    interval_layout at = {.width = size->width, .narrow = size->width < SVG_WIDE};
    double longest = 60;
    for (size_t i = 0; i < count; i++)
        longest = fmax(longest, svg_text_width(rows[i].label));
    at.left = at.narrow ? 22 : fmin(longest, 230) + 30;
    at.right = at.narrow ? at.width - 22 : at.width - 196;
    at.row_height = at.narrow ? 40 : 27;
    at.dot_below = at.narrow ? 15 : -4;
    return at;
}

static bool begins_group(const svg_interval *rows, size_t i)
{
    if (rows[i].group == NULL)
        return false;
    return i == 0 || rows[i - 1].group == NULL ||
           !distill_span_equal(distill_span_of(rows[i].group), distill_span_of(rows[i - 1].group));
}

static distill_status draw_interval(distill_text *out, const svg_interval *row,
                                    const interval_layout *at, const svg_axis *axis,
                                    const svg_scale *x, double y)
{
    distill_status status = DISTILL_OK;
    char label[TITLE_CAPACITY], value[32], low[32], high[32], text[112];
    double step = axis->format == SVG_PERCENT ? 0.001 : (x->high - x->low) / 1000;
    svg_number(value, row->value, step, axis->format);
    svg_number(low, row->low, step, axis->format);
    svg_number(high, row->high, step, axis->format);
    snprintf(text, sizeof text, "%s  [%s, %s]", value, low, high);
    double text_left = at->narrow ? 4 : 14;
    svg_text_fit(label, sizeof label, row->label,
                 at->narrow ? at->width - svg_text_width(text) - 16 : at->left - 28);
    TRY(distill_text_printf(out, "<g class=\"c%d\">\n", colour_of(row->colour)));
    TRY(svg_text(out, "ink", text_left, y, label));
    TRY(svg_text(out, "end ink", at->width - 4, y, text));
    if (svg_scale_shows(x, row->low) && svg_scale_shows(x, row->high))
        TRY(svg_rule(out, "whisker", svg_scale_at(x, row->low), y + at->dot_below,
                     svg_scale_at(x, row->high), y + at->dot_below));
    if (svg_scale_shows(x, row->value))
        TRY(distill_text_printf(out, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>\n",
                                svg_scale_at(x, row->value), y + at->dot_below));
    TRY(distill_text_add(out, "</g>\n"));
done:
    return status;
}

/// Draws headings and rows from *y downwards; with `draw` false it only measures.
static distill_status draw_rows(distill_text *out, double *y, const svg_interval *rows,
                                size_t count, const interval_layout *at, const svg_axis *axis,
                                const svg_scale *x, bool draw)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < count; i++) {
        if (begins_group(rows, i)) {
            *y += i == 0 ? 6 : 12;
            char heading[TITLE_CAPACITY];
            svg_text_fit(heading, sizeof heading, rows[i].group, (at->width - 8) * 0.95);
            if (draw)
                TRY(svg_text(out, "title", 4, *y + 12, heading));
            *y += SVG_LINE;
        }
        if (draw)
            TRY(draw_interval(out, &rows[i], at, axis, x, *y + 16));
        *y += at->row_height;
    }
done:
    return status;
}

static distill_status draw_intervals(distill_text *out, const plot_size *size,
                                     const svg_interval *rows, size_t count, const svg_axes *axes,
                                     const svg_extent *extent, svg_zero zero)
{
    distill_status status = DISTILL_OK;
    interval_layout at = interval_layout_of(size, rows, count);
    svg_scale x = svg_scale_of(&axes->x, extent, at.left, at.right, SVG_ROUND);
    double top = axes->title != NULL ? 24 : 4, bottom = top;
    TRY(draw_rows(out, &bottom, rows, count, &at, &axes->x, &x, false));
    bottom += 6;
    TRY(svg_open(out, size->kind, at.width, bottom + SVG_LINE + (axes->x.label ? 26 : 6),
                 axes->title));
    double y = 0;
    TRY(draw_title(out, &y, axes->title, at.width));
    TRY(svg_ticks_below(out, &axes->x, &x, top, bottom));
    if (zero == SVG_ZERO_LINE)
        TRY(svg_rule(out, "zero", svg_scale_at(&x, 0), top, svg_scale_at(&x, 0), bottom));
    y = top;
    TRY(draw_rows(out, &y, rows, count, &at, &axes->x, &x, true));
    TRY(svg_close(out));
done:
    return status;
}

distill_status svg_plot_intervals(distill_text *out, const svg_interval *rows, size_t count,
                                  const svg_axes *axes, svg_zero zero)
{
    distill_status status = DISTILL_OK;
    svg_extent extent = {0};
    if (zero == SVG_ZERO_LINE)
        svg_extent_take(&extent, 0, false);
    for (size_t i = 0; i < count; i++) {
        svg_extent_take(&extent, rows[i].value, axes->x.log);
        svg_extent_take(&extent, rows[i].low, axes->x.log);
        svg_extent_take(&extent, rows[i].high, axes->x.log);
    }
    for (size_t i = 0; i < SIZE_COUNT; i++)
        TRY(draw_intervals(out, &SIZES[i], rows, count, axes, &extent, zero));
done:
    return status;
}

// ---- bins -------------------------------------------------------------------------------------

/// A count short enough for the space above a bar: from a thousand on with two digits.
static void count_label(char text[32], size_t count)
{
    double shown = (double)count;
    if (count >= 1000) {
        double unit = pow(10, floor(log10(shown)) - 1);
        shown = round(shown / unit) * unit;
    }
    svg_number(text, shown, 1, SVG_COMPACT);
}

static distill_status draw_bar(distill_text *out, const svg_bin *bin, const svg_axes *axes,
                               const svg_scale *y, double left, double right, double bottom)
{
    distill_status status = DISTILL_OK;
    if (bin->count == 0 || !svg_scale_shows(y, bin->value))
        return status;
    char low[32], high[32], value[32], count[32];
    double step = axes->y.format == SVG_PERCENT ? 0.001 : fabs(bin->value) / 1000;
    svg_number(low, bin->low, 1, SVG_PLAIN);
    svg_number(high, bin->high, 1, SVG_PLAIN);
    svg_number(value, bin->value, step, axes->y.format);
    count_label(count, bin->count);
    double top = fmin(svg_scale_at(y, bin->value), bottom - 1);
    TRY(distill_text_printf(out,
                            "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                            "height=\"%.1f\" rx=\"2\"><title>%s … %s: %s of %zu</title></rect>\n",
                            left, top, right - left, bottom - top, low, high, value, bin->count));
    TRY(svg_text(out, "mid ink", (left + right) / 2, top - 5, count));
done:
    return status;
}

/// Draws numbers below the borders of the bins; only every second one if they would touch.
static distill_status draw_borders(distill_text *out, const svg_bin *bins, size_t count,
                                   double pitch, double bottom, svg_format format)
{
    distill_status status = DISTILL_OK;
    size_t stride = pitch < 34 ? 2 : 1;
    for (size_t i = 0; i <= count; i += stride) {
        char text[32];
        double x = LEFT - 8 + (double)i * pitch;
        svg_number(text, i < count ? bins[i].low : bins[count - 1].high, 1, format);
        TRY(svg_rule(out, "axis", x, bottom, x, bottom + 4));
        TRY(svg_text(out, "mid", x, bottom + SVG_LINE, text));
    }
done:
    return status;
}

distill_status svg_plot_bins(distill_text *out, const svg_bin *bins, size_t count, int colour,
                             const svg_axes *axes)
{
    distill_status status = DISTILL_OK;
    double height = axes->height > 0 ? axes->height : 240, top = 0;
    double left = LEFT - 8, right = SVG_SMALL - 18;
    double bottom = height - SVG_LINE - (axes->x.label != NULL ? SVG_LINE + 8 : 4);
    svg_extent extent = {0};
    svg_extent_take(&extent, 0, axes->y.log);
    for (size_t i = 0; i < count; i++)
        svg_extent_take(&extent, bins[i].value, axes->y.log);
    TRY(svg_open(out, "small", SVG_SMALL, height, axes->title));
    TRY(draw_title(out, &top, axes->title, SVG_SMALL));
    top += axes->y.label != NULL ? 2 * SVG_LINE + 12 : 28;
    svg_scale y = svg_scale_of(&axes->y, &extent, bottom, top, SVG_ROUND);
    TRY(svg_ticks_left(out, &axes->y, &y, left, right));
    TRY(distill_text_printf(out, "<g class=\"c%d\">\n", colour_of(colour)));
    double pitch = (right - left) / (double)(count > 0 ? count : 1);
    for (size_t i = 0; i < count; i++) {
        double x = left + (double)i * pitch;
        TRY(draw_bar(out, &bins[i], axes, &y, x + 2, x + pitch - 2, bottom));
    }
    TRY(distill_text_add(out, "</g>\n"));
    TRY(svg_rule(out, "axis", left, bottom, right, bottom));
    if (count > 0)
        TRY(draw_borders(out, bins, count, pitch, bottom, axes->x.format));
    if (axes->x.label != NULL)
        TRY(svg_text(out, "mid", (left + right) / 2, bottom + 2 * SVG_LINE + 2, axes->x.label));
    TRY(svg_close(out));
done:
    return status;
}
