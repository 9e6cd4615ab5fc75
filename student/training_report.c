// student/training_report.c - writes summary, curves and settings of a run to one page.
#include "student/training_report.h"

#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/train/training_curves.h"

#include <stdarg.h>
#include <stdio.h>

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

static distill_status add_summary(html_page *page, const training_report *report,
                                  const distill_metrics_row *rows, size_t count,
                                  const distill_training_curves *c)
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
    TRY(add_row(page, "documents", "%s",
                distill_format_count(text, sizeof text, report->documents)));
    TRY(add_row(page, "parameters", "%s",
                distill_format_count(text, sizeof text, report->parameters)));
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

static distill_status add_settings(html_page *page, const training_report *report)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text value = {0};
    const char *heads[] = {"option", "value"};
    TRY(distill_json_parse(&doc, report->settings.bytes, report->settings.length, "settings"));
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

static distill_status fill_page(html_page *page, const training_report *report,
                                const distill_metrics_row *rows, size_t count,
                                const distill_training_curves *c)
{
    distill_status status = DISTILL_OK;
    char subtitle[256];
    snprintf(subtitle, sizeof subtitle, "%.100s, %zu steps", report->output, count);
    TRY(html_page_begin(page, "Training report", subtitle));
    TRY(add_summary(page, report, rows, count, c));
    TRY(distill_training_curves_add(page, c));
    TRY(add_settings(page, report));
done:
    return status;
}

distill_status training_report_write(const training_report *report)
{
    distill_status status = DISTILL_OK;
    distill_metrics_row *rows = NULL;
    size_t count = 0;
    distill_training_curves c = {0};
    html_page page = {0};
    distill_text path = {0};
    TRY(distill_path_join(&path, report->output, "metrics.jsonl"));
    TRY(distill_metrics_read(&rows, &count, path.bytes));
    TRY(distill_training_curves_create(&c, rows, count));
    TRY(fill_page(&page, report, rows, count, &c));
    TRY(distill_path_join(&path, report->output, "report.html"));
    TRY(html_page_write(&page, path.bytes));
done:
    distill_text_free(&path);
    html_page_free(&page);
    distill_training_curves_free(&c);
    distill_free(rows);
    return status;
}
