// datasets/traces/shard/trace_reader_state.h - the state of a trace_reader. Private to
// trace_reader.c and trace_damage.c, which make up one module, and to trace_block.c.
#ifndef DATASETS_TRACES_SHARD_TRACE_READER_STATE_H
#define DATASETS_TRACES_SHARD_TRACE_READER_STATE_H

#include "datasets/traces/shard/shard_file.h"
#include "datasets/traces/shard/trace_reader.h"
#include "datasets/traces/trace_manifest.h"

enum { TRACE_READER_ATTRIBUTES = 3 };

/// Consecutive rows of a shard that are consecutive traces of the reader.
typedef struct row_run {
    uint64_t end; // index of the first trace after it; the run begins where the previous one ends
    uint64_t first_row;
    size_t shard;
} row_run;

struct trace_reader {
    char *path;
    bool directory;
    manifest_shards shards; // of a single file: one element
    row_run *runs;          // one for each shard, or more where damaged traces are left out
    size_t run_count, run_capacity;
    shard_file *open; // the shard that was read last; NULL = none
    size_t open_number;
    distill_text attributes[TRACE_READER_ATTRIBUTES];
};

/// Where a trace is.
typedef struct trace_place {
    shard_file *shard; // open; borrowed until the next read
    uint64_t row;      // in it
    uint64_t count;    // traces from this one on that are in consecutive rows
} trace_place;
distill_status trace_reader_locate(trace_reader *reader, size_t index,
                                   trace_place *place) DISTILL_MUST_CHECK;

/// Opens `path` without runs: the reader has no traces yet.
distill_status trace_reader_open_path(trace_reader **out, const char *path) DISTILL_MUST_CHECK;
/// Appends the path of shard `number`.
distill_status trace_reader_shard_path(distill_text *path, const trace_reader *reader,
                                       size_t number) DISTILL_MUST_CHECK;
/// Makes shard `number` the open one.
distill_status trace_reader_open_shard(trace_reader *reader, size_t number) DISTILL_MUST_CHECK;
/// Errors  FORMAT for a shard whose length is not that of the manifest.
distill_status trace_reader_check_size(const trace_reader *reader,
                                       size_t number) DISTILL_MUST_CHECK;
/// Adds rows first … end-1 of a shard to the traces.
distill_status trace_reader_add_run(trace_reader *reader, size_t shard, uint64_t first,
                                    uint64_t end) DISTILL_MUST_CHECK;

#endif
