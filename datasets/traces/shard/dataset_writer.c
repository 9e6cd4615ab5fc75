// datasets/traces/shard/dataset_writer.c - rows are collected into whole chunks, which are
// compressed once.
#include "datasets/traces/shard/dataset_writer.h"

#include "datasets/traces/shard/hdf5_error.h"
#include "datasets/traces/shard/zstd_filter.h"
#include "distill/base/memory.h"

#include <string.h>

enum { CHUNK_BYTES = 1 << 18, TRACES_A_CHUNK = 4096 };

static size_t rows_a_chunk(const dataset_writer *writer)
{
    shard_rows rows = writer->spec->rows;
    if (rows == SHARD_PER_TRACE || rows == SHARD_PER_OFFSET)
        return TRACES_A_CHUNK;
    size_t count = CHUNK_BYTES / writer->row_bytes;
    return count > 0 ? count : 1;
}

/// A property list: extensible, chunked, zstd; without times, so that equal content gives equal
/// bytes.
static distill_status create_properties(hid_t *out, const dataset_writer *writer, int level)
{
    hsize_t chunk[2] = {writer->chunk_rows, writer->width};
    int rank = writer->spec->rows == SHARD_PER_TOPK ? 2 : 1;
    unsigned value = (unsigned)level;
    *out = H5Pcreate(H5P_DATASET_CREATE);
    if (*out < 0 || H5Pset_chunk(*out, rank, chunk) < 0 ||
        H5Pset_filter(*out, ZSTD_FILTER_ID, 0, 1, &value) < 0 ||
        H5Pset_obj_track_times(*out, 0) < 0)
        return hdf5_fail(DISTILL_INTERNAL, "%s: HDF5 does not accept the layout",
                         writer->spec->path);
    return DISTILL_OK;
}

distill_status dataset_writer_create(dataset_writer *writer, hid_t file, chunk_pack *pack,
                                     const shard_dataset *spec, size_t width, int level)
{
    distill_status status = DISTILL_OK;
    hid_t create = -1, access = -1, space = -1;
    int rank = spec->rows == SHARD_PER_TOPK ? 2 : 1;
    hsize_t size[2] = {0, width}, most[2] = {H5S_UNLIMITED, width};
    *writer =
        (dataset_writer){.spec = spec, .pack = pack, .dataset = -1, .type = -1, .width = width};
    writer->row_bytes = width * trace_type_size(spec->type);
    writer->chunk_rows = rows_a_chunk(writer);
    TRY(distill_alloc((void **)&writer->chunk, writer->chunk_rows, writer->row_bytes));
    TRY(create_properties(&create, writer, level));
    writer->type = shard_type_create(spec->type);
    space = H5Screate_simple(rank, size, most);
    access = H5Pcreate(H5P_DATASET_ACCESS);
    // no chunk cache: only whole chunks are written
    if (writer->type < 0 || space < 0 || access < 0 || H5Pset_chunk_cache(access, 0, 0, 1) < 0)
        TRY(hdf5_fail(DISTILL_INTERNAL, "%s: HDF5 does not accept the layout", spec->path));
    writer->dataset =
        H5Dcreate2(file, spec->path, writer->type, space, H5P_DEFAULT, create, access);
    if (writer->dataset < 0)
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

/// Passes the rows held in `chunk` to the pack. A chunk that is not full is padded with zeros.
static distill_status put_chunk(dataset_writer *writer)
{
    distill_status status = DISTILL_OK;
    hsize_t size[2] = {writer->rows + writer->held, writer->width};
    size_t bytes = writer->held * writer->row_bytes, whole = writer->chunk_rows * writer->row_bytes;
    if (writer->held == 0)
        return DISTILL_OK;
    memset(writer->chunk + bytes, 0, whole - bytes);
    if (H5Dset_extent(writer->dataset, size) < 0)
        TRY(hdf5_fail(DISTILL_IO, "%s: writing failed", writer->spec->path));
    TRY(chunk_pack_put(writer->pack, writer->dataset, writer->spec->path, writer->rows,
                       &writer->chunk, whole));
    writer->rows += writer->held;
    writer->held = 0;
done:
    return status;
}

distill_status dataset_writer_append(dataset_writer *writer, const void *rows, size_t count)
{
    distill_status status = DISTILL_OK;
    const char *next = rows;
    while (count > 0) {
        size_t room = writer->chunk_rows - writer->held;
        size_t now = count < room ? count : room;
        memcpy(writer->chunk + writer->held * writer->row_bytes, next, now * writer->row_bytes);
        writer->held += now;
        next += now * writer->row_bytes;
        count -= now;
        if (writer->held == writer->chunk_rows)
            TRY(put_chunk(writer));
    }
done:
    return status;
}

distill_status dataset_writer_flush(dataset_writer *writer)
{
    return put_chunk(writer);
}

distill_status dataset_writer_finish(dataset_writer *writer)
{
    distill_status status = DISTILL_OK;
    hid_t dataset = writer->dataset;
    writer->dataset = -1;
    if (H5Dclose(dataset) < 0)
        TRY(hdf5_fail(DISTILL_IO, "%s: writing failed", writer->spec->path));
done:
    return status;
}

void dataset_writer_free(dataset_writer *writer)
{
    if (writer->spec == NULL)
        return;
    if (writer->dataset >= 0)
        H5Dclose(writer->dataset);
    if (writer->type >= 0)
        H5Tclose(writer->type);
    distill_free(writer->chunk);
    *writer = (dataset_writer){0};
}
