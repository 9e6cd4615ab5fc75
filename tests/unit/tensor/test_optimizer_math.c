// Optimizer kernels of every set give the bits of the plain one, for lengths that end anywhere in a
// register.
#include "distill/tensor/optimizer_math.h"

#include "distill/base/rng.h"
#include "distill/tensor/cpu/kernel_set.h"
#include "tests/support/unit.h"

enum { MOST = 300, BLOCK = DISTILL_MOMENT_BLOCK };
static const size_t LENGTHS[] = {0, 1, 7, 8, 9, 31, 64, 255, 256};
enum { LENGTH_COUNT = sizeof LENGTHS / sizeof *LENGTHS };

/// Values of many sizes, zeros among them.
static void fill(float *x, uint64_t seed)
{
    distill_rng rng = distill_rng_start(seed, 0);
    for (size_t i = 0; i < MOST; i++)
        x[i] = i % 13 == 5 ? 0 : (float)(distill_rng_normal(&rng) * exp2(-(double)(i % 25)));
}

static const optimizer_kernels *plain(void)
{
    size_t last = 0;
    while (kernel_set_at(last + 1) != NULL)
        last++;
    return kernel_set_at(last)->optimizer;
}

static void updates_have_the_same_bits(void **state)
{
    (void)state;
    const distill_adamw_constants constants = {.clip = 0.7f,
                                               .beta1 = 0.9f,
                                               .one_minus_beta1 = 0.1f,
                                               .beta2 = 0.95f,
                                               .one_minus_beta2 = 0.05f,
                                               .v_scale = 3.1f,
                                               .eps = 1e-8f,
                                               .rate = 1e-3f,
                                               .decay = 1e-4f};
    float start[4][MOST], expected[3][MOST], got[3][MOST];
    for (uint64_t i = 0; i < 4; i++)
        fill(start[i], i);
    for (size_t i = 0; i < MOST; i++)
        start[2][i] *= start[2][i]; // v is not negative
    for (size_t set = 0; kernel_set_at(set) != NULL; set++)
        for (size_t i = 0; i < LENGTH_COUNT; i++) {
            memcpy(expected, start, sizeof expected);
            memcpy(got, start, sizeof got);
            plain()->adamw(expected[0], expected[1], expected[2], start[3], LENGTHS[i], &constants);
            kernel_set_at(set)->optimizer->adamw(got[0], got[1], got[2], start[3], LENGTHS[i],
                                                 &constants);
            assert_memory_equal(got, expected, sizeof got);
        }
}

static void an_update_follows_the_formula(void **state)
{
    (void)state;
    const distill_adamw_constants k = {.clip = 0.5f,
                                       .beta1 = 0.9f,
                                       .one_minus_beta1 = 0.1f,
                                       .beta2 = 0.95f,
                                       .one_minus_beta2 = 0.05f,
                                       .v_scale = 2,
                                       .eps = 1e-3f,
                                       .rate = 0.01f,
                                       .decay = 0.002f};
    float p = 1.5f, m = -0.25f, v = 0.125f, g = 3;
    distill_adamw_update(&p, &m, &v, &g, 1, &k);
    double grad = 1.5, m1 = 0.9 * -0.25 + 0.1 * grad, v1 = 0.95 * 0.125 + 0.05 * grad * grad;
    assert_within((double)m, m1, 1e-7);
    assert_within((double)v, v1, 1e-7);
    assert_within((double)p, 1.5 - 0.002 * 1.5 - 0.01 * m1 / (sqrt(2 * v1) + 1e-3), 1e-6);
}

static void sums_of_squares_have_the_same_bits(void **state)
{
    (void)state;
    float x[MOST];
    fill(x, 9);
    for (size_t set = 0; kernel_set_at(set) != NULL; set++)
        for (size_t i = 0; i < LENGTH_COUNT; i++) {
            double expected = plain()->sum_of_squares(x, LENGTHS[i]), sum = 0;
            assert_true(kernel_set_at(set)->optimizer->sum_of_squares(x, LENGTHS[i]) == expected);
            for (size_t j = 0; j < LENGTHS[i]; j++)
                sum += (double)x[j] * (double)x[j];
            assert_within(expected, sum, 1e-12 * sum);
        }
}

typedef struct codes {
    unsigned char m[BLOCK], v[BLOCK];
    float m_scale, v_scale;
} codes;

static void moments_have_the_same_bits(void **state)
{
    (void)state;
    float m[MOST], v[MOST];
    fill(m, 4);
    for (size_t i = 0; i < MOST; i++)
        v[i] = m[i] * m[i];
    for (size_t set = 0; kernel_set_at(set) != NULL; set++)
        for (uint32_t key = 0; key < 50; key++) {
            const optimizer_kernels *kernels = kernel_set_at(set)->optimizer;
            size_t count = LENGTHS[key % LENGTH_COUNT];
            codes a = {.m_scale = -1}, b = {.m_scale = -1};
            float back[2][2][BLOCK] = {0};
            const distill_moment_codes to_a = {a.m, a.v, &a.m_scale, &a.v_scale};
            const distill_moment_codes to_b = {b.m, b.v, &b.m_scale, &b.v_scale};
            plain()->encode(&to_a, m, v, count, key * 2654435761u);
            kernels->encode(&to_b, m, v, count, key * 2654435761u);
            assert_memory_equal(&a, &b, sizeof a);
            plain()->decode(back[0][0], back[0][1], &to_a, count);
            kernels->decode(back[1][0], back[1][1], &to_b, count);
            assert_memory_equal(back[0], back[1], sizeof back[0]);
        }
}

static void split_weights_have_the_same_bits(void **state)
{
    (void)state;
    float x[MOST];
    fill(x, 6);
    for (size_t set = 0; kernel_set_at(set) != NULL; set++)
        for (size_t i = 0; i < LENGTH_COUNT; i++) {
            const optimizer_kernels *kernels = kernel_set_at(set)->optimizer;
            uint16_t high[3][MOST] = {0};
            int8_t low[3][MOST] = {0};
            float back[2][MOST] = {0};
            plain()->split(high[0], low[0], x, LENGTHS[i], 77);
            kernels->split(high[1], low[1], x, LENGTHS[i], 77);
            assert_memory_equal(high[0], high[1], sizeof high[0]);
            assert_memory_equal(low[0], low[1], sizeof low[0]);
            plain()->join(back[0], high[0], low[0], LENGTHS[i]);
            kernels->join(back[1], high[0], low[0], LENGTHS[i]);
            assert_memory_equal(back[0], back[1], sizeof back[0]);
            kernels->split_nearest(high[2], low[2], back[0], LENGTHS[i]); // exact
            assert_memory_equal(high[0], high[2], sizeof high[0]);
            assert_memory_equal(low[0], low[2], sizeof low[0]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(updates_have_the_same_bits),
        cmocka_unit_test(an_update_follows_the_formula),
        cmocka_unit_test(sums_of_squares_have_the_same_bits),
        cmocka_unit_test(moments_have_the_same_bits),
        cmocka_unit_test(split_weights_have_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
