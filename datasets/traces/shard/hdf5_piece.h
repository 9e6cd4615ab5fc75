// datasets/traces/shard/hdf5_piece.h - a run of a dataset's rows: fetched as stored, unpacked by any thread later.
//
//     TRY(hdf5_piece_fetch(&piece, column, first, count));   // HDF5: one thread at a time
//     TRY(hdf5_piece_unpack(&piece));                        // no HDF5: any thread
//     memcpy(values, piece.rows, count * column->row_bytes);
//     hdf5_piece_free(&piece);
//
// Memory is kept from one fetch to the next. Private to the shard files.
#ifndef DATASETS_TRACES_SHARD_HDF5_PIECE_H
#define DATASETS_TRACES_SHARD_HDF5_PIECE_H

#include "datasets/traces/shard/hdf5_column_read.h"

typedef struct hdf5_piece {
    char *rows; // after unpacking: the rows, followed by a NUL
    const shard_dataset *spec;
    size_t chunk_bytes, chunks; // 0 chunks: fetched as they are
    size_t skipped_bytes;       // of the first chunk, before the first row
    hdf5_stored_chunk *stored;  // [chunks] where they end in `packed`
    size_t stored_capacity;
    char *packed, *unpacked;
    size_t packed_capacity, unpacked_capacity;
} hdf5_piece;

/// Errors  FORMAT, also for rows past the end.
distill_status hdf5_piece_fetch(hdf5_piece *piece, hdf5_column_in *column, uint64_t first,
                                size_t count) DISTILL_MUST_CHECK;
/// Errors  FORMAT: a damaged chunk, named by its dataset.
distill_status hdf5_piece_unpack(hdf5_piece *piece) DISTILL_MUST_CHECK;
void hdf5_piece_free(hdf5_piece *piece);

#endif
