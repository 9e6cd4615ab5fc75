// tests/unit/base/test_json_rest.c - members that a reader has not used are kept, in their order.
#include "distill/base/json/json_rest.h"

#include "tests/support/unit.h"

static void assert_rest(const char *line, const char *const *used, const char *expected)
{
    distill_json *doc = NULL;
    distill_text out = {0};
    json_rest rest = {.count = 0};
    assert_ok(distill_json_parse(&doc, line, strlen(line), "line"));
    for (size_t i = 0; used[i] != NULL; i++)
        json_rest_use(&rest, used[i]);
    assert_ok(json_rest_write(&out, &rest, doc, "extra"));
    assert_string_equal(out.bytes != NULL ? out.bytes : "", expected);
    distill_text_free(&out);
    distill_json_free(doc);
}

static void unused_members_are_kept(void **state)
{
    (void)state;
    const char *const used[] = {"a", "missing", NULL};
    assert_rest("{\"a\":1}", used, "");
    assert_rest("{\"z\":[1,{\"q\":\"\\u00e9\"}],\"a\":1,\"b\":12345678901234567890}", used,
                "{\"z\":[1,{\"q\":\"é\"}],\"b\":12345678901234567890}");
    assert_rest("{\"a\":1,\"n\":null}", used, "");
}

static void extra_is_merged_and_the_lines_own_member_wins(void **state)
{
    (void)state;
    const char *const used[] = {"a", NULL}, *const all[] = {"a", "extra", NULL};
    assert_rest("{\"extra\":{\"k\":1,\"a\":2,\"b\":3},\"a\":1,\"b\":4}", used,
                "{\"k\":1,\"a\":2,\"b\":4}");
    assert_rest("{\"extra\":\"text\"}", used, "{\"extra\":\"text\"}");
    assert_rest("{\"extra\":{\"k\":1}}", all, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unused_members_are_kept),
        cmocka_unit_test(extra_is_merged_and_the_lines_own_member_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
