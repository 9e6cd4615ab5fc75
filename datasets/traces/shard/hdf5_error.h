// datasets/traces/shard/hdf5_error.h - the HDF5 library, kept quiet, and its failures in our words.
//
// Private to the shard files. HDF5 is used by one thread at a time.
#ifndef DATASETS_TRACES_SHARD_HDF5_ERROR_H
#define DATASETS_TRACES_SHARD_HDF5_ERROR_H

#include "distill/base/status.h"

/// Silences HDF5's own printing in this thread and registers the zstd filter; cheap when called again.
distill_status hdf5_start(void) DISTILL_MUST_CHECK;

/// Like distill_fail(), with ": " and the innermost reason that HDF5 gives.
distill_status hdf5_fail(distill_status status, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;

#endif
