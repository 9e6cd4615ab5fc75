// Every instruction set gives the same bits, which are those of the order written in
// decode_kernels.h, and a row's result does not depend on the rows, panels or threads beside it.
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/tensor/decode_kernels.h"
#include "distill/tensor/packed_matmul.h"
#include "tests/support/unit.h"

#include <math.h>

static void fill(float *x, size_t n, uint64_t seed)
{
    distill_rng rng = distill_rng_start(seed, 0);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)distill_rng_normal(&rng);
}

static void assert_same_bits(const float *a, const float *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(&a[i], &b[i], sizeof *a) != 0)
            fail_msg("element %zu: %a and %a", i, (double)a[i], (double)b[i]);
}

/// The definition: one chain of fused multiply-adds an output.
static float chain(const float *x, const float *weight, size_t K)
{
    float sum = 0;
    for (size_t k = 0; k < K; k++)
        sum = fmaf(x[k], weight[k], sum);
    return sum;
}

static void products_are_chains_of_fused_multiply_adds(void **state)
{
    enum { K = 37, OUTPUTS = 16 * 7, ROWS = 14 };
    static float x[ROWS * K], w[OUTPUTS * K], out[ROWS * OUTPUTS];
    float *panels;
    (void)state;
    fill(x, ROWS * K, 1);
    fill(w, OUTPUTS * K, 2);
    assert_ok(DISTILL_NEW(&panels, OUTPUTS * K));
    for (size_t o = 0; o < OUTPUTS; o++)
        for (size_t k = 0; k < K; k++)
            panels[(o / 16 * K + k) * 16 + o % 16] = w[o * K + k];
    for (size_t set = 0; decode_kernels_at(set) != NULL; set++)
        for (size_t rows = 1; rows <= ROWS; rows++)
            for (size_t count = 1; count <= OUTPUTS / 16; count++) {
                memset(out, 0, sizeof out);
                decode_kernels_at(set)->product(out, OUTPUTS, x, K, panels, K * 16, rows, count, K,
                                                false);
                for (size_t r = 0; r < rows; r++)
                    for (size_t o = 0; o < count * 16; o++) {
                        float wanted = chain(x + r * K, w + o * K, K);
                        assert_same_bits(&out[r * OUTPUTS + o], &wanted, 1);
                    }
                for (size_t r = 0; r < ROWS; r++) // nothing beyond was written
                    for (size_t o = 0; o < OUTPUTS; o++)
                        assert_true((r < rows && o < count * 16) || out[r * OUTPUTS + o] == 0);
            }
    distill_free(panels);
}

static void products_can_go_on_from_a_sum(void **state)
{
    enum { K = 30 };
    static float x[K], w[16 * K], whole[16], parts[16];
    (void)state;
    fill(x, K, 3);
    fill(w, 16 * K, 4); // any panel will do
    for (size_t set = 0; decode_kernels_at(set) != NULL; set++) {
        const decode_kernels *kernels = decode_kernels_at(set);
        kernels->product(whole, 16, x, K, w, K * 16, 1, 1, K, false);
        kernels->product(parts, 16, x, K, w, K * 16, 1, 1, 11, false);
        kernels->product(parts, 16, x + 11, K, w + 11 * 16, K * 16, 1, 1, K - 11, true);
        assert_same_bits(whole, parts, 16);
    }
}

static void row_kernels_give_the_same_bits_on_every_instruction_set(void **state)
{
    enum { MOST = 1100 };
    static float x[MOST], y[MOST], a[MOST], b[MOST];
    const decode_kernels *first = decode_kernels_at(0);
    (void)state;
    fill(x, MOST, 5);
    fill(y, MOST, 6);
    for (size_t i = 0; i < MOST; i += 7)
        x[i] *= 40; // far out, too
    for (size_t set = 1; decode_kernels_at(set) != NULL; set++) {
        const decode_kernels *other = decode_kernels_at(set);
        for (size_t n = 1; n < MOST; n += n < 70 ? 1 : 171) {
            assert_true(first->maximum(x, n) == other->maximum(x, n));
            float top = first->maximum(x, n);
            double sum = first->exp_sum(a, x, n, top, 0.7f);
            assert_true(sum == other->exp_sum(b, x, n, top, 0.7f));
            assert_same_bits(a, b, n);
            first->swiglu(a, x, y, n);
            other->swiglu(b, x, y, n);
            assert_same_bits(a, b, n);
            first->rms_norm(a, x, y, n, 1e-6f);
            other->rms_norm(b, x, y, n, 1e-6f);
            assert_same_bits(a, b, n);
            first->add(a, x, n);
            other->add(b, x, n);
            first->multiply(a, 1.7f, n);
            other->multiply(b, 1.7f, n);
            assert_same_bits(a, b, n);
            if (2 * n <= MOST) {
                memcpy(a, x, 2 * n * sizeof *a);
                memcpy(b, x, 2 * n * sizeof *b);
                first->rotate(a, y, y + n, n);
                other->rotate(b, y, y + n, n);
                assert_same_bits(a, b, 2 * n);
            }
        }
    }
}

static void exponentials_are_accurate_and_safe_at_the_ends(void **state)
{
    static float x[4000], out[4000];
    (void)state;
    for (int i = 0; i < 4000; i++)
        x[i] = -87.0f + (float)i * 0.0435f;
    for (size_t set = 0; decode_kernels_at(set) != NULL; set++) {
        const decode_kernels *kernels = decode_kernels_at(set);
        kernels->exp_sum(out, x, 4000, 0, 1);
        for (int i = 0; i < 4000; i++)
            assert_true(fabs((double)out[i] / exp((double)x[i]) - 1) < 2.5e-7);
        float ends[] = {-INFINITY, -1e30f, -88, 89, INFINITY, NAN, 0};
        kernels->exp_sum(ends, ends, 7, 0, 1);
        assert_true(ends[0] == 0 && ends[1] == 0 && ends[2] == 0);
        assert_true(isinf(ends[3]) && isinf(ends[4]) && isnan(ends[5]) && ends[6] == 1);
    }
}

static void rms_norm_and_swiglu_follow_their_formulae(void **state)
{
    enum { N = 83 };
    static float x[N], w[N], out[N];
    double squares = 0;
    (void)state;
    fill(x, N, 8);
    fill(w, N, 9);
    for (int i = 0; i < N; i++)
        squares += (double)x[i] * (double)x[i];
    for (size_t set = 0; decode_kernels_at(set) != NULL; set++) {
        decode_kernels_at(set)->rms_norm(out, x, w, N, 1e-5f);
        for (int i = 0; i < N; i++) {
            double wanted = (double)w[i] * (double)x[i] / sqrt(squares / N + 1e-5);
            assert_true(fabs((double)out[i] - wanted) < 1e-6 * (1 + fabs(wanted)));
        }
        decode_kernels_at(set)->swiglu(out, x, w, N);
        for (int i = 0; i < N; i++) {
            double wanted = (double)x[i] / (1 + exp(-(double)x[i])) * (double)w[i];
            assert_true(fabs((double)out[i] - wanted) < 1e-6 * (1 + fabs(wanted)));
        }
    }
}

static void packed_products_know_biases_sums_and_pairs(void **state)
{
    enum { K = 21, A = 19, B = 8, N = 9 };
    static float wa[A * K], wb[B * K], ba[A], x[N * K], out[N * (A + B)], w2[A * K];
    distill_packed_matrix joined, paired;
    (void)state;
    fill(wa, A * K, 11);
    fill(wb, B * K, 12);
    fill(w2, A * K, 13);
    fill(ba, A, 14);
    fill(x, N * K, 15);
    const distill_packed_part parts[] = {{wa, ba, A}, {wb, NULL, B}};
    const distill_packed_part pair[] = {{wa, ba, A}, {w2, NULL, A}};
    assert_ok(distill_packed_matrix_create(&joined, parts, 2, K, DISTILL_PACK_JOINED));
    assert_ok(distill_packed_matrix_create(&paired, pair, 2, K, DISTILL_PACK_PAIRED));

    distill_packed_matmul(out, A + B, x, K, &joined, N, DISTILL_MATMUL_STORE);
    for (size_t n = 0; n < N; n++)
        for (size_t o = 0; o < A + B; o++) {
            const float *w = o < A ? wa + o * K : wb + (o - A) * K;
            float wanted = chain(x + n * K, w, K) + (o < A ? ba[o] : 0);
            assert_same_bits(&out[n * (A + B) + o], &wanted, 1);
        }
    float before = out[3];
    distill_packed_matmul(out, A + B, x, K, &joined, 1, DISTILL_MATMUL_ADD);
    assert_true(out[3] == before + before);

    distill_packed_matmul(out, A, x, K, &paired, N, DISTILL_MATMUL_SWIGLU);
    for (size_t n = 0; n < N; n++)
        for (size_t o = 0; o < A; o++) {
            double g = (double)(chain(x + n * K, wa + o * K, K) + ba[o]);
            double wanted = g / (1 + exp(-g)) * (double)chain(x + n * K, w2 + o * K, K);
            assert_true(fabs((double)out[n * A + o] - wanted) < 2e-6 * (1 + fabs(wanted)));
        }
    float row[K];
    distill_packed_matrix_row(row, &joined, A + 3);
    assert_same_bits(row, wb + 3 * K, K);
    distill_packed_matrix_free(&joined);
    distill_packed_matrix_free(&paired);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_chains_of_fused_multiply_adds),
        cmocka_unit_test(products_can_go_on_from_a_sum),
        cmocka_unit_test(row_kernels_give_the_same_bits_on_every_instruction_set),
        cmocka_unit_test(exponentials_are_accurate_and_safe_at_the_ends),
        cmocka_unit_test(rms_norm_and_swiglu_follow_their_formulae),
        cmocka_unit_test(packed_products_know_biases_sums_and_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
