#include "teacher/gen_options.h"

#define AT(field) offsetof(gen_options, field)

static const gen_options GEN_DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS,
    .n = 1,
    .sampling = SAMPLING_DEFAULTS,
};

static const distill_option GEN_ROWS[] = {
    {.section = "What to sample"},
    {.name = "teacher",
     .type = DISTILL_OPT_STRING,
     .offset = AT(teacher),
     .unit = "DIR|builtin",
     .aliases = "teacher-model-name-or-path,model-name-or-path",
     .help = "a Hugging Face checkpoint directory, or the teacher shipped with the project"},
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
     .help = "keep the K largest log-probabilities at every token; 0 keeps only the token's own"},
    SAMPLING_ROWS(AT(sampling)),
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
    .usage = "distill-gen --teacher DIR|builtin --prompts FILE|builtin:TASK[:COUNT] --output DIR "
             "[options]",
    .epilog = "The same seed, prompts and teacher give the same traces, whatever the batch size, "
              "threads or interruptions.\n\n"
              "Example:\n"
              "  distill-gen --teacher builtin --prompts builtin:arithmetic:1000 --output traces",
    .options = GEN_ROWS,
    .option_count = sizeof GEN_ROWS / sizeof *GEN_ROWS,
    .defaults = &GEN_DEFAULTS,
    .size = sizeof GEN_DEFAULTS,
};
