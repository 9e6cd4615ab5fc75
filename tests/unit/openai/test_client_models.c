// tests/unit/openai/test_client_models.c - the model that is used if none is named.
#include "distill/openai/client_state.h"

#include "tests/support/unit.h"

static void the_only_model_is_chosen(void **state)
{
    (void)state;
    distill_text name = {0};
    assert_ok(client_parse_models(&name, distill_span_of("{\"data\":[{\"id\":\"a/b\"}]}"), "U"));
    assert_string_equal(name.bytes, "a/b");
    assert_fails(client_parse_models(
                     &name, distill_span_of("{\"data\":[{\"id\":\"x\"},{\"id\":\"y\"}]}"), "U"),
                 DISTILL_REMOTE, "x, y");
    assert_fails(client_parse_models(&name, distill_span_of("{\"data\":[]}"), "U"), DISTILL_REMOTE,
                 "--model");
    assert_int_equal(client_parse_models(&name, distill_span_of("<html>"), "U"), DISTILL_FORMAT);
    distill_text_free(&name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_only_model_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
