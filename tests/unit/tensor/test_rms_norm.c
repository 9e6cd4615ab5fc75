#include "distill/tensor/rms_norm.h"
#include "tests/unit/tensor/gradcheck.h"

static const double EPS = 1e-3;

typedef struct norm {
    double *x, *weight, *dy, *y;
    size_t N, D;
} norm;

static void formula(norm *f)
{
    for (size_t n = 0; n < f->N; n++) {
        double *x = f->x + n * f->D;
        double inverse = 1 / sqrt(dot_double(x, x, f->D) / (double)f->D + EPS);
        for (size_t d = 0; d < f->D; d++)
            f->y[n * f->D + d] = f->weight[d] * x[d] * inverse;
    }
}

static double loss(void *context)
{
    norm *f = context;
    formula(f);
    return dot_double(f->y, f->dy, f->N * f->D);
}

static void check_norm(size_t N, size_t D)
{
    size_t all = N * D;
    float *x = random_floats(all, 1, 1), *weight = random_floats(D, 1, 2);
    float *dy = random_floats(all, 1, 3), *y = random_floats(all, 1, 4), *dx = NULL;
    float *dweight = NULL, *scratch = NULL;
    norm f = {widened(x, all), widened(weight, D), widened(dy, all), widened(y, all), N, D};
    assert_ok(DISTILL_NEW(&dx, all));
    assert_ok(DISTILL_NEW(&dweight, D));
    assert_ok(DISTILL_NEW(&scratch, distill_rms_norm_scratch(D)));
    distill_rms_norm_forward(y, x, weight, N, D, EPS);
    formula(&f);
    assert_close("y", y, f.y, all, 1e-6);

    distill_rms_norm_backward(dx, dweight, dy, x, weight, scratch, N, D, EPS, DISTILL_SET);
    assert_gradient("dx", dx, loss, &f, f.x, all, 2e-6);
    assert_gradient("dweight", dweight, loss, &f, f.weight, D, 2e-6);
    distill_rms_norm_backward(dx, dweight, dy, x, weight, scratch, N, D, EPS, DISTILL_ADD);
    for (size_t i = 0; i < all; i++)
        dx[i] *= 0.5f;
    for (size_t i = 0; i < D; i++)
        dweight[i] *= 0.5f;
    assert_gradient("dx added", dx, loss, &f, f.x, all, 2e-6);
    assert_gradient("dweight added", dweight, loss, &f, f.weight, D, 2e-6);
    distill_rms_norm_backward(dy, dweight, dy, x, weight, scratch, N, D, EPS, DISTILL_SET);
    double *once = widened(dx, all);
    assert_close("dx in place of dy", dy, once, all, 2e-6);

    float *floats[] = {x, weight, dy, y, dx, dweight, scratch};
    double *doubles[] = {f.x, f.weight, f.dy, f.y, once};
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
        distill_free(floats[i]);
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++)
        distill_free(doubles[i]);
}

static void rms_norm_matches_its_formula_and_differences(void **state)
{
    (void)state;
    check_norm(1, 2);
    check_norm(3, 8);
    check_norm(70, 20); // more rows than parts
    check_norm(2, 131);
}

static void a_row_of_zeros_gives_zeros(void **state)
{
    (void)state;
    float x[8] = {0}, weight[8] = {1, 1, 1, 1, 1, 1, 1, 1}, y[8];
    distill_rms_norm_forward(y, x, weight, 1, 8, 1e-6);
    for (int i = 0; i < 8; i++)
        assert_true(y[i] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rms_norm_matches_its_formula_and_differences),
        cmocka_unit_test(a_row_of_zeros_gives_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
