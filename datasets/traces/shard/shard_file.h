// datasets/traces/shard/shard_file.h - one shard, opened for reading. Private to datasets/traces:
// trace_reader.c, trace_block.c, trace_store_resume.c.
#ifndef DATASETS_TRACES_SHARD_SHARD_FILE_H
#define DATASETS_TRACES_SHARD_SHARD_FILE_H

#include "datasets/traces/shard/dataset_reader.h"

typedef struct shard_file shard_file;

/// Checks types, shapes and lengths of all datasets. Errors  FORMAT, IO; messages begin with
/// `path`.
distill_status shard_file_open(shard_file **out, const char *path) DISTILL_MUST_CHECK;
uint64_t shard_file_count(const shard_file *shard);
/// Fills `record`, whose spans and arrays are valid until the next read.
distill_status shard_file_read(shard_file *shard, uint64_t row,
                               trace_record *record) DISTILL_MUST_CHECK;
/// A dataset by its number (SHARD_…); NULL if the shard lacks it.
dataset_reader *shard_file_dataset(shard_file *shard, size_t dataset);
/// Checks the range pair[0] … pair[1] of row `row` in the texts or tokens that `offsets` divides,
/// of which there are `end`. Errors  FORMAT; LIMIT for a range that is too long.
distill_status shard_file_check_range(const shard_dataset *offsets, uint64_t row,
                                      const uint64_t pair[2], uint64_t end) DISTILL_MUST_CHECK;
/// Checks the numbers of a record. Errors  FORMAT for a value out of its range.
distill_status shard_file_check_record(const trace_record *record, uint64_t row) DISTILL_MUST_CHECK;
const char *shard_file_path(const shard_file *shard);
/// Reads id and sample alone.
distill_status shard_file_read_key(shard_file *shard, uint64_t row, distill_span *id,
                                   int32_t *sample) DISTILL_MUST_CHECK;
/// Sets `out` to a string attribute of the root; empty if there is none.
distill_status shard_file_attribute(const shard_file *shard, const char *name,
                                    distill_text *out) DISTILL_MUST_CHECK;
void shard_file_close(shard_file *shard);

#endif
