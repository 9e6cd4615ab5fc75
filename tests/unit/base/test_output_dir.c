// tests/unit/base/test_output_dir.c - states, comparison and removal in a scratch directory.
#include "distill/base/output_dir.h"

#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

static const char *const FREE[] = {"batch-size"}, *const GROWING[] = {"n"};
static const char *const FILES[] = {"shard-#.h5", "part-#-of-#", "done", "record.json"};

static const distill_output_kind SIMPLE = {
    .record = "record.json",
    .finished_file = "done",
    .begun_file = "part-1-of-2",
    .files = FILES,
    .file_count = 4,
    .keys = {.free = FREE, .free_count = 1, .growing = GROWING, .growing_count = 1},
};

static const distill_output_kind MARKED = {
    .record = "record.json",
    .record_member = "settings",
    .finished_file = "done",
    .finished_member = "finished",
    .files = FILES,
    .file_count = 4,
};

static const char *fresh(void)
{
    static char path[300];
    static int number;
    snprintf(path, sizeof path, "%s/output-%d", scratch_folder(), number++);
    return path;
}

static void put(const char *dir, const char *name, const char *content)
{
    distill_text path = {0};
    assert_ok(distill_path_join(&path, dir, name));
    assert_ok(distill_file_write(path.bytes, content, strlen(content)));
    distill_text_free(&path);
}

static distill_output_state state_of(const char *dir, const distill_output_kind *kind)
{
    distill_output_dir output = {0};
    assert_ok(distill_output_open(&output, dir, kind));
    distill_output_state state = output.state;
    distill_output_close(&output);
    return state;
}

static void files_decide_the_state(void **state)
{
    (void)state;
    const char *dir = fresh();
    assert_int_equal(state_of(dir, &SIMPLE), DISTILL_OUTPUT_ABSENT);
    put(dir, "record.json", "{}");
    assert_int_equal(state_of(dir, &SIMPLE), DISTILL_OUTPUT_ABSENT); // no work depends on it
    put(dir, "part-1-of-2", "");
    assert_int_equal(state_of(dir, &SIMPLE), DISTILL_OUTPUT_UNFINISHED);
    put(dir, "done", "");
    assert_int_equal(state_of(dir, &SIMPLE), DISTILL_OUTPUT_FINISHED);
}

static void a_member_of_the_record_marks_a_finished_output(void **state)
{
    (void)state;
    const char *dir = fresh();
    assert_int_equal(state_of(dir, &MARKED), DISTILL_OUTPUT_ABSENT);
    put(dir, "done", "");
    assert_int_equal(state_of(dir, &MARKED), DISTILL_OUTPUT_ABSENT);
    put(dir, "record.json", "{\"finished\":false,\"settings\":{}}");
    assert_int_equal(state_of(dir, &MARKED), DISTILL_OUTPUT_UNFINISHED);
    put(dir, "record.json", "{\"finished\":true,\"settings\":{}}");
    assert_int_equal(state_of(dir, &MARKED), DISTILL_OUTPUT_FINISHED);
    put(dir, "record.json", "{\"finished\":tr");
    assert_int_equal(state_of(dir, &MARKED), DISTILL_OUTPUT_UNFINISHED); // can still be cleared
}

/// Checks `is` against the record of an output that has begun.
static distill_status check(const char *was, const char *is)
{
    distill_output_dir output = {0};
    const char *dir = fresh();
    assert_ok(distill_make_directory(dir));
    put(dir, "record.json", was);
    put(dir, "part-1-of-2", "");
    assert_ok(distill_output_open(&output, dir, &SIMPLE));
    distill_status status = distill_output_check(&output, distill_span_of(is));
    distill_output_close(&output);
    return status;
}

static void the_first_setting_that_differs_is_named(void **state)
{
    (void)state;
    static const char was[] =
        "{\"n\":4,\"temperature\":0.6,\"models\":{\"a\":\"12\",\"b\":\"34\"}}";
    assert_ok(check(was, was));
    assert_ok(check(was, "{\"models\":{\"a\":\"12\",\"b\":\"34\"},\"n\":4,\"temperature\":0.6}"));
    assert_fails(check(was, "{\"n\":4,\"temperature\":1,\"models\":0}"), DISTILL_MISMATCH,
                 "the setting temperature was 0.6 and is now 1;");
    assert_fails(check(was, "{\"n\":4,\"temperature\":0.6}"), DISTILL_MISMATCH, "is now absent");
    assert_fails(check(was, "{\"n\":4,\"temperature\":0.6,\"top-p\":1}"), DISTILL_MISMATCH,
                 "top-p was absent and is now 1");
    assert_fails(check(was, "{\"n\":4,\"temperature\":0.6,\"models\":{\"a\":\"12\",\"b\":\"35\"}}"),
                 DISTILL_MISMATCH, "models b was \"34\" and is now \"35\"");
    assert_fails(check("[1]", was), DISTILL_MISMATCH, "n was absent and is now 4");
    assert_fails(check("{\"n\":", was), DISTILL_FORMAT, "record.json");
}

static void absent_is_null_and_free_settings_may_differ(void **state)
{
    (void)state;
    assert_ok(check("{\"a\":null}", "{\"b\":null}"));
    assert_ok(check("{\"batch-size\":1,\"a\":1}", "{\"batch_size\":2,\"a\":1}"));
    assert_fails(check("{\"batch-sizes\":1}", "{\"batch-sizes\":2}"), DISTILL_MISMATCH,
                 "batch-sizes");
    assert_ok(check("{\"n\":4}", "{\"n\":5}"));
    assert_fails(check("{\"n\":4}", "{\"n\":3}"), DISTILL_MISMATCH, "n was 4 and is now 3");
    assert_fails(check("{\"n\":4}", "{\"n\":\"5\"}"), DISTILL_MISMATCH, "n was 4 and is now \"5\"");
}

static void an_input_is_named_by_its_fingerprint(void **state)
{
    (void)state;
    distill_text is = {0};
    distill_json_writer w = {.out = &is};
    distill_json_begin_object(&w, NULL);
    distill_output_add_input(&w, "prompts", "cafe");
    distill_json_end_object(&w);
    assert_ok(distill_json_finish(&w));
    assert_string_equal(is.bytes, "{\"prompts-sha256\":\"cafe\"}");
    assert_fails(check("{\"prompts-sha256\":\"f00d\"}", is.bytes), DISTILL_MISMATCH,
                 "an input differs from the one that the output was made from: prompts-sha256 was "
                 "\"f00d\" and is now \"cafe\"");
    distill_text_free(&is);
}

static void long_values_are_truncated_in_messages(void **state)
{
    (void)state;
    char was[400] = "{\"a\":\"", is[400] = "{\"a\":\"x\"}";
    for (int i = 0; i < 100; i++)
        strcat(was, "é");
    strcat(was, "\"}");
    assert_int_equal(check(was, is), DISTILL_MISMATCH);
    assert_non_null(strstr(distill_error_message(), "é… and is now \"x\""));
    assert_true(strlen(distill_error_message()) < 450);
}

static void clearing_removes_only_files_of_the_program(void **state)
{
    (void)state;
    static const char *const ours[] = {"shard-00001.h5", "shard-7.h5.tmp-123", "part-1-of-2",
                                       "done",           "record.json",        "record.json.tmp-9"};
    static const char *const others[] = {"shard-.h5",  "shard-1.h5.old", "shard-1x.h5",
                                         "part-1-of-", "record.json~",   "my-record.json",
                                         "done.tmp-",  "notes"};
    const char *dir = fresh();
    distill_output_dir output = {0};
    assert_ok(distill_make_directory(dir));
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        put(dir, ours[i], "{}");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        put(dir, others[i], "{}");
    assert_ok(distill_output_open(&output, dir, &SIMPLE));
    assert_ok(distill_output_remove_unfinished(&output));
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        assert_int_equal(distill_output_has(&output, ours[i]), strstr(ours[i], ".tmp-") == NULL);
    assert_ok(distill_output_clear(&output));
    assert_int_equal(output.state, DISTILL_OUTPUT_ABSENT);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        assert_false(distill_output_has(&output, ours[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_true(distill_output_has(&output, others[i]));
    distill_output_close(&output);
}

static void a_directory_is_locked_by_one_process(void **state)
{
    (void)state;
    const char *dir = fresh();
    distill_output_dir first = {0}, second = {0};
    assert_ok(distill_output_open(&first, dir, &SIMPLE));
    assert_fails(distill_output_open(&second, dir, &SIMPLE), DISTILL_IO, "another process");
    distill_output_close(&second); // legal after a failure
    distill_output_close(&first);
    distill_output_close(&first);
    assert_ok(distill_output_open(&second, dir, &SIMPLE));
    distill_output_close(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_decide_the_state),
        cmocka_unit_test(a_member_of_the_record_marks_a_finished_output),
        cmocka_unit_test(the_first_setting_that_differs_is_named),
        cmocka_unit_test(absent_is_null_and_free_settings_may_differ),
        cmocka_unit_test(an_input_is_named_by_its_fingerprint),
        cmocka_unit_test(long_values_are_truncated_in_messages),
        cmocka_unit_test(clearing_removes_only_files_of_the_program),
        cmocka_unit_test(a_directory_is_locked_by_one_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
