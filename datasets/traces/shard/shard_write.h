// datasets/traces/shard/shard_write.h - writes one shard: a complete HDF5 file, or none.
//
//     shard_writer *shard = NULL;
//     TRY(shard_write_open(&shard, "out/shard-00000.h5", &settings));
//     TRY(shard_write_row(shard, &record));
//     TRY(shard_write_commit(&shard, &info));      // fsync, rename
// done:
//     shard_write_abort(&shard);                   // does nothing after a commit
#ifndef DATASETS_TRACES_SHARD_SHARD_WRITE_H
#define DATASETS_TRACES_SHARD_SHARD_WRITE_H

#include "datasets/traces/record.h"
#include "distill/base/sha256.h"

typedef struct shard_settings {
    const char *teacher, *tokenizer_sha256, *settings_json; // root attributes
    int compression_level;                                  // zstd
    size_t topk;                                            // K; 0 = none
    bool verdict;                                           // verdict columns even without rows
} shard_settings;

typedef struct shard_info {
    uint64_t traces, bytes; // of the file
    char sha256[DISTILL_SHA256_HEX];
} shard_info;

typedef struct shard_writer shard_writer;

/// Borrows the strings of `settings`.
/// Memory   about 256 KiB a dataset.
/// Threads  one at a time in the whole process (HDF5).
distill_status shard_write_open(shard_writer **out, const char *path,
                                const shard_settings *settings) DISTILL_MUST_CHECK;
/// Appends a trace. Columns of a part that the record lacks (trace_part) get an empty row, NaN, or
/// "unknown". Errors  LIMIT for a record that is too large; IO.
distill_status shard_write_row(shard_writer *shard, const trace_record *record) DISTILL_MUST_CHECK;
/// Frees *shard and sets it to NULL whether it succeeds or not.
distill_status shard_write_commit(shard_writer **shard, shard_info *info) DISTILL_MUST_CHECK;
/// A commit in two steps. The first makes all calls of HDF5; the second (SHA-256, fsync, rename)
/// may run on any thread while the next shard is written.
distill_status shard_write_finish(shard_writer *shard) DISTILL_MUST_CHECK;
/// Frees *shard and sets it to NULL whether it succeeds or not.
distill_status shard_write_place(shard_writer **shard, shard_info *info) DISTILL_MUST_CHECK;
void shard_write_abort(shard_writer **shard);

#endif
