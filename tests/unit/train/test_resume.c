// tests/unit/train/test_resume.c - checkpoints and metrics of a run: exact, complete or absent, and
// cut back on a resume.
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/train/metrics.h"
#include "distill/train/resume.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_layout.h"

#include <stdlib.h>

typedef struct fixture {
    char model[256], output[256];
    distill_layout *layout;
    distill_train_weights weights;
    distill_moments moments;
    distill_train_blocks blocks;
} fixture;

static int begin(void **state)
{
    static int number;
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    snprintf(f->model, sizeof f->model, "%s/model", scratch_folder());
    snprintf(f->output, sizeof f->output, "%s/run%d", scratch_folder(), number++);
    tiny_model_write(f->model, &TINY_QWEN3);
    f->layout = tiny_layout(&TINY_QWEN3);
    assert_ok(distill_train_weights_create(&f->weights, f->layout, DISTILL_F32));
    assert_ok(distill_moments_create(&f->moments, f->layout, DISTILL_ADAMW));
    distill_parameters_init(f->weights.f32, f->layout, 0);
    distill_parameters_init(f->moments.m, f->layout, 1);
    distill_parameters_init(f->moments.v, f->layout, 2);
    f->blocks = (distill_train_blocks){f->layout, &f->weights, &f->moments};
    *state = f;
    return 0;
}

static int end(void **state)
{
    fixture *f = *state;
    distill_moments_free(&f->moments);
    distill_train_weights_free(&f->weights);
    distill_layout_free(f->layout);
    free(f);
    return 0;
}

static void save(fixture *f, uint64_t step, size_t keep)
{
    distill_train_state s = {.step = step, .tokens = 10 * step, .threads = 2, .data_sha256 = "ab"};
    distill_hf_origin origin = {.config = f->model, .tokenizer = f->model};
    assert_ok(distill_train_checkpoint_save(f->output, &s, &f->blocks, &origin, keep));
}

static bool exists(const fixture *f, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/checkpoints/%s", f->output, name);
    return distill_file_exists(path);
}

static void what_is_saved_is_loaded_to_the_bit(void **state)
{
    fixture *f = *state;
    const size_t n = f->layout->total;
    distill_train_weights weights;
    distill_moments moments;
    distill_train_state s = {0};
    distill_text dir = {0};
    assert_ok(distill_train_checkpoint_latest(&dir, f->output));
    assert_int_equal(dir.length, 0);
    save(f, 120, 0);
    assert_ok(distill_train_checkpoint_latest(&dir, f->output));
    assert_non_null(strstr(dir.bytes, "/checkpoints/step-120"));
    assert_ok(distill_train_weights_create(&weights, f->layout, DISTILL_F32));
    assert_ok(distill_moments_create(&moments, f->layout, DISTILL_ADAMW));
    distill_train_blocks blocks = {f->layout, &weights, &moments};
    assert_ok(distill_train_checkpoint_load(&s, &blocks, dir.bytes));
    assert_memory_equal(weights.f32, f->weights.f32, n * sizeof(float));
    assert_memory_equal(moments.m, f->moments.m, n * sizeof(float));
    assert_memory_equal(moments.v, f->moments.v, n * sizeof(float));
    assert_true(s.step == 120 && s.tokens == 1200 && s.threads == 2);
    assert_string_equal(s.data_sha256, "ab");
    assert_true(exists(f, "step-120/tokenizer.json"));
    distill_text_free(&dir);
    distill_moments_free(&moments);
    distill_train_weights_free(&weights);
}

static void only_the_newest_are_kept(void **state)
{
    fixture *f = *state;
    for (uint64_t step = 8; step <= 12; step++)
        save(f, step, 2);
    assert_false(exists(f, "step-8"));
    assert_false(exists(f, "step-10"));
    assert_true(exists(f, "step-11") && exists(f, "step-12"));
}

static void leftovers_are_no_checkpoints(void **state)
{
    fixture *f = *state;
    char path[512];
    distill_text dir = {0};
    save(f, 9, 0);
    save(f, 10, 0); // 10 is newer than 9, though "step-9" sorts behind it
    snprintf(path, sizeof path, "%s/checkpoints/.making-step-11", f->output);
    assert_ok(distill_make_directory(path));
    snprintf(path, sizeof path, "%s/checkpoints/step-x", f->output);
    assert_ok(distill_make_directory(path));
    assert_ok(distill_train_checkpoint_latest(&dir, f->output));
    assert_non_null(strstr(dir.bytes, "step-10"));
    assert_false(exists(f, ".making-step-11"));
    distill_text_free(&dir);
}

static void damaged_checkpoints_are_refused(void **state)
{
    fixture *f = *state;
    char path[512], dir[512];
    distill_train_state s = {0};
    distill_text bytes = {0};
    save(f, 5, 0);
    snprintf(dir, sizeof dir, "%s/checkpoints/step-5", f->output);
    snprintf(path, sizeof path, "%s/optimizer.safetensors", dir);
    assert_ok(distill_file_read(&bytes, path, 1 << 24));
    assert_ok(distill_file_write(path, bytes.bytes, bytes.length - 4));
    assert_fails(distill_train_checkpoint_load(&s, &f->blocks, dir), DISTILL_FORMAT,
                 "optimizer.safetensors");
    tiny_write_file(dir, "training_state.json", "{\"step\":-5}");
    assert_fails(distill_train_checkpoint_load(&s, &f->blocks, dir), DISTILL_FORMAT, "step");
    distill_text_free(&bytes);
}

static void metrics_are_cut_back_to_the_resumed_step(void **state)
{
    fixture *f = *state;
    char path[512];
    distill_metrics *metrics = NULL;
    distill_metrics_row row = {.loss = 0.25, .lr = 1e-5, .epoch = 0.5, .tokens_per_s = 12}, *rows;
    size_t count = 0;
    snprintf(path, sizeof path, "%s/metrics.jsonl", scratch_folder());
    assert_ok(distill_metrics_open(&metrics, path, 0));
    for (row.step = 1; row.step <= 5; row.step++) {
        row.has_eval = row.step == 3;
        row.eval_loss = 0.75;
        assert_ok(distill_metrics_add(metrics, &row, NULL, NULL));
    }
    assert_ok(distill_metrics_sync(metrics));
    distill_metrics_close(metrics);
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs("{\"step\":6,\"loss\":0.1", file); // as a kill may leave it
    fclose(file);
    assert_ok(distill_metrics_open(&metrics, path, 3));
    row.step = 4;
    row.has_eval = false;
    assert_ok(distill_metrics_add(metrics, &row, NULL, NULL));
    distill_metrics_close(metrics);
    assert_ok(distill_metrics_read(&rows, &count, path));
    assert_int_equal(count, 4);
    assert_true(rows[2].has_eval && rows[2].eval_loss == 0.75 && !rows[3].has_eval);
    assert_true(rows[3].step == 4 && rows[3].loss == 0.25 && rows[3].lr == 1e-5);
    distill_free(rows);
    (void)f;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_saved_is_loaded_to_the_bit, begin, end),
        cmocka_unit_test_setup_teardown(only_the_newest_are_kept, begin, end),
        cmocka_unit_test_setup_teardown(leftovers_are_no_checkpoints, begin, end),
        cmocka_unit_test_setup_teardown(damaged_checkpoints_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(metrics_are_cut_back_to_the_resumed_step, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
