// Every set of loops against the same formulas in double, at lengths around the register's width.
#include "distill/tensor/cpu/kernel_set.h"
#include "tests/unit/tensor/gradcheck.h"

enum { MOST = 70 };
static const size_t LENGTHS[] = {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 50, 64, 67};
enum { LENGTH_COUNT = sizeof LENGTHS / sizeof *LENGTHS };

typedef void (*kernel_check)(const vector_kernels *k, size_t n);

static void for_all(kernel_check check)
{
    for (size_t set = 0; kernel_set_at(set) != NULL; set++)
        for (size_t i = 0; i < LENGTH_COUNT; i++)
            check(kernel_set_at(set)->vector, LENGTHS[i]);
}

static void near(const vector_kernels *k, size_t n, double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance * fmax(1, fabs(want))))
        fail_msg("%s, %zu values: %.9g, expected %.9g", k->name, n, got, want);
}

static void check_product(const vector_kernels *k, size_t M, size_t N, size_t K, bool transposed,
                          bool add)
{
    enum { LDC = 80, LDA = 75, LDB = 90 };
    float *a = random_floats(LDA * LDA, 1, 1), *b = random_floats(LDB * LDA, 1, 2);
    float *c = random_floats(LDC * LDA, 1, 3), *before = random_floats(LDC * LDA, 1, 3);
    small_product p = {c, LDC, a, transposed ? 1 : LDA, transposed ? LDA : 1, b, LDB, M, N, K, add};
    k->multiply_small(&p);
    for (size_t m = 0; m < LDA; m++)
        for (size_t n = 0; n < LDC; n++) {
            double want = (double)before[m * LDC + n];
            if (m < M && n < N) {
                want = add ? want : 0;
                for (size_t i = 0; i < K; i++)
                    want += (double)a[m * p.a_row + i * p.a_col] * (double)b[i * LDB + n];
                near(k, K, (double)c[m * LDC + n], want, 1e-5);
            } else if (c[m * LDC + n] != before[m * LDC + n]) {
                fail_msg("%s wrote outside the result, at %zu, %zu", k->name, m, n);
            }
        }
    distill_free(before);
    distill_free(c);
    distill_free(b);
    distill_free(a);
}

static void small_products_match_and_stay_inside(void **state)
{
    (void)state;
    for (size_t set = 0; kernel_set_at(set) != NULL; set++)
        for (size_t i = 0; i < LENGTH_COUNT; i++)
            for (int way = 0; way < 4; way++) {
                const vector_kernels *k = kernel_set_at(set)->vector;
                check_product(k, LENGTHS[i], LENGTHS[(i * 5 + 3) % LENGTH_COUNT], 20, way & 1,
                              way & 2);
                check_product(k, LENGTHS[(i * 7 + 1) % LENGTH_COUNT], LENGTHS[i], 5, way & 1,
                              way & 2);
            }
}

static void check_sums(const vector_kernels *k, size_t n)
{
    float *x = random_floats(n, 1, 1), *y = random_floats(n, 1, 2), *w = random_floats(n, 1, 3);
    double dot = 0, dot3 = 0, most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        dot += (double)x[i] * (double)y[i];
        dot3 += (double)x[i] * (double)y[i] * (double)w[i];
        most = fmax(most, (double)x[i]);
    }
    near(k, n, (double)k->dot(x, y, n), dot, 1e-6);
    near(k, n, (double)k->dot3(x, y, w, n), dot3, 1e-6);
    assert_true((double)k->maximum(x, n) == most);
    for (size_t i = 0; i < n; i++) { // the largest at every place
        x[i] += 100;
        assert_true(k->maximum(x, n) == x[i]);
        x[i] -= 100;
    }
    distill_free(w);
    distill_free(y);
    distill_free(x);
}

static void sums_and_maximum_match(void **state)
{
    (void)state;
    for_all(check_sums);
}

static void check_transpose(const vector_kernels *k, size_t n)
{
    enum { STRIDE = 80 };
    size_t cols = n * 5 % 33 + 1;
    float *x = random_floats(MOST * STRIDE, 1, 1), *out = random_floats(MOST * STRIDE, 1, 2);
    float *before = random_floats(MOST * STRIDE, 1, 2);
    k->transpose(out, STRIDE, x, STRIDE, n, cols);
    for (size_t c = 0; c < MOST; c++)
        for (size_t r = 0; r < STRIDE; r++) {
            float want = r < n && c < cols ? x[r * STRIDE + c] : before[c * STRIDE + r];
            if (out[c * STRIDE + r] != want)
                fail_msg("%s: %zu x %zu transposed, at %zu, %zu", k->name, n, cols, c, r);
        }
    distill_free(before);
    distill_free(out);
    distill_free(x);
}

static void transposition_matches_and_stays_inside(void **state)
{
    (void)state;
    for_all(check_transpose);
}

static void check_exponentials(const vector_kernels *k, size_t n)
{
    float *x = random_floats(n, 30, 1), out[MOST];
    double sum = 0;
    float got = k->exp_row(out, x, n, 0.5f, 3.0f);
    for (size_t i = 0; i < n; i++) {
        double want = exp(0.5 * (double)x[i] - 3);
        if (fabs((double)out[i] - want) > 5e-6 * want + 1e-37) // the argument itself is rounded
            fail_msg("%s: exp(%g): %.9g, expected %.9g", k->name, 0.5 * (double)x[i] - 3,
                     (double)out[i], want);
        sum += want;
    }
    near(k, n, (double)got, sum, 1e-5);
    sum = 0;
    got = k->exp2_row(out, x, n, 0.5f, 3.0f);
    for (size_t i = 0; i < n; i++) {
        double want = exp2(0.5 * (double)x[i] - 3);
        if (fabs((double)out[i] - want) > 3e-6 * want + 1e-37)
            fail_msg("%s: 2^%g: %.9g, expected %.9g", k->name, 0.5 * (double)x[i] - 3,
                     (double)out[i], want);
        sum += want;
    }
    near(k, n, (double)got, sum, 1e-5);
    distill_free(x);
}

static void exponentials_match(void **state)
{
    (void)state;
    for_all(check_exponentials);
}

static void exponentials_are_good_to_two_units_and_keep_the_ends(void **state)
{
    (void)state;
    for (size_t set = 0; kernel_set_at(set) != NULL; set++) {
        const vector_kernels *k = kernel_set_at(set)->vector;
        double worst = 0;
        for (float x = -87.0f; x < 88.7f; x += 0.0371f) {
            float out, in = x;
            k->exp_row(&out, &in, 1, 1, 0);
            worst = fmax(worst, fabs((double)out / exp((double)x) - 1));
        }
        if (worst > 2.5e-7)
            fail_msg("%s: relative error of exp %.3g", k->name, worst);
        worst = 0;
        for (float x = -126.0f; x < 127.9f; x += 0.0371f) {
            float out, in = x;
            k->exp2_row(&out, &in, 1, 1, 0);
            worst = fmax(worst, fabs((double)out / exp2((double)x) - 1));
        }
        if (worst > 2.5e-7)
            fail_msg("%s: relative error of 2^x %.3g", k->name, worst);
        float ends[] = {-INFINITY, -1e30f, -100, 0, 100, INFINITY, NAN, 88.7f}, out[8];
        k->exp_row(out, ends, 8, 1, 0);
        assert_true(out[0] == 0 && out[1] == 0 && out[2] == 0 && out[3] == 1);
        assert_true(isinf(out[4]) && isinf(out[5]) && isnan(out[6]) && isfinite(out[7]));
        float powers[] = {-INFINITY, -1e30f, -127, 0, 128, INFINITY, NAN, 127.9f, -126};
        uint32_t payload =
            0x7fc001ff; // not a number, with bits that could be taken for an exponent
        memcpy(&powers[6], &payload, sizeof payload);
        float power[9];
        k->exp2_row(power, powers, 9, 1, 0);
        assert_true(power[0] == 0 && power[1] == 0 && power[2] == 0 && power[3] == 1);
        assert_true(isinf(power[4]) && isinf(power[5]) && isnan(power[6]) && isfinite(power[7]));
        assert_true(power[8] == 0x1p-126f);
    }
}

static void check_rows(const vector_kernels *k, size_t n)
{
    float *x = random_floats(n, 1, 1), *y = random_floats(n, 1, 2), *w = random_floats(n, 1, 3);
    float out[MOST], more[MOST];
    memcpy(out, y, n * sizeof *out);
    k->add_scaled(out, x, 0.5f, n);
    for (size_t i = 0; i < n; i++)
        near(k, n, (double)out[i], (double)y[i] + 0.5 * (double)x[i], 1e-6);
    k->multiply(out, 0, n);
    for (size_t i = 0; i < n; i++)
        assert_true(out[i] == 0);
    memcpy(out, y, n * sizeof *out);
    k->softmax_gradient(out, x, 0.3f, 2, n);
    for (size_t i = 0; i < n; i++)
        near(k, n, (double)out[i], 2 * (double)x[i] * ((double)y[i] - 0.3), 1e-6);
    k->norm_row(out, x, w, 1.5f, n);
    for (size_t i = 0; i < n; i++)
        near(k, n, (double)out[i], 1.5 * (double)x[i] * (double)w[i], 1e-6);
    for (int add = 0; add < 2; add++) {
        memcpy(out, x, n * sizeof *out);
        memcpy(more, w, n * sizeof *more);
        k->norm_row_backward(out, more, y, x, w, 1.5f, 0.25f, add, n);
        for (size_t i = 0; i < n; i++) {
            near(k, n, (double)out[i],
                 1.5 * (double)y[i] * (double)w[i] - (0.25 - add) * (double)x[i], 1e-6);
            near(k, n, (double)more[i], (double)w[i] + 1.5 * (double)y[i] * (double)x[i], 1e-6);
        }
    }
    distill_free(w);
    distill_free(y);
    distill_free(x);
}

static void rows_match(void **state)
{
    (void)state;
    for_all(check_rows);
}

static void check_gates(const vector_kernels *k, size_t n)
{
    float *gate = random_floats(n, 3, 1), *up = random_floats(n, 1, 2), *d = random_floats(n, 1, 3);
    float out[MOST], dgate[MOST], dup[MOST], act[MOST];
    k->swiglu(out, gate, up, n);
    k->swiglu_backward(dgate, dup, act, d, gate, up, n);
    for (size_t i = 0; i < n; i++) {
        double g = (double)gate[i], s = 1 / (1 + exp(-g));
        near(k, n, (double)out[i], g * s * (double)up[i], 1e-6);
        near(k, n, (double)act[i], g * s * (double)up[i], 1e-6);
        near(k, n, (double)dup[i], (double)d[i] * g * s, 1e-6);
        near(k, n, (double)dgate[i], (double)d[i] * (double)up[i] * s * (1 + g * (1 - s)), 1e-6);
    }
    distill_free(d);
    distill_free(up);
    distill_free(gate);
}

static void gates_match(void **state)
{
    (void)state;
    for_all(check_gates);
}

static void check_turns(const vector_kernels *k, size_t n)
{
    float *x = random_floats(2 * n, 1, 1), *angle = random_floats(n, 1, 2);
    float cosine[MOST], sine[MOST], turned[2 * MOST];
    memcpy(turned, x, 2 * n * sizeof *x);
    for (size_t i = 0; i < n; i++) {
        cosine[i] = cosf(angle[i]);
        sine[i] = sinf(angle[i]);
    }
    k->rotate(turned, cosine, sine, n);
    for (size_t i = 0; i < n; i++) {
        near(k, n, (double)turned[i],
             (double)x[i] * (double)cosine[i] - (double)x[n + i] * (double)sine[i], 1e-6);
        near(k, n, (double)turned[n + i],
             (double)x[n + i] * (double)cosine[i] + (double)x[i] * (double)sine[i], 1e-6);
    }
    k->rotate_back(turned, cosine, sine, n);
    for (size_t i = 0; i < 2 * n; i++)
        near(k, n, (double)turned[i], (double)x[i], 1e-6);
    distill_free(angle);
    distill_free(x);
}

static void turns_match_and_come_back(void **state)
{
    (void)state;
    for_all(check_turns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_products_match_and_stay_inside),
        cmocka_unit_test(sums_and_maximum_match),
        cmocka_unit_test(transposition_matches_and_stays_inside),
        cmocka_unit_test(exponentials_match),
        cmocka_unit_test(exponentials_are_good_to_two_units_and_keep_the_ends),
        cmocka_unit_test(rows_match),
        cmocka_unit_test(gates_match),
        cmocka_unit_test(turns_match_and_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
