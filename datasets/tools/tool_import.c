// datasets/tools/tool_import.c - `distill import FILE -o DIR`: rows of data files as trace shards.
//
// Rows are read in order, parsed on all threads in batches, and stored in order. A line without an
// id gets the number of the first line with the same prompt as its id, and the number of lines with
// that prompt so far as its sample, so that replies to the same prompt belong together.
#include "datasets/tools/dataset_tools.h"
#include "datasets/traces/json_trace_read.h"
#include "datasets/traces/trace_store.h"
#include "distill/base/hash_map.h"
#include "distill/base/interrupt.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/options/options.h"
#include "distill/base/rows/json_rows.h"
#include "distill/base/sha256.h"
#include "distill/base/skipped_lines.h"
#include "distill/base/threads.h"
#include "distill/text/unicode.h"

#include <stdio.h>
#include <string.h>

enum { MOST_LINE_BYTES = 1 << 30, BATCH_LINES = 256, BATCH_BYTES = 1 << 22 };

typedef struct import_options {
    distill_common_options common;
    distill_string_list files;
    const char *output, *teacher;
    size_t shard_traces;
    int compression_level;
    bool overwrite, skip_bad;
} import_options;

static const import_options IMPORT_DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS,
                                               .teacher = "imported",
                                               .shard_traces = 10000,
                                               .compression_level = 3};

#define AT(field) offsetof(import_options, field)
static const distill_option IMPORT_ROWS[] = {
    {.section = "Import"},
    {.name = "input",
     .letter = 'i',
     .type = DISTILL_OPT_LIST,
     .offset = AT(files),
     .unit = "FILE",
     .help = "JSON lines (also .zst, or - for standard input), a JSON array, or .csv; --input may "
             "be left out",
     .positional_list = true},
    {.name = "output",
     .letter = 'o',
     .type = DISTILL_OPT_STRING,
     .offset = AT(output),
     .unit = "DIR",
     .help = "directory for the shards"},
    {.name = "teacher",
     .type = DISTILL_OPT_STRING,
     .offset = AT(teacher),
     .unit = "NAME",
     .help = "name of the model that wrote the replies, kept in the shards"},
    {.name = "shard-traces",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(shard_traces),
     .low = 1,
     .high = 1e9,
     .unit = "N",
     .help = "traces per shard"},
    {.name = "compression-level",
     .type = DISTILL_OPT_INT,
     .offset = AT(compression_level),
     .low = 1,
     .high = 19,
     .unit = "N",
     .help = "zstd level"},
    {.name = "skip-bad",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(skip_bad),
     .help = "leave out lines that cannot be read; OUTPUT/skipped.jsonl holds them with their "
             "reasons"},
    {.name = "overwrite",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(overwrite),
     .help = "remove an existing output first"},
    DISTILL_COMMON_ROWS,
};

static int run_import(int argc, char **argv);

const distill_program TOOL_IMPORT = {
    .name = "distill import",
    .summary = "read data files into trace shards",
    .usage = "distill import FILE... -o DIR",
    .epilog =
        "Accepted are lines of `distill export`, messages or conversations, and the usual names "
        "of\n"
        "fields: prompt|problem|question|instruction, response|completion|output|generations|\n"
        "solution, answer|gold|expected_answer|ground_truth, id, finish_reason, ...",
    .options = IMPORT_ROWS,
    .option_count = sizeof IMPORT_ROWS / sizeof *IMPORT_ROWS,
    .defaults = &IMPORT_DEFAULTS,
    .size = sizeof IMPORT_DEFAULTS,
    .main = run_import,
};

/// A line, which any thread may parse.
typedef struct import_slot {
    distill_text line, where;
    const char *path;
    size_t line_number; // of the file
    uint64_t number;    // from 1, over all files
    distill_json *doc;
    json_trace trace;
    distill_status status;
    char message[DISTILL_ERROR_CAPACITY];
} import_slot;

typedef struct import_run {
    trace_store *store;
    import_slot *slots;       // [BATCH_LINES], the first `filled` of them read
    size_t filled, bytes;     // bytes of their lines
    distill_hash_map lines;   // prompt -> number of its first line
    distill_hash_map samples; // id -> replies so far
    distill_text id;
    skipped_lines skipped;
    uint64_t order; // number of the next reply
} import_run;

static const char *const FREE_KEYS[] = {"input", "output", "compression-level", "overwrite",
                                        "skip-bad"};

/// Opens the store with settings that identify its input: the options and a hash of the files'
/// content. Standard input cannot be hashed; it counts by its name only.
static distill_status open_output(trace_store **store, const import_options *opt)
{
    distill_status status = DISTILL_OK;
    distill_text json = {0}, sums = {0};
    distill_json_writer w = {.out = &json};
    char sha256[DISTILL_SHA256_HEX];
    for (size_t i = 0; i < opt->files.count; i++) {
        if (strcmp(opt->files.at[i], "-") == 0)
            continue;
        TRY(distill_sha256_file(sha256, opt->files.at[i]));
        TRY(distill_text_add(&sums, sha256));
    }
    TRY(distill_sha256_bytes(sha256, sums.bytes, sums.length));
    distill_json_begin_object(&w, NULL);
    distill_options_add(&w, &TOOL_IMPORT, opt);
    distill_output_add_input(&w, "input", sha256);
    distill_json_end_object(&w);
    TRY(distill_json_finish(&w));
    trace_store_settings settings = {
        .teacher = opt->teacher,
        .settings_json = json.bytes,
        .shard_traces = opt->shard_traces,
        .compression_level = opt->compression_level,
        .overwrite = opt->overwrite,
        .keys = {.free = FREE_KEYS, .free_count = sizeof FREE_KEYS / sizeof *FREE_KEYS},
    };
    TRY(trace_store_open(store, opt->output, &settings));
done:
    distill_text_free(&json);
    distill_text_free(&sums);
    return status;
}

/// Sets the id of a record that has none.
static distill_status assign_id(import_run *run, import_slot *slot)
{
    distill_status status = DISTILL_OK;
    trace_record *record = &slot->trace.record;
    uint64_t *line = NULL;
    if (slot->trace.has_id)
        return DISTILL_OK;
    TRY(distill_hash_map_insert(&line, &run->lines, distill_hash_bytes(2, record->prompt)));
    if (*line == 0)
        *line = slot->number;
    distill_text_clear(&run->id);
    TRY(distill_text_printf(&run->id, "%llu", (unsigned long long)*line));
    record->id = distill_text_span(&run->id);
done:
    return status;
}

/// Sets the sample number of a record that has none, or that comes from a line with several
/// replies.
static distill_status assign_sample(import_run *run, import_slot *slot)
{
    distill_status status = DISTILL_OK;
    trace_record *record = &slot->trace.record;
    uint64_t *count = NULL;
    if (slot->trace.has_sample && slot->trace.more == NULL)
        return DISTILL_OK;
    TRY(distill_hash_map_insert(
        &count, &run->samples,
        distill_hash_bytes(distill_hash_bytes(3, record->id), record->prompt)));
    record->sample = (int32_t)((*count)++);
done:
    return status;
}

static distill_status parse(import_slot *slot)
{
    distill_status status = DISTILL_OK;
    distill_json_free(slot->doc);
    slot->doc = NULL;
    TRY(unicode_check(distill_text_span(&slot->line), slot->where.bytes));
    TRY(distill_json_parse(&slot->doc, slot->line.bytes, slot->line.length, slot->where.bytes));
    TRY(json_trace_read(&slot->trace, slot->doc));
done:
    return status;
}

static void parse_range(void *context, size_t begin, size_t end, int worker)
{
    import_run *run = context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        import_slot *slot = &run->slots[i];
        slot->status = parse(slot);
        if (slot->status != DISTILL_OK)
            distill_error_take(slot->message, sizeof slot->message);
    }
}

/// Stores the replies of a line, apart from those that an interrupted run has stored.
static distill_status store_line(import_run *run, import_slot *slot)
{
    distill_status status = DISTILL_OK;
    if (slot->status != DISTILL_OK) {
        distill_error_put(slot->message);
        return skipped_lines_add(&run->skipped, slot->status, slot->path, slot->line_number,
                                 distill_text_span(&slot->line));
    }
    TRY(assign_id(run, slot));
    for (bool more = true; more;) {
        TRY(assign_sample(run, slot));
        if (!trace_store_has_order(run->store, run->order))
            TRY(trace_store_write(run->store, &slot->trace.record, run->order));
        run->order++;
        TRY(json_trace_next(&slot->trace, slot->doc, &more));
    }
done:
    return status;
}

static distill_status import_batch(import_run *run)
{
    distill_status status = DISTILL_OK;
    distill_parallel_for(parse_range, run, run->filled, 1);
    for (size_t i = 0; i < run->filled; i++)
        TRY(store_line(run, &run->slots[i]));
    run->filled = run->bytes = 0;
    TRY(distill_interrupt_check());
done:
    return status;
}

static distill_status add_line(import_run *run, distill_span line, const char *path, size_t number,
                               uint64_t before)
{
    distill_status status = DISTILL_OK;
    import_slot *slot = &run->slots[run->filled++];
    slot->path = path;
    slot->line_number = number;
    slot->number = before + number;
    distill_text_clear(&slot->line);
    distill_text_clear(&slot->where);
    TRY(distill_text_add_span(&slot->line, line));
    TRY(distill_text_printf(&slot->where, "%s:%zu", path, number));
    run->bytes += line.length;
    if (run->filled == BATCH_LINES || run->bytes > BATCH_BYTES)
        TRY(import_batch(run));
done:
    return status;
}

/// `before`: lines in the files before this one; the lines of this one are added.
static distill_status import_file(import_run *run, const char *path, uint64_t *before)
{
    distill_status status = DISTILL_OK;
    json_rows *rows = NULL;
    distill_span row;
    size_t number = 0;
    bool more = false;
    TRY(json_rows_open(&rows, path, MOST_LINE_BYTES));
    for (;;) {
        TRY(json_rows_next(rows, &row, &more));
        if (!more)
            break;
        number = json_rows_number(rows);
        TRY(add_line(run, row, path, number, *before));
    }
    TRY(import_batch(run));
    *before += number;
done:
    json_rows_close(rows);
    return status;
}

static void free_slots(import_run *run)
{
    for (size_t i = 0; run->slots != NULL && i < BATCH_LINES; i++) {
        distill_text_free(&run->slots[i].line);
        distill_text_free(&run->slots[i].where);
        distill_json_free(run->slots[i].doc);
        json_trace_free(&run->slots[i].trace);
    }
    distill_free(run->slots);
}

static distill_status import_all(import_run *run, const import_options *opt)
{
    distill_status status = DISTILL_OK;
    uint64_t before = 0;
    size_t stored_before = trace_store_count(run->store);
    if (trace_store_is_finished(run->store)) {
        distill_note("%s is complete already (%zu traces); --overwrite replaces it", opt->output,
                     trace_store_count(run->store));
        goto done;
    }
    run->skipped.allowed = opt->skip_bad;
    TRY(DISTILL_NEW(&run->slots, BATCH_LINES));
    for (size_t i = 0; i < opt->files.count; i++)
        TRY(import_file(run, opt->files.at[i], &before));
    if (run->order == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the input contains no traces", opt->files.at[0]));
    TRY(skipped_lines_write(&run->skipped, opt->output));
    TRY(trace_store_finish(run->store));
    printf("%llu traces in %s\n", (unsigned long long)run->order, opt->output);
done:
    // Once the bad line is corrected, the traces stored before it belong to an input that has
    // changed.
    if (status == DISTILL_FORMAT && stored_before == 0) {
        distill_status removed = trace_store_discard(run->store);
        status = removed != DISTILL_OK ? removed : status;
    }
    return status;
}

static int run_import(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    import_options opt = IMPORT_DEFAULTS;
    import_run run = {0};
    TRY(distill_options_parse(&opt, &TOOL_IMPORT, argc, argv));
    TRY(distill_program_start(&opt.common));
    if (opt.files.count == 0)
        TRY(distill_fail(DISTILL_USAGE, "expected a FILE.jsonl (see --help)"));
    TRY(distill_options_require(opt.output, "output"));
    TRY(open_output(&run.store, &opt));
    TRY(import_all(&run, &opt));
done:
    trace_store_close(run.store);
    free_slots(&run);
    distill_hash_map_free(&run.lines);
    distill_hash_map_free(&run.samples);
    distill_text_free(&run.id);
    skipped_lines_free(&run.skipped);
    return distill_exit(&TOOL_IMPORT, status);
}
