// tests/unit/openai/test_chat_request.c - the JSON body of requests.
#include "distill/openai/chat_request.h"

#include "tests/support/unit.h"

static const distill_message TALK[] = {{.role = {"system", 6}, .content = {"be \"brief\"", 10}},
                                       {.role = {"user", 4}, .content = {"1+1?", 4}}};

static void assert_body(const distill_request *request, const distill_sampling *sampling, size_t n,
                        const chat_dialect *dialect, const char *expected)
{
    distill_text body = {0};
    const chat_request chat = {"m", request, sampling, n, sampling->max_tokens, 0};
    assert_ok(chat_request_write(&body, &chat, dialect));
    assert_string_equal(body.bytes, expected);
    distill_text_free(&body);
}

static void a_conversation_becomes_a_chat_completion(void **state)
{
    (void)state;
    const char *const stops[] = {"</answer>", "\n\n"};
    const distill_request request = {.messages = TALK, .message_count = 2, .stream = 0xF80000007u};
    distill_sampling sampling = {.temperature = 0.6, .top_p = 0.95, .max_tokens = 100};
    chat_dialect dialect = {0};
    assert_string_equal(chat_request_path(&request), "/chat/completions");
    assert_body(&request, &sampling, 1, &dialect,
                "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"be "
                "\\\"brief\\\"\"},{\"role\":\"user\",\"content\":\"1+1?\"}],\"temperature\":0.6,"
                "\"top_p\":0.95,\"max_tokens\":100,\"seed\":7,\"stream\":true,"
                "\"stream_options\":{\"include_usage\":true}}");
    sampling = (distill_sampling){.temperature = 0,
                                  .top_p = 1,
                                  .max_tokens = 5,
                                  .top_k = 20,
                                  .min_p = 0.25,
                                  .logprobs = 3,
                                  .stop = stops,
                                  .stop_count = 2};
    dialect =
        (chat_dialect){.no_seed = true, .no_stream_usage = true, .max_completion_tokens = true};
    assert_body(&(distill_request){.messages = TALK + 1, .message_count = 1}, &sampling, 4,
                &dialect,
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"1+1?\"}],"
                "\"temperature\":0,\"top_p\":1,\"top_k\":20,\"min_p\":0.25,"
                "\"max_completion_tokens\":5,\"n\":4,\"stop\":[\"</answer>\",\"\\n\\n\"],"
                "\"logprobs\":true,\"top_logprobs\":3,\"return_tokens_as_token_ids\":true,"
                "\"stream\":true}");
}

static void a_prefix_is_continued_and_a_text_is_completed(void **state)
{
    (void)state;
    const distill_sampling sampling = {
        .temperature = 1, .top_p = 1, .max_tokens = 5, .logprobs = 2};
    const chat_dialect dialect = {.no_seed = true, .no_stream_usage = true, .no_token_ids = true};
    const distill_request chat = {
        .messages = TALK + 1, .message_count = 1, .prefix = {"<think>\n", 8}};
    const distill_request tooled = {.messages = TALK + 1,
                                    .message_count = 1,
                                    .tools = {"[{\"x\":1}]", 9},
                                    .template_kwargs = {"{\"enable_thinking\":false}", 25}};
    const distill_request plain = {.text = {"Q: 1+1\nA:", 9}, .prefix = {"A:", 2}};
    assert_body(&chat, &sampling, 1, &dialect,
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"1+1?\"},{\"role\":"
                "\"assistant\",\"content\":\"<think>\\n\"}],\"continue_final_message\":true,"
                "\"add_generation_prompt\":false,\"temperature\":1,\"top_p\":1,\"max_tokens\":5,"
                "\"logprobs\":true,\"top_logprobs\":2,\"stream\":true}");
    assert_body(
        &tooled, &(distill_sampling){.top_p = 1, .max_tokens = 5}, 1, &dialect,
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"1+1?\"}],\"tools\":[{"
        "\"x\":1}],\"chat_template_kwargs\":{\"enable_thinking\":false},\"temperature\":0,"
        "\"top_p\":1,\"max_tokens\":5,\"stream\":true}");
    assert_string_equal(chat_request_path(&plain), "/completions");
    assert_body(&plain, &sampling, 1, &dialect,
                "{\"model\":\"m\",\"prompt\":\"Q: 1+1\\nA:\",\"temperature\":1,\"top_p\":1,"
                "\"max_tokens\":5,\"logprobs\":2,\"stream\":true}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conversation_becomes_a_chat_completion),
        cmocka_unit_test(a_prefix_is_continued_and_a_text_is_completed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
