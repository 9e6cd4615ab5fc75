// datasets/traces/shard/trace_block.h - consecutive traces, fetched together and unpacked by any
// thread.
//
//     trace_block *block = NULL;
//     TRY(trace_block_create(&block));
//     TRY(trace_block_fetch(block, reader, first, 1 << 20, TRACE_BLOCK_ALL)); // calls HDF5
//     TRY(trace_block_unpack(block));                                         // any thread
//     for (size_t i = 0; i < trace_block_count(block); i++)
//         use(trace_block_at(block, i));                           // valid until the next fetch
//     trace_block_free(block);
//
// Gives the same records as trace_reader_read(), with the same checks, and many times faster on
// several cores: HDF5 only copies the chunks as they are stored. A block keeps its memory for the
// next fetch.
#ifndef DATASETS_TRACES_SHARD_TRACE_BLOCK_H
#define DATASETS_TRACES_SHARD_TRACE_BLOCK_H

#include "datasets/traces/shard/trace_reader.h"

typedef struct trace_block trace_block;

typedef enum trace_block_part {
    TRACE_BLOCK_TEXTS, // without tokens and log-probabilities
    TRACE_BLOCK_ALL
} trace_block_part;

distill_status trace_block_create(trace_block **out) DISTILL_MUST_CHECK;
/// Fetches the traces from `first` on: at least one, more while their replies have at most
/// `most_bytes` and they are in the same shard. Errors  as trace_reader_read().
distill_status trace_block_fetch(trace_block *block, trace_reader *reader, size_t first,
                                 size_t most_bytes, trace_block_part part) DISTILL_MUST_CHECK;
distill_status trace_block_unpack(trace_block *block) DISTILL_MUST_CHECK;
size_t trace_block_count(const trace_block *block);
const trace_record *trace_block_at(const trace_block *block, size_t index);
void trace_block_free(trace_block *block);

#endif
