// tests/unit/train/test_moments.c - 8-bit moments and 24-bit weights: close, unbiased, and a second
// moment never becomes zero.
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/train/optimizer.h"
#include "tests/support/tiny_layout.h"

#include <math.h>

enum { BLOCK = DISTILL_MOMENT_BLOCK };

// Values of many magnitudes, as gradients have; the largest is 3.
static void fill(float *m, float *v)
{
    distill_rng rng = distill_rng_start(7, 1);
    for (size_t i = 0; i < BLOCK; i++) {
        m[i] = (float)(distill_rng_normal(&rng) * exp2(-(double)(i % 20)));
        v[i] = m[i] * m[i] * (float)(0.5 + distill_rng_uniform(&rng));
    }
    m[0] = 3;
    v[0] = 9;
}

static void codes_are_close_and_unbiased(void **state)
{
    (void)state;
    enum { TIMES = 4000 };
    static double mean_m[BLOCK], mean_root[BLOCK];
    float m[BLOCK], v[BLOCK], m2[BLOCK], v2[BLOCK];
    distill_layout *layout = tiny_layout(&TINY_QWEN2);
    distill_moments s;
    assert_ok(distill_moments_create(&s, layout, DISTILL_ADAMW_8BIT));
    fill(m, v);
    for (uint32_t t = 0; t < TIMES; t++) {
        distill_moments_put(&s, 0, m, v, t * 2654435761u);
        distill_moments_get(m2, v2, &s, 0);
        for (size_t i = 0; i < BLOCK; i++) {
            double least = 3 * exp2(-15.6);
            assert_true(fabs((double)m2[i] - (double)m[i]) <= fabs((double)m[i]) / 8 + least);
            assert_true(v2[i] > 0); // sqrt(v) never becomes zero
            assert_true(fabs(sqrt(v2[i]) - sqrt(v[i])) <= sqrt(v[i]) / 16 + least);
            mean_m[i] += (double)m2[i] / TIMES;
            mean_root[i] += sqrt(v2[i]) / TIMES;
        }
        assert_true(m2[0] == 3 && v2[0] == 9); // the scale itself is exact
    }
    for (size_t i = 0; i < BLOCK; i++) { // five standard errors
        double deviation = 5 / sqrt(TIMES), least = 3 * exp2(-15.6);
        assert_true(fabs(mean_m[i] - (double)m[i]) <=
                    deviation * (fabs((double)m[i]) / 16 + least));
        if (sqrt(v[i]) > 2 * least)
            assert_true(fabs(mean_root[i] - sqrt(v[i])) <= deviation * sqrt(v[i]) / 32 + 1e-6);
    }
    distill_moments_free(&s);
    distill_layout_free(layout);
}

static void zeros_and_extreme_values_stay_finite(void **state)
{
    (void)state;
    float m[BLOCK] = {0}, v[BLOCK] = {0};
    distill_layout *layout = tiny_layout(&TINY_QWEN2);
    distill_moments s;
    assert_ok(distill_moments_create(&s, layout, DISTILL_ADAMW_8BIT));
    for (int kind = 0; kind < 3; kind++) {
        m[3] = kind == 0 ? 0 : kind == 1 ? 1e-40f : -1e38f;
        v[3] = kind == 0 ? 0 : kind == 1 ? 1e-45f : 1e38f;
        distill_moments_put(&s, 0, m, v, 1);
        distill_moments_get(m, v, &s, 0);
        for (size_t i = 0; i < BLOCK; i++)
            assert_true(isfinite(m[i]) && isfinite(v[i]) && (i == 3 || (m[i] == 0 && v[i] == 0)));
    }
    assert_true(fabs((double)m[3] / -1e38 - 1) < 1e-5 && fabs((double)v[3] / 1e38 - 1) < 1e-5);
    distill_moments_free(&s);
    distill_layout_free(layout);
}

static void blocks_cover_every_tensor_once(void **state)
{
    (void)state;
    distill_layout *layout = tiny_layout(&TINY_QWEN2);
    distill_moments s;
    size_t covered = 0;
    assert_ok(distill_moments_create(&s, layout, DISTILL_ADAMW_8BIT));
    for (size_t b = 0; b < s.blocks; b++) {
        distill_moment_place at = distill_moments_place(&s, b);
        const distill_tensor_info *info = &layout->tensors[at.tensor];
        assert_true(at.count > 0 && at.count <= BLOCK && at.first >= info->offset);
        assert_true(at.first + at.count <= info->offset + info->rows * info->cols);
        covered += at.count;
    }
    assert_int_equal(covered, layout->parameters);
    distill_moments_free(&s);
    distill_layout_free(layout);
}

static void weights_of_24_bits_read_back_and_small_steps_are_unbiased(void **state)
{
    (void)state;
    enum { STEPS = 20000 };
    distill_layout *layout = tiny_layout(&TINY_QWEN2);
    distill_train_weights w;
    float back[BLOCK], values[BLOCK];
    double sum = 0;
    assert_ok(distill_train_weights_create(&w, layout, DISTILL_BF16));
    distill_block_sink to = distill_train_weights_sink(&w);
    distill_block_source exact = distill_train_weights_exact(&w);
    distill_block_source rounded = distill_train_weights_rounded(&w);
    for (size_t i = 0; i < BLOCK; i++)
        values[i] = (float)((double)(i + 1) * 0.37 * (i % 2 == 0 ? 1 : -1));
    to.write(to.context, 0, values, BLOCK);
    exact.read(exact.context, back, 0, BLOCK);
    for (size_t i = 0; i < BLOCK; i++)
        assert_true(fabs((double)back[i] / (double)values[i] - 1) <= exp2(-16));
    to.write(to.context, 0, back, BLOCK); // exact the second time
    exact.read(exact.context, values, 0, BLOCK);
    assert_memory_equal(values, back, sizeof back);
    rounded.read(rounded.context, values, 0, BLOCK);
    for (size_t i = 0; i < BLOCK; i++)
        assert_true(fabs((double)values[i] / (double)back[i] - 1) <= exp2(-8));
    for (size_t i = 0; i < BLOCK; i++)
        values[i] = 1;
    distill_train_weights_put(&w, 0, values, BLOCK, 1);
    for (uint32_t step = 0; step < STEPS; step++) { // steps of 1/32 of the last bit
        distill_train_weights_get(values, &w, 0, BLOCK);
        for (size_t i = 0; i < BLOCK; i++)
            values[i] += (float)exp2(-15) * 0.03125f;
        distill_train_weights_put(&w, 0, values, BLOCK, step * 2654435761u);
    }
    distill_train_weights_get(values, &w, 0, BLOCK);
    for (size_t i = 0; i < BLOCK; i++)
        sum += (double)values[i] - 1;
    assert_true(fabs(sum / BLOCK / (STEPS * exp2(-20)) - 1) < 0.02);
    distill_train_weights_free(&w);
    distill_layout_free(layout);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_close_and_unbiased),
        cmocka_unit_test(zeros_and_extreme_values_stay_finite),
        cmocka_unit_test(blocks_cover_every_tensor_once),
        cmocka_unit_test(weights_of_24_bits_read_back_and_small_steps_are_unbiased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
