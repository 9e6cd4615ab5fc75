// bench/bench_options.c - the rows of the options, and which of them decide the results.
#include "bench/bench_options.h"

#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"

#include <string.h>

#define AT(field) offsetof(bench_options, field)

static const bench_options DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS,
    .n = 64,
    .sampling = SAMPLING_DEFAULTS,
    .served = SERVED_DEFAULTS,
};

static const distill_option ROWS[] = {
    {.section = "What to compare"},
    {.name = "model",
     .letter = 'm',
     .type = DISTILL_OPT_LIST,
     .offset = AT(models),
     .unit = "NAME=DIR|URL",
     .aliases = "models,student,students",
     .help = "a checkpoint directory, builtin, or http(s)://HOST/v1[#MODEL] of an "
             "OpenAI-compatible server, under the name the tables use; repeatable"},
    {.name = "server-model",
     .type = DISTILL_OPT_LIST,
     .offset = AT(server_models),
     .unit = "NAME=MODEL",
     .help = "the server's name of the model NAME; not needed if it has only one"},
    {.name = "suite",
     .letter = 's',
     .type = DISTILL_OPT_LIST,
     .offset = AT(suites),
     .unit = "NAME=FILE",
     .aliases = "suites,tasks",
     .help = "aime24, math500, gsm8k, amc23, gpqa, humaneval, livecodebench, codeforces with their "
             "published file, any name with JSON lines of prompt and answer (or tests), or "
             "builtin:TASK[:COUNT]; repeatable"},
    {.name = "output",
     .letter = 'o',
     .type = DISTILL_OPT_STRING,
     .offset = AT(output),
     .unit = "DIR",
     .aliases = "output-dir,output-path,result-dir",
     .help = "results.json, report.html and samples/; an unfinished run is resumed"},
    {.name = "overwrite",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(overwrite),
     .help = "remove an existing output first"},
    {.name = "limit",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(limit),
     .low = 0,
     .high = 1 << 30,
     .unit = "N",
     .aliases = "max-samples",
     .help = "only the first N problems of each suite; 0 takes all"},
    {.name = "since",
     .type = DISTILL_OPT_STRING,
     .offset = AT(since),
     .unit = "YYYY-MM-DD",
     .aliases = "start-date",
     .help = "livecodebench: only problems of contests from this day on"},
    {.name = "until",
     .type = DISTILL_OPT_STRING,
     .offset = AT(until),
     .unit = "YYYY-MM-DD",
     .aliases = "end-date",
     .help = "livecodebench: only problems of contests up to this day"},
    {.name = "n",
     .letter = 'n',
     .type = DISTILL_OPT_SIZE,
     .offset = AT(n),
     .low = 1,
     .high = 65536,
     .unit = "N",
     .aliases = "num-generations,n-samples-per-prompt,n-sampling,num-samples,repeats",
     .help = "replies sampled for each problem"},
    {.name = "k",
     .type = DISTILL_OPT_LIST,
     .offset = AT(pass_k),
     .unit = "K,K...",
     .help = "the k of pass@k in results.json and the report; by default 1, 2, 4 ... n"},
    {.name = "by",
     .type = DISTILL_OPT_LIST,
     .offset = AT(by),
     .unit = "FIELD",
     .help = "a table of pass@1 by the values of this field of the problems, such as level; "
             "repeatable"},
    SAMPLING_ROWS(AT(sampling)),
    SERVED_ROWS(AT(served)),
    DISTILL_COMMON_ROWS,
};

const distill_program BENCH_PROGRAM = {
    .name = "distill-bench",
    .summary = "sample models on benchmark suites and compare them",
    .usage = "distill-bench --model NAME=DIR|URL... --suite NAME=FILE... --output DIR [options]",
    .epilog =
        "Examples:\n"
        "  distill-bench --model teacher=builtin --suite builtin:arithmetic:100 -n 16 "
        "--max-tokens 512 -o out\n"
        "  distill-bench --model before=Qwen2.5-1.5B --model after=student \\\n"
        "      --suite math500=math500/test.jsonl --suite aime24=aime24/test.jsonl --output out\n",
    .options = ROWS,
    .option_count = sizeof ROWS / sizeof *ROWS,
    .defaults = &DEFAULTS,
    .size = sizeof(bench_options),
};

bool bench_options_template_is_default(const bench_options *options)
{
    return strcmp(options->sampling.prompt_template, DEFAULTS.sampling.prompt_template) == 0;
}

/// False for the options that set only the output's place and the speed.
static bool decides_results(const char *key)
{
    static const char *const FREE[] = {"output",        "overwrite",         "batch-size",
                                       "shard-traces",  "compression-level", "by",
                                       SERVED_FREE_KEYS};
    for (size_t i = 0; i < sizeof FREE / sizeof *FREE; i++) {
        if (strcmp(key, FREE[i]) == 0)
            return false;
    }
    return true;
}

distill_status bench_options_add_settings(distill_json_writer *w, const bench_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text all = {0};
    distill_json *doc = NULL;
    TRY(distill_options_write(&all, &BENCH_PROGRAM, options));
    TRY(distill_json_parse(&doc, all.bytes, all.length, "settings"));
    const distill_json_node *node = distill_json_first(distill_json_root(doc));
    for (; node != NULL; node = distill_json_next(node)) {
        const char *key = distill_json_key(node);
        if (decides_results(key))
            distill_json_add_node(w, key, doc, node);
    }
done:
    distill_json_free(doc);
    distill_text_free(&all);
    return status;
}
