// bench/report/results_table.c - cells padded by characters, not bytes; names may be UTF-8.
#include "bench/report/results_table.h"

#include "bench/report/field_table.h"

#include <stdio.h>

enum { WIDTH = 128, BLOCK = 55, GAP = 3, MOST_NAME = 40 };

/// Width of `text` in a terminal: one column for each character.
static size_t columns_of(const char *text)
{
    size_t columns = 0;
    for (; *text != '\0'; text++)
        columns += ((unsigned char)*text & 0xC0) != 0x80;
    return columns;
}

static distill_status add_spaces(distill_text *out, size_t count)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < count; i++)
        TRY(distill_text_add_char(out, ' '));
done:
    return status;
}

typedef enum alignment { ALIGN_LEFT, ALIGN_RIGHT } alignment;

static distill_status add_cell(distill_text *out, const char *text, size_t width, alignment align)
{
    distill_status status = DISTILL_OK;
    size_t used = columns_of(text), space = used < width ? width - used : 0;
    TRY(add_spaces(out, align == ALIGN_RIGHT ? space : 0));
    TRY(distill_text_add(out, text));
    TRY(add_spaces(out, align == ALIGN_LEFT ? space : 0));
done:
    return status;
}

distill_status results_table_pass1(distill_text *out, const sample_score *score)
{
    return distill_text_printf(out, "%.1f%% ± %.1f", 100 * score->pass1,
                               50 * (score->ci95.high - score->ci95.low));
}

/// Width of the longest model name, at most MOST_NAME.
static size_t name_width(const bench_run *run)
{
    size_t width = columns_of("model");
    for (size_t i = 0; i < run->model_count; i++) {
        size_t columns = columns_of(run->models[i].name);
        width = columns > width ? columns : width;
    }
    return width < MOST_NAME ? width : MOST_NAME;
}

static distill_status add_block(distill_text *out, const sample_score *score)
{
    distill_status status = DISTILL_OK;
    distill_text pass1 = {0};
    char cons[32], tokens[32], truncated[32], unknown[32];
    TRY(results_table_pass1(&pass1, score));
    snprintf(cons, sizeof cons, "%.1f%%", 100 * score->cons);
    distill_format_count(tokens, sizeof tokens, (uint64_t)(score->mean_tokens + 0.5));
    snprintf(truncated, sizeof truncated, "%.1f%%", 100 * score->truncated);
    TRY(add_cell(out, pass1.bytes, 14, ALIGN_RIGHT));
    TRY(add_cell(out, cons, 11, ALIGN_RIGHT));
    TRY(add_cell(out, tokens, 9, ALIGN_RIGHT));
    snprintf(unknown, sizeof unknown, "%.1f%%", 100 * score->unknown);
    TRY(add_cell(out, truncated, 12, ALIGN_RIGHT));
    TRY(add_cell(out, unknown, 9, ALIGN_RIGHT));
done:
    distill_text_free(&pass1);
    return status;
}

/// Two lines: the suites' names, then the names of the columns.
static distill_status add_heads(distill_text *out, const bench_run *run, size_t from, size_t to,
                                size_t name)
{
    distill_status status = DISTILL_OK;
    distill_text head = {0};
    TRY(add_spaces(out, name));
    for (size_t s = from; s < to; s++) {
        distill_text_clear(&head);
        TRY(distill_text_printf(&head, "%s (%zu problems, n=%zu)", run->suites[s].name,
                                run->suites[s].count, run->options->n));
        TRY(add_spaces(out, GAP));
        TRY(add_cell(out, head.bytes, s + 1 < to ? BLOCK : 0, ALIGN_LEFT));
    }
    TRY(distill_text_add_char(out, '\n'));
    TRY(add_cell(out, "model", name, ALIGN_LEFT));
    for (size_t s = from; s < to; s++) {
        distill_text_clear(&head);
        TRY(distill_text_printf(&head, "cons@%zu", run->options->n));
        TRY(add_cell(out, "pass@1 ± 95%", GAP + 14, ALIGN_RIGHT));
        TRY(add_cell(out, head.bytes, 11, ALIGN_RIGHT));
        TRY(add_cell(out, "tokens", 9, ALIGN_RIGHT));
        TRY(add_cell(out, "truncated", 12, ALIGN_RIGHT));
        TRY(add_cell(out, "unknown", 9, ALIGN_RIGHT));
    }
    TRY(distill_text_add_char(out, '\n'));
done:
    distill_text_free(&head);
    return status;
}

static distill_status add_rows(distill_text *out, const bench_run *run, size_t from, size_t to)
{
    distill_status status = DISTILL_OK;
    size_t name = name_width(run);
    TRY(add_heads(out, run, from, to, name));
    for (size_t m = 0; m < run->model_count; m++) {
        TRY(add_cell(out, run->models[m].name, name, ALIGN_LEFT));
        for (size_t s = from; s < to; s++) {
            TRY(add_spaces(out, GAP));
            TRY(add_block(out, bench_run_score(run, m, s)));
        }
        TRY(distill_text_add_char(out, '\n'));
    }
done:
    return status;
}

static distill_status add_pairs(distill_text *out, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    distill_text names = {0};
    size_t name = name_width(run), s_width = 0;
    for (size_t s = 0; s < run->suite_count; s++) {
        size_t columns = columns_of(run->suites[s].name);
        s_width = columns > s_width ? columns : s_width;
    }
    TRY(distill_text_add(
        out, "\npaired difference in pass@1, in percentage points with its 95% interval\n"));
    for (size_t i = 0; i < run->pair_count; i++) {
        const bench_pair *pair = &run->pairs[i];
        const statistics_difference *d = &pair->difference;
        distill_text_clear(&names);
        TRY(distill_text_printf(&names, "%s - %s", run->models[pair->b].name,
                                run->models[pair->a].name));
        TRY(add_cell(out, run->suites[pair->suite].name, s_width + GAP, ALIGN_LEFT));
        TRY(add_cell(out, names.bytes, 2 * name + 3, ALIGN_LEFT));
        TRY(distill_text_printf(out, "  %+6.1f  [%+.1f, %+.1f]%s\n", 100 * d->mean,
                                100 * d->ci95.low, 100 * d->ci95.high,
                                d->distinguishable ? "" : "   not distinguishable"));
    }
done:
    distill_text_free(&names);
    return status;
}

/// A line for each model and suite: how many replies got which verdict.
static distill_status add_verdicts(distill_text *out, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, "\nverdicts on all replies\n"));
    for (size_t s = 0; s < run->suite_count; s++)
        for (size_t m = 0; m < run->model_count; m++) {
            TRY(distill_text_printf(out, "%s   %s: ", run->suites[s].name, run->models[m].name));
            TRY(grade_counts_write(out, &bench_run_score(run, m, s)->grades));
            TRY(distill_text_add_char(out, '\n'));
        }
done:
    return status;
}

distill_status results_table_write(distill_text *out, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    size_t beside = (WIDTH - name_width(run)) / (BLOCK + GAP);
    beside = beside > 0 ? beside : 1;
    for (size_t from = 0; from < run->suite_count; from += beside) {
        size_t to = from + beside < run->suite_count ? from + beside : run->suite_count;
        TRY(distill_text_add(out, from > 0 ? "\n" : ""));
        TRY(add_rows(out, run, from, to));
    }
    TRY(add_verdicts(out, run));
    if (run->pair_count > 0)
        TRY(add_pairs(out, run));
    TRY(field_table_write(out, run));
done:
    return status;
}
