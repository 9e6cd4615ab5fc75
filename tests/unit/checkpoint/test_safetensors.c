// tests/unit/checkpoint/test_safetensors.c - inconsistent files are refused with the reason; what
// is written reads back; number formats.
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/checkpoint/safetensors.h"
#include "tests/support/shared_data.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>

// Parses a file of `header` and `data_bytes` zeros; its length field is `claimed` (SIZE_MAX:
// correct).
static distill_status parse(const char *header, size_t data_bytes, size_t claimed)
{
    distill_safetensors *file = NULL;
    size_t length = strlen(header);
    unsigned char *bytes = calloc(8 + length + data_bytes, 1);
    uint64_t field = claimed == SIZE_MAX ? length : claimed;
    assert_non_null(bytes);
    memcpy(bytes, &field, 8);
    memcpy(bytes + 8, header, length);
    distill_status status =
        distill_safetensors_parse(&file, bytes, 8 + length + data_bytes, "w.safetensors");
    distill_safetensors_close(file);
    free(bytes);
    return status;
}

#define TENSOR(name, dtype, shape, offsets)                                                        \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void inconsistent_files_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t data, claimed;
        const char *words;
    } cases[] = {
        {"{}", 0, 3, "header should have"},
        {"{}", 0, 0, "does not begin"},
        {"[]", 0, SIZE_MAX, "does not begin"},
        {"{\"a\":", 0, SIZE_MAX, "JSON"},
        {"{" TENSOR("a", "F32", "[2,2]", "[0,16]") "}", 12, SIZE_MAX, "copied completely"},
        {"{" TENSOR("a", "F32", "[2,2]", "[0,12]") "}", 12, SIZE_MAX, "4 elements"},
        {"{" TENSOR("a", "F32", "[2,2]", "[16,0]") "}", 16, SIZE_MAX, "begin <= end"},
        {"{" TENSOR("a", "F32", "[2,2]", "[0]") "}", 16, SIZE_MAX, "data_offsets"},
        {"{" TENSOR("a", "F32", "[2,-2]", "[0,16]") "}", 16, SIZE_MAX, "whole number"},
        {"{" TENSOR("a", "F32", "[2.5]", "[0,16]") "}", 16, SIZE_MAX, "whole number"},
        {"{" TENSOR("a", "F32", "\"x\"", "[0,16]") "}", 16, SIZE_MAX, "array"},
        {"{" TENSOR("a", "F32", "[1]", "[0,4]") "," TENSOR("b", "F32", "[1]", "[8,12]") "}", 12,
         SIZE_MAX, "gap"},
        {"{" TENSOR("a", "F32", "[2]", "[0,8]") "," TENSOR("b", "F32", "[2]", "[4,12]") "}", 12,
         SIZE_MAX, "inside the tensor before"},
        {"{" TENSOR("a", "F32", "[1]", "[0,4]") "}", 8, SIZE_MAX, "follow the last tensor"},
        {"{" TENSOR("a", "F32", "[1]", "[0,4]") "," TENSOR("a", "F32", "[1]", "[4,8]") "}", 8,
         SIZE_MAX, "twice"},
        {"{\"a\":3}", 0, SIZE_MAX, "object"},
        {"{\"__metadata__\":{\"a\":3}}", 0, SIZE_MAX, "string"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_fails(parse(cases[i].header, cases[i].data, cases[i].claimed), DISTILL_FORMAT,
                     cases[i].words);
    assert_fails(parse("{}", 0, (size_t)1 << 62), DISTILL_LIMIT, "header of");
    static const char pointer[] =
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";
    distill_safetensors *lfs = NULL;
    assert_fails(distill_safetensors_parse(&lfs, (const unsigned char *)pointer, sizeof pointer - 1,
                                           "model.safetensors"),
                 DISTILL_FORMAT, "git lfs pull");
    assert_fails(parse("{" TENSOR("a", "F32", "[9007199254740992,9007199254740992]", "[0,0]") "}",
                       0, SIZE_MAX),
                 DISTILL_LIMIT, "overflows");
    assert_fails(parse("{" TENSOR("a", "F7", "[1]", "[0,4]") "}", 4, SIZE_MAX), DISTILL_UNSUPPORTED,
                 "F7");
    assert_ok(parse("{\"__metadata__\":{\"format\":\"pt\"}}  ", 0, SIZE_MAX));
    assert_ok(
        parse("{" TENSOR("a", "I64", "[0]", "[0,0]") "," TENSOR("b", "F8_E4M3", "[]", "[0,1]") "}",
              1, SIZE_MAX));
}

static void special_files_are_refused(void **state)
{
    (void)state;
    distill_safetensors *file = NULL;
    assert_fails(distill_safetensors_open(&file, "/dev/zero"), DISTILL_FORMAT, "regular");
    assert_fails(distill_safetensors_open(&file, scratch_folder()), DISTILL_FORMAT, "regular");
    assert_fails(distill_safetensors_open(&file, "/nonexistent"), DISTILL_IO, "/nonexistent");
}

static void written_tensors_read_back(void **state)
{
    (void)state;
    char path[256];
    float a[6] = {1, -2.5f, 3.25f, 0, 0.125f, 100}, b[3] = {0.5f, 2, -1}, back[6];
    distill_safetensor_source sources[] = {{.name = "z", .rank = 2, .shape = {2, 3}, .data = a},
                                           {.name = "b", .rank = 1, .shape = {3, 0}, .data = b}};
    snprintf(path, sizeof path, "%s/w.safetensors", scratch_folder());
    for (int dtype = DISTILL_F32; dtype <= DISTILL_F16; dtype++) {
        distill_safetensors *file = NULL;
        assert_ok(
            distill_safetensors_write(path, sources, 2, (distill_dtype)dtype, "\"step\":\"12\""));
        assert_ok(distill_safetensors_open(&file, path));
        assert_string_equal(distill_safetensors_metadata(file, "format"), "pt");
        assert_string_equal(distill_safetensors_metadata(file, "step"), "12");
        assert_null(distill_safetensors_find(file, "c"));
        const distill_safetensor *z = distill_safetensors_find(file, "z");
        assert_true(z->rank == 2 && z->shape[0] == 2 && z->shape[1] == 3 && z->count == 6);
        assert_ok(distill_safetensor_widen(back, z, 0, 6));
        assert_memory_equal(back, a, sizeof a);
        distill_safetensors_close(file);
    }
}

static void count_up(void *context, float *out, size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = *(const float *)context + (float)(first + i);
}

static void values_from_a_callback_and_bytes_are_written(void **state)
{
    (void)state;
    enum { MANY = (1 << 18) + 5 }; // more than are read at once
    char path[256];
    float begin = 0.5f, *back = NULL;
    unsigned char bytes[6] = {0, 1, 255, 7, 128, 9};
    distill_safetensor_source sources[] = {
        {.name = "read", .rank = 1, .shape = {MANY, 0}, .read = count_up, .context = &begin},
        {.name = "bytes", .rank = 2, .shape = {2, 3}, .bytes = bytes}};
    distill_safetensors *file = NULL;
    snprintf(path, sizeof path, "%s/b.safetensors", scratch_folder());
    assert_ok(distill_safetensors_write(path, sources, 2, DISTILL_F32, NULL));
    assert_ok(distill_safetensors_open(&file, path));
    const distill_safetensor *values = distill_safetensors_find(file, "read");
    const distill_safetensor *raw = distill_safetensors_find(file, "bytes");
    assert_ok(DISTILL_NEW(&back, MANY));
    assert_true(values != NULL && raw != NULL && values->count == MANY && raw->count == 6);
    assert_ok(distill_safetensor_widen(back, values, 0, MANY));
    for (size_t i = 0; i < MANY; i++)
        assert_true(back[i] == 0.5f + (float)i);
    assert_string_equal(raw->dtype, "U8");
    assert_memory_equal(raw->data, bytes, sizeof bytes);
    distill_free(back);
    distill_safetensors_close(file);
}

static void numbers_that_the_type_cannot_hold_are_not_written(void **state)
{
    (void)state;
    char path[256];
    float large[3] = {1, 70000, 2}, nan_inside[3] = {0, 1, NAN};
    distill_safetensor_source big = {.name = "big", .rank = 1, .shape = {3, 0}, .data = large};
    distill_safetensor_source bad = {.name = "bad", .rank = 1, .shape = {3, 0}, .data = nan_inside};
    snprintf(path, sizeof path, "%s/n.safetensors", scratch_folder());
    assert_fails(distill_safetensors_write(path, &big, 1, DISTILL_F16, NULL), DISTILL_NUMERIC,
                 "element 1");
    assert_fails(distill_safetensors_write(path, &bad, 1, DISTILL_F32, NULL), DISTILL_NUMERIC,
                 "element 2");
    assert_false(distill_file_exists(path));
    assert_ok(distill_safetensors_write(path, &big, 1, DISTILL_BF16, NULL));
}

static void halves_widen_and_narrow_exactly(void **state)
{
    (void)state;
    for (unsigned half = 0; half < 65536; half++) {
        uint16_t bits = (uint16_t)half, back;
        float wide, bf;
        double expected = ldexp(half & 0x3ff, -24);
        int exponent = half >> 10 & 31;
        if (exponent > 0)
            expected = ldexp(1024 + (half & 0x3ff), exponent - 25);
        distill_dtype_widen(&wide, &bits, DISTILL_F16, 1);
        distill_dtype_widen(&bf, &bits, DISTILL_BF16, 1);
        if (exponent == 31) {
            assert_true((half & 0x3ff) != 0 ? isnan(wide) : isinf(wide));
        } else {
            assert_true((double)wide == (half & 0x8000 ? -expected : expected));
            distill_dtype_narrow(&back, &wide, DISTILL_F16, 1);
            assert_int_equal(back, bits);
        }
        if (!isnan(bf)) {
            distill_dtype_narrow(&back, &bf, DISTILL_BF16, 1);
            assert_int_equal(back, bits);
        }
    }
}

static void narrowing_rounds_to_nearest_even(void **state)
{
    (void)state;
    static const struct {
        float in;
        uint16_t f16, bf16;
    } cases[] = {
        {1.0f + 0x1p-11f, 0x3c00, 0x3f80},     // a tie in F16: to even
        {1.0f + 3 * 0x1p-11f, 0x3c02, 0x3f80}, // a tie: up to even
        {1.0f + 0x1p-8f, 0x3c04, 0x3f80},      // a tie in BF16: to even
        {1.0f + 3 * 0x1p-8f, 0x3c0c, 0x3f82},  // a tie: up to even
        {65519.0f, 0x7bff, 0x4780},            // below half way to the next F16
        {65520.0f, 0x7c00, 0x4780},            // half way: infinite
        {0x1p-25f, 0x0000, 0x3300},            // half of the smallest: to even, zero
        {0x1.8p-25f, 0x0001, 0x3340},          // above half
        {-0.0f, 0x8000, 0x8000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint16_t out;
        distill_dtype_narrow(&out, &cases[i].in, DISTILL_F16, 1);
        assert_int_equal(out, cases[i].f16);
        distill_dtype_narrow(&out, &cases[i].in, DISTILL_BF16, 1);
        assert_int_equal(out, cases[i].bf16);
    }
}

static void the_first_value_that_is_not_finite_is_found(void **state)
{
    (void)state;
    enum { N = 10000 };
    float *values = calloc(N, sizeof *values);
    assert_non_null(values);
    assert_int_equal(distill_first_not_finite(values, N), N);
    values[9000] = INFINITY;
    values[4100] = -NAN;
    assert_int_equal(distill_first_not_finite(values, N), 4100);
    assert_int_equal(distill_first_not_finite(values, 4100), 4100);
    free(values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inconsistent_files_are_refused),
        cmocka_unit_test(special_files_are_refused),
        cmocka_unit_test(written_tensors_read_back),
        cmocka_unit_test(values_from_a_callback_and_bytes_are_written),
        cmocka_unit_test(numbers_that_the_type_cannot_hold_are_not_written),
        cmocka_unit_test(halves_widen_and_narrow_exactly),
        cmocka_unit_test(narrowing_rounds_to_nearest_even),
        cmocka_unit_test(the_first_value_that_is_not_finite_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
