// Traces as JSON lines: written and read back with the same bytes, and read from published layouts.
#include "datasets/traces/json_trace_read.h"
#include "datasets/traces/json_trace_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static distill_status read_line(json_trace *trace, distill_json **doc, const char *line)
{
    distill_status status = DISTILL_OK;
    TRY(distill_json_parse(doc, line, strlen(line), "t.jsonl:1"));
    TRY(json_trace_read(trace, *doc));
done:
    return status;
}

static void assert_span(distill_span span, const char *expected)
{
    if (!distill_span_is(span, expected))
        fail_msg("expected \"%s\", found \"%.*s\"", expected, (int)span.length, span.bytes);
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    static const char reply[] = "<think>\n\"\\\t\0\x01\x7F é 汉 \U0001F600\n</think>\n####";
    trace_record record = {
        .id = distill_span_of("a/b"),
        .prompt = distill_span_of("p\r\n"),
        .response = {reply, sizeof reply - 1},
        .answer = distill_span_of("#### 5"),
        .domain = distill_span_of(""),
        .language = distill_span_of("zh"),
        .sample = 7,
        .finish = TRACE_FINISH_LENGTH,
        .prompt_tokens = 3,
        .response_tokens = 4,
    };
    for (int verdict = -2; verdict <= 1; verdict++) {
        distill_text line = {0}, again = {0};
        json_trace trace = {.has_id = false};
        distill_json *doc = NULL;
        record.has_verdict = verdict > -2;
        record.correct = (int8_t)(verdict > -2 ? verdict : 0);
        record.reason = verdict == 1 ? TRACE_KEPT : TRACE_LANGUAGE;
        record.extracted = distill_span_of("5");
        record.error = distill_span_of(verdict == -1 ? "HTTP 400: \"too\nlong\"" : "");
        assert_int_equal(json_trace_write(&line, &record), DISTILL_OK);
        assert_int_equal(read_line(&trace, &doc, line.bytes), DISTILL_OK);
        assert_int_equal(trace.record.response.length, sizeof reply - 1);
        assert_memory_equal(trace.record.response.bytes, reply, sizeof reply - 1);
        assert_int_equal(json_trace_write(&again, &trace.record), DISTILL_OK);
        assert_string_equal(line.bytes, again.bytes);
        distill_json_free(doc);
        json_trace_free(&trace);
        distill_text_free(&line);
        distill_text_free(&again);
    }
}

static void published_layouts_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *line, *prompt, *response, *answer;
    } cases[] = {
        {"{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{"
         "\"type\":"
         "\"text\",\"text\":\"b\"}]},{\"role\":\"assistant\",\"content\":\"c\",\"reasoning\":\"t\"}"
         "]}",
         "ab", "<think>\nt\n</think>\n\nc", ""},
        {"{\"problem\":\"p\",\"deepseek_reasoning\":\"t\",\"deepseek_solution\":\"s\"}", "p",
         "<think>\nt\n</think>\n\ns", ""},
        {"{\"prompt\":\"p\",\"reasoning\":\"t\",\"response\":\"\\n<think>t</think>r\"}", "p",
         "\n<think>t</think>r", ""},
        {"{\"question\":\"q\",\"reasoning\":\"t\",\"answer\":\"a\"}", "q",
         "<think>\nt\n</think>\n\na", ""},
        {"{\"query\":\"q\",\"response\":\"r\",\"correct\":[true],\"reason\":\"said so\"}", "q", "r",
         ""},
        {"{\"input\":\"i\",\"output\":\"o\",\"completion\":null}", "i", "o", ""},
        {"{\"prompt\":\"p\",\"generations\":[{\"text\":\"g\",\"tokens\":3}]}", "p", "g", ""},
        {"{\"question\":\"q\",\"gold\":\"5\",\"response\":\"r #### 5\"}", "q", "r #### 5", "5"},
        {"{\"question\":\"q\",\"answer\":\"work\\n#### 5\"}", "q", "work\n#### 5", "5"},
        {"{\"problem\":\"p\",\"solution\":\"s\",\"answer\":27.0}", "p", "s", "27"},
        {"{\"instruction\":\"i\",\"input\":\"x\",\"output\":\"o\"}", "i\n\nx", "o", ""},
        {"{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":"
         "\"u\"},{\"role\":\"assistant\",\"content\":\"a\"}]}",
         "u", "a", ""},
        {"{\"conversations\":[{\"from\":\"human\",\"value\":\"u\"},{\"from\":\"gpt\",\"value\":"
         "\"a\"}],\"ground_truth\":\"g\"}",
         "u", "a", "g"},
        {"{\"prompt\":[{\"role\":\"user\",\"content\":\"u\"}],\"completion\":[{\"role\":"
         "\"assistant\",\"content\":\"c\"}]}",
         "u", "c", ""},
        {"{\"prompt\":\"p\",\"reasoning_content\":\"because\\n\",\"response\":\"r\"}", "p",
         "<think>\nbecause\n</think>\n\nr", ""},
        {"{\"messages\":[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\","
         "\"reasoning_content\":\"because\",\"content\":\"a\"}]}",
         "u", "<think>\nbecause\n</think>\n\na", ""},
        {"{\"prompt\":\"p\",\"completion\":[{\"role\":\"assistant\",\"content\":\"a\","
         "\"thinking\":\"because\"}]}",
         "p", "<think>\nbecause\n</think>\n\na", ""},
        {"{\"problem\":\"p\",\"solution\":\"s\",\"generations\":[\"g\"],\"answer\":\"1\"}", "p",
         "g", "1"},
        {"{\"problem\":\"p\",\"messages\":[{\"role\":\"user\",\"content\":\"other\"},{\"role\":"
         "\"assistant\",\"content\":\"a\"}],\"generations\":[\"g\"]}",
         "p", "g", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_trace trace = {.has_id = false};
        distill_json *doc = NULL;
        if (read_line(&trace, &doc, cases[i].line) != DISTILL_OK)
            fail_msg("case %zu: %s", i, distill_error_message());
        assert_span(trace.record.prompt, cases[i].prompt);
        assert_span(trace.record.response, cases[i].response);
        assert_span(trace.record.answer, cases[i].answer);
        assert_span(trace.record.domain, "math");
        assert_false(trace.has_id);
        distill_json_free(doc);
        json_trace_free(&trace);
    }
}

/// What precedes the reply is kept as a conversation where it is more than one message of the user,
/// and fields that have no column are kept in `extra`.
static void conversations_and_other_fields_are_kept(void **state)
{
    (void)state;
    static const char call[] =
        "{\"id\":\"c1\",\"function\":{\"name\":\"add\",\"arguments\":{\"x\":1}}}";
    char tools[800];
    snprintf(tools, sizeof tools,
             "{\"messages\":[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\","
             "\"content\":null,\"tool_calls\":[%s]},{\"role\":\"tool\",\"content\":\"1\","
             "\"tool_call_id\":\"c1\"},{\"role\":\"assistant\",\"content\":\"one\"}],"
             "\"tools\":[{\"name\":\"add\"}]}",
             call);
    char kept[400];
    snprintf(kept, sizeof kept,
             "[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":\"\","
             "\"tool_calls\":[%s]},{\"role\":\"tool\",\"content\":\"1\",\"tool_call_id\":\"c1\"}]",
             call);
    const struct {
        const char *line, *prompt, *response, *messages, *extra;
    } cases[] = {
        {"{\"conversations\":[{\"from\":\"system\",\"value\":\"s\"},{\"from\":\"human\",\"value\":"
         "\"u\"},{\"from\":\"gpt\",\"value\":\"a\"},{\"from\":\"human\",\"value\":\"v\"},{\"from\":"
         "\"gpt\",\"value\":\"b\"}],\"source\":\"x\",\"level\":3}",
         "v", "b",
         "[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"},{\"role\":"
         "\"assistant\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"v\"}]",
         "{\"source\":\"x\",\"level\":3}"},
        {"{\"system_prompt\":\"s\",\"question\":\"u\",\"response\":\"a\",\"extra\":{\"k\":1},\"m\":"
         "null}",
         "u", "a",
         "[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"}]",
         "{\"k\":1}"},
        {"{\"problem\":\"u\",\"solution\":\"\\\\boxed{5}\",\"generation\":\"g\",\"subject\":\"s\"}",
         "u", "g", "", "{\"solution\":\"\\\\boxed{5}\",\"subject\":\"s\"}"},
        {tools, "u", "one", kept, "{\"tools\":[{\"name\":\"add\"}]}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_trace trace = {.has_id = false};
        distill_json *doc = NULL, *second = NULL;
        distill_text line = {0}, again = {0};
        if (read_line(&trace, &doc, cases[i].line) != DISTILL_OK)
            fail_msg("case %zu: %s", i, distill_error_message());
        assert_span(trace.record.prompt, cases[i].prompt);
        assert_span(trace.record.response, cases[i].response);
        assert_span(trace.record.messages, cases[i].messages);
        assert_span(trace.record.extra, cases[i].extra);
        assert_int_equal(json_trace_write(&line, &trace.record), DISTILL_OK);
        assert_int_equal(read_line(&trace, &second, line.bytes), DISTILL_OK);
        assert_int_equal(json_trace_write(&again, &trace.record), DISTILL_OK);
        assert_string_equal(line.bytes, again.bytes);
        distill_json_free(doc);
        distill_json_free(second);
        distill_text_free(&line);
        distill_text_free(&again);
        json_trace_free(&trace);
    }
}

static void a_line_may_hold_several_replies(void **state)
{
    (void)state;
    json_trace trace = {.has_id = false};
    distill_json *doc = NULL;
    bool more = false;
    assert_int_equal(read_line(&trace, &doc,
                               "{\"problem\":\"p\",\"uuid\":\"u\",\"generations\":[\"a\",\"b\"],"
                               "\"finish_reasons\":[\"stop\",\"length\"]}"),
                     DISTILL_OK);
    assert_span(trace.record.id, "u");
    assert_span(trace.record.response, "a");
    assert_int_equal(trace.record.finish, TRACE_FINISH_STOP);
    assert_int_equal(json_trace_next(&trace, doc, &more), DISTILL_OK);
    assert_true(more);
    assert_span(trace.record.response, "b");
    assert_int_equal(trace.record.finish, TRACE_FINISH_LENGTH);
    assert_int_equal(json_trace_next(&trace, doc, &more), DISTILL_OK);
    assert_false(more);
    distill_json_free(doc);
    json_trace_free(&trace);
}

static void wrong_lines_are_named(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"[]", "expected an object"},
        {"{\"response\":\"r\"}", "no prompt"},
        {"{\"prompt\":\"p\"}", "no reply"},
        {"{\"prompt\":\"p\",\"answer\":\"5\"}", "no reply"},
        {"{\"prompt\":\"p\",\"response\":{}}", "response.content: expected a string"},
        {"{\"prompt\":\"p\",\"response\":\"r\",\"finish\":\"maybe\"}", "finish: expected stop"},
        {"{\"prompt\":\"p\",\"response\":\"r\",\"sample\":-1}", "sample"},
        {"{\"prompt\":\"p\",\"response\":\"r\",\"correct\":true,\"reason\":\"taste\"}",
         "is not a reason"},
        {"{\"prompt\":\"p\",\"response\":\"r\",\"correct\":true,\"extracted\":5}",
         "extracted: expected"},
        {"{\"prompt\":\"p\",\"generations\":[]}", "generations: expected a list"},
        {"{\"prompt\":\"p\",\"generations\":[true]}", "expected a string"},
        {"{\"messages\":[{\"role\":\"user\",\"content\":\"u\"}]}", "no reply"},
        {"{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}]}", "with the role user"},
        {"{\"messages\":[{\"role\":\"user\"},{\"role\":\"assistant\",\"content\":\"a\"}]}",
         "content"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_trace trace = {.has_id = false};
        distill_json *doc = NULL;
        assert_int_equal(read_line(&trace, &doc, cases[i][0]), DISTILL_FORMAT);
        if (strstr(distill_error_message(), cases[i][1]) == NULL ||
            strstr(distill_error_message(), "t.jsonl:1") == NULL)
            fail_msg("case %zu: %s", i, distill_error_message());
        distill_json_free(doc);
        json_trace_free(&trace);
    }
}

/// OpenR1: a list of replies, with lists of their ends and verdicts.
static void lists_parallel_to_the_replies_are_read(void **state)
{
    (void)state;
    json_trace trace = {.has_id = false};
    distill_json *doc = NULL;
    bool more = false;
    static const char line[] =
        "{\"problem\":\"p\",\"solution\":\"s\",\"generations\":[\"a\",\"b\",\"c\"],"
        "\"finish_reasons\":[\"length\",null,\"stop\"],\"correctness_llama\":[true],"
        "\"correctness_math_verify\":[false,true,null]}";
    static const struct {
        const char *reply;
        trace_finish finish;
        int correct;
    } expected[] = {
        {"a", TRACE_FINISH_LENGTH, 0}, {"b", TRACE_FINISH_STOP, 1}, {"c", TRACE_FINISH_STOP, -1}};
    assert_int_equal(read_line(&trace, &doc, line), DISTILL_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_span(trace.record.response, expected[i].reply);
        assert_int_equal(trace.record.finish, expected[i].finish);
        assert_int_equal(trace.record.correct, expected[i].correct);
        assert_true(trace.record.has_verdict);
        assert_int_equal(trace.record.reason, TRACE_KEPT);
        assert_int_equal(json_trace_next(&trace, doc, &more), DISTILL_OK);
        assert_int_equal(more, i < 2);
    }
    distill_json_free(doc);
    json_trace_free(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(lists_parallel_to_the_replies_are_read),
        cmocka_unit_test(published_layouts_are_read),
        cmocka_unit_test(conversations_and_other_fields_are_kept),
        cmocka_unit_test(a_line_may_hold_several_replies),
        cmocka_unit_test(wrong_lines_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
