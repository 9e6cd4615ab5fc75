// Every instruction set gives the same bits, which are those of the order written in
// decode_kernels.h, and a row's result does not depend on the rows, panels or threads beside it.
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/tensor/cpu/kernel_set.h"
#include "distill/tensor/panel_matmul.h"
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

/// The nearest bfloat16, as a float32.
static float rounded(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
    memcpy(&value, &bits, sizeof bits);
    return value;
}

enum { K_ODD = 37, OUTPUTS = 16 * 7, ROWS = 14 };

/// Panels of `type` drawn as decode_kernels.h draws them, from weights (OUTPUTS, K_ODD).
static void *draw_panels(panel_view *view, const float *w, panel_type type)
{
    size_t pairs = (K_ODD + 1) / 2;
    char *panels = NULL;
    *view = (panel_view){.type = type, .ahead = 1 << 20};
    view->bytes = type == PANEL_F32 ? K_ODD * 64 : pairs * 64;
    assert_ok(distill_alloc((void **)&panels, OUTPUTS / 16, view->bytes));
    for (size_t o = 0; o < OUTPUTS; o++)
        for (size_t k = 0; k < K_ODD; k++) {
            char *panel = panels + o / 16 * view->bytes;
            const char *weight = (const char *)&w[o * K_ODD + k];
            if (type == PANEL_F32)
                memcpy(panel + (k * 16 + o % 16) * 4, weight, 4);
            else
                memcpy(panel + (k / 2 * 16 + o % 16) * 4 + k % 2 * 2, weight + 2, 2);
        }
    view->weights = panels;
    return panels;
}

static void assert_chains(const decode_kernels *kernels, panel_view *view, const float *x,
                          const float *w, size_t rows)
{
    static float out[ROWS * OUTPUTS];
    memset(out, 0, sizeof out);
    kernels->product(out, OUTPUTS, x, K_ODD, view, rows, K_ODD, false);
    for (size_t r = 0; r < rows; r++)
        for (size_t o = 0; o < view->count * 16; o++) {
            float expected = chain(x + r * K_ODD, w + o * K_ODD, K_ODD);
            assert_same_bits(&out[r * OUTPUTS + o], &expected, 1);
        }
    for (size_t r = 0; r < ROWS; r++) // nothing beyond was written
        for (size_t o = 0; o < OUTPUTS; o++)
            assert_true((r < rows && o < view->count * 16) || out[r * OUTPUTS + o] == 0);
}

static void products_are_chains_of_fused_multiply_adds(void **state)
{
    static float x[ROWS * K_ODD], w[OUTPUTS * K_ODD];
    (void)state;
    fill(x, ROWS * K_ODD, 1);
    fill(w, OUTPUTS * K_ODD, 2);
    for (panel_type type = PANEL_F32; type <= PANEL_BF16; type++) {
        panel_view view;
        for (size_t i = 0; type == PANEL_BF16 && i < OUTPUTS * K_ODD; i++)
            w[i] = rounded(w[i]);
        void *panels = draw_panels(&view, w, type);
        for (size_t set = 0; kernel_set_at(set) != NULL; set++)
            for (size_t rows = 1; rows <= ROWS; rows++)
                for (view.count = 1; view.count <= OUTPUTS / 16; view.count++)
                    assert_chains(kernel_set_at(set)->decode, &view, x, w, rows);
        distill_free(panels);
    }
}

static void products_can_go_on_from_a_sum(void **state)
{
    static float x[K_ODD], w[OUTPUTS * K_ODD], whole[16], parts[16];
    (void)state;
    fill(x, K_ODD, 3);
    fill(w, OUTPUTS * K_ODD, 4);
    for (panel_type type = PANEL_F32; type <= PANEL_BF16; type++) {
        panel_view view;
        char *panels = draw_panels(&view, w, type);
        view.count = 1;
        for (size_t set = 0; kernel_set_at(set) != NULL; set++) {
            const decode_kernels *kernels = kernel_set_at(set)->decode;
            view.weights = panels;
            kernels->product(whole, 16, x, K_ODD, &view, 1, K_ODD, false);
            kernels->product(parts, 16, x, K_ODD, &view, 1, 12, false);
            view.weights = panels + (type == PANEL_F32 ? 12 : 6) * 64;
            kernels->product(parts, 16, x + 12, K_ODD, &view, 1, K_ODD - 12, true);
            assert_same_bits(whole, parts, 16);
        }
        distill_free(panels);
    }
}

/// Extremes among the codes: -127 and 127 against each other give the largest sums of pairs.
static int8_t code_at(size_t i)
{
    static const int8_t ENDS[] = {127, -127, 0, 127, 127, -127, -1, 1};
    return i % 3 == 0 ? ENDS[i / 3 % 8] : (int8_t)((int)(i * 37 % 255) - 127);
}

static void products_of_integers_are_exact_on_every_instruction_set(void **state)
{
    enum { QUADS = 10, K = 4 * QUADS, ROW = 64 + 64 };
    static _Alignas(64) char panels[OUTPUTS * K], x[ROWS * ROW];
    static float scales[OUTPUTS], out[ROWS * OUTPUTS];
    (void)state;
    for (size_t o = 0; o < OUTPUTS; o++)
        scales[o] = 0.001f * (float)(o + 1);
    for (size_t r = 0; r < ROWS; r++) {
        int8_row *row = (int8_row *)(x + r * ROW);
        row->scale = 0.5f + (float)r;
        for (size_t k = 0; k < K; k++)
            row->sum += row->codes[k] = code_at(r * 7 + k * 3);
    }
    for (size_t set = 0; kernel_set_at(set) != NULL; set++) {
        const decode_kernels *kernels = kernel_set_at(set)->decode;
        panel_view view = {.weights = panels, .bytes = 16 * K, .type = PANEL_INT8};
        for (size_t o = 0; o < OUTPUTS; o++)
            for (size_t k = 0; k < K; k++)
                panels[o / 16 * 16 * K + k / 4 * 64 + o % 16 * 4 + k % 4] =
                    (char)(code_at(o * 5 + k) ^ kernels->int8_flip);
        for (size_t rows = 1; rows <= ROWS; rows++)
            for (view.count = 1; view.count <= OUTPUTS / 16; view.count++) {
                memset(out, 0, sizeof out);
                kernels->product_int8(out, OUTPUTS, (const int8_row *)x, ROW, &view, scales, rows,
                                      QUADS);
                for (size_t i = 0; i < ROWS * OUTPUTS; i++) {
                    size_t r = i / OUTPUTS, o = i % OUTPUTS;
                    int32_t sum = 0;
                    for (size_t k = 0; k < K; k++)
                        sum += code_at(r * 7 + k * 3) * code_at(o * 5 + k);
                    float expected = (float)sum * scales[o] * (0.5f + (float)r);
                    if (r >= rows || o >= view.count * 16)
                        expected = 0;
                    assert_same_bits(&out[i], &expected, 1);
                }
            }
    }
}

static void activations_are_rounded_to_255_steps(void **state)
{
    enum { MOST = 150 };
    static float x[MOST];
    static _Alignas(64) char a[64 + 192], b[64 + 192];
    const int8_row *row = (const int8_row *)a;
    (void)state;
    fill(x, MOST, 21);
    for (size_t n = 1; n <= MOST; n++) {
        float most = 0;
        int32_t sum = 0;
        kernel_set_at(0)->decode->quantize((int8_row *)a, x, n);
        for (size_t i = 0; i < n; i++)
            most = fmaxf(most, fabsf(x[i]));
        assert_true(row->scale == most / 127);
        for (size_t i = 0; i < (n + 3) / 4 * 4; i++) {
            double expected = i < n ? (double)x[i] * 127 / (double)most : 0;
            assert_true(fabs(row->codes[i] - expected) < 0.5001);
            sum += row->codes[i];
        }
        assert_int_equal(row->sum, sum);
        for (size_t set = 1; kernel_set_at(set) != NULL; set++) {
            kernel_set_at(set)->decode->quantize((int8_row *)b, x, n);
            assert_memory_equal(a, b, 8);
            assert_memory_equal(a + 64, b + 64, (n + 3) / 4 * 4);
        }
    }
    for (size_t set = 0; kernel_set_at(set) != NULL; set++) {
        memset(x, 0, sizeof x);
        kernel_set_at(set)->decode->quantize((int8_row *)a, x, MOST);
        assert_true(row->scale == 0 && row->codes[MOST - 1] == 0 && row->sum == 0);
        x[77] = NAN;
        kernel_set_at(set)->decode->quantize((int8_row *)a, x, MOST);
        assert_true(isnan(row->scale));
        x[77] = INFINITY;
        kernel_set_at(set)->decode->quantize((int8_row *)a, x, MOST);
        assert_true(isnan(row->scale));
    }
}

static void row_kernels_give_the_same_bits_on_every_instruction_set(void **state)
{
    enum { MOST = 1100 };
    static float x[MOST], y[MOST], a[MOST], b[MOST];
    const decode_kernels *first = kernel_set_at(0)->decode;
    (void)state;
    fill(x, MOST, 5);
    fill(y, MOST, 6);
    for (size_t i = 0; i < MOST; i += 7)
        x[i] *= 40; // values far from 0, too
    for (size_t set = 1; kernel_set_at(set) != NULL; set++) {
        const decode_kernels *other = kernel_set_at(set)->decode;
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

static void places_of_values_are_found(void **state)
{
    enum { MOST = 200 };
    static float x[MOST];
    int32_t places[MOST + 1];
    (void)state;
    fill(x, MOST, 51);
    for (size_t i = 0; i < MOST; i += 9)
        x[i] = 0.5f; // the bounds are inclusive
    x[70] = -INFINITY;
    for (size_t set = 0; kernel_set_at(set) != NULL; set++)
        for (size_t n = 0; n <= MOST; n += 1 + n / 3) {
            size_t found = kernel_set_at(set)->decode->find(places, x, n, 0.5f, 2.0f, n),
                   expected = 0;
            for (size_t i = 0; i < n; i++)
                if (x[i] >= 0.5f && x[i] <= 2.0f)
                    assert_int_equal(places[expected++], i);
            assert_int_equal(found, expected);
            assert_int_equal(kernel_set_at(set)->decode->find(places, x, n, -INFINITY, INFINITY, n),
                             n);
            assert_int_equal(kernel_set_at(set)->decode->find(places, x, n, 9, 10, n), 0);
        }
}

static void histograms_count_and_weigh_steps_below_the_top(void **state)
{
    enum { N = 1003, BUCKETS = 32 };
    static float x[N], weights[N];
    double first[HISTOGRAM_PARTS * BUCKETS], sums[HISTOGRAM_PARTS * BUCKETS], expected[BUCKETS];
    (void)state;
    fill(x, N, 21);
    fill(weights, N, 22);
    x[5] = -INFINITY;
    for (int weighted = 0; weighted < 2; weighted++)
        for (size_t set = 0; kernel_set_at(set) != NULL; set++) {
            memset(expected, 0, sizeof expected);
            for (size_t i = 0; i < N; i++) {
                float depth = (5 - x[i]) * 6;
                expected[depth < BUCKETS - 1 ? (size_t)depth : BUCKETS - 1] +=
                    weighted ? (double)weights[i] : 1;
            }
            kernel_set_at(set)->decode->histogram(sums, BUCKETS, x, weighted ? weights : NULL, N, 5,
                                                  6);
            for (size_t b = 0; b < BUCKETS; b++)
                assert_true(fabs(sums[b] - expected[b]) < 1e-9);
            if (set == 0)
                memcpy(first, sums, sizeof first);
            assert_memory_equal(first, sums, BUCKETS * sizeof *sums);
        }
}

static void exponentials_are_accurate_and_safe_at_the_ends(void **state)
{
    static float x[4000], out[4000];
    (void)state;
    for (int i = 0; i < 4000; i++)
        x[i] = -87.0f + (float)i * 0.04375f;
    for (size_t set = 0; kernel_set_at(set) != NULL; set++) {
        const decode_kernels *kernels = kernel_set_at(set)->decode;
        kernels->exp_sum(out, x, 4000, 0, 1);
        for (int i = 0; i < 4000; i++)
            assert_true(fabs((double)out[i] / exp((double)x[i]) - 1) < 2.5e-7);
        float ends[] = {-INFINITY, -1e30f, -88, 88, INFINITY, NAN, 0};
        double sum = kernels->exp_sum(NULL, ends, 4, 0, 1); // nothing is written
        assert_true(sum > 1.65e38 && sum < 1.66e38);
        assert_true(isnan(kernels->exp_sum(ends, ends, 7, 0, 1)));
        assert_true(ends[0] == 0 && ends[1] == 0 && ends[2] == 0 && (double)ends[3] == sum);
        assert_true(isnan(ends[4]) && isnan(ends[5]) && ends[6] == 1);
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
    for (size_t set = 0; kernel_set_at(set) != NULL; set++) {
        kernel_set_at(set)->decode->rms_norm(out, x, w, N, 1e-5f);
        for (int i = 0; i < N; i++) {
            double expected = (double)w[i] * (double)x[i] / sqrt(squares / N + 1e-5);
            assert_true(fabs((double)out[i] - expected) < 1e-6 * (1 + fabs(expected)));
        }
        kernel_set_at(set)->decode->swiglu(out, x, w, N);
        for (int i = 0; i < N; i++) {
            double expected = (double)x[i] / (1 + exp(-(double)x[i])) * (double)w[i];
            assert_true(fabs((double)out[i] - expected) < 1e-6 * (1 + fabs(expected)));
        }
    }
}

/// A product of int8 weights and activations: both quantised, the sum exact.
static float int8_product(const float *x, const float *w, size_t K)
{
    float most_x = 0, most_w = 0;
    int32_t sum = 0;
    for (size_t k = 0; k < K; k++) {
        most_x = fmaxf(most_x, fabsf(x[k]));
        most_w = fmaxf(most_w, fabsf(w[k]));
    }
    for (size_t k = 0; k < K; k++)
        sum += (int32_t)lrintf(x[k] * (127 / most_x)) * (int32_t)lrintf(w[k] * (127 / most_w));
    return (float)sum * (most_w / 127) * (most_x / 127);
}

static float product_of(distill_weights type, const float *x, const float *w, size_t K)
{
    float near[2048];
    for (size_t k = 0; k < K; k++)
        near[k] = rounded(w[k]);
    return type == DISTILL_WEIGHTS_INT8   ? int8_product(x, w, K)
           : type == DISTILL_WEIGHTS_BF16 ? chain(x, near, K)
                                          : chain(x, w, K);
}

static const char *const TYPE_NAMES[] = {"bf16", "fp32", "int8"};

static void packed_products_know_biases_sums_and_pairs(void **state)
{
    enum { K = 21, A = 19, B = 8, N = 9 };
    static float wa[A * K], wb[B * K], ba[A], x[N * K], out[N * (A + B)], w2[A * K];
    static _Alignas(64) char scratch[N * 128];
    (void)state;
    fill(wa, A * K, 11);
    fill(wb, B * K, 12);
    fill(w2, A * K, 13);
    fill(ba, A, 14);
    fill(x, N * K, 15);
    const distill_panel_source parts[] = {{.weight = wa, .bias = ba, .rows = A},
                                          {.weight = wb, .rows = B}};
    const distill_panel_source pair[] = {{.weight = wa, .bias = ba, .rows = A},
                                         {.weight = w2, .bias = ba, .rows = A}};
    for (distill_weights type = 0; type <= DISTILL_WEIGHTS_INT8; type++) {
        distill_panel_matrix joined, paired;
        assert_string_equal(distill_weights_name(type), TYPE_NAMES[type]);
        assert_true(distill_panel_row_scratch(K, type) <= sizeof scratch / N);
        assert_ok(
            distill_panel_matrix_create(&joined, parts, 2, K, &(distill_panel_form){type, 0}));
        assert_ok(distill_panel_matrix_create(&paired, pair, 2, K, &(distill_panel_form){type, 1}));

        distill_panel_matmul(out, A + B, x, K, &joined, N, DISTILL_MATMUL_STORE, scratch);
        for (size_t n = 0; n < N; n++)
            for (size_t o = 0; o < A + B; o++) {
                const float *w = o < A ? wa + o * K : wb + (o - A) * K;
                float expected = product_of(type, x + n * K, w, K) + (o < A ? ba[o] : 0);
                assert_same_bits(&out[n * (A + B) + o], &expected, 1);
            }
        float before = out[3];
        distill_panel_matmul(out, A + B, x, K, &joined, 1, DISTILL_MATMUL_ADD, scratch);
        assert_true(out[3] == before + before);

        distill_panel_matmul(out, A, x, K, &paired, N, DISTILL_MATMUL_SWIGLU, scratch);
        for (size_t n = 0; n < N; n++)
            for (size_t o = 0; o < A; o++) {
                double g = (double)(product_of(type, x + n * K, wa + o * K, K) + ba[o]);
                double up = (double)(product_of(type, x + n * K, w2 + o * K, K) + ba[o]);
                double expected = g / (1 + exp(-g)) * up;
                assert_true(fabs((double)out[n * A + o] - expected) < 2e-6 * (1 + fabs(expected)));
            }
        if (type != DISTILL_WEIGHTS_INT8)
            for (size_t k = 0; k < K; k++) {
                float row[K], expected = wb[3 * K + k];
                distill_panel_matrix_row(row, &joined, A + 3);
                expected = type == DISTILL_WEIGHTS_BF16 ? rounded(expected) : expected;
                assert_same_bits(&row[k], &expected, 1);
            }
        distill_panel_matrix_free(&joined);
        distill_panel_matrix_free(&paired);
    }
}

/// More rows than one tile of sums, more columns than one block: still one chain.
static void blocks_of_a_product_leave_no_trace(void **state)
{
    enum { K = 2043, A = 70, N = 101 };
    float *w, *x, *out;
    void *scratch;
    (void)state;
    assert_ok(DISTILL_NEW(&w, A * K));
    assert_ok(DISTILL_NEW(&x, N * K));
    assert_ok(DISTILL_NEW(&out, N * A));
    assert_ok(distill_alloc(&scratch, N, distill_panel_row_scratch(K, DISTILL_WEIGHTS_INT8)));
    fill(w, A * K, 31);
    fill(x, N * K, 32);
    const distill_panel_source part = {.weight = w, .rows = A};
    for (distill_weights type = 0; type <= DISTILL_WEIGHTS_INT8; type++) {
        distill_panel_matrix m;
        assert_ok(distill_panel_matrix_create(&m, &part, 1, K, &(distill_panel_form){type, false}));
        for (size_t rows = 1; rows <= N; rows += rows < 10 ? 3 : 91) {
            distill_panel_matmul(out, A, x, K, &m, rows, DISTILL_MATMUL_STORE, scratch);
            for (size_t i = 0; i < rows * A; i += 13) {
                float expected = product_of(type, x + i / A * K, w + i % A * K, K);
                assert_same_bits(&out[i], &expected, 1);
            }
        }
        distill_panel_matrix_free(&m);
    }
    distill_free(w);
    distill_free(x);
    distill_free(out);
    distill_free(scratch);
}

static void weights_that_are_no_numbers_are_named(void **state)
{
    enum { K = 600, A = 20 };
    static float w[A * K];
    const distill_panel_source parts[] = {{.name = "first", .weight = w, .rows = A},
                                          {.name = "second", .weight = w, .rows = 4}};
    distill_panel_matrix m;
    (void)state;
    fill(w, A * K, 41);
    w[17 * K + 555] = INFINITY;
    w[17 * K + 599] = NAN;
    for (distill_weights type = 0; type <= DISTILL_WEIGHTS_INT8; type++)
        assert_fails(
            distill_panel_matrix_create(&m, parts, 2, K, &(distill_panel_form){type, false}),
            DISTILL_NUMERIC, "tensor \"first\": row 17, column 555 is inf");
    assert_fails(distill_panel_matrix_create(&m, parts, 1, 70000,
                                             &(distill_panel_form){DISTILL_WEIGHTS_INT8, false}),
                 DISTILL_LIMIT, "70000 columns");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_chains_of_fused_multiply_adds),
        cmocka_unit_test(products_can_go_on_from_a_sum),
        cmocka_unit_test(products_of_integers_are_exact_on_every_instruction_set),
        cmocka_unit_test(activations_are_rounded_to_255_steps),
        cmocka_unit_test(row_kernels_give_the_same_bits_on_every_instruction_set),
        cmocka_unit_test(places_of_values_are_found),
        cmocka_unit_test(histograms_count_and_weigh_steps_below_the_top),
        cmocka_unit_test(exponentials_are_accurate_and_safe_at_the_ends),
        cmocka_unit_test(rms_norm_and_swiglu_follow_their_formulae),
        cmocka_unit_test(packed_products_know_biases_sums_and_pairs),
        cmocka_unit_test(blocks_of_a_product_leave_no_trace),
        cmocka_unit_test(weights_that_are_no_numbers_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
