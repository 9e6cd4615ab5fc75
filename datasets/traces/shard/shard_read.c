// datasets/traces/shard/shard_read.c - a directory of shards, or one shard, as one list of traces.
#include "datasets/traces/shard/shard_read.h"

#include "datasets/traces/shard/shard_file.h"
#include "datasets/traces/trace_manifest.h"
#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/sha256.h"

#include <string.h>

enum { ATTRIBUTES = 3 };
static const char *const ATTRIBUTE_NAMES[ATTRIBUTES] = {"teacher", "tokenizer_sha256", "settings"};

/// Consecutive rows of a shard that are consecutive traces of the reader.
typedef struct row_run {
    uint64_t end; // index of the first trace behind it; it begins where the run before ends
    uint64_t first_row;
    size_t shard;
} row_run;

struct trace_reader {
    char *path;
    bool directory;
    manifest_shards shards; // of a single file: one row
    row_run *runs;          // a run a shard, unless damaged traces are left out
    size_t run_count, run_capacity;
    shard_file *open;
    size_t open_number;
    distill_text attributes[ATTRIBUTES];
};

static distill_status shard_path(distill_text *path, const trace_reader *reader, size_t number)
{
    char name[32];
    if (!reader->directory) {
        distill_text_clear(path);
        return distill_text_add(path, reader->path);
    }
    manifest_shard_name(name, number);
    return distill_path_join(path, reader->path, name);
}

static distill_status open_shard(trace_reader *reader, size_t number)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    if (reader->open != NULL && reader->open_number == number)
        return DISTILL_OK;
    shard_file_close(reader->open);
    reader->open = NULL;
    TRY(shard_path(&path, reader, number));
    TRY(shard_file_open(&reader->open, path.bytes));
    reader->open_number = number;
    if (reader->directory &&
        shard_file_count(reader->open) != reader->shards.at[number].info.traces)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: holds %llu traces, the manifest says %llu; one of them was changed",
                         path.bytes, (unsigned long long)shard_file_count(reader->open),
                         (unsigned long long)reader->shards.at[number].info.traces));
done:
    distill_text_free(&path);
    return status;
}

/// A manifest says what the attributes of its shards say.
static distill_status take_attributes(trace_reader *reader, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        distill_text *out = &reader->attributes[i];
        const distill_json_node *node =
            distill_json_present(distill_json_root(doc), ATTRIBUTE_NAMES[i]);
        if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
            TRY(distill_text_add_span(out, distill_json_string(doc, node)));
        else if (node != NULL)
            TRY(distill_json_write_node(out, doc, node));
    }
done:
    return status;
}

static distill_status open_directory(trace_reader *reader)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text path = {0};
    reader->directory = true;
    TRY(distill_path_join(&path, reader->path, "manifest.json"));
    if (!distill_file_exists(path.bytes)) {
        TRY(distill_path_join(&path, reader->path, "journal-00000.log"));
        if (distill_file_exists(path.bytes))
            TRY(distill_fail(DISTILL_FORMAT,
                             "%s: unfinished; run the command that makes it again, it goes on",
                             reader->path));
        TRY(distill_fail(DISTILL_FORMAT, "%s: no manifest.json: not a directory of traces",
                         reader->path));
    }
    TRY(manifest_read(&reader->shards, &doc, reader->path));
    TRY(take_attributes(reader, doc));
done:
    distill_json_free(doc);
    distill_text_free(&path);
    return status;
}

static distill_status open_single(trace_reader *reader)
{
    distill_status status = DISTILL_OK;
    TRY(DISTILL_NEW(&reader->shards.at, 1));
    reader->shards.count = 1;
    TRY(open_shard(reader, 0));
    reader->shards.at[0].info.traces = shard_file_count(reader->open);
    for (size_t i = 0; i < ATTRIBUTES; i++)
        TRY(shard_file_attribute(reader->open, ATTRIBUTE_NAMES[i], &reader->attributes[i]));
done:
    return status;
}

/// Is the shard there, of its length? Its content shows when it is read.
static distill_status check_size(const trace_reader *reader, size_t number)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    uint64_t bytes = 0, wanted = reader->shards.at[number].info.bytes;
    if (!reader->directory)
        return DISTILL_OK;
    TRY(shard_path(&path, reader, number));
    TRY(distill_file_size(&bytes, path.bytes));
    if (bytes != wanted)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: expected %llu bytes as in manifest.json, found %llu: the shard was "
                         "cut or changed; copy it again",
                         path.bytes, (unsigned long long)wanted, (unsigned long long)bytes));
done:
    distill_text_free(&path);
    return status;
}

/// Adds rows first … end-1 of a shard to the traces.
static distill_status add_run(trace_reader *reader, size_t shard, uint64_t first, uint64_t end)
{
    distill_status status = DISTILL_OK;
    if (first >= end)
        return DISTILL_OK;
    if (reader->run_count == reader->run_capacity) {
        size_t capacity = reader->run_capacity > 0 ? 2 * reader->run_capacity : 16;
        TRY(distill_grow((void **)&reader->runs, reader->run_count, capacity,
                         sizeof *reader->runs));
        reader->run_capacity = capacity;
    }
    reader->runs[reader->run_count] =
        (row_run){trace_reader_count(reader) + (end - first), first, shard};
    reader->run_count++;
done:
    return status;
}

static distill_status open_path(trace_reader **out, const char *path)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = NULL;
    TRY(DISTILL_NEW(&reader, 1));
    TRY(distill_copy_string(&reader->path, path, strlen(path)));
    if (distill_is_directory(path))
        TRY(open_directory(reader));
    else
        TRY(open_single(reader));
    *out = reader;
    reader = NULL;
done:
    trace_reader_close(reader);
    return status;
}

distill_status trace_reader_open(trace_reader **out, const char *path)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = NULL;
    TRY(open_path(&reader, path));
    for (size_t i = 0; i < reader->shards.count; i++) {
        TRY(check_size(reader, i));
        TRY(add_run(reader, i, 0, reader->shards.at[i].info.traces));
    }
    *out = reader;
    reader = NULL;
done:
    trace_reader_close(reader);
    return status;
}

size_t trace_reader_count(const trace_reader *reader)
{
    return reader->run_count > 0 ? reader->runs[reader->run_count - 1].end : 0;
}

distill_status trace_reader_locate(trace_reader *reader, size_t index, trace_place *place)
{
    distill_status status = DISTILL_OK;
    size_t low = 0, high = reader->run_count;
    if (index >= trace_reader_count(reader))
        return distill_fail(DISTILL_USAGE,
                            "%s: there is no trace %zu: it holds %zu, numbered from 0",
                            reader->path, index, trace_reader_count(reader));
    while (low < high) { // the first run that ends behind `index`
        size_t middle = low + (high - low) / 2;
        if (reader->runs[middle].end <= index)
            low = middle + 1;
        else
            high = middle;
    }
    const row_run *run = &reader->runs[low];
    TRY(open_shard(reader, run->shard));
    *place = (trace_place){
        .shard = reader->open,
        .row = run->first_row + (index - (low > 0 ? reader->runs[low - 1].end : 0)),
        .count = run->end - index,
    };
done:
    return status;
}

distill_status trace_reader_read(trace_reader *reader, size_t index, trace_record *record)
{
    distill_status status = DISTILL_OK;
    trace_place place;
    TRY(trace_reader_locate(reader, index, &place));
    TRY(shard_file_read(place.shard, place.row, record));
done:
    return status;
}

distill_status trace_reader_read_key(trace_reader *reader, size_t index, distill_span *id,
                                     int32_t *sample)
{
    distill_status status = DISTILL_OK;
    trace_place place;
    TRY(trace_reader_locate(reader, index, &place));
    TRY(shard_file_read_key(place.shard, place.row, id, sample));
done:
    return status;
}

const char *trace_reader_attribute(const trace_reader *reader, const char *name)
{
    for (size_t i = 0; i < ATTRIBUTES; i++)
        if (strcmp(name, ATTRIBUTE_NAMES[i]) == 0 && reader->attributes[i].bytes != NULL)
            return reader->attributes[i].bytes;
    return "";
}

// --- damage ---------------------------------------------------------------------------------------

/// What a look at every shard has found.
typedef struct damage_scan {
    trace_reader *reader;
    bool keep_rest;     // rows that can be read become the traces of the reader
    uint64_t before;    // traces of the shards before
    uint64_t traces;    // damaged ones
    size_t shards;      // damaged ones
    size_t first_shard; // of them
    distill_text path;
} damage_scan;

/// Says that rows first … end-1 cannot be read; the reason is this thread's last failure.
static void warn_damaged(damage_scan *scan, uint64_t first, uint64_t end)
{
    char why[DISTILL_ERROR_CAPACITY];
    distill_error_take(why, sizeof why);
    scan->traces += end - first;
    distill_warn("%s: traces %llu … %llu cannot be read", why,
                 (unsigned long long)(scan->before + first),
                 (unsigned long long)(scan->before + end - 1));
}

/// Is the shard, byte by byte, the one that the manifest names? A single file has no manifest.
static distill_status check_sum(damage_scan *scan, size_t number, bool *known)
{
    distill_status status = DISTILL_OK;
    char sha256[DISTILL_SHA256_HEX];
    const trace_reader *reader = scan->reader;
    *known = false;
    TRY(check_size(reader, number));
    if (!reader->directory)
        goto done;
    TRY(distill_sha256_file(sha256, scan->path.bytes));
    if (strcmp(sha256, reader->shards.at[number].info.sha256) != 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the checksum is not that of manifest.json",
                         scan->path.bytes));
    *known = true;
done:
    return status;
}

/// Reads every row of the open shard; *found tells whether one was damaged.
static distill_status read_rows(damage_scan *scan, size_t number, bool *found)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = scan->reader;
    trace_record record;
    uint64_t count = reader->shards.at[number].info.traces, good = 0, row = 0;
    char why[DISTILL_ERROR_CAPACITY];
    while (row < count) {
        uint64_t bad = row;
        for (; row < count && shard_file_read(reader->open, row, &record) != DISTILL_OK; row++)
            if (row == bad)
                distill_error_take(why, sizeof why);
        if (row == bad) {
            row++;
            continue;
        }
        distill_error_put(why);
        warn_damaged(scan, bad, row);
        *found = true;
        if (scan->keep_rest)
            TRY(add_run(reader, number, good, bad));
        good = row;
    }
    if (scan->keep_rest)
        TRY(add_run(reader, number, good, count));
done:
    return status;
}

static distill_status scan_shard(damage_scan *scan, size_t number)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = scan->reader;
    uint64_t count = reader->shards.at[number].info.traces;
    bool known = false, found = false;
    TRY(shard_path(&scan->path, reader, number));
    bool whole = check_sum(scan, number, &known) == DISTILL_OK;
    if (whole && known) {
        if (scan->keep_rest)
            TRY(add_run(reader, number, 0, count));
    } else if (open_shard(reader, number) != DISTILL_OK) {
        found = true;
        warn_damaged(scan, 0, count);
    } else {
        TRY(read_rows(scan, number, &found));
        if (!whole && !found)
            distill_warn("%s: not the bytes that manifest.json names, though every trace can be "
                         "read",
                         scan->path.bytes);
    }
    if (found || !whole)
        scan->first_shard = scan->shards++ > 0 ? scan->first_shard : number;
    scan->before += count;
done:
    return status;
}

static distill_status scan_shards(damage_scan *scan)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < scan->reader->shards.count; i++)
        TRY(scan_shard(scan, i));
done:
    return status;
}

distill_status trace_reader_verify(trace_reader *reader)
{
    distill_status status = DISTILL_OK;
    damage_scan scan = {.reader = reader};
    TRY(scan_shards(&scan));
    if (scan.shards > 0) {
        TRY(shard_path(&scan.path, reader, scan.first_shard));
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: %zu of %zu shards damaged or changed, %llu traces lost, the first in "
                         "%s (copy these shards again, or go on with the rest by --skip-damaged)",
                         reader->path, scan.shards, reader->shards.count,
                         (unsigned long long)scan.traces, scan.path.bytes));
    }
done:
    distill_text_free(&scan.path);
    return status;
}

distill_status trace_reader_open_rest(trace_reader **out, const char *path)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = NULL;
    damage_scan scan = {.keep_rest = true};
    TRY(open_path(&reader, path));
    scan.reader = reader;
    TRY(scan_shards(&scan));
    if (scan.traces > 0)
        distill_warn("%s: going on without %llu damaged traces of %llu", path,
                     (unsigned long long)scan.traces, (unsigned long long)scan.before);
    *out = reader;
    reader = NULL;
done:
    trace_reader_close(reader);
    distill_text_free(&scan.path);
    return status;
}

distill_status trace_reader_hint(distill_status status)
{
    char why[DISTILL_ERROR_CAPACITY];
    if (status != DISTILL_FORMAT)
        return status;
    distill_error_take(why, sizeof why);
    return distill_fail(status, "%s (copy the shard again, or --skip-damaged goes on without it)",
                        why);
}

void trace_reader_close(trace_reader *reader)
{
    if (reader == NULL)
        return;
    shard_file_close(reader->open);
    for (size_t i = 0; i < ATTRIBUTES; i++)
        distill_text_free(&reader->attributes[i]);
    distill_free(reader->shards.at);
    distill_free(reader->runs);
    distill_free(reader->path);
    distill_free(reader);
}
