#include "distill/tensor/rope.h"
#include "tests/unit/tensor/gradcheck.h"

enum { N = 5, H = 3, Dh = 22, POSITIONS = 40 };

static const distill_rope_config PLAIN = {.theta = 10000, .factor = 1, .attention_factor = 1};
static const int32_t AT[N] = {0, 1, 2, 0, 39};

typedef struct turned {
    double *x, *dy, *y;
    const distill_rope_config *rope;
} turned;

static double loss(void *context)
{
    turned *f = context;
    for (size_t n = 0; n < N; n++)
        for (size_t h = 0; h < H; h++)
            for (size_t i = 0; i < Dh / 2; i++) {
                size_t at = (n * H + h) * Dh + i;
                double angle = AT[n] * distill_rope_frequency(f->rope, Dh, i);
                double c = cos(angle) * f->rope->attention_factor;
                double s = sin(angle) * f->rope->attention_factor;
                f->y[at] = f->x[at] * c - f->x[at + Dh / 2] * s;
                f->y[at + Dh / 2] = f->x[at + Dh / 2] * c + f->x[at] * s;
            }
    return dot_double(f->y, f->dy, N * H * Dh);
}

static void rope_matches_its_formula_and_differences(void **state)
{
    (void)state;
    distill_rope_config rope = PLAIN;
    float cosine[POSITIONS * Dh / 2], sine[POSITIONS * Dh / 2];
    float *x = random_floats(N * H * Dh, 1, 1), *dy = random_floats(N * H * Dh, 1, 2);
    rope.attention_factor = 1.25;
    turned f = {widened(x, N * H * Dh), widened(dy, N * H * Dh), widened(x, N * H * Dh), &rope};
    distill_rope_table(cosine, sine, &rope, Dh, 0, 10); // in two pieces
    distill_rope_table(cosine + 10 * Dh / 2, sine + 10 * Dh / 2, &rope, Dh, 10, POSITIONS - 10);
    loss(&f);
    distill_rope_forward(x, cosine, sine, AT, N, H, Dh);
    assert_close("y", x, f.y, N * H * Dh, 1e-6);
    distill_rope_backward(dy, cosine, sine, AT, N, H, Dh);
    assert_gradient("dx", dy, loss, &f, f.x, N * H * Dh, 1e-6);
    distill_free(f.x);
    distill_free(f.dy);
    distill_free(f.y);
    distill_free(dy);
    distill_free(x);
}

static void position_zero_turns_nothing(void **state)
{
    (void)state;
    float cosine[Dh / 2], sine[Dh / 2];
    distill_rope_table(cosine, sine, &PLAIN, Dh, 0, 1);
    for (int i = 0; i < Dh / 2; i++)
        assert_true(cosine[i] == 1 && sine[i] == 0);
}

// Values of transformers' modeling_rope_utils, computed with its formulas in Python.
static void scaled_frequencies_are_those_of_transformers(void **state)
{
    (void)state;
    distill_rope_config rope = {.type = DISTILL_ROPE_LINEAR, .theta = 10000, .factor = 4};
    double base = pow(10000, -2.0 * 3 / 64);
    assert_within(distill_rope_frequency(&PLAIN, 64, 3), base, 1e-15);
    assert_within(distill_rope_frequency(&rope, 64, 3), base / 4, 1e-15);

    rope = (distill_rope_config){.type = DISTILL_ROPE_LLAMA3,
                                 .theta = 500000,
                                 .factor = 8,
                                 .low_freq_factor = 1,
                                 .high_freq_factor = 4,
                                 .original_max_positions = 8192};
    assert_within(distill_rope_frequency(&rope, 128, 0), 1, 1e-15); // many turns: kept
    assert_within(distill_rope_frequency(&rope, 128, 63) * pow(500000, 126.0 / 128), 0.125,
                  1e-12); // few: divided
    double between = distill_rope_frequency(&rope, 128, 31) * pow(500000, 62.0 / 128);
    assert_true(between > 0.126 && between < 0.999);

    rope = (distill_rope_config){.type = DISTILL_ROPE_YARN,
                                 .theta = 1e6,
                                 .factor = 4,
                                 .original_max_positions = 32768,
                                 .beta_fast = 32,
                                 .beta_slow = 1,
                                 .truncate = true};
    // correction range: floor(23.6…) = 23 to ceil(39.7…) = 40 of 64 pairs
    assert_within(distill_rope_frequency(&rope, 128, 23) * pow(1e6, 46.0 / 128), 1, 1e-12);
    assert_within(distill_rope_frequency(&rope, 128, 40) * pow(1e6, 80.0 / 128), 0.25, 1e-12);
    double middle = distill_rope_frequency(&rope, 128, 31) * pow(1e6, 62.0 / 128);
    assert_within(middle, 1 - 0.75 * 8 / 17, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rope_matches_its_formula_and_differences),
        cmocka_unit_test(position_zero_turns_nothing),
        cmocka_unit_test(scaled_frequencies_are_those_of_transformers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
