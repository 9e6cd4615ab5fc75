// datasets/tools/tool_export.c - `distill export DIR --to jsonl|hf-messages`: traces as JSON lines.
//
// Blocks of traces are read in order, formatted on all threads, and written in order. Memory holds
// two blocks a thread for any number of traces and shards.
#include "datasets/tools/dataset_tools.h"
#include "datasets/traces/json_trace_write.h"
#include "datasets/traces/shard/trace_block.h"
#include "distill/base/file.h"
#include "distill/base/interrupt.h"
#include "distill/base/memory.h"
#include "distill/base/options/options.h"
#include "distill/base/threads.h"
#include "distill/base/zstd_frames.h"
#include "distill/tools/line_io.h"

#include <string.h>

enum { BLOCK_BYTES = 1 << 20 };

typedef enum export_format { EXPORT_JSONL, EXPORT_MESSAGES } export_format;

typedef struct export_options {
    distill_common_options common;
    distill_string_list inputs;
    export_format to;
    const char *output;
    bool skip_damaged;
} export_options;

static const export_options EXPORT_DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS};

#define AT(field) offsetof(export_options, field)
static const distill_option EXPORT_ROWS[] = {
    {.section = "Export"},
    {.name = "input",
     .letter = 'i',
     .type = DISTILL_OPT_LIST,
     .offset = AT(inputs),
     .unit = "DIR|FILE",
     .help = "directories of traces, or single shards; --input may be left out",
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
     .help = "file to write, compressed if its name ends in .zst; default: standard output"},
    {.name = "skip-damaged",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(skip_damaged),
     .help = "leave out traces that cannot be read, with a warning for each"},
    DISTILL_COMMON_ROWS,
};

static int run_export(int argc, char **argv);

const distill_program TOOL_EXPORT = {
    .name = "distill export",
    .summary = "write traces as JSON lines",
    .usage = "distill export DIR... [--to jsonl|hf-messages] [-o FILE]",
    .options = EXPORT_ROWS,
    .option_count = sizeof EXPORT_ROWS / sizeof *EXPORT_ROWS,
    .defaults = &EXPORT_DEFAULTS,
    .size = sizeof EXPORT_DEFAULTS,
    .main = run_export,
};

/// A block of traces and its lines, which any thread may make.
typedef struct export_slot {
    trace_block *block;
    distill_text lines, packed;
    distill_status status;
    char message[DISTILL_ERROR_CAPACITY];
} export_slot;

typedef struct export_run {
    distill_atomic_file *file; // NULL: standard output
    bool messages, zstd;
    export_slot *slots; // [slot_count], of which `filled` hold a block
    size_t slot_count, filled;
} export_run;

static distill_status write_text(distill_atomic_file *file, const distill_text *text)
{
    return file != NULL ? distill_atomic_write(file, text->bytes, text->length)
                        : line_write(distill_text_span(text));
}

static distill_status make_lines(const export_run *run, export_slot *slot)
{
    distill_status status = DISTILL_OK;
    distill_text_clear(&slot->lines);
    distill_text_clear(&slot->packed);
    TRY(trace_block_unpack(slot->block));
    for (size_t i = 0; i < trace_block_count(slot->block); i++) {
        const trace_record *trace = trace_block_at(slot->block, i);
        TRY(run->messages ? json_trace_write_messages(&slot->lines, trace)
                          : json_trace_write(&slot->lines, trace));
    }
    if (run->zstd)
        TRY(distill_zstd_pack(&slot->packed, distill_text_span(&slot->lines)));
done:
    return status;
}

static void make_lines_of(void *context, size_t begin, size_t end, int worker)
{
    export_run *run = context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        export_slot *slot = &run->slots[i];
        slot->status = make_lines(run, slot);
        if (slot->status != DISTILL_OK)
            distill_error_take(slot->message, sizeof slot->message);
    }
}

/// Formats the filled slots on all threads and writes them in order.
static distill_status write_slots(export_run *run)
{
    distill_status status = DISTILL_OK;
    distill_parallel_for(make_lines_of, run, run->filled, 1);
    for (size_t i = 0; i < run->filled; i++) {
        const export_slot *slot = &run->slots[i];
        if (slot->status != DISTILL_OK)
            distill_error_put(slot->message);
        TRY(slot->status);
        TRY(write_text(run->file, run->zstd ? &slot->packed : &slot->lines));
    }
    run->filled = 0;
    TRY(distill_interrupt_check());
done:
    return status;
}

static distill_status export_traces(export_run *run, trace_reader *traces)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < trace_reader_count(traces);) {
        trace_block *block = run->slots[run->filled].block;
        TRY(trace_block_fetch(block, traces, i, BLOCK_BYTES, TRACE_BLOCK_TEXTS));
        i += trace_block_count(block);
        if (++run->filled == run->slot_count)
            TRY(write_slots(run));
    }
    TRY(write_slots(run));
done:
    return status;
}

static distill_status export_input(export_run *run, const char *path, bool skip_damaged)
{
    distill_status status = DISTILL_OK;
    trace_reader *traces = NULL;
    TRY(skip_damaged ? trace_reader_open_rest(&traces, path) : trace_reader_open(&traces, path));
    status = trace_reader_hint(export_traces(run, traces));
done:
    trace_reader_close(traces);
    return status;
}

static distill_status open_run(export_run *run, const export_options *opt)
{
    distill_status status = DISTILL_OK;
    run->messages = opt->to == EXPORT_MESSAGES;
    run->slot_count = 2 * (size_t)distill_threads();
    TRY(DISTILL_NEW(&run->slots, run->slot_count));
    for (size_t i = 0; i < run->slot_count; i++)
        TRY(trace_block_create(&run->slots[i].block));
    if (opt->output == NULL || strcmp(opt->output, "-") == 0)
        goto done;
    run->zstd = distill_is_zstd_name(opt->output);
    TRY(distill_atomic_open(&run->file, opt->output));
done:
    return status;
}

static void close_run(export_run *run)
{
    for (size_t i = 0; run->slots != NULL && i < run->slot_count; i++) {
        trace_block_free(run->slots[i].block);
        distill_text_free(&run->slots[i].lines);
        distill_text_free(&run->slots[i].packed);
    }
    distill_free(run->slots);
    distill_atomic_abort(&run->file);
}

static int run_export(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    export_options opt = EXPORT_DEFAULTS;
    export_run run = {.file = NULL};
    TRY(distill_options_parse(&opt, &TOOL_EXPORT, argc, argv));
    TRY(distill_program_start(&opt.common));
    if (opt.inputs.count == 0)
        TRY(distill_fail(DISTILL_USAGE, "expected a directory of traces (see --help)"));
    TRY(open_run(&run, &opt));
    for (size_t i = 0; i < opt.inputs.count; i++)
        TRY(export_input(&run, opt.inputs.at[i], opt.skip_damaged));
    if (run.file != NULL)
        TRY(distill_atomic_commit(&run.file));
done:
    close_run(&run);
    return distill_exit(&TOOL_EXPORT, status);
}
