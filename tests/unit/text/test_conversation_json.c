// tests/unit/text/test_conversation_json.c - conversations of published layouts in the one form, and
// back as messages.
#include "distill/text/chat/conversation_json.h"

#include "tests/support/unit.h"

static distill_status read(conversation_json *talk, const char *json, const char *system,
                           conversation_end end)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    TRY(distill_json_parse(&doc, json, strlen(json), "line"));
    TRY(conversation_json_read(talk, doc, distill_json_root(doc), distill_span_of(system), end));
done:
    distill_json_free(doc);
    return status;
}

static void layouts_become_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *json, *system, *messages, *prompt, *reply;
        bool plain;
    } cases[] = {
        {"[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":\"a\"}]", "",
         "[{\"role\":\"user\",\"content\":\"u\"}]", "u", "a", true},
        {"[{\"from\":\"human\",\"value\":\"u\"},{\"from\":\"gpt\",\"value\":\"a\",\"weight\":1}]",
         "s", "[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"}]",
         "u", "a", false},
        {"[{\"role\":\"system\",\"content\":\"own\"},{\"role\":\"user\",\"content\":\"u\"},"
         "{\"role\":\"assistant\",\"content\":\"a\"}]",
         "s", "[{\"role\":\"system\",\"content\":\"own\"},{\"role\":\"user\",\"content\":\"u\"}]",
         "u", "a", false},
        {"[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"u\"},\"v\"],\"name\":"
         "\"n\"},"
         "{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"t\"},{"
         "\"type\":"
         "\"text\",\"text\":\"a\"}]}]",
         "", "[{\"role\":\"user\",\"content\":\"uv\",\"name\":\"n\"}]", "uv",
         "<think>\nt\n</think>\n\na", false},
        {"[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"model\",\"content\":\"a\","
         "\"reasoning\":"
         "\" t \"},{\"role\":\"user\",\"content\":\"v\"},{\"role\":\"bot\",\"content\":\"b\"}]",
         "",
         "[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":\"a\","
         "\"reasoning_content\":\"t\"},{\"role\":\"user\",\"content\":\"v\"}]",
         "v", "b", false},
        {"[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":null,"
         "\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\": 1}\"}},"
         "{\"name\":\"g\"}]}]",
         "", "[{\"role\":\"user\",\"content\":\"u\"}]", "u",
         "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}\n</tool_call>\n<tool_call>\n"
         "{\"name\": \"g\", \"arguments\": {}}\n</tool_call>",
         true},
        {"[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":"
         "\"[THINK] t [/THINK]\\na\"}]",
         "", "[{\"role\":\"user\",\"content\":\"u\"}]", "u", "<think>\nt\n</think>\n\na", true},
    };
    conversation_json talk = {.message_count = 0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_ok(read(&talk, cases[i].json, cases[i].system, CONVERSATION_WITH_REPLY));
        assert_string_equal(talk.messages.bytes, cases[i].messages);
        assert_string_equal(talk.prompt.bytes, cases[i].prompt);
        assert_string_equal(talk.reply.bytes, cases[i].reply);
        assert_int_equal(talk.plain, cases[i].plain);
    }
    conversation_json_free(&talk);
}

static void a_prompt_ends_where_the_reply_begins(void **state)
{
    (void)state;
    conversation_json talk = {.message_count = 0};
    assert_ok(read(
        &talk, "[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":\"a\"}]",
        "", CONVERSATION_PROMPT));
    assert_string_equal(talk.messages.bytes, "[{\"role\":\"user\",\"content\":\"u\"}]");
    assert_ok(
        read(&talk,
             "[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":\"\","
             "\"tool_calls\":[]},{\"role\":\"tool\",\"content\":\"5\"}]",
             "", CONVERSATION_PROMPT));
    assert_int_equal(talk.message_count, 3);
    conversation_json_free(&talk);
}

static void what_is_no_conversation_is_named(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"[]", "with the role user"},
        {"[5]", "expected a message, found a number"},
        {"[{\"role\":\"user\"},{\"role\":\"assistant\",\"content\":\"a\"}]", "[0].content"},
        {"[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]},{\"role\":\"assistant\","
         "\"content\":\"a\"}]",
         "text"},
        {"[{\"role\":\"user\",\"content\":\"u\"}]", "must be the assistant's"},
        {"{\"role\":\"user\"}", "expected a list of messages"},
    };
    conversation_json talk = {.message_count = 0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_fails(read(&talk, cases[i][0], "", CONVERSATION_WITH_REPLY), DISTILL_FORMAT,
                     cases[i][1]);
    conversation_json_free(&talk);
}

static void stored_messages_are_parsed(void **state)
{
    (void)state;
    message_list list = {.count = 0};
    assert_ok(
        message_list_parse(&list,
                           distill_span_of("[{\"role\":\"system\",\"content\":\"\"},{\"role\":"
                                           "\"tool\",\"content\":\"c\",\"n\":[1],\"m\":\"x\"}]"),
                           "stored"));
    assert_int_equal(list.count, 2);
    assert_int_equal(list.at[0].fields.length, 0);
    assert_true(distill_span_is(list.at[1].role, "tool"));
    assert_true(distill_span_is(list.at[1].fields, "\"n\":[1],\"m\":\"x\""));
    assert_fails(message_list_parse(&list, distill_span_of("[]"), "stored"), DISTILL_FORMAT,
                 "stored");
    assert_fails(message_list_parse(&list, distill_span_of("[{"), "stored"), DISTILL_FORMAT,
                 "stored");
    message_list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts_become_one_form),
        cmocka_unit_test(a_prompt_ends_where_the_reply_begins),
        cmocka_unit_test(what_is_no_conversation_is_named),
        cmocka_unit_test(stored_messages_are_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
