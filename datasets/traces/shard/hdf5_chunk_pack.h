// datasets/traces/shard/hdf5_chunk_pack.h - full chunks, compressed on all threads, written in the order in which
// they came.
//
//     chunk_pack *pack = NULL;
//     TRY(chunk_pack_create(&pack, level));
//     TRY(chunk_pack_put(pack, dataset, "/traces/id/bytes", row, &bytes, count));  // exchanged
//     TRY(chunk_pack_flush(pack));                                                 // all written
//     chunk_pack_free(pack);
//
// Only the caller's thread talks to HDF5, which knows no threads; workers compress. What a file
// holds does not depend on their number. Private to the shard files.
#ifndef DATASETS_TRACES_SHARD_HDF5_CHUNK_PACK_H
#define DATASETS_TRACES_SHARD_HDF5_CHUNK_PACK_H

#include "distill/base/status.h"

#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

typedef struct chunk_pack chunk_pack;

/// Threads  as many as distill_threads(); with one, chunks are compressed by the caller.
/// Memory   twice a chunk for each of threads + 2.
distill_status chunk_pack_create(chunk_pack **out, int level) DISTILL_MUST_CHECK;
/// *bytes: one whole chunk of the dataset, whose first row is `row`, in exchange for an empty one of
/// at least `length` bytes; the dataset must be as long already. `path` must outlive the pack. A
/// failure of an earlier chunk can come out here.
distill_status chunk_pack_put(chunk_pack *pack, hid_t dataset, const char *path, uint64_t row,
                              char **bytes, size_t length) DISTILL_MUST_CHECK;
/// Writes what is left; no dataset may be closed before.
distill_status chunk_pack_flush(chunk_pack *pack) DISTILL_MUST_CHECK;
void chunk_pack_free(chunk_pack *pack);

#endif
