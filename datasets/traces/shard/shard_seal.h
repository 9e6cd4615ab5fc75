// datasets/traces/shard/shard_seal.h - a full shard is hashed, fsynced and renamed while the next one fills.
//
//     shard_seal *seal = NULL;
//     TRY(shard_seal_begin(&seal, &shard));        // what HDF5 has to do is done here
//     …                                            // rows of the next shard
//     TRY(shard_seal_end(&seal, &info));           // waits; from here on it stands in its place
// done:
//     shard_seal_abort(&seal);                     // after an end: nothing to do
//
// Private to the trace store.
#ifndef DATASETS_TRACES_SHARD_SHARD_SEAL_H
#define DATASETS_TRACES_SHARD_SHARD_SEAL_H

#include "datasets/traces/shard/shard_write.h"

typedef struct shard_seal shard_seal;

/// Takes *shard over and sets it to NULL, whether it succeeds or not.
distill_status shard_seal_begin(shard_seal **out, shard_writer **shard) DISTILL_MUST_CHECK;
/// True if shard_seal_end would not block.
bool shard_seal_is_done(const shard_seal *seal);
/// Frees *seal and sets it to NULL whether it succeeds or not. Errors  IO: the shard could not be
/// put in its place.
distill_status shard_seal_end(shard_seal **seal, shard_info *info) DISTILL_MUST_CHECK;
/// Waits for the thread, if it has begun: the shard may be in its place afterwards, though no call has
/// said so.
void shard_seal_abort(shard_seal **seal);

#endif
