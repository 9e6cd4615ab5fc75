// distill/tools/tool_export.c - `distill export DIR --to jsonl|hf-messages`: traces as JSON lines.
#include "datasets/json_trace.h"
#include "datasets/shard_read.h"
#include "distill/base/file.h"
#include "distill/base/interrupt.h"
#include "distill/base/memory.h"
#include "distill/base/options.h"
#include "distill/tools/tools.h"

#include <stdio.h>
#include <string.h>

typedef struct export_options {
    distill_common_options common;
    distill_string_list inputs;
    const char *to, *output;
} export_options;

static const export_options EXPORT_DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS, .to = "jsonl"};

#define AT(field) offsetof(export_options, field)
static const distill_option EXPORT_ROWS[] = {
    {.section = "Export"},
    {.name = "input",
     .letter = 'i',
     .type = DISTILL_OPT_LIST,
     .offset = AT(inputs),
     .unit = "DIR",
     .help = "directories of traces, or single shards; the words alone are enough",
     .positional_list = true},
    {.name = "to",
     .type = DISTILL_OPT_CHOICE,
     .offset = AT(to),
     .choices = "jsonl|hf-messages",
     .help = "jsonl: every column of text and numbers; hf-messages: user and assistant turns"},
    {.name = "output",
     .letter = 'o',
     .type = DISTILL_OPT_STRING,
     .offset = AT(output),
     .unit = "FILE",
     .help = "file to write; standard output if it is not given"},
    DISTILL_COMMON_ROWS,
};

static const distill_program EXPORT_PROGRAM = {
    .name = "distill export",
    .summary = "write traces as JSON lines",
    .usage = "distill export DIR... [--to jsonl|hf-messages] [-o FILE]",
    .options = EXPORT_ROWS,
    .option_count = sizeof EXPORT_ROWS / sizeof *EXPORT_ROWS,
    .defaults = &EXPORT_DEFAULTS,
    .size = sizeof EXPORT_DEFAULTS,
};

static distill_status put(distill_atomic_file *file, const distill_text *line)
{
    if (file != NULL)
        return distill_atomic_write(file, line->bytes, line->length);
    if (fwrite(line->bytes, 1, line->length, stdout) != line->length)
        return distill_fail_errno(DISTILL_IO, "standard output could not be written");
    return DISTILL_OK;
}

static distill_status export_traces(distill_atomic_file *file, const char *path, const char *to)
{
    distill_status status = DISTILL_OK;
    trace_reader *traces = NULL;
    trace_record record;
    distill_text line = {0};
    bool messages = strcmp(to, "hf-messages") == 0;
    TRY(trace_reader_open(&traces, path));
    for (size_t i = 0; i < trace_reader_count(traces); i++) {
        TRY(distill_interrupt_check());
        TRY(trace_reader_read(traces, i, &record));
        distill_text_clear(&line);
        TRY(messages ? json_trace_write_messages(&line, &record)
                     : json_trace_write(&line, &record));
        TRY(put(file, &line));
    }
done:
    trace_reader_close(traces);
    distill_text_free(&line);
    return status;
}

int tool_export(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    export_options opt = EXPORT_DEFAULTS;
    distill_atomic_file *file = NULL;
    TRY(distill_options_parse(&opt, &EXPORT_PROGRAM, argc, argv));
    TRY(distill_program_start(&opt.common));
    if (opt.inputs.count == 0)
        TRY(distill_fail(DISTILL_USAGE, "expected a directory of traces (see --help)"));
    if (opt.output != NULL)
        TRY(distill_atomic_open(&file, opt.output));
    for (size_t i = 0; i < opt.inputs.count; i++)
        TRY(export_traces(file, opt.inputs.at[i], opt.to));
    if (file != NULL)
        TRY(distill_atomic_commit(&file));
done:
    distill_atomic_abort(&file);
    distill_free(opt.inputs.at);
    return distill_exit(&EXPORT_PROGRAM, status);
}
