#include "distill/tensor/swiglu.h"
#include "tests/unit/tensor/gradcheck.h"

enum { COUNT = 2051 };

typedef struct gated {
    double *gate, *up, *dout, *out;
} gated;

static double loss(void *context)
{
    gated *f = context;
    for (size_t i = 0; i < COUNT; i++)
        f->out[i] = f->gate[i] / (1 + exp(-f->gate[i])) * f->up[i];
    return dot_double(f->out, f->dout, COUNT);
}

static void swiglu_matches_its_formula_and_differences(void **state)
{
    (void)state;
    float *gate = random_floats(COUNT, 3, 1), *up = random_floats(COUNT, 1, 2);
    float *dout = random_floats(COUNT, 1, 3), *out = random_floats(COUNT, 1, 4);
    gated f = {widened(gate, COUNT), widened(up, COUNT), widened(dout, COUNT), widened(out, COUNT)};
    loss(&f);
    distill_swiglu_forward(out, gate, up, COUNT);
    assert_close("out", out, f.out, COUNT, 1e-6);
    distill_swiglu_backward(dout, gate, up, COUNT);
    assert_close("out again", dout, f.out, COUNT, 1e-6);
    assert_gradient("dgate", gate, loss, &f, f.gate, COUNT, 1e-6);
    assert_gradient("dup", up, loss, &f, f.up, COUNT, 1e-6);
    float *floats[] = {gate, up, dout, out};
    double *doubles[] = {f.gate, f.up, f.dout, f.out};
    for (size_t i = 0; i < 4; i++) {
        distill_free(floats[i]);
        distill_free(doubles[i]);
    }
}

static void large_gates_stay_finite(void **state)
{
    (void)state;
    float gate[] = {-1e30f, -200, -88, 0, 88, 200, 1e30f}, up[] = {1, 1, 1, 1, 1, 1, 1}, out[7];
    float dout[] = {1, 1, 1, 1, 1, 1, 1};
    distill_swiglu_forward(out, gate, up, 7);
    assert_true(out[0] == 0 && out[1] == 0 && fabsf(out[2]) < 1e-30f && out[3] == 0);
    assert_true(out[4] == 88 && out[5] == 200 && out[6] == 1e30f);
    distill_swiglu_backward(dout, gate, up, 7);
    assert_within(gate[0], 0, 1e-6);
    assert_within(gate[3], 0.5, 1e-6);
    assert_within(gate[6], 1, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(swiglu_matches_its_formula_and_differences),
        cmocka_unit_test(large_gates_stay_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
