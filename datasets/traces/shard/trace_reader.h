// datasets/traces/shard/trace_reader.h - reads the traces of a directory, or of one shard.
//
//     trace_reader *traces = NULL;
//     TRY(trace_reader_open(&traces, "traces"));       // with a manifest.json; or one .h5 file
//     for (size_t i = 0; i < trace_reader_count(traces); i++)
//         TRY(trace_reader_read(traces, i, &record));  // borrowed until the next read
//     trace_reader_close(traces);
//
// Files are untrusted: lengths, types, offsets and checksums are checked (docs/formats.md).
// Threads  one at a time in the whole process (HDF5).
#ifndef DATASETS_TRACES_SHARD_TRACE_READER_H
#define DATASETS_TRACES_SHARD_TRACE_READER_H

#include "datasets/traces/record.h"

typedef struct trace_reader trace_reader;

/// Takes milliseconds for any number of shards: a shard is opened when it is read.
/// Errors  FORMAT for an unfinished directory and for a shard whose length is not that of the
///         manifest; IO.
distill_status trace_reader_open(trace_reader **out, const char *path) DISTILL_MUST_CHECK;
/// Opens the traces that can be read. Shards are compared with their checksums, those that differ
/// are read row by row, and damaged traces are left out, with a warning for each run of them.
distill_status trace_reader_open_rest(trace_reader **out, const char *path) DISTILL_MUST_CHECK;
size_t trace_reader_count(const trace_reader *reader);
/// Reads a trace. In order this is fast, since a chunk is read once; at random each read costs a
/// chunk of every column. Errors  FORMAT for a damaged row, naming shard and dataset; other rows
/// can still be read.
distill_status trace_reader_read(trace_reader *reader, size_t index,
                                 trace_record *record) DISTILL_MUST_CHECK;
/// Reads id and sample alone, for searching.
distill_status trace_reader_read_key(trace_reader *reader, size_t index, distill_span *id,
                                     int32_t *sample) DISTILL_MUST_CHECK;
/// "teacher", "tokenizer_sha256" or "settings", of the manifest or the single shard; "" if absent.
/// Borrowed.
const char *trace_reader_attribute(const trace_reader *reader, const char *name);
/// Compares each shard with its checksum in the manifest, and warns of damaged traces with the
/// damaged dataset. Errors  FORMAT if anything is damaged.
distill_status trace_reader_verify(trace_reader *reader) DISTILL_MUST_CHECK;
/// Adds --skip-damaged to the message of a damaged shard (FORMAT); returns `status`. For programs
/// that have this option.
distill_status trace_reader_hint(distill_status status) DISTILL_MUST_CHECK;
void trace_reader_close(trace_reader *reader);

#endif
