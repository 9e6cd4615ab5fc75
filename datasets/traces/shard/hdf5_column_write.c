// datasets/traces/shard/hdf5_column_write.c - whole chunks to HDF5, each compressed once.
#include "datasets/traces/shard/hdf5_column_write.h"

#include "datasets/traces/shard/hdf5_error.h"
#include "datasets/traces/shard/zstd_filter.h"
#include "distill/base/memory.h"

#include <string.h>

enum { CHUNK_BYTES = 1 << 18, TRACES_A_CHUNK = 4096 };

static size_t rows_a_chunk(const hdf5_column_out *column)
{
    shard_rows rows = column->spec->rows;
    if (rows == SHARD_PER_TRACE || rows == SHARD_PER_OFFSET)
        return TRACES_A_CHUNK;
    size_t count = CHUNK_BYTES / column->row_bytes;
    return count > 0 ? count : 1;
}

/// A property list: extensible, chunked, zstd, without times (equal content gives equal bytes).
static distill_status create_properties(hid_t *out, const hdf5_column_out *column, int level)
{
    hsize_t chunk[2] = {column->chunk_rows, column->width};
    int rank = column->spec->rows == SHARD_PER_TOPK ? 2 : 1;
    unsigned value = (unsigned)level;
    *out = H5Pcreate(H5P_DATASET_CREATE);
    if (*out < 0 || H5Pset_chunk(*out, rank, chunk) < 0 ||
        H5Pset_filter(*out, ZSTD_FILTER_ID, 0, 1, &value) < 0 ||
        H5Pset_obj_track_times(*out, 0) < 0)
        return hdf5_fail(DISTILL_INTERNAL, "%s: HDF5 refuses the layout", column->spec->path);
    return DISTILL_OK;
}

distill_status hdf5_column_out_create(hdf5_column_out *column, hid_t file, chunk_pack *pack,
                                      const shard_dataset *spec, size_t width, int level)
{
    distill_status status = DISTILL_OK;
    hid_t create = -1, access = -1, space = -1;
    int rank = spec->rows == SHARD_PER_TOPK ? 2 : 1;
    hsize_t size[2] = {0, width}, most[2] = {H5S_UNLIMITED, width};
    *column =
        (hdf5_column_out){.spec = spec, .pack = pack, .dataset = -1, .type = -1, .width = width};
    column->row_bytes = width * trace_type_size(spec->type);
    column->chunk_rows = rows_a_chunk(column);
    TRY(distill_alloc((void **)&column->chunk, column->chunk_rows, column->row_bytes));
    TRY(create_properties(&create, column, level));
    column->type = shard_type_create(spec->type);
    space = H5Screate_simple(rank, size, most);
    access = H5Pcreate(H5P_DATASET_ACCESS);
    // no chunk cache: whole chunks go straight through the filter to the file
    if (column->type < 0 || space < 0 || access < 0 || H5Pset_chunk_cache(access, 0, 0, 1) < 0)
        TRY(hdf5_fail(DISTILL_INTERNAL, "%s: HDF5 refuses the layout", spec->path));
    column->dataset =
        H5Dcreate2(file, spec->path, column->type, space, H5P_DEFAULT, create, access);
    if (column->dataset < 0)
        TRY(hdf5_fail(DISTILL_IO, "%s: cannot be created", spec->path));
done:
    if (create >= 0)
        H5Pclose(create);
    if (access >= 0)
        H5Pclose(access);
    if (space >= 0)
        H5Sclose(space);
    return status;
}

/// Hands the rows held in `chunk` on; a chunk that is not full is stored whole, zeros behind them.
static distill_status put_chunk(hdf5_column_out *column)
{
    distill_status status = DISTILL_OK;
    hsize_t size[2] = {column->rows + column->held, column->width};
    size_t bytes = column->held * column->row_bytes, whole = column->chunk_rows * column->row_bytes;
    if (column->held == 0)
        return DISTILL_OK;
    memset(column->chunk + bytes, 0, whole - bytes);
    if (H5Dset_extent(column->dataset, size) < 0)
        TRY(hdf5_fail(DISTILL_IO, "%s: writing failed", column->spec->path));
    TRY(chunk_pack_put(column->pack, column->dataset, column->spec->path, column->rows,
                       &column->chunk, whole));
    column->rows += column->held;
    column->held = 0;
done:
    return status;
}

distill_status hdf5_column_out_append(hdf5_column_out *column, const void *rows, size_t count)
{
    distill_status status = DISTILL_OK;
    const char *next = rows;
    while (count > 0) {
        size_t room = column->chunk_rows - column->held;
        size_t now = count < room ? count : room;
        memcpy(column->chunk + column->held * column->row_bytes, next, now * column->row_bytes);
        column->held += now;
        next += now * column->row_bytes;
        count -= now;
        if (column->held == column->chunk_rows)
            TRY(put_chunk(column));
    }
done:
    return status;
}

distill_status hdf5_column_out_flush(hdf5_column_out *column)
{
    return put_chunk(column);
}

distill_status hdf5_column_out_finish(hdf5_column_out *column)
{
    distill_status status = DISTILL_OK;
    hid_t dataset = column->dataset;
    column->dataset = -1;
    if (H5Dclose(dataset) < 0)
        TRY(hdf5_fail(DISTILL_IO, "%s: writing failed", column->spec->path));
done:
    return status;
}

void hdf5_column_out_free(hdf5_column_out *column)
{
    if (column->spec == NULL)
        return;
    if (column->dataset >= 0)
        H5Dclose(column->dataset);
    if (column->type >= 0)
        H5Tclose(column->type);
    distill_free(column->chunk);
    *column = (hdf5_column_out){0};
}
