// tests/unit/train/test_run_directory.c - runs are resumed, finished or refused, and --overwrite
// removes a run only.
#include "distill/base/file.h"
#include "distill/train/run_directory.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"
#include "tests/support/unit.h"

static const char *const FREE[] = {"keep"};

static distill_run_spec spec_of(const char *name)
{
    static char path[300];
    snprintf(path, sizeof path, "%s/%s", scratch_folder(), name);
    return (distill_run_spec){
        .program = "distill-test", .path = path, .keys = {.free = FREE, .free_count = 1}};
}

static distill_status open_run(distill_run_directory *run, const distill_run_spec *spec,
                               const char *settings)
{
    *run = (distill_run_directory){0};
    assert_ok(distill_text_add(&run->settings, settings));
    return distill_run_directory_open(run, spec);
}

static void a_run_is_resumed_and_then_finished(void **state)
{
    (void)state;
    distill_run_directory run;
    distill_run_spec spec = spec_of("run");
    distill_text text = {0};
    assert_ok(open_run(&run, &spec, "{\"epochs\":2,\"keep\":1}"));
    assert_false(run.finished);
    assert_ok(distill_run_directory_begin(&run));
    distill_run_directory_close(&run);
    assert_fails(open_run(&run, &spec, "{\"epochs\":3,\"keep\":1}"), DISTILL_MISMATCH, "epochs");
    distill_run_directory_close(&run);
    assert_ok(open_run(&run, &spec, "{\"epochs\":2,\"keep\":5}"));
    assert_false(run.finished);
    assert_ok(distill_run_directory_begin(&run));
    tiny_write_file(spec.path, "config.json", "{}");
    assert_ok(distill_run_directory_finish(&run));
    distill_run_directory_close(&run);
    assert_ok(open_run(&run, &spec, "{\"epochs\":2,\"keep\":5}"));
    assert_true(run.finished);
    assert_ok(distill_output_path(&text, &run.output, "training.json"));
    distill_run_directory_close(&run);
    distill_text record = {0};
    assert_ok(distill_file_read(&record, text.bytes, 1 << 16));
    assert_non_null(
        strstr(record.bytes, "\"finished\":true,\"settings\":{\"epochs\":2,\"keep\":5}}\n"));
    distill_text_free(&record);
    distill_text_free(&text);
}

static void overwriting_removes_the_run_and_nothing_else(void **state)
{
    (void)state;
    distill_run_directory run;
    distill_run_spec spec = spec_of("over");
    assert_ok(open_run(&run, &spec, "{\"epochs\":2}"));
    assert_ok(distill_run_directory_begin(&run));
    distill_run_directory_close(&run);
    tiny_write_file(spec.path, "model-00001-of-00002.safetensors", "");
    tiny_write_file(spec.path, "notes.txt", "");
    spec.overwrite = true;
    assert_ok(open_run(&run, &spec, "{\"epochs\":3}"));
    assert_true(distill_output_has(&run.output, "model-00001-of-00002.safetensors"));
    assert_ok(distill_run_directory_begin(&run));
    assert_false(distill_output_has(&run.output, "model-00001-of-00002.safetensors"));
    assert_true(distill_output_has(&run.output, "notes.txt"));
    assert_true(distill_output_has(&run.output, "training.json"));
    distill_run_directory_close(&run);
}

static void checkpoints_of_other_origin_are_not_replaced(void **state)
{
    (void)state;
    distill_run_directory run;
    distill_run_spec spec = spec_of("foreign");
    char inside[400];
    tiny_model_write(spec.path, &TINY_QWEN2);
    spec.overwrite = true;
    assert_fails(open_run(&run, &spec, "{}"), DISTILL_IO, "distill-test did not write");
    distill_run_directory_close(&run);
    spec = spec_of("outer");
    snprintf(inside, sizeof inside, "%s/model", spec.path);
    tiny_model_write(inside, &TINY_QWEN2);
    spec.model = inside;
    assert_fails(open_run(&run, &spec, "{}"), DISTILL_USAGE, "is inside --output");
    distill_run_directory_close(&run);
}

static void one_process_at_a_time_has_a_directory(void **state)
{
    (void)state;
    distill_run_directory run, second;
    distill_run_spec spec = spec_of("locked");
    assert_ok(open_run(&run, &spec, "{}"));
    assert_fails(open_run(&second, &spec, "{}"), DISTILL_IO, "locked");
    distill_run_directory_close(&second);
    distill_run_directory_close(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_resumed_and_then_finished),
        cmocka_unit_test(overwriting_removes_the_run_and_nothing_else),
        cmocka_unit_test(checkpoints_of_other_origin_are_not_replaced),
        cmocka_unit_test(one_process_at_a_time_has_a_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
