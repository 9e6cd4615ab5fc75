// datasets/traces/shard/hdf5_error.h - starts the HDF5 library, and turns its failures into
// messages. Private to the shard files.
//
// Threads  the library is not thread-safe: one thread at a time.
#ifndef DATASETS_TRACES_SHARD_HDF5_ERROR_H
#define DATASETS_TRACES_SHARD_HDF5_ERROR_H

#include "distill/base/status.h"

/// Switches off HDF5's own printing in this thread and registers the zstd filter. To be called
/// before any other use of HDF5 in a thread; fast when called again.
distill_status hdf5_start(void) DISTILL_MUST_CHECK;

/// Like distill_fail(), with ": " and the innermost reason that HDF5 gives.
distill_status hdf5_fail(distill_status status, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;

#endif
