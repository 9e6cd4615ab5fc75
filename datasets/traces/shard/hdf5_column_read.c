// datasets/traces/shard/hdf5_column_read.c - chunk by chunk, every size checked before it is believed.
#include "datasets/traces/shard/hdf5_column_read.h"

#include "datasets/traces/shard/hdf5_error.h"
#include "datasets/traces/shard/zstd_filter.h"
#include "distill/base/memory.h"

#include <string.h>

static const uint64_t MOST_CHUNK_BYTES = 1u << 26, NO_CHUNK = UINT64_MAX;

bool hdf5_has_path(hid_t file, const char *path)
{
    char part[128];
    size_t length = strlen(path);
    if (length >= sizeof part)
        return false;
    for (size_t i = 1; i <= length; i++) {
        H5L_info_t info;
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (H5Lget_info(file, part, &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_HARD) {
            H5Eclear2(H5E_DEFAULT);
            return false;
        }
    }
    return true;
}

static distill_status read_shape(hdf5_column_in *column)
{
    distill_status status = DISTILL_OK;
    hsize_t size[2] = {0, 1};
    int rank = column->spec->rows == SHARD_PER_TOPK ? 2 : 1;
    hid_t space = H5Dget_space(column->dataset);
    column->type = H5Dget_type(column->dataset);
    if (space < 0 || column->type < 0)
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: damaged", column->spec->path));
    if (!shard_type_fits(column->spec->type, column->type))
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected %s, found another type", column->spec->path,
                         shard_type_name(column->spec->type)));
    if (H5Sget_simple_extent_ndims(space) != rank ||
        H5Sget_simple_extent_dims(space, size, NULL) != rank)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected %d dimension%s", column->spec->path, rank,
                         rank > 1 ? "s" : ""));
    if (size[1] == 0 || size[1] > TRACE_MOST_TOPK)
        TRY(distill_fail(DISTILL_FORMAT, "%s: %llu values a token are not possible",
                         column->spec->path, (unsigned long long)size[1]));
    column->rows = size[0];
    column->width = size[1];
    column->row_bytes = column->width * trace_type_size(column->spec->type);
done:
    if (space >= 0)
        H5Sclose(space);
    return status;
}

static distill_status check_filters(hdf5_column_in *column, hid_t create)
{
    int count = H5Pget_nfilters(create);
    unsigned flags = 0, config = 0;
    size_t values = 0;
    H5Z_filter_t id =
        count == 1 ? H5Pget_filter2(create, 0, &flags, &values, NULL, 0, NULL, &config) : -1;
    if (count != 0 && id != ZSTD_FILTER_ID)
        return distill_fail(DISTILL_FORMAT,
                            "%s: compressed by something other than zstd (filter %d)",
                            column->spec->path, ZSTD_FILTER_ID);
    column->compressed = count == 1;
    return DISTILL_OK;
}

/// A dataset in one piece is read by HDF5 itself; what it claims to hold must be in the file.
static distill_status check_contiguous(hdf5_column_in *column, hid_t create)
{
    uint64_t bytes = 0;
    if (H5Pget_external_count(create) != 0 || H5Pget_nfilters(create) != 0)
        return distill_fail(DISTILL_FORMAT, "%s: stored outside the file", column->spec->path);
    if (__builtin_mul_overflow(column->rows, (uint64_t)column->row_bytes, &bytes) ||
        H5Dget_storage_size(column->dataset) < bytes)
        return distill_fail(DISTILL_FORMAT, "%s: %llu rows do not fit in the file",
                            column->spec->path, (unsigned long long)column->rows);
    return DISTILL_OK;
}

/// Every chunk must be there: a file cannot claim more rows than it holds chunks for.
static distill_status check_chunks(hdf5_column_in *column, hid_t create)
{
    distill_status status = DISTILL_OK;
    hsize_t size[2] = {0, 1}, stored = 0;
    int rank = column->spec->rows == SHARD_PER_TOPK ? 2 : 1;
    hid_t space = H5Dget_space(column->dataset);
    if (H5Pget_chunk(create, 2, size) != rank || size[0] == 0 ||
        size[1] != (rank == 2 ? column->width : 1) ||
        size[0] > MOST_CHUNK_BYTES / column->row_bytes)
        TRY(distill_fail(DISTILL_FORMAT, "%s: chunks of %llu rows are not read here",
                         column->spec->path, (unsigned long long)size[0]));
    column->chunk_rows = size[0];
    TRY(check_filters(column, create));
    uint64_t needed = column->rows / size[0] + (column->rows % size[0] != 0);
    if (space < 0 || H5Dget_num_chunks(column->dataset, space, &stored) < 0)
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: damaged", column->spec->path));
    if (stored != needed)
        TRY(distill_fail(DISTILL_FORMAT, "%s: %llu rows need %llu chunks, found %llu",
                         column->spec->path, (unsigned long long)column->rows,
                         (unsigned long long)needed, (unsigned long long)stored));
done:
    if (space >= 0)
        H5Sclose(space);
    return status;
}

distill_status hdf5_column_in_open(hdf5_column_in *column, hid_t file, const shard_dataset *spec)
{
    distill_status status = DISTILL_OK;
    hid_t create = -1;
    *column = (hdf5_column_in){.spec = spec, .dataset = -1, .type = -1, .kept = NO_CHUNK};
    if (!hdf5_has_path(file, spec->path))
        TRY(distill_fail(DISTILL_FORMAT, "%s: the dataset is missing", spec->path));
    column->dataset = H5Dopen2(file, spec->path, H5P_DEFAULT);
    if (column->dataset < 0)
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: not a dataset that can be read", spec->path));
    TRY(read_shape(column));
    create = H5Dget_create_plist(column->dataset);
    H5D_layout_t layout = create >= 0 ? H5Pget_layout(create) : H5D_LAYOUT_ERROR;
    if (layout == H5D_CHUNKED)
        TRY(check_chunks(column, create));
    else if (layout == H5D_CONTIGUOUS || layout == H5D_COMPACT)
        TRY(check_contiguous(column, create));
    else
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: a layout that is not read here", spec->path));
done:
    if (create >= 0)
        H5Pclose(create);
    return status;
}

static distill_status reserve_packed(hdf5_column_in *column, uint64_t bytes)
{
    distill_status status = DISTILL_OK;
    if (bytes <= column->packed_capacity)
        return DISTILL_OK;
    TRY(distill_grow((void **)&column->packed, 0, bytes, 1));
    column->packed_capacity = bytes;
done:
    return status;
}

distill_status hdf5_column_in_stored(const hdf5_column_in *column, uint64_t number,
                                     hdf5_stored_chunk *stored)
{
    distill_status status = DISTILL_OK;
    size_t bytes = column->chunk_rows * column->row_bytes;
    hsize_t place[2] = {number * column->chunk_rows, 0}, size = 0;
    if (H5Dget_chunk_storage_size(column->dataset, place, &size) < 0)
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: damaged", column->spec->path));
    // zstd adds at most 1/256 and a header to what cannot be compressed
    if (size == 0 || size > bytes + bytes / 128 + 1024)
        TRY(distill_fail(DISTILL_FORMAT, "%s: damaged: a chunk of %llu bytes", column->spec->path,
                         (unsigned long long)size));
    *stored = (hdf5_stored_chunk){.bytes = size, .compressed = column->compressed};
done:
    return status;
}

distill_status hdf5_column_in_fetch(const hdf5_column_in *column, uint64_t number,
                                    hdf5_stored_chunk *stored, void *packed)
{
    hsize_t place[2] = {number * column->chunk_rows, 0};
    uint32_t skipped = 0;
    if (H5Dread_chunk(column->dataset, H5P_DEFAULT, place, &skipped, packed) < 0)
        return hdf5_fail(DISTILL_FORMAT, "%s: damaged", column->spec->path);
    stored->compressed = column->compressed && skipped == 0;
    return DISTILL_OK;
}

distill_status hdf5_chunk_unpack(void *out, size_t bytes, const void *packed,
                                 const hdf5_stored_chunk *stored, const shard_dataset *spec)
{
    const char *why = "a chunk of the wrong size";
    if (stored->compressed) {
        if (zstd_filter_unpack(out, bytes, packed, stored->bytes, &why))
            return DISTILL_OK;
    } else if (stored->bytes == bytes) {
        memcpy(out, packed, bytes);
        return DISTILL_OK;
    }
    return distill_fail(DISTILL_FORMAT, "%s: damaged: %s", spec->path, why);
}

static distill_status fetch_chunk(hdf5_column_in *column, uint64_t number)
{
    distill_status status = DISTILL_OK;
    size_t bytes = column->chunk_rows * column->row_bytes;
    hdf5_stored_chunk stored;
    column->kept = NO_CHUNK;
    if (column->chunk == NULL)
        TRY(distill_alloc((void **)&column->chunk, bytes, 1));
    TRY(hdf5_column_in_stored(column, number, &stored));
    TRY(reserve_packed(column, stored.bytes));
    TRY(hdf5_column_in_fetch(column, number, &stored, column->packed));
    TRY(hdf5_chunk_unpack(column->chunk, bytes, column->packed, &stored, column->spec));
    column->kept = number;
done:
    return status;
}

static distill_status read_whole(hdf5_column_in *column, void *out, uint64_t first, size_t count)
{
    distill_status status = DISTILL_OK;
    int rank = column->spec->rows == SHARD_PER_TOPK ? 2 : 1;
    hsize_t start[2] = {first, 0}, size[2] = {count, column->width};
    hid_t space = H5Dget_space(column->dataset), memory = H5Screate_simple(rank, size, NULL);
    if (space < 0 || memory < 0 ||
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, size, NULL) < 0 ||
        H5Dread(column->dataset, column->type, memory, space, H5P_DEFAULT, out) < 0)
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: damaged", column->spec->path));
done:
    if (space >= 0)
        H5Sclose(space);
    if (memory >= 0)
        H5Sclose(memory);
    return status;
}

distill_status hdf5_column_in_read(hdf5_column_in *column, void *out, uint64_t first, size_t count)
{
    distill_status status = DISTILL_OK;
    char *next = out;
    if (first > column->rows || count > column->rows - first)
        return distill_fail(DISTILL_FORMAT, "%s: rows %llu + %zu run past its end at %llu",
                            column->spec->path, (unsigned long long)first, count,
                            (unsigned long long)column->rows);
    if (count > 0 && column->chunk_rows == 0)
        return read_whole(column, out, first, count);
    while (count > 0) {
        uint64_t number = first / column->chunk_rows, within = first % column->chunk_rows;
        size_t now = column->chunk_rows - within < count ? column->chunk_rows - within : count;
        if (column->kept != number)
            TRY(fetch_chunk(column, number));
        memcpy(next, column->chunk + within * column->row_bytes, now * column->row_bytes);
        next += now * column->row_bytes;
        first += now;
        count -= now;
    }
done:
    return status;
}

void hdf5_column_in_close(hdf5_column_in *column)
{
    if (column->spec == NULL)
        return;
    if (column->dataset >= 0)
        H5Dclose(column->dataset);
    if (column->type >= 0)
        H5Tclose(column->type);
    distill_free(column->chunk);
    distill_free(column->packed);
    *column = (hdf5_column_in){0};
}
