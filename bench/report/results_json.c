// bench/report/results_json.c - the scores, the paired differences and the settings as one JSON
// object.
#include "bench/report/results_json.h"

#include "bench/report/field_table.h"
#include "distill/base/json/json_writer.h"

#include <stdio.h>

static void add_interval(distill_json_writer *w, statistics_interval interval)
{
    distill_json_begin_array(w, "ci95");
    distill_json_add_number(w, NULL, interval.low);
    distill_json_add_number(w, NULL, interval.high);
    distill_json_end_array(w);
}

static void add_pass_at_k(distill_json_writer *w, const bench_run *run, const sample_score *score)
{
    char k[32];
    distill_json_begin_object(w, "pass@k");
    for (size_t i = 0; i < run->pass_k_count; i++) {
        snprintf(k, sizeof k, "%zu", run->pass_k[i]);
        distill_json_add_number(
            w, k, statistics_pass_at_k(score->tallies, score->problems, run->pass_k[i]));
    }
    distill_json_end_object(w);
}

static void add_score(distill_json_writer *w, const bench_run *run, size_t model, size_t s)
{
    const sample_score *score = bench_run_score(run, model, s);
    distill_json_break_line(w, 4);
    distill_json_begin_object(w, run->suites[s].name);
    distill_json_add_number(w, "pass@1", score->pass1);
    add_interval(w, score->ci95);
    distill_json_add_number(w, "cons@n", score->cons);
    distill_json_add_uint(w, "n", score->n);
    distill_json_add_uint(w, "problems", score->problems);
    distill_json_add_number(w, "mean_tokens", score->mean_tokens);
    distill_json_add_number(w, "truncated", score->truncated);
    distill_json_add_number(w, "unknown", score->unknown);
    grade_counts_add(w, &score->grades);
    distill_json_add_number(w, "tokens_per_s", score->tokens_per_s);
    add_pass_at_k(w, run, score);
    distill_json_end_object(w);
}

static void add_model(distill_json_writer *w, const bench_run *run, size_t model)
{
    distill_json_break_line(w, 2);
    distill_json_begin_object(w, run->models[model].name);
    for (size_t s = 0; s < run->suite_count; s++)
        add_score(w, run, model, s);
    distill_json_end_object(w);
}

static void add_pair(distill_json_writer *w, const bench_run *run, const bench_pair *pair)
{
    const statistics_difference *d = &pair->difference;
    distill_json_break_line(w, 2);
    distill_json_begin_object(w, NULL);
    distill_json_add_string(w, "suite", run->suites[pair->suite].name);
    distill_json_add_string(w, "a", run->models[pair->a].name);
    distill_json_add_string(w, "b", run->models[pair->b].name);
    distill_json_add_number(w, "difference", d->mean);
    add_interval(w, d->ci95);
    distill_json_add_uint(w, "problems", d->problems);
    distill_json_add_bool(w, "distinguishable", d->distinguishable);
    distill_json_end_object(w);
}

distill_status results_json_write(distill_text *out, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = out};
    distill_json_begin_object(&w, NULL);
    distill_json_begin_object(&w, "models");
    for (size_t i = 0; i < run->model_count; i++)
        add_model(&w, run, i);
    distill_json_end_object(&w);
    distill_json_break_line(&w, 1);
    distill_json_begin_array(&w, "paired");
    for (size_t i = 0; i < run->pair_count; i++)
        add_pair(&w, run, &run->pairs[i]);
    distill_json_end_array(&w);
    TRY(field_table_add(&w, run));
    distill_json_break_line(&w, 1);
    distill_json_add_raw(&w, "settings", distill_text_span(&run->settings));
    distill_json_break_line(&w, 1);
    distill_json_add_string(&w, "tool_version", DISTILL_VERSION);
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
done:
    return status;
}
