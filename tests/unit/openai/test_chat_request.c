// What is sent to a server, and what is read out of the answers of the servers there are.
#include "distill/openai/chat_request.h"

#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>

static const distill_message TALK[] = {{{"system", 6}, {"be \"brief\"", 10}},
                                       {{"user", 4}, {"1+1?", 4}}};

// ---- requests -----------------------------------------------------------------------------------

static void assert_body(const distill_request *request, const distill_sampling *sampling, size_t n,
                        const chat_dialect *dialect, const char *wanted)
{
    distill_text body = {0};
    const chat_ask ask = {"m", request, sampling, n, sampling->max_tokens};
    assert_ok(chat_write(&body, &ask, dialect));
    assert_string_equal(body.bytes, wanted);
    distill_text_free(&body);
}

static void a_conversation_becomes_a_chat_completion(void **state)
{
    (void)state;
    const char *const stops[] = {"</answer>", "\n\n"};
    const distill_request request = {.messages = TALK, .message_count = 2, .stream = 0xF80000007u};
    distill_sampling sampling = {.temperature = 0.6, .top_p = 0.95, .max_tokens = 100};
    chat_dialect dialect = {0};
    assert_string_equal(chat_path(&request), "/chat/completions");
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
    dialect = (chat_dialect){.no_seed = true, .no_stream_usage = true, .completion_limit = true};
    assert_body(&(distill_request){.messages = TALK + 1, .message_count = 1}, &sampling, 4,
                &dialect,
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"1+1?\"}],"
                "\"temperature\":0,\"top_p\":1,\"top_k\":20,\"min_p\":0.25,"
                "\"max_completion_tokens\":5,\"n\":4,\"stop\":[\"</answer>\",\"\\n\\n\"],"
                "\"logprobs\":true,\"top_logprobs\":3,\"return_tokens_as_token_ids\":true,"
                "\"stream\":true}");
}

static void a_prefix_is_gone_on_with_and_a_text_is_completed(void **state)
{
    (void)state;
    const distill_sampling sampling = {
        .temperature = 1, .top_p = 1, .max_tokens = 5, .logprobs = 2};
    const chat_dialect dialect = {.no_seed = true, .no_stream_usage = true, .no_token_ids = true};
    const distill_request chat = {
        .messages = TALK + 1, .message_count = 1, .prefix = {"<think>\n", 8}};
    const distill_request plain = {.text = {"Q: 1+1\nA:", 9}, .prefix = {"A:", 2}};
    assert_body(&chat, &sampling, 1, &dialect,
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"1+1?\"},{\"role\":"
                "\"assistant\",\"content\":\"<think>\\n\"}],\"continue_final_message\":true,"
                "\"add_generation_prompt\":false,\"temperature\":1,\"top_p\":1,\"max_tokens\":5,"
                "\"logprobs\":true,\"top_logprobs\":2,\"stream\":true}");
    assert_string_equal(chat_path(&plain), "/completions");
    assert_body(&plain, &sampling, 1, &dialect,
                "{\"model\":\"m\",\"prompt\":\"Q: 1+1\\nA:\",\"temperature\":1,\"top_p\":1,"
                "\"max_tokens\":5,\"logprobs\":2,\"stream\":true}");
}

// ---- replies ------------------------------------------------------------------------------------

static void take_all(chat_reply *reply, const char *const *payloads)
{
    for (; *payloads != NULL; payloads++)
        assert_ok(chat_reply_take(reply, distill_span_of(*payloads)));
    chat_reply_close(reply, 100);
}

/// The text of choice 0 of a reply in these events, and how it ended.
static void assert_reply(const char *const *payloads, const char *prefix, const char *wanted,
                         chat_end end)
{
    chat_reply reply = {0};
    distill_text text = {0};
    assert_ok(chat_reply_begin(&reply, 1, 0, 1000));
    take_all(&reply, payloads);
    assert_int_equal(reply.choices[0].end, end);
    assert_ok(chat_choice_text(&text, &reply.choices[0], distill_span_of(prefix)));
    assert_string_equal(text.bytes, wanted);
    distill_text_free(&text);
    chat_reply_free(&reply);
}

#define DELTA(fields) "{\"choices\":[{\"index\":0,\"delta\":{" fields "},\"finish_reason\":null}]}"
#define END(reason)                                                                                \
    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"" reason "\"}]}"
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void thoughts_and_answer_are_put_back_together(void **state)
{
    (void)state;
    const char *wanted = "<think>\n2 is it\n</think>\n\nIt is 2";
    // DeepSeek: reasoning_content, then content; the other one is null
    assert_reply(LIST(DELTA("\"role\":\"assistant\",\"content\":\"\""),
                      DELTA("\"content\":null,\"reasoning_content\":\"2 is \""),
                      DELTA("\"content\":null,\"reasoning_content\":\"it\""),
                      DELTA("\"content\":\"It is 2\",\"reasoning_content\":null"), END("stop"),
                      "[DONE]"),
                 "", wanted, CHAT_STOP);
    // vLLM: reasoning and reasoning_content say the same; the tags' line ends are still there
    assert_reply(LIST(DELTA("\"reasoning\":\"\\n2 is\",\"reasoning_content\":\"\\n2 is\""),
                      DELTA("\"reasoning\":\" it\\n\",\"reasoning_content\":\" it\\n\""),
                      DELTA("\"content\":\"\\n\\nIt is 2\""), END("stop"), "[DONE]"),
                 "", wanted, CHAT_STOP);
    // OpenRouter: reasoning alone; the prefix has the opening tag
    assert_reply(LIST(DELTA("\"reasoning\":\"2 is it\""), DELTA("\"content\":\"It is 2\""),
                      END("stop"), "[DONE]"),
                 "<think>\n", wanted + 8, CHAT_STOP);
    // one JSON object instead of a stream
    assert_reply(
        LIST("{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
             "\"It is 2\",\"reasoning_content\":\"2 is it\"},\"finish_reason\":\"stop\"}]}"),
        "", wanted, CHAT_STOP);
}

static void tags_in_the_content_are_left_alone_or_completed(void **state)
{
    (void)state;
    assert_reply(LIST(DELTA("\"content\":\"<think>\\na\\n</think>\\n\\nb\""), END("stop")), "",
                 "<think>\na\n</think>\n\nb", CHAT_STOP);
    // the server's template opened the thought
    assert_reply(LIST(DELTA("\"content\":\"a\\n</think>\\n\\nb\""), END("stop")), "",
                 "<think>\na\n</think>\n\nb", CHAT_STOP);
    // our own prefix did
    assert_reply(LIST(DELTA("\"content\":\"a\\n</think>\\n\\nb\""), END("stop")), "<think>\n",
                 "a\n</think>\n\nb", CHAT_STOP);
    assert_reply(LIST(DELTA("\"content\":\"no thought\""), END("stop")), "", "no thought",
                 CHAT_STOP);
    // cut off in the middle of a thought: it stays open
    assert_reply(LIST(DELTA("\"reasoning_content\":\"on and on\""), END("length")), "",
                 "<think>\non and on", CHAT_LENGTH);
}

static void parts_texts_and_refusals_are_content(void **state)
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

static void ends_are_told_apart(void **state)
{
    (void)state;
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("eos")), "", "a", CHAT_STOP);
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("content_filter")), "", "a", CHAT_REFUSED);
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("tool_calls")), "", "a", CHAT_REFUSED);
    assert_reply(LIST(DELTA("\"content\":\"a\""), END("abort")), "", "a", CHAT_AGAIN);
    assert_reply(LIST(DELTA("\"content\":\"a\"")), "", "a", CHAT_OPEN); // cut
    assert_reply(LIST(DELTA("\"content\":\"a\""), "[DONE]"), "", "a", CHAT_STOP);
    assert_reply(LIST(DELTA("\"content\":\"a\""),
                      "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":100}}",
                      "[DONE]"),
                 "", "a", CHAT_LENGTH);
    assert_reply(LIST("{\"choices\":[]}", "[DONE]"), "", "", CHAT_OPEN); // nothing came
}

static void tokens_of_several_choices_add_up_to_the_usage(void **state)
{
    (void)state;
    chat_reply reply = {0};
    assert_ok(chat_reply_begin(&reply, 3, 0, 1000));
    take_all(&reply,
             LIST("{\"choices\":[{\"index\":2,\"delta\":{\"content\":\"cccccc\"}},{\"index\":0,"
                  "\"delta\":{\"content\":\"a\"}}]}",
                  "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"bbb\"}}]}",
                  "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":11}}"));
    assert_true(reply.has_usage);
    assert_int_equal(reply.prompt_tokens, 7);
    size_t sum = 0;
    for (size_t i = 0; i < 3; i++)
        sum += chat_choice_tokens(&reply, i);
    assert_int_equal(sum, 11);
    assert_true(chat_choice_tokens(&reply, 2) > chat_choice_tokens(&reply, 1));
    chat_reply_free(&reply);
}

static void log_probabilities_are_rows_of_the_reply(void **state)
{
    (void)state;
    chat_reply reply = {0};
    assert_ok(chat_reply_begin(&reply, 1, 2, 1000));
    take_all(&reply,
             LIST("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ab\"},\"logprobs\":{"
                  "\"content\":[{\"token\":\"token_id:17\",\"logprob\":-0.5,"
                  "\"top_logprobs\":[{\"token\":\"token_id:17\",\"logprob\":-0.5},{\"token\":"
                  "\"token_id:4\",\"logprob\":-1.5}]},{\"token\":\"b\",\"logprob\":-2,"
                  "\"top_logprobs\":[{\"token\":\"b\",\"logprob\":-2}]}]}}]}"));
    const chat_choice *c = &reply.choices[0];
    assert_int_equal(c->count, 2);
    assert_int_equal(c->ids[0], 17);
    assert_int_equal(c->ids[1], -1); // not told
    assert_true(c->logprobs[0] == -0.5f && c->logprobs[1] == -2);
    assert_true(c->topk_ids[1] == 4 && c->topk_logprobs[1] == -1.5f);
    assert_true(c->topk_ids[3] == -1 && isinf(c->topk_logprobs[3]));
    // a plain completion's rows
    assert_ok(chat_reply_begin(&reply, 1, 1, 1000));
    take_all(&reply, LIST("{\"choices\":[{\"index\":0,\"text\":\"xy\",\"logprobs\":{\"tokens\":["
                          "\"token_id:1\",\"y\"],\"token_logprobs\":[-1,null],\"top_logprobs\":[{"
                          "\"token_id:1\":-1},null]}}]}"));
    c = &reply.choices[0];
    assert_int_equal(c->count, 2);
    assert_true(c->ids[0] == 1 && c->topk_ids[0] == 1 && isnan(c->logprobs[1]));
    chat_reply_free(&reply);
}

static void what_is_no_reply_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "nonsense", "[1]", "{\"choices\":[{\"delta\":{\"content\":7}}]}",
        "{\"choices\":[{\"index\":-1,\"delta\":{}}]}", "{\"choices\":[{\"index\":0.5}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"\xFF\"}}]}",
        // the same choice twice
        "{\"choices\":[{\"index\":0,\"text\":\"a\"},{\"index\":0,\"text\":\"a\"}]}",
        // behind its end
        "{\"choices\":[{\"index\":1,\"text\":\"more\"}]}"};
    chat_reply reply = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_ok(chat_reply_begin(&reply, 2, 1, 1000));
        assert_ok(chat_reply_take(
            &reply, distill_span_of("{\"choices\":[{\"index\":1,\"text\":\"b\",\"finish_reason\":"
                                    "\"stop\"},{\"index\":9,\"text\":\"unasked\"}]}")));
        if (chat_reply_take(&reply, distill_span_of(bad[i])) != DISTILL_FORMAT)
            fail_msg("%s was taken", bad[i]);
    }
    chat_reply_free(&reply);
}

static void a_reply_has_a_ceiling_and_depth_an_end(void **state)
{
    (void)state;
    chat_reply reply = {0};
    distill_text deep = {0};
    assert_ok(chat_reply_begin(&reply, 1, 0, 10));
    assert_ok(chat_reply_take(&reply, distill_span_of(DELTA("\"content\":\"12345\""))));
    assert_ok(chat_reply_take(&reply, distill_span_of(DELTA("\"reasoning\":\"12345\""))));
    assert_fails(chat_reply_take(&reply, distill_span_of(DELTA("\"content\":\"1\""))),
                 DISTILL_FORMAT, "more than 10 bytes");
    for (int i = 0; i < 100000; i++)
        assert_ok(distill_text_add_char(&deep, '['));
    assert_int_equal(chat_reply_take(&reply, distill_text_span(&deep)), DISTILL_FORMAT);
    distill_text_free(&deep);
    chat_reply_free(&reply);
}

static void an_error_in_a_stream_is_one(void **state)
{
    (void)state;
    chat_reply reply = {0};
    assert_ok(chat_reply_begin(&reply, 1, 0, 10));
    assert_ok(chat_reply_take(
        &reply, distill_span_of("{\"error\":{\"message\":\"overloaded\",\"code\":503}}")));
    assert_true(reply.failed);
    assert_int_equal(reply.failed_status, 503);
    chat_reply_free(&reply);
}

// ---- errors -------------------------------------------------------------------------------------

static void assert_error(const char *body, const char *secret, const char *wanted)
{
    distill_text text = {0};
    assert_ok(chat_error_text(&text, distill_span_of(body), secret));
    assert_string_equal(text.bytes, wanted);
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
        assert_ok(distill_text_add(&body, "\xC3\xA9")); // cut between characters, never in one
    assert_ok(chat_error_text(&text, distill_text_span(&body), NULL));
    assert_int_equal(text.length, 403);
    distill_text_free(&body);
    distill_text_free(&text);
}

static bool learns(chat_dialect *dialect, const char *message, size_t n)
{
    const char *what = NULL;
    bool learned = chat_dialect_learn(dialect, &what, distill_span_of(message), n, true);
    assert_true(learned == (what != NULL));
    return learned;
}

static void refusals_teach_the_dialect_once(void **state)
{
    (void)state;
    chat_dialect d = {0};
    assert_true(learns(&d, "Unrecognized request argument supplied: stream_options", 1));
    assert_true(d.no_stream_usage && !d.no_seed);
    assert_false(learns(&d, "Unrecognized request argument supplied: stream_options", 1));
    assert_true(learns(&d, "extra fields not permitted: 'seed'", 1) && d.no_seed);
    assert_true(learns(&d, "unknown: return_tokens_as_token_ids", 1) && d.no_token_ids);
    assert_true(learns(&d,
                       "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
                       1) &&
                d.completion_limit);
    assert_false(learns(&d, "'n' must be 1", 1)); // nothing to split
    assert_false(learns(&d, "the conversation contains nothing", 4));
    assert_true(learns(&d, "'n' must be 1", 4) && d.single);
    d.single = false;
    assert_true(learns(&d, "Only one completion choice is allowed", 4) && d.single);
}

static void the_context_is_read_out_of_a_refusal(void **state)
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
        chat_error_most_tokens(distill_span_of(
            "max_tokens is too large: 32768. This model supports at most 16384 completion tokens")),
        16384);
    assert_int_equal(chat_error_most_tokens(distill_span_of(
                         "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]")),
                     8192);
    assert_int_equal(chat_error_most_tokens(distill_span_of("no")), 0);
}

static void a_refused_field_comes_with_what_to_do(void **state)
{
    (void)state;
    assert_string_equal(chat_error_hint(distill_span_of("unknown field: top_k")),
                        " (leave out --top-k)");
    assert_string_equal(chat_error_hint(distill_span_of("'top_logprobs' must be <= 20")),
                        " (pass a smaller --logprobs, or none)");
    assert_string_equal(chat_error_hint(distill_span_of("topping")), "");
}

static void the_only_model_is_found(void **state)
{
    (void)state;
    distill_text name = {0};
    assert_ok(chat_models_only(&name, distill_span_of("{\"data\":[{\"id\":\"a/b\"}]}"), "U"));
    assert_string_equal(name.bytes, "a/b");
    assert_fails(
        chat_models_only(&name, distill_span_of("{\"data\":[{\"id\":\"x\"},{\"id\":\"y\"}]}"), "U"),
        DISTILL_REMOTE, "x, y");
    assert_fails(chat_models_only(&name, distill_span_of("{\"data\":[]}"), "U"), DISTILL_REMOTE,
                 "--model");
    assert_int_equal(chat_models_only(&name, distill_span_of("<html>"), "U"), DISTILL_FORMAT);
    distill_text_free(&name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conversation_becomes_a_chat_completion),
        cmocka_unit_test(a_prefix_is_gone_on_with_and_a_text_is_completed),
        cmocka_unit_test(thoughts_and_answer_are_put_back_together),
        cmocka_unit_test(tags_in_the_content_are_left_alone_or_completed),
        cmocka_unit_test(parts_texts_and_refusals_are_content),
        cmocka_unit_test(ends_are_told_apart),
        cmocka_unit_test(tokens_of_several_choices_add_up_to_the_usage),
        cmocka_unit_test(log_probabilities_are_rows_of_the_reply),
        cmocka_unit_test(what_is_no_reply_is_refused),
        cmocka_unit_test(a_reply_has_a_ceiling_and_depth_an_end),
        cmocka_unit_test(an_error_in_a_stream_is_one),
        cmocka_unit_test(error_bodies_become_one_line),
        cmocka_unit_test(refusals_teach_the_dialect_once),
        cmocka_unit_test(the_context_is_read_out_of_a_refusal),
        cmocka_unit_test(a_refused_field_comes_with_what_to_do),
        cmocka_unit_test(the_only_model_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
