// datasets/traces/shard/dataset_reader.h - rows of an HDF5 dataset in an untrusted file. Private to
// the shard files.
//
//     dataset_reader reader = {0};
//     TRY(dataset_reader_open(&reader, file, &SHARD_DATASETS[i]));
//     TRY(dataset_reader_read(&reader, values, first, count));
//     dataset_reader_close(&reader);
//
// Chunks are fetched as they are stored and unpacked here to exactly their size, so that a length
// in the file cannot make the reader allocate more; the last chunk is kept. Refused: soft and
// external links, external storage, filters other than zstd, chunks that are missing or larger than
// 64 MiB. Messages begin with the dataset's path.
#ifndef DATASETS_TRACES_SHARD_DATASET_READER_H
#define DATASETS_TRACES_SHARD_DATASET_READER_H

#include "datasets/traces/shard/shard_layout.h"

typedef struct dataset_reader {
    const shard_dataset *spec;
    hid_t dataset, type;
    uint64_t rows;
    size_t width;        // elements of a row
    size_t row_bytes;    // bytes of a row
    uint64_t chunk_rows; // 0: not chunked
    bool compressed;
    uint64_t kept; // number of the chunk in `chunk`; UINT64_MAX = none
    char *chunk;   // [chunk_rows, row_bytes]
    char *packed;  // a chunk as it is stored
    size_t packed_capacity;
} dataset_reader;

/// How a chunk is stored in the file.
typedef struct stored_chunk {
    size_t bytes;
    bool compressed;
} stored_chunk;

/// True if `path` exists in the file and all its links are hard links.
bool dataset_path_exists(hid_t file, const char *path);

/// Errors  FORMAT for a dataset that is absent, of another type or shape, or stored in a way that
///         is not supported.
distill_status dataset_reader_open(dataset_reader *reader, hid_t file,
                                   const shard_dataset *spec) DISTILL_MUST_CHECK;
/// Copies `count` rows from row `first` on. Errors  FORMAT, also for rows past the end.
distill_status dataset_reader_read(dataset_reader *reader, void *out, uint64_t first,
                                   size_t count) DISTILL_MUST_CHECK;

/// A chunk in three steps. The first two call HDF5; the third does not, and may run on any thread.
/// Sets *stored to how chunk `number` is stored.
distill_status dataset_reader_stored_chunk(const dataset_reader *reader, uint64_t number,
                                           stored_chunk *stored) DISTILL_MUST_CHECK;
/// Copies the stored->bytes bytes of the chunk to `packed`.
distill_status dataset_reader_fetch_chunk(const dataset_reader *reader, uint64_t number,
                                          stored_chunk *stored, void *packed) DISTILL_MUST_CHECK;
/// Unpacks the chunk to exactly `bytes` bytes.
distill_status stored_chunk_unpack(void *out, size_t bytes, const void *packed,
                                   const stored_chunk *stored,
                                   const shard_dataset *spec) DISTILL_MUST_CHECK;
void dataset_reader_close(dataset_reader *reader);

#endif
