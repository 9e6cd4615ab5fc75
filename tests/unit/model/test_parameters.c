// The flat block: every tensor has its place, and random weights depend on (layout, seed) alone.
#include "distill/base/memory.h"
#include "distill/model/parameters.h"
#include "tests/support/shared_data.h"
#include "tests/support/tiny_model.h"
#include "tests/support/unit.h"

#include <math.h>

static distill_layout *layout_of(const tiny_model *model)
{
    char path[256];
    distill_config config;
    distill_layout *layout = NULL;
    snprintf(path, sizeof path, "%s/config.json", scratch_folder());
    tiny_model_write_config(path, model);
    assert_ok(distill_config_read(&config, path));
    assert_ok(distill_layout_create(&layout, &config));
    return layout;
}

static void tensors_follow_each_other_aligned_and_apart(void **state)
{
    (void)state;
    const tiny_model *models[] = {&TINY_QWEN2, &TINY_QWEN3, &TINY_LLAMA};
    for (size_t m = 0; m < 3; m++) {
        distill_layout *layout = layout_of(models[m]);
        size_t end = 0, parameters = 0;
        for (size_t i = 0; i < layout->count; i++) {
            const distill_tensor_info *t = &layout->tensors[i];
            assert_true(t->offset % 16 == 0 && t->offset >= end && t->offset < end + 16);
            assert_ptr_equal(distill_layout_find(layout, t->name), t);
            assert_true(t->matrix || t->rows == 1);
            end = t->offset + t->rows * t->cols;
            parameters += t->rows * t->cols;
        }
        assert_true(layout->total >= end && layout->total < end + 16);
        assert_int_equal(layout->parameters, parameters);
        distill_layout_free(layout);
    }
}

static void families_have_their_own_tensors(void **state)
{
    (void)state;
    distill_layout *qwen2 = layout_of(&TINY_QWEN2), *qwen3 = layout_of(&TINY_QWEN3);
    distill_layout *llama = layout_of(&TINY_LLAMA);
    const distill_tensor_info *wk =
        distill_layout_find(llama, "model.layers.1.self_attn.k_proj.weight");
    assert_true(wk->rows == 8 && wk->cols == 32 && wk->linear && wk->matrix);
    assert_int_equal(llama->layers[1].wk, wk->offset);
    assert_true(qwen2->layers[0].bq != DISTILL_ABSENT && llama->layers[0].bq == DISTILL_ABSENT);
    assert_true(qwen3->layers[0].q_norm != DISTILL_ABSENT &&
                qwen2->layers[0].q_norm == DISTILL_ABSENT);
    assert_true(qwen2->lm_head == qwen2->embed && llama->lm_head != llama->embed);
    assert_null(distill_layout_find(qwen2, "lm_head.weight"));
    distill_layout_free(qwen2);
    distill_layout_free(qwen3);
    distill_layout_free(llama);
}

static void random_weights_have_their_scale_and_repeat(void **state)
{
    (void)state;
    distill_layout *layout = layout_of(&TINY_QWEN2);
    const distill_tensor_info *embed = &layout->tensors[0];
    float *a = NULL, *b = NULL;
    double sum = 0, squares = 0;
    size_t n = embed->rows * embed->cols;
    assert_ok(DISTILL_NEW(&a, layout->total));
    assert_ok(DISTILL_NEW(&b, layout->total));
    distill_parameters_init(a, layout, 5);
    distill_parameters_init(b, layout, 5);
    assert_memory_equal(a, b, layout->total * sizeof *a);
    distill_parameters_init(b, layout, 6);
    assert_true(memcmp(a, b, layout->total * sizeof *a) != 0);
    for (size_t i = 0; i < n; i++) {
        sum += (double)a[embed->offset + i];
        squares += (double)a[embed->offset + i] * (double)a[embed->offset + i];
    }
    assert_true(fabs(sum / (double)n) < 0.001);
    assert_true(fabs(sqrt(squares / (double)n) - 0.02) < 0.001);
    assert_true(a[layout->layers[1].attn_norm] == 1 && a[layout->layers[1].bq] == 0);
    assert_true(memcmp(a + layout->layers[0].wq, a + layout->layers[1].wq, 64) != 0);
    distill_free(a);
    distill_free(b);
    distill_layout_free(layout);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_follow_each_other_aligned_and_apart),
        cmocka_unit_test(families_have_their_own_tensors),
        cmocka_unit_test(random_weights_have_their_scale_and_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
