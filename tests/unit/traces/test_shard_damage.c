// A directory of shards of which one is damaged: errors name it, and the other traces can be read
// unchanged.
#include "datasets/traces/shard/trace_reader.h"

#include "datasets/traces/shard/trace_block.h"
#include "datasets/traces/trace_store.h"
#include "distill/base/file.h"
#include "distill/base/log.h"
#include "distill/base/rng.h"
#include "tests/support/shared_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != DISTILL_OK)                                                                  \
            fail_msg("%s", distill_error_message());                                               \
    } while (0)

enum { TRACES = 100, A_SHARD = 40, BYTES = 20000 };

/// The HDF5 library loses memory of its own when it finds damaged metadata.
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

static char dir[200], second[260];

/// Replies that zstd compresses to no less than half, so that a shard has several chunks.
static trace_record make_trace(char *id, size_t number)
{
    static char replies[TRACES][BYTES];
    char *reply = replies[number % TRACES];
    distill_rng rng = distill_rng_start(5, number);
    for (size_t i = 0; i < BYTES && reply[BYTES - 1] == '\0'; i++) // made once
        reply[i] = "0123456789abcdef"[distill_rng_below(&rng, 16)];
    snprintf(id, 32, "id-%zu", number);
    return (trace_record){.id = distill_span_of(id),
                          .prompt = distill_span_of("prompt"),
                          .response = {reply, BYTES},
                          .sample = (int32_t)number};
}

static void write_directory(void)
{
    trace_store *store = NULL;
    char id[32];
    trace_store_settings settings = {
        .teacher = "t", .settings_json = "{\"a\":1}", .shard_traces = A_SHARD, .overwrite = true};
    snprintf(dir, sizeof dir, "%s/damage", scratch_folder());
    snprintf(second, sizeof second, "%s/shard-00001.h5", dir);
    MUST(trace_store_open(&store, dir, &settings));
    for (size_t i = 0; i < TRACES; i++) {
        trace_record record = make_trace(id, i);
        MUST(trace_store_write(store, &record, i));
    }
    MUST(trace_store_finish(store));
    trace_store_close(store);
}

static void assert_is_trace(const trace_record *record)
{
    char id[32];
    trace_record expected = make_trace(id, (size_t)record->sample);
    assert_true(distill_span_equal(record->id, expected.id));
    assert_true(distill_span_equal(record->prompt, expected.prompt));
    assert_true(distill_span_equal(record->response, expected.response));
}

/// Number of traces that `reader` gives; each must be the one that was written, in their order.
static size_t read_rest(trace_reader *reader)
{
    trace_record record;
    int32_t last = -1;
    size_t count = trace_reader_count(reader), i = 0;
    for (i = 0; i < count; i++) {
        MUST(trace_reader_read(reader, i, &record));
        assert_true(record.sample > last);
        last = record.sample;
        assert_is_trace(&record);
    }
    // the same by blocks, which must end where traces are left out
    trace_block *block = NULL;
    MUST(trace_block_create(&block));
    for (i = 0; i < count; i += trace_block_count(block)) {
        MUST(trace_block_fetch(block, reader, i, 1 << 20, TRACE_BLOCK_ALL));
        MUST(trace_block_unpack(block));
        for (size_t k = 0; k < trace_block_count(block); k++)
            assert_is_trace(trace_block_at(block, k));
    }
    assert_int_equal(i, count);
    trace_block_free(block);
    return count;
}

static size_t rest_of(void)
{
    trace_reader *reader = NULL;
    MUST(trace_reader_open_rest(&reader, dir));
    assert_string_equal(trace_reader_attribute(reader, "teacher"), "t");
    assert_string_equal(trace_reader_attribute(reader, "settings"), "{\"a\":1}");
    size_t count = read_rest(reader);
    trace_reader_close(reader);
    return count;
}

static void flip_bit(uint64_t at, int bit)
{
    FILE *file = fopen(second, "r+b");
    assert_non_null(file);
    fseek(file, (long)at, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, (long)at, SEEK_SET);
    fputc(byte ^ 1 << bit, file);
    fclose(file);
}

/// Without --skip-damaged: verify names the shard, and each row is right or an error.
static void assert_found(void)
{
    trace_reader *reader = NULL;
    trace_record record;
    MUST(trace_reader_open(&reader, dir));
    assert_int_equal(trace_reader_verify(reader), DISTILL_FORMAT);
    assert_non_null(strstr(distill_error_message(), "shard-00001.h5"));
    for (size_t i = 0; i < trace_reader_count(reader); i++) {
        if (trace_reader_read(reader, i, &record) == DISTILL_OK)
            assert_is_trace(&record);
        else
            assert_non_null(strstr(distill_error_message(), "shard-00001.h5"));
    }
    trace_reader_close(reader);
}

static void a_flipped_bit_is_found_and_the_rest_is_readable(void **state)
{
    (void)state;
    uint64_t bytes = 0;
    size_t partly = 0;
    write_directory();
    MUST(distill_file_size(&bytes, second));
    assert_int_equal(rest_of(), TRACES);
    distill_rng rng = distill_rng_start(2, 2);
    for (int i = 0; i < 12; i++) {
        uint64_t at = distill_rng_below(&rng, bytes);
        int bit = (int)distill_rng_below(&rng, 8);
        flip_bit(at, bit);
        assert_found();
        size_t rest = rest_of();
        assert_true(rest >= TRACES - A_SHARD);
        partly += rest > TRACES - A_SHARD && rest < TRACES;
        flip_bit(at, bit);
    }
    assert_true(partly > 4); // most bytes are those of a chunk of replies
    assert_int_equal(rest_of(), TRACES);
}

static void a_shard_that_is_truncated_or_missing_loses_only_its_traces(void **state)
{
    (void)state;
    trace_reader *reader = NULL;
    write_directory();
    assert_int_equal(truncate(second, 100000), 0);
    assert_int_equal(trace_reader_open(&reader, dir), DISTILL_FORMAT);
    assert_non_null(strstr(distill_error_message(), "shard-00001.h5: expected"));
    assert_int_equal(rest_of(), TRACES - A_SHARD);
    assert_int_equal(unlink(second), 0);
    assert_int_equal(trace_reader_open(&reader, dir), DISTILL_IO);
    assert_non_null(strstr(distill_error_message(), "shard-00001.h5: No such file"));
    assert_int_equal(rest_of(), TRACES - A_SHARD);
}

/// Another valid shard under the name of one of the output.
static void a_shard_that_was_exchanged_is_detected(void **state)
{
    (void)state;
    char third[260];
    trace_reader *reader = NULL;
    write_directory();
    snprintf(third, sizeof third, "%s/shard-00000.h5", dir);
    MUST(distill_file_copy(second, third));
    if (trace_reader_open(&reader, dir) == DISTILL_OK) { // as long by chance
        assert_int_equal(trace_reader_verify(reader), DISTILL_FORMAT);
        trace_reader_close(reader);
    }
    assert_non_null(strstr(distill_error_message(), "shard-00001.h5"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flipped_bit_is_found_and_the_rest_is_readable),
        cmocka_unit_test(a_shard_that_is_truncated_or_missing_loses_only_its_traces),
        cmocka_unit_test(a_shard_that_was_exchanged_is_detected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
