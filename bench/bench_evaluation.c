// bench/bench_evaluation.c - evaluates one model after the other: opens what a model needs;
// datasets/evaluate samples and scores. All models are checked before the first is sampled, so that
// a run of hours does not end at its last model.
#include "bench/bench_evaluation.h"

#include "datasets/evaluate/evaluation.h"
#include "distill/base/file.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/threads.h"
#include "distill/checkpoint/hf_config.h"
#include "distill/generate/local_generator.h"

/// An open model: its tokenizer, its chat template and, if replies are missing, its generator (the
/// weights).
typedef struct open_model {
    const bench_run *run;
    const model_under_test *model;
    distill_tokenizer *tok;
    distill_chat *chat;
    char *prompt_template;
    distill_generator *generator; // borrowed from `model` if that is served
} open_model;

static distill_status model_open(open_model *out, const bench_run *run,
                                 const model_under_test *model)
{
    distill_status status = DISTILL_OK;
    *out = (open_model){.run = run, .model = model, .generator = model->servers};
    TRY(sampling_prompt_template(&out->prompt_template, run->options->sampling.prompt_template,
                                 model->servers == NULL ? model->dir.bytes : NULL));
    if (model->servers != NULL)
        return served_options_chat(&out->chat, &run->options->sampling.chat);
    TRY(distill_tokenizer_load(&out->tok, model->dir.bytes));
    TRY(distill_chat_open(&out->chat, out->tok, &run->options->sampling.chat));
done:
    return status;
}

static void model_close(open_model *m)
{
    if (m->model != NULL && m->generator != m->model->servers)
        distill_generator_close(m->generator);
    distill_chat_close(m->chat);
    distill_free(m->prompt_template);
    distill_tokenizer_free(m->tok);
    *m = (open_model){0};
}

/// The job of sampling a suite, without the generator.
static sampling_job job_of(const open_model *m, const suite *s)
{
    const bench_options *o = m->run->options;
    sampling_job job = sampling_options_job(&o->sampling);
    job.prompts = s->problems;
    job.chat = m->chat;
    job.samples = o->n;
    job.prompt_template = m->prompt_template;
    if (s->complete_prompts && bench_options_template_is_default(o))
        job.prompt_template = "{prompt}";
    job.seed = o->common.seed;
    job.price_in = o->served.price_in;
    job.price_out = o->served.price_out;
    return job;
}

/// Room for the longest prompt of all suites and its reply.
static distill_status local_options(distill_local_options *out, const open_model *m)
{
    distill_status status = DISTILL_OK;
    *out = (distill_local_options){.batch_size = m->run->options->sampling.batch_size,
                                   .weights = m->run->options->sampling.weights};
    for (size_t i = 0; i < m->run->suite_count; i++) {
        sampling_job job = job_of(m, &m->run->suites[i]);
        size_t context = 0;
        TRY(sampling_context(&context, &job));
        out->context = context > out->context ? context : out->context;
    }
done:
    return status;
}

static distill_status open_generator(open_model *m)
{
    distill_status status = DISTILL_OK;
    distill_local_options local;
    if (m->generator != NULL)
        return status;
    int32_t end_of_turn = distill_chat_end_of_turn(m->chat);
    TRY(local_options(&local, m));
    local.stop_ids = &end_of_turn;
    local.stop_id_count = end_of_turn >= 0;
    TRY(distill_local_generator_open(&m->generator, m->model->dir.bytes, m->tok, &local));
done:
    return status;
}

/// Fails if the model cannot be read or does not fit into memory.
static distill_status check_model(const bench_run *run, const model_under_test *model)
{
    distill_status status = DISTILL_OK;
    open_model m = {0};
    distill_config config;
    distill_local_options local;
    distill_local_plan plan;
    TRY(model_open(&m, run, model));
    if (model->servers != NULL)
        goto done;
    TRY(distill_hf_config_read(&config, model->dir.bytes));
    TRY(local_options(&local, &m));
    TRY(distill_local_plan_make(&plan, &config, &local, distill_memory_available()));
done:
    model_close(&m);
    return status == DISTILL_OK ? status : distill_fail_context(status, "--model %s", model->name);
}

static distill_status sample_suite(open_model *m, const suite *s, evaluation *e)
{
    distill_status status = DISTILL_OK;
    distill_text what = {0};
    TRY(distill_text_printf(&what, "%s on %s", m->model->name, s->name));
    TRY(open_generator(m));
    sampling_job job = job_of(m, s);
    job.generator = m->generator;
    job.what = what.bytes;
    TRY(evaluation_sample(e, &job,
                          m->model->servers != NULL ? EVALUATION_SERVED : EVALUATION_LOCAL));
done:
    distill_text_free(&what);
    return status;
}

static void log_score(const sample_score *score)
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

/// Samples what is missing in `dir` and scores it.
static distill_status evaluate_suite(sample_score *out, open_model *m, const suite *s,
                                     const char *dir)
{
    distill_status status = DISTILL_OK;
    evaluation *e = NULL;
    const bench_options *o = m->run->options;
    const trace_store_settings settings = {
        .teacher = model_under_test_source(m->model),
        .tokenizer_sha256 = m->tok != NULL ? distill_tokenizer_sha256(m->tok) : "",
        .settings_json = m->run->settings.bytes,
        .shard_traces = o->sampling.shard_traces,
        .compression_level = o->sampling.compression_level};
    TRY(evaluation_open(&e, dir, &settings));
    if (!evaluation_is_finished(e))
        TRY(sample_suite(m, s, e));
    evaluation_close(e);
    e = NULL;
    TRY(evaluation_score(out, dir, s->problems, o->n, o->common.seed));
    log_score(out);
done:
    evaluation_close(e);
    return status;
}

static distill_status evaluate_model(bench_run *run, size_t model)
{
    distill_status status = DISTILL_OK;
    open_model m = {0};
    distill_text name = {0}, dir = {0};
    TRY(model_open(&m, run, &run->models[model]));
    TRY(distill_text_printf(&name, "samples/%s", run->models[model].folder));
    for (size_t i = 0; i < run->suite_count; i++) {
        TRY(bench_output_path(&dir, &run->output, name.bytes));
        TRY(distill_make_directory(dir.bytes));
        TRY(distill_text_printf(&dir, "/%s", run->suites[i].folder));
        TRY(evaluate_suite(bench_run_score(run, model, i), &m, &run->suites[i], dir.bytes));
    }
done:
    model_close(&m);
    distill_text_free(&name);
    distill_text_free(&dir);
    return status;
}

static void print_plan(const bench_run *run)
{
    size_t problems = 0;
    for (size_t i = 0; i < run->suite_count; i++)
        problems += run->suites[i].count;
    char count[32];
    distill_format_count(count, sizeof count,
                         (uint64_t)problems * run->model_count * run->options->n);
    distill_note("plan: %zu models x %zu problems x %zu replies = %s replies, on %d threads",
                 run->model_count, problems, run->options->n, count, distill_threads());
}

distill_status bench_evaluate(bench_run *run)
{
    distill_status status = DISTILL_OK;
    distill_text folder = {0};
    print_plan(run);
    TRY(bench_output_path(&folder, &run->output, "problems"));
    for (size_t i = 0; i < run->suite_count; i++)
        TRY(suite_write_problems(&run->suites[i], folder.bytes));
    for (size_t i = 0; i < run->model_count; i++)
        TRY(check_model(run, &run->models[i]));
    for (size_t i = 0; i < run->model_count; i++)
        TRY(evaluate_model(run, i));
done:
    distill_text_free(&folder);
    return status;
}
