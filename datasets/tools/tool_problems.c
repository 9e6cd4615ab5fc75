// datasets/tools/tool_problems.c - `distill problems`: problems of a built-in task as JSON lines.
//
//     {"id":"word-train-0","prompt":"…","answer":"44","response":"<think>\n…","domain":"math"}
//
// These are the problems that distill-gen and distill-bench read as builtin:TASK. With responses
// they are training data.
#include "datasets/prompts/builtin_tasks.h"
#include "datasets/tools/dataset_tools.h"
#include "distill/base/interrupt.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/options/options.h"
#include "distill/tools/line_io.h"

#include <string.h>

typedef enum problem_task { TASK_ARITHMETIC, TASK_EQUATIONS, TASK_WORD, TASK_ALL } problem_task;
#define TASKS "arithmetic|equations|word|all"
#define SPLITS "train|test" // in the order of builtin_split

typedef enum problem_response {
    RESPONSE_SOLUTION,
    RESPONSE_ANSWER,
    RESPONSE_NONE
} problem_response;
typedef enum problem_format { FORMAT_JSONL, FORMAT_TEXT } problem_format;

typedef struct problems_options {
    distill_common_options common;
    problem_task task;
    builtin_split split;
    problem_response response;
    problem_format format;
    const char *prompt_template;
    size_t count, offset;
} problems_options;

static const problems_options PROBLEMS_DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS,
    .task = TASK_ALL,
    .prompt_template = "{prompt}",
};

#define AT(field) offsetof(problems_options, field)
static const distill_option PROBLEMS_ROWS[] = {
    {.section = "Problems"},
    {.name = "task",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(task),
     .choices = TASKS,
     .help = "the task; all: one problem of each of the others in turn"},
    {.name = "split",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(split),
     .choices = SPLITS,
     .help = "training problems, or held-out ones; they never overlap"},
    {.name = "count",
     .letter = 'n',
     .type = DISTILL_OPT_SIZE,
     .offset = AT(count),
     .low = 0,
     .high = 1e9,
     .unit = "N",
     .help = "number of problems; 0: the task's default"},
    {.name = "offset",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(offset),
     .low = 0,
     .high = 1e15,
     .unit = "K",
     .help = "index of the first problem"},
    {.section = "Output"},
    {.name = "response",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(response),
     .choices = "solution|answer|none",
     .help = "response to learn: a worked solution in <think>, only \\boxed{answer}, or none"},
    {.name = "prompt-template",
     .type = DISTILL_OPT_STRING,
     .offset = AT(prompt_template),
     .unit = "TEXT",
     .help = "prompt, with the question in the place of {prompt}"},
    {.name = "format",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(format),
     .choices = "jsonl|text",
     .help = "objects, or JSON strings of prompt and response for distill train-tokenizer --json"},
    DISTILL_COMMON_ROWS,
};

static int run_problems(int argc, char **argv);

const distill_program TOOL_PROBLEMS = {
    .name = "distill problems",
    .summary = "print problems of a built-in task with their solutions",
    .usage = "distill problems [--task TASK] [--count N] [--split train|test] [options]",
    .epilog = "Example:\n  distill problems --task equations --count 3 --split test",
    .options = PROBLEMS_ROWS,
    .option_count = sizeof PROBLEMS_ROWS / sizeof *PROBLEMS_ROWS,
    .defaults = &PROBLEMS_DEFAULTS,
    .size = sizeof(problems_options),
    .main = run_problems,
};

/// State of a run; the texts are buffers, used again for each problem.
typedef struct printer {
    const problems_options *options;
    const builtin_task *task;
    builtin_problem problem;
    distill_text task_name, prompt, response, line;
} printer;

static distill_status check_template(const char *prompt_template)
{
    if (strstr(prompt_template, "{prompt}") != NULL)
        return DISTILL_OK;
    return distill_fail(DISTILL_USAGE, "--prompt-template: \"%s\" has no {prompt} in it",
                        prompt_template);
}

/// Sets p->prompt and p->response.
static distill_status compose(printer *p)
{
    distill_status status = DISTILL_OK;
    const char *before = p->options->prompt_template, *place = strstr(before, "{prompt}");
    distill_text_clear(&p->prompt);
    TRY(distill_text_append(&p->prompt, before, (size_t)(place - before)));
    TRY(distill_text_add_span(&p->prompt, distill_text_span(&p->problem.prompt)));
    TRY(distill_text_add(&p->prompt, place + strlen("{prompt}")));
    distill_text_clear(&p->response);
    if (p->options->response == RESPONSE_SOLUTION)
        TRY(distill_text_add_span(&p->response, distill_text_span(&p->problem.solution)));
    else if (p->options->response == RESPONSE_ANSWER)
        TRY(distill_text_printf(&p->response, "\\boxed{%s}", p->problem.answer.bytes));
done:
    return status;
}

static distill_status write_object(printer *p, uint64_t index)
{
    distill_span split = distill_choice_word(SPLITS, (int)p->options->split);
    distill_json_writer w = {.out = &p->line};
    distill_json_begin_object(&w, NULL);
    distill_json_add_format(&w, "id", "%s-%.*s-%llu", p->task_name.bytes, (int)split.length,
                            split.bytes, (unsigned long long)index);
    distill_json_add_span(&w, "prompt", distill_text_span(&p->prompt));
    distill_json_add_span(&w, "answer", distill_text_span(&p->problem.answer));
    if (p->options->response != RESPONSE_NONE)
        distill_json_add_span(&w, "response", distill_text_span(&p->response));
    distill_json_add_string(&w, "domain", "math");
    distill_json_end_object(&w);
    return distill_json_finish_line(&w);
}

static distill_status write_string(printer *p)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add_char(&p->prompt, '\n'));
    TRY(distill_text_add_span(&p->prompt, distill_text_span(&p->response)));
    TRY(distill_json_write_string(&p->line, distill_text_span(&p->prompt)));
    TRY(distill_text_add_char(&p->line, '\n'));
done:
    return status;
}

static distill_status print_problem(printer *p, uint64_t index)
{
    distill_status status = DISTILL_OK;
    TRY(builtin_task_problem(&p->problem, p->task, p->options->split, index));
    TRY(compose(p));
    distill_text_clear(&p->line);
    TRY(p->options->format == FORMAT_JSONL ? write_object(p, index) : write_string(p));
    TRY(line_write(distill_text_span(&p->line)));
done:
    return status;
}

static int run_problems(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    problems_options options;
    printer p = {.options = &options};
    TRY(distill_options_parse(&options, &TOOL_PROBLEMS, argc, argv));
    TRY(check_template(options.prompt_template));
    TRY(distill_program_start(&options.common));
    TRY(distill_text_add_span(&p.task_name, distill_choice_word(TASKS, (int)options.task)));
    p.task = builtin_task_find(p.task_name.bytes);
    size_t count = options.count != 0 ? options.count : BUILTIN_DEFAULT_COUNT;
    for (size_t i = 0; i < count; i++) {
        TRY(distill_interrupt_check());
        TRY(print_problem(&p, options.offset + i));
    }
done:
    builtin_problem_free(&p.problem);
    distill_text_free(&p.task_name);
    distill_text_free(&p.prompt);
    distill_text_free(&p.response);
    distill_text_free(&p.line);
    return distill_exit(&TOOL_PROBLEMS, status);
}
