// tests/unit/openai/test_chat_error.c - error messages of known servers.
#include "distill/openai/chat_error.h"

#include "tests/support/unit.h"

static void assert_error(const char *body, const char *secret, const char *expected)
{
    distill_text text = {0};
    assert_ok(chat_error_text(&text, distill_span_of(body), secret));
    assert_string_equal(text.bytes, expected);
    distill_text_free(&text);
}

static void error_bodies_become_one_line(void **state)
{
    (void)state;
    assert_error("{\"error\":{\"message\":\"too\\n\\tlong\",\"type\":\"x\"}}", NULL, "too long");
    assert_error("{\"error\":\"flat\"}", NULL, "flat");
    assert_error("{\"object\":\"error\",\"message\":\"vllm\",\"code\":400}", NULL, "vllm");
    assert_error("{\"detail\":[{\"loc\":[\"body\"]}]}", NULL, "[{\"loc\":[\"body\"]}]");
    assert_error("<html>\x1b[31mBad</html>", NULL, "<html> [31mBad</html>");
    assert_error("", NULL, "");
    assert_error("key sk-abc and sk-abc", "sk-abc", "key ****** and ******");
    distill_text body = {0}, text = {0};
    for (int i = 0; i < 100000; i++)
        assert_ok(distill_text_add(&body, "\xC3\xA9")); // truncated between two characters
    assert_ok(chat_error_text(&text, distill_text_span(&body), NULL));
    assert_int_equal(text.length, 403);
    distill_text_free(&body);
    distill_text_free(&text);
}

static bool adapts(chat_dialect *dialect, const char *message, size_t n)
{
    const char *change = NULL;
    bool adapted = chat_dialect_adapt(dialect, &change, distill_span_of(message), n, true);
    assert_true(adapted == (change != NULL));
    return adapted;
}

static void a_rejected_field_changes_the_dialect_once(void **state)
{
    (void)state;
    chat_dialect d = {0};
    assert_true(adapts(&d, "Unrecognized request argument supplied: stream_options", 1));
    assert_true(d.no_stream_usage && !d.no_seed);
    assert_false(adapts(&d, "Unrecognized request argument supplied: stream_options", 1));
    assert_true(adapts(&d, "extra fields not permitted: 'seed'", 1) && d.no_seed);
    assert_true(adapts(&d, "unknown: return_tokens_as_token_ids", 1) && d.no_token_ids);
    assert_true(adapts(&d,
                       "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
                       1) &&
                d.max_completion_tokens);
    assert_false(adapts(&d, "'n' must be 1", 1)); // nothing to change
    assert_false(adapts(&d, "the conversation contains nothing", 4));
    assert_true(adapts(&d, "'n' must be 1", 4) && d.one_choice);
    d.one_choice = false;
    assert_true(adapts(&d, "Only one completion choice is allowed", 4) && d.one_choice);
}

static void limits_are_read_from_messages(void **state)
{
    (void)state;
    size_t context, prompt;
    assert_true(chat_error_context(
        &context, &prompt,
        distill_span_of("'max_tokens' is too large: 32768. This model's maximum context length is "
                        "4096 tokens and your request has 23 input tokens (32768 > 4096 - 23).")));
    assert_true(context == 4096 && prompt == 23);
    assert_true(chat_error_context(
        &context, &prompt,
        distill_span_of(
            "This model's maximum context length is 8192 tokens. However, you requested "
            "9000 tokens (1000 in the messages, 8000 in the completion).")));
    assert_true(context == 8192 && prompt == 1000);
    assert_false(chat_error_context(&context, &prompt, distill_span_of("temperature: too large")));
    assert_int_equal(
        chat_error_max_tokens(distill_span_of(
            "max_tokens is too large: 32768. This model supports at most 16384 completion tokens")),
        16384);
    assert_int_equal(chat_error_max_tokens(distill_span_of(
                         "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]")),
                     8192);
    assert_int_equal(chat_error_max_tokens(distill_span_of("no")), 0);
}

static void a_rejected_field_comes_with_a_hint(void **state)
{
    (void)state;
    assert_string_equal(chat_error_hint(distill_span_of("unknown field: top_k")),
                        " (leave out --top-k)");
    assert_string_equal(chat_error_hint(distill_span_of("'top_logprobs' must be <= 20")),
                        " (pass a smaller --logprobs, or none)");
    assert_string_equal(chat_error_hint(distill_span_of("topping")), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_bodies_become_one_line),
        cmocka_unit_test(a_rejected_field_changes_the_dialect_once),
        cmocka_unit_test(limits_are_read_from_messages),
        cmocka_unit_test(a_rejected_field_comes_with_a_hint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
