// bench/bench_options.c - see bench_options.h.
#include "bench/bench_options.h"

#include "distill/base/json.h"

#include <string.h>

#define AT(field) offsetof(bench_options, field)

static const bench_options DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS,
    .n = 64,
    .temperature = 0.6,
    .top_p = 0.95,
    .max_tokens = 32768,
    .prompt_template = "{prompt}\nPlease reason step by step, and put your final answer within "
                       "\\boxed{}.",
    .chat_template = "auto",
    .shard_traces = 10000,
    .compression_level = 3,
};

static const distill_option ROWS[] = {
    {.section = "What to compare"},
    {.name = "model",
     .letter = 'm',
     .type = DISTILL_OPT_LIST,
     .offset = AT(models),
     .unit = "NAME=DIR",
     .aliases = "models,student,students",
     .help = "a checkpoint directory, or builtin, under the name the tables use; repeatable"},
    {.name = "suite",
     .letter = 's',
     .type = DISTILL_OPT_LIST,
     .offset = AT(suites),
     .unit = "NAME=FILE",
     .aliases = "suites,tasks",
     .help = "aime24, math500, gsm8k, amc23 with their published file, any name with JSON lines of "
             "prompt and answer, or builtin:TASK[:COUNT]; repeatable"},
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
    {.section = "Sampling"},
    {.name = "temperature",
     .letter = 't',
     .type = DISTILL_OPT_REAL,
     .offset = AT(temperature),
     .low = 0,
     .high = 100,
     .help = "softmax temperature; 0 is greedy"},
    {.name = "top-p",
     .type = DISTILL_OPT_REAL,
     .offset = AT(top_p),
     .low = 1e-9,
     .high = 1,
     .help = "smallest set of tokens with this probability; 1 is off"},
    {.name = "top-k",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(top_k),
     .low = 0,
     .high = 1 << 30,
     .help = "only the K likeliest tokens; 0 is off"},
    {.name = "min-p",
     .type = DISTILL_OPT_REAL,
     .offset = AT(min_p),
     .low = 0,
     .high = 1,
     .help = "only tokens with this share of the likeliest one's probability; 0 is off"},
    {.name = "max-tokens",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(max_tokens),
     .low = 1,
     .high = 1 << 30,
     .unit = "TOKENS",
     .aliases = "max-new-tokens,max-completion-length,max-gen-toks,generation-size",
     .help = "longest reply; clipped to the model's context"},
    {.name = "stop",
     .type = DISTILL_OPT_LIST,
     .offset = AT(stop),
     .unit = "TEXT",
     .help = "a text that ends the reply; repeatable"},
    {.name = "batch-size",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(batch_size),
     .low = 0,
     .high = 65536,
     .unit = "N",
     .aliases = "max-num-seqs",
     .help = "replies decoded together; 0 chooses from the memory there is"},
    {.section = "Prompts"},
    {.name = "prompt-template",
     .type = DISTILL_OPT_STRING,
     .offset = AT(prompt_template),
     .unit = "TEXT",
     .help = "the user's message, with {prompt} for the problem; {prompt} alone switches it off"},
    {.name = "system",
     .type = DISTILL_OPT_STRING,
     .offset = AT(system),
     .unit = "TEXT",
     .aliases = "system-prompt,system-instruction",
     .help = "the system message"},
    {.name = "think-prefix",
     .type = DISTILL_OPT_STRING,
     .offset = AT(think_prefix),
     .unit = "TEXT",
     .aliases = "assistant-prefill",
     .help = "text that every reply is made to begin with"},
    {.name = "chat-template",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(chat_template),
     .choices = "auto|chatml|qwen3|llama3|deepseek-r1|r1-zero|none",
     .help = "how the model was taught to read a conversation"},
    {.section = "Files"},
    {.name = "shard-traces",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(shard_traces),
     .low = 1,
     .high = 1 << 24,
     .unit = "N",
     .help = "replies in one file under samples/"},
    {.name = "compression-level",
     .type = DISTILL_OPT_INT,
     .offset = AT(compression_level),
     .low = 1,
     .high = 22,
     .unit = "N",
     .help = "zstd level of the files under samples/"},
    DISTILL_COMMON_ROWS,
};

const distill_program BENCH_PROGRAM = {
    .name = "distill-bench",
    .summary = "sample models on benchmark suites and compare them",
    .usage = "distill-bench --model NAME=DIR... --suite NAME=FILE... --output DIR [options]",
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

static bool decides_results(const char *key)
{
    static const char *const FREE[] = {"output", "overwrite", "batch-size", "shard-traces",
                                       "compression-level"};
    for (size_t i = 0; i < sizeof FREE / sizeof *FREE; i++) {
        if (strcmp(key, FREE[i]) == 0)
            return false;
    }
    return true;
}

distill_status bench_options_settings(distill_text *out, const bench_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text all = {0};
    distill_json *doc = NULL;
    TRY(distill_options_write(&all, &BENCH_PROGRAM, options));
    TRY(distill_json_parse(&doc, all.bytes, all.length, "settings"));
    bool first = true;
    const distill_json_node *node = distill_json_first(distill_json_root(doc));
    for (; node != NULL; node = distill_json_next(node)) {
        if (!decides_results(distill_json_key(node)))
            continue;
        TRY(distill_text_add(out, first ? "" : ","));
        TRY(distill_json_write_string(out, distill_span_of(distill_json_key(node))));
        TRY(distill_text_add_char(out, ':'));
        TRY(distill_json_write_node(out, doc, node));
        first = false;
    }
done:
    distill_json_free(doc);
    distill_text_free(&all);
    return status;
}
