// tests/unit/model/test_layout.c - every tensor has a place of its own in the flat block.
#include "distill/model/layout.h"
#include "tests/support/tiny_layout.h"

static void tensors_are_contiguous_and_aligned(void **state)
{
    (void)state;
    const tiny_model *models[] = {&TINY_QWEN2, &TINY_QWEN3, &TINY_LLAMA};
    for (size_t m = 0; m < 3; m++) {
        distill_layout *layout = tiny_layout(models[m]);
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
    distill_layout *qwen2 = tiny_layout(&TINY_QWEN2), *qwen3 = tiny_layout(&TINY_QWEN3);
    distill_layout *llama = tiny_layout(&TINY_LLAMA);
    const distill_tensor_info *wk =
        distill_layout_find(llama, "model.layers.1.self_attn.k_proj.weight");
    assert_true(wk->rows == 8 && wk->cols == 32 && wk->lora_target && wk->matrix && wk->decay);
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

static void every_tensor_is_named_as_the_formats_name_it(void **state)
{
    (void)state;
    distill_layout *layout = tiny_layout(&TINY_QWEN2);
    const size_t last = layout->count - 1;
    const distill_tensor_info *bias =
        distill_layout_at(layout, layout->layers[1].bv); // by its place
    assert_string_equal(bias->name, "model.layers.1.self_attn.v_proj.bias");
    assert_string_equal(bias->gguf_name, "blk.1.attn_v.bias");
    assert_true(bias->kind == DISTILL_TENSOR_BIAS && !bias->matrix && !bias->decay);
    assert_string_equal(layout->tensors[0].gguf_name, "token_embd.weight");
    assert_true(layout->tensors[0].decay && !layout->tensors[0].lora_target);
    assert_string_equal(layout->tensors[last].name, "model.norm.weight");
    assert_string_equal(layout->tensors[last].gguf_name, "output_norm.weight");
    distill_layout_free(layout);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_are_contiguous_and_aligned),
        cmocka_unit_test(families_have_their_own_tensors),
        cmocka_unit_test(every_tensor_is_named_as_the_formats_name_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
