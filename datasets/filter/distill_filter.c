// datasets/filter/distill_filter.c - the program distill-filter: rejection sampling, from trace
// shards to trace shards.
//
// The program opens inputs and outputs, runs the pass of the judge, runs the pipeline, and writes
// the report. Settings and a digest of the inputs are stored in the output, so that a rerun resumes
// it or does nothing.
#include "datasets/filter/filter_options.h"
#include "datasets/filter/filter_rules.h"
#include "datasets/filter/judge/judge_pass.h"
#include "datasets/filter/pipeline.h"
#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/options/options.h"
#include "distill/base/sha256.h"
#include "distill/checkpoint/model_path.h"

#include <stdio.h>
#include <string.h>

/// Settings that may differ between a run and the one that resumes it.
static const char *const FREE_KEYS[] = {"input",   "output",           "rejected", "report",
                                        "jobs",    "overwrite",        "judge",    SERVED_FREE_KEYS,
                                        "sources", "compression-level"};

typedef struct filter_program_run {
    trace_reader **inputs;
    decontamination *benchmarks;
    mixture *domains;
    distill_tokenizer *tokenizer; // NULL = none was given
    distill_text settings_json;
    size_t topk;
    trace_store *kept, *rejected;
    distill_generator *judge_server;
    judge *judge;
    judge_pass_counts judged;
    filter_result result;
} filter_program_run;

static distill_status open_inputs(filter_program_run *run, const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    bool any = false;
    TRY(DISTILL_NEW(&run->inputs, opt->inputs.count));
    for (size_t i = 0; i < opt->inputs.count; i++) {
        trace_record record;
        TRY(opt->skip_damaged ? trace_reader_open_rest(&run->inputs[i], opt->inputs.at[i])
                              : trace_reader_open(&run->inputs[i], opt->inputs.at[i]));
        if (trace_reader_count(run->inputs[i]) == 0)
            continue;
        TRY(trace_reader_read(run->inputs[i], 0, &record));
        // found before the output is begun; an imported set has counts for all traces or for none
        if (opt->min_tokens + opt->max_tokens > 0 && opt->tokenizer == NULL)
            TRY(filter_rules_check_count(&record));
        if (any && record.topk != run->topk)
            TRY(distill_fail(DISTILL_USAGE,
                             "%s: %zu log-probabilities a token, %zu in the inputs before (filter "
                             "them one by one)",
                             opt->inputs.at[i], record.topk, run->topk));
        run->topk = record.topk;
        any = true;
    }
done:
    return status;
}

/// A shard of another program may have any text as its settings.
static bool is_json_object(const char *text)
{
    distill_json *doc = NULL;
    bool object = distill_json_parse(&doc, text, strlen(text), "settings") == DISTILL_OK &&
                  distill_json_kind_of(distill_json_root(doc)) == DISTILL_JSON_OBJECT;
    distill_json_free(doc);
    return object;
}

/// Adds the settings with which each input was made; training reads the prompt template from them.
static void add_sources(distill_json_writer *w, const filter_program_run *run, size_t count)
{
    distill_json_begin_array(w, "sources");
    for (size_t i = 0; i < count; i++) {
        const char *settings = trace_reader_attribute(run->inputs[i], "settings");
        distill_json_add_raw(w, NULL, distill_span_of(is_json_object(settings) ? settings : "{}"));
    }
    distill_json_end_array(w);
}

/// A digest of the content of all inputs.
static distill_status digest_inputs(char sha256[DISTILL_SHA256_HEX], const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0}, sums = {0};
    for (size_t i = 0; i < opt->inputs.count; i++) {
        const char *input = opt->inputs.at[i];
        if (distill_is_directory(input)) {
            TRY(distill_path_join(&path, input, "manifest.json"));
            input = path.bytes;
        }
        TRY(distill_sha256_file(sha256, input));
        TRY(distill_text_add(&sums, sha256));
    }
    TRY(distill_sha256_bytes(sha256, sums.bytes, sums.length));
done:
    distill_text_free(&path);
    distill_text_free(&sums);
    return status;
}

/// The options and the content of the inputs: the same settings give the same output.
static distill_status describe_settings(filter_program_run *run, const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    char sha256[DISTILL_SHA256_HEX];
    distill_json_writer w = {.out = &run->settings_json};
    TRY(digest_inputs(sha256, opt));
    distill_json_begin_object(&w, NULL);
    distill_options_add(&w, &FILTER_PROGRAM, opt);
    distill_json_add_bool(&w, "judged", opt->judge != NULL);
    distill_output_add_input(&w, "input", sha256);
    add_sources(&w, run, opt->inputs.count);
    distill_json_end_object(&w);
    TRY(distill_json_finish(&w));
done:
    return status;
}

static distill_status open_output(trace_store **store, const filter_program_run *run,
                                  const filter_options *opt, const char *dir)
{
    trace_store_settings settings = {
        .teacher = trace_reader_attribute(run->inputs[0], "teacher"),
        .tokenizer_sha256 = trace_reader_attribute(run->inputs[0], "tokenizer_sha256"),
        .settings_json = run->settings_json.bytes,
        .shard_traces = opt->shard_traces,
        .compression_level = opt->compression_level,
        .topk = run->topk,
        .overwrite = opt->overwrite,
        .verdict = true,
        .keys = {.free = FREE_KEYS, .free_count = sizeof FREE_KEYS / sizeof *FREE_KEYS},
    };
    return trace_store_open(store, dir, &settings);
}

static distill_status write_report(const filter_program_run *run, const char *path)
{
    const filter_result *result = &run->result;
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    distill_json_writer w = {.out = &text};
    if (path == NULL)
        return DISTILL_OK;
    distill_json_begin_object(&w, NULL);
    distill_json_add_uint(&w, "seen", result->seen);
    distill_json_add_uint(&w, "kept", result->kept);
    distill_json_begin_object(&w, "reasons");
    for (unsigned i = TRACE_KEPT + 1; i < FILTER_REASONS; i++)
        if (result->reasons[i] > 0)
            distill_json_add_uint(&w, trace_reason_name((trace_reason)i), result->reasons[i]);
    distill_json_end_object(&w);
    distill_json_add_fixed(&w, "seconds", result->seconds, 3);
    grade_counts_add(&w, &result->grades);
    distill_json_add_uint(&w, "bytes", result->bytes);
    distill_json_add_uint(&w, "prompts", result->prompts);
    if (result->overlap_count > 0)
        distill_json_add_raw(&w, "contaminated", distill_text_span(&result->overlaps));
    if (run->judge != NULL)
        judge_pass_add_report(&w, &run->judged);
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
    TRY(distill_file_write(path, text.bytes, text.length));
done:
    distill_text_free(&text);
    return status;
}

static void print_row(const char *name, uint64_t count, uint64_t seen, const char *sentence)
{
    printf("%-14s%10llu%8.1f%%%s%s\n", name, (unsigned long long)count,
           seen > 0 ? 100.0 * (double)count / (double)seen : 0, sentence[0] != '\0' ? "  " : "",
           sentence);
}

/// Prints "verdicts: 5 right, 1 wrong, …" unless nothing was graded.
static distill_status print_verdicts(const filter_result *result)
{
    distill_status status = DISTILL_OK;
    distill_text line = {0};
    if (result->grades.of[GRADE_NOT_GRADED] > 0 || result->seen == 0)
        goto done;
    TRY(grade_counts_write(&line, &result->grades));
    printf("verdicts: %s\n", line.bytes);
done:
    distill_text_free(&line);
    return status;
}

static distill_status print_table(const filter_result *result)
{
    distill_status status = DISTILL_OK;
    print_row("seen", result->seen, result->seen, "");
    print_row("kept", result->kept, result->seen, "");
    for (unsigned i = TRACE_KEPT + 1; i < FILTER_REASONS; i++)
        if (result->reasons[i] > 0)
            print_row(trace_reason_name((trace_reason)i), result->reasons[i], result->seen,
                      trace_reason_text((trace_reason)i));
    TRY(print_verdicts(result));
    if (result->reasons[TRACE_NO_REFERENCE] > 0)
        distill_note(
            "%llu traces have no reference answer and no tests; --verify none keeps such traces",
            (unsigned long long)result->grades.of[GRADE_NO_REFERENCE]);
done:
    return status;
}

/// Requests the verdicts of the judge, if one is given, on all traces; they are stored in the
/// output.
static distill_status run_judge(filter_program_run *run, filter_job *job, const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    if (opt->judge == NULL) {
        served_options_warn_unused(&opt->served);
        return DISTILL_OK;
    }
    TRY(served_options_open(&run->judge_server, &opt->served, &opt->judge, 1, opt->judge_model));
    TRY(judge_open(&run->judge, run->judge_server, opt->output));
    TRY(judge_pass_run(&run->judged, run->judge, &job->settings, job->inputs, job->input_count));
    job->settings.judge = run->judge;
done:
    return status;
}

static distill_status open_tokenizer(filter_program_run *run, const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    distill_text dir = {0};
    if (opt->tokenizer == NULL)
        return DISTILL_OK;
    TRY(distill_model_path(&dir, opt->tokenizer));
    TRY(distill_tokenizer_load(&run->tokenizer, dir.bytes));
done:
    distill_text_free(&dir);
    return status;
}

static distill_status filter_traces(filter_program_run *run, const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    filter_job job = {.inputs = run->inputs, .input_count = opt->inputs.count};
    TRY(filter_options_settings(&job.settings, &run->benchmarks, &run->domains, opt));
    TRY(open_tokenizer(run, opt));
    job.settings.tokenizer = run->tokenizer;
    TRY(open_output(&run->kept, run, opt, opt->output));
    if (opt->rejected != NULL)
        TRY(open_output(&run->rejected, run, opt, opt->rejected));
    if (!trace_store_is_finished(run->kept))
        job.kept = run->kept;
    if (run->rejected != NULL && !trace_store_is_finished(run->rejected))
        job.rejected = run->rejected;
    bool report_exists = opt->report == NULL || distill_file_exists(opt->report);
    if (job.kept == NULL && job.rejected == NULL) {
        distill_note("%s is complete already (%zu traces); --overwrite starts afresh", opt->output,
                     trace_store_count(run->kept));
        if (report_exists)
            goto done;
        distill_note("filtering again for the report %s", opt->report);
    }
    TRY(run_judge(run, &job, opt));
    TRY(filter_run(&run->result, &job));
    TRY(write_report(run, opt->report));
    TRY(print_table(&run->result));
    if (run->judge != NULL)
        judge_pass_note(&run->judged);
done:
    return status;
}

static void filter_program_close(filter_program_run *run, const filter_options *opt)
{
    for (size_t i = 0; run->inputs != NULL && i < opt->inputs.count; i++)
        trace_reader_close(run->inputs[i]);
    distill_free(run->inputs);
    decontamination_close(run->benchmarks);
    distill_tokenizer_free(run->tokenizer);
    mixture_free(run->domains);
    filter_result_free(&run->result);
    judge_close(run->judge);
    distill_generator_close(run->judge_server);
    distill_text_free(&run->settings_json);
    trace_store_close(run->kept);
    trace_store_close(run->rejected);
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    filter_options opt = FILTER_DEFAULTS;
    filter_program_run run = {0};
    TRY(distill_options_parse(&opt, &FILTER_PROGRAM, argc, argv));
    if (opt.jobs > 0)
        opt.common.threads = opt.jobs;
    TRY(distill_program_start(&opt.common));
    TRY(filter_options_check(&opt));
    TRY(open_inputs(&run, &opt));
    TRY(describe_settings(&run, &opt));
    TRY(filter_traces(&run, &opt));
done:
    filter_program_close(&run, &opt);
    filter_options_free(&opt);
    return distill_exit(&FILTER_PROGRAM, status);
}
