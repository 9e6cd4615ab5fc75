// datasets/traces/shard/hdf5_column_read.h - rows of a dataset in a file that nobody vouches for.
//
//     hdf5_column_in column = {0};
//     TRY(hdf5_column_in_open(&column, file, &SHARD_DATASETS[i]));
//     TRY(hdf5_column_in_read(&column, values, first, count));
//     hdf5_column_in_close(&column);
//
// Chunks are fetched as stored and unpacked here to exactly their size, so that no length in the
// file decides about memory; the last chunk is kept. Refused: links to other places, external
// storage, filters other than zstd, chunks that are missing or larger than 64 MiB.
// Private to the shard files. Messages begin with the dataset's path.
#ifndef DATASETS_TRACES_SHARD_HDF5_COLUMN_READ_H
#define DATASETS_TRACES_SHARD_HDF5_COLUMN_READ_H

#include "datasets/traces/shard/shard_layout.h"

typedef struct hdf5_column_in {
    const shard_dataset *spec;
    hid_t dataset, type;
    uint64_t rows;
    size_t width;        // elements a row
    size_t row_bytes;    // bytes a row
    uint64_t chunk_rows; // 0: stored in one piece
    bool compressed;
    uint64_t kept; // number of the chunk in `chunk`; UINT64_MAX = none
    char *chunk;   // [chunk_rows, row_bytes]
    char *packed;  // a chunk as stored
    size_t packed_capacity;
} hdf5_column_in;

/// A chunk as it stands in the file.
typedef struct hdf5_stored_chunk {
    size_t bytes;
    bool compressed;
} hdf5_stored_chunk;

/// True if `path` leads to something in the file by plain links alone.
bool hdf5_has_path(hid_t file, const char *path);

/// Errors  FORMAT: absent, of another type or shape, or stored in a way that is not read here.
distill_status hdf5_column_in_open(hdf5_column_in *column, hid_t file,
                                   const shard_dataset *spec) DISTILL_MUST_CHECK;
/// Copies `count` rows from row `first` on. Errors  FORMAT, also when they run past the end.
distill_status hdf5_column_in_read(hdf5_column_in *column, void *out, uint64_t first,
                                   size_t count) DISTILL_MUST_CHECK;

/// Tells how chunk `number` is stored; copies its `stored->bytes` bytes; and unpacks them to exactly
/// `bytes` bytes, which needs no HDF5: any thread may.
distill_status hdf5_column_in_stored(const hdf5_column_in *column, uint64_t number,
                                     hdf5_stored_chunk *stored) DISTILL_MUST_CHECK;
distill_status hdf5_column_in_fetch(const hdf5_column_in *column, uint64_t number,
                                    hdf5_stored_chunk *stored, void *packed) DISTILL_MUST_CHECK;
distill_status hdf5_chunk_unpack(void *out, size_t bytes, const void *packed,
                                 const hdf5_stored_chunk *stored,
                                 const shard_dataset *spec) DISTILL_MUST_CHECK;
void hdf5_column_in_close(hdf5_column_in *column);

#endif
