// tests/unit/text/test_unicode.c - UTF-8, character classes and normal forms.
#include "distill/text/unicode.h"
#include "tests/support/unit.h"

#include <stdlib.h>

static void each_maximal_invalid_part_becomes_one_replacement(void **state)
{
    (void)state;
    // Examples of Unicode 15, section 3.9, tables 3-8 to 3-11.
    static const struct {
        const char *bytes, *repaired;
    } cases[] = {
        {"plain", "plain"},
        {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
                                                 "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
                                                 "A"},
        {"\xED\xA0\x80\x41", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
                             "A"},
        {"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
                                                 "\xEF\xBF\xBD"
                                                 "A\xEF\xBF\xBD\xEF\xBF\xBD"
                                                 "B"},
        {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
                                                 "A"},
        {"cut \xE4\xB8", "cut \xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        distill_text out = {0};
        assert_ok(unicode_repair(&out, cases[i].bytes, strlen(cases[i].bytes)));
        assert_string_equal(out.bytes, cases[i].repaired);
        distill_text_free(&out);
    }
}

static void a_part_is_incomplete_only_if_more_bytes_could_complete_it(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t part;
        bool cut;
    } cases[] = {{"\xE4", 1, true},         {"\xE4\xB8", 2, true},  {"\xE4\xB8x", 2, false},
                 {"\xF0\x9F\x98", 3, true}, {"\xE0\x80", 1, false}, {"\xFF", 1, false},
                 {"\x80", 1, false},        {"\xED\xA0", 1, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool cut;
        size_t length = strlen(cases[i].bytes);
        assert_int_equal(unicode_valid_prefix(cases[i].bytes, length), 0);
        assert_int_equal(unicode_invalid_part(cases[i].bytes, length, &cut), cases[i].part);
        assert_int_equal(cut, cases[i].cut);
    }
}

static void every_scalar_value_is_encoded_and_decoded(void **state)
{
    (void)state;
    for (uint32_t code = 1; code < 0x110000; code += code < 0x3000 ? 1 : 97) {
        char bytes[4];
        uint32_t back;
        if (code >= 0xD800 && code < 0xE000)
            continue;
        size_t length = unicode_encode(bytes, code);
        assert_int_equal(unicode_valid_prefix(bytes, length), length);
        assert_int_equal(unicode_next(&back, bytes), length);
        assert_int_equal(back, code);
        assert_int_equal(unicode_step_back(bytes, length), length);
    }
}

static void characters_have_their_classes(void **state)
{
    (void)state;
    assert_true(unicode_is_letter('a') && unicode_is_letter(0xE9) && unicode_is_letter(0x4E00));
    assert_false(unicode_is_letter('0') || unicode_is_letter('_') || unicode_is_letter(0x300));
    assert_true(unicode_is_number('7') && unicode_is_number(0xB2) && unicode_is_number(0x2160));
    assert_true(unicode_is_space(0x3000) && unicode_is_space(0x85) && unicode_is_space('\v'));
    assert_false(unicode_is_space(0x180E) || unicode_is_space(0x200B) || unicode_is_space(0x1C));
    assert_true(unicode_is_mark(0x301) && unicode_is_punctuation('!') && unicode_is_symbol('+'));
    assert_true(unicode_is_word('_') && unicode_is_word(0x661) && !unicode_is_word('-'));
}

static void text_is_composed(void **state)
{
    (void)state;
    static const struct {
        const char *text, *nfc;
    } cases[] = {
        {"plain text", "plain text"},
        {"e\xCC\x81t\xC3\xA9", "\xC3\xA9t\xC3\xA9"},              // e + acute
        {"x\xE2\x84\xAB", "x\xC3\x85"},                           // angstrom sign
        {"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "\xED\x95\x9C"}, // Hangul jamo
        {"\xED\x95\x98\xE1\x86\xAB!", "\xED\x95\x9C!"},           // syllable + jamo
        {"\xE3\x81\x8B\xE3\x82\x99", "\xE3\x81\x8C"},             // ka + voicing mark
        {"q\xCC\x87\xCC\xA3", "q\xCC\xA3\xCC\x87"},               // marks in order
        {"\xCC\x81 at the start", "\xCC\x81 at the start"},       // nothing to compose with
        {"a\xCC\x81\xE4\xB8\xAD o\xCC\x88", "\xC3\xA1\xE4\xB8\xAD \xC3\xB6"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        distill_text out = {0};
        distill_span text = distill_span_of(cases[i].text);
        assert_ok(unicode_normalize(&out, text, UNICODE_NFC));
        assert_string_equal(out.bytes, cases[i].nfc);
        assert_true(!unicode_is_surely_nfc(text) || strcmp(cases[i].text, cases[i].nfc) == 0);
        distill_text_free(&out);
    }
}

/// Appends random characters from blocks in which normal forms differ.
static void random_text(distill_text *out, unsigned *seed)
{
    static const uint32_t blocks[] = {0x20, 0xC0, 0x300, 0x1100, 0x1E00, 0x3040, 0xAC00, 0x1F00};
    for (int i = 0; i < 40; i++) {
        char bytes[4];
        uint32_t code = blocks[rand_r(seed) % 8] + (uint32_t)rand_r(seed) % 0x70;
        assert_ok(distill_text_append(out, bytes, unicode_encode(bytes, code)));
    }
}

static void partial_composition_equals_composition_after_decomposition(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (int round = 0; round < 300; round++) {
        distill_text text = {0}, apart = {0}, direct = {0}, again = {0};
        random_text(&text, &seed);
        assert_ok(unicode_normalize(&apart, distill_text_span(&text), UNICODE_NFD));
        assert_ok(unicode_normalize(&direct, distill_text_span(&text), UNICODE_NFC));
        assert_ok(unicode_normalize(&again, distill_text_span(&apart), UNICODE_NFC));
        assert_string_equal(direct.bytes, again.bytes);
        distill_text_free(&text);
        distill_text_free(&apart);
        distill_text_free(&direct);
        distill_text_free(&again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_maximal_invalid_part_becomes_one_replacement),
        cmocka_unit_test(a_part_is_incomplete_only_if_more_bytes_could_complete_it),
        cmocka_unit_test(every_scalar_value_is_encoded_and_decoded),
        cmocka_unit_test(characters_have_their_classes),
        cmocka_unit_test(text_is_composed),
        cmocka_unit_test(partial_composition_equals_composition_after_decomposition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
