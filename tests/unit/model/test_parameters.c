// tests/unit/model/test_parameters.c - random weights depend on (layout, seed) alone.
#include "distill/base/memory.h"
#include "distill/model/parameters.h"
#include "tests/support/tiny_layout.h"

#include <math.h>

static void random_weights_have_their_scale_and_repeat(void **state)
{
    (void)state;
    distill_layout *layout = tiny_layout(&TINY_QWEN2);
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
        cmocka_unit_test(random_weights_have_their_scale_and_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
