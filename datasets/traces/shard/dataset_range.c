// datasets/traces/shard/dataset_range.c - whole chunks are fetched as they are stored; rows that
// fill less than half a chunk are copied from the chunk that the reader keeps.
#include "datasets/traces/shard/dataset_range.h"

#include "distill/base/memory.h"

static distill_status reserve(char **block, size_t *capacity, size_t bytes)
{
    distill_status status = DISTILL_OK;
    if (bytes <= *capacity)
        return DISTILL_OK;
    distill_free(*block);
    *block = NULL;
    *capacity = 0;
    TRY(distill_alloc((void **)block, bytes + bytes / 4, 1));
    *capacity = bytes + bytes / 4;
done:
    return status;
}

static distill_status fetch_chunks(dataset_range *range, dataset_reader *reader,
                                   uint64_t first_chunk)
{
    distill_status status = DISTILL_OK;
    size_t end = 0;
    if (range->chunks > range->stored_capacity) {
        TRY(distill_grow((void **)&range->stored, range->stored_capacity, 2 * range->chunks,
                         sizeof *range->stored));
        range->stored_capacity = 2 * range->chunks;
    }
    for (size_t i = 0; i < range->chunks; i++) {
        stored_chunk *stored = &range->stored[i];
        TRY(dataset_reader_stored_chunk(reader, first_chunk + i, stored));
        if (end + stored->bytes > range->packed_capacity) {
            size_t capacity = 2 * (end + stored->bytes);
            TRY(distill_grow((void **)&range->packed, range->packed_capacity, capacity, 1));
            range->packed_capacity = capacity;
        }
        TRY(dataset_reader_fetch_chunk(reader, first_chunk + i, stored, range->packed + end));
        end += stored->bytes;
    }
done:
    return status;
}

distill_status dataset_range_fetch(dataset_range *range, dataset_reader *reader, uint64_t first,
                                   size_t count)
{
    distill_status status = DISTILL_OK;
    size_t bytes = count * reader->row_bytes;
    range->spec = reader->spec;
    range->chunk_bytes = reader->chunk_rows * reader->row_bytes;
    range->chunks = 0;
    range->skipped_bytes = 0;
    if (reader->chunk_rows == 0 || 2 * bytes < range->chunk_bytes || first > reader->rows ||
        count > reader->rows - first) { // the reader reports the last two as errors
        TRY(reserve(&range->unpacked, &range->unpacked_capacity, bytes + 1));
        TRY(dataset_reader_read(reader, range->unpacked, first, count));
        range->unpacked[bytes] = '\0';
        range->rows = range->unpacked;
        return DISTILL_OK;
    }
    uint64_t first_chunk = first / reader->chunk_rows;
    range->chunks = (size_t)((first + count - 1) / reader->chunk_rows - first_chunk + 1);
    range->skipped_bytes = (size_t)(first % reader->chunk_rows) * reader->row_bytes;
    TRY(fetch_chunks(range, reader, first_chunk));
done:
    return status;
}

distill_status dataset_range_unpack(dataset_range *range)
{
    distill_status status = DISTILL_OK;
    const char *packed = range->packed;
    if (range->chunks == 0)
        return DISTILL_OK;
    TRY(reserve(&range->unpacked, &range->unpacked_capacity,
                range->chunks * range->chunk_bytes + 1));
    for (size_t i = 0; i < range->chunks; i++) {
        TRY(stored_chunk_unpack(range->unpacked + i * range->chunk_bytes, range->chunk_bytes,
                                packed, &range->stored[i], range->spec));
        packed += range->stored[i].bytes;
    }
    range->unpacked[range->chunks * range->chunk_bytes] = '\0';
    range->rows = range->unpacked + range->skipped_bytes;
done:
    return status;
}

void dataset_range_free(dataset_range *range)
{
    distill_free(range->stored);
    distill_free(range->packed);
    distill_free(range->unpacked);
    *range = (dataset_range){0};
}
