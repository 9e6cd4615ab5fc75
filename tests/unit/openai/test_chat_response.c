// tests/unit/openai/test_chat_response.c - replies, usage and log-probabilities as sent by servers.
#include "distill/openai/chat_response.h"

#include "distill/base/file.h"
#include "distill/generate/generator.h"
#include "distill/openai/sse.h"
#include "tests/support/shared_data.h"
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

static void a_thought_in_field_and_content_is_stored_once(void **state)
{
    (void)state;
    const char *expected = "<think>\n2 is it\n</think>\n\nIt is 2";
    const char *content = DELTA("\"content\":\"<think>\\n2 is it\\n</think>\\n\\nIt is 2\"");
    assert_reply(LIST(DELTA("\"reasoning_content\":\"2 is it\""), content, END("stop")), "",
                 expected, CHAT_STOP);
    assert_reply(LIST(DELTA("\"reasoning\":\"\\n2  is\\nit\\n\""), content, END("stop")), "",
                 expected, CHAT_STOP); // other white space
    // the content only closes it
    assert_reply(LIST(DELTA("\"reasoning_content\":\"2 is it\""),
                      DELTA("\"content\":\"2 is it\\n</think>\\n\\nIt is 2\""), END("stop")),
                 "", expected, CHAT_STOP);
    // truncated within it
    assert_reply(
        LIST(DELTA("\"reasoning_content\":\"2 is\",\"content\":\"<think>\\n2 is\""), END("length")),
        "", "<think>\n2 is", CHAT_LENGTH);
    // another thought is kept
    assert_reply(LIST(DELTA("\"reasoning_content\":\"3 is it\""), content, END("stop")), "",
                 "<think>\n3 is it\n</think>\n\n<think>\n2 is it\n</think>\n\nIt is 2", CHAT_STOP);
}

static void thoughts_are_parts_in_several_forms(void **state)
{
    (void)state;
    static const char *const forms[] = {
        // Mistral, Anthropic, Gemini; OpenRouter and LiteLLM beside the content
        "\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"a\"}]},"
        "{\"type\":\"text\",\"text\":\"b\"}]",
        "\"content\":[{\"type\":\"thinking\",\"thinking\":\"a\",\"signature\":\"x\"},"
        "{\"type\":\"redacted_thinking\",\"data\":\"x\"},{\"type\":\"text\",\"text\":\"b\"}]",
        "\"content\":[{\"text\":\"a\",\"thought\":true},{\"text\":\"b\"}]",
        "\"content\":[{\"type\":\"reasoning\",\"summary\":[{\"text\":\"a\"}]},\"b\"]",
        "\"reasoning\":null,\"reasoning_content\":\"\",\"reasoning_details\":[{\"type\":"
        "\"reasoning.text\",\"text\":\"a\"},{\"type\":\"reasoning.encrypted\",\"data\":\"x\"}],"
        "\"content\":\"b\"",
        "\"thinking_blocks\":[{\"type\":\"thinking\",\"thinking\":\"a\"}],\"content\":\"b\"",
        "\"reasoning_content\":\"\",\"reasoning\":\"a\",\"reasoning_details\":[{\"text\":\"a\"}],"
        "\"content\":\"b\"",
        "\"thinking\":\"a\",\"content\":\"b\"",
    };
    char event[512];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        snprintf(event, sizeof event, "{\"choices\":[{\"index\":0,\"delta\":{%s}}]}", forms[i]);
        assert_reply(LIST(event, END("stop")), "", "<think>\na\n</think>\n\nb", CHAT_STOP);
    }
}

static void halves_of_a_pair_are_joined(void **state)
{
    (void)state;
    assert_reply(LIST(DELTA("\"content\":\"ok \\ud83c\""), DELTA("\"content\":\"\\uDF89 done\""),
                      END("stop")),
                 "", "ok \xF0\x9F\x8E\x89 done", CHAT_STOP);
    // whole pairs, escaped backslashes, and halves that stay alone
    assert_reply(
        LIST(DELTA("\"content\":\"\\ud83c\\udf89 \\\\ud83c \\ud83c-\\udf89\""), END("stop")), "",
        "\xF0\x9F\x8E\x89 \\ud83c \xEF\xBF\xBD-\xEF\xBF\xBD", CHAT_STOP);
    assert_reply(
        LIST(DELTA("\"reasoning\":\"\\ud83c\""), DELTA("\"content\":\"\\udf89\""), END("stop")), "",
        "<think>\n\xEF\xBF\xBD\n</think>\n\n\xEF\xBF\xBD", CHAT_STOP);
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

static void calls_of_tools_follow_the_content(void **state)
{
    (void)state;
    // streamed in pieces, as by vLLM and OpenAI; two calls
    assert_reply(
        LIST(DELTA("\"content\":\"I look.\""),
             DELTA("\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":{"
                   "\"name\":\"add\",\"arguments\":\"\"}}]"),
             DELTA("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\": \"}}]"),
             DELTA("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"1}\"}}]"),
             DELTA("\"tool_calls\":[{\"index\":1,\"function\":{\"name\":\"now\"}}]"),
             END("tool_calls")),
        "",
        "I look.\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>\n"
        "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>",
        CHAT_STOP);
    // arguments as an object (Ollama), and arguments that are not JSON
    assert_reply(LIST("{\"choices\":[{\"index\":0,\"message\":{\"content\":null,\"tool_calls\":[{"
                      "\"function\":{"
                      "\"name\":\"f\",\"arguments\":{\"b\":\"x\"}}},{\"function\":{\"name\":\"g\","
                      "\"arguments\":"
                      "\"{oops\"}}]},\"finish_reason\":\"stop\"}]}"),
                 "",
                 "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"b\":\"x\"}}\n</tool_call>\n"
                 "<tool_call>\n{\"name\": \"g\", \"arguments\": \"{oops\"}\n</tool_call>",
                 CHAT_STOP);
    chat_response response = {0};
    assert_ok(chat_response_begin(&response, 1, 0, 1000));
    assert_fails(
        chat_response_parse(&response, distill_span_of(DELTA("\"tool_calls\":[{\"index\":64}]"))),
        DISTILL_FORMAT, "more than 64 calls");
    chat_response_free(&response);
}

static void finish_reasons_are_mapped(void **state)
{
    (void)state;
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("eos")), "", "a", CHAT_STOP);
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("STOP")), "", "a", CHAT_STOP);
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("FINISH_REASON_MAX_TOKENS")), "", "a",
                 CHAT_LENGTH);
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("SAFETY")), "", "a", CHAT_REFUSED);
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("null")), "", "a", CHAT_UNFINISHED);
    assert_reply(LIST(DELTA("\"content\":\"a\""),
                      "{\"choices\":[{\"index\":0,\"finish_reason\":{\"type\":\"length\"}}]}"),
                 "", "a", CHAT_LENGTH);
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

static distill_status parse_event(void *context, distill_span payload)
{
    return chat_response_parse(context, payload);
}

/// Checks the tokens of two choices whose usage arrives in these events.
static void assert_tokens(const char *const *payloads, size_t first, size_t second, size_t sum)
{
    chat_response response = {0};
    assert_ok(chat_response_begin(&response, 2, 0, 1000));
    parse_all(&response, payloads);
    assert_int_equal(response.completion_tokens, sum);
    assert_int_equal(chat_choice_tokens(&response, 0), first);
    assert_int_equal(chat_choice_tokens(&response, 1), second);
    chat_response_free(&response);
}
#define TEXT(i, text) "{\"choices\":[{\"index\":" i ",\"delta\":{\"content\":\"" text "\"}}]}"
#define STOP(i) "{\"choices\":[{\"index\":" i ",\"delta\":{},\"finish_reason\":\"stop\"}]}"
#define USAGE(tokens)                                                                              \
    "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":" tokens "}}"

static void usage_of_each_choice_is_added_up(void **state)
{
    (void)state;
    const char *a = TEXT("0", "aaa"), *b = TEXT("1", "b");
    // one number for all: divided by the pieces and end tokens, if they explain it
    assert_tokens(LIST(a, b, b, STOP("0"), STOP("1"), USAGE("5")), 2, 3, 5);
    assert_tokens(LIST(a, b, b, STOP("0"), STOP("1"), USAGE("3")), 1, 2, 3);
    assert_tokens(LIST(a, b, STOP("0"), STOP("1"), USAGE("40")), 30, 10, 40);
    // llama.cpp: one for each
    assert_tokens(LIST(a, b, STOP("1"), USAGE("9"), STOP("0"), USAGE("4")), 4, 9, 13);
    assert_tokens(LIST(a, b, STOP("0"), USAGE("6"), STOP("1"), USAGE("6"), "[DONE]"), 6, 6, 12);
    // a running number of all choices: 2 + 2 pieces are nearer to 5 than to 2 + 5
    assert_tokens(LIST(a, a, STOP("0"), USAGE("2"), b, b, STOP("1"), USAGE("5")), 3, 2, 5);
    // vLLM with continuous_usage_stats: a running number of each choice, and the sum at the end
    assert_tokens(LIST("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"usage\":{"
                       "\"prompt_tokens\":7,\"completion_tokens\":3}}",
                       "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}}],\"usage\":{"
                       "\"prompt_tokens\":7,\"completion_tokens\":5}}",
                       STOP("0"), STOP("1"), USAGE("8")),
                  3, 5, 8);
    // Moonshot: in the choice; a last event with zeros does not count
    assert_tokens(LIST(a, b,
                       "{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"usage\":{"
                       "\"prompt_tokens\":7,\"completion_tokens\":6}}]}",
                       "{\"choices\":[{\"index\":1,\"finish_reason\":\"stop\",\"usage\":{"
                       "\"prompt_tokens\":7,\"completion_tokens\":4}}]}",
                       USAGE("0")),
                  6, 4, 10);
}

static void recorded_usage_of_llama_cpp_is_added_up(void **state)
{
    (void)state;
    REQUIRE_SHARED(path, "cases/server/1_llamacpp_n_tokens/llama-server-stream-n2.sse");
    chat_response response = {0};
    sse_parser events = {.limit_bytes = 1 << 20};
    distill_text bytes = {0};
    assert_ok(distill_file_read(&bytes, path, 1 << 20));
    assert_ok(chat_response_begin(&response, 2, 0, 1 << 20));
    assert_ok(sse_feed(&events, distill_text_span(&bytes), parse_event, &response));
    assert_true(chat_response_is_complete(&response));
    assert_int_equal(response.completion_tokens, 92);
    assert_int_equal(response.prompt_tokens, 36);
    assert_int_equal(chat_choice_tokens(&response, 0), 46);
    assert_int_equal(chat_choice_tokens(&response, 1), 46);
    chat_response_free(&response);
    sse_free(&events);
    distill_text_free(&bytes);
}

static void a_response_is_complete_with_its_usage_or_done(void **state)
{
    (void)state;
    chat_response response = {0};
    assert_ok(chat_response_begin(&response, 1, 0, 1000));
    assert_ok(chat_response_parse(&response, distill_span_of(TEXT("0", "a"))));
    assert_false(chat_response_is_final(&response));
    assert_ok(chat_response_parse(&response, distill_span_of(STOP("0"))));
    assert_true(chat_response_is_final(&response) && !chat_response_is_complete(&response));
    assert_ok(chat_response_parse(&response, distill_span_of(USAGE("2"))));
    assert_true(chat_response_is_complete(&response));
    // a running usage before the end does not count
    assert_ok(chat_response_begin(&response, 1, 0, 1000));
    assert_ok(chat_response_parse(&response, distill_span_of(USAGE("1"))));
    assert_ok(chat_response_parse(&response, distill_span_of(STOP("0"))));
    assert_false(chat_response_is_complete(&response));
    assert_ok(chat_response_parse(&response, distill_span_of(" [DONE] ")));
    assert_true(chat_response_is_complete(&response));
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
    // llama.cpp: the id is a number
    assert_ok(chat_response_begin(&response, 1, 1, 1000));
    parse_all(&response,
              LIST("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"logprobs\":{"
                   "\"content\":[{\"id\":32,\"token\":\"a\",\"bytes\":[97],\"logprob\":-0.5,"
                   "\"top_logprobs\":[{\"id\":33,\"token\":\"b\",\"logprob\":-0.25}]},{\"id\":-4,"
                   "\"token\":\"c\",\"logprob\":-1}]}}]}"));
    c = &response.choices[0];
    assert_true(c->count == 2 && c->ids[0] == 32 && c->topk_ids[0] == 33 && c->ids[1] == -1);
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
    static const struct {
        const char *payload, *message;
        long status;
    } errors[] = {
        {"{\"error\":\"model is loading\"}", "model is loading", 0}, // Ollama
        {"{\"object\":\"error\",\"message\":\"dead\",\"code\":500}", "dead", 500},
        {"{\"code\":\"429\",\"message\":\"slow\",\"type\":\"server_error\"}", "slow", 429},
        {"{\"detail\":\"Not Found\"}", "Not Found", 0},
        {"{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\",\"error\":{"
         "\"message\":\"broke\",\"code\":502}}]}",
         "broke", 502},
    };
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        assert_ok(chat_response_begin(&response, 1, 0, 10));
        assert_ok(chat_response_parse(&response, distill_span_of(errors[i].payload)));
        assert_true(response.has_error && response.error_status == errors[i].status);
        assert_non_null(strstr(response.error.bytes, errors[i].message));
    }
    // members without an error
    assert_reply(LIST("{\"error\":null,\"choices\":[{\"index\":0,\"error\":{},\"delta\":{"
                      "\"content\":\"a\"}}]}",
                      "{\"error\":\"\",\"choices\":[],\"usage\":null}", END("stop")),
                 "", "a", CHAT_STOP);
    chat_response_free(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thought_in_its_own_field_is_joined_with_the_answer),
        cmocka_unit_test(tags_in_the_content_are_kept_or_completed),
        cmocka_unit_test(a_thought_in_field_and_content_is_stored_once),
        cmocka_unit_test(thoughts_are_parts_in_several_forms),
        cmocka_unit_test(halves_of_a_pair_are_joined),
        cmocka_unit_test(content_parts_texts_and_refusals_are_content),
        cmocka_unit_test(calls_of_tools_follow_the_content),
        cmocka_unit_test(finish_reasons_are_mapped),
        cmocka_unit_test(tokens_of_several_choices_add_up_to_the_usage),
        cmocka_unit_test(usage_of_each_choice_is_added_up),
        cmocka_unit_test(recorded_usage_of_llama_cpp_is_added_up),
        cmocka_unit_test(a_response_is_complete_with_its_usage_or_done),
        cmocka_unit_test(log_probabilities_are_rows_of_the_reply),
        cmocka_unit_test(invalid_events_are_rejected),
        cmocka_unit_test(text_and_nesting_are_limited),
        cmocka_unit_test(an_error_may_arrive_as_an_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
