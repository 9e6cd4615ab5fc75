// tests/unit/base/test_json_reader.c - JSON documents: values, bounds, error positions, NUL in
// strings, long whole numbers, writing single values, and agreement of the two parsers.
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "tests/support/unit.h"

static distill_json *parse(const char *text)
{
    distill_json *doc = NULL;
    assert_ok(distill_json_parse(&doc, text, strlen(text), "t.json"));
    return doc;
}

static void values_are_read_with_their_types(void **state)
{
    (void)state;
    distill_json *doc = parse("{\"a\": 3, \"b\": [1.5, true, null, \"x\"], \"c\": {\"d\": -2e3}}");
    const distill_json_node *root = distill_json_root(doc), *b = distill_json_member(root, "b");
    size_t a = 0;
    double d = 0;
    assert_ok(distill_json_get_size(&a, doc, root, "a", 0, 10));
    assert_int_equal(a, 3);
    assert_ok(distill_json_get_number(&d, doc, distill_json_member(root, "c"), "d", -1e9, 0));
    assert_true(d == -2000);
    assert_int_equal(distill_json_count(b), 4);
    assert_true(distill_json_number(distill_json_first(b)) == 1.5);
    assert_true(distill_json_true(distill_json_next(distill_json_first(b))));
    assert_null(distill_json_member(root, "A"));
    distill_json_free(doc);
}

static void errors_name_place_and_types(void **state)
{
    (void)state;
    distill_json *doc = parse("{\"a\": {\"b\": [0, {\"n\": \"seven\", \"f\": 1.5}]}}");
    const distill_json_node *list =
        distill_json_member(distill_json_member(distill_json_root(doc), "a"), "b");
    const distill_json_node *item = distill_json_next(distill_json_first(list));
    size_t n = 0;
    assert_fails(distill_json_get_size(&n, doc, item, "n", 0, 9), DISTILL_FORMAT,
                 "t.json: a.b[1].n: expected a number, found a string");
    assert_fails(distill_json_get_size(&n, doc, item, "f", 0, 9), DISTILL_FORMAT, "whole number");
    assert_fails(distill_json_get_size(&n, doc, item, "f", 2, 9), DISTILL_FORMAT,
                 "not between 2 and 9");
    assert_fails(distill_json_get_size(&n, doc, item, "none", 2, 9), DISTILL_FORMAT,
                 "found nothing");
    distill_json_free(doc);
}

static void invalid_text_is_rejected_with_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"{\"a\": 1,\n  \"b\": tru}", "line 2 column 8"},
        {"{\"a\": 1", "ends too early"},
        {"{\"a\": 1} x", "near 'x'"},
        {"", "ends too early"},
        {"{\"a\": NaN}", "not valid JSON"},
        {"\"abc", "not valid JSON"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        distill_json *doc = NULL;
        assert_fails(distill_json_parse(&doc, cases[i].text, strlen(cases[i].text), "t"),
                     DISTILL_FORMAT, cases[i].words);
        assert_null(doc);
    }
}

static void deep_nesting_is_rejected(void **state)
{
    (void)state;
    char deep[1001];
    distill_json *doc = NULL;
    memset(deep, '[', 1000);
    deep[1000] = '\0';
    assert_fails(distill_json_parse(&doc, deep, 1000, "t"), DISTILL_FORMAT, "nested deeper");
}

static void nul_in_a_string_is_kept(void **state)
{
    (void)state;
    distill_json *doc = parse("[\"a\\u0000b\", \"\\\\u0000\", \"\xEE\x80\x80\"]");
    const distill_json_node *first = distill_json_first(distill_json_root(doc));
    const distill_json_node *second = distill_json_next(first);
    distill_span text = distill_json_string(doc, first);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.bytes, "a\0b", 4);
    text = distill_json_string(doc, second);
    assert_int_equal(text.length, 6); // an escaped backslash, then letters
    text = distill_json_string(doc, distill_json_next(second));
    assert_memory_equal(text.bytes, "\xEE\x80\x80",
                        4); // the first candidate for the placeholder is in use
    distill_json_free(doc);
}

static void strings_are_written_as_valid_json(void **state)
{
    (void)state;
    distill_text out = {0};
    const char bytes[] = "q\"\\\n\x01\xC3\xA9\xFF\xE2\x82z\x7F";
    assert_ok(distill_json_write_string(&out, (distill_span){bytes, sizeof bytes - 1}));
    assert_string_equal(out.bytes,
                        "\"q\\\"\\\\\\n\\u0001\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBDz\\u007f\"");
    distill_json *doc = parse(out.bytes);
    assert_int_equal(distill_json_kind_of(distill_json_root(doc)), DISTILL_JSON_STRING);
    distill_json_free(doc);
    distill_text_free(&out);
}

static void line_ends_of_unicode_are_escaped(void **state)
{
    (void)state;
    distill_text out = {0};
    assert_ok(distill_json_write_string(
        &out, distill_span_of("a\xC2\x85z\xE2\x80\xA8y\xE2\x80\xA9\xE2\x80\xAA")));
    assert_string_equal(out.bytes, "\"a\\u0085z\\u2028y\\u2029\xE2\x80\xAA\"");
    distill_text_free(&out);
}

static void numbers_read_back_exactly(void **state)
{
    (void)state;
    static const double values[] = {0, 1, -1.5, 0.1, 1e-5, 1.0 / 3, 1e300, 123456789012345.0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        distill_text out = {0};
        assert_ok(distill_json_write_number(&out, values[i]));
        distill_json *doc = parse(out.bytes);
        assert_true(distill_json_number(distill_json_root(doc)) == values[i]);
        distill_json_free(doc);
        distill_text_free(&out);
    }
}

static void long_whole_numbers_keep_their_digits(void **state)
{
    (void)state;
    static const char text[] =
        "{\"id\":9007199254740993,\"n\":[-123456789012345678901234567890 ,1234567890123456.5,"
        "1234567890123456e1,12],\"s\":\"9007199254740993 \\\" 9007199254740993\"}";
    distill_json *doc = parse(text);
    const distill_json_node *root = distill_json_root(doc);
    assert_int_equal(distill_json_kind_of(distill_json_member(root, "id")), DISTILL_JSON_NUMBER);
    assert_true(distill_json_number(distill_json_member(root, "id")) == 9007199254740992.0);
    assert_string_equal(distill_json_digits(distill_json_member(root, "id")), "9007199254740993");
    assert_null(distill_json_digits(distill_json_member(root, "s")));
    distill_text out = {0};
    assert_ok(distill_json_write_node(&out, doc, root));
    assert_string_equal(out.bytes,
                        "{\"id\":9007199254740993,\"n\":[-123456789012345678901234567890,"
                        "1234567890123456.5,1.234567890123456e+16,12],"
                        "\"s\":\"9007199254740993 \\\" 9007199254740993\"}");
    distill_text_free(&out);
    distill_json_free(doc);
}

static void long_whole_numbers_in_wrong_places_are_errors(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "{12345678901234567890:1}", "{12345678901234567890 :1}", "[a12345678901234567890]",
        "[--12345678901234567890]", "[12345678901234567890x]",   "[\"a\"12345678901234567890]",
        "[1 12345678901234567890]", "[+12345678901234567890]",   "[1-12345678901234567890]",
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        distill_json *doc = NULL;
        if (distill_json_parse(&doc, broken[i], strlen(broken[i]), "t") != DISTILL_FORMAT)
            fail_msg("accepted: %s", broken[i]);
    }
}

/// Parses `text` and sets `out` to it as written again, or to "" if it is rejected. `with_cjson`
/// puts a byte order mark before it, which only cJSON accepts.
static void rewrite(distill_text *out, const char *text, size_t length, bool with_cjson)
{
    distill_json *doc = NULL;
    distill_text whole = {0};
    if (with_cjson)
        assert_ok(distill_text_add(&whole, "\xEF\xBB\xBF"));
    assert_ok(distill_text_append(&whole, text, length));
    distill_text_clear(out);
    if (distill_json_parse(&doc, whole.bytes, whole.length, "t") == DISTILL_OK)
        assert_ok(distill_json_write_node(out, doc, distill_json_root(doc)));
    distill_json_free(doc);
    distill_text_free(&whole);
}

static void both_parsers_agree_on(const char *text, size_t length)
{
    distill_text fast = {0}, reference = {0};
    rewrite(&fast, text, length, false);
    rewrite(&reference, text, length, true);
    if (!distill_span_equal(distill_text_span(&fast), distill_text_span(&reference)))
        fail_msg("%.*s: read as %s, and by cJSON as %s", (int)length, text,
                 fast.length > 0 ? fast.bytes : "an error",
                 reference.length > 0 ? reference.bytes : "an error");
    distill_text_free(&fast);
    distill_text_free(&reference);
}

static void the_fast_parser_reads_what_cjson_reads(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "[]",
        "{}",
        " [ 1 , -0 ,0.5, 1e-3 ,-12.25E+2, 123456789012345, 1234567890123456, 0.1e500 ] ",
        "{ \"a\" : { \"a\" : null , \"a\":true } , \"\" : [ false ] }",
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\", \"\\u00e9\\u20AC\\ud83d\\uDE00x\", \"\\u0041\"]",
        "[\"\\ud83d\"]",
        "[\"\\ud83dx\\ude00\"]",
        "[\"\\ude00\"]",
        "[\"\\ud83d\\u0041\"]",
        "[\"\\u12g4\"]",
        "[\"\\u12",
        "[\"\\x\"]",
        "[\"\\",
        "[\"tab\there\nand a line\"]",
        "[01]",
        "[-]",
        "[+1]",
        "[1.]",
        "[.5]",
        "[1e]",
        "[0x10]",
        "[nul]",
        "[nullx]",
        "[1,]",
        "[,1]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{1:2}",
        "[1}",
        "[1 2]",
        "[\v1]",
        "1 1",
        "",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        both_parsers_agree_on(texts[i], strlen(texts[i]));
}

static void both_parsers_agree_on_random_text(void **state)
{
    (void)state;
    static const char *const pieces[] = {"[",       "]",
                                         "{",       "}",
                                         ",",       ",",
                                         ":",       "\"",
                                         "\"a\"",   "1",
                                         "-",       "0.5",
                                         "e2",      "null",
                                         "true",    " ",
                                         "\\n",     "\\u0041",
                                         "\\u0000", "\xC3\xA9",
                                         "\"a\":",  "12345678901234567"};
    enum { TEXTS = 40000, MOST = 12, KINDS = sizeof pieces / sizeof *pieces };
    uint64_t random = 1;
    for (int i = 0; i < TEXTS; i++) {
        char text[MOST * 20] = "";
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint64_t draws = random >> 4;
        strcat(text, i % 3 == 0 ? "[" : i % 3 == 1 ? "{\"k\":" : "");
        for (int k = 0; k < MOST - 4; k++, draws /= KINDS)
            strcat(text, pieces[draws % KINDS]);
        strcat(text, i % 3 == 0 ? "]" : i % 3 == 1 ? "}" : "");
        both_parsers_agree_on(text, strlen(text));
    }
}

static void a_long_document_is_read_whole(void **state)
{
    (void)state;
    enum { COUNT = 100000 }; // several blocks of nodes
    distill_text text = {0};
    size_t expected = 0;
    assert_ok(distill_text_add(&text, "["));
    for (int i = 0; i < COUNT; i++)
        assert_ok(distill_text_printf(&text, "%s%d", i > 0 ? "," : "", i));
    assert_ok(distill_text_add(&text, "]"));
    distill_json *doc = parse(text.bytes);
    for (const distill_json_node *node = distill_json_first(distill_json_root(doc)); node != NULL;
         node = distill_json_next(node))
        assert_true(distill_json_number(node) == (double)expected++);
    assert_int_equal(expected, COUNT);
    distill_json_free(doc);
    distill_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_with_their_types),
        cmocka_unit_test(errors_name_place_and_types),
        cmocka_unit_test(invalid_text_is_rejected_with_line_and_column),
        cmocka_unit_test(deep_nesting_is_rejected),
        cmocka_unit_test(nul_in_a_string_is_kept),
        cmocka_unit_test(strings_are_written_as_valid_json),
        cmocka_unit_test(line_ends_of_unicode_are_escaped),
        cmocka_unit_test(numbers_read_back_exactly),
        cmocka_unit_test(long_whole_numbers_keep_their_digits),
        cmocka_unit_test(long_whole_numbers_in_wrong_places_are_errors),
        cmocka_unit_test(the_fast_parser_reads_what_cjson_reads),
        cmocka_unit_test(both_parsers_agree_on_random_text),
        cmocka_unit_test(a_long_document_is_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
