// datasets/filter/filter_options.c - the rows of distill-filter's options, and what they mean.
#include "datasets/filter/filter_options.h"

#include "distill/base/memory.h"

#include <stdlib.h>
#include <string.h>

const filter_options FILTER_DEFAULTS = {
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
    .compression_level = 1,
    .served = SERVED_DEFAULTS,
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
    {.name = "skip-damaged",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(skip_damaged),
     .help = "leave out traces of the inputs that cannot be read, with a warning that names them"},
    {.section = "Right or wrong"},
    {.name = "verify",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(verify),
     .choices = "auto|math|choice|code|none",
     .help =
         "how replies are compared with the reference answer; auto: by the trace's domain; code "
         "runs the program in the reply on the trace's tests, in a sandbox"},
    {.name = "judge",
     .type = DISTILL_OPT_STRING,
     .offset = AT(judge),
     .unit = "URL",
     .help = "http(s)://HOST/v1 of a server whose model decides where no rule does"},
    {.name = "judge-model",
     .type = DISTILL_OPT_STRING,
     .offset = AT(judge_model),
     .unit = "NAME",
     .help = "the server's name of that model; may be left out where it has only one"},
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
    {.name = "no-refusals",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(no_refusals),
     .help = "reject replies that decline to answer (\"I'm sorry, but I can't assist\")"},
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
     .unit = "none|exact|minhash[:F]",
     .help = "drop traces that were kept before: the same prompt and reply, or with minhash also "
             "almost the same: replies, and replies with prompts, share F of their runs of five "
             "words (0.8)"},
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
     .help = "keep K replies a prompt: first:K, shortest:K, random:K or best:K (right, without "
             "repetition, nearest the median length)"},
    {.section = "Among the domains"},
    {.name = "max-per-domain",
     .type = DISTILL_OPT_LIST,
     .offset = AT(max_per_domain),
     .unit = "DOMAIN:N",
     .help = "keep at most N traces of a domain, drawn by lot; * is every domain not named"},
    {.name = "mix",
     .type = DISTILL_OPT_LIST,
     .offset = AT(mix),
     .unit = "DOMAIN:WEIGHT",
     .help = "keep the most traces in which the domains have these proportions, drawn by lot; "
             "nothing is repeated, domains not named go"},
    {.section = "Benchmarks"},
    {.name = "decontaminate",
     .type = DISTILL_OPT_LIST,
     .offset = AT(decontaminate),
     .unit = "FILE",
     .help = "benchmark files (JSON lines, .zst, .csv, builtin:TASK); prompts that overlap with "
             "them are rejected"},
    {.name = "ngram",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(ngram),
     .low = 1,
     .high = 1000,
     .unit = "N",
     .aliases = "ngram-size",
     .help = "words in a row that make an overlap; shorter prompts must be equal"},
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
     .help = "zstd level of the outputs; 1 is the fastest"},
    SERVED_ROWS(AT(served)),
    DISTILL_COMMON_ROWS,
};

const distill_program FILTER_PROGRAM = {
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

/// Sets *threshold to that of near duplicates; 0: they are not looked for.
static distill_status read_threshold(double *threshold, const char *dedup)
{
    char *end = NULL;
    *threshold = 0;
    if (strcmp(dedup, "none") == 0 || strcmp(dedup, "exact") == 0)
        return DISTILL_OK;
    *threshold = 0.8;
    if (strcmp(dedup, "minhash") == 0)
        return DISTILL_OK;
    if (strncmp(dedup, "minhash:", 8) != 0)
        return distill_fail(DISTILL_USAGE, "--dedup: \"%s\" is not one of none|exact|minhash[:F]",
                            dedup);
    *threshold = strtod(dedup + 8, &end);
    if (end == dedup + 8 || *end != '\0' || !(*threshold >= 0.1 && *threshold <= 1))
        return distill_fail(DISTILL_USAGE,
                            "--dedup minhash: expected a similarity from 0.1 to 1, found \"%s\"",
                            dedup + 8);
    return DISTILL_OK;
}

/// Two or three small letters (ISO 639), as in the traces' own column.
static bool is_language_code(const char *text)
{
    size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    return (letters == 2 || letters == 3) && text[letters] == '\0';
}

static distill_status check_judge(const filter_options *opt)
{
    if (opt->judge == NULL && opt->judge_model != NULL)
        return distill_fail(DISTILL_USAGE, "--judge-model %s: which server? Give --judge URL",
                            opt->judge_model);
    if (opt->judge != NULL && !served_is_url(opt->judge))
        return distill_fail(DISTILL_USAGE, "--judge %s: expected http://HOST/v1 or https://HOST/v1",
                            opt->judge);
    if (opt->judge != NULL && strcmp(opt->verify, "none") == 0)
        return distill_fail(DISTILL_USAGE, "--judge with --verify none: no verdict is asked for");
    return DISTILL_OK;
}

distill_status filter_options_check(const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    double threshold;
    if (opt->inputs.count == 0)
        TRY(distill_options_require(NULL, "input"));
    TRY(distill_options_require(opt->output, "output"));
    TRY(check_judge(opt));
    TRY(read_threshold(&threshold, opt->dedup));
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

static distill_status read_domains(filter_settings *settings, mixture **domains,
                                   const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    if (opt->max_per_domain.count + opt->mix.count == 0)
        return DISTILL_OK;
    TRY(mixture_create(domains));
    for (size_t i = 0; i < opt->max_per_domain.count; i++)
        TRY(mixture_cap(*domains, opt->max_per_domain.at[i]));
    for (size_t i = 0; i < opt->mix.count; i++)
        TRY(mixture_weigh(*domains, opt->mix.at[i]));
    settings->domains = *domains;
done:
    return status;
}

distill_status filter_options_settings(filter_settings *settings, decontamination **benchmarks,
                                       mixture **domains, const filter_options *opt)
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
        .no_refusals = opt->no_refusals,
        .keep_truncated = opt->keep_truncated,
        .selection = {.drop_duplicates = strcmp(opt->dedup, "none") != 0,
                      .min_pass_rate = opt->min_pass_rate,
                      .max_pass_rate = opt->max_pass_rate,
                      .seed = opt->common.seed},
    };
    for (unsigned i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(opt->verify, rules[i]) == 0)
            settings->verify = (grade_rule)i;
    if (strcmp(opt->format, "none") != 0)
        settings->format = opt->format[0] == 't' ? REPLY_FORMAT_THINK : REPLY_FORMAT_R1_ZERO;
    if (strcmp(opt->language, "auto") != 0 && opt->max_language_mix >= 1)
        settings->max_language_mix = 0.05;
    TRY(selection_parse(&settings->selection.rule, opt->select));
    if (opt->decontaminate.count > 0)
        TRY(decontamination_open(benchmarks, opt->decontaminate.at, opt->decontaminate.count,
                                 opt->ngram));
    settings->benchmarks = *benchmarks;
    TRY(read_threshold(&settings->near_duplicates, opt->dedup));
    TRY(read_domains(settings, domains, opt));
done:
    return status;
}

void filter_options_free(filter_options *opt)
{
    distill_free(opt->inputs.at);
    distill_free(opt->decontaminate.at);
    distill_free(opt->max_per_domain.at);
    distill_free(opt->mix.at);
}
