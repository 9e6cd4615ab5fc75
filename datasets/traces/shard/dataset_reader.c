// datasets/traces/shard/dataset_reader.c - rows from chunks. Each size in the file is checked
// against the file's contents before memory of that size is allocated.
#include "datasets/traces/shard/dataset_reader.h"

#include "datasets/traces/shard/hdf5_error.h"
#include "datasets/traces/shard/zstd_filter.h"
#include "distill/base/memory.h"

#include <string.h>

static const uint64_t MOST_CHUNK_BYTES = 1u << 26, NO_CHUNK = UINT64_MAX;

bool dataset_path_exists(hid_t file, const char *path)
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

static distill_status read_shape(dataset_reader *reader)
{
    distill_status status = DISTILL_OK;
    hsize_t size[2] = {0, 1};
    int rank = reader->spec->rows == SHARD_PER_TOPK ? 2 : 1;
    hid_t space = H5Dget_space(reader->dataset);
    reader->type = H5Dget_type(reader->dataset);
    if (space < 0 || reader->type < 0)
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: damaged", reader->spec->path));
    if (!shard_type_fits(reader->spec->type, reader->type))
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected %s, found another type", reader->spec->path,
                         shard_type_name(reader->spec->type)));
    if (H5Sget_simple_extent_ndims(space) != rank ||
        H5Sget_simple_extent_dims(space, size, NULL) != rank)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected %d dimension%s", reader->spec->path, rank,
                         rank > 1 ? "s" : ""));
    if (size[1] == 0 || size[1] > TRACE_MOST_TOPK)
        TRY(distill_fail(DISTILL_FORMAT, "%s: %llu values a token; expected 1 to 4096",
                         reader->spec->path, (unsigned long long)size[1]));
    reader->rows = size[0];
    reader->width = size[1];
    reader->row_bytes = reader->width * trace_type_size(reader->spec->type);
done:
    if (space >= 0)
        H5Sclose(space);
    return status;
}

static distill_status check_filters(dataset_reader *reader, hid_t create)
{
    int count = H5Pget_nfilters(create);
    unsigned flags = 0, config = 0;
    size_t values = 0;
    H5Z_filter_t id =
        count == 1 ? H5Pget_filter2(create, 0, &flags, &values, NULL, 0, NULL, &config) : -1;
    if (count != 0 && id != ZSTD_FILTER_ID)
        return distill_fail(DISTILL_FORMAT,
                            "%s: compressed by something other than zstd (filter %d)",
                            reader->spec->path, ZSTD_FILTER_ID);
    reader->compressed = count == 1;
    return DISTILL_OK;
}

/// A dataset that is not chunked is read by HDF5 itself. All its rows must be stored in the file.
static distill_status check_contiguous(dataset_reader *reader, hid_t create)
{
    uint64_t bytes = 0;
    if (H5Pget_external_count(create) != 0 || H5Pget_nfilters(create) != 0)
        return distill_fail(DISTILL_FORMAT, "%s: stored outside the file", reader->spec->path);
    if (__builtin_mul_overflow(reader->rows, (uint64_t)reader->row_bytes, &bytes) ||
        H5Dget_storage_size(reader->dataset) < bytes)
        return distill_fail(DISTILL_FORMAT, "%s: %llu rows do not fit in the file",
                            reader->spec->path, (unsigned long long)reader->rows);
    return DISTILL_OK;
}

/// The file must hold every chunk of the rows that it declares.
static distill_status check_chunks(dataset_reader *reader, hid_t create)
{
    distill_status status = DISTILL_OK;
    hsize_t size[2] = {0, 1}, stored = 0;
    int rank = reader->spec->rows == SHARD_PER_TOPK ? 2 : 1;
    hid_t space = H5Dget_space(reader->dataset);
    if (H5Pget_chunk(create, 2, size) != rank || size[0] == 0 ||
        size[1] != (rank == 2 ? reader->width : 1) ||
        size[0] > MOST_CHUNK_BYTES / reader->row_bytes)
        TRY(distill_fail(DISTILL_FORMAT, "%s: chunks of %llu rows are not supported",
                         reader->spec->path, (unsigned long long)size[0]));
    reader->chunk_rows = size[0];
    TRY(check_filters(reader, create));
    uint64_t needed = reader->rows / size[0] + (reader->rows % size[0] != 0);
    if (space < 0 || H5Dget_num_chunks(reader->dataset, space, &stored) < 0)
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: damaged", reader->spec->path));
    if (stored != needed)
        TRY(distill_fail(DISTILL_FORMAT, "%s: %llu rows need %llu chunks, found %llu",
                         reader->spec->path, (unsigned long long)reader->rows,
                         (unsigned long long)needed, (unsigned long long)stored));
done:
    if (space >= 0)
        H5Sclose(space);
    return status;
}

distill_status dataset_reader_open(dataset_reader *reader, hid_t file, const shard_dataset *spec)
{
    distill_status status = DISTILL_OK;
    hid_t create = -1;
    *reader = (dataset_reader){.spec = spec, .dataset = -1, .type = -1, .kept = NO_CHUNK};
    if (!dataset_path_exists(file, spec->path))
        TRY(distill_fail(DISTILL_FORMAT, "%s: the dataset is missing", spec->path));
    reader->dataset = H5Dopen2(file, spec->path, H5P_DEFAULT);
    if (reader->dataset < 0)
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: not a dataset that can be read", spec->path));
    TRY(read_shape(reader));
    create = H5Dget_create_plist(reader->dataset);
    H5D_layout_t layout = create >= 0 ? H5Pget_layout(create) : H5D_LAYOUT_ERROR;
    if (layout == H5D_CHUNKED)
        TRY(check_chunks(reader, create));
    else if (layout == H5D_CONTIGUOUS || layout == H5D_COMPACT)
        TRY(check_contiguous(reader, create));
    else
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: a layout that is not supported", spec->path));
done:
    if (create >= 0)
        H5Pclose(create);
    return status;
}

static distill_status reserve_packed(dataset_reader *reader, uint64_t bytes)
{
    distill_status status = DISTILL_OK;
    if (bytes <= reader->packed_capacity)
        return DISTILL_OK;
    TRY(distill_grow((void **)&reader->packed, 0, bytes, 1));
    reader->packed_capacity = bytes;
done:
    return status;
}

distill_status dataset_reader_stored_chunk(const dataset_reader *reader, uint64_t number,
                                           stored_chunk *stored)
{
    distill_status status = DISTILL_OK;
    size_t bytes = reader->chunk_rows * reader->row_bytes;
    hsize_t place[2] = {number * reader->chunk_rows, 0}, size = 0;
    if (H5Dget_chunk_storage_size(reader->dataset, place, &size) < 0)
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: damaged", reader->spec->path));
    // zstd adds at most 1/256 and a header to bytes that cannot be compressed
    if (size == 0 || size > bytes + bytes / 128 + 1024)
        TRY(distill_fail(DISTILL_FORMAT, "%s: damaged: a chunk of %llu bytes", reader->spec->path,
                         (unsigned long long)size));
    *stored = (stored_chunk){.bytes = size, .compressed = reader->compressed};
done:
    return status;
}

distill_status dataset_reader_fetch_chunk(const dataset_reader *reader, uint64_t number,
                                          stored_chunk *stored, void *packed)
{
    hsize_t place[2] = {number * reader->chunk_rows, 0};
    uint32_t skipped = 0;
    if (H5Dread_chunk(reader->dataset, H5P_DEFAULT, place, &skipped, packed) < 0)
        return hdf5_fail(DISTILL_FORMAT, "%s: damaged", reader->spec->path);
    stored->compressed = reader->compressed && skipped == 0;
    return DISTILL_OK;
}

distill_status stored_chunk_unpack(void *out, size_t bytes, const void *packed,
                                   const stored_chunk *stored, const shard_dataset *spec)
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

static distill_status load_chunk(dataset_reader *reader, uint64_t number)
{
    distill_status status = DISTILL_OK;
    size_t bytes = reader->chunk_rows * reader->row_bytes;
    stored_chunk stored;
    reader->kept = NO_CHUNK;
    if (reader->chunk == NULL)
        TRY(distill_alloc((void **)&reader->chunk, bytes, 1));
    TRY(dataset_reader_stored_chunk(reader, number, &stored));
    TRY(reserve_packed(reader, stored.bytes));
    TRY(dataset_reader_fetch_chunk(reader, number, &stored, reader->packed));
    TRY(stored_chunk_unpack(reader->chunk, bytes, reader->packed, &stored, reader->spec));
    reader->kept = number;
done:
    return status;
}

static distill_status read_contiguous(dataset_reader *reader, void *out, uint64_t first,
                                      size_t count)
{
    distill_status status = DISTILL_OK;
    int rank = reader->spec->rows == SHARD_PER_TOPK ? 2 : 1;
    hsize_t start[2] = {first, 0}, size[2] = {count, reader->width};
    hid_t space = H5Dget_space(reader->dataset), memory = H5Screate_simple(rank, size, NULL);
    if (space < 0 || memory < 0 ||
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, size, NULL) < 0 ||
        H5Dread(reader->dataset, reader->type, memory, space, H5P_DEFAULT, out) < 0)
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: damaged", reader->spec->path));
done:
    if (space >= 0)
        H5Sclose(space);
    if (memory >= 0)
        H5Sclose(memory);
    return status;
}

distill_status dataset_reader_read(dataset_reader *reader, void *out, uint64_t first, size_t count)
{
    distill_status status = DISTILL_OK;
    char *next = out;
    if (first > reader->rows || count > reader->rows - first)
        return distill_fail(DISTILL_FORMAT, "%s: rows %llu + %zu run past its end at %llu",
                            reader->spec->path, (unsigned long long)first, count,
                            (unsigned long long)reader->rows);
    if (count > 0 && reader->chunk_rows == 0)
        return read_contiguous(reader, out, first, count);
    while (count > 0) {
        uint64_t number = first / reader->chunk_rows, within = first % reader->chunk_rows;
        size_t now = reader->chunk_rows - within < count ? reader->chunk_rows - within : count;
        if (reader->kept != number)
            TRY(load_chunk(reader, number));
        memcpy(next, reader->chunk + within * reader->row_bytes, now * reader->row_bytes);
        next += now * reader->row_bytes;
        first += now;
        count -= now;
    }
done:
    return status;
}

void dataset_reader_close(dataset_reader *reader)
{
    if (reader->spec == NULL)
        return;
    if (reader->dataset >= 0)
        H5Dclose(reader->dataset);
    if (reader->type >= 0)
        H5Tclose(reader->type);
    distill_free(reader->chunk);
    distill_free(reader->packed);
    *reader = (dataset_reader){0};
}
