// datasets/traces/shard/hdf5_piece.c - chunks side by side; few rows are copied out of the column's own chunk.
#include "datasets/traces/shard/hdf5_piece.h"

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

static distill_status fetch_chunks(hdf5_piece *piece, hdf5_column_in *column, uint64_t first_chunk)
{
    distill_status status = DISTILL_OK;
    size_t end = 0;
    if (piece->chunks > piece->stored_capacity) {
        TRY(distill_grow((void **)&piece->stored, piece->stored_capacity, 2 * piece->chunks,
                         sizeof *piece->stored));
        piece->stored_capacity = 2 * piece->chunks;
    }
    for (size_t i = 0; i < piece->chunks; i++) {
        hdf5_stored_chunk *stored = &piece->stored[i];
        TRY(hdf5_column_in_stored(column, first_chunk + i, stored));
        if (end + stored->bytes > piece->packed_capacity) {
            size_t capacity = 2 * (end + stored->bytes);
            TRY(distill_grow((void **)&piece->packed, piece->packed_capacity, capacity, 1));
            piece->packed_capacity = capacity;
        }
        TRY(hdf5_column_in_fetch(column, first_chunk + i, stored, piece->packed + end));
        end += stored->bytes;
    }
done:
    return status;
}

distill_status hdf5_piece_fetch(hdf5_piece *piece, hdf5_column_in *column, uint64_t first,
                                size_t count)
{
    distill_status status = DISTILL_OK;
    size_t bytes = count * column->row_bytes;
    piece->spec = column->spec;
    piece->chunk_bytes = column->chunk_rows * column->row_bytes;
    piece->chunks = 0;
    piece->skipped_bytes = 0;
    if (column->chunk_rows == 0 || 2 * bytes < piece->chunk_bytes || first > column->rows ||
        count > column->rows - first) { // the last two are errors that the column reports
        TRY(reserve(&piece->unpacked, &piece->unpacked_capacity, bytes + 1));
        TRY(hdf5_column_in_read(column, piece->unpacked, first, count));
        piece->unpacked[bytes] = '\0';
        piece->rows = piece->unpacked;
        return DISTILL_OK;
    }
    uint64_t first_chunk = first / column->chunk_rows;
    piece->chunks = (size_t)((first + count - 1) / column->chunk_rows - first_chunk + 1);
    piece->skipped_bytes = (size_t)(first % column->chunk_rows) * column->row_bytes;
    TRY(fetch_chunks(piece, column, first_chunk));
done:
    return status;
}

distill_status hdf5_piece_unpack(hdf5_piece *piece)
{
    distill_status status = DISTILL_OK;
    const char *packed = piece->packed;
    if (piece->chunks == 0)
        return DISTILL_OK;
    TRY(reserve(&piece->unpacked, &piece->unpacked_capacity,
                piece->chunks * piece->chunk_bytes + 1));
    for (size_t i = 0; i < piece->chunks; i++) {
        TRY(hdf5_chunk_unpack(piece->unpacked + i * piece->chunk_bytes, piece->chunk_bytes, packed,
                              &piece->stored[i], piece->spec));
        packed += piece->stored[i].bytes;
    }
    piece->unpacked[piece->chunks * piece->chunk_bytes] = '\0';
    piece->rows = piece->unpacked + piece->skipped_bytes;
done:
    return status;
}

void hdf5_piece_free(hdf5_piece *piece)
{
    distill_free(piece->stored);
    distill_free(piece->packed);
    distill_free(piece->unpacked);
    *piece = (hdf5_piece){0};
}
