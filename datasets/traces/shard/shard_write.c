// datasets/traces/shard/shard_write.c - a shard, written under a temporary name and renamed.
//
// The datasets of a part that a trace may lack are created with the first record that has the part;
// rows of the earlier traces are filled in (empty, NaN or unknown).
#include "datasets/traces/shard/shard_write.h"

#include "datasets/traces/shard/dataset_writer.h"
#include "datasets/traces/shard/hdf5_error.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/options/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct shard_writer {
    distill_atomic_file *file;
    char *path;
    hid_t h5;
    shard_settings settings;
    unsigned parts; // TRACE_PART_TOKENS | …
    chunk_pack *pack;
    dataset_writer datasets[SHARD_DATASET_COUNT];
    uint64_t text_ends[TRACE_TEXT_COUNT];
    uint64_t token_end, traces;
};

static distill_status write_attribute(shard_writer *shard, const char *name, hid_t type,
                                      const void *value)
{
    distill_status status = DISTILL_OK;
    hid_t space = H5Screate(H5S_SCALAR), attribute = -1;
    attribute = H5Acreate2(shard->h5, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0 || H5Awrite(attribute, type, value) < 0)
        TRY(hdf5_fail(DISTILL_IO, "%s: attribute %s: writing failed", shard->path, name));
done:
    if (attribute >= 0)
        H5Aclose(attribute);
    if (space >= 0)
        H5Sclose(space);
    return status;
}

static distill_status write_string_attribute(shard_writer *shard, const char *name,
                                             const char *value)
{
    distill_status status = DISTILL_OK;
    hid_t type = H5Tcopy(H5T_C_S1);
    const char *text = value != NULL ? value : "";
    if (type < 0 || H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)
        TRY(hdf5_fail(DISTILL_INTERNAL, "HDF5: a string type cannot be created"));
    TRY(write_attribute(shard, name, type, &text));
done:
    if (type >= 0)
        H5Tclose(type);
    return status;
}

/// The time in UTC, or that of SOURCE_DATE_EPOCH (reproducible-builds.org).
static void creation_time(char text[32])
{
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    time_t seconds = fixed != NULL ? (time_t)strtoll(fixed, NULL, 10) : time(NULL);
    struct tm parts = {0};
    gmtime_r(&seconds, &parts);
    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static distill_status write_attributes(shard_writer *shard)
{
    distill_status status = DISTILL_OK;
    char created[32];
    int32_t version = 1;
    creation_time(created);
    TRY(write_string_attribute(shard, "format", "distill-traces"));
    TRY(write_attribute(shard, "version", H5T_NATIVE_INT32, &version));
    TRY(write_string_attribute(shard, "teacher", shard->settings.teacher));
    TRY(write_string_attribute(shard, "tokenizer_sha256", shard->settings.tokenizer_sha256));
    TRY(write_string_attribute(shard, "settings", shard->settings.settings_json));
    TRY(write_string_attribute(shard, "created", created));
    TRY(write_string_attribute(shard, "tool_version", DISTILL_VERSION));
done:
    return status;
}

/// Creates a file of HDF5's format 1.10, whose metadata have checksums.
static distill_status create_file(shard_writer *shard)
{
    distill_status status = DISTILL_OK;
    hid_t create = H5Pcreate(H5P_FILE_CREATE), access = H5Pcreate(H5P_FILE_ACCESS);
    if (create < 0 || access < 0 || H5Pset_obj_track_times(create, 0) < 0 ||
        H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) < 0 ||
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) < 0 ||
        H5Pset_file_locking(access, 0, 1) < 0) // the output directory has a lock
        TRY(hdf5_fail(DISTILL_INTERNAL, "%s: HDF5 does not accept the file's properties",
                      shard->path));
    shard->h5 = H5Fcreate(distill_atomic_path(shard->file), H5F_ACC_TRUNC, create, access);
    if (shard->h5 < 0)
        TRY(hdf5_fail(DISTILL_IO, "%s: cannot be created", shard->path));
done:
    if (create >= 0)
        H5Pclose(create);
    if (access >= 0)
        H5Pclose(access);
    return status;
}

static bool has_dataset(const shard_writer *shard, size_t i)
{
    return shard_has_dataset(shard->parts, i);
}

/// Creates the groups above a dataset that do not exist yet.
static distill_status create_groups(shard_writer *shard, const char *path)
{
    distill_status status = DISTILL_OK;
    char group[64];
    hid_t create = H5Pcreate(H5P_GROUP_CREATE);
    if (create < 0 || H5Pset_obj_track_times(create, 0) < 0)
        TRY(hdf5_fail(DISTILL_INTERNAL, "%s: HDF5 does not accept a group's properties",
                      shard->path));
    for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(group, sizeof group, "%.*s", (int)(slash - path), path);
        if (H5Lexists(shard->h5, group, H5P_DEFAULT) > 0)
            continue;
        hid_t id = H5Gcreate2(shard->h5, group, H5P_DEFAULT, create, H5P_DEFAULT);
        if (id < 0 || H5Gclose(id) < 0)
            TRY(hdf5_fail(DISTILL_IO, "%s: %s: cannot be created", shard->path, group));
    }
done:
    if (create >= 0)
        H5Pclose(create);
    return status;
}

static distill_status append_repeated(dataset_writer *writer, const void *value, uint64_t count)
{
    distill_status status = DISTILL_OK;
    for (uint64_t i = 0; i < count; i++)
        TRY(dataset_writer_append(writer, value, 1));
done:
    return status;
}

/// Appends the rows of the traces that are in the shard already, which do not have the part.
static distill_status fill_rows_before(shard_writer *shard, size_t i)
{
    const shard_dataset *spec = &SHARD_DATASETS[i];
    uint64_t count = 0;
    switch (spec->rows) {
    case SHARD_PER_OFFSET:
        count = shard->traces + 1;
        break;
    case SHARD_PER_TRACE:
        count = shard->traces;
        break;
    case SHARD_PER_TOKEN:
        count = shard->token_end;
        break;
    case SHARD_PER_BYTE:
    case SHARD_PER_TOPK: // created together with the tokens
        break;
    }
    return append_repeated(&shard->datasets[i], trace_type_absent(spec->type), count);
}

static distill_status create_part(shard_writer *shard, trace_part part)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++)
        if (SHARD_DATASETS[i].column->part == part)
            TRY(create_groups(shard, SHARD_DATASETS[i].path));
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++) {
        const shard_dataset *spec = &SHARD_DATASETS[i];
        if (spec->column->part != part)
            continue;
        TRY(dataset_writer_create(&shard->datasets[i], shard->h5, shard->pack, spec,
                                  spec->rows == SHARD_PER_TOPK ? shard->settings.topk : 1,
                                  shard->settings.compression_level));
        TRY(fill_rows_before(shard, i));
    }
    shard->parts |= (unsigned)part;
done:
    return status;
}

/// Parts that the shard needs for this record. Whether tokens have a top K is a setting of the
/// shard.
static unsigned parts_for(const shard_writer *shard, const trace_record *record)
{
    unsigned parts = trace_record_parts(record) & ~(unsigned)TRACE_PART_TOPK;
    if ((parts & TRACE_PART_TOKENS) != 0 && shard->settings.topk > 0)
        parts |= TRACE_PART_TOPK;
    return parts;
}

static distill_status create_parts(shard_writer *shard, unsigned parts)
{
    distill_status status = DISTILL_OK;
    for (unsigned part = 1; part <= parts; part <<= 1)
        if ((parts & part) != 0 && (shard->parts & part) == 0)
            TRY(create_part(shard, (trace_part)part));
done:
    return status;
}

distill_status shard_write_open(shard_writer **out, const char *path,
                                const shard_settings *settings)
{
    distill_status status = DISTILL_OK;
    shard_writer *shard = NULL;
    TRY(hdf5_start());
    TRY(DISTILL_NEW(&shard, 1));
    shard->h5 = -1;
    shard->settings = *settings;
    TRY(distill_copy_string(&shard->path, path, strlen(path)));
    TRY(distill_atomic_open(&shard->file, path));
    TRY(chunk_pack_create(&shard->pack, settings->compression_level));
    TRY(create_file(shard));
    TRY(create_part(shard, TRACE_PART_ALWAYS));
    TRY(create_parts(shard, settings->verdict ? TRACE_PART_VERDICT : 0));
    TRY(write_attributes(shard));
    *out = shard;
    shard = NULL;
done:
    shard_write_abort(&shard);
    return status;
}

static distill_status append_texts(shard_writer *shard, const trace_record *record)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < TRACE_TEXT_COUNT; i++) {
        if (!has_dataset(shard, 2 * i))
            continue;
        distill_span text = trace_column_text(record, SHARD_DATASETS[2 * i].column);
        shard->text_ends[i] += text.length;
        TRY(dataset_writer_append(&shard->datasets[2 * i], text.bytes, text.length));
        TRY(dataset_writer_append(&shard->datasets[2 * i + 1], &shard->text_ends[i], 1));
    }
done:
    return status;
}

static distill_status append_numbers(shard_writer *shard, const trace_record *record)
{
    distill_status status = DISTILL_OK;
    unsigned parts = trace_record_parts(record);
    for (size_t i = SHARD_FIRST_VALUES; i < SHARD_DATASET_COUNT; i++) {
        const shard_dataset *spec = &SHARD_DATASETS[i];
        char stored[8];
        if (spec->rows != SHARD_PER_TRACE || !has_dataset(shard, i))
            continue;
        bool present = shard_has_dataset(parts, i);
        if (present)
            trace_column_store(stored, record, spec->column);
        TRY(dataset_writer_append(&shard->datasets[i],
                                  present ? stored : trace_type_absent(spec->type), 1));
    }
done:
    return status;
}

static distill_status check_topk(const shard_writer *shard, const trace_record *record)
{
    bool has_topk = (trace_record_parts(record) & TRACE_PART_TOPK) != 0;
    if (record->token_ids == NULL || record->token_count == 0 || shard->settings.topk == 0 ||
        (has_topk && record->topk == shard->settings.topk))
        return DISTILL_OK;
    return distill_fail(DISTILL_INTERNAL,
                        "a trace with %zu log-probabilities a token among traces of %zu",
                        record->topk, shard->settings.topk);
}

static distill_status append_tokens(shard_writer *shard, const trace_record *record)
{
    distill_status status = DISTILL_OK;
    size_t count = record->token_ids != NULL ? record->token_count : 0;
    TRY(check_topk(shard, record));
    shard->token_end += count;
    TRY(dataset_writer_append(&shard->datasets[SHARD_TOKEN_COUNT], &shard->token_end, 1));
    for (size_t i = SHARD_FIRST_VALUES; i < SHARD_DATASET_COUNT; i++) {
        const shard_dataset *spec = &SHARD_DATASETS[i];
        if (!trace_column_is_array(spec->column) || !has_dataset(shard, i))
            continue;
        const void *values = trace_column_values(record, spec->column);
        if (count == 0 || values != NULL)
            TRY(dataset_writer_append(&shard->datasets[i], values, count));
        else
            TRY(append_repeated(&shard->datasets[i], trace_type_absent(spec->type), count));
    }
done:
    return status;
}

distill_status shard_write_row(shard_writer *shard, const trace_record *record)
{
    distill_status status = DISTILL_OK;
    TRY(trace_record_check(record));
    TRY(create_parts(shard, parts_for(shard, record)));
    TRY(append_texts(shard, record));
    TRY(append_numbers(shard, record));
    if ((shard->parts & TRACE_PART_TOKENS) != 0)
        TRY(append_tokens(shard, record));
    shard->traces++;
done:
    if (status != DISTILL_OK)
        status = distill_fail_context(status, "%s", shard->path);
    return status;
}

/// Closes the HDF5 file, which passes all bytes to the operating system.
static distill_status finish_file(shard_writer *shard)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++)
        if (has_dataset(shard, i))
            TRY(dataset_writer_flush(&shard->datasets[i]));
    TRY(chunk_pack_flush(shard->pack));
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++)
        if (has_dataset(shard, i))
            TRY(dataset_writer_finish(&shard->datasets[i]));
    hid_t h5 = shard->h5;
    if (H5Fflush(h5, H5F_SCOPE_GLOBAL) < 0)
        TRY(hdf5_fail(DISTILL_IO, "writing failed"));
    shard->h5 = -1;
    if (H5Fclose(h5) < 0)
        TRY(hdf5_fail(DISTILL_IO, "writing failed"));
done:
    return status;
}

/// Frees everything that uses HDF5 or compresses for it; a second call does nothing.
static void free_datasets(shard_writer *shard)
{
    chunk_pack_free(shard->pack);
    shard->pack = NULL;
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++)
        dataset_writer_free(&shard->datasets[i]);
    if (shard->h5 >= 0)
        H5Fclose(shard->h5);
    shard->h5 = -1;
}

distill_status shard_write_finish(shard_writer *shard)
{
    distill_status status = finish_file(shard);
    free_datasets(shard);
    if (status != DISTILL_OK)
        status = distill_fail_context(status, "%s", shard->path);
    return status;
}

distill_status shard_write_place(shard_writer **handle, shard_info *info)
{
    distill_status status = DISTILL_OK;
    shard_writer *shard = *handle;
    info->traces = shard->traces;
    distill_atomic_start_writeback(shard->file);
    TRY(distill_file_size(&info->bytes, distill_atomic_path(shard->file)));
    TRY(distill_sha256_file(info->sha256, distill_atomic_path(shard->file)));
    TRY(distill_atomic_commit(&shard->file));
done:
    if (status != DISTILL_OK)
        status = distill_fail_context(status, "%s", shard->path);
    shard_write_abort(handle);
    return status;
}

distill_status shard_write_commit(shard_writer **handle, shard_info *info)
{
    distill_status status = DISTILL_OK;
    TRY(shard_write_finish(*handle));
    TRY(shard_write_place(handle, info));
done:
    shard_write_abort(handle);
    return status;
}

void shard_write_abort(shard_writer **handle)
{
    shard_writer *shard = *handle;
    *handle = NULL;
    if (shard == NULL)
        return;
    free_datasets(shard);
    distill_atomic_abort(&shard->file);
    distill_free(shard->path);
    distill_free(shard);
}
