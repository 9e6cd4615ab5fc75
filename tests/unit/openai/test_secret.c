// tests/unit/openai/test_secret.c - the key in texts of servers.
#include "distill/openai/secret.h"

#include "tests/support/unit.h"

static void the_key_is_masked_wherever_it_stands(void **state)
{
    (void)state;
    static const struct {
        const char *text, *key, *masked;
    } cases[] = {
        {"key sk-abcdef: wrong", "sk-abcdef", "key *********: wrong"},
        {"sk-abcdefsk-abcdef", "sk-abcdef", "******************"},
        {"found SK-ABCDEF", "sk-abcdef", "found *********"},
        {"cut off: sk-abc", "sk-abcdef", "cut off: ******"}, // by a limit
        {"cut off: sk-ab", "sk-abcdef", "cut off: sk-ab"},
        {"sk-abc is no key", "sk-abcdef", "sk-abc is no key"},
        {"1 + 1", "1", "1 + 1"},
        {"text", "", "text"},
        {"text", NULL, "text"},
        {"", "sk-abcdef", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        distill_text text = {0};
        assert_ok(distill_text_add(&text, cases[i].text));
        secret_mask(&text, cases[i].key);
        assert_string_equal(text.bytes, cases[i].masked);
        distill_text_free(&text);
    }
}

static void words_that_stand_for_a_key_stay_in_replies(void **state)
{
    (void)state;
    static const struct {
        const char *text, *key, *masked;
    } cases[] = {
        {"your key is sk-abcdef.", "sk-abcdef", "your key is *********."},
        {"The set is EMPTY.", "EMPTY", "The set is EMPTY."},
        {"SK-ABCDEF", "sk-abcdef", "SK-ABCDEF"},
        {"x", NULL, "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        distill_text text = {0};
        assert_ok(distill_text_add(&text, cases[i].text));
        bool found = secret_mask_reply(&text, cases[i].key);
        assert_string_equal(text.bytes, cases[i].masked);
        assert_int_equal(found, strcmp(cases[i].text, cases[i].masked) != 0);
        distill_text_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_is_masked_wherever_it_stands),
        cmocka_unit_test(words_that_stand_for_a_key_stay_in_replies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
