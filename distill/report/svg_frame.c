// distill/report/svg_frame.c - scales, ticks, numbers and text of the plots.
//
// SVG has no text metrics here, so widths are estimated from character classes at 13 px.
#include "distill/report/svg_frame.h"

#include "distill/report/html_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void svg_extent_take(svg_extent *extent, double value, bool log)
{
    if (!isfinite(value) || (log && value <= 0))
        return;
    if (!extent->any || value < extent->low)
        extent->low = value;
    if (!extent->any || value > extent->high)
        extent->high = value;
    extent->any = true;
}

/// 1, 2 or 5 times a power of ten: the smallest that splits `range` into at most `max_parts` parts.
static double round_step(double range, size_t max_parts)
{
    double raw = range / (double)(max_parts > 0 ? max_parts : 1);
    double power = pow(10, floor(log10(raw)));
    double factor = raw / power;
    return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

static void ticks_linear(double *ticks, size_t *count, double low, double high, size_t target)
{
    double step = round_step(high - low, target);
    double first = ceil(low / step - 1e-9);
    for (size_t i = 0; *count < SVG_MAX_TICKS; i++) {
        double value = (first + (double)i) * step;
        if (value > high + 1e-9 * step)
            break;
        ticks[(*count)++] = value;
    }
}

static void ticks_log(double *ticks, size_t *count, double low, double high, size_t target)
{
    static const double WITHIN[] = {1, 2, 5};
    double decades = log10(high) - log10(low);
    int stride = 1 + (int)(decades / (double)(target > 0 ? target : 1));
    size_t parts = decades * 3 <= (double)target + 1 ? 3 : 1;
    int first = (int)floor(log10(low));
    int last = (int)ceil(log10(high));
    for (int power = first; power <= last; power++) {
        if ((power - first) % stride != 0)
            continue;
        for (size_t i = 0; i < parts && *count < SVG_MAX_TICKS; i++) {
            double value = WITHIN[i] * pow(10, power);
            if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
                ticks[(*count)++] = value;
        }
    }
}

void svg_ticks(double ticks[SVG_MAX_TICKS], size_t *count, double low, double high, size_t target,
               bool log)
{
    *count = 0;
    if (target > SVG_MAX_TICKS / 2)
        target = SVG_MAX_TICKS / 2;
    if (!(low < high) || !isfinite(high - low))
        return;
    if (log && low > 0)
        ticks_log(ticks, count, low, high, target);
    if (!log || *count < 2) {
        *count = 0;
        ticks_linear(ticks, count, low, high, target);
    }
}

static void widen_to_ticks(svg_scale *scale)
{
    if (scale->log)
        return;
    double step = round_step(scale->high - scale->low, 5);
    scale->low = floor(scale->low / step + 1e-9) * step;
    scale->high = ceil(scale->high / step - 1e-9) * step;
}

svg_scale svg_scale_of(const svg_axis *axis, const svg_extent *extent, double from, double to,
                       svg_fit fit)
{
    svg_scale scale = {.from = from, .to = to, .log = axis->log};
    if (axis->low < axis->high && (!axis->log || axis->low > 0)) {
        scale.low = axis->low;
        scale.high = axis->high;
        return scale;
    }
    scale.low = extent->any ? extent->low : axis->log ? 1 : 0;
    scale.high = extent->any ? extent->high : axis->log ? 10 : 1;
    if (axis->log) {
        bool flat = scale.high / scale.low < 1.0001;
        double margin = flat ? 2 : pow(scale.high / scale.low, fit == SVG_ROUND ? 0.04 : 0);
        scale.low /= margin;
        scale.high *= margin;
    } else if (scale.high - scale.low <= 1e-12 * fabs(scale.high)) {
        double margin = scale.high == 0 ? 1 : 0.1 * fabs(scale.high);
        scale.low -= margin;
        scale.high += margin;
    }
    if (fit == SVG_ROUND)
        widen_to_ticks(&scale);
    return scale;
}

bool svg_scale_shows(const svg_scale *scale, double value)
{
    return isfinite(value) && (!scale->log || value > 0);
}

double svg_scale_at(const svg_scale *scale, double value)
{
    double share = scale->log ? log(value / scale->low) / log(scale->high / scale->low)
                              : (value - scale->low) / (scale->high - scale->low);
    if (!(share > -1)) // far outside: limits the coordinates
        share = -1;
    if (share > 2)
        share = 2;
    return scale->from + share * (scale->to - scale->from);
}

/// Number of decimals that distinguish values `step` apart.
static int decimals_of(double step)
{
    if (!(step > 0) || step >= 1)
        return 0;
    double places = ceil(-log10(step) - 1e-6);
    return places > 8 ? 8 : (int)places;
}

/// Inserts commas between groups of three digits of the integer part.
static void group_thousands(char text[32])
{
    size_t start = text[0] == '-' ? 1 : 0;
    size_t digits = strspn(text + start, "0123456789");
    for (size_t left = digits; left > 3; left -= 3) {
        size_t at = start + left - 3;
        size_t length = strlen(text);
        if (length + 2 > 32)
            return;
        memmove(text + at + 1, text + at, length - at + 1);
        text[at] = ',';
    }
}

static void number_compact(char text[32], double value)
{
    static const char *const UNITS[] = {"", "k", "M", "G", "T"};
    size_t unit = 0;
    while (fabs(value) >= 999.5 && unit < 4) {
        value /= 1000;
        unit++;
    }
    snprintf(text, 32, "%.3g%s", value, UNITS[unit]);
}

void svg_number(char text[32], double value, double step, svg_format format)
{
    double size = fabs(value);
    if (value == 0)
        value = 0; // avoids "-0"
    if (format == SVG_PERCENT)
        snprintf(text, 32, "%.*f%%", decimals_of(step * 100), value * 100);
    else if (format == SVG_COMPACT)
        number_compact(text, value);
    else if (size >= 1e9 || (size > 0 && size < 1e-4))
        snprintf(text, 32, "%.3g", value);
    else {
        snprintf(text, 32, "%.*f", decimals_of(step), value);
        group_thousands(text);
    }
}

double svg_tick_step(const double *ticks, size_t count, size_t i, bool log)
{
    if (log)
        return ticks[i];
    return count > 1 ? ticks[1] - ticks[0] : 1;
}

/// Estimated width of one byte of text; continuation bytes of a character have width 0.
static double byte_width(unsigned char byte)
{
    if ((byte & 0xC0) == 0x80)
        return 0;
    return byte >= 0xE0 ? 13 : strchr("iljtfI.,:;'|!()[] ", byte) != NULL ? 4.6 : 7.6;
}

double svg_text_width(const char *text)
{
    double width = 0;
    for (; *text != '\0'; text++)
        width += byte_width((unsigned char)*text);
    return width;
}

void svg_text_fit(char *out, size_t capacity, const char *text, double width)
{
    if (svg_text_width(text) <= width && strlen(text) < capacity) {
        memcpy(out, text, strlen(text) + 1);
        return;
    }
    double used = 13; // the ellipsis
    size_t length = 0;
    for (size_t i = 0; text[i] != '\0' && i + 4 < capacity; i++) {
        used += byte_width((unsigned char)text[i]);
        if (((unsigned char)text[i] & 0xC0) != 0x80) {
            if (used > width)
                break;
            length = i;
        }
    }
    memcpy(out, text, length);
    memcpy(out + length, "…", sizeof "…");
}

distill_status svg_open(distill_text *out, const char *kind, double width, double height,
                        const char *title)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out,
                            "<svg class=\"plot %s\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
                            "aria-label=\"",
                            kind, width, height));
    TRY(html_escape(out, distill_span_of(title == NULL ? "plot" : title)));
    TRY(distill_text_add(out, "\">\n"));
done:
    return status;
}

distill_status svg_close(distill_text *out)
{
    return distill_text_add(out, "</svg>\n");
}

distill_status svg_text(distill_text *out, const char *kind, double x, double y, const char *text)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", kind, x, y));
    TRY(html_escape(out, distill_span_of(text)));
    TRY(distill_text_add(out, "</text>\n"));
done:
    return status;
}

distill_status svg_rule(distill_text *out, const char *kind, double x0, double y0, double x1,
                        double y1)
{
    return distill_text_printf(
        out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", kind, x0, y0,
        x1, y1);
}

distill_status svg_ticks_below(distill_text *out, const svg_axis *axis, const svg_scale *x,
                               double top, double bottom)
{
    distill_status status = DISTILL_OK;
    double round[SVG_MAX_TICKS];
    const double *ticks = axis->marks != NULL ? axis->marks : round;
    size_t count = axis->mark_count;
    double free_from = -1e9; // smallest x of the next number
    if (axis->marks == NULL)
        svg_ticks(round, &count, x->low, x->high, x->to - x->from > 450 ? 8 : 4, x->log);
    for (size_t i = 0; i < count; i++) {
        char text[32];
        if (!svg_scale_shows(x, ticks[i]))
            continue;
        double at = svg_scale_at(x, ticks[i]);
        svg_number(text, ticks[i], svg_tick_step(ticks, count, i, x->log), axis->format);
        double half = svg_text_width(text) / 2;
        if (at - half < free_from)
            continue;
        free_from = at + half + 6;
        TRY(svg_rule(out, "grid", at, top, at, bottom));
        TRY(svg_text(out, "mid", at, bottom + SVG_LINE, text));
    }
    if (axis->label != NULL)
        TRY(svg_text(out, "mid", (x->from + x->to) / 2, bottom + 2 * SVG_LINE + 2, axis->label));
done:
    return status;
}

distill_status svg_ticks_left(distill_text *out, const svg_axis *axis, const svg_scale *y,
                              double left, double right)
{
    distill_status status = DISTILL_OK;
    double ticks[SVG_MAX_TICKS];
    size_t count = 0;
    svg_ticks(ticks, &count, y->low, y->high, y->from - y->to > 180 ? 6 : 4, y->log);
    for (size_t i = 0; i < count; i++) {
        char text[32];
        double at = svg_scale_at(y, ticks[i]);
        svg_number(text, ticks[i], svg_tick_step(ticks, count, i, y->log), axis->format);
        TRY(svg_rule(out, "grid", left, at, right, at));
        TRY(svg_text(out, "end", left - 8, at + 4, text));
    }
    if (axis->label != NULL)
        TRY(svg_text(out, "", 4, y->to - 12, axis->label));
done:
    return status;
}
