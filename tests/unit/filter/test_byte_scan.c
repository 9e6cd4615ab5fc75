// tests/unit/filter/test_byte_scan.c - masks of 64 bytes are those of the plain versions.
#include "datasets/filter/rules/byte_scan.h"

#include "distill/base/rng.h"
#include "tests/support/unit.h"

static void assert_same(const char *bytes)
{
    static const char *const FOURS[] = {".!?\n", "`$\\<", "\xE3\xE3\xEF\xEF", "aaaa"};
    assert_true(byte_mask_high(bytes) == plain_mask_high(bytes));
    assert_true(byte_mask_letters(bytes) == plain_mask_letters(bytes));
    assert_true(byte_count_letters(bytes) == plain_count_letters(bytes));
    assert_true(byte_mask_words(bytes) == plain_mask_words(bytes));
    assert_true(byte_mask_control(bytes) == plain_mask_control(bytes));
    for (size_t i = 0; i < sizeof FOURS / sizeof *FOURS; i++)
        assert_true(byte_mask_any(bytes, FOURS[i]) == plain_mask_any(bytes, FOURS[i]));
}

static void every_byte_in_every_place_is_classified_alike(void **state)
{
    (void)state;
    char bytes[SCAN_BYTES];
    for (int value = 0; value < 256; value++) {
        memset(bytes, value, sizeof bytes);
        assert_same(bytes);
        for (size_t i = 0; i < SCAN_BYTES; i++)
            bytes[i] = (char)(value + (int)i);
        assert_same(bytes);
    }
}

static void random_bytes_are_classified_alike_at_any_address(void **state)
{
    (void)state;
    distill_rng rng = distill_rng_start(5, 0);
    char bytes[SCAN_BYTES + 32];
    for (int round = 0; round < 2000; round++) {
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (char)distill_rng_below(&rng, 256);
        assert_same(bytes + round % 32);
    }
}

static void plain_versions_classify_every_byte(void **state)
{
    (void)state;
    char bytes[SCAN_BYTES];
    memset(bytes, ' ', sizeof bytes);
    memcpy(bytes, "aZ@[`{09/:\t\n\r\x01\x1F\x7F\x80\xFF", 18);
    assert_int_equal(plain_mask_letters(bytes), 0x3);
    assert_int_equal(plain_count_letters(bytes), 2);
    assert_int_equal(plain_mask_high(bytes), 0x30000);
    assert_int_equal(plain_mask_words(bytes), 0x300C3);
    assert_int_equal(plain_mask_control(bytes), 0xE000);
    assert_int_equal(plain_mask_any(bytes, "@:@:"), 0x204);
}

static void a_short_block_is_filled_up(void **state)
{
    (void)state;
    char tail[SCAN_BYTES];
    distill_span text = distill_span_of("abc");
    const char *bytes = scan_bytes(text, 1, tail, ' ');
    assert_ptr_equal(bytes, tail);
    assert_int_equal(byte_mask_letters(bytes), 0x3);
    assert_int_equal(byte_mask_any(bytes, "    "), ~(uint64_t)0x3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_in_every_place_is_classified_alike),
        cmocka_unit_test(random_bytes_are_classified_alike_at_any_address),
        cmocka_unit_test(plain_versions_classify_every_byte),
        cmocka_unit_test(a_short_block_is_filled_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
