// datasets/filter/distill_filter.c - rejection sampling: shards in, what is worth learning out.
#include "datasets/filter/pipeline.h"
#include "distill/base/file.h"
#include "distill/base/json.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/options.h"
#include "distill/base/sha256.h"

#include <stdio.h>
#include <string.h>

typedef struct filter_options {
    distill_common_options common;
    distill_string_list inputs;
    const char *output, *rejected, *report;
    bool overwrite;
    const char *verify, *format, *language, *dedup, *select, *judge, *judge_model;
    double max_language_mix, max_repetition, min_pass_rate, max_pass_rate;
    size_t max_paragraph_chars, min_tokens, max_tokens, ngram, shard_traces;
    bool no_code_blocks, keep_truncated;
    distill_string_list decontaminate;
    int jobs, compression_level;
} filter_options;

static const filter_options FILTER_DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS,
    .verify = "auto",
    .format = "none",
    .language = "auto",
    .dedup = "none",
    .select = "all",
    .max_language_mix = 1,
    .max_repetition = 1,
    .max_pass_rate = 1,
    .ngram = 13,
    .shard_traces = 10000,
    .compression_level = 3,
};

#define AT(field) offsetof(filter_options, field)
static const distill_option FILTER_OPTION_ROWS[] = {
    {.section = "Files"},
    {.name = "input",
     .letter = 'i',
     .type = DISTILL_OPT_LIST,
     .offset = AT(inputs),
     .unit = "DIR",
     .help = "directories of traces, or single shards"},
    {.name = "output",
     .letter = 'o',
     .type = DISTILL_OPT_STRING,
     .offset = AT(output),
     .unit = "DIR",
     .aliases = "output-dir",
     .help = "directory for the traces that are kept"},
    {.name = "rejected",
     .type = DISTILL_OPT_STRING,
     .offset = AT(rejected),
     .unit = "DIR",
     .help = "directory for the others, each with its reason"},
    {.name = "report",
     .type = DISTILL_OPT_STRING,
     .offset = AT(report),
     .unit = "FILE",
     .help = "JSON file for the counts of the table"},
    {.name = "overwrite",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(overwrite),
     .help = "remove existing outputs and start afresh"},
    {.section = "Right or wrong"},
    {.name = "verify",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(verify),
     .choices = "auto|math|choice|code|none",
     .help = "how replies are compared with the reference answer; auto: by the trace's domain; "
             "code runs the program in the reply on the trace's tests, in a sandbox"},
    {.name = "judge",
     .type = DISTILL_OPT_STRING,
     .offset = AT(judge),
     .unit = "URL",
     .help = "server whose model decides where no rule applies (not built yet: refused)"},
    {.name = "judge-model",
     .type = DISTILL_OPT_STRING,
     .offset = AT(judge_model),
     .unit = "NAME",
     .help = "model of that server (not built yet: refused)"},
    {.section = "Form of the reply"},
    {.name = "format",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(format),
     .choices = "none|think|r1-zero",
     .help = "tags that a reply must have, once and in order"},
    {.name = "keep-truncated",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(keep_truncated),
     .help = "keep replies that end at the token limit"},
    {.name = "max-language-mix",
     .type = DISTILL_OPT_REAL,
     .offset = AT(max_language_mix),
     .low = 0,
     .high = 1,
     .unit = "F",
     .help = "largest share of words in another language than the prompt's, code and formulas "
             "aside; 0.05 is what readers call mixed; 1 is off"},
    {.name = "language",
     .type = DISTILL_OPT_STRING,
     .offset = AT(language),
     .unit = "auto|en|zh|...",
     .help =
         "language of the replies; auto: the prompt's. Another than auto switches the filter on: "
         "--max-language-mix is 0.05 then unless it is smaller than 1"},
    {.name = "max-repetition",
     .type = DISTILL_OPT_REAL,
     .offset = AT(max_repetition),
     .low = 0,
     .high = 1,
     .unit = "F",
     .help = "largest share of a reply that repeats itself; 0.2 finds loops; 1 is off"},
    {.name = "max-paragraph-chars",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(max_paragraph_chars),
     .high = 1e9,
     .unit = "N",
     .help = "longest paragraph in characters; 0 is off"},
    {.name = "no-code-blocks",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(no_code_blocks),
     .help = "reject replies with fenced code blocks"},
    {.name = "min-tokens",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(min_tokens),
     .high = 1e9,
     .unit = "N",
     .help = "shortest reply"},
    {.name = "max-tokens",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(max_tokens),
     .high = 1e9,
     .unit = "N",
     .help = "longest reply; 0 is off"},
    {.section = "Among the replies to a prompt"},
    {.name = "dedup",
     .type = DISTILL_OPT_STRING,
     .offset = AT(dedup),
     .unit = "none|exact",
     .help = "drop replies that were kept before (minhash is not built yet: refused)"},
    {.name = "min-pass-rate",
     .type = DISTILL_OPT_REAL,
     .offset = AT(min_pass_rate),
     .low = 0,
     .high = 1,
     .unit = "F",
     .aliases = "pass-rate-min",
     .help = "reject prompts whose share of right replies is smaller"},
    {.name = "max-pass-rate",
     .type = DISTILL_OPT_REAL,
     .offset = AT(max_pass_rate),
     .low = 0,
     .high = 1,
     .unit = "F",
     .aliases = "pass-rate-max",
     .help = "reject prompts whose share of right replies is larger"},
    {.name = "select",
     .type = DISTILL_OPT_STRING,
     .offset = AT(select),
     .unit = "all|ORDER:K",
     .help = "keep K replies a prompt: first:K, shortest:K, random:K or best:K (highest mean "
             "log-probability)"},
    {.section = "Benchmarks"},
    {.name = "decontaminate",
     .type = DISTILL_OPT_LIST,
     .offset = AT(decontaminate),
     .unit = "FILE",
     .help = "benchmark files; prompts that overlap with them are rejected"},
    {.name = "ngram",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(ngram),
     .low = 1,
     .high = 1000,
     .unit = "N",
     .aliases = "ngram-size",
     .help = "words in a row that make an overlap"},
    {.section = "Work"},
    {.name = "jobs",
     .type = DISTILL_OPT_INT,
     .offset = AT(jobs),
     .low = 0,
     .high = 4096,
     .unit = "N",
     .help = "threads that judge; 0: as --threads"},
    {.name = "shard-traces",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(shard_traces),
     .low = 1,
     .high = 1e9,
     .unit = "N",
     .help = "traces a shard"},
    {.name = "compression-level",
     .type = DISTILL_OPT_INT,
     .offset = AT(compression_level),
     .low = 1,
     .high = 19,
     .unit = "N",
     .help = "zstd level"},
    DISTILL_COMMON_ROWS,
};

static const distill_program FILTER_PROGRAM = {
    .name = "distill-filter",
    .summary = "keep the traces that are worth learning: verify, clean, select",
    .usage = "distill-filter --input DIR... --output DIR [options]",
    .epilog =
        "Example:\n"
        "  distill-filter --input traces --output kept --format think --max-language-mix 0.05 "
        "\\\n      --max-repetition 0.2 --dedup exact --select shortest:4 --rejected rejected",
    .options = FILTER_OPTION_ROWS,
    .option_count = sizeof FILTER_OPTION_ROWS / sizeof *FILTER_OPTION_ROWS,
    .defaults = &FILTER_DEFAULTS,
    .size = sizeof FILTER_DEFAULTS,
};

/// Settings that may differ between a run and its continuation.
static const char *const FREE_KEYS[] = {"input",   "output",           "rejected", "report",
                                        "jobs",    "overwrite",        "judge",    "judge-model",
                                        "sources", "compression-level"};

typedef struct filter_program_run {
    trace_reader **inputs;
    decontamination *benchmarks;
    distill_text settings_json;
    size_t topk;
    trace_store *kept, *rejected;
    filter_result result;
} filter_program_run;

/// What the interface names and this version does not do is refused, never ignored.
/// Two or three small letters (ISO 639), as in the traces' own column.
static bool is_language_code(const char *text)
{
    size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    return (letters == 2 || letters == 3) && text[letters] == '\0';
}

static distill_status check_options(const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    if (opt->inputs.count == 0)
        TRY(distill_options_require(NULL, "input"));
    TRY(distill_options_require(opt->output, "output"));
    if (opt->judge != NULL || opt->judge_model != NULL)
        TRY(distill_fail(DISTILL_UNSUPPORTED, "--judge: verdicts by a model are not built yet; "
                                              "replies that no rule decides are rejected as "
                                              "unknown"));
    if (strncmp(opt->dedup, "minhash", 7) == 0)
        TRY(distill_fail(DISTILL_UNSUPPORTED,
                         "--dedup minhash: near duplicates are not built yet (use exact)"));
    if (strcmp(opt->dedup, "none") != 0 && strcmp(opt->dedup, "exact") != 0)
        TRY(distill_fail(DISTILL_USAGE, "--dedup: \"%s\" is not one of none|exact|minhash",
                         opt->dedup));
    if (strcmp(opt->language, "auto") != 0 && !is_language_code(opt->language))
        TRY(distill_fail(DISTILL_USAGE,
                         "--language: expected auto or a code such as en, zh or de, found \"%s\"",
                         opt->language));
    if (opt->min_pass_rate > opt->max_pass_rate)
        TRY(distill_fail(DISTILL_USAGE, "--min-pass-rate %g is more than --max-pass-rate %g",
                         opt->min_pass_rate, opt->max_pass_rate));
    if (strcmp(opt->verify, "none") == 0 && (opt->min_pass_rate > 0 || opt->max_pass_rate < 1))
        TRY(distill_fail(DISTILL_USAGE, "a pass rate needs verdicts; leave out --verify none"));
    if (opt->max_tokens > 0 && opt->min_tokens > opt->max_tokens)
        TRY(distill_fail(DISTILL_USAGE, "--min-tokens %zu is more than --max-tokens %zu",
                         opt->min_tokens, opt->max_tokens));
    if (opt->rejected != NULL && strcmp(opt->rejected, opt->output) == 0)
        TRY(distill_fail(DISTILL_USAGE, "--rejected and --output are the same directory"));
    for (size_t i = 0; i < opt->inputs.count; i++)
        if (strcmp(opt->inputs.at[i], opt->output) == 0 ||
            (opt->rejected != NULL && strcmp(opt->inputs.at[i], opt->rejected) == 0))
            TRY(distill_fail(DISTILL_USAGE, "%s is input and output at once", opt->inputs.at[i]));
done:
    return status;
}

static distill_status open_inputs(filter_program_run *run, const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    bool any = false;
    TRY(DISTILL_NEW(&run->inputs, opt->inputs.count));
    for (size_t i = 0; i < opt->inputs.count; i++) {
        trace_record record;
        TRY(trace_reader_open(&run->inputs[i], opt->inputs.at[i]));
        if (trace_reader_count(run->inputs[i]) == 0)
            continue;
        TRY(trace_reader_read(run->inputs[i], 0, &record));
        if (any && record.topk != run->topk)
            TRY(distill_fail(DISTILL_USAGE,
                             "%s: %zu log-probabilities a token, %zu in the inputs before; filter "
                             "them one by one",
                             opt->inputs.at[i], record.topk, run->topk));
        run->topk = record.topk;
        any = true;
    }
done:
    return status;
}

/// False too of what a foreign shard may hold in place of settings.
static bool is_json_object(const char *text)
{
    distill_json *doc = NULL;
    bool object = distill_json_parse(&doc, text, strlen(text), "settings") == DISTILL_OK &&
                  distill_json_kind_of(distill_json_root(doc)) == DISTILL_JSON_OBJECT;
    distill_json_free(doc);
    return object;
}

/// The settings that each input was made with, so that the way from the prompt to the trace stays
/// known (training reads the prompt template there).
static distill_status add_sources(filter_program_run *run, const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    distill_text *json = &run->settings_json;
    for (size_t i = 0; i < opt->inputs.count; i++) {
        const char *settings = trace_reader_attribute(run->inputs[i], "settings");
        TRY(distill_text_add(json, i == 0 ? ",\"sources\":[" : ","));
        TRY(distill_text_add(json, is_json_object(settings) ? settings : "{}"));
    }
    TRY(distill_text_add(json, "]}"));
done:
    return status;
}

/// The options and what the inputs hold: the same again means the same output.
static distill_status describe_settings(filter_program_run *run, const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0}, sums = {0};
    char sha256[DISTILL_SHA256_HEX];
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
    TRY(distill_options_write(&run->settings_json, &FILTER_PROGRAM, opt));
    run->settings_json.length--; // the brace
    TRY(distill_text_printf(&run->settings_json, ",\"input-sha256\":\"%s\"", sha256));
    TRY(add_sources(run, opt));
done:
    distill_text_free(&path);
    distill_text_free(&sums);
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
        .free_keys = FREE_KEYS,
        .free_key_count = sizeof FREE_KEYS / sizeof *FREE_KEYS,
    };
    return trace_store_open(store, dir, &settings);
}

static distill_status read_settings(filter_settings *settings, filter_program_run *run,
                                    const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    static const char *const rules[] = {"auto", "math", "choice", "code", "none"};
    *settings = (filter_settings){
        .max_language_mix = opt->max_language_mix,
        .language = opt->language,
        .max_repetition = opt->max_repetition,
        .max_paragraph_chars = opt->max_paragraph_chars,
        .min_tokens = opt->min_tokens,
        .max_tokens = opt->max_tokens,
        .no_code_blocks = opt->no_code_blocks,
        .keep_truncated = opt->keep_truncated,
        .selection = {.drop_duplicates = strcmp(opt->dedup, "exact") == 0,
                      .min_pass_rate = opt->min_pass_rate,
                      .max_pass_rate = opt->max_pass_rate,
                      .seed = opt->common.seed},
    };
    for (unsigned i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(opt->verify, rules[i]) == 0)
            settings->verify = (correctness_rule)i;
    if (strcmp(opt->format, "none") != 0)
        settings->format = opt->format[0] == 't' ? REPLY_FORMAT_THINK : REPLY_FORMAT_R1_ZERO;
    if (strcmp(opt->language, "auto") != 0 && opt->max_language_mix >= 1)
        settings->max_language_mix = 0.05;
    TRY(selection_parse(&settings->selection.rule, opt->select));
    if (opt->decontaminate.count > 0)
        TRY(decontamination_open(&run->benchmarks, opt->decontaminate.at, opt->decontaminate.count,
                                 opt->ngram));
    settings->benchmarks = run->benchmarks;
done:
    return status;
}

static distill_status write_report(const filter_result *result, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    const char *before = "";
    if (path == NULL)
        return DISTILL_OK;
    TRY(distill_text_printf(&text, "{\"seen\":%llu,\"kept\":%llu,\"reasons\":{",
                            (unsigned long long)result->seen, (unsigned long long)result->kept));
    for (unsigned i = 1; i < FILTER_REASONS; i++) {
        if (result->reasons[i] == 0)
            continue;
        TRY(distill_text_printf(&text, "%s\"%s\":%llu", before, trace_reason_name((trace_reason)i),
                                (unsigned long long)result->reasons[i]));
        before = ",";
    }
    TRY(distill_text_printf(&text, "},\"seconds\":%.3f,\"bytes\":%llu,\"prompts\":%llu}\n",
                            result->seconds, (unsigned long long)result->bytes,
                            (unsigned long long)result->prompts));
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

static void print_table(const filter_result *result)
{
    print_row("seen", result->seen, result->seen, "");
    print_row("kept", result->kept, result->seen, "");
    for (unsigned i = 1; i < FILTER_REASONS; i++)
        if (result->reasons[i] > 0)
            print_row(trace_reason_name((trace_reason)i), result->reasons[i], result->seen,
                      trace_reason_text((trace_reason)i));
    if (result->without_answer > 0 && result->reasons[TRACE_UNKNOWN] > 0)
        distill_note("%llu traces have neither reference answer nor tests; --verify none keeps "
                     "such traces",
                     (unsigned long long)result->without_answer);
}

static distill_status filter_traces(filter_program_run *run, const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    filter_job job = {.inputs = run->inputs, .input_count = opt->inputs.count};
    TRY(read_settings(&job.settings, run, opt));
    TRY(open_output(&run->kept, run, opt, opt->output));
    if (opt->rejected != NULL)
        TRY(open_output(&run->rejected, run, opt, opt->rejected));
    if (!trace_store_is_finished(run->kept))
        job.kept = run->kept;
    if (run->rejected != NULL && !trace_store_is_finished(run->rejected))
        job.rejected = run->rejected;
    bool report_is_there = opt->report == NULL || distill_file_exists(opt->report);
    if (job.kept == NULL && job.rejected == NULL) {
        distill_note("%s is complete already (%zu traces); --overwrite starts afresh", opt->output,
                     trace_store_count(run->kept));
        if (report_is_there)
            goto done;
        distill_note("judging again for %s", opt->report);
    }
    TRY(filter_run(&run->result, &job));
    TRY(write_report(&run->result, opt->report));
    print_table(&run->result);
done:
    return status;
}

static void filter_program_close(filter_program_run *run, const filter_options *opt)
{
    for (size_t i = 0; run->inputs != NULL && i < opt->inputs.count; i++)
        trace_reader_close(run->inputs[i]);
    distill_free(run->inputs);
    decontamination_close(run->benchmarks);
    distill_text_free(&run->settings_json);
    trace_store_close(run->kept);
    trace_store_close(run->rejected);
    distill_free(opt->inputs.at);
    distill_free(opt->decontaminate.at);
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
    TRY(check_options(&opt));
    TRY(open_inputs(&run, &opt));
    TRY(describe_settings(&run, &opt));
    TRY(filter_traces(&run, &opt));
done:
    filter_program_close(&run, &opt);
    return distill_exit(&FILTER_PROGRAM, status);
}
