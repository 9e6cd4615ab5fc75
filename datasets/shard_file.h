// datasets/shard_file.h - one shard, opened for reading. Private to datasets/ (users:
// shard_read.h, trace_store.h).
#ifndef DATASETS_SHARD_FILE_H
#define DATASETS_SHARD_FILE_H

#include "datasets/record.h"

typedef struct shard_file shard_file;

/// Checks types, shapes and lengths of every dataset. Errors  FORMAT, IO, beginning with `path`.
distill_status shard_file_open(shard_file **out, const char *path) DISTILL_MUST_CHECK;
uint64_t shard_file_count(const shard_file *shard);
/// Fills `record`; its spans and arrays live until the next read.
distill_status shard_file_read(shard_file *shard, uint64_t row,
                               trace_record *record) DISTILL_MUST_CHECK;
/// Reads id and sample alone.
distill_status shard_file_read_key(shard_file *shard, uint64_t row, distill_span *id,
                                   int32_t *sample) DISTILL_MUST_CHECK;
/// Sets `out` to a string attribute of the root; empty if there is none.
distill_status shard_file_attribute(const shard_file *shard, const char *name,
                                    distill_text *out) DISTILL_MUST_CHECK;
void shard_file_close(shard_file *shard);

#endif
