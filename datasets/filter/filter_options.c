// datasets/filter/filter_options.c - the rows of distill-filter's options, the checks on their
// values, and their conversion to settings.
#include "datasets/filter/filter_options.h"

#include "distill/base/memory.h"

#include <stdlib.h>
#include <string.h>

#define AUTO_LANGUAGE "auto"

const filter_options FILTER_DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS,
    .verify = GRADE_AUTO,
    .format = REPLY_FORMAT_NONE,
    .language = AUTO_LANGUAGE,
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
     .help = "directory for the rejected traces, each with its reason"},
    {.name = "report",
     .type = DISTILL_OPT_STRING,
     .offset = AT(report),
     .unit = "FILE",
     .help = "JSON file for the counts of the printed table"},
    {.name = "overwrite",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(overwrite),
     .help = "remove existing outputs and start over"},
    {.name = "skip-damaged",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(skip_damaged),
     .help = "leave out traces that cannot be read, with a warning that names them"},
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
     .help = "http(s)://HOST/v1 of a server whose model decides where no rule can"},
    {.name = "judge-model",
     .type = DISTILL_OPT_STRING,
     .offset = AT(judge_model),
     .unit = "NAME",
     .help = "the server's name of that model; not needed if the server has only one"},
    {.section = "Form of the reply"},
    {.name = "format",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(format),
     .choices = "none|think|r1-zero",
     .help = "tags that a reply must have, each once and in order"},
    {.name = "keep-truncated",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(keep_truncated),
     .help = "keep replies that end at the token limit: one that was cut behind its thought is "
             "graded by what is there, one without an answer is kept as unknown"},
    {.name = "max-language-mix",
     .type = DISTILL_OPT_REAL,
     .offset = AT(max_language_mix),
     .low = 0,
     .high = 1,
     .unit = "F",
     .help = "largest share of words in another language than the prompt's, without code and "
             "formulas; 0.05 finds mixed replies; 1 is off"},
    {.name = "language",
     .type = DISTILL_OPT_STRING,
     .offset = AT(language),
     .unit = "auto|en|zh|...",
     .help = "language of the replies; auto: the prompt's. Another value than auto sets "
             "--max-language-mix to 0.05, unless that is given"},
    {.name = "max-repetition",
     .type = DISTILL_OPT_REAL,
     .offset = AT(max_repetition),
     .low = 0,
     .high = 1,
     .unit = "F",
     .help = "largest share of a reply that is repetition; 0.2 finds loops; 1 is off"},
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
    {.name = "readable",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(readable),
     .choices = "thought|answer|all",
     .help = "where language, paragraphs and code blocks are looked at; a reply without a thought "
             "is looked at whole"},
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
    {.name = "tokenizer",
     .type = DISTILL_OPT_STRING,
     .offset = AT(tokenizer),
     .unit = "DIR|builtin",
     .help = "checkpoint whose tokenizer counts the tokens of replies that have no count "
             "(imported ones)"},
    {.section = "Among the replies to a prompt"},
    {.name = "dedup",
     .type = DISTILL_OPT_STRING,
     .offset = AT(dedup),
     .unit = "none|exact|minhash[:F]",
     .help = "reject duplicates of a kept trace: the same prompt and reply; with minhash near "
             "duplicates too, whose replies, and prompts with replies, share F of their "
             "five-word shingles (0.8)"},
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
     .help = "keep K replies to a prompt: first:K, shortest:K, random:K or best:K (right, least "
             "repetition, nearest to the median length)"},
    {.section = "Among the domains"},
    {.name = "max-per-domain",
     .type = DISTILL_OPT_LIST,
     .offset = AT(max_per_domain),
     .unit = "DOMAIN:N",
     .help = "keep at most N traces of a domain, drawn at random; * is every domain not named"},
    {.name = "mix",
     .type = DISTILL_OPT_LIST,
     .offset = AT(mix),
     .unit = "DOMAIN:WEIGHT",
     .help = "keep the largest set in which the domains have these proportions, drawn at random; "
             "no trace is repeated, domains not named are rejected"},
    {.section = "Benchmarks"},
    {.name = "decontaminate",
     .type = DISTILL_OPT_LIST,
     .offset = AT(decontaminate),
     .unit = "FILE",
     .help = "benchmark files (JSON lines, .zst, .csv, builtin:TASK); prompts that overlap with "
             "them are rejected"},
    {.name = "decontaminate-fields",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(decontaminate_fields),
     .choices = "prompt|all",
     .help = "texts that are compared; all: reference answers and solutions too, of traces and of "
             "benchmarks"},
    {.name = "ngram",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(ngram),
     .low = 1,
     .high = 1000,
     .unit = "N",
     .aliases = "ngram-size",
     .help = "consecutive words that make an overlap; shorter prompts must be equal"},
    {.section = "Work"},
    {.name = "jobs",
     .type = DISTILL_OPT_INT,
     .offset = AT(jobs),
     .low = 0,
     .high = 4096,
     .unit = "N",
     .help = "threads that filter; 0: as --threads"},
    {.name = "shard-traces",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(shard_traces),
     .low = 1,
     .high = 1e9,
     .unit = "N",
     .help = "traces in a shard"},
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
    .summary = "keep the traces that are useful for training: verify, clean, select",
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

/// The value of --dedup.
typedef struct dedup_rule {
    bool exact;
    double similarity; // of near duplicates, at least; 0: they are kept
} dedup_rule;

static distill_status read_dedup(dedup_rule *rule, const char *text)
{
    static const struct {
        const char *name;
        dedup_rule rule;
    } RULES[] = {{"none", {false, 0}}, {"exact", {true, 0}}, {"minhash", {true, 0.8}}};
    size_t length = strcspn(text, ":");
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
        if (strlen(RULES[i].name) != length || memcmp(text, RULES[i].name, length) != 0)
            continue;
        *rule = RULES[i].rule;
        if (text[length] == '\0')
            return DISTILL_OK;
        if (rule->similarity == 0)
            break;
        const char *number = text + length + 1;
        char *end = NULL;
        rule->similarity = strtod(number, &end);
        if (end == number || *end != '\0' || !(rule->similarity >= 0.1 && rule->similarity <= 1))
            return distill_fail(
                DISTILL_USAGE, "--dedup minhash: expected a similarity from 0.1 to 1, found \"%s\"",
                number);
        return DISTILL_OK;
    }
    return distill_fail(DISTILL_USAGE, "--dedup: \"%s\" is not one of none|exact|minhash[:F]",
                        text);
}

static bool is_auto(const char *language)
{
    return strcmp(language, AUTO_LANGUAGE) == 0;
}

/// Two or three small letters (ISO 639), as in the column of the traces.
static bool is_language_code(const char *text)
{
    size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    return (letters == 2 || letters == 3) && text[letters] == '\0';
}

static distill_status check_judge(const filter_options *opt)
{
    if (opt->judge == NULL && opt->judge_model != NULL)
        return distill_fail(DISTILL_USAGE, "--judge-model %s needs a server: --judge URL",
                            opt->judge_model);
    if (opt->judge != NULL && !served_is_url(opt->judge))
        return distill_fail(DISTILL_USAGE, "--judge %s: expected http://HOST/v1 or https://HOST/v1",
                            opt->judge);
    if (opt->judge != NULL && opt->verify == GRADE_NONE)
        return distill_fail(DISTILL_USAGE, "--judge needs verdicts; leave out --verify none");
    return DISTILL_OK;
}

distill_status filter_options_check(const filter_options *opt)
{
    distill_status status = DISTILL_OK;
    dedup_rule dedup;
    if (opt->inputs.count == 0)
        TRY(distill_options_require(NULL, "input"));
    TRY(distill_options_require(opt->output, "output"));
    TRY(check_judge(opt));
    TRY(read_dedup(&dedup, opt->dedup));
    if (!is_auto(opt->language) && !is_language_code(opt->language))
        TRY(distill_fail(DISTILL_USAGE,
                         "--language: expected auto or a code such as en, zh or de, found \"%s\"",
                         opt->language));
    if (opt->min_pass_rate > opt->max_pass_rate)
        TRY(distill_fail(DISTILL_USAGE, "--min-pass-rate %g is more than --max-pass-rate %g",
                         opt->min_pass_rate, opt->max_pass_rate));
    if (opt->verify == GRADE_NONE && (opt->min_pass_rate > 0 || opt->max_pass_rate < 1))
        TRY(distill_fail(DISTILL_USAGE, "a pass rate needs verdicts; leave out --verify none"));
    if (opt->max_tokens > 0 && opt->min_tokens > opt->max_tokens)
        TRY(distill_fail(DISTILL_USAGE, "--min-tokens %zu is more than --max-tokens %zu",
                         opt->min_tokens, opt->max_tokens));
    if (opt->rejected != NULL && strcmp(opt->rejected, opt->output) == 0)
        TRY(distill_fail(DISTILL_USAGE, "--rejected and --output are the same directory"));
    for (size_t i = 0; i < opt->inputs.count; i++)
        if (strcmp(opt->inputs.at[i], opt->output) == 0 ||
            (opt->rejected != NULL && strcmp(opt->inputs.at[i], opt->rejected) == 0))
            TRY(distill_fail(DISTILL_USAGE, "%s is both input and output", opt->inputs.at[i]));
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
    dedup_rule dedup;
    TRY(read_dedup(&dedup, opt->dedup));
    *settings = (filter_settings){
        .verify = opt->verify,
        .format = opt->format,
        .max_language_mix = opt->max_language_mix,
        .language = is_auto(opt->language) ? NULL : opt->language,
        .max_repetition = opt->max_repetition,
        .max_paragraph_chars = opt->max_paragraph_chars,
        .min_tokens = opt->min_tokens,
        .max_tokens = opt->max_tokens,
        .no_code_blocks = opt->no_code_blocks,
        .no_refusals = opt->no_refusals,
        .keep_truncated = opt->keep_truncated,
        .readable = opt->readable,
        .contaminated = opt->decontaminate_fields,
        .near_duplicates = dedup.similarity,
        .selection = {.drop_duplicates = dedup.exact,
                      .min_pass_rate = opt->min_pass_rate,
                      .max_pass_rate = opt->max_pass_rate,
                      .seed = opt->common.seed},
    };
    if (settings->language != NULL && opt->max_language_mix >= 1)
        settings->max_language_mix = 0.05;
    TRY(selection_parse(&settings->selection.rule, opt->select));
    if (opt->decontaminate.count > 0)
        TRY(decontamination_open(benchmarks, opt->decontaminate.at, opt->decontaminate.count,
                                 opt->decontaminate_fields == CONTAMINATED_ALL ? BENCHMARK_ALL
                                                                               : BENCHMARK_PROMPTS,
                                 opt->ngram));
    settings->benchmarks = *benchmarks;
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
