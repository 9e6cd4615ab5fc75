// datasets/traces/shard/zstd_filter.h - HDF5's registered filter 32015: a chunk is one zstd frame.
//
// The programs register the callback in the process; other HDF5 tools load it as a plugin
// (datasets/traces/plugin). Its parameter is the zstd level. Frames have zstd's content checksum,
// so that every reader finds a flipped byte.
#ifndef DATASETS_TRACES_SHARD_ZSTD_FILTER_H
#define DATASETS_TRACES_SHARD_ZSTD_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include <hdf5.h>

enum { ZSTD_FILTER_ID = 32015 };

/// The filter's description for HDF5; static memory.
const H5Z_class2_t *zstd_filter_class(void);

/// A context that packs chunks at `level`, one at a time; NULL if there is no memory.
void *zstd_filter_context(int level);
void zstd_filter_context_free(void *context);
/// Upper bound on the packed size of `size` bytes.
size_t zstd_filter_bound(size_t size);
/// Packs `size` bytes into one frame and returns its length; 0 on failure.
size_t zstd_filter_pack(void *context, void *out, size_t capacity, const void *bytes, size_t size);

/// Unpacks one frame of `packed_size` bytes to exactly `size` bytes. On failure *why is static
/// text.
bool zstd_filter_unpack(void *out, size_t size, const void *packed, size_t packed_size,
                        const char **why);

#endif
