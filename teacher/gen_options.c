// teacher/gen_options.c - the options of distill-gen, one row each.
#include "teacher/gen_options.h"

#define AT(field) offsetof(gen_options, field)

static const gen_options GEN_DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS,
    .n = 1,
    .sampling = SAMPLING_DEFAULTS,
    .served = SERVED_DEFAULTS,
};

static const distill_option GEN_ROWS[] = {
    {.section = "What to sample"},
    {.name = "teacher",
     .type = DISTILL_OPT_LIST,
     .offset = AT(teachers),
     .unit = "DIR|builtin|URL",
     .aliases = "teacher-model-name-or-path,model-name-or-path,base-url,vllm-server-url,"
                "vllm-server-base-url",
     .help =
         "a Hugging Face checkpoint directory, the teacher shipped with the project, or "
         "http(s)://HOST/v1 of an OpenAI-compatible server (repeatable: servers share the load)"},
    {.name = "model",
     .type = DISTILL_OPT_STRING,
     .offset = AT(model),
     .unit = "NAME",
     .help = "the server's name of the model; not needed if it has only one"},
    {.name = "prompts",
     .type = DISTILL_OPT_STRING,
     .offset = AT(prompts),
     .unit = "FILE|builtin:TASK[:COUNT]",
     .aliases = "dataset",
     .help = "JSON lines (.jsonl, .jsonl.zst), or problems of a built-in task"},
    {.name = "output",
     .letter = 'o',
     .type = DISTILL_OPT_STRING,
     .offset = AT(output),
     .unit = "DIR",
     .aliases = "output-dir,output-path",
     .help = "directory of the trace shards; an unfinished one is resumed"},
    {.name = "overwrite",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(overwrite),
     .help = "remove an existing --output first"},
    {.name = "skip-bad",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(skip_bad),
     .help = "leave out prompts that cannot be read; OUTPUT/skipped.jsonl holds them with their "
             "reasons"},
    {.name = "retry-failed",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(retry_failed),
     .help = "sample again the samples that failed permanently in earlier runs (finish = error)"},
    {.name = "n",
     .letter = 'n',
     .type = DISTILL_OPT_SIZE,
     .offset = AT(n),
     .low = 1,
     .high = 1 << 20,
     .unit = "N",
     .aliases = "num-generations,n-samples-per-prompt,n-sampling,num-samples,repeats",
     .help = "samples per prompt"},
    {.name = "logprobs",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(logprobs),
     .low = 0,
     .high = 1 << 16,
     .unit = "K",
     .help = "keep the K largest log-probabilities at every token; 0 keeps only the token's own "
             "(with a server, none)"},
    SAMPLING_ROWS(AT(sampling)),
    SERVED_ROWS(AT(served)),
    {.section = "Fields of --prompts"},
    {.name = "prompt-field",
     .type = DISTILL_OPT_STRING,
     .offset = AT(prompt_field),
     .unit = "NAME",
     .aliases = "prompt-column",
     .help =
         "key of the prompt (by default the first of " PROMPT_KEYS(PROMPT_KEY_WORD) "messages)"},
    {.name = "answer-field",
     .type = DISTILL_OPT_STRING,
     .offset = AT(answer_field),
     .unit = "NAME",
     .aliases = "answer-column",
     .help = "key of the reference answer (by default " ANSWER_KEYS(PROMPT_KEY_WORD) "or none)"},
    {.name = "id-field",
     .type = DISTILL_OPT_STRING,
     .offset = AT(id_field),
     .unit = "NAME",
     .aliases = "id-column,uuid-column",
     .help = "key of the id (by default " ID_KEYS(PROMPT_KEY_WORD) "or the line's number)"},
    DISTILL_COMMON_ROWS,
};

const distill_program GEN_PROGRAM = {
    .name = "distill-gen",
    .summary = "Samples reasoning traces from a teacher into HDF5 shards.",
    .usage = "distill-gen --teacher DIR|builtin|URL... --prompts FILE|builtin:TASK[:COUNT] "
             "--output DIR [options]",
    .epilog = "The same seed, prompts and teacher give the same traces, whatever the batch size, "
              "threads or interruptions (servers may ignore the seed).\n\n"
              "Exit status 0 also if samples failed: they are stored with the reason, their number "
              "is printed,\nand --retry-failed samples them again. A run that ends early because "
              "requests keep failing\nexits with 1.\n\n"
              "Examples:\n"
              "  distill-gen --teacher builtin --prompts builtin:arithmetic:1000 --output traces\n"
              "  distill-gen --teacher https://api.example.com/v1 --model NAME --prompts "
              "prompts.jsonl \\\n"
              "      -n 4 --concurrency 256 --price-in 0.5 --price-out 2 --output traces",
    .options = GEN_ROWS,
    .option_count = sizeof GEN_ROWS / sizeof *GEN_ROWS,
    .defaults = &GEN_DEFAULTS,
    .size = sizeof GEN_DEFAULTS,
};

static distill_status check_teachers(const gen_options *options)
{
    distill_status status = DISTILL_OK;
    const distill_string_list *teachers = &options->teachers;
    size_t urls = 0;
    TRY(distill_options_require(teachers->count > 0 ? teachers->at[0] : NULL, "teacher"));
    for (size_t i = 0; i < teachers->count; i++)
        urls += served_is_url(teachers->at[i]);
    if (teachers->count > 1 && urls < teachers->count)
        TRY(distill_fail(DISTILL_USAGE, "--teacher: several teachers must all be http:// or "
                                        "https:// addresses of servers that have the same model"));
    if (urls == 0 && options->model != NULL)
        TRY(distill_fail(DISTILL_USAGE,
                         "--model %s is a server's name of a model; --teacher %s is "
                         "not a server",
                         options->model, teachers->at[0]));
    if (urls == 0)
        served_options_warn_unused(&options->served);
done:
    return status;
}

distill_status gen_options_check(const gen_options *options)
{
    distill_status status = DISTILL_OK;
    TRY(check_teachers(options));
    TRY(distill_options_require(options->prompts, "prompts"));
    TRY(distill_options_require(options->output, "output"));
    TRY(sampling_options_check(&options->sampling));
done:
    return status;
}
