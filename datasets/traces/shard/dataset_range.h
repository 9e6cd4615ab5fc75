// datasets/traces/shard/dataset_range.h - consecutive rows of a dataset: fetched as they are
// stored, and unpacked later by any thread. Private to the shard files.
//
//     TRY(dataset_range_fetch(&range, reader, first, count));   // HDF5: one thread at a time
//     TRY(dataset_range_unpack(&range));                        // no HDF5: any thread
//     memcpy(values, range.rows, count * reader->row_bytes);
//     dataset_range_free(&range);
//
// Memory is kept from one fetch to the next.
#ifndef DATASETS_TRACES_SHARD_DATASET_RANGE_H
#define DATASETS_TRACES_SHARD_DATASET_RANGE_H

#include "datasets/traces/shard/dataset_reader.h"

typedef struct dataset_range {
    char *rows; // after unpacking: the rows, followed by a NUL
    const shard_dataset *spec;
    size_t chunk_bytes, chunks; // 0 chunks: `rows` was copied by the fetch
    size_t skipped_bytes;       // of the first chunk, before the first row
    stored_chunk *stored;       // [chunks], one after the other in `packed`
    size_t stored_capacity;
    char *packed, *unpacked;
    size_t packed_capacity, unpacked_capacity;
} dataset_range;

/// Errors  FORMAT, also for rows past the end.
distill_status dataset_range_fetch(dataset_range *range, dataset_reader *reader, uint64_t first,
                                   size_t count) DISTILL_MUST_CHECK;
/// Errors  FORMAT for a damaged chunk, naming its dataset.
distill_status dataset_range_unpack(dataset_range *range) DISTILL_MUST_CHECK;
void dataset_range_free(dataset_range *range);

#endif
