// tests/unit/openai/test_chat_response.c - replies, usage and log-probabilities as sent by servers.
#include "distill/openai/chat_response.h"

#include "distill/generate/generator.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>

static void parse_all(chat_response *response, const char *const *payloads)
{
    for (; *payloads != NULL; payloads++)
        assert_ok(chat_response_parse(response, distill_span_of(*payloads)));
    chat_response_finish(response, 100);
}

/// Checks the text of choice 0 in these events, and how it ended.
static void assert_reply(const char *const *payloads, const char *prefix, const char *expected,
                         chat_finish finish)
{
    chat_response response = {0};
    distill_text text = {0};
    assert_ok(chat_response_begin(&response, 1, 0, 1000));
    parse_all(&response, payloads);
    assert_int_equal(response.choices[0].finish, finish);
    assert_ok(chat_choice_text(&text, &response.choices[0], distill_span_of(prefix)));
    assert_string_equal(text.bytes, expected);
    distill_text_free(&text);
    chat_response_free(&response);
}

#define DELTA(fields) "{\"choices\":[{\"index\":0,\"delta\":{" fields "},\"finish_reason\":null}]}"
#define END(reason)                                                                                \
    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"" reason "\"}]}"
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void a_thought_in_its_own_field_is_joined_with_the_answer(void **state)
{
    (void)state;
    const char *expected = "<think>\n2 is it\n</think>\n\nIt is 2";
    // DeepSeek: reasoning_content, then content; the other one is null
    assert_reply(LIST(DELTA("\"role\":\"assistant\",\"content\":\"\""),
                      DELTA("\"content\":null,\"reasoning_content\":\"2 is \""),
                      DELTA("\"content\":null,\"reasoning_content\":\"it\""),
                      DELTA("\"content\":\"It is 2\",\"reasoning_content\":null"), END("stop"),
                      "[DONE]"),
                 "", expected, CHAT_STOP);
    // vLLM: reasoning and reasoning_content are equal and include the line ends of the tags
    assert_reply(LIST(DELTA("\"reasoning\":\"\\n2 is\",\"reasoning_content\":\"\\n2 is\""),
                      DELTA("\"reasoning\":\" it\\n\",\"reasoning_content\":\" it\\n\""),
                      DELTA("\"content\":\"\\n\\nIt is 2\""), END("stop"), "[DONE]"),
                 "", expected, CHAT_STOP);
    // OpenRouter: reasoning alone; the prefix contains the opening tag
    assert_reply(LIST(DELTA("\"reasoning\":\"2 is it\""), DELTA("\"content\":\"It is 2\""),
                      END("stop"), "[DONE]"),
                 "<think>\n", expected + 8, CHAT_STOP);
    // one JSON object instead of a stream
    assert_reply(
        LIST("{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
             "\"It is 2\",\"reasoning_content\":\"2 is it\"},\"finish_reason\":\"stop\"}]}"),
        "", expected, CHAT_STOP);
}

static void tags_in_the_content_are_kept_or_completed(void **state)
{
    (void)state;
    assert_reply(LIST(DELTA("\"content\":\"<think>\\na\\n</think>\\n\\nb\""), END("stop")), "",
                 "<think>\na\n</think>\n\nb", CHAT_STOP);
    // the server's template opened the thought
    assert_reply(LIST(DELTA("\"content\":\"a\\n</think>\\n\\nb\""), END("stop")), "",
                 "<think>\na\n</think>\n\nb", CHAT_STOP);
    // the prefix opened it
    assert_reply(LIST(DELTA("\"content\":\"a\\n</think>\\n\\nb\""), END("stop")), "<think>\n",
                 "a\n</think>\n\nb", CHAT_STOP);
    assert_reply(LIST(DELTA("\"content\":\"no thought\""), END("stop")), "", "no thought",
                 CHAT_STOP);
    // truncated in the thought, which stays open
    assert_reply(LIST(DELTA("\"reasoning_content\":\"on and on\""), END("length")), "",
                 "<think>\non and on", CHAT_LENGTH);
}

static void content_parts_texts_and_refusals_are_content(void **state)
{
    (void)state;
    assert_reply(LIST(DELTA("\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"x\"},"
                            "{\"type\":\"text\",\"text\":\"b\"}]"),
                      END("stop")),
                 "", "ab", CHAT_STOP);
    assert_reply(
        LIST("{\"choices\":[{\"index\":0,\"text\":\"plain\",\"finish_reason\":\"stop\"}]}"), "",
        "plain", CHAT_STOP);
    assert_reply(LIST(DELTA("\"content\":null,\"refusal\":\"I will not\""), END("stop")), "",
                 "I will not", CHAT_STOP);
}

static void finish_reasons_are_mapped(void **state)
{
    (void)state;
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("eos")), "", "a", CHAT_STOP);
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("content_filter")), "", "a", CHAT_REFUSED);
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("tool_calls")), "", "a", CHAT_REFUSED);
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("abort")), "", "a", CHAT_ABORTED);
    assert_reply(LIST(DELTA("\"content\":\"a\"")), "", "a", CHAT_UNFINISHED); // truncated
    assert_reply(LIST(DELTA("\"content\":\"a\""), "[DONE]"), "", "a", CHAT_STOP);
    assert_reply(LIST(DELTA("\"content\":\"a\""),
                      "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":100}}",
                      "[DONE]"),
                 "", "a", CHAT_LENGTH);
    assert_reply(LIST("{\"choices\":[]}", "[DONE]"), "", "", CHAT_UNFINISHED); // nothing arrived
}

static void tokens_of_several_choices_add_up_to_the_usage(void **state)
{
    (void)state;
    chat_response response = {0};
    assert_ok(chat_response_begin(&response, 3, 0, 1000));
    parse_all(&response,
              LIST("{\"choices\":[{\"index\":2,\"delta\":{\"content\":\"cccccc\"}},{\"index\":0,"
                   "\"delta\":{\"content\":\"a\"}}]}",
                   "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"bbb\"}}]}",
                   "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":11}}"));
    assert_true(response.has_usage);
    assert_int_equal(response.prompt_tokens, 7);
    size_t sum = 0;
    for (size_t i = 0; i < 3; i++)
        sum += chat_choice_tokens(&response, i);
    assert_int_equal(sum, 11);
    assert_true(chat_choice_tokens(&response, 2) > chat_choice_tokens(&response, 1));
    chat_response_free(&response);
}

static void log_probabilities_are_rows_of_the_reply(void **state)
{
    (void)state;
    chat_response response = {0};
    assert_ok(chat_response_begin(&response, 1, 2, 1000));
    parse_all(&response,
              LIST("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ab\"},\"logprobs\":{"
                   "\"content\":[{\"token\":\"token_id:17\",\"logprob\":-0.5,"
                   "\"top_logprobs\":[{\"token\":\"token_id:17\",\"logprob\":-0.5},{\"token\":"
                   "\"token_id:4\",\"logprob\":-1.5}]},{\"token\":\"b\",\"logprob\":-2,"
                   "\"top_logprobs\":[{\"token\":\"b\",\"logprob\":-2}]}]}}]}"));
    const chat_choice *c = &response.choices[0];
    assert_int_equal(c->count, 2);
    assert_int_equal(c->ids[0], 17);
    assert_int_equal(c->ids[1], -1); // not given
    assert_true(c->logprobs[0] == -0.5f && c->logprobs[1] == -2);
    assert_true(c->topk_ids[1] == 4 && c->topk_logprobs[1] == -1.5f);
    assert_true(c->topk_ids[3] == -1 && isinf(c->topk_logprobs[3]));
    // a plain completion's rows
    assert_ok(chat_response_begin(&response, 1, 1, 1000));
    parse_all(&response,
              LIST("{\"choices\":[{\"index\":0,\"text\":\"xy\",\"logprobs\":{\"tokens\":["
                   "\"token_id:1\",\"y\"],\"token_logprobs\":[-1,null],\"top_logprobs\":[{"
                   "\"token_id:1\":-1},null]}}]}"));
    c = &response.choices[0];
    assert_int_equal(c->count, 2);
    assert_true(c->ids[0] == 1 && c->topk_ids[0] == 1 && isnan(c->logprobs[1]));
    chat_response_free(&response);
}

static void invalid_events_are_rejected(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "nonsense", "[1]", "{\"choices\":[{\"delta\":{\"content\":7}}]}",
        "{\"choices\":[{\"index\":-1,\"delta\":{}}]}", "{\"choices\":[{\"index\":0.5}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"\xFF\"}}]}",
        // the same choice twice
        "{\"choices\":[{\"index\":0,\"text\":\"a\"},{\"index\":0,\"text\":\"a\"}]}",
        // after its end
        "{\"choices\":[{\"index\":1,\"text\":\"more\"}]}"};
    chat_response response = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_ok(chat_response_begin(&response, 2, 1, 1000));
        assert_ok(chat_response_parse(
            &response,
            distill_span_of("{\"choices\":[{\"index\":1,\"text\":\"b\",\"finish_reason\":"
                            "\"stop\"},{\"index\":9,\"text\":\"unasked\"}]}")));
        if (chat_response_parse(&response, distill_span_of(bad[i])) != DISTILL_FORMAT)
            fail_msg("%s was accepted", bad[i]);
    }
    chat_response_free(&response);
}

static void text_and_nesting_are_limited(void **state)
{
    (void)state;
    chat_response response = {0};
    distill_text deep = {0};
    assert_ok(chat_response_begin(&response, 1, 0, 10));
    assert_ok(chat_response_parse(&response, distill_span_of(DELTA("\"content\":\"12345\""))));
    assert_ok(chat_response_parse(&response, distill_span_of(DELTA("\"reasoning\":\"12345\""))));
    assert_fails(chat_response_parse(&response, distill_span_of(DELTA("\"content\":\"1\""))),
                 DISTILL_FORMAT, "more than 10 bytes");
    for (int i = 0; i < 100000; i++)
        assert_ok(distill_text_add_char(&deep, '['));
    assert_int_equal(chat_response_parse(&response, distill_text_span(&deep)), DISTILL_FORMAT);
    distill_text_free(&deep);
    chat_response_free(&response);
}

static void an_error_may_arrive_as_an_event(void **state)
{
    (void)state;
    chat_response response = {0};
    assert_ok(chat_response_begin(&response, 1, 0, 10));
    assert_ok(chat_response_parse(
        &response, distill_span_of("{\"error\":{\"message\":\"overloaded\",\"code\":503}}")));
    assert_true(response.has_error);
    assert_int_equal(response.error_status, 503);
    chat_response_free(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thought_in_its_own_field_is_joined_with_the_answer),
        cmocka_unit_test(tags_in_the_content_are_kept_or_completed),
        cmocka_unit_test(content_parts_texts_and_refusals_are_content),
        cmocka_unit_test(finish_reasons_are_mapped),
        cmocka_unit_test(tokens_of_several_choices_add_up_to_the_usage),
        cmocka_unit_test(log_probabilities_are_rows_of_the_reply),
        cmocka_unit_test(invalid_events_are_rejected),
        cmocka_unit_test(text_and_nesting_are_limited),
        cmocka_unit_test(an_error_may_arrive_as_an_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
