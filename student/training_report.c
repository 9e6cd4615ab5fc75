#include "student/training_report.h"

#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/report/html_page.h"
#include "distill/report/svg_plot.h"
#include "distill/train/metrics.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// One array a curve, all as long as there are steps.
typedef struct curves {
    size_t count, evals;
    double *step, *loss, *smooth, *lr, *norm, *rate, *eval_step, *eval_loss;
    double *block;
} curves;

static distill_status fill_curves(curves *c, const distill_metrics_row *rows, size_t count)
{
    distill_status status = DISTILL_OK;
    TRY(DISTILL_NEW(&c->block, 8 * count + 1));
    double **arrays[] = {&c->step, &c->loss, &c->smooth,    &c->lr,
                         &c->norm, &c->rate, &c->eval_step, &c->eval_loss};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = c->block + i * count;
    c->count = count;
    for (size_t i = 0; i < count; i++) {
        c->step[i] = (double)rows[i].step;
        c->loss[i] = rows[i].loss;
        c->lr[i] = rows[i].lr;
        c->norm[i] = rows[i].grad_norm;
        c->rate[i] = rows[i].tokens_per_s;
        if (rows[i].has_eval) {
            c->eval_step[c->evals] = (double)rows[i].step;
            c->eval_loss[c->evals++] = rows[i].eval_loss;
        }
    }
    svg_smooth(c->smooth, c->loss, count, fmax(1, (double)count / 40));
done:
    return status;
}

static distill_status add_loss(html_page *page, const curves *c)
{
    distill_status status = DISTILL_OK;
    svg_series series[] = {
        {.name = "each step", .x = c->step, .y = c->loss, .count = c->count, .faint = true},
        {.name = "smoothed", .x = c->step, .y = c->smooth, .count = c->count},
        {.name = "evaluation data",
         .x = c->eval_step,
         .y = c->eval_loss,
         .count = c->evals,
         .colour = 1,
         .points = true}};
    svg_axes axes = {
        .title = "Loss", .x = {.label = "optimizer step"}, .y = {.label = "nats a token"}};
    TRY(html_page_section(page, "Loss"));
    TRY(html_page_figure_begin(page));
    TRY(svg_plot_lines(&page->text, series, c->evals > 0 ? 3 : 2, &axes));
    TRY(html_page_figure_end(page, "Mean cross-entropy of the learned tokens of each optimizer "
                                   "step, before the step was made."));
done:
    return status;
}

static distill_status add_curve(html_page *page, const curves *c, const double *y,
                                const char *heading, const char *label, const char *caption)
{
    distill_status status = DISTILL_OK;
    svg_series series = {.x = c->step, .y = y, .count = c->count};
    svg_axes axes = {
        .title = heading, .x = {.label = "optimizer step"}, .y = {.label = label}, .height = 220};
    TRY(html_page_section(page, heading));
    TRY(html_page_figure_begin(page));
    TRY(svg_plot_lines(&page->text, &series, 1, &axes));
    TRY(html_page_figure_end(page, "%s", caption));
done:
    return status;
}

// ------------------------------------------------------------------------------------------ tables

static distill_status add_row(html_page *page, const char *name, const char *format, ...)
    DISTILL_PRINTF(3, 4);

static distill_status add_row(html_page *page, const char *name, const char *format, ...)
{
    char value[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    const char *cells[] = {name, value};
    return html_page_table_row(page, cells, 2);
}

static distill_status add_summary(html_page *page, const training_run *run,
                                  const distill_metrics_row *rows, size_t count, const curves *c)
{
    distill_status status = DISTILL_OK;
    const char *heads[] = {"what", "value"};
    char text[32];
    double seconds = 0;
    for (size_t i = 0; i < count; i++)
        seconds += rows[i].seconds;
    TRY(html_page_section(page, "Summary"));
    TRY(html_page_table_begin(page, NULL, heads, 2));
    TRY(add_row(page, "optimizer steps", "%zu", count));
    TRY(add_row(page, "tokens seen", "%s",
                distill_format_count(text, sizeof text, count > 0 ? rows[count - 1].tokens : 0)));
    TRY(add_row(page, "documents", "%s", distill_format_count(text, sizeof text, run->data.count)));
    TRY(add_row(page, "parameters", "%s",
                distill_format_count(text, sizeof text, run->layout->parameters)));
    if (count > 0) {
        TRY(add_row(page, "loss, first step", "%.4f", rows[0].loss));
        TRY(add_row(page, "loss, last steps (smoothed)", "%.4f", c->smooth[count - 1]));
    }
    if (c->evals > 0)
        TRY(add_row(page, "loss on evaluation data, last", "%.4f", c->eval_loss[c->evals - 1]));
    TRY(add_row(page, "time in steps", "%.0f s", seconds));
    TRY(html_page_table_end(page));
done:
    return status;
}

static distill_status add_settings(html_page *page, const training_run *run)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text value = {0};
    const char *heads[] = {"option", "value"};
    const distill_text *settings = &run->directory.settings;
    TRY(distill_json_parse(&doc, settings->bytes, settings->length, "settings"));
    TRY(html_page_section(page, "Settings"));
    TRY(html_page_table_begin(page, NULL, heads, 2));
    for (const distill_json_node *node = distill_json_first(distill_json_root(doc)); node != NULL;
         node = distill_json_next(node)) {
        if (distill_json_kind_of(node) == DISTILL_JSON_NULL)
            continue;
        distill_text_clear(&value);
        TRY(distill_json_write_node(&value, doc, node));
        const char *cells[] = {distill_json_key(node), value.bytes};
        TRY(html_page_table_row(page, cells, 2));
    }
    TRY(html_page_table_end(page));
done:
    distill_text_free(&value);
    distill_json_free(doc);
    return status;
}

static distill_status fill_page(html_page *page, const training_run *run,
                                const distill_metrics_row *rows, size_t count, const curves *c)
{
    distill_status status = DISTILL_OK;
    char subtitle[256];
    snprintf(subtitle, sizeof subtitle, "%.100s, %zu steps", run->directory.path, count);
    TRY(html_page_begin(page, "Training report", subtitle));
    TRY(add_summary(page, run, rows, count, c));
    TRY(add_loss(page, c));
    TRY(add_curve(page, c, c->lr, "Learning rate", NULL, "Learning rate of each step."));
    TRY(add_curve(page, c, c->norm, "Gradient norm", NULL,
                  "L2 norm of the whole gradient, before clipping."));
    TRY(add_curve(page, c, c->rate, "Speed", "tokens a second",
                  "Tokens of the step, prompts included, by its time."));
    TRY(add_settings(page, run));
done:
    return status;
}

distill_status training_report_write(const training_run *run)
{
    distill_status status = DISTILL_OK;
    distill_metrics_row *rows = NULL;
    size_t count = 0;
    curves c = {0};
    html_page page = {0};
    distill_text path = {0};
    TRY(distill_path_join(&path, run->directory.path, "metrics.jsonl"));
    TRY(distill_metrics_read(&rows, &count, path.bytes));
    TRY(fill_curves(&c, rows, count));
    TRY(fill_page(&page, run, rows, count, &c));
    TRY(distill_path_join(&path, run->directory.path, "report.html"));
    TRY(html_page_write(&page, path.bytes));
done:
    distill_text_free(&path);
    html_page_free(&page);
    distill_free(c.block);
    distill_free(rows);
    return status;
}
