// tests/unit/text/test_word_scanner.c - the scanner finds the same words as PCRE2 with the same
// pattern.
#include "distill/base/json/json_writer.h"
#include "distill/text/tokenizer/pretokenizer.h"
#include "distill/text/tokenizer/word_scanner.h"
#include "distill/text/unicode.h"
#include "tests/support/unit.h"

#include <stdlib.h>

#define PATTERN(count)                                                                             \
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" count                      \
    "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

/// The reference: PCRE2. The pattern is in a group, so that it is not recognised as the known one.
typedef struct reference {
    pretokenizer *pre;
    pretokenizer_work *work;
} reference;

static void open_reference(reference *ref, const char *pattern)
{
    distill_json *doc = NULL;
    distill_text json = {0}, grouped = {0};
    bool byte_level;
    assert_ok(distill_text_printf(&grouped, "(?:%s)", pattern));
    assert_ok(distill_text_add(&json, "{\"type\":\"Split\",\"behavior\":\"Isolated\",\"pattern\":{"
                                      "\"Regex\":"));
    assert_ok(distill_json_write_string(&json, distill_text_span(&grouped)));
    assert_ok(distill_text_add(&json, "}}"));
    assert_ok(distill_json_parse(&doc, json.bytes, json.length, "test"));
    assert_ok(pretokenizer_load(&ref->pre, &byte_level, doc, distill_json_root(doc)));
    assert_ok(pretokenizer_work_create(&ref->work));
    distill_json_free(doc);
    distill_text_free(&json);
    distill_text_free(&grouped);
}

static void close_reference(reference *ref)
{
    pretokenizer_work_free(ref->work);
    pretokenizer_free(ref->pre);
}

/// The text after the words compared so far; each reference word must be the scanner's next one.
typedef struct comparison {
    distill_span text;
    size_t at, digits;
} comparison;

static distill_status compare_word(void *context, const char *word, size_t length)
{
    comparison *c = context;
    assert_ptr_equal(word, c->text.bytes + c->at);
    size_t scanned = word_scanner_next(c->text, c->at, c->digits);
    if (scanned != length)
        fail_msg("expected \"%.*s\", the scanner's word is \"%.*s\"", (int)length, word,
                 (int)scanned, word);
    c->at += length;
    return DISTILL_OK;
}

static void compare(const reference *ref, distill_span text, size_t digits)
{
    comparison c = {text, 0, digits};
    assert_ok(pretokenizer_run(ref->pre, ref->work, text, true, compare_word, &c));
    assert_int_equal(c.at, text.length);
}

/// Random text of strings at which the pattern's alternatives differ.
static void random_text(distill_text *out, unsigned *seed)
{
    static const char *const pieces[] = {"a",
                                         "Z",
                                         "the",
                                         "'",
                                         "'s",
                                         "'S",
                                         "'ll",
                                         "'lL",
                                         "'Re",
                                         "'v",
                                         "'\xC5\xBF",
                                         "\xC5\xBF",
                                         " ",
                                         "  ",
                                         "\t",
                                         "\n",
                                         "\r",
                                         "\r\n",
                                         "\xC2\xA0",
                                         "1",
                                         "23",
                                         "456",
                                         "\xC2\xB2",
                                         "\xE0\xA5\xA7",
                                         ".",
                                         "!",
                                         "--",
                                         "_",
                                         "\v",
                                         "\xC2\x85",
                                         "\xE3\x80\x80",
                                         "\xC3\xA9",
                                         "e\xCC\x81",
                                         "\xE4\xB8\xAD",
                                         "\xE1\xA0\x8E",
                                         "\xF0\x9F\x98\x80",
                                         "\xE2\x80\x8D",
                                         "/",
                                         "$",
                                         "\xE2\x80\xA8"};
    size_t count = 1 + (unsigned)rand_r(seed) % 30;
    distill_text_clear(out);
    for (size_t i = 0; i < count; i++)
        assert_ok(distill_text_add(
            out, pieces[(unsigned)rand_r(seed) % (sizeof pieces / sizeof *pieces)]));
}

static void random_texts_are_split_as_by_pcre2(void **state)
{
    (void)state;
    reference one = {0}, three = {0};
    distill_text text = {0};
    unsigned seed = 11;
    open_reference(&one, PATTERN(""));
    open_reference(&three, PATTERN("{1,3}"));
    for (int round = 0; round < 20000; round++) {
        random_text(&text, &seed);
        compare(&one, distill_text_span(&text), 1);
        compare(&three, distill_text_span(&text), 3);
    }
    distill_text_free(&text);
    close_reference(&one);
    close_reference(&three);
}

static void characters_are_classified_as_by_pcre2(void **state)
{
    (void)state;
    // Up to U+FFFF: beyond, the two libraries' Unicode versions may differ in new characters.
    reference ref = {0};
    open_reference(&ref, PATTERN(""));
    for (uint32_t code = 1; code < 0x10000; code++) {
        char text[12] = "a";
        if (code >= 0xD800 && code < 0xE000)
            continue;
        size_t length = unicode_encode(text + 1, code);
        text[length + 1] = '!';
        compare(&ref, (distill_span){text, length + 2}, 1);
    }
    close_reference(&ref);
}

static void only_the_exact_pattern_is_recognised(void **state)
{
    (void)state;
    assert_int_equal(word_scanner_digits(distill_span_of(PATTERN(""))), 1);
    assert_int_equal(word_scanner_digits(distill_span_of(PATTERN("{1,3}"))), 3);
    assert_int_equal(word_scanner_digits(distill_span_of(PATTERN("{1,2}"))), 0);
    assert_int_equal(word_scanner_digits(distill_span_of(PATTERN("") "|x")), 0);
    assert_int_equal(word_scanner_digits(distill_span_of("")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_texts_are_split_as_by_pcre2),
        cmocka_unit_test(characters_are_classified_as_by_pcre2),
        cmocka_unit_test(only_the_exact_pattern_is_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
