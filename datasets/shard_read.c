// datasets/shard_read.c - a directory of shards, or one shard, as one list of traces.
#include "datasets/shard_read.h"

#include "datasets/shard_file.h"
#include "datasets/trace_manifest.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/sha256.h"

#include <string.h>

enum { ATTRIBUTES = 3 };
static const char *const ATTRIBUTE_NAMES[ATTRIBUTES] = {"teacher", "tokenizer_sha256", "settings"};

struct trace_reader {
    char *path;
    bool directory;
    manifest_shards shards; // of a single file: one row
    uint64_t *ends;         // [shards] index of the first trace behind each shard
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

static distill_status open_directory(trace_reader *reader)
{
    distill_status status = DISTILL_OK;
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
    TRY(manifest_read(&reader->shards, NULL, reader->path));
done:
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
done:
    return status;
}

/// Opens every shard once, last first: damage shows before the work begins.
static distill_status check_shards(trace_reader *reader)
{
    distill_status status = DISTILL_OK;
    uint64_t end = 0;
    TRY(DISTILL_NEW(&reader->ends, reader->shards.count));
    for (size_t i = 0; i < reader->shards.count; i++) {
        end += reader->shards.at[i].info.traces;
        reader->ends[i] = end;
    }
    for (size_t i = reader->shards.count; i-- > 0;)
        TRY(open_shard(reader, i));
    for (size_t i = 0; i < ATTRIBUTES && reader->open != NULL; i++)
        TRY(shard_file_attribute(reader->open, ATTRIBUTE_NAMES[i], &reader->attributes[i]));
done:
    return status;
}

distill_status trace_reader_open(trace_reader **out, const char *path)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = NULL;
    TRY(DISTILL_NEW(&reader, 1));
    TRY(distill_copy_string(&reader->path, path, strlen(path)));
    if (distill_is_directory(path))
        TRY(open_directory(reader));
    else
        TRY(open_single(reader));
    TRY(check_shards(reader));
    *out = reader;
    reader = NULL;
done:
    trace_reader_close(reader);
    return status;
}

size_t trace_reader_count(const trace_reader *reader)
{
    return reader->shards.count > 0 ? reader->ends[reader->shards.count - 1] : 0;
}

distill_status trace_reader_locate(trace_reader *reader, size_t index, shard_file **shard,
                                   uint64_t *row)
{
    distill_status status = DISTILL_OK;
    size_t low = 0, high = reader->shards.count;
    if (index >= trace_reader_count(reader))
        return distill_fail(DISTILL_USAGE,
                            "%s: there is no trace %zu: it holds %zu, numbered from 0",
                            reader->path, index, trace_reader_count(reader));
    while (low < high) { // the first shard that ends behind `index`
        size_t middle = low + (high - low) / 2;
        if (reader->ends[middle] <= index)
            low = middle + 1;
        else
            high = middle;
    }
    TRY(open_shard(reader, low));
    *shard = reader->open;
    *row = index - (low > 0 ? reader->ends[low - 1] : 0);
done:
    return status;
}

distill_status trace_reader_read(trace_reader *reader, size_t index, trace_record *record)
{
    distill_status status = DISTILL_OK;
    shard_file *shard = NULL;
    uint64_t row = 0;
    TRY(trace_reader_locate(reader, index, &shard, &row));
    TRY(shard_file_read(shard, row, record));
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

distill_status trace_reader_verify(const trace_reader *reader)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    char sha256[DISTILL_SHA256_HEX];
    for (size_t i = 0; i < reader->shards.count && reader->directory; i++) {
        TRY(shard_path(&path, reader, i));
        TRY(distill_sha256_file(sha256, path.bytes));
        if (strcmp(sha256, reader->shards.at[i].info.sha256) != 0)
            TRY(distill_fail(DISTILL_FORMAT,
                             "%s: the checksum is not that of the manifest: the shard was changed "
                             "or damaged; copy it again",
                             path.bytes));
    }
done:
    distill_text_free(&path);
    return status;
}

void trace_reader_close(trace_reader *reader)
{
    if (reader == NULL)
        return;
    shard_file_close(reader->open);
    for (size_t i = 0; i < ATTRIBUTES; i++)
        distill_text_free(&reader->attributes[i]);
    distill_free(reader->shards.at);
    distill_free(reader->ends);
    distill_free(reader->path);
    distill_free(reader);
}
