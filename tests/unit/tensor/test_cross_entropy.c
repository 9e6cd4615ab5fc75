#include "distill/tensor/cross_entropy.h"
#include "tests/unit/tensor/gradcheck.h"

typedef struct classes {
    double *logits;
    const int32_t *targets;
    const float *weights;
    size_t rows, V;
} classes;

static double row_nll(const classes *c, size_t r)
{
    double most = -INFINITY, sum = 0;
    const double *row = c->logits + r * c->V;
    for (size_t v = 0; v < c->V; v++)
        most = fmax(most, row[v]);
    for (size_t v = 0; v < c->V; v++)
        sum += exp(row[v] - most);
    return c->targets[r] < 0 ? 0 : log(sum) + most - row[c->targets[r]];
}

static double loss(void *context)
{
    const classes *c = context;
    double sum = 0;
    for (size_t r = 0; r < c->rows; r++)
        sum += (c->weights != NULL ? (double)c->weights[r] : 1) * row_nll(c, r);
    return sum;
}

static void check_rows(size_t rows, size_t V, bool weighted)
{
    float *logits = random_floats(rows * V, 3, 1), *weights = random_floats(rows, 1, 2);
    int32_t targets[16];
    double nll[16];
    classes c = {widened(logits, rows * V), targets, weighted ? weights : NULL, rows, V};
    for (size_t r = 0; r < rows; r++)
        targets[r] = r == 2 ? -1 : (int32_t)(r * 7919 % V);
    weights[0] = 0;
    distill_cross_entropy(nll, logits, targets, c.weights, rows, V, true);
    for (size_t r = 0; r < rows; r++)
        if (fabs(nll[r] - row_nll(&c, r)) > 2e-6 * fmax(1, nll[r]))
            fail_msg("row %zu of %zu classes: nll %.9g, expected %.9g", r, V, nll[r],
                     row_nll(&c, r));
    if (rows * V < 5000)
        assert_gradient("dlogits", logits, loss, &c, c.logits, rows * V, 1e-6);
    for (size_t v = 0; v < V && rows > 2; v++)
        assert_true(logits[2 * V + v] == 0); // no target, no gradient
    distill_free(c.logits);
    distill_free(weights);
    distill_free(logits);
}

static void cross_entropy_matches_its_formula_and_differences(void **state)
{
    (void)state;
    check_rows(1, 1, false);
    check_rows(5, 3, false);
    check_rows(13, 77, true);
    check_rows(3, 1029, true);
    check_rows(4, 150001, true);
}

static void extreme_logits_stay_finite(void **state)
{
    (void)state;
    float logits[] = {1e4f, -1e4f, 0, -1e4f, -1e4f, 3e4f};
    int32_t targets[] = {1, 2};
    double nll[2];
    distill_cross_entropy(nll, logits, targets, NULL, 2, 3, true);
    assert_true(fabs(nll[0] - 2e4) < 1e-3 && nll[1] == 0);
    for (int i = 0; i < 6; i++)
        assert_true(isfinite(logits[i]));
    assert_within(logits[0], 1, 1e-6);
    assert_within(logits[1], -1, 1e-6);
}

static void not_a_number_is_not_hidden(void **state)
{
    (void)state;
    float logits[20] = {0};
    int32_t target = 3;
    double nll;
    logits[13] = NAN;
    distill_cross_entropy(&nll, logits, &target, NULL, 1, 20, false);
    assert_true(isnan(nll));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cross_entropy_matches_its_formula_and_differences),
        cmocka_unit_test(extreme_logits_stay_finite),
        cmocka_unit_test(not_a_number_is_not_hidden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
