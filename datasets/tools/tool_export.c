// datasets/tools/tool_export.c - `distill export DIR --to FORMAT`: traces as JSON lines, a JSON array
// or a table.
//
// Blocks of traces are read in order, formatted on all threads, and written in order. Memory holds
// two blocks a thread for any number of traces and shards.
#include "datasets/tools/dataset_tools.h"
#include "datasets/traces/csv_trace_write.h"
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

typedef enum export_format { EXPORT_JSONL, EXPORT_MESSAGES, EXPORT_JSON, EXPORT_CSV } export_format;

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
     .choices = "jsonl|hf-messages|json|csv",
     .help =
         "jsonl: every column of text and numbers, a trace a line; json: the same as one array; "
         "csv: the same as a table; hf-messages: the messages of each conversation"},
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
    .summary = "write traces as JSON lines, a JSON array or a table",
    .usage = "distill export DIR... [--to jsonl|hf-messages|json|csv] [-o FILE]",
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
    export_format to;
    bool zstd;
    bool begun;         // a block has been written
    export_slot *slots; // [slot_count], of which `filled` hold a block
    size_t slot_count, filled;
} export_run;

static distill_status write_text(distill_atomic_file *file, const distill_text *text)
{
    return file != NULL ? distill_atomic_write(file, text->bytes, text->length)
                        : line_write(distill_text_span(text));
}

/// `first`: no element of an array precedes it.
static distill_status write_trace(distill_text *out, const trace_record *trace, export_format to,
                                  bool first)
{
    distill_status status = DISTILL_OK;
    if (to == EXPORT_JSON && !first)
        TRY(distill_text_add(out, ",\n"));
    if (to == EXPORT_MESSAGES)
        TRY(json_trace_write_messages(out, trace));
    else if (to == EXPORT_CSV)
        TRY(csv_trace_write(out, trace));
    else
        TRY(json_trace_write(out, trace));
    if (to == EXPORT_JSON)
        out->length--; // the line end
done:
    return status;
}

/// Writes text that is no trace, packed where the output is.
static distill_status write_frame(export_run *run, distill_text *text)
{
    distill_status status = DISTILL_OK;
    distill_text packed = {0};
    if (run->zstd)
        TRY(distill_zstd_pack(&packed, distill_text_span(text)));
    TRY(write_text(run->file, run->zstd ? &packed : text));
done:
    distill_text_free(&packed);
    return status;
}

/// Writes what precedes the traces, or follows them.
static distill_status write_edge(export_run *run, bool begins)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    if (run->to == EXPORT_JSON)
        TRY(distill_text_add(&text, begins ? "[\n" : "\n]\n"));
    if (run->to == EXPORT_CSV && begins)
        TRY(csv_trace_write_names(&text));
    if (text.length > 0)
        TRY(write_frame(run, &text));
done:
    distill_text_free(&text);
    return status;
}

static distill_status make_lines(const export_run *run, export_slot *slot)
{
    distill_status status = DISTILL_OK;
    distill_text_clear(&slot->lines);
    distill_text_clear(&slot->packed);
    TRY(trace_block_unpack(slot->block));
    for (size_t i = 0; i < trace_block_count(slot->block); i++) {
        bool first = i == 0 && slot == run->slots && !run->begun;
        TRY(write_trace(&slot->lines, trace_block_at(slot->block, i), run->to, first));
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
    run->begun = run->begun || run->filled > 0;
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
    run->to = opt->to;
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
    TRY(write_edge(&run, true));
    for (size_t i = 0; i < opt.inputs.count; i++)
        TRY(export_input(&run, opt.inputs.at[i], opt.skip_damaged));
    TRY(write_edge(&run, false));
    if (run.file != NULL)
        TRY(distill_atomic_commit(&run.file));
done:
    close_run(&run);
    return distill_exit(&TOOL_EXPORT, status);
}
