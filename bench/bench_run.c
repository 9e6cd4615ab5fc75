// bench/bench_run.c - reads the models, suites and settings of a run, and compares its scores in
// pairs.
#include "bench/bench_run.h"

#include "bench/named_argument.h"
#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static distill_status append_k(size_t **out, size_t *count, size_t k)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < *count; i++) {
        if ((*out)[i] == k)
            return status;
    }
    TRY(distill_grow((void **)out, *count, *count + 1, sizeof **out));
    (*out)[(*count)++] = k;
done:
    return status;
}

static distill_status parse_k(size_t **out, size_t *count, const char *value, size_t n)
{
    distill_status status = DISTILL_OK;
    for (const char *at = value; *at != '\0';) {
        char *end = NULL;
        errno = 0;
        unsigned long k = strtoul(at, &end, 10);
        if (end == at || *at == '-' || errno != 0 || (*end != ',' && *end != '\0') || k < 1 ||
            k > n)
            TRY(distill_fail(DISTILL_USAGE,
                             "--k %s: expected numbers from 1 to %zu (the replies to a problem, "
                             "-n) with commas between them",
                             value, n));
        TRY(append_k(out, count, k));
        at = *end == ',' ? end + 1 : end;
    }
done:
    return status;
}

distill_status bench_pass_k(size_t **out, size_t *count, const char *const *values,
                            size_t value_count, size_t n)
{
    distill_status status = DISTILL_OK;
    *out = NULL;
    *count = 0;
    for (size_t i = 0; i < value_count; i++)
        TRY(parse_k(out, count, values[i], n));
    if (value_count == 0) {
        for (size_t k = 1; k < n; k *= 2)
            TRY(append_k(out, count, k));
        TRY(append_k(out, count, n));
    }
    if (*count > 0) // an empty --k names no k
        qsort(*out, *count, sizeof **out, by_size);
done:
    return status;
}

static distill_status open_models(bench_run *run)
{
    distill_status status = DISTILL_OK;
    const distill_string_list *words = &run->options->models;
    named_argument *entries = NULL;
    size_t served = 0;
    TRY(DISTILL_NEW(&run->models, words->count));
    TRY(DISTILL_NEW(&entries, words->count));
    for (size_t i = 0; i < words->count; i++) {
        TRY(model_under_test_open(&run->models[i], words->at[i], run->options));
        run->model_count++;
        served += run->models[i].servers != NULL;
        entries[i] = (named_argument){run->models[i].name, run->models[i].folder};
    }
    TRY(named_argument_check_unique(entries, run->model_count, "model"));
    if (served == 0)
        served_options_warn_unused(&run->options->served);
done:
    distill_free(entries);
    return status;
}

static distill_status open_suites(bench_run *run)
{
    distill_status status = DISTILL_OK;
    word_list words = {0};
    named_argument *entries = NULL;
    const suite_options options = {.limit = run->options->limit,
                                   .seed = run->options->common.seed,
                                   .since = run->options->since,
                                   .until = run->options->until};
    TRY(named_argument_split_lists(&words, run->options->suites.at, run->options->suites.count));
    TRY(DISTILL_NEW(&run->suites, words.count + 1));
    TRY(DISTILL_NEW(&entries, words.count + 1));
    for (size_t i = 0; i < words.count; i++) {
        TRY(suite_load(&run->suites[i], words.at[i], &options));
        run->suite_count++;
        entries[i] = (named_argument){run->suites[i].name, run->suites[i].folder};
    }
    TRY(named_argument_check_unique(entries, run->suite_count, "suite"));
done:
    distill_free(entries);
    word_list_free(&words);
    return status;
}

/// What decides the results: the options, and fingerprints of the checkpoints and problems.
static distill_status describe_settings(bench_run *run)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = &run->settings};
    distill_json_begin_object(&w, NULL);
    TRY(bench_options_add_settings(&w, run->options));
    distill_json_begin_object(&w, "checkpoints");
    for (size_t i = 0; i < run->model_count; i++)
        distill_json_add_string(&w, run->models[i].name, run->models[i].fingerprint);
    distill_json_end_object(&w);
    distill_json_begin_object(&w, "problems");
    for (size_t i = 0; i < run->suite_count; i++)
        distill_json_add_string(&w, run->suites[i].name, run->suites[i].digest);
    distill_json_end_object(&w);
    distill_json_end_object(&w);
    TRY(distill_json_finish(&w));
done:
    return status;
}

/// Sets the date of the chat templates: that of the first start, if a model's template writes it.
static distill_status choose_date(bench_run *run, bench_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text record = {0};
    distill_tokenizer *tok = NULL;
    TRY(distill_path_join(&record, options->output, "settings.json"));
    for (size_t i = 0; i < run->model_count && options->sampling.chat.now == NULL; i++) {
        if (run->models[i].servers == NULL)
            TRY(distill_tokenizer_load_for_render(&tok, run->models[i].dir.bytes));
        TRY(distill_chat_date_choose(run->date, &options->sampling.chat, tok,
                                     options->overwrite ? NULL : record.bytes));
        distill_tokenizer_free(tok);
        tok = NULL;
    }
done:
    distill_tokenizer_free(tok);
    distill_text_free(&record);
    return status;
}

static distill_status check_day(const char *day, const char *option)
{
    static const char FORM[] = "dddd-dd-dd";
    bool good = day == NULL || strlen(day) == sizeof FORM - 1;
    for (size_t i = 0; day != NULL && good && i < sizeof FORM - 1; i++)
        good = FORM[i] == 'd' ? day[i] >= '0' && day[i] <= '9' : day[i] == FORM[i];
    return good ? DISTILL_OK
                : distill_fail(DISTILL_USAGE, "--%s %s: expected a day as YYYY-MM-DD", option, day);
}

static distill_status check_options(const bench_options *options)
{
    distill_status status = DISTILL_OK;
    if (options->models.count == 0)
        TRY(distill_fail(DISTILL_USAGE, "--model is missing: --model NAME=DIR, NAME=URL or builtin "
                                        "(see --help)"));
    if (options->suites.count == 0)
        TRY(distill_fail(DISTILL_USAGE, "--suite is missing: --suite NAME=FILE, or --suite "
                                        "builtin:TASK (see --help)"));
    TRY(check_day(options->since, "since"));
    TRY(check_day(options->until, "until"));
    TRY(distill_options_require(options->output, "output"));
    TRY(sampling_options_check(&options->sampling));
done:
    return status;
}

distill_status bench_run_open(bench_run *run, bench_options *options)
{
    distill_status status = DISTILL_OK;
    *run = (bench_run){.options = options};
    TRY(check_options(options));
    TRY(bench_pass_k(&run->pass_k, &run->pass_k_count, options->pass_k.at, options->pass_k.count,
                     options->n));
    TRY(open_suites(run));
    TRY(open_models(run));
    TRY(choose_date(run, options));
    TRY(describe_settings(run));
    TRY(DISTILL_NEW(&run->scores, run->model_count * run->suite_count));
    TRY(bench_output_open(&run->output, options->output, distill_text_span(&run->settings),
                          options->overwrite ? OUTPUT_OVERWRITE : OUTPUT_RESUME));
done:
    return status;
}

sample_score *bench_run_score(const bench_run *run, size_t model, size_t s)
{
    return &run->scores[model * run->suite_count + s];
}

distill_status bench_run_compare(bench_run *run)
{
    distill_status status = DISTILL_OK;
    size_t most = run->suite_count * run->model_count * run->model_count;
    TRY(DISTILL_NEW(&run->pairs, most));
    for (size_t s = 0; s < run->suite_count; s++) {
        for (size_t b = 1; b < run->model_count; b++) {
            for (size_t a = 0; a < b; a++) {
                const sample_score *x = bench_run_score(run, a, s), *y = bench_run_score(run, b, s);
                bench_pair *pair = &run->pairs[run->pair_count++];
                *pair = (bench_pair){.suite = s, .a = a, .b = b};
                TRY(statistics_paired(&pair->difference, x->shares, y->shares, x->problems,
                                      run->options->common.seed));
            }
        }
    }
done:
    return status;
}

void bench_run_close(bench_run *run)
{
    bench_output_close(&run->output);
    for (size_t i = 0; run->scores != NULL && i < run->model_count * run->suite_count; i++)
        sample_score_free(&run->scores[i]);
    for (size_t i = 0; i < run->model_count; i++)
        model_under_test_close(&run->models[i]);
    for (size_t i = 0; i < run->suite_count; i++)
        suite_close(&run->suites[i]);
    distill_free(run->scores);
    distill_free(run->pairs);
    distill_free(run->models);
    distill_free(run->suites);
    distill_free(run->pass_k);
    distill_text_free(&run->settings);
    *run = (bench_run){0};
}
