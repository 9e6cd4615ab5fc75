// datasets/shard_read.h - reading trace shards (datasets/record.h, docs/formats.md).
//
//     trace_reader *traces = NULL;
//     TRY(trace_reader_open(&traces, "traces"));              // a directory with manifest.json, or
//     one .h5 file for (size_t i = 0; i < trace_reader_count(traces); i++)
//         TRY(trace_reader_read(traces, i, &record));         // borrowed until the next read
//     trace_reader_close(traces);
#ifndef DATASETS_SHARD_READ_H
#define DATASETS_SHARD_READ_H

#include "datasets/record.h"

typedef struct trace_reader trace_reader;
struct shard_file;

/// Errors  FORMAT for a damaged or unfinished directory, naming the shard and the dataset; IO.
distill_status trace_reader_open(trace_reader **out, const char *path) DISTILL_MUST_CHECK;
size_t trace_reader_count(const trace_reader *reader);
/// Rows are read a chunk at a time: reading in order is fast, at random possible.
distill_status trace_reader_read(trace_reader *reader, size_t index,
                                 trace_record *record) DISTILL_MUST_CHECK;
/// The open shard that holds trace `index`, and its row there; borrowed until the next read. For
/// datasets/trace_block.c.
distill_status trace_reader_locate(trace_reader *reader, size_t index, struct shard_file **shard,
                                   uint64_t *row) DISTILL_MUST_CHECK;
/// "teacher", "tokenizer_sha256", "settings": root attributes of the first shard; "" if absent;
/// borrowed.
const char *trace_reader_attribute(const trace_reader *reader, const char *name);
/// Compares each shard with its checksum in the manifest.
distill_status trace_reader_verify(const trace_reader *reader) DISTILL_MUST_CHECK;
void trace_reader_close(trace_reader *reader);

#endif
