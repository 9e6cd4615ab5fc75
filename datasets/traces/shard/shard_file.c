// datasets/traces/shard/shard_file.c - one shard: types, shapes and lengths are checked when it is
// opened, ranges and values when a row is read.
#include "datasets/traces/shard/shard_file.h"

#include "datasets/traces/shard/dataset_reader.h"
#include "datasets/traces/shard/hdf5_error.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"

#include <string.h>

typedef struct block {
    void *bytes;
    size_t capacity;
} block;

struct shard_file {
    char *path;
    hid_t h5;
    uint64_t traces;
    unsigned parts;
    dataset_reader datasets[SHARD_DATASET_COUNT];
    block held[SHARD_DATASET_COUNT]; // what the last record's spans and arrays point to
};

static bool has_dataset(const shard_file *shard, size_t i)
{
    return shard_has_dataset(shard->parts, i);
}

distill_status shard_file_attribute(const shard_file *shard, const char *name, distill_text *out)
{
    distill_status status = DISTILL_OK;
    hid_t attribute = -1, type = -1, space = -1, memory = H5Tcopy(H5T_C_S1);
    char *text = NULL;
    distill_text_clear(out);
    if (H5Aexists(shard->h5, name) <= 0)
        goto done;
    attribute = H5Aopen(shard->h5, name, H5P_DEFAULT);
    type = attribute >= 0 ? H5Aget_type(attribute) : -1;
    space = attribute >= 0 ? H5Aget_space(attribute) : -1;
    if (type < 0 || space < 0 || H5Tget_class(type) != H5T_STRING ||
        H5Sget_simple_extent_npoints(space) != 1)
        TRY(distill_fail(DISTILL_FORMAT, "attribute %s: expected a string", name));
    if (H5Tis_variable_str(type) > 0) {
        if (memory < 0 || H5Tset_size(memory, H5T_VARIABLE) < 0 ||
            H5Tset_cset(memory, H5Tget_cset(type)) < 0 || H5Aread(attribute, memory, &text) < 0)
            TRY(hdf5_fail(DISTILL_FORMAT, "attribute %s: damaged", name));
        TRY(distill_text_add(out, text != NULL ? text : ""));
    } else {
        size_t size = H5Tget_size(type);
        if (size == 0 || size > 1u << 20)
            TRY(distill_fail(DISTILL_FORMAT, "attribute %s: %zu bytes are too many", name, size));
        TRY(distill_text_reserve(out, size + 1));
        if (H5Aread(attribute, type, out->bytes) < 0)
            TRY(hdf5_fail(DISTILL_FORMAT, "attribute %s: damaged", name));
        out->bytes[size] = '\0';
        out->length = strlen(out->bytes);
    }
done:
    if (text != NULL)
        H5free_memory(text);
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    if (attribute >= 0)
        H5Aclose(attribute);
    if (memory >= 0)
        H5Tclose(memory);
    H5Eclear2(H5E_DEFAULT);
    return status;
}

static distill_status check_version(const shard_file *shard)
{
    distill_status status = DISTILL_OK;
    distill_text format = {0};
    int32_t version = 0;
    hid_t attribute = -1, space = -1;
    TRY(shard_file_attribute(shard, "format", &format));
    if (!distill_span_is(distill_text_span(&format), "distill-traces"))
        TRY(distill_fail(DISTILL_FORMAT, "not a trace shard: its attribute format is \"%.80s\"",
                         format.length > 0 ? format.bytes : ""));
    if (H5Aexists(shard->h5, "version") > 0)
        attribute = H5Aopen(shard->h5, "version", H5P_DEFAULT);
    space = attribute >= 0 ? H5Aget_space(attribute) : -1;
    if (space < 0 || H5Sget_simple_extent_npoints(space) != 1 ||
        H5Aread(attribute, H5T_NATIVE_INT32, &version) < 0)
        TRY(hdf5_fail(DISTILL_FORMAT, "attribute version: expected a number"));
    if (version != 1)
        TRY(distill_fail(DISTILL_FORMAT,
                         "version %d of the format; this program reads version 1, use a newer one",
                         version));
done:
    if (space >= 0)
        H5Sclose(space);
    if (attribute >= 0)
        H5Aclose(attribute);
    distill_text_free(&format);
    return status;
}

/// A part is there if one of its datasets is; then all of them must be. Arrays without token ids
/// are ignored.
static unsigned find_parts(const shard_file *shard)
{
    unsigned parts = 0;
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++) {
        const trace_column *column = SHARD_DATASETS[i].column;
        unsigned part = (unsigned)column->part;
        bool usable = part == TRACE_PART_TOKENS || !trace_column_is_array(column) ||
                      (parts & TRACE_PART_TOKENS) != 0;
        if (usable && (parts & part) != part &&
            dataset_path_exists(shard->h5, SHARD_DATASETS[i].path))
            parts |= part;
    }
    return parts;
}

/// Sets *rows to the rows that dataset `i` must have: bytes and tokens end where their offsets end.
static distill_status expected_rows(shard_file *shard, size_t i, uint64_t *rows)
{
    distill_status status = DISTILL_OK;
    dataset_reader *offsets = NULL;
    switch (SHARD_DATASETS[i].rows) {
    case SHARD_PER_TRACE:
        *rows = shard->traces;
        return DISTILL_OK;
    case SHARD_PER_OFFSET:
        *rows = shard->traces + 1;
        return DISTILL_OK;
    case SHARD_PER_BYTE:
        offsets = &shard->datasets[i + 1];
        break;
    case SHARD_PER_TOKEN:
    case SHARD_PER_TOPK:
        offsets = &shard->datasets[SHARD_TOKEN_COUNT];
        break;
    }
    uint64_t first = 0;
    if (offsets->rows != shard->traces + 1)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected %llu offsets for %llu traces, found %llu",
                         offsets->spec->path, (unsigned long long)shard->traces + 1,
                         (unsigned long long)shard->traces, (unsigned long long)offsets->rows));
    TRY(dataset_reader_read(offsets, &first, 0, 1));
    TRY(dataset_reader_read(offsets, rows, shard->traces, 1));
    if (first != 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the first offset must be 0, found %llu",
                         offsets->spec->path, (unsigned long long)first));
done:
    return status;
}

static distill_status open_datasets(shard_file *shard)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++)
        if (has_dataset(shard, i))
            TRY(dataset_reader_open(&shard->datasets[i], shard->h5, &SHARD_DATASETS[i]));
    shard->traces = shard->datasets[SHARD_SAMPLE].rows;
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++) {
        uint64_t rows = 0;
        if (!has_dataset(shard, i))
            continue;
        TRY(expected_rows(shard, i, &rows));
        if (shard->datasets[i].rows != rows)
            TRY(distill_fail(DISTILL_FORMAT, "%s: expected %llu rows, found %llu",
                             SHARD_DATASETS[i].path, (unsigned long long)rows,
                             (unsigned long long)shard->datasets[i].rows));
    }
    if (has_dataset(shard, SHARD_TOPK_IDS) &&
        shard->datasets[SHARD_TOPK_IDS].width != shard->datasets[SHARD_TOPK_LOGPROBS].width)
        TRY(distill_fail(DISTILL_FORMAT, "/traces/topk: ids and logprobs differ in width"));
done:
    return status;
}

static distill_status open_h5(shard_file *shard)
{
    distill_status status = DISTILL_OK;
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    uint64_t bytes = 0;
    TRY(distill_file_size(&bytes, shard->path)); // gives the system's message for an absent file
    if (access < 0 || H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) < 0 ||
        H5Pset_file_locking(access, 0, 1) < 0)
        TRY(hdf5_fail(DISTILL_INTERNAL, "HDF5: a property list of a file cannot be created"));
    shard->h5 = H5Fopen(shard->path, H5F_ACC_RDONLY, access);
    if (shard->h5 < 0)
        TRY(hdf5_fail(DISTILL_FORMAT, "%s: not a readable HDF5 file", shard->path));
done:
    if (access >= 0)
        H5Pclose(access);
    return status;
}

distill_status shard_file_open(shard_file **out, const char *path)
{
    distill_status status = DISTILL_OK;
    shard_file *shard = NULL;
    TRY(hdf5_start());
    TRY(DISTILL_NEW(&shard, 1));
    shard->h5 = -1;
    TRY(distill_copy_string(&shard->path, path, strlen(path)));
    TRY(open_h5(shard));
    status = check_version(shard);
    if (status == DISTILL_OK) {
        shard->parts = find_parts(shard);
        status = open_datasets(shard);
    }
    if (status != DISTILL_OK)
        TRY(distill_fail_context(status, "%s", path));
    *out = shard;
    shard = NULL;
done:
    shard_file_close(shard);
    return status;
}

uint64_t shard_file_count(const shard_file *shard)
{
    return shard->traces;
}

/// Reads rows of dataset `i` into its block.
static distill_status hold(shard_file *shard, size_t i, uint64_t first, size_t count)
{
    distill_status status = DISTILL_OK;
    dataset_reader *reader = &shard->datasets[i];
    block *held = &shard->held[i];
    size_t bytes = count * reader->row_bytes;
    if (held->capacity < bytes + 1) {
        TRY(distill_grow(&held->bytes, 0, bytes + bytes / 4 + 64, 1));
        held->capacity = bytes + bytes / 4 + 64;
    }
    TRY(dataset_reader_read(reader, held->bytes, first, count));
    ((char *)held->bytes)[bytes] = '\0';
done:
    return status;
}

distill_status shard_file_check_range(const shard_dataset *offsets, uint64_t row,
                                      const uint64_t pair[2], uint64_t end)
{
    bool tokens = offsets == &SHARD_DATASETS[SHARD_TOKEN_COUNT];
    uint64_t most = tokens ? TRACE_MOST_TOKENS : TRACE_MOST_TEXT_BYTES;
    if (pair[0] > pair[1] || pair[1] > end)
        return distill_fail(DISTILL_FORMAT, "%s: row %llu ends at %llu and begins at %llu",
                            offsets->path, (unsigned long long)row, (unsigned long long)pair[1],
                            (unsigned long long)pair[0]);
    if (pair[1] - pair[0] > most)
        return distill_fail(DISTILL_LIMIT, "%s: row %llu: a length of %llu is more than %llu",
                            offsets->path, (unsigned long long)row,
                            (unsigned long long)(pair[1] - pair[0]), (unsigned long long)most);
    return DISTILL_OK;
}

/// Sets *first and *count to the range of row `row` in the dataset that `offsets` divides, which
/// has `end` rows.
static distill_status range_of(dataset_reader *offsets, uint64_t row, uint64_t end, uint64_t *first,
                               size_t *count)
{
    distill_status status = DISTILL_OK;
    uint64_t pair[2] = {0, 0};
    TRY(dataset_reader_read(offsets, pair, row, 2));
    TRY(shard_file_check_range(offsets->spec, row, pair, end));
    *first = pair[0];
    *count = pair[1] - pair[0];
done:
    return status;
}

static distill_status read_text(shard_file *shard, size_t text, uint64_t row, trace_record *record)
{
    distill_status status = DISTILL_OK;
    uint64_t first = 0;
    size_t count = 0;
    TRY(range_of(&shard->datasets[2 * text + 1], row, shard->datasets[2 * text].rows, &first,
                 &count));
    TRY(hold(shard, 2 * text, first, count));
    trace_column_set_text(record, SHARD_DATASETS[2 * text].column,
                          (distill_span){shard->held[2 * text].bytes, count});
done:
    return status;
}

static distill_status read_tokens(shard_file *shard, uint64_t row, trace_record *record)
{
    distill_status status = DISTILL_OK;
    uint64_t first = 0;
    TRY(range_of(&shard->datasets[SHARD_TOKEN_COUNT], row, shard->datasets[SHARD_TOKEN_IDS].rows,
                 &first, &record->token_count));
    for (size_t i = SHARD_FIRST_VALUES; i < SHARD_DATASET_COUNT; i++) {
        const shard_dataset *spec = &SHARD_DATASETS[i];
        if (!trace_column_is_array(spec->column) || !has_dataset(shard, i))
            continue;
        TRY(hold(shard, i, first, record->token_count));
        trace_column_set_values(record, spec->column, shard->held[i].bytes);
        if (spec->rows == SHARD_PER_TOPK)
            record->topk = shard->datasets[i].width;
    }
done:
    return status;
}

static distill_status read_numbers(shard_file *shard, uint64_t row, trace_record *record)
{
    distill_status status = DISTILL_OK;
    for (size_t i = SHARD_FIRST_VALUES; i < SHARD_DATASET_COUNT; i++) {
        char stored[8];
        if (SHARD_DATASETS[i].rows != SHARD_PER_TRACE || !has_dataset(shard, i))
            continue;
        TRY(dataset_reader_read(&shard->datasets[i], stored, row, 1));
        trace_column_load(record, SHARD_DATASETS[i].column, stored);
    }
    record->has_verdict = (shard->parts & TRACE_PART_VERDICT) != 0;
done:
    return status;
}

distill_status shard_file_check_record(const trace_record *record, uint64_t row)
{
    unsigned long long number = row;
    if ((unsigned)record->finish > TRACE_FINISH_ERROR)
        return distill_fail(DISTILL_FORMAT,
                            "/traces/finish: row %llu: expected 0, 1 or 2, found %u", number,
                            (unsigned)record->finish);
    if (record->prompt_tokens < 0 || record->response_tokens < 0)
        return distill_fail(DISTILL_FORMAT, "/traces/*_tokens: row %llu: a negative count", number);
    if (record->correct < -1 || record->correct > 1)
        return distill_fail(DISTILL_FORMAT,
                            "/traces/verdict/correct: row %llu: expected -1, 0 or 1", number);
    if (trace_reason_name(record->reason)[0] == '?')
        return distill_fail(DISTILL_FORMAT, "/traces/verdict/reason: row %llu: %u is not a reason",
                            number, (unsigned)record->reason);
    return DISTILL_OK;
}

dataset_reader *shard_file_dataset(shard_file *shard, size_t dataset)
{
    return has_dataset(shard, dataset) ? &shard->datasets[dataset] : NULL;
}

const char *shard_file_path(const shard_file *shard)
{
    return shard->path;
}

static distill_status check_row(const shard_file *shard, uint64_t row)
{
    if (row < shard->traces)
        return DISTILL_OK;
    return distill_fail(DISTILL_INTERNAL, "%s: trace %llu of %llu was requested", shard->path,
                        (unsigned long long)row, (unsigned long long)shard->traces);
}

distill_status shard_file_read(shard_file *shard, uint64_t row, trace_record *record)
{
    distill_status status = DISTILL_OK;
    *record = (trace_record){.id = {"", 0}};
    TRY(check_row(shard, row));
    for (size_t text = 0; text < TRACE_TEXT_COUNT; text++)
        if (has_dataset(shard, 2 * text))
            TRY(read_text(shard, text, row, record));
    TRY(read_numbers(shard, row, record));
    if ((shard->parts & TRACE_PART_TOKENS) != 0)
        TRY(read_tokens(shard, row, record));
    TRY(shard_file_check_record(record, row));
done:
    if (status != DISTILL_OK)
        status = distill_fail_context(status, "%s", shard->path);
    return status;
}

distill_status shard_file_read_key(shard_file *shard, uint64_t row, distill_span *id,
                                   int32_t *sample)
{
    distill_status status = DISTILL_OK;
    trace_record record = {.id = {"", 0}};
    TRY(check_row(shard, row));
    TRY(read_text(shard, SHARD_ID_BYTES / 2, row, &record));
    TRY(dataset_reader_read(&shard->datasets[SHARD_SAMPLE], sample, row, 1));
    *id = record.id;
done:
    if (status != DISTILL_OK)
        status = distill_fail_context(status, "%s", shard->path);
    return status;
}

void shard_file_close(shard_file *shard)
{
    if (shard == NULL)
        return;
    for (size_t i = 0; i < SHARD_DATASET_COUNT; i++) {
        dataset_reader_close(&shard->datasets[i]);
        distill_free(shard->held[i].bytes);
    }
    if (shard->h5 >= 0)
        H5Fclose(shard->h5);
    distill_free(shard->path);
    distill_free(shard);
}
