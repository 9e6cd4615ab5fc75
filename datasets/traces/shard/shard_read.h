// datasets/traces/shard/shard_read.h - reading trace shards (datasets/traces/record.h, docs/formats.md).
//
//     trace_reader *traces = NULL;
//     TRY(trace_reader_open(&traces, "traces"));        // a directory with a manifest, or a file
//     for (size_t i = 0; i < trace_reader_count(traces); i++)
//         TRY(trace_reader_read(traces, i, &record));   // borrowed until the next read
//     trace_reader_close(traces);
#ifndef DATASETS_TRACES_SHARD_SHARD_READ_H
#define DATASETS_TRACES_SHARD_SHARD_READ_H

#include "datasets/traces/record.h"

typedef struct trace_reader trace_reader;
struct shard_file;

/// Takes milliseconds, however many shards there are: each is opened when it is read.
/// Errors  FORMAT for an unfinished directory or a shard that is not as long as it was; IO.
distill_status trace_reader_open(trace_reader **out, const char *path) DISTILL_MUST_CHECK;
/// Opens what can be read: shards are compared with their checksums, those that differ read row by
/// row, and traces that are damaged left out, with a warning for each run of them.
distill_status trace_reader_open_rest(trace_reader **out, const char *path) DISTILL_MUST_CHECK;
size_t trace_reader_count(const trace_reader *reader);
/// Rows are read a chunk at a time: reading in order is fast, at random possible.
/// Errors  FORMAT for a damaged row, naming the shard and the dataset; other rows can still be read.
distill_status trace_reader_read(trace_reader *reader, size_t index,
                                 trace_record *record) DISTILL_MUST_CHECK;
/// Reads id and sample alone, for searching.
distill_status trace_reader_read_key(trace_reader *reader, size_t index, distill_span *id,
                                     int32_t *sample) DISTILL_MUST_CHECK;

/// Where a trace stands.
typedef struct trace_place {
    struct shard_file *shard; // open; borrowed until the next read
    uint64_t row;             // in it
    uint64_t count;           // traces from this one on that stand in consecutive rows
} trace_place;
/// For datasets/traces/shard/trace_block.c.
distill_status trace_reader_locate(trace_reader *reader, size_t index,
                                   trace_place *place) DISTILL_MUST_CHECK;
/// "teacher", "tokenizer_sha256", "settings", as in the manifest or the single shard; "" if absent;
/// borrowed.
const char *trace_reader_attribute(const trace_reader *reader, const char *name);
/// Compares each shard with its checksum in the manifest, and warns of the traces that cannot be read
/// and of the dataset that is damaged. Errors  FORMAT if anything is.
distill_status trace_reader_verify(trace_reader *reader) DISTILL_MUST_CHECK;
/// Adds to the message of a damaged shard (FORMAT) what can be done about it; returns `status`. For
/// programs that have --skip-damaged.
distill_status trace_reader_hint(distill_status status) DISTILL_MUST_CHECK;
void trace_reader_close(trace_reader *reader);

#endif
