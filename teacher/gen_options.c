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
     .help = "the server's name of the model; may be left out where it has only one"},
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
     .help = "remove what stands in --output and start afresh"},
    {.name = "retry-failed",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(retry_failed),
     .help = "sample again what failed for good in earlier runs (finish = error)"},
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
             "(of a server none)"},
    SAMPLING_ROWS(AT(sampling)),
    SERVED_ROWS(AT(served)),
    {.section = "Fields of --prompts"},
    {.name = "prompt-field",
     .type = DISTILL_OPT_STRING,
     .offset = AT(prompt_field),
     .unit = "NAME",
     .aliases = "prompt-column",
     .help = "key of the prompt in --prompts (found by itself: problem, question, prompt, "
             "instruction)"},
    {.name = "answer-field",
     .type = DISTILL_OPT_STRING,
     .offset = AT(answer_field),
     .unit = "NAME",
     .aliases = "answer-column",
     .help = "key of the reference answer (answer, solution, expected_answer)"},
    {.name = "id-field",
     .type = DISTILL_OPT_STRING,
     .offset = AT(id_field),
     .unit = "NAME",
     .aliases = "id-column,uuid-column",
     .help = "key of the id (id, unique_id, task_id; otherwise the line's number)"},
    DISTILL_COMMON_ROWS,
};

const distill_program GEN_PROGRAM = {
    .name = "distill-gen",
    .summary = "Samples reasoning traces from a teacher into HDF5 shards.",
    .usage = "distill-gen --teacher DIR|builtin|URL... --prompts FILE|builtin:TASK[:COUNT] "
             "--output DIR [options]",
    .epilog = "The same seed, prompts and teacher give the same traces, whatever the batch size, "
              "threads or interruptions (a server's replies are its own affair).\n\n"
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
