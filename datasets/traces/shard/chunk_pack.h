// datasets/traces/shard/chunk_pack.h - compresses chunks on all threads and writes them in the
// order in which they were put. Private to the shard files.
//
//     chunk_pack *pack = NULL;
//     TRY(chunk_pack_create(&pack, level));
//     TRY(chunk_pack_put(pack, dataset, "/traces/id/bytes", row, &bytes, count));  // exchanged
//     TRY(chunk_pack_flush(pack));                                                 // all written
//     chunk_pack_free(pack);
//
// HDF5, which is not thread-safe, is called by the caller's thread alone; the workers compress. The
// bytes of a file do not depend on the number of threads.
#ifndef DATASETS_TRACES_SHARD_CHUNK_PACK_H
#define DATASETS_TRACES_SHARD_CHUNK_PACK_H

#include "distill/base/status.h"

#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

typedef struct chunk_pack chunk_pack;

/// Threads  distill_threads(); if that is 1, the caller compresses.
/// Memory   two chunks for each of threads + 2.
distill_status chunk_pack_create(chunk_pack **out, int level) DISTILL_MUST_CHECK;
/// Takes *bytes, a whole chunk of `length` bytes whose first row is `row`, and sets *bytes to
/// another buffer of that size. The dataset must have its new extent already. `path` is borrowed
/// until the flush.
/// Errors  also those of chunks put earlier.
distill_status chunk_pack_put(chunk_pack *pack, hid_t dataset, const char *path, uint64_t row,
                              char **bytes, size_t length) DISTILL_MUST_CHECK;
/// Writes all chunks that were put. To be called before a dataset is closed.
distill_status chunk_pack_flush(chunk_pack *pack) DISTILL_MUST_CHECK;
void chunk_pack_free(chunk_pack *pack);

#endif
