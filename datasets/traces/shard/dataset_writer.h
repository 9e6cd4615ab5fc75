// datasets/traces/shard/dataset_writer.h - an HDF5 dataset to which rows are appended. Private to
// the shard files.
//
//     dataset_writer writer = {0};
//     TRY(dataset_writer_create(&writer, file, pack, &SHARD_DATASETS[i], K, level));
//     TRY(dataset_writer_append(&writer, values, count));
//     TRY(dataset_writer_flush(&writer));     // of all datasets, then
//     TRY(chunk_pack_flush(pack));
//     TRY(dataset_writer_finish(&writer));
//     dataset_writer_free(&writer);
#ifndef DATASETS_TRACES_SHARD_DATASET_WRITER_H
#define DATASETS_TRACES_SHARD_DATASET_WRITER_H

#include "datasets/traces/shard/chunk_pack.h"
#include "datasets/traces/shard/shard_layout.h"

typedef struct dataset_writer {
    const shard_dataset *spec;
    chunk_pack *pack; // borrowed
    hid_t dataset, type;
    size_t width;      // elements of a row
    size_t row_bytes;  // bytes of a row
    size_t chunk_rows; // rows of a chunk
    uint64_t rows;     // passed to `pack`
    size_t held;       // rows in `chunk`
    char *chunk;       // [chunk_rows, row_bytes]
} dataset_writer;

/// `width`: elements of a row (K for SHARD_PER_TOPK, else 1).
distill_status dataset_writer_create(dataset_writer *writer, hid_t file, chunk_pack *pack,
                                     const shard_dataset *spec, size_t width,
                                     int level) DISTILL_MUST_CHECK;
distill_status dataset_writer_append(dataset_writer *writer, const void *rows,
                                     size_t count) DISTILL_MUST_CHECK;
/// Passes the rows that are left to `pack`.
distill_status dataset_writer_flush(dataset_writer *writer) DISTILL_MUST_CHECK;
/// Closes the dataset. All its chunks must have been written (chunk_pack_flush).
distill_status dataset_writer_finish(dataset_writer *writer) DISTILL_MUST_CHECK;
void dataset_writer_free(dataset_writer *writer);

#endif
