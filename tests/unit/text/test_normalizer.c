// tests/unit/text/test_normalizer.c - the steps of a normaliser, and settings that are rejected.
#include "distill/text/tokenizer/normalizer.h"
#include "tests/support/unit.h"

static void assert_normal(const char *json, const char *text, const char *expected)
{
    distill_json *doc = NULL;
    normalizer *norm = NULL;
    normalizer_work work = {0};
    distill_span out;
    assert_ok(distill_json_parse(&doc, json, strlen(json), "test"));
    assert_ok(normalizer_load(&norm, doc, distill_json_root(doc)));
    for (int again = 0; again < 2; again++) { // the second time with used buffers
        assert_ok(normalizer_run(&out, norm, &work, distill_span_of(text)));
        assert_int_equal(out.length, strlen(expected));
        assert_memory_equal(out.bytes, expected, out.length);
    }
    normalizer_work_free(&work);
    normalizer_free(norm);
    distill_json_free(doc);
}

#define STEPS(steps) "{\"type\":\"Sequence\",\"normalizers\":[" steps "]}"
#define PREPEND "{\"type\":\"Prepend\",\"prepend\":\"_\"}"
#define REPLACE(from, to)                                                                          \
    "{\"type\":\"Replace\",\"pattern\":{\"String\":\"" from "\"},\"content\":\"" to "\"}"

static void steps_follow_one_another(void **state)
{
    (void)state;
    assert_normal("null", "as it is", "as it is");
    assert_normal(STEPS(""), "as it is", "as it is");
    assert_normal(STEPS(PREPEND "," REPLACE(" ", "_")), "a  b", "_a__b");
    assert_normal(STEPS(REPLACE("aa", "b") "," REPLACE("b", "aa")), "aaab", "aaaaa");
    assert_normal(STEPS(REPLACE("a", "")), "banana", "bnn");
    // A step that changes nothing must keep the output of the step before it.
    assert_normal(STEPS(REPLACE("a", "b") ",{\"type\":\"NFC\"}," REPLACE("b", "c") "," PREPEND),
                  "a", "_c");
}

static void empty_text_stays_empty(void **state)
{
    (void)state;
    assert_normal(STEPS(PREPEND), "", "");
}

static void unicode_forms_are_known(void **state)
{
    (void)state;
    assert_normal("{\"type\":\"NFC\"}", "e\xCC\x81", "\xC3\xA9");
    assert_normal("{\"type\":\"NFD\"}", "\xC3\xA9", "e\xCC\x81");
    assert_normal("{\"type\":\"NFKC\"}", "\xEF\xBC\xA1\xE2\x85\xA3", "AIV");
    assert_normal("{\"type\":\"NFKD\"}", "\xEF\xAC\x81", "fi");
}

static void other_steps_are_rejected_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        distill_status status;
        const char *words;
    } cases[] = {
        {"{\"type\":\"StripAccents\"}", DISTILL_UNSUPPORTED, "type"},
        {STEPS("{\"type\":\"Lowercase\"}"), DISTILL_UNSUPPORTED, "normalizers"},
        {"{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"a\"},\"content\":\"b\"}",
         DISTILL_UNSUPPORTED, "pattern"},
        {REPLACE("", "b"), DISTILL_FORMAT, "empty"},
        {"{\"type\":\"Sequence\"}", DISTILL_FORMAT, "normalizers"},
        {"{\"type\":\"Prepend\"}", DISTILL_FORMAT, "prepend"},
        {"7", DISTILL_FORMAT, "type"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        distill_json *doc = NULL;
        normalizer *norm = NULL;
        assert_ok(distill_json_parse(&doc, cases[i].json, strlen(cases[i].json), "test"));
        assert_fails(normalizer_load(&norm, doc, distill_json_root(doc)), cases[i].status,
                     cases[i].words);
        distill_json_free(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_follow_one_another),
        cmocka_unit_test(empty_text_stays_empty),
        cmocka_unit_test(unicode_forms_are_known),
        cmocka_unit_test(other_steps_are_rejected_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
