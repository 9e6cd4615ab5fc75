// bench/report/bench_report.c - the sections of the page: scores, intervals and paired differences,
// pass@k, accuracy by reply length, example replies, settings. The page is one file: plots are
// inline SVG, and nothing is loaded.
#include "bench/report/bench_report.h"

#include "bench/report/length_bins.h"
#include "bench/report/reply_examples.h"
#include "bench/report/results_table.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/report/html_page.h"
#include "distill/report/svg_plot.h"

#include <stdio.h>

// --- the table ----------------------------------------------------------------------------------

/// "62.5% ± 4.4", and below it cons@n, tokens, the shares that were truncated or unknown, and all
/// verdicts.
static distill_status score_cell(distill_text *out, const sample_score *score)
{
    distill_status status = DISTILL_OK;
    char tokens[32];
    distill_format_count(tokens, sizeof tokens, (uint64_t)(score->mean_tokens + 0.5));
    TRY(results_table_pass1(out, score));
    TRY(distill_text_printf(out, "\ncons@%zu %.1f%%\n%s tokens\n%.1f%% truncated", score->n,
                            100 * score->cons, tokens, 100 * score->truncated));
    TRY(distill_text_printf(out, "\n%.1f%% unknown\n", 100 * score->unknown));
    TRY(grade_counts_write(out, &score->grades));
done:
    return status;
}

static distill_status write_table(html_page *page, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    size_t columns = run->suite_count + 1;
    distill_text *texts = NULL;
    const char **cells = NULL;
    TRY(DISTILL_NEW(&texts, columns));
    TRY(DISTILL_NEW(&cells, columns));
    cells[0] = "model";
    for (size_t s = 0; s < run->suite_count; s++) {
        TRY(distill_text_printf(&texts[s + 1], "%s\n%zu problems", run->suites[s].name,
                                run->suites[s].count));
        cells[s + 1] = texts[s + 1].bytes;
    }
    TRY(html_page_table_begin(page,
                              "pass@1 ± half of its 95% interval; below it the majority vote over "
                              "all replies to a problem, the mean length of a reply, the shares of "
                              "replies that ended at the token limit and that no rule decides, and "
                              "the verdicts on all replies.",
                              cells, columns));
    for (size_t m = 0; m < run->model_count; m++) {
        cells[0] = run->models[m].name;
        for (size_t s = 0; s < run->suite_count; s++) {
            distill_text_clear(&texts[s + 1]);
            TRY(score_cell(&texts[s + 1], bench_run_score(run, m, s)));
            cells[s + 1] = texts[s + 1].bytes;
        }
        TRY(html_page_table_row(page, cells, columns));
    }
    TRY(html_page_table_end(page));
done:
    for (size_t i = 0; texts != NULL && i < columns; i++)
        distill_text_free(&texts[i]);
    distill_free(texts);
    distill_free(cells);
    return status;
}

// --- intervals and differences ------------------------------------------------------------------

static distill_status plot_pass1(html_page *page, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    svg_interval *rows = NULL;
    size_t count = 0;
    TRY(DISTILL_NEW(&rows, run->model_count * run->suite_count));
    for (size_t s = 0; s < run->suite_count; s++) {
        for (size_t m = 0; m < run->model_count; m++) {
            const sample_score *score = bench_run_score(run, m, s);
            rows[count++] = (svg_interval){.group = run->suites[s].name,
                                           .label = run->models[m].name,
                                           .value = score->pass1,
                                           .low = score->ci95.low,
                                           .high = score->ci95.high,
                                           .colour = (int)m};
        }
    }
    svg_axes axes = {.x = {.label = "pass@1", .format = SVG_PERCENT, .low = 0, .high = 1}};
    TRY(html_page_figure_begin(page));
    TRY(svg_plot_intervals(&page->text, rows, count, &axes, SVG_NO_ZERO));
    TRY(html_page_figure_end(
        page,
        "pass@1: the share of right replies, averaged over the problems. Lines: "
        "95%% intervals from drawing the problems again (bootstrap, %d times). "
        "The interval of a model with all problems right, or all wrong, has width 0, although "
        "its score is uncertain.",
        BOOTSTRAP_REPLICATES));
done:
    distill_free(rows);
    return status;
}

static distill_status table_pairs(html_page *page, const bench_run *run)
{
    static const char *const HEADS[] = {"difference in pass@1", "points", "95% interval"};
    distill_status status = DISTILL_OK;
    distill_text names = {0};
    TRY(html_page_table_begin(page, NULL, HEADS, 3));
    for (size_t i = 0; i < run->pair_count; i++) {
        const bench_pair *pair = &run->pairs[i];
        const statistics_difference *d = &pair->difference;
        char value[32], interval[96];
        snprintf(value, sizeof value, "%+.1f", 100 * d->mean);
        snprintf(interval, sizeof interval, "%+.1f … %+.1f%s", 100 * d->ci95.low,
                 100 * d->ci95.high, d->distinguishable ? "" : "\nnot distinguishable");
        distill_text_clear(&names);
        TRY(distill_text_printf(&names, "%s − %s\n%s", run->models[pair->b].name,
                                run->models[pair->a].name, run->suites[pair->suite].name));
        const char *cells[] = {names.bytes, value, interval};
        TRY(html_page_table_row(page, cells, 3));
    }
    TRY(html_page_table_end(page));
done:
    distill_text_free(&names);
    return status;
}

static distill_status plot_pairs(html_page *page, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    svg_interval *rows = NULL;
    distill_text *names = NULL;
    TRY(DISTILL_NEW(&rows, run->pair_count));
    TRY(DISTILL_NEW(&names, run->pair_count));
    for (size_t i = 0; i < run->pair_count; i++) {
        const bench_pair *pair = &run->pairs[i];
        TRY(distill_text_printf(&names[i], "%s − %s", run->models[pair->b].name,
                                run->models[pair->a].name));
        rows[i] = (svg_interval){.group = run->suites[pair->suite].name,
                                 .label = names[i].bytes,
                                 .value = 100 * pair->difference.mean,
                                 .low = 100 * pair->difference.ci95.low,
                                 .high = 100 * pair->difference.ci95.high,
                                 .colour = (int)pair->b};
    }
    svg_axes axes = {.x = {.label = "difference in pass@1, percentage points"}};
    TRY(html_page_figure_begin(page));
    TRY(svg_plot_intervals(&page->text, rows, run->pair_count, &axes, SVG_ZERO_LINE));
    TRY(html_page_figure_end(page, "Each problem is compared with itself, so that problems that "
                                   "are hard for both models do not widen the interval. An "
                                   "interval that contains 0: these samples do not distinguish "
                                   "the two models. The intervals are not corrected for the number "
                                   "of comparisons: of 20 between equal models, one is expected "
                                   "to look different."));
done:
    for (size_t i = 0; names != NULL && i < run->pair_count; i++)
        distill_text_free(&names[i]);
    distill_free(names);
    distill_free(rows);
    return status;
}

// --- pass@k -------------------------------------------------------------------------------------

static distill_status plot_pass_k(html_page *page, const bench_run *run, size_t s)
{
    distill_status status = DISTILL_OK;
    size_t points = run->pass_k_count;
    double *k = NULL, *shares = NULL;
    svg_series *series = NULL;
    TRY(DISTILL_NEW(&k, points));
    TRY(DISTILL_NEW(&shares, points * run->model_count));
    TRY(DISTILL_NEW(&series, run->model_count));
    for (size_t i = 0; i < points; i++)
        k[i] = (double)run->pass_k[i];
    for (size_t m = 0; m < run->model_count; m++) {
        const sample_score *score = bench_run_score(run, m, s);
        double *y = shares + m * points;
        for (size_t i = 0; i < points; i++)
            y[i] = statistics_pass_at_k(score->tallies, score->problems, run->pass_k[i]);
        series[m] = (svg_series){.name = run->models[m].name,
                                 .x = k,
                                 .y = y,
                                 .count = points,
                                 .colour = (int)m,
                                 .points = true};
    }
    svg_axes axes = {.title = run->suites[s].name,
                     .x = {.label = "replies k", .log = true, .marks = k, .mark_count = points},
                     .y = {.label = "pass@k", .format = SVG_PERCENT, .low = 0, .high = 1},
                     .height = 300};
    TRY(svg_plot_lines(&page->text, series, run->model_count, &axes));
done:
    distill_free(series);
    distill_free(shares);
    distill_free(k);
    return status;
}

static distill_status section_pass_k(html_page *page, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    if (run->pass_k_count < 2)
        return status;
    TRY(html_page_section(page, "pass@k"));
    TRY(html_page_figure_begin(page));
    for (size_t s = 0; s < run->suite_count; s++)
        TRY(plot_pass_k(page, run, s));
    TRY(html_page_figure_end(page,
                             "pass@k: the chance that at least one of k replies is right, "
                             "estimated without bias from %zu replies to each problem.",
                             run->options->n));
done:
    return status;
}

// --- length -------------------------------------------------------------------------------------

/// Shortest and longest reply of all models on a suite; false without replies.
static bool length_range(int32_t *low, int32_t *high, const bench_run *run, size_t s)
{
    bool any = false;
    for (size_t m = 0; m < run->model_count; m++) {
        const sample_score *score = bench_run_score(run, m, s);
        for (size_t i = 0; i < score->reply_count; i++) {
            int32_t tokens = score->replies[i].tokens;
            *low = any && *low < tokens ? *low : tokens;
            *high = any && *high > tokens ? *high : tokens;
            any = true;
        }
    }
    return any;
}

static distill_status section_length(html_page *page, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    TRY(html_page_section(page, "Accuracy against reply length"));
    TRY(html_page_paragraph(page, "Harder problems get longer replies, so falling bars do not show "
                                  "that length causes mistakes. Replies that were cut at the "
                                  "token limit are counted too."));
    for (size_t s = 0; s < run->suite_count; s++) {
        int32_t low = 0, high = 0;
        if (!length_range(&low, &high, run, s))
            continue;
        TRY(html_page_subheading(page, run->suites[s].name));
        TRY(html_page_figure_begin(page));
        for (size_t m = 0; m < run->model_count; m++) {
            length_bins bins;
            length_bins_plan(&bins, low, high);
            length_bins_count(&bins, bench_run_score(run, m, s));
            svg_axes axes = {.title = run->models[m].name,
                             .x = {.label = "reply length, tokens", .format = SVG_COMPACT},
                             .y = {.label = "right", .format = SVG_PERCENT, .low = 0, .high = 1}};
            TRY(svg_plot_bins(&page->text, bins.bins, bins.count, (int)m, &axes));
        }
        TRY(html_page_figure_end(page, "Share of right replies by length; above each bar, the "
                                       "number of replies."));
    }
done:
    return status;
}

// --- how ----------------------------------------------------------------------------------------

static distill_status add_setting(html_page *page, const distill_json *doc,
                                  const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_text value = {0};
    if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
        TRY(distill_text_add_span(&value, distill_json_string(doc, node)));
    else
        TRY(distill_json_write_node(&value, doc, node));
    TRY(html_page_verbatim(page, distill_json_key(node), distill_text_span(&value), 2000));
done:
    distill_text_free(&value);
    return status;
}

static distill_status section_method(html_page *page, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    TRY(html_page_section(page, "Method"));
    TRY(html_page_paragraph(page,
                            "Every problem was answered %zu times by every model, at temperature "
                            "%g, top-p %g, at most %zu tokens a reply. A reply is right if rules "
                            "find its answer equal to the reference answer; one that was cut "
                            "before </think> counts as not right, and its unfinished thought was "
                            "not searched.",
                            run->options->n, run->options->sampling.temperature,
                            run->options->sampling.top_p, run->options->sampling.max_tokens));
    TRY(html_page_paragraph(page,
                            "cons@%zu: answers that are equal in value form groups, and the "
                            "largest group is the model's answer. Replies without an answer do not "
                            "vote. Tied groups count with the share of them that is right.",
                            run->options->n));
    TRY(html_page_details_begin(page, HTML_NEUTRAL, "All settings"));
    TRY(distill_json_parse(&doc, run->settings.bytes, run->settings.length, "settings"));
    const distill_json_node *node = distill_json_first(distill_json_root(doc));
    for (; node != NULL; node = distill_json_next(node))
        TRY(add_setting(page, doc, node));
    TRY(html_page_details_end(page));
done:
    distill_json_free(doc);
    return status;
}

static distill_status section_replies(html_page *page, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    TRY(html_page_section(page, "Example replies"));
    TRY(html_page_paragraph(page, "Drawn at random: right, wrong and truncated ones. All replies "
                                  "are in samples/."));
    for (size_t s = 0; s < run->suite_count; s++) {
        for (size_t m = 0; m < run->model_count; m++)
            TRY(reply_examples_write(page, run, m, s));
    }
done:
    return status;
}

distill_status bench_report_write(const bench_run *run, const char *path)
{
    distill_status status = DISTILL_OK;
    html_page page = {0};
    distill_text subtitle = {0};
    TRY(distill_text_printf(&subtitle, "%zu model%s, %zu suite%s, %zu repl%s to each problem",
                            run->model_count, run->model_count == 1 ? "" : "s", run->suite_count,
                            run->suite_count == 1 ? "" : "s", run->options->n,
                            run->options->n == 1 ? "y" : "ies"));
    TRY(html_page_begin(&page, "Benchmark report", subtitle.bytes));
    TRY(html_page_section(&page, "Scores"));
    TRY(write_table(&page, run));
    TRY(plot_pass1(&page, run));
    if (run->pair_count > 0) {
        TRY(html_page_section(&page, "Differences between the models"));
        TRY(plot_pairs(&page, run));
        TRY(table_pairs(&page, run));
    }
    TRY(section_pass_k(&page, run));
    TRY(section_length(&page, run));
    TRY(section_replies(&page, run));
    TRY(section_method(&page, run));
    TRY(html_page_write(&page, path));
done:
    distill_text_free(&subtitle);
    html_page_free(&page);
    return status;
}
