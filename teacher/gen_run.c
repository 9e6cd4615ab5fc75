// teacher/gen_run.c - a run of distill-gen, step by step.
#include "teacher/gen_run.h"

#include "datasets/sample/fingerprint.h"
#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/log.h"
#include "distill/checkpoint/hf_config.h"
#include "distill/checkpoint/model_path.h"
#include "distill/generate/local_generator.h"
#include "teacher/retry_failed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Settings that do not change a trace: a rerun may choose other values. The last ones may differ
// only with servers: the choice of servers does not change a trace, and the model's name is
// compared separately.
static const char *const FREE_KEYS[] = {
    "output",         "overwrite", "retry-failed", "skip-bad", "batch-size", "compression-level",
    SERVED_FREE_KEYS, "teacher",   "model",        "weights"};
enum { FREE_WITH_SERVERS = 3 };

/// The one checkpoint, or the first of the servers; gen_options_check requires it.
static const char *teacher_of(const gen_options *options)
{
    return options->teachers.at[0];
}

static sampling_job job_of(const gen_run *run)
{
    const gen_options *o = run->options;
    sampling_job job = sampling_options_job(&o->sampling);
    job.prompts = run->prompts;
    job.generator = run->generator;
    job.chat = run->chat;
    job.sampling.logprobs = o->logprobs;
    job.samples = o->n;
    job.seed = o->common.seed;
    job.store = run->store;
    job.what = "sampling";
    job.price_in = o->served.price_in;
    job.price_out = o->served.price_out;
    job.spending_path = run->served ? run->account.bytes : NULL;
    return job;
}

// ---- inputs ------------------------------------------------------------------------------------

/// Sets the date of the chat template: that of the first start.
static distill_status choose_date(gen_run *run, gen_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text manifest = {0};
    TRY(distill_path_join(&manifest, options->output, "manifest.json"));
    TRY(distill_chat_date_choose(run->date, &options->sampling.chat, run->tok,
                                 options->overwrite ? NULL : manifest.bytes));
done:
    distill_text_free(&manifest);
    return status;
}

/// A checkpoint's tokenizer and chat template.
static distill_status open_local_inputs(gen_run *run, gen_options *options)
{
    distill_status status = DISTILL_OK;
    const char *teacher = teacher_of(run->options);
    TRY(distill_model_path(&run->teacher_dir, teacher));
    if (!distill_is_directory(run->teacher_dir.bytes))
        TRY(distill_fail(DISTILL_IO,
                         "--teacher %s: %s is not a directory (expected a Hugging Face checkpoint: "
                         "config.json, tokenizer.json, model.safetensors)",
                         teacher, run->teacher_dir.bytes));
    TRY(distill_tokenizer_load(&run->tok, run->teacher_dir.bytes));
    TRY(choose_date(run, options));
    TRY(distill_chat_open(&run->chat, run->tok, &run->options->sampling.chat));
done:
    return status;
}

distill_status gen_open_inputs(gen_run *run, gen_options *options)
{
    distill_status status = DISTILL_OK;
    const prompt_fields fields = {.prompt = options->prompt_field,
                                  .answer = options->answer_field,
                                  .id = options->id_field,
                                  .split = BUILTIN_TRAIN,
                                  .skipped = &run->skipped};
    *run = (gen_run){.options = options,
                     .served = served_is_url(teacher_of(options)),
                     .skipped.allowed = options->skip_bad};
    if (!run->served) {
        TRY(open_local_inputs(run, options));
    } else {
        TRY(choose_date(run, options));
        TRY(served_options_chat(&run->chat, &options->sampling.chat));
    }
    TRY(sampling_prompt_template(&run->prompt_template, options->sampling.prompt_template,
                                 run->served ? NULL : run->teacher_dir.bytes));
    options->sampling.prompt_template = run->prompt_template;
    TRY(prompt_set_open(&run->prompts, options->prompts, &fields));
    if (prompt_set_count(run->prompts) == 0)
        TRY(distill_fail(DISTILL_FORMAT, "--prompts %s: it has no prompts", options->prompts));
done:
    return status;
}

// ---- output ------------------------------------------------------------------------------------

/// The options as JSON, with fingerprints of the files that they name.
static distill_status write_settings(distill_text *out, const gen_run *run)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = out};
    char model[DISTILL_SHA256_HEX], prompts[DISTILL_SHA256_HEX];
    TRY(prompts_fingerprint(prompts, run->prompts));
    distill_json_begin_object(&w, NULL);
    distill_options_add(&w, &GEN_PROGRAM, run->options);
    distill_json_add_string(&w, "chat-template-used",
                            run->chat != NULL ? distill_chat_name(run->chat) : "server");
    distill_output_add_input(&w, "prompts", prompts);
    if (run->served) {
        distill_json_add_string(&w, "teacher-served", distill_generator_model(run->generator));
    } else {
        TRY(model_fingerprint(model, run->teacher_dir.bytes));
        distill_output_add_input(&w, "teacher", model);
    }
    distill_json_end_object(&w);
    TRY(distill_json_finish(&w));
done:
    return status;
}

/// Settings of the store; borrowed from `run` and `json`.
static trace_store_settings store_settings(const gen_run *run, const distill_text *json)
{
    const gen_options *o = run->options;
    size_t free_keys = sizeof FREE_KEYS / sizeof *FREE_KEYS;
    return (trace_store_settings){
        .teacher = run->served ? distill_generator_model(run->generator) : teacher_of(o),
        .tokenizer_sha256 = run->served ? "" : distill_tokenizer_sha256(run->tok),
        .settings_json = json->bytes,
        .shard_traces = o->sampling.shard_traces,
        .compression_level = o->sampling.compression_level,
        .topk = o->logprobs,
        .overwrite = o->overwrite,
        .keys = {.free = FREE_KEYS,
                 .free_count = run->served ? free_keys : free_keys - FREE_WITH_SERVERS}};
}

static distill_status open_store(gen_run *run)
{
    distill_status status = DISTILL_OK;
    const gen_options *o = run->options;
    TRY(write_settings(&run->settings, run));
    const trace_store_settings settings = store_settings(run, &run->settings);
    if (!o->overwrite)
        TRY(retry_failed_recover(o->output));
    TRY(trace_store_open(&run->store, o->output, &settings));
    run->before = trace_store_count(run->store);
    TRY(skipped_lines_write(&run->skipped, o->output));
    TRY(distill_path_join(&run->account, o->output, "usage.json"));
    if (o->overwrite) {
        TRY(distill_remove_all(run->account.bytes));
        TRY(retry_failed_forget(o->output));
    }
done:
    return status;
}

/// Sets run->local. Fails before anything is written if the teacher does not fit in memory.
static distill_status plan_memory(gen_run *run)
{
    distill_status status = DISTILL_OK;
    const sampling_options *o = &run->options->sampling;
    const sampling_job job = job_of(run);
    distill_config config;
    distill_local_plan plan;
    run->local = (distill_local_options){.batch_size = o->batch_size, .weights = o->weights};
    TRY(distill_hf_config_read(&config, run->teacher_dir.bytes));
    TRY(sampling_context(&run->local.context, &job)); // renders every prompt, so it is called once
    status = distill_local_plan_make(&plan, &config, &run->local, distill_memory_available());
    if (status != DISTILL_OK)
        TRY(distill_fail_context(status, "--teacher %s", teacher_of(run->options)));
done:
    return status;
}

distill_status gen_open_output(gen_run *run)
{
    distill_status status = DISTILL_OK;
    const gen_options *o = run->options;
    if (run->served)
        TRY(served_options_open(&run->generator, &o->served, o->teachers.at, o->teachers.count,
                                o->model));
    else
        TRY(plan_memory(run));
    TRY(open_store(run));
done:
    return status;
}

// ---- sampling ----------------------------------------------------------------------------------

static distill_status open_generator(gen_run *run)
{
    distill_status status = DISTILL_OK;
    distill_local_options local = run->local;
    if (run->generator != NULL)
        return DISTILL_OK;
    int32_t end_of_turn = distill_chat_end_of_turn(run->chat);
    local.stop_ids = &end_of_turn;
    local.stop_id_count = end_of_turn >= 0;
    TRY(distill_local_generator_open(&run->generator, run->teacher_dir.bytes, run->tok, &local));
done:
    return status;
}

/// Notes the memory that a served teacher's replies in flight take here at full length: 4 bytes a
/// token, and the log-probabilities.
static void note_served_plan(const gen_run *run)
{
    const gen_options *o = run->options;
    char bytes[32];
    double token = 4 + (o->logprobs > 0 ? 8 + 8 * (double)o->logprobs : 0);
    double requests = (double)o->served.concurrency; // each for up to n samples of a prompt
    double replies = fmin(requests * (double)o->n, fmax(requests, 1024)); // the client's limit
    double most = replies * token * (double)o->sampling.max_tokens;
    distill_note("plan: %s on %zu server%s, up to %zu requests in flight, their replies up to %s",
                 distill_generator_model(run->generator), o->teachers.count,
                 o->teachers.count > 1 ? "s" : "", o->served.concurrency,
                 distill_format_bytes(bytes, sizeof bytes, most));
}

/// Samples what `store` lacks and completes it.
static distill_status fill_store(gen_run *run, trace_store *store)
{
    distill_status status = DISTILL_OK;
    TRY(open_generator(run));
    if (run->served)
        note_served_plan(run);
    sampling_job job = job_of(run);
    job.store = store;
    TRY(sampling_run(&run->result, &job));
    TRY(trace_store_finish(store));
done:
    return status;
}

/// Samples the failed traces of a complete output again.
static distill_status sample_failed(gen_run *run)
{
    distill_status status = DISTILL_OK;
    trace_store *again = NULL;
    const gen_options *o = run->options;
    const trace_store_settings settings = store_settings(run, &run->settings);
    TRY(retry_failed_open(&again, o->output, &settings, run->prompts, o->n));
    run->before = trace_store_count(again);
    if (!trace_store_is_finished(again))
        TRY(fill_store(run, again));
    trace_store_close(again);
    again = NULL;
    TRY(retry_failed_complete(o->output));
done:
    trace_store_close(again);
    return status;
}

distill_status gen_sample(gen_run *run)
{
    distill_status status = DISTILL_OK;
    const gen_options *o = run->options;
    uint64_t failed = 0;
    if (trace_store_is_finished(run->store)) {
        TRY(retry_failed_count(&failed, o->output));
        if (o->retry_failed && failed > 0)
            return sample_failed(run);
        if (failed > 0)
            distill_note("%s is complete, but %llu of its samples failed: --retry-failed samples "
                         "them again",
                         o->output, (unsigned long long)failed);
        else
            distill_note("%s is complete; nothing to do (--overwrite starts afresh)", o->output);
        return DISTILL_OK;
    }
    if (run->before > 0)
        distill_note(
            "resuming %s: it has %llu traces%s", o->output, (unsigned long long)run->before,
            o->retry_failed ? "; --retry-failed takes effect when the output is complete" : "");
    TRY(fill_store(run, run->store));
done:
    return status;
}

/// Prints the use of servers, by this run and by all runs.
static void print_spending(const gen_run *run)
{
    const spending *now = &run->result.spent, *all = &run->result.spent_in_all;
    const served_options *o = &run->options->served;
    char prompt[32], reply[32];
    printf("requests   %.0f (%.0f of them retries)\n", now->requests, now->retries);
    printf("paid       %s prompt + %s reply tokens",
           distill_format_count(prompt, sizeof prompt, (uint64_t)all->prompt_tokens),
           distill_format_count(reply, sizeof reply, (uint64_t)all->reply_tokens));
    if (o->price_in > 0 || o->price_out > 0)
        printf(", $%.4f", all->cost);
    printf("%s\n", all->requests > now->requests ? ", earlier runs included" : "");
}

void gen_print_summary(const gen_run *run)
{
    const sampling_result *r = &run->result;
    char traces[32], before[32], tokens[32];
    uint64_t total = run->before + r->traces;
    printf("traces     %s in %s", distill_format_count(traces, sizeof traces, total),
           run->options->output);
    if (run->before > 0)
        printf(" (%s of earlier runs)", distill_format_count(before, sizeof before, run->before));
    printf("\n");
    if (r->traces > 0)
        printf("tokens     %s in %.1f s, %.0f tok/s\n"
               "truncated  %llu (%.1f%%)\n",
               distill_format_count(tokens, sizeof tokens, r->tokens), r->seconds,
               r->seconds > 0 ? (double)r->tokens / r->seconds : 0,
               (unsigned long long)r->truncated, 100 * (double)r->truncated / (double)r->traces);
    if (run->served && r->spent.requests > 0)
        print_spending(run);
    if (r->errors > 0)
        printf(
            "failed     %llu samples (distill show gives the reasons; --retry-failed samples them "
            "again)\n",
            (unsigned long long)r->errors);
    if (r->skipped > 0)
        printf("skipped    %llu prompts do not fit in the model's context\n",
               (unsigned long long)r->skipped);
}

void gen_run_close(gen_run *run)
{
    trace_store_close(run->store);
    distill_generator_close(run->generator);
    distill_chat_close(run->chat);
    distill_free(run->prompt_template);
    distill_tokenizer_free(run->tok);
    prompt_set_close(run->prompts);
    skipped_lines_free(&run->skipped);
    distill_text_free(&run->teacher_dir);
    distill_text_free(&run->account);
    distill_text_free(&run->settings);
}
