// The sets of kernels are those of the processor, the plain one is always there, and every set is
// complete.
#include "distill/tensor/cpu/kernel_set.h"

#include "distill/base/cpu_features.h"
#include "tests/support/unit.h"

static size_t count_sets(void)
{
    size_t count = 0;
    while (kernel_set_at(count) != NULL)
        count++;
    return count;
}

static void the_sets_are_those_of_the_processor(void **state)
{
    (void)state;
    const distill_cpu_features *cpu = distill_cpu();
    size_t count = count_sets();
    assert_int_equal(count, 1 + cpu->avx2 + cpu->avx512 + (cpu->avx512 && cpu->avx512_vnni));
    assert_string_equal(kernel_set_at(count - 1)->name, "plain");
    assert_null(kernel_set_at(count + 1));
}

static void every_set_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; kernel_set_at(i) != NULL; i++) {
        const kernel_set *set = kernel_set_at(i);
        const decode_kernels *d = set->decode;
        assert_string_equal(d->name, set->name);
        assert_true(d->product && d->product_int8 && d->quantize && d->maximum && d->exp_sum &&
                    d->find && d->histogram && d->multiply && d->add && d->swiglu && d->rms_norm &&
                    d->rotate);
        const gemm_kernels *g = set->gemm;
        assert_true(g->rows && g->cols && g->depth && g->multiply && g->pack_a && g->pack_b);
        const vector_kernels *v = set->vector;
        assert_true(v->multiply_small && v->transpose && v->maximum && v->exp_row && v->exp2_row &&
                    v->dot && v->add_scaled && v->multiply && v->softmax_gradient && v->norm_row &&
                    v->norm_row_backward && v->dot3 && v->swiglu && v->swiglu_backward &&
                    v->rotate && v->rotate_back);
        const optimizer_kernels *o = set->optimizer;
        assert_true(o->adamw && o->sum_of_squares && o->encode && o->decode && o->split &&
                    o->split_nearest && o->join);
    }
}

static void the_choice_is_one_of_them_and_stays(void **state)
{
    (void)state;
    const kernel_set *chosen = kernel_set_chosen();
    bool found = false;
    for (size_t i = 0; kernel_set_at(i) != NULL; i++)
        found = found || kernel_set_at(i) == chosen;
    assert_true(found);
    assert_ptr_equal(kernel_set_chosen(), chosen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sets_are_those_of_the_processor),
        cmocka_unit_test(every_set_is_complete),
        cmocka_unit_test(the_choice_is_one_of_them_and_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
