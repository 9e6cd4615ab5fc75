// tests/unit/openai/test_sse.c - events, however the bytes are split.
#include "distill/openai/sse.h"

#include "tests/support/unit.h"

static distill_status note_event(void *context, distill_span payload)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add_char(context, '<'));
    TRY(distill_text_add_span(context, payload));
    TRY(distill_text_add_char(context, '>'));
done:
    return status;
}

/// Checks the events of `text` received in pieces of `step` bytes.
static void assert_events(const char *text, const char *expected)
{
    for (size_t step = 1; step <= strlen(text) + 1; step++) {
        sse_parser parser = {.limit_bytes = 100};
        distill_text events = {0};
        assert_ok(distill_text_add(&events, ""));
        for (size_t at = 0; at < strlen(text); at += step) {
            size_t left = strlen(text) - at;
            assert_ok(sse_feed(&parser, (distill_span){text + at, left < step ? left : step},
                               note_event, &events));
        }
        assert_ok(sse_finish(&parser, note_event, &events));
        assert_string_equal(events.bytes, expected);
        distill_text_free(&events);
        sse_free(&parser);
    }
}

static void lines_end_in_three_ways(void **state)
{
    (void)state;
    assert_events("data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d", "<a><b><c><d>");
    assert_events("\xEF\xBB\xBF"
                  "data: a\n\n",
                  "<a>");
}

static void other_fields_are_skipped(void **state)
{
    (void)state;
    assert_events(": ping\n\nevent: x\nid: 7\ndata:a\nretry: 3\n\n\n\ndatax: no\n\ndata\n\n",
                  "<a><>");
    assert_events("", "");
    // llama.cpp
    assert_events("data: a\n\nerror: {\"code\":500}\n\nerrors: no\n\n", "<a><{\"code\":500}>");
}

static void lines_of_one_event_are_joined(void **state)
{
    (void)state;
    assert_events("data: {\"a\":\ndata:  1}\n\n", "<{\"a\":\n 1}>");
    assert_events("data: {\"a\":1}\ndata: {\"a\":2}\ndata: [DONE]\n",
                  "<{\"a\":1}><{\"a\":2}><[DONE]>");
}

static void events_are_limited(void **state)
{
    (void)state;
    char flood[300];
    memset(flood, 'x', sizeof flood);
    memcpy(flood, "data: ", 6);
    sse_parser parser = {.limit_bytes = 100};
    distill_text events = {0};
    assert_fails(sse_feed(&parser, (distill_span){flood, sizeof flood}, note_event, &events),
                 DISTILL_FORMAT, "100 bytes");
    sse_reset(&parser);
    distill_status status = DISTILL_OK;
    for (int i = 0; i < 50 && status == DISTILL_OK; i++)
        status = sse_feed(&parser, distill_span_of("data: abcdefgh\n"), note_event, &events);
    assert_int_equal(status, DISTILL_FORMAT); // many short lines are one event too
    sse_free(&parser);
    distill_text_free(&events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_in_three_ways),
        cmocka_unit_test(other_fields_are_skipped),
        cmocka_unit_test(lines_of_one_event_are_joined),
        cmocka_unit_test(events_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
