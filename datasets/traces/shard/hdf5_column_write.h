// datasets/traces/shard/hdf5_column_write.h - a dataset that grows row by row, a compressed chunk at a time.
//
//     hdf5_column_out column = {0};
//     TRY(hdf5_column_out_create(&column, file, pack, &SHARD_DATASETS[i], K, level));
//     TRY(hdf5_column_out_append(&column, values, count));
//     TRY(hdf5_column_out_flush(&column));     // of all columns, then
//     TRY(chunk_pack_flush(pack));
//     TRY(hdf5_column_out_finish(&column));
//     hdf5_column_out_free(&column);
//
// Private to the shard files.
#ifndef DATASETS_TRACES_SHARD_HDF5_COLUMN_WRITE_H
#define DATASETS_TRACES_SHARD_HDF5_COLUMN_WRITE_H

#include "datasets/traces/shard/hdf5_chunk_pack.h"
#include "datasets/traces/shard/shard_layout.h"

typedef struct hdf5_column_out {
    const shard_dataset *spec;
    chunk_pack *pack; // borrowed
    hid_t dataset, type;
    size_t width;      // elements a row
    size_t row_bytes;  // bytes a row
    size_t chunk_rows; // rows a chunk
    uint64_t rows;     // rows given to `pack`
    size_t held;       // rows waiting in `chunk`
    char *chunk;       // [chunk_rows, row_bytes]
} hdf5_column_out;

/// `width`: elements a row (K for SHARD_PER_TOPK; else 1).
distill_status hdf5_column_out_create(hdf5_column_out *column, hid_t file, chunk_pack *pack,
                                      const shard_dataset *spec, size_t width,
                                      int level) DISTILL_MUST_CHECK;
distill_status hdf5_column_out_append(hdf5_column_out *column, const void *rows,
                                      size_t count) DISTILL_MUST_CHECK;
/// Gives what is left to `pack`.
distill_status hdf5_column_out_flush(hdf5_column_out *column) DISTILL_MUST_CHECK;
/// Closes the dataset, whose chunks must have been written.
distill_status hdf5_column_out_finish(hdf5_column_out *column) DISTILL_MUST_CHECK;
void hdf5_column_out_free(hdf5_column_out *column);

#endif
