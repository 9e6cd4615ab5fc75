// datasets/traces/shard/shard_write.c - a shard, written to a temporary name.
#include "datasets/traces/shard/shard_write.h"

#include "datasets/traces/shard/hdf5_column_write.h"
#include "datasets/traces/shard/hdf5_error.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/options/options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct shard_writer {
    distill_atomic_file *file;
    char *path;
    hid_t h5;
    shard_settings settings;
    unsigned parts; // SHARD_TOKENS | …
    chunk_pack *pack;
    hdf5_column_out columns[SHARD_DATASETS];
    uint64_t text_ends[SHARD_TEXTS];
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
        TRY(hdf5_fail(DISTILL_INTERNAL, "HDF5 refuses a string type"));
    TRY(write_attribute(shard, name, type, &text));
done:
    if (type >= 0)
        H5Tclose(type);
    return status;
}

/// Now in UTC; SOURCE_DATE_EPOCH (reproducible-builds.org) fixes it.
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

/// Format 1.10: the library's metadata carry checksums of their own.
static distill_status create_file(shard_writer *shard)
{
    distill_status status = DISTILL_OK;
    hid_t create = H5Pcreate(H5P_FILE_CREATE), access = H5Pcreate(H5P_FILE_ACCESS);
    if (create < 0 || access < 0 || H5Pset_obj_track_times(create, 0) < 0 ||
        H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) < 0 ||
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) < 0 ||
        H5Pset_file_locking(access, 0, 1) < 0) // the output has a lock of its own
        TRY(hdf5_fail(DISTILL_INTERNAL, "%s: HDF5 refuses the file's settings", shard->path));
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

static bool has_column(const shard_writer *shard, size_t i)
{
    return (SHARD_COLUMNS[i].part & shard->parts) == SHARD_COLUMNS[i].part;
}

/// The groups of `part`, which the file does not have yet.
static distill_status create_groups(shard_writer *shard, unsigned part)
{
    distill_status status = DISTILL_OK;
    hid_t links = H5Pcreate(H5P_LINK_CREATE), create = H5Pcreate(H5P_GROUP_CREATE);
    static const struct {
        const char *path;
        unsigned part;
    } GROUPS[] = {{"/traces", SHARD_ALWAYS},
                  {"/traces/tokens", SHARD_TOKENS},
                  {"/traces/topk", SHARD_TOPK},
                  {"/traces/verdict", SHARD_VERDICT},
#define TEXT_GROUP(name, field, part, path) {path, part},
                  SHARD_TEXT_LIST(TEXT_GROUP)
#undef TEXT_GROUP
    };
    if (links < 0 || create < 0 || H5Pset_obj_track_times(create, 0) < 0)
        TRY(hdf5_fail(DISTILL_INTERNAL, "%s: HDF5 refuses a group's settings", shard->path));
    for (size_t i = 0; i < sizeof GROUPS / sizeof *GROUPS; i++) {
        if (GROUPS[i].part != part)
            continue;
        hid_t group = H5Gcreate2(shard->h5, GROUPS[i].path, links, create, H5P_DEFAULT);
        if (group < 0 || H5Gclose(group) < 0)
            TRY(hdf5_fail(DISTILL_IO, "%s: %s: cannot be created", shard->path, GROUPS[i].path));
    }
done:
    if (links >= 0)
        H5Pclose(links);
    if (create >= 0)
        H5Pclose(create);
    return status;
}

static distill_status append_repeated(hdf5_column_out *column, const void *value, uint64_t count)
{
    distill_status status = DISTILL_OK;
    for (uint64_t i = 0; i < count; i++)
        TRY(hdf5_column_out_append(column, value, 1));
done:
    return status;
}

/// Rows of a column that begins after traces which do not have it.
static distill_status fill_rows_before(shard_writer *shard, size_t i)
{
    static const uint64_t zero = 0;
    static const int8_t unknown = -1;
    static const float nan = NAN;
    hdf5_column_out *column = &shard->columns[i];
    switch (SHARD_COLUMNS[i].rows) {
    case SHARD_PER_OFFSET:
        return append_repeated(column, &zero, shard->traces + 1);
    case SHARD_PER_TRACE:
        return append_repeated(column, i == SHARD_CORRECT_VALUES ? (const void *)&unknown : &zero,
                               shard->traces);
    case SHARD_PER_TOKEN:
        return append_repeated(column, &nan, shard->token_end);
    case SHARD_PER_BYTE:
    case SHARD_PER_TOPK:
        break;
    }
    return DISTILL_OK;
}

static distill_status create_part(shard_writer *shard, unsigned part)
{
    distill_status status = DISTILL_OK;
    TRY(create_groups(shard, part));
    for (size_t i = 0; i < SHARD_DATASETS; i++) {
        const shard_column *spec = &SHARD_COLUMNS[i];
        if (spec->part != part)
            continue;
        TRY(hdf5_column_out_create(&shard->columns[i], shard->h5, shard->pack, spec,
                                   spec->rows == SHARD_PER_TOPK ? shard->settings.topk : 1,
                                   shard->settings.compression_level));
        TRY(fill_rows_before(shard, i));
    }
    shard->parts |= part;
done:
    return status;
}

/// Parts that the shard needs for this record.
static unsigned parts_of(const shard_writer *shard, const trace_record *record)
{
    unsigned parts = 0;
    if (record->token_ids != NULL) {
        parts |= SHARD_TOKENS;
        if (record->logprobs != NULL)
            parts |= SHARD_LOGPROBS;
        if (shard->settings.topk > 0)
            parts |= SHARD_TOPK;
    }
    if (record->has_verdict)
        parts |= SHARD_VERDICT;
    if (record->error.length > 0)
        parts |= SHARD_ERROR;
    if (record->tests.length > 0)
        parts |= SHARD_TESTS;
    return parts;
}

static distill_status create_parts(shard_writer *shard, unsigned parts)
{
    distill_status status = DISTILL_OK;
    for (unsigned part = 1; part <= parts; part <<= 1)
        if ((parts & part) != 0 && (shard->parts & part) == 0)
            TRY(create_part(shard, part));
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
    TRY(create_part(shard, SHARD_ALWAYS));
    TRY(create_parts(shard, settings->verdict ? SHARD_VERDICT : 0));
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
    const distill_span texts[SHARD_TEXTS] = {
#define TEXT_FIELD(name, field, part, path) record->field,
        SHARD_TEXT_LIST(TEXT_FIELD)
#undef TEXT_FIELD
    };
    for (size_t i = 0; i < SHARD_TEXTS; i++) {
        if (!has_column(shard, 2 * i))
            continue;
        shard->text_ends[i] += texts[i].length;
        TRY(hdf5_column_out_append(&shard->columns[2 * i], texts[i].bytes, texts[i].length));
        TRY(hdf5_column_out_append(&shard->columns[2 * i + 1], &shard->text_ends[i], 1));
    }
done:
    return status;
}

static distill_status append_tokens(shard_writer *shard, const trace_record *record)
{
    distill_status status = DISTILL_OK;
    hdf5_column_out *columns = shard->columns;
    size_t count = record->token_ids != NULL ? record->token_count : 0;
    static const float nan = NAN;
    shard->token_end += count;
    TRY(hdf5_column_out_append(&columns[SHARD_TOKEN_OFFSETS_VALUES], &shard->token_end, 1));
    TRY(hdf5_column_out_append(&columns[SHARD_TOKEN_IDS_VALUES], record->token_ids, count));
    if (has_column(shard, SHARD_LOGPROBS_VALUES)) {
        hdf5_column_out *column = &columns[SHARD_LOGPROBS_VALUES];
        if (record->logprobs != NULL)
            TRY(hdf5_column_out_append(column, record->logprobs, count));
        else
            TRY(append_repeated(column, &nan, count));
    }
    if (has_column(shard, SHARD_TOPK_IDS_VALUES)) {
        if (count > 0 && (record->topk != shard->settings.topk || record->topk_ids == NULL ||
                          record->topk_logprobs == NULL))
            TRY(distill_fail(DISTILL_INTERNAL,
                             "a trace with %zu log-probabilities a token among traces of %zu",
                             record->topk, shard->settings.topk));
        TRY(hdf5_column_out_append(&columns[SHARD_TOPK_IDS_VALUES], record->topk_ids, count));
        TRY(hdf5_column_out_append(&columns[SHARD_TOPK_LOGPROBS_VALUES], record->topk_logprobs,
                                   count));
    }
done:
    return status;
}

static distill_status append_values(shard_writer *shard, const trace_record *record)
{
    distill_status status = DISTILL_OK;
    hdf5_column_out *columns = shard->columns;
    uint8_t finish = (uint8_t)record->finish;
    TRY(hdf5_column_out_append(&columns[SHARD_SAMPLE_VALUES], &record->sample, 1));
    TRY(hdf5_column_out_append(&columns[SHARD_FINISH_VALUES], &finish, 1));
    TRY(hdf5_column_out_append(&columns[SHARD_PROMPT_TOKENS_VALUES], &record->prompt_tokens, 1));
    TRY(hdf5_column_out_append(&columns[SHARD_RESPONSE_TOKENS_VALUES], &record->response_tokens,
                               1));
    if ((shard->parts & SHARD_VERDICT) != 0) {
        int8_t correct = record->has_verdict ? record->correct : -1;
        uint8_t reason = record->has_verdict ? (uint8_t)record->reason : 0;
        TRY(hdf5_column_out_append(&columns[SHARD_CORRECT_VALUES], &correct, 1));
        TRY(hdf5_column_out_append(&columns[SHARD_REASON_VALUES], &reason, 1));
    }
done:
    return status;
}

distill_status shard_write_row(shard_writer *shard, const trace_record *record)
{
    distill_status status = DISTILL_OK;
    TRY(trace_record_check(record));
    TRY(create_parts(shard, parts_of(shard, record)));
    TRY(append_texts(shard, record));
    TRY(append_values(shard, record));
    if ((shard->parts & SHARD_TOKENS) != 0)
        TRY(append_tokens(shard, record));
    shard->traces++;
done:
    if (status != DISTILL_OK)
        status = distill_fail_context(status, "%s", shard->path);
    return status;
}

/// Closes the HDF5 file so that every byte is with the operating system.
static distill_status finish_file(shard_writer *shard)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < SHARD_DATASETS; i++)
        if (has_column(shard, i))
            TRY(hdf5_column_out_flush(&shard->columns[i]));
    TRY(chunk_pack_flush(shard->pack));
    for (size_t i = 0; i < SHARD_DATASETS; i++)
        if (has_column(shard, i))
            TRY(hdf5_column_out_finish(&shard->columns[i]));
    hid_t h5 = shard->h5;
    if (H5Fflush(h5, H5F_SCOPE_GLOBAL) < 0)
        TRY(hdf5_fail(DISTILL_IO, "writing failed"));
    shard->h5 = -1;
    if (H5Fclose(h5) < 0)
        TRY(hdf5_fail(DISTILL_IO, "writing failed"));
done:
    return status;
}

/// All that belongs to HDF5 or compresses for it; a second time there is nothing left.
static void free_columns(shard_writer *shard)
{
    chunk_pack_free(shard->pack);
    shard->pack = NULL;
    for (size_t i = 0; i < SHARD_DATASETS; i++)
        hdf5_column_out_free(&shard->columns[i]);
    if (shard->h5 >= 0)
        H5Fclose(shard->h5);
    shard->h5 = -1;
}

distill_status shard_write_finish(shard_writer *shard)
{
    distill_status status = finish_file(shard);
    free_columns(shard);
    if (status != DISTILL_OK)
        status = distill_fail_context(status, "%s", shard->path);
    return status;
}

distill_status shard_write_place(shard_writer **handle, shard_info *info)
{
    distill_status status = DISTILL_OK;
    shard_writer *shard = *handle;
    info->traces = shard->traces;
    distill_atomic_hurry(shard->file);
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
    free_columns(shard);
    distill_atomic_abort(&shard->file);
    distill_free(shard->path);
    distill_free(shard);
}
