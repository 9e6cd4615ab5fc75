// The output directory: one writer, and the settings that belong to it.
#include "tests/support/unit.h"

#include "bench/bench_output.h"
#include "bench/bench_run.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"

static const char BEFORE[] =
    "{\"n\":4,\"temperature\":0.6,\"checkpoints\":{\"a\":\"12\",\"b\":\"34\"}}";

static distill_status reopen(const char *settings, output_mode mode, bool *finished)
{
    bench_output output;
    distill_status status =
        bench_output_open(&output, scratch_folder(), distill_span_of(settings), mode);
    if (status == DISTILL_OK) {
        *finished = output.finished;
        bench_output_close(&output);
    }
    return status;
}

/// The state of a run that has begun to sample.
static void begin_samples(void)
{
    distill_text path = {0};
    assert_ok(distill_path_join(&path, scratch_folder(), "samples"));
    assert_ok(distill_make_directory(path.bytes));
    distill_text_free(&path);
}

static void before_the_first_sample_settings_may_change(void **state)
{
    (void)state;
    bool finished = true;
    assert_ok(reopen("{\"n\":8}", OUTPUT_OVERWRITE, &finished));
    assert_ok(reopen(BEFORE, OUTPUT_RESUME, &finished));
    begin_samples();
    assert_ok(reopen(BEFORE, OUTPUT_RESUME, &finished)); // the later ones are kept
    assert_fails(reopen("{\"n\":8}", OUTPUT_RESUME, &finished), DISTILL_MISMATCH, "n was");
}

static void the_same_settings_resume_and_others_are_refused_by_name(void **state)
{
    (void)state;
    bool finished = true;
    assert_ok(reopen(BEFORE, OUTPUT_OVERWRITE, &finished));
    assert_false(finished);
    begin_samples();
    assert_ok(reopen(BEFORE, OUTPUT_RESUME, &finished));
    assert_false(finished);
    assert_fails(reopen("{\"n\":8,\"temperature\":1,\"checkpoints\":{\"a\":\"12\",\"b\":\"34\"}}",
                        OUTPUT_RESUME, &finished),
                 DISTILL_MISMATCH, "the setting n was 4 and is now 8");
    assert_fails(reopen("{\"n\":4,\"temperature\":1,\"checkpoints\":{\"a\":\"12\",\"b\":\"34\"}}",
                        OUTPUT_RESUME, &finished),
                 DISTILL_MISMATCH, "temperature was 0.6 and is now 1");
    assert_fails(reopen("{\"n\":4,\"temperature\":0.6,\"checkpoints\":{\"a\":\"12\",\"b\":\"35\"}}",
                        OUTPUT_RESUME, &finished),
                 DISTILL_MISMATCH, "checkpoints b was");
    assert_fails(reopen("{\"n\":4,\"temperature\":0.6}", OUTPUT_RESUME, &finished),
                 DISTILL_MISMATCH, "checkpoints");
}

static void results_make_it_finished_and_overwriting_removes_them(void **state)
{
    (void)state;
    bool finished = false;
    distill_text own = {0};
    assert_ok(reopen(BEFORE, OUTPUT_OVERWRITE, &finished));
    tiny_write_file(scratch_folder(), "results.json", "{}");
    tiny_write_file(scratch_folder(), "notes.txt", "mine");
    assert_ok(reopen(BEFORE, OUTPUT_RESUME, &finished));
    assert_true(finished);
    assert_ok(reopen("{\"n\":1}", OUTPUT_OVERWRITE, &finished));
    assert_false(finished);
    assert_ok(distill_path_join(&own, scratch_folder(), "notes.txt"));
    assert_true(distill_file_exists(own.bytes)); // other files stay
    distill_text_free(&own);
}

static void only_one_process_writes(void **state)
{
    (void)state;
    bench_output first, second;
    assert_ok(
        bench_output_open(&first, scratch_folder(), distill_span_of(BEFORE), OUTPUT_OVERWRITE));
    assert_int_equal(
        bench_output_open(&second, scratch_folder(), distill_span_of(BEFORE), OUTPUT_OVERWRITE),
        DISTILL_IO);
    bench_output_close(&first);
}

static void a_damaged_settings_file_is_an_error(void **state)
{
    (void)state;
    bool finished;
    assert_ok(reopen(BEFORE, OUTPUT_OVERWRITE, &finished));
    begin_samples();
    tiny_write_file(scratch_folder(), "settings.json", "{\"n\":4,");
    assert_fails(reopen(BEFORE, OUTPUT_RESUME, &finished), DISTILL_FORMAT, "settings.json");
    tiny_write_file(scratch_folder(), "settings.json", "[1,2]");
    assert_fails(reopen(BEFORE, OUTPUT_RESUME, &finished), DISTILL_MISMATCH, "n was absent");
}

static void assert_k(const char *value, size_t n, const size_t *expected, size_t expected_count)
{
    size_t *k = NULL, count = 0;
    assert_ok(bench_pass_k(&k, &count, &value, value != NULL ? 1 : 0, n));
    assert_int_equal(count, expected_count);
    assert_memory_equal(k, expected, count * sizeof *k);
    distill_free(k);
}

static void k_of_pass_k_is_read_sorted_and_checked(void **state)
{
    (void)state;
    assert_k(NULL, 64, (size_t[]){1, 2, 4, 8, 16, 32, 64}, 7);
    assert_k(NULL, 1, (size_t[]){1}, 1);
    assert_k(NULL, 6, (size_t[]){1, 2, 4, 6}, 4);
    assert_k("8,1,8,4", 8, (size_t[]){1, 4, 8}, 3);
    static const char *const WRONG[] = {
        "0", "9", "1,,2", "-1", "two", "1;2", "99999999999999999999"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        size_t *k = NULL, count = 0;
        assert_fails(bench_pass_k(&k, &count, &WRONG[i], 1, 8), DISTILL_USAGE, "from 1 to 8");
        distill_free(k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_first_sample_settings_may_change),
        cmocka_unit_test(the_same_settings_resume_and_others_are_refused_by_name),
        cmocka_unit_test(results_make_it_finished_and_overwriting_removes_them),
        cmocka_unit_test(only_one_process_writes),
        cmocka_unit_test(a_damaged_settings_file_is_an_error),
        cmocka_unit_test(k_of_pass_k_is_read_sorted_and_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
