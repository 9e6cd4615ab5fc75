// Packing: bfloat16 weights that are copied unchanged give the same panels as the same weights in
// float32, at any width and alignment, and a value that is not finite is named.
#include "distill/base/rng.h"
#include "distill/tensor/panel_matrix.h"
#include "tests/support/unit.h"

enum { ROWS = 37, MOST_K = 2100 };

typedef struct fixture {
    float *wide;  // (ROWS, MOST_K) values that bfloat16 holds
    char *narrow; // the same as bfloat16, with a byte before them
} fixture;

static fixture *create(void)
{
    fixture *f = NULL;
    size_t count = (size_t)ROWS * MOST_K;
    distill_rng rng = distill_rng_start(7, 0);
    assert_ok(DISTILL_NEW(&f, 1));
    assert_ok(DISTILL_NEW(&f->wide, count));
    assert_ok(DISTILL_NEW(&f->narrow, 2 * count + 1));
    for (size_t i = 0; i < count; i++)
        f->wide[i] = (float)distill_rng_normal(&rng);
    distill_dtype_narrow(f->narrow + 1, f->wide, DISTILL_BF16, count);
    distill_dtype_widen(f->wide, f->narrow + 1, DISTILL_BF16, count);
    return f;
}

static void destroy(fixture *f)
{
    distill_free(f->wide);
    distill_free(f->narrow);
    distill_free(f);
}

static void bfloat16_is_packed_as_its_float32_twin(void **state)
{
    (void)state;
    static const size_t widths[] = {1, 2, 5, 6, 64, 127, 896, 1023, 1024, 1026, 1030, 2049, 2100};
    fixture *f = create();
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
        for (int type = DISTILL_WEIGHTS_BF16; type <= DISTILL_WEIGHTS_INT8; type++) {
            distill_panel_source wide = {.weight = f->wide, .rows = ROWS};
            distill_panel_source narrow = {
                .weight = f->narrow + 1, .dtype = DISTILL_BF16, .rows = ROWS};
            distill_panel_form how = {.type = (distill_weights)type};
            distill_panel_matrix a, b;
            assert_ok(distill_panel_matrix_create(&a, &wide, 1, widths[w], &how));
            assert_ok(distill_panel_matrix_create(&b, &narrow, 1, widths[w], &how));
            assert_int_equal(a.panel_bytes, b.panel_bytes);
            if (memcmp(a.panels, b.panels, a.panel_count * a.panel_bytes) != 0)
                fail_msg("%s, %zu columns: other panels", distill_weights_name(how.type),
                         widths[w]);
            distill_panel_matrix_free(&a);
            distill_panel_matrix_free(&b);
        }
    destroy(f);
}

/// bfloat16 panels by their definition: out[panel][k / 2][row % 16] is a pair of k.
static void panels_are_what_the_drawing_says(void **state)
{
    (void)state;
    enum { K = 1030 };
    fixture *f = create();
    distill_panel_source part = {.weight = f->narrow + 1, .dtype = DISTILL_BF16, .rows = ROWS};
    distill_panel_matrix m;
    assert_ok(distill_panel_matrix_create(&m, &part, 1, K, &(distill_panel_form){0}));
    for (size_t row = 0; row < m.panel_count * 16; row++)
        for (size_t k = 0; k < K; k++) {
            const char *at = (const char *)m.panels + row / 16 * m.panel_bytes + k / 2 * 64 +
                             row % 16 * 4 + k % 2 * 2;
            static const char zeros[2];
            assert_memory_equal(at, row < ROWS ? f->narrow + 1 + 2 * (row * K + k) : zeros, 2);
        }
    distill_panel_matrix_free(&m);
    destroy(f);
}

static void the_first_weight_that_is_not_finite_is_named(void **state)
{
    (void)state;
    enum { K = 1030 };
    static const uint16_t infinity = 0xff80, not_a_number = 0x7fc1;
    fixture *f = create();
    distill_panel_source part = {
        .name = "some", .weight = f->narrow + 1, .dtype = DISTILL_BF16, .rows = ROWS};
    distill_panel_matrix m;
    memcpy(f->narrow + 1 + 2 * (36 * K + 3), &not_a_number, 2);
    assert_fails(distill_panel_matrix_create(&m, &part, 1, K, &(distill_panel_form){0}),
                 DISTILL_NUMERIC, "tensor \"some\": row 36, column 3 is nan");
    memcpy(f->narrow + 1 + 2 * (20 * K + 1029), &infinity, 2);
    assert_fails(distill_panel_matrix_create(&m, &part, 1, K, &(distill_panel_form){0}),
                 DISTILL_NUMERIC, "tensor \"some\": row 20, column 1029 is -inf");
    destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bfloat16_is_packed_as_its_float32_twin),
        cmocka_unit_test(panels_are_what_the_drawing_says),
        cmocka_unit_test(the_first_weight_that_is_not_finite_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
