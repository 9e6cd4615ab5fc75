// datasets/traces/shard/shard_seal.h - hashes, fsyncs and renames a full shard in the background,
// while the next one is written. Private to the trace store.
//
//     shard_seal *seal = NULL;
//     TRY(shard_seal_begin(&seal, &shard));        // calls HDF5
//     …                                            // rows of the next shard
//     TRY(shard_seal_end(&seal, &info));           // waits; the shard then has its final name
// done:
//     shard_seal_abort(&seal);                     // does nothing after an end
#ifndef DATASETS_TRACES_SHARD_SHARD_SEAL_H
#define DATASETS_TRACES_SHARD_SHARD_SEAL_H

#include "datasets/traces/shard/shard_write.h"

typedef struct shard_seal shard_seal;

/// Owns *shard from here on and sets it to NULL, whether it succeeds or not.
distill_status shard_seal_begin(shard_seal **out, shard_writer **shard) DISTILL_MUST_CHECK;
/// True if shard_seal_end would not block.
bool shard_seal_is_done(const shard_seal *seal);
/// Frees *seal and sets it to NULL whether it succeeds or not. Errors  those of shard_write_place.
distill_status shard_seal_end(shard_seal **seal, shard_info *info) DISTILL_MUST_CHECK;
/// Waits for the thread if it has begun: the shard may have its final name afterwards, although the
/// caller has not been notified.
void shard_seal_abort(shard_seal **seal);

#endif
