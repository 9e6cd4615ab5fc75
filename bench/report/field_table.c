// bench/report/field_table.c - groups the problems of a suite by the text of a field, and scores each
// group as a suite of its own.
//
// Groups are sorted by number where all values are numbers, else by their bytes.
#include "bench/report/field_table.h"

#include "distill/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_GROUPS = 1000 };

typedef struct field_group {
    char *value;
    size_t *problems; // [count]
    size_t count, capacity;
} field_group;

typedef struct field_groups {
    field_group *at; // [MOST_GROUPS]
    size_t count;
} field_groups;

static void free_groups(field_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        distill_free(groups->at[i].value);
        distill_free(groups->at[i].problems);
    }
    distill_free(groups->at);
    *groups = (field_groups){.count = 0};
}

/// Sets `out` to the value of a field as text; *has is false if the problem does not have it.
static distill_status value_of(distill_text *out, bool *has, const prompt_record *problem,
                               const char *field)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    const distill_json_node *node = NULL;
    distill_text_clear(out);
    *has = true;
    if (strcmp(field, "domain") == 0)
        return distill_text_add_span(out, problem->domain);
    if (strcmp(field, "language") == 0)
        return distill_text_add_span(out, problem->language);
    if (problem->extra.length > 0) {
        TRY(distill_json_parse(&doc, problem->extra.bytes, problem->extra.length, "extra"));
        node = distill_json_present(distill_json_root(doc), field);
    }
    *has = node != NULL;
    if (node == NULL)
        TRY(distill_text_add(out, "(none)"));
    else if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
        TRY(distill_text_add_span(out, distill_json_string(doc, node)));
    else
        TRY(distill_json_write_node(out, doc, node));
done:
    distill_json_free(doc);
    return status;
}

/// The group with that value, added if there is none yet.
static distill_status find_group(field_group **out, field_groups *groups, distill_span value,
                                 const char *field)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < groups->count; i++)
        if (distill_span_is(value, groups->at[i].value)) {
            *out = &groups->at[i];
            return DISTILL_OK;
        }
    if (groups->count == MOST_GROUPS)
        TRY(distill_fail(DISTILL_LIMIT,
                         "--by %s: more than %d values; this is no field to compare by", field,
                         MOST_GROUPS));
    *out = &groups->at[groups->count];
    TRY(distill_copy_string(&(*out)->value, value.bytes != NULL ? value.bytes : "", value.length));
    groups->count++;
done:
    return status;
}

static distill_status add_problem(field_group *group, size_t problem)
{
    distill_status status = DISTILL_OK;
    if (group->count == group->capacity) {
        size_t larger = group->capacity == 0 ? 16 : 2 * group->capacity;
        TRY(distill_grow((void **)&group->problems, group->capacity, larger,
                         sizeof *group->problems));
        group->capacity = larger;
    }
    group->problems[group->count++] = problem;
done:
    return status;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const field_group *)a)->value, ((const field_group *)b)->value);
}

static int by_number(const void *a, const void *b)
{
    double x = strtod(((const field_group *)a)->value, NULL);
    double y = strtod(((const field_group *)b)->value, NULL);
    return x < y ? -1 : x > y ? 1 : by_text(a, b);
}

static bool all_numbers(const field_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        char *end = NULL;
        strtod(groups->at[i].value, &end);
        if (end == groups->at[i].value || *end != '\0')
            return false;
    }
    return true;
}

/// Groups the problems; *found is set if one of them has the field.
static distill_status make_groups(field_groups *out, bool *found, const suite *s, const char *field)
{
    distill_status status = DISTILL_OK;
    distill_text value = {0};
    field_group *group = NULL;
    *out = (field_groups){.count = 0};
    TRY(DISTILL_NEW(&out->at, MOST_GROUPS));
    for (size_t i = 0; i < s->count; i++) {
        bool has = false;
        TRY(value_of(&value, &has, prompt_set_at(s->problems, i), field));
        *found = *found || has;
        TRY(find_group(&group, out, distill_text_span(&value), field));
        TRY(add_problem(group, i));
    }
    qsort(out->at, out->count, sizeof *out->at, all_numbers(out) ? by_number : by_text);
done:
    distill_text_free(&value);
    return status;
}

static distill_status score_group(double *pass1, statistics_interval *ci95,
                                  const field_group *group, const sample_score *score,
                                  uint64_t seed)
{
    distill_status status = DISTILL_OK;
    double *shares = NULL, sum = 0;
    TRY(DISTILL_NEW(&shares, group->count));
    for (size_t i = 0; i < group->count; i++) {
        shares[i] = score->shares[group->problems[i]];
        sum += shares[i];
    }
    *pass1 = sum / (double)group->count;
    TRY(statistics_bootstrap(ci95, shares, group->count, seed));
done:
    distill_free(shares);
    return status;
}

// ------------------------------------------------------------------------------------------ check

/// Appends the names of the fields that the first problem of each suite has.
static distill_status add_names(distill_text *out, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    for (size_t s = 0; s < run->suite_count; s++) {
        const prompt_record *problem = prompt_set_at(run->suites[s].problems, 0);
        if (run->suites[s].count == 0 || problem->extra.length == 0)
            continue;
        TRY(distill_json_parse(&doc, problem->extra.bytes, problem->extra.length, "extra"));
        for (const distill_json_node *node = distill_json_first(distill_json_root(doc));
             node != NULL; node = distill_json_next(node))
            TRY(distill_text_printf(out, "%s, ", distill_json_key(node)));
        distill_json_free(doc);
        doc = NULL;
    }
done:
    distill_json_free(doc);
    return status;
}

distill_status field_table_check(const bench_run *run)
{
    distill_status status = DISTILL_OK;
    field_groups groups = {.count = 0};
    distill_text names = {0};
    for (size_t f = 0; f < run->options->by.count; f++) {
        bool found = false;
        for (size_t s = 0; s < run->suite_count; s++) {
            TRY(make_groups(&groups, &found, &run->suites[s], run->options->by.at[f]));
            free_groups(&groups);
        }
        if (found)
            continue;
        TRY(add_names(&names, run));
        TRY(distill_fail(DISTILL_USAGE,
                         "--by %s: no problem has this field; there are %sdomain, language",
                         run->options->by.at[f], names.bytes != NULL ? names.bytes : ""));
    }
done:
    free_groups(&groups);
    distill_text_free(&names);
    return status;
}

// ------------------------------------------------------------------------------------------ output

static distill_status write_groups(distill_text *out, const bench_run *run, size_t s,
                                   const field_groups *groups, const char *field)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, "\nby %s: %s\n%-30s %8s", field, run->suites[s].name, field,
                            "problems"));
    for (size_t m = 0; m < run->model_count; m++)
        TRY(distill_text_printf(out, "   %16s", run->models[m].name));
    TRY(distill_text_add_char(out, '\n'));
    for (size_t g = 0; g < groups->count; g++) {
        TRY(distill_text_printf(out, "%-30s %8zu", groups->at[g].value, groups->at[g].count));
        for (size_t m = 0; m < run->model_count; m++) {
            double pass1;
            statistics_interval ci95;
            TRY(score_group(&pass1, &ci95, &groups->at[g], bench_run_score(run, m, s),
                            run->options->common.seed));
            TRY(distill_text_printf(out, "   %8.1f%% ± %4.1f", 100 * pass1,
                                    50 * (ci95.high - ci95.low)));
        }
        TRY(distill_text_add_char(out, '\n'));
    }
done:
    return status;
}

distill_status field_table_write(distill_text *out, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    field_groups groups = {.count = 0};
    for (size_t f = 0; f < run->options->by.count; f++)
        for (size_t s = 0; s < run->suite_count; s++) {
            bool found = false;
            const char *field = run->options->by.at[f];
            TRY(make_groups(&groups, &found, &run->suites[s], field));
            if (found)
                TRY(write_groups(out, run, s, &groups, field));
            free_groups(&groups);
        }
done:
    free_groups(&groups);
    return status;
}

static distill_status add_group(distill_json_writer *w, const bench_run *run, size_t s,
                                const field_group *group)
{
    distill_status status = DISTILL_OK;
    distill_json_break_line(w, 4);
    distill_json_begin_object(w, group->value);
    for (size_t m = 0; m < run->model_count; m++) {
        double pass1;
        statistics_interval ci95;
        TRY(score_group(&pass1, &ci95, group, bench_run_score(run, m, s),
                        run->options->common.seed));
        distill_json_begin_object(w, run->models[m].name);
        distill_json_add_number(w, "pass@1", pass1);
        distill_json_begin_array(w, "ci95");
        distill_json_add_number(w, NULL, ci95.low);
        distill_json_add_number(w, NULL, ci95.high);
        distill_json_end_array(w);
        distill_json_add_uint(w, "problems", group->count);
        distill_json_end_object(w);
    }
    distill_json_end_object(w);
done:
    return status;
}

static distill_status add_suite(distill_json_writer *w, const bench_run *run, size_t s,
                                const char *field)
{
    distill_status status = DISTILL_OK;
    field_groups groups = {.count = 0};
    bool found = false;
    TRY(make_groups(&groups, &found, &run->suites[s], field));
    if (!found)
        goto done;
    distill_json_begin_object(w, run->suites[s].name);
    for (size_t g = 0; g < groups.count; g++)
        TRY(add_group(w, run, s, &groups.at[g]));
    distill_json_end_object(w);
done:
    free_groups(&groups);
    return status;
}

distill_status field_table_add(distill_json_writer *w, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    if (run->options->by.count == 0)
        return DISTILL_OK;
    distill_json_break_line(w, 1);
    distill_json_begin_object(w, "by");
    for (size_t f = 0; f < run->options->by.count; f++) {
        distill_json_break_line(w, 2);
        distill_json_begin_object(w, run->options->by.at[f]);
        for (size_t s = 0; s < run->suite_count; s++)
            TRY(add_suite(w, run, s, run->options->by.at[f]));
        distill_json_end_object(w);
    }
    distill_json_end_object(w);
done:
    return status;
}
