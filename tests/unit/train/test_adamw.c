// tests/unit/train/test_adamw.c - AdamW against its formula in double, the schedule against its
// formula, the norm against a plain sum.
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/model/parameters.h"
#include "distill/train/adamw.h"
#include "distill/train/schedule.h"
#include "tests/support/tiny_layout.h"

#include <math.h>
#include <stdlib.h>

static bool is_parameter(const distill_layout *layout, size_t place, bool *matrix)
{
    for (size_t t = 0; t < layout->count; t++) {
        const distill_tensor_info *info = &layout->tensors[t];
        if (place >= info->offset && place < info->offset + info->rows * info->cols) {
            *matrix = info->matrix;
            return true;
        }
    }
    return false;
}

static float gradient_of(uint64_t step, size_t i)
{
    return (float)sin((double)(i * 7 + step * 13)) * (i % 5 == 0 ? 1e-6f : 0.3f);
}

static void steps_follow_the_formula(void **state)
{
    (void)state;
    distill_layout *layout = tiny_layout(&TINY_QWEN2);
    const size_t n = layout->total;
    float *p = NULL, *m = NULL, *v = NULL, *g = NULL;
    double *ref = calloc(3 * n, sizeof *ref); // p, m, v
    assert_non_null(ref);
    assert_ok(DISTILL_NEW(&p, n));
    assert_ok(DISTILL_NEW(&m, n));
    assert_ok(DISTILL_NEW(&v, n));
    assert_ok(DISTILL_NEW(&g, n));
    distill_parameters_init(p, layout, 3);
    for (size_t i = 0; i < n; i++)
        ref[i] = p[i];
    const distill_adamw rule = {0.9, 0.95, 1e-8, 0.1};
    for (uint64_t step = 1; step <= 4; step++) {
        const double lr = 1e-3 / (double)step, clip = 0.37;
        for (size_t i = 0; i < n; i++) {
            bool matrix = false;
            if (!is_parameter(layout, i, &matrix))
                continue;
            g[i] = gradient_of(step, i);
            double grad = (double)g[i] * clip;
            double *rp = &ref[i], *rm = &ref[n + i], *rv = &ref[2 * n + i];
            *rm = 0.9 * *rm + (1 - 0.9) * grad;
            *rv = 0.95 * *rv + (1 - 0.95) * grad * grad;
            if (matrix)
                *rp *= 1 - lr * 0.1;
            *rp -= lr * (*rm / (1 - pow(0.9, (double)step))) /
                   (sqrt(*rv / (1 - pow(0.95, (double)step))) + 1e-8);
        }
        distill_adamw_step(p, m, v, g, layout, &rule, lr, clip, step);
    }
    for (size_t i = 0; i < n; i++) {
        assert_true(fabs((double)p[i] - ref[i]) <= 2e-6 * fabs(ref[i]) + 1e-7);
        bool matrix;
        if (!is_parameter(layout, i, &matrix))
            assert_true(p[i] == 0 && m[i] == 0 && v[i] == 0);
    }
    distill_free(p);
    distill_free(m);
    distill_free(v);
    distill_free(g);
    free(ref);
    distill_layout_free(layout);
}

static void vectors_are_not_decayed(void **state)
{
    (void)state;
    distill_layout *layout = tiny_layout(&TINY_QWEN2);
    float *blocks = NULL;
    const size_t n = layout->total;
    const distill_adamw rule = {0.9, 0.95, 1e-8, 0.5};
    assert_ok(DISTILL_NEW(&blocks, 4 * n));
    distill_parameters_init(blocks, layout, 3);
    float first = blocks[layout->layers[0].wq];
    distill_adamw_step(blocks, blocks + n, blocks + 2 * n, blocks + 3 * n, layout, &rule, 0.1, 1,
                       1);
    assert_true(blocks[layout->layers[0].attn_norm] == 1);
    assert_true(blocks[layout->final_norm + 1] == 1);
    assert_true(fabs((double)(blocks[layout->layers[0].wq] - first * 0.95f)) < 1e-8);
    distill_free(blocks);
    distill_layout_free(layout);
}

static void the_norm_is_that_of_a_plain_sum(void **state)
{
    (void)state;
    enum { N = 100003 };
    float *values = calloc(N, sizeof *values);
    distill_norm_workspace workspace = {0};
    double sum = 0;
    assert_non_null(values);
    for (size_t i = 0; i < N; i++) {
        values[i] = gradient_of(1, i);
        sum += (double)values[i] * (double)values[i];
    }
    assert_ok(distill_norm_workspace_create(&workspace, N));
    assert_true(fabs(distill_gradient_norm(&workspace, values, N) / sqrt(sum) - 1) < 1e-12);
    values[70000] = NAN;
    assert_true(isnan(distill_gradient_norm(&workspace, values, N)));
    distill_norm_workspace_free(&workspace);
    free(values);
}

static void clipping_scales_only_what_is_larger(void **state)
{
    (void)state;
    assert_true(distill_clip_factor(0.5, 1) == 1);
    assert_true(fabs(distill_clip_factor(4, 1) - 1 / 4.000001) < 1e-15);
    assert_true(distill_clip_factor(4, 0) == 1);
}

static void schedules_follow_their_formulae(void **state)
{
    (void)state;
    // the trace of ../shared/data/oracle/qwen2-tiny/train.json: W = 1, S = 10, m = 0.1
    const distill_schedule cosine = {DISTILL_COSINE, 0.001, 0.1, 1, 10};
    assert_true(distill_schedule_at(&cosine, 1) == 0.001);
    assert_true(fabs(distill_schedule_at(&cosine, 2) - 0.0009728616793536587) < 1e-17);
    assert_true(fabs(distill_schedule_at(&cosine, 3) - 0.00089471999940354) < 1e-17);
    assert_true(fabs(distill_schedule_at(&cosine, 10) - 0.0001) < 1e-17);
    const distill_schedule linear = {DISTILL_LINEAR, 1, 0.5, 4, 8};
    assert_true(distill_schedule_at(&linear, 1) == 0.25 && distill_schedule_at(&linear, 4) == 1);
    assert_true(distill_schedule_at(&linear, 6) == 0.75 && distill_schedule_at(&linear, 8) == 0.5);
    const distill_schedule constant = {DISTILL_CONSTANT, 2, 0.1, 2, 8};
    assert_true(distill_schedule_at(&constant, 1) == 1 && distill_schedule_at(&constant, 8) == 2);
    const distill_schedule all_warmup = {DISTILL_COSINE, 1, 0.1, 8, 8};
    assert_true(distill_schedule_at(&all_warmup, 8) == 1);
    const distill_schedule none = {DISTILL_COSINE, 1, 0, 0, 2};
    assert_true(fabs(distill_schedule_at(&none, 1) - 0.5) < 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_follow_the_formula),
        cmocka_unit_test(vectors_are_not_decayed),
        cmocka_unit_test(the_norm_is_that_of_a_plain_sum),
        cmocka_unit_test(clipping_scales_only_what_is_larger),
        cmocka_unit_test(schedules_follow_their_formulae),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
