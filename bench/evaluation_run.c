// bench/evaluation_run.c - see examination.h.
#include "bench/evaluation_run.h"

#include "bench/judging.h"
#include "datasets/sample/sampling.h"
#include "distill/base/file.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/threads.h"
#include "distill/checkpoint/hf_config.h"
#include "distill/generate/local_generator.h"

#include <string.h>

/// A model that is being asked. The generator (the weights) is opened when the first reply is
/// missing.
typedef struct examinee {
    const bench_run *run;
    const contestant *model;
    distill_tokenizer *tok;
    distill_chat *chat;
    distill_generator *generator; // borrowed from the model if that is served
} examinee;

static distill_status examinee_open(examinee *out, const bench_run *run, const contestant *model)
{
    distill_status status = DISTILL_OK;
    *out = (examinee){.run = run, .model = model, .generator = model->servers};
    if (model->servers != NULL)
        return served_options_chat(&out->chat, run->options->sampling.chat_template);
    TRY(distill_tokenizer_load(&out->tok, model->dir.bytes));
    TRY(distill_chat_open(&out->chat, out->tok, run->options->sampling.chat_template));
done:
    return status;
}

static void examinee_close(examinee *e)
{
    if (e->model != NULL && e->generator != e->model->servers)
        distill_generator_close(e->generator);
    distill_chat_close(e->chat);
    distill_tokenizer_free(e->tok);
    *e = (examinee){0};
}

/// What sampling_run needs, but for the generator, the store and the judge.
static sampling_job job_of(const examinee *e, const suite *s)
{
    const bench_options *o = e->run->options;
    sampling_job job = sampling_options_job(&o->sampling);
    job.prompts = s->prompts;
    job.chat = e->chat;
    job.samples = o->n;
    if (s->complete_prompts && strcmp(o->sampling.prompt_template, PROMPT_TEMPLATE_DEFAULT) == 0)
        job.prompt_template = "{prompt}";
    job.seed = o->common.seed;
    return job;
}

/// Room for the longest prompt of all suites and its reply.
static distill_status local_options(distill_local_options *out, const examinee *e)
{
    distill_status status = DISTILL_OK;
    *out = (distill_local_options){.batch_size = e->run->options->sampling.batch_size,
                                   .weights = sampling_options_weights(&e->run->options->sampling)};
    for (size_t i = 0; i < e->run->suite_count; i++) {
        sampling_job job = job_of(e, &e->run->suites[i]);
        size_t context = 0;
        TRY(sampling_context(&context, &job));
        out->context = context > out->context ? context : out->context;
    }
done:
    return status;
}

static distill_status open_generator(examinee *e)
{
    distill_status status = DISTILL_OK;
    distill_local_options local;
    if (e->generator != NULL)
        return status;
    int32_t end_of_turn = distill_chat_end_of_turn(e->chat);
    TRY(local_options(&local, e));
    local.stop_ids = &end_of_turn;
    local.stop_id_count = end_of_turn >= 0;
    TRY(distill_local_generator_open(&e->generator, e->model->dir.bytes, e->tok, &local));
done:
    return status;
}

/// Finds out before the first reply of any model that this one cannot be read, or does not fit.
static distill_status check_model(const bench_run *run, const contestant *model)
{
    distill_status status = DISTILL_OK;
    examinee e = {0};
    distill_config config;
    distill_local_options local;
    distill_local_plan plan;
    TRY(examinee_open(&e, run, model));
    if (model->servers != NULL)
        goto done;
    TRY(distill_hf_config_read(&config, model->dir.bytes));
    TRY(local_options(&local, &e));
    TRY(distill_local_plan_make(&plan, &config, &local, distill_memory_available()));
done:
    examinee_close(&e);
    return status == DISTILL_OK ? status : distill_fail_context(status, "--model %s", model->name);
}

/// Adds what this run did to the time that earlier runs took.
static distill_status add_time(const char *samples, const sampling_result *result)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    sampling_time time;
    TRY(distill_text_printf(&path, "%s.json", samples));
    TRY(sampling_time_read(&time, path.bytes));
    time.tokens += (double)result->tokens;
    time.seconds += result->seconds;
    TRY(sampling_time_write(&time, path.bytes));
done:
    distill_text_free(&path);
    return status;
}

static distill_status sample(examinee *e, const suite *s, trace_store *store, const char *samples)
{
    distill_status status = DISTILL_OK;
    judging judge = {0};
    sampling_result result = {0};
    distill_text what = {0}, account = {0};
    TRY(distill_text_printf(&what, "%s on %s", e->model->name, s->name));
    TRY(open_generator(e));
    sampling_job job = job_of(e, s);
    job.generator = e->generator;
    job.store = store;
    job.judge = judging_judge;
    job.judge_context = &judge;
    job.what = what.bytes;
    job.price_in = e->run->options->served.price_in;
    job.price_out = e->run->options->served.price_out;
    TRY(distill_text_printf(&account, "%s.usage.json", samples));
    if (e->model->servers != NULL)
        job.spending_path = account.bytes;
    status = sampling_run(&result, &job);
    if (status != DISTILL_OK && status != DISTILL_INTERRUPTED)
        goto done;
    if (result.seconds > 0) {
        distill_status timed = add_time(samples, &result);
        status = status != DISTILL_OK ? status : timed;
    }
    TRY(status);
    if (result.skipped > 0)
        distill_warn("%s: problems that do not fit into the model's context: %llu (they count as "
                     "wrong)",
                     what.bytes, (unsigned long long)result.skipped);
    if (result.errors > 0)
        distill_warn("%s: replies that failed for good: %llu (they count as wrong; distill show %s "
                     "says why)",
                     what.bytes, (unsigned long long)result.errors, samples);
    TRY(trace_store_finish(store));
done:
    distill_text_free(&what);
    distill_text_free(&account);
    judging_free(&judge);
    return status;
}

/// Opens the store of (model, suite) and samples what it lacks.
static distill_status answer_suite(examinee *e, const suite *s, const char *samples)
{
    distill_status status = DISTILL_OK;
    trace_store *store = NULL;
    const bench_options *o = e->run->options;
    trace_store_settings settings = {.teacher = contestant_source(e->model),
                                     .tokenizer_sha256 =
                                         e->tok != NULL ? distill_tokenizer_sha256(e->tok) : "",
                                     .settings_json = e->run->settings.bytes,
                                     .shard_traces = o->sampling.shard_traces,
                                     .compression_level = o->sampling.compression_level,
                                     .verdict = true};
    TRY(trace_store_open(&store, samples, &settings));
    if (!trace_store_is_finished(store))
        TRY(sample(e, s, store, samples));
done:
    trace_store_close(store);
    return status;
}

static void log_score(const bench_score *score)
{
    distill_event event;
    if (!distill_event_begin(&event, "bench.score"))
        return;
    distill_json_add_uint(&event.json, "problems", score->problems);
    distill_json_add_uint(&event.json, "replies", score->reply_count);
    distill_json_add_rounded(&event.json, "pass@1", score->pass1, 6);
    distill_json_begin_array(&event.json, "ci95");
    distill_json_add_rounded(&event.json, NULL, score->ci95.low, 6);
    distill_json_add_rounded(&event.json, NULL, score->ci95.high, 6);
    distill_json_end_array(&event.json);
    distill_event_end(&event);
}

static distill_status score_suite(bench_score *out, const bench_run *run, const suite *s,
                                  const char *samples)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    sampling_time time;
    TRY(score_read(out, samples, s->prompts, run->options->n, run->options->common.seed));
    TRY(distill_text_printf(&path, "%s.json", samples));
    TRY(sampling_time_read(&time, path.bytes));
    out->tokens_per_s = time.seconds > 0 ? time.tokens / time.seconds : 0;
    log_score(out);
done:
    distill_text_free(&path);
    return status;
}

static distill_status examine_model(bench_run *run, size_t model)
{
    distill_status status = DISTILL_OK;
    examinee e = {0};
    distill_text name = {0}, samples = {0};
    TRY(examinee_open(&e, run, &run->models[model]));
    for (size_t i = 0; i < run->suite_count; i++) {
        const suite *s = &run->suites[i];
        distill_text_clear(&name);
        TRY(distill_text_printf(&name, "samples/%s", run->models[model].folder));
        TRY(bench_output_path(&samples, &run->output, name.bytes));
        TRY(distill_make_directory(samples.bytes));
        TRY(distill_text_printf(&samples, "/%s", s->folder));
        TRY(answer_suite(&e, s, samples.bytes));
        TRY(score_suite(bench_run_score(run, model, i), run, s, samples.bytes));
    }
done:
    examinee_close(&e);
    distill_text_free(&name);
    distill_text_free(&samples);
    return status;
}

static void announce(const bench_run *run)
{
    size_t problems = 0;
    for (size_t i = 0; i < run->suite_count; i++)
        problems += run->suites[i].count;
    char count[32];
    distill_format_count(count, sizeof count,
                         (uint64_t)problems * run->model_count * run->options->n);
    distill_note("plan: models %zu x problems %zu x replies %zu = %s replies, on %d threads",
                 run->model_count, problems, run->options->n, count, distill_threads());
}

distill_status examination_run(bench_run *run)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0};
    announce(run);
    TRY(bench_output_path(&folder, &run->output, "problems"));
    for (size_t i = 0; i < run->suite_count; i++)
        TRY(suite_publish(&run->suites[i], folder.bytes));
    for (size_t i = 0; i < run->model_count; i++)
        TRY(check_model(run, &run->models[i]));
    for (size_t i = 0; i < run->model_count; i++)
        TRY(examine_model(run, i));
done:
    distill_text_free(&folder);
    return status;
}
