// Atomic files, lines of plain and compressed files, zstd frames, and locks.
#include "distill/base/file.h"
#include "distill/base/lines.h"
#include "distill/base/zstd_frames.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

static char path_buffer[300];

static const char *in_scratch(const char *name)
{
    snprintf(path_buffer, sizeof path_buffer, "%s/%s", scratch_folder(), name);
    return path_buffer;
}

static void an_aborted_file_leaves_nothing_behind(void **state)
{
    (void)state;
    char folder[200], path[220];
    distill_atomic_file *file = NULL;
    snprintf(folder, sizeof folder, "%s", in_scratch("abort"));
    snprintf(path, sizeof path, "%s/a", folder);
    assert_ok(distill_make_directory(folder));
    assert_ok(distill_atomic_open(&file, path));
    assert_ok(distill_atomic_write(file, "half", 4));
    assert_false(distill_file_exists(path));
    distill_atomic_abort(&file);
    DIR *dir = opendir(folder);
    int entries = 0;
    while (readdir(dir) != NULL)
        entries++;
    closedir(dir);
    assert_int_equal(entries, 2); // . and ..
}

static void a_written_file_reads_back_and_is_replaced_atomically(void **state)
{
    (void)state;
    distill_text text = {0};
    const char *path = in_scratch("sub/b");
    assert_fails(distill_file_write(path, "x", 1), DISTILL_IO, "No such file");
    assert_ok(distill_make_directory(in_scratch("sub")));
    assert_ok(distill_file_write(in_scratch("sub/b"), "longer text", 11));
    assert_ok(distill_file_write(in_scratch("sub/b"), "short", 5));
    assert_ok(distill_file_read(&text, in_scratch("sub/b"), 100));
    assert_string_equal(text.bytes, "short");
    assert_fails(distill_file_read(&text, in_scratch("sub/b"), 4), DISTILL_LIMIT, "5 bytes");
    assert_ok(distill_remove_all(in_scratch("sub")));
    assert_false(distill_file_exists(in_scratch("sub")));
    distill_text_free(&text);
}

static void lines_end_at_lf_or_crlf_and_may_hold_nul(void **state)
{
    (void)state;
    static const char text[] = "one\r\n\ntwo\0x\nlast";
    static const struct {
        const char *bytes;
        size_t length;
    } expected[] = {{"one", 3}, {"", 0}, {"two\0x", 5}, {"last", 4}};
    distill_lines *lines = NULL;
    distill_span line;
    bool more = true;
    assert_ok(distill_file_write(in_scratch("lines"), text, sizeof text - 1));
    assert_ok(distill_lines_open(&lines, in_scratch("lines"), 100));
    for (size_t i = 0; i < 4; i++) {
        assert_ok(distill_lines_next(lines, &line, &more));
        assert_true(more);
        assert_int_equal(distill_lines_number(lines), i + 1);
        assert_int_equal(line.length, expected[i].length);
        assert_memory_equal(line.bytes, expected[i].bytes, line.length + 1);
    }
    assert_ok(distill_lines_next(lines, &line, &more));
    assert_false(more);
    distill_lines_close(lines);
}

static void a_line_that_is_too_long_is_rejected(void **state)
{
    (void)state;
    distill_lines *lines = NULL;
    distill_span line;
    bool more;
    assert_ok(distill_file_write(in_scratch("long"), "ab\nabcdefgh\n", 12));
    assert_ok(distill_lines_open(&lines, in_scratch("long"), 4));
    assert_ok(distill_lines_next(lines, &line, &more));
    assert_fails(distill_lines_next(lines, &line, &more), DISTILL_LIMIT, ":2: the line");
    distill_lines_close(lines);
}

/// Writes `count` numbered lines compressed, truncated to `keep` per mille of the bytes.
static void write_compressed(const char *name, int count, size_t keep)
{
    distill_text text = {0};
    for (int i = 0; i < count; i++)
        assert_ok(distill_text_printf(&text, "line number %d\n", i));
    size_t bound = ZSTD_compressBound(text.length);
    char *packed = malloc(bound);
    size_t length = ZSTD_compress(packed, bound, text.bytes, text.length, 3);
    assert_false(ZSTD_isError(length));
    assert_ok(distill_file_write(in_scratch(name), packed, length * keep / 1000));
    free(packed);
    distill_text_free(&text);
}

static void compressed_lines_are_read(void **state)
{
    (void)state;
    distill_lines *lines = NULL;
    distill_span line;
    bool more = true;
    int count = 0;
    write_compressed("many.zst", 50000, 1000);
    assert_ok(distill_lines_open(&lines, in_scratch("many.zst"), 100));
    for (;; count++) {
        char expected[40];
        assert_ok(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        snprintf(expected, sizeof expected, "line number %d", count);
        assert_string_equal(line.bytes, expected);
    }
    assert_int_equal(count, 50000);
    distill_lines_close(lines);
}

static void a_truncated_compressed_file_is_an_error(void **state)
{
    (void)state;
    distill_lines *lines = NULL;
    distill_span line;
    bool more = true;
    distill_status status = DISTILL_OK;
    write_compressed("cut.zst", 50000, 700);
    assert_ok(distill_lines_open(&lines, in_scratch("cut.zst"), 100));
    while (status == DISTILL_OK && more)
        status = distill_lines_next(lines, &line, &more);
    assert_fails(status, DISTILL_FORMAT, "ends too early");
    distill_lines_close(lines);
}

/// Decompresses `packed` in parts of `part` bytes.
static distill_status unpack(distill_text *out, distill_span packed, size_t part)
{
    distill_zstd_reader *reader = NULL;
    distill_status status = distill_zstd_open(&reader, "packed");
    while (status == DISTILL_OK && packed.length > 0) {
        distill_span head = {packed.bytes, part < packed.length ? part : packed.length};
        size_t given = head.length;
        status = distill_zstd_read(out, reader, &head);
        packed.bytes += given - head.length;
        packed.length -= given - head.length;
    }
    if (status == DISTILL_OK)
        status = distill_zstd_check_end(reader);
    distill_zstd_close(reader);
    return status;
}

static void frames_in_sequence_are_decompressed_in_parts_of_any_size(void **state)
{
    (void)state;
    distill_text text = {0}, packed = {0}, out = {0};
    static const size_t parts[] = {1, 1000, SIZE_MAX};
    for (int i = 0; i < 50000; i++)
        assert_ok(distill_text_printf(&text, "line number %d\n", i));
    assert_ok(distill_zstd_pack(&packed, distill_text_span(&text)));
    assert_ok(distill_zstd_pack(&packed, distill_span_of("the end")));
    assert_ok(distill_text_add(&text, "the end"));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        distill_text_clear(&out);
        assert_ok(unpack(&out, distill_text_span(&packed), parts[i]));
        assert_true(distill_span_equal(distill_text_span(&out), distill_text_span(&text)));
    }
    packed.length--;
    assert_fails(unpack(&out, distill_text_span(&packed), 1000), DISTILL_FORMAT, "too early");
    packed.bytes[packed.length / 2] ^= 1;
    assert_fails(unpack(&out, distill_text_span(&packed), 1000), DISTILL_FORMAT, "not valid zstd");
    distill_text_free(&text);
    distill_text_free(&packed);
    distill_text_free(&out);
}

static void a_lock_has_one_owner(void **state)
{
    (void)state;
    int first = -1, second = -1;
    assert_ok(distill_lock_take(&first, in_scratch("lock")));
    assert_fails(distill_lock_take(&second, in_scratch("lock")), DISTILL_IO, "another process");
    distill_lock_release(&first);
    assert_ok(distill_lock_take(&second, in_scratch("lock")));
    distill_lock_release(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_aborted_file_leaves_nothing_behind),
        cmocka_unit_test(a_written_file_reads_back_and_is_replaced_atomically),
        cmocka_unit_test(lines_end_at_lf_or_crlf_and_may_hold_nul),
        cmocka_unit_test(a_line_that_is_too_long_is_rejected),
        cmocka_unit_test(compressed_lines_are_read),
        cmocka_unit_test(a_truncated_compressed_file_is_an_error),
        cmocka_unit_test(frames_in_sequence_are_decompressed_in_parts_of_any_size),
        cmocka_unit_test(a_lock_has_one_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
