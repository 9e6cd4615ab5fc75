#include "distill/tensor/blas.h"
#include "distill/tensor/matmul.h"
#include "tests/unit/tensor/gradcheck.h"

#include <stdlib.h>

typedef struct linear {
    double *x, *w, *bias, *residual, *dy, *y;
    size_t N, inputs, outputs;
} linear;

static void formula(linear *l)
{
    for (size_t n = 0; n < l->N; n++)
        for (size_t o = 0; o < l->outputs; o++)
            l->y[n * l->outputs + o] =
                dot_double(l->x + n * l->inputs, l->w + o * l->inputs, l->inputs) +
                (l->bias != NULL ? l->bias[o] : 0) +
                (l->residual != NULL ? l->residual[n * l->outputs + o] : 0);
}

static double loss(void *context)
{
    linear *l = context;
    formula(l);
    return dot_double(l->y, l->dy, l->N * l->outputs);
}

static void check_linear(size_t N, size_t inputs, size_t outputs, bool bias, bool residual)
{
    size_t in = N * inputs, out = N * outputs, weights = inputs * outputs;
    float *x = random_floats(in, 1, 1), *w = random_floats(weights, 0.3, 2);
    float *b = random_floats(outputs, 1, 3), *r = random_floats(out, 1, 4);
    float *dy = random_floats(out, 1, 5), *y = random_floats(out, 1, 6);
    float *dx = random_floats(in, 1, 7), *dw = random_floats(weights, 1, 8), *db = NULL;
    linear l = {widened(x, in),
                widened(w, weights),
                bias ? widened(b, outputs) : NULL,
                residual ? widened(r, out) : NULL,
                widened(dy, out),
                widened(y, out),
                N,
                inputs,
                outputs};
    distill_matmul_forward(y, x, w, bias ? b : NULL, residual ? r : NULL, N, inputs, outputs);
    formula(&l);
    assert_close("y", y, l.y, out, 1e-6);
    if (residual) { // in place
        distill_matmul_forward(r, x, w, bias ? b : NULL, r, N, inputs, outputs);
        assert_close("y in place", r, l.y, out, 1e-6);
    }

    distill_matmul_backward_input(dx, dy, w, N, inputs, outputs, DISTILL_SET);
    assert_gradient("dx", dx, loss, &l, l.x, in, 1e-6);
    distill_matmul_backward_input(dx, dy, w, N, inputs, outputs, DISTILL_ADD);
    for (size_t i = 0; i < in; i++)
        dx[i] *= 0.5f;
    assert_gradient("dx added", dx, loss, &l, l.x, in, 1e-6);

    memset(dw, 0, weights * sizeof *dw);
    assert_ok(DISTILL_NEW(&db, outputs));
    distill_matmul_backward_weight(dw, bias ? db : NULL, dy, x, N, inputs, outputs);
    distill_matmul_backward_weight(dw, bias ? db : NULL, dy, x, N, inputs, outputs);
    for (size_t i = 0; i < weights; i++)
        dw[i] *= 0.5f;
    for (size_t i = 0; i < outputs; i++)
        db[i] *= 0.5f;
    assert_gradient("dw", dw, loss, &l, l.w, weights, 1e-6);
    if (bias)
        assert_gradient("dbias", db, loss, &l, l.bias, outputs, 1e-6);
    float *floats[] = {x, w, b, r, dy, y, dx, dw, db};
    double *doubles[] = {l.x, l.w, l.bias, l.residual, l.dy, l.y};
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
        distill_free(floats[i]);
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++)
        distill_free(doubles[i]);
}

static void linear_layer_matches_its_formula_and_differences(void **state)
{
    (void)state;
    check_linear(1, 1, 1, false, false);
    check_linear(5, 7, 3, true, true);
    check_linear(33, 12, 20, true, false);
    check_linear(9, 40, 17, false, true);
}

/// Larger than one tile in every direction: spot checks, since the formula is slow.
static void tiles_cover_the_whole_result(void **state)
{
    (void)state;
    const size_t shapes[][3] = {
        {700, 130, 260}, {64, 300, 1030}, {1000, 64, 96}, {3, 2000, 150}, {3000, 40, 20}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        size_t N = shapes[s][0], inputs = shapes[s][1], outputs = shapes[s][2];
        float *x = random_floats(N * inputs, 1, 1), *w = random_floats(outputs * inputs, 1, 2);
        float *y = random_floats(N * outputs, 1, 3), *dw = NULL;
        distill_matmul_forward(y, x, w, NULL, NULL, N, inputs, outputs);
        for (size_t i = 0; i < N * outputs; i++) {
            double sum = 0;
            for (size_t k = 0; k < inputs; k++)
                sum += (double)x[i / outputs * inputs + k] * (double)w[i % outputs * inputs + k];
            if (fabs(sum - (double)y[i]) > 2e-5 * sqrt((double)inputs) * 10)
                fail_msg("element %zu: %.9g, expected %.9g", i, (double)y[i], sum);
        }
        assert_ok(DISTILL_NEW(&dw, outputs * inputs));
        distill_matmul_backward_weight(dw, NULL, y, x, N, inputs, outputs);
        for (size_t i = 0; i < outputs * inputs; i += 37) {
            double sum = 0, size = 0;
            for (size_t n = 0; n < N; n++) {
                double term =
                    (double)y[n * outputs + i / inputs] * (double)x[n * inputs + i % inputs];
                sum += term;
                size += fabs(term);
            }
            if (fabs(sum - (double)dw[i]) > 1e-5 * size)
                fail_msg("weight %zu: %.9g, expected %.9g", i, (double)dw[i], sum);
        }
        distill_free(dw);
        distill_free(y);
        distill_free(w);
        distill_free(x);
    }
}

static void own_product_equals_the_librarys(void **state)
{
    (void)state;
    const size_t M = 61, N = 83, K = 150;
    const blas_transpose ways[] = {BLAS_AS_IS, BLAS_TRANSPOSED};
    float *a = random_floats(M * K, 1, 1), *b = random_floats(K * N, 1, 2);
    for (size_t i = 0; i < 4; i++) {
        blas_transpose ta = ways[i / 2], tb = ways[i % 2];
        size_t lda = ta == BLAS_AS_IS ? K : M, ldb = tb == BLAS_AS_IS ? N : K;
        for (int beta = 0; beta < 2; beta++) {
            float *one = random_floats(M * N, 1, 3), *two = random_floats(M * N, 1, 3);
            blas_sgemm(ta, tb, M, N, K, 0.5f, a, lda, b, ldb, (float)beta, one, N);
            blas_sgemm_plain(ta, tb, M, N, K, 0.5f, a, lda, b, ldb, (float)beta, two, N);
            double *wide = widened(one, M * N);
            assert_close("own product", two, wide, M * N, 1e-6);
            distill_free(wide);
            distill_free(two);
            distill_free(one);
        }
    }
    distill_free(b);
    distill_free(a);
}

static void beta_zero_overwrites_not_a_number(void **state)
{
    (void)state;
    float a[4] = {1, 2, 3, 4}, c[4] = {NAN, NAN, NAN, NAN};
    distill_matmul_backward_input(c, a, a, 2, 2, 2, DISTILL_SET);
    assert_within(c[0], 7, 1e-6);
    c[0] = NAN;
    blas_sgemm_plain(BLAS_AS_IS, BLAS_AS_IS, 2, 2, 2, 1, a, 2, a, 2, 0, c, 2);
    assert_within(c[0], 7, 1e-6);
}

/// bfloat16 weights give the bits of the same numbers in fp32; their gradient is the fp32 sum
/// rounded once.
static void weights_of_two_bytes_equal_their_numbers(void **state)
{
    (void)state;
    if (blas_preferred()) {
        print_message("skipped: OpenBLAS takes the products; it has no such weights and rounds "
                      "differently\n");
        skip();
    }
    enum { N = 37, IN = 45, OUT = 29, WEIGHTS = IN * OUT };
    float *x = random_floats(N * IN, 1, 1), *w = random_floats(WEIGHTS, 1, 2);
    float *dy = random_floats(N * OUT, 1, 3), *dw = random_floats(WEIGHTS, 1, 4);
    float one[N * OUT], two[N * OUT], dx_one[N * IN], dx_two[N * IN];
    uint16_t narrow[WEIGHTS], gradient[WEIGHTS], rounded[WEIGHTS];
    distill_dtype_narrow(narrow, w, DISTILL_BF16, WEIGHTS);
    distill_dtype_widen(w, narrow, DISTILL_BF16, WEIGHTS);
    distill_weight weight = {narrow, DISTILL_BF16};
    distill_matmul_forward(one, x, w, NULL, NULL, N, IN, OUT);
    distill_matmul_forward_as(two, x, weight, NULL, NULL, N, IN, OUT);
    assert_memory_equal(one, two, sizeof one);
    distill_matmul_backward_input(dx_one, dy, w, N, IN, OUT, DISTILL_SET);
    distill_matmul_backward_input_as(dx_two, dy, weight, N, IN, OUT, DISTILL_SET);
    assert_memory_equal(dx_one, dx_two, sizeof dx_one);

    distill_weight_gradient sixteen = {gradient, DISTILL_BF16}, whole = {dw, DISTILL_F32};
    memset(gradient, 0xff, sizeof gradient); // not a number, never read
    distill_matmul_backward_weight_as(sixteen, NULL, dy, x, N, IN, OUT, DISTILL_SET);
    distill_matmul_backward_weight_as(whole, NULL, dy, x, N, IN, OUT, DISTILL_SET);
    distill_dtype_narrow(rounded, dw, DISTILL_BF16, WEIGHTS);
    assert_memory_equal(gradient, rounded, sizeof rounded);
    distill_matmul_backward_weight_as(sixteen, NULL, dy, x, N, IN, OUT, DISTILL_ADD);
    float *before = random_floats(WEIGHTS, 1, 5);
    distill_dtype_widen(before, rounded, DISTILL_BF16, WEIGHTS);
    for (size_t i = 0; i < WEIGHTS; i++)
        before[i] += dw[i];
    distill_dtype_narrow(rounded, before, DISTILL_BF16, WEIGHTS);
    assert_memory_equal(gradient, rounded, sizeof rounded);
    float *floats[] = {x, w, dy, dw, before};
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
        distill_free(floats[i]);
}

static void scale_multiplies_every_element(void **state)
{
    (void)state;
    enum { COUNT = 10007 };
    float *x = random_floats(COUNT, 1, 1), *y = random_floats(COUNT, 1, 1);
    distill_matmul_scale(y, 0.25f, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_true(y[i] == 0.25f * x[i]);
    distill_free(y);
    distill_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_layer_matches_its_formula_and_differences),
        cmocka_unit_test(tiles_cover_the_whole_result),
        cmocka_unit_test(own_product_equals_the_librarys),
        cmocka_unit_test(beta_zero_overwrites_not_a_number),
        cmocka_unit_test(weights_of_two_bytes_equal_their_numbers),
        cmocka_unit_test(scale_multiplies_every_element),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
