// datasets/traces/shard/trace_reader.c - a directory of shards, or one shard, as one list of
// traces.
//
// Traces are runs of consecutive rows; the run of a trace is found by binary search. One shard is
// open at a time, so that a directory of any size is opened in milliseconds.
#include "datasets/traces/shard/trace_reader_state.h"

#include "datasets/traces/journal.h"
#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"

#include <string.h>

static const char *const ATTRIBUTE_NAMES[TRACE_READER_ATTRIBUTES] = {"teacher", "tokenizer_sha256",
                                                                     "settings"};

distill_status trace_reader_shard_path(distill_text *path, const trace_reader *reader,
                                       size_t number)
{
    char name[32];
    if (!reader->directory) {
        distill_text_clear(path);
        return distill_text_add(path, reader->path);
    }
    manifest_shard_name(name, number);
    return distill_path_join(path, reader->path, name);
}

distill_status trace_reader_open_shard(trace_reader *reader, size_t number)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    if (reader->open != NULL && reader->open_number == number)
        return DISTILL_OK;
    shard_file_close(reader->open);
    reader->open = NULL;
    TRY(trace_reader_shard_path(&path, reader, number));
    TRY(shard_file_open(&reader->open, path.bytes));
    reader->open_number = number;
    if (reader->directory &&
        shard_file_count(reader->open) != reader->shards.at[number].info.traces)
        TRY(distill_fail(
            DISTILL_FORMAT,
            "%s: %llu traces found, %llu expected as in manifest.json: one of the two was changed",
            path.bytes, (unsigned long long)shard_file_count(reader->open),
            (unsigned long long)reader->shards.at[number].info.traces));
done:
    distill_text_free(&path);
    return status;
}

/// Copies the attributes from the manifest; those of its shards are the same.
static distill_status take_attributes(trace_reader *reader, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < TRACE_READER_ATTRIBUTES; i++) {
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
    bool unfinished = false;
    reader->directory = true;
    TRY(distill_path_join(&path, reader->path, "manifest.json"));
    if (!distill_file_exists(path.bytes)) {
        TRY(journal_exists(&unfinished, reader->path));
        if (unfinished)
            TRY(distill_fail(DISTILL_FORMAT,
                             "%s: unfinished; run the command that made it again to resume it",
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
    TRY(trace_reader_open_shard(reader, 0));
    reader->shards.at[0].info.traces = shard_file_count(reader->open);
    for (size_t i = 0; i < TRACE_READER_ATTRIBUTES; i++)
        TRY(shard_file_attribute(reader->open, ATTRIBUTE_NAMES[i], &reader->attributes[i]));
done:
    return status;
}

distill_status trace_reader_check_size(const trace_reader *reader, size_t number)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    uint64_t bytes = 0, expected = reader->shards.at[number].info.bytes;
    if (!reader->directory)
        return DISTILL_OK;
    TRY(trace_reader_shard_path(&path, reader, number));
    TRY(distill_file_size(&bytes, path.bytes));
    if (bytes != expected)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: expected %llu bytes as in manifest.json, found %llu: the shard was "
                         "cut or changed; copy it again",
                         path.bytes, (unsigned long long)expected, (unsigned long long)bytes));
done:
    distill_text_free(&path);
    return status;
}

distill_status trace_reader_add_run(trace_reader *reader, size_t shard, uint64_t first,
                                    uint64_t end)
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

distill_status trace_reader_open_path(trace_reader **out, const char *path)
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
    TRY(trace_reader_open_path(&reader, path));
    for (size_t i = 0; i < reader->shards.count; i++) {
        TRY(trace_reader_check_size(reader, i));
        TRY(trace_reader_add_run(reader, i, 0, reader->shards.at[i].info.traces));
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
    while (low < high) { // the first run that ends after `index`
        size_t middle = low + (high - low) / 2;
        if (reader->runs[middle].end <= index)
            low = middle + 1;
        else
            high = middle;
    }
    const row_run *run = &reader->runs[low];
    TRY(trace_reader_open_shard(reader, run->shard));
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
    for (size_t i = 0; i < TRACE_READER_ATTRIBUTES; i++)
        if (strcmp(name, ATTRIBUTE_NAMES[i]) == 0 && reader->attributes[i].bytes != NULL)
            return reader->attributes[i].bytes;
    return "";
}

distill_status trace_reader_hint(distill_status status)
{
    char why[DISTILL_ERROR_CAPACITY];
    if (status != DISTILL_FORMAT)
        return status;
    distill_error_take(why, sizeof why);
    return distill_fail(status, "%s (copy the shard again, or continue without it: --skip-damaged)",
                        why);
}

void trace_reader_close(trace_reader *reader)
{
    if (reader == NULL)
        return;
    shard_file_close(reader->open);
    for (size_t i = 0; i < TRACE_READER_ATTRIBUTES; i++)
        distill_text_free(&reader->attributes[i]);
    distill_free(reader->shards.at);
    distill_free(reader->runs);
    distill_free(reader->path);
    distill_free(reader);
}
