// Damaged and forged shards: an error that names shard and dataset, never a crash.
#include "datasets/traces/shard/trace_reader.h"

#include "datasets/traces/shard/shard_file.h"
#include "datasets/traces/shard/shard_write.h"
#include "datasets/traces/shard/zstd_filter.h"
#include "datasets/traces/trace_store.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "tests/support/shared_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != DISTILL_OK)                                                                  \
            fail_msg("%s", distill_error_message());                                               \
    } while (0)

enum { TRACES = 6 };

/// The HDF5 library loses memory of its own when it finds damaged metadata.
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

static const char *shard_path(void)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/shard.h5", scratch_folder());
    return path;
}

/// Writes a good shard of TRACES traces with every part.
static void write_shard(void)
{
    shard_writer *shard = NULL;
    shard_info info;
    static const int32_t ids[] = {1, 2, 3}, topk_ids[] = {1, 4, 2, 5, 3, 6};
    static const float logprobs[] = {-0.5f, -1, -2};
    static const uint16_t topk_logprobs[] = {0xB800, 0xC000, 0xB800, 0xC000, 0xB800, 0xC000};
    shard_settings settings = {
        .teacher = "t", .settings_json = "{}", .compression_level = 3, .topk = 2};
    trace_record record = {
        .id = distill_span_of("id"),
        .prompt = distill_span_of("prompt"),
        .response = distill_span_of("a longer response"),
        .answer = distill_span_of("4"),
        .domain = distill_span_of("math"),
        .language = distill_span_of("en"),
        .token_ids = ids,
        .logprobs = logprobs,
        .token_count = 3,
        .topk = 2,
        .topk_ids = topk_ids,
        .topk_logprobs = topk_logprobs,
        .has_verdict = true,
        .correct = 1,
        .extracted = distill_span_of("4"),
        .error = distill_span_of("no reply"),
    };
    MUST(shard_write_open(&shard, shard_path(), &settings));
    for (int32_t i = 0; i < TRACES; i++) {
        record.sample = i;
        MUST(shard_write_row(shard, &record));
    }
    MUST(shard_write_commit(&shard, &info));
    assert_int_equal(info.traces, TRACES);
}

static hid_t open_for_damage(void)
{
    hid_t file = H5Fopen(shard_path(), H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

/// Reads all traces; DISTILL_OK if no error occurs.
static distill_status read_all(void)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = NULL;
    trace_record record;
    TRY(trace_reader_open(&reader, shard_path()));
    for (size_t i = 0; i < trace_reader_count(reader); i++)
        TRY(trace_reader_read(reader, i, &record));
done:
    trace_reader_close(reader);
    return status;
}

static void assert_refused(const char *words)
{
    assert_int_equal(read_all(), DISTILL_FORMAT);
    const char *message = distill_error_message();
    if (strstr(message, words) == NULL || strstr(message, "shard.h5") == NULL)
        fail_msg("expected \"%s\" in: %s", words, message);
}

/// Puts another dataset in the place of `path`: contiguous, of the given type and size.
static void replace_dataset(const char *path, hid_t type, int rank, const hsize_t *size,
                            const void *values)
{
    hid_t file = open_for_damage();
    hid_t space = H5Screate_simple(rank, size, NULL);
    assert_true(H5Ldelete(file, path, H5P_DEFAULT) >= 0);
    hid_t dataset = H5Dcreate2(file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(dataset >= 0);
    if (values != NULL)
        assert_true(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Fclose(file);
}

static void replace_offsets(const char *path, const uint64_t offsets[TRACES + 1])
{
    hsize_t size = TRACES + 1;
    replace_dataset(path, H5T_STD_U64LE, 1, &size, offsets);
}

static void a_good_shard_is_read(void **state)
{
    (void)state;
    write_shard();
    MUST(read_all());
    // other tools may store datasets in one piece
    hsize_t size = TRACES;
    int32_t samples[TRACES] = {5, 4, 3, 2, 1, 0};
    replace_dataset("/traces/sample", H5T_STD_I32LE, 1, &size, samples);
    trace_reader *reader = NULL;
    trace_record record;
    MUST(trace_reader_open(&reader, shard_path()));
    MUST(trace_reader_read(reader, 1, &record));
    assert_int_equal(record.sample, 4);
    assert_int_equal(trace_reader_read(reader, TRACES, &record), DISTILL_USAGE);
    trace_reader_close(reader);
}

static void missing_datasets_are_named(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "/traces/id/bytes",       "/traces/response/offsets", "/traces/sample",
        "/traces/finish",         "/traces/answer",           "/traces/tokens/offsets",
        "/traces/topk/logprobs",  "/traces/verdict/correct",  "/traces/verdict/extracted/bytes",
        "/traces/response_tokens"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        write_shard();
        hid_t file = open_for_damage();
        assert_true(H5Ldelete(file, paths[i], H5P_DEFAULT) >= 0);
        H5Fclose(file);
        assert_refused(paths[i]);
    }
}

static void wrong_types_and_shapes_are_named(void **state)
{
    (void)state;
    hsize_t size = TRACES, flat[2] = {TRACES, 1}, shorter = TRACES - 1;
    write_shard();
    replace_dataset("/traces/sample", H5T_IEEE_F32LE, 1, &size, NULL);
    assert_refused("/traces/sample: expected int32");
    write_shard();
    replace_dataset("/traces/sample", H5T_STD_I32LE, 2, flat, NULL);
    assert_refused("/traces/sample: expected 1 dimension");
    write_shard();
    replace_dataset("/traces/finish", H5T_STD_U8LE, 1, &shorter, "\0\0\0\0\0\0");
    assert_refused("/traces/finish: expected 6 rows, found 5");
    write_shard();
    replace_dataset("/traces/finish", H5T_STD_U8LE, 1, &size, "\0\0\7\0\0\0");
    assert_refused("/traces/finish: row 2");
    write_shard();
    replace_dataset("/traces/verdict/reason", H5T_STD_U8LE, 1, &size, "\0\0\0\0\0\xFF");
    assert_refused("255 is not a reason");
    write_shard();
    replace_dataset("/traces/verdict/correct", H5T_STD_I8LE, 1, &size, "\0\0\0\0\0\x7F");
    assert_refused("expected -1, 0 or 1");
    write_shard();
    int32_t negative[TRACES] = {0, 0, -1, 0, 0, 0};
    replace_dataset("/traces/response_tokens", H5T_STD_I32LE, 1, &size, negative);
    assert_refused("a negative count");
}

static void wrong_offsets_are_named(void **state)
{
    (void)state;
    uint64_t end = TRACES * strlen("a longer response");
    const char *path = "/traces/response/offsets";
    write_shard();
    replace_offsets(path, (uint64_t[]){0, 17, 10, 51, 68, 85, end});
    assert_refused("/traces/response/offsets: row 1 ends at 10 and begins at 17");
    write_shard();
    replace_offsets(path, (uint64_t[]){0, 17, 34, 51, 68, 85, end + 1});
    assert_refused("/traces/response/bytes: expected 103 rows, found 102");
    write_shard();
    replace_offsets(path, (uint64_t[]){0, 17, UINT64_MAX, 51, 68, 85, end});
    assert_refused("/traces/response/offsets: row 1");
    write_shard();
    replace_offsets(path, (uint64_t[]){1, 17, 34, 51, 68, 85, end});
    assert_refused("the first offset must be 0");
    write_shard();
    replace_offsets("/traces/tokens/offsets", (uint64_t[]){0, 3, 6, 9, 12, 15, 1u << 30});
    assert_refused("/traces/tokens/ids: expected 1073741824 rows");
    write_shard();
    hsize_t size = 2;
    replace_dataset(path, H5T_STD_U64LE, 1, &size, (uint64_t[]){0, end});
    assert_refused("/traces/response/offsets: expected 7");
}

/// Makes `path` an empty chunked dataset that declares `rows` rows.
static void claim_rows(const char *path, hid_t type, hsize_t rows, hsize_t chunk)
{
    hid_t file = open_for_damage(), create = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t most = H5S_UNLIMITED;
    hid_t space = H5Screate_simple(1, &rows, &most);
    assert_true(H5Ldelete(file, path, H5P_DEFAULT) >= 0);
    H5Pset_chunk(create, 1, &chunk);
    hid_t dataset = H5Dcreate2(file, path, type, space, H5P_DEFAULT, create, H5P_DEFAULT);
    assert_true(dataset >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Pclose(create);
    H5Fclose(file);
}

static void huge_sizes_are_refused_before_memory_is_allocated(void **state)
{
    (void)state;
    write_shard();
    size_t before = distill_memory_peak();
    claim_rows("/traces/sample", H5T_STD_I32LE, (hsize_t)1 << 40, 1 << 12);
    assert_refused("/traces/sample: 1099511627776 rows need");
    write_shard();
    claim_rows("/traces/sample", H5T_STD_I32LE, TRACES, (hsize_t)1 << 28);
    assert_refused("/traces/sample: chunks of 268435456 rows");
    write_shard();
    claim_rows("/traces/response/bytes", H5T_STD_U8LE, TRACES * 17, 1 << 10);
    assert_refused("/traces/response/bytes: 102 rows need 1 chunks, found 0");
    write_shard();
    hsize_t size = (hsize_t)1 << 50;
    replace_dataset("/traces/response/bytes", H5T_STD_U8LE, 1, &size, NULL);
    assert_refused("do not fit in the file");
    assert_true(distill_memory_peak() <
                before + (512u << 20)); // the sanitizer delays the reuse of freed memory
}

static void data_elsewhere_are_not_fetched(void **state)
{
    (void)state;
    hsize_t size = TRACES;
    write_shard();
    hid_t file = open_for_damage();
    assert_true(H5Ldelete(file, "/traces/sample", H5P_DEFAULT) >= 0);
    assert_true(H5Lcreate_external("/etc/passwd", "/x", file, "/traces/sample", H5P_DEFAULT,
                                   H5P_DEFAULT) >= 0);
    H5Fclose(file);
    assert_refused("/traces/sample: the dataset is missing");
    write_shard();
    file = open_for_damage();
    H5Ldelete(file, "/traces/sample", H5P_DEFAULT);
    hid_t create = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &size, NULL);
    H5Pset_external(create, "/etc/passwd", 0, TRACES * 4);
    hid_t dataset =
        H5Dcreate2(file, "/traces/sample", H5T_STD_I32LE, space, H5P_DEFAULT, create, H5P_DEFAULT);
    assert_true(dataset >= 0);
    H5Dclose(dataset);
    H5Pclose(create);
    H5Sclose(space);
    H5Fclose(file);
    assert_refused("/traces/sample: stored outside the file");
}

/// Writes raw bytes as the first chunk of `path`.
static void replace_chunk(const char *path, const void *bytes, size_t length)
{
    hid_t file = open_for_damage(), dataset = H5Dopen2(file, path, H5P_DEFAULT);
    hsize_t place = 0;
    assert_true(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &place, length, bytes) >= 0);
    H5Dclose(dataset);
    H5Fclose(file);
}

static void chunks_that_do_not_unpack_are_named(void **state)
{
    (void)state;
    char noise[256];
    memset(noise, 0x5A, sizeof noise);
    write_shard();
    replace_chunk("/traces/response/bytes", noise, sizeof noise);
    assert_refused("/traces/response/bytes: damaged");
    // a zstd frame whose header declares 2^40 bytes
    static const unsigned char bomb[] = {0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0,
                                         0,    0,    1,    0,    0,    1, 0, 0};
    write_shard();
    replace_chunk("/traces/sample", bomb, sizeof bomb);
    assert_refused("/traces/sample: damaged: the zstd frame is damaged or of the wrong size");
}

static void other_files_are_refused(void **state)
{
    (void)state;
    MUST(distill_file_write(shard_path(), "not HDF5 at all", 15));
    assert_refused("not a readable HDF5 file");
    MUST(distill_file_write(shard_path(), "", 0));
    assert_refused("not a readable HDF5 file");
    hid_t file = H5Fcreate(shard_path(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    assert_refused("not a trace shard");
    write_shard();
    file = open_for_damage();
    int version = 2;
    hid_t attribute = H5Aopen(file, "version", H5P_DEFAULT);
    H5Awrite(attribute, H5T_NATIVE_INT, &version);
    H5Aclose(attribute);
    H5Fclose(file);
    assert_refused("version 2 of the format");
    trace_reader *reader = NULL;
    assert_int_equal(trace_reader_open(&reader, "/nowhere/shard.h5"), DISTILL_IO);
}

static void a_shard_cut_anywhere_is_refused(void **state)
{
    (void)state;
    uint64_t bytes = 0;
    write_shard();
    MUST(distill_file_size(&bytes, shard_path()));
    for (uint64_t cut = bytes - 1; cut > 4000; cut -= 3989) {
        assert_int_equal(truncate(shard_path(), (off_t)cut), 0);
        assert_int_equal(read_all(), DISTILL_FORMAT);
    }
}

static void write_directory(const char *dir)
{
    trace_store *store = NULL;
    trace_record record = {.id = distill_span_of("id"),
                           .prompt = distill_span_of("prompt"),
                           .response = distill_span_of("response")};
    trace_store_settings settings = {.shard_traces = 4, .overwrite = true};
    MUST(trace_store_open(&store, dir, &settings));
    for (uint64_t i = 0; i < 10; i++)
        MUST(trace_store_append(store, &record, i));
    MUST(trace_store_finish(store));
    trace_store_close(store);
}

static void flip_byte(const char *path, uint64_t at)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, (long)at, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, (long)at, SEEK_SET);
    fputc(byte ^ 0x10, file);
    fclose(file);
}

static void a_flipped_byte_is_found_by_the_checksum(void **state)
{
    (void)state;
    char dir[200], path[300];
    uint64_t bytes = 0;
    trace_reader *reader = NULL;
    snprintf(dir, sizeof dir, "%s/flipped", scratch_folder());
    write_directory(dir);
    snprintf(path, sizeof path, "%s/shard-00001.h5", dir);
    MUST(distill_file_size(&bytes, path));
    distill_rng rng = distill_rng_start(1, 1);
    size_t opened = 0;
    for (int i = 0; i < 40; i++) {
        uint64_t at = distill_rng_below(&rng, bytes);
        flip_byte(path, at);
        distill_status status = trace_reader_open(&reader, dir);
        if (status == DISTILL_OK) {
            opened++;
            status = trace_reader_verify(reader);
            trace_reader_close(reader);
        }
        assert_int_equal(status, DISTILL_FORMAT);
        assert_non_null(strstr(distill_error_message(), "shard-00001.h5"));
        flip_byte(path, at);
    }
    assert_true(opened > 0);
    MUST(trace_reader_open(&reader, dir));
    MUST(trace_reader_verify(reader));
    trace_reader_close(reader);
}

static void wrong_manifests_are_refused(void **state)
{
    (void)state;
    static const char *const manifests[][2] = {
        {"", "manifest.json"},
        {"{}", "format"},
        {"{\"format\":\"distill-traces\",\"version\":9,\"shards\":[]}", "version"},
        {"{\"format\":\"distill-traces\",\"version\":1,\"shards\":5}", "shards"},
        {"{\"format\":\"distill-traces\",\"version\":1,\"shards\":[{\"file\":\"../x.h5\"}]}",
         "shard-00000.h5"},
        {"{\"format\":\"distill-traces\",\"version\":1,\"shards\":[{\"file\":\"shard-00000.h5\","
         "\"traces\":-1}]}",
         "traces"},
        {"{\"format\":\"distill-traces\",\"version\":1,\"shards\":[{\"file\":\"shard-00000.h5\","
         "\"traces\":3,\"bytes\":1,\"sha256\":\"ab\"}]}",
         "64 hex digits"},
        {"{\"format\":\"distill-traces\",\"version\":1,\"shards\":[{\"file\":\"shard-00000.h5\","
         "\"traces\":3,\"bytes\":1,\"sha256\":"
         "\"0000000000000000000000000000000000000000000000000000000000000000\"}]}",
         "expected 1 bytes as in manifest.json"},
    };
    char dir[200], path[300];
    trace_reader *reader = NULL;
    snprintf(dir, sizeof dir, "%s/manifests", scratch_folder());
    write_directory(dir);
    snprintf(path, sizeof path, "%s/manifest.json", dir);
    for (size_t i = 0; i < sizeof manifests / sizeof *manifests; i++) {
        MUST(distill_file_write(path, manifests[i][0], strlen(manifests[i][0])));
        assert_int_equal(trace_reader_open(&reader, dir), DISTILL_FORMAT);
        if (strstr(distill_error_message(), manifests[i][1]) == NULL)
            fail_msg("case %zu: %s", i, distill_error_message());
    }
    write_directory(dir);
    snprintf(path, sizeof path, "%s/shard-00002.h5", dir);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(trace_reader_open(&reader, dir), DISTILL_IO);
    assert_int_equal(trace_reader_open(&reader, scratch_folder()), DISTILL_FORMAT);
}

static void every_failing_allocation_is_an_error(void **state)
{
    (void)state;
    write_shard();
    bool failed = true;
    for (uint64_t n = 1; failed && n < 500; n++) {
        distill_allocation_fail_at(n);
        distill_status status = read_all();
        distill_allocation_fail_at(0);
        failed = status != DISTILL_OK;
        if (failed)
            assert_int_equal(status, DISTILL_NO_MEMORY);
    }
    assert_false(failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_shard_is_read),
        cmocka_unit_test(missing_datasets_are_named),
        cmocka_unit_test(wrong_types_and_shapes_are_named),
        cmocka_unit_test(wrong_offsets_are_named),
        cmocka_unit_test(huge_sizes_are_refused_before_memory_is_allocated),
        cmocka_unit_test(data_elsewhere_are_not_fetched),
        cmocka_unit_test(chunks_that_do_not_unpack_are_named),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(a_shard_cut_anywhere_is_refused),
        cmocka_unit_test(a_flipped_byte_is_found_by_the_checksum),
        cmocka_unit_test(wrong_manifests_are_refused),
        cmocka_unit_test(every_failing_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
