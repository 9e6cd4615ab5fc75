// tests/unit/openai/test_client_models.c - the model that is used, by the lists of the servers.
#include "distill/openai/client_state.h"

#include "tests/support/unit.h"

#include <string.h>

/// Sets lists[0 … count-1] to the models in texts such as "a b"; NULL is a server without a list.
static void make_lists(client_models *lists, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        distill_text body = {0};
        assert_ok(distill_text_add(&body, "{\"data\":["));
        for (const char *at = texts[i]; at != NULL && *at != '\0'; at += strspn(at, " ")) {
            size_t length = strcspn(at, " ");
            assert_ok(distill_text_printf(&body, "%s{\"id\":\"%.*s\"}", at > texts[i] ? "," : "",
                                          (int)length, at));
            at += length;
        }
        assert_ok(distill_text_add(&body, "]}"));
        lists[i] = (client_models){.is_known = texts[i] != NULL};
        assert_ok(client_parse_models(&lists[i], distill_text_span(&body), "U", NULL));
        distill_text_free(&body);
    }
}

/// Checks the choice among the lists: the model, or a part of the error.
static void assert_choice(const char *const *texts, size_t count, const char *given,
                          const char *model, const char *error)
{
    endpoint endpoints[3] = {{.url = (char[]){"http://one"}}, {.url = (char[]){"http://two"}}};
    client_models lists[3];
    const char *name = given;
    endpoints[2].url = endpoints[0].url;
    make_lists(lists, texts, count);
    distill_status status = client_choose_model(&name, endpoints, lists, count);
    if (error != NULL)
        assert_fails(status, DISTILL_REMOTE, error);
    else
        assert_ok(status);
    if (model != NULL)
        assert_string_equal(name, model);
    for (size_t i = 0; i < count; i++)
        client_models_free(&lists[i]);
}
#define LISTS(...)                                                                                 \
    ((const char *const[]){__VA_ARGS__}),                                                          \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

static void the_model_is_the_only_common_one(void **state)
{
    (void)state;
    assert_choice(LISTS("a/b"), NULL, "a/b", NULL);
    assert_choice(LISTS("x y"), NULL, NULL, "several models: http://one lists x, y");
    assert_choice(LISTS(""), NULL, NULL, "pass --model NAME: http://one lists no model");
    assert_choice(LISTS("x y", "y z"), NULL, "y", NULL);
    assert_choice(LISTS("x", "z"), NULL, NULL, "http://one lists x; http://two lists z");
    assert_choice(LISTS("x", NULL, "x"), NULL, "x", NULL);
}

static void a_given_model_must_be_listed_by_all_servers_or_by_none(void **state)
{
    (void)state;
    assert_choice(LISTS("x", "x"), "x", "x", NULL);
    assert_choice(LISTS("x", "z"), "x", NULL, "http://one lists x; http://two lists z");
    // a server may accept names that it does not list, but both must then be the same
    assert_choice(LISTS("x", "x"), "alias", "alias", NULL);
    assert_choice(LISTS("x", "z"), "alias", NULL, "do not list the same model");
    assert_choice(LISTS("x", "x y"), "alias", NULL, "do not list the same model");
    assert_choice(LISTS("x"), "alias", "alias", NULL);
    assert_choice(LISTS(NULL, "x"), "alias", "alias", NULL);
}

static void a_list_is_parsed_and_the_key_masked(void **state)
{
    (void)state;
    client_models models = {0};
    assert_ok(client_parse_models(&models,
                                  distill_span_of("{\"data\":[{\"id\":\"m-sk-12345\"},{\"x\":1}]}"),
                                  "U", "sk-12345"));
    assert_int_equal(models.count, 1);
    assert_string_equal(models.names[0], "m-********");
    client_models_free(&models);
    assert_int_equal(client_parse_models(&models, distill_span_of("<html>"), "U", NULL),
                     DISTILL_FORMAT);
    client_models_free(&models);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_model_is_the_only_common_one),
        cmocka_unit_test(a_given_model_must_be_listed_by_all_servers_or_by_none),
        cmocka_unit_test(a_list_is_parsed_and_the_key_masked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
