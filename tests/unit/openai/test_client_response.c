// tests/unit/openai/test_client_response.c - responses from the first byte to the outcome.
#include "distill/openai/client_response.h"

#include "tests/support/unit.h"

static const distill_sampling SAMPLING = {.max_tokens = 100};

typedef struct response_case {
    const char *type, *body;
    long status;
    http_result result;
    retry_outcome outcome;
    const char *reason; // a part of the reason
} response_case;

#define STREAM                                                                                     \
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"h\xC3\xA9llo\"}}]}\r\n\r\n: "       \
    "ping\n\n"                                                                                     \
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define WHOLE                                                                                      \
    "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"h\xC3\xA9llo\"},"                       \
    "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}"
#define EVENTS "text/event-stream; charset=utf-8"
#define JSON "application/json"

static const response_case CASES[] = {
    {EVENTS, STREAM "data: [DONE]\n\n", 200, HTTP_COMPLETE, RETRY_SUCCESS, ""},
    {EVENTS, STREAM, 200, HTTP_DISCONNECTED, RETRY_SUCCESS, ""}, // only [DONE] is missing
    {JSON, WHOLE, 200, HTTP_COMPLETE, RETRY_SUCCESS, ""},
    {"", WHOLE, 200, HTTP_COMPLETE, RETRY_SUCCESS, ""},
    // a wrong Content-Type, a byte order mark, blank lines and empty events
    {EVENTS, WHOLE, 200, HTTP_COMPLETE, RETRY_SUCCESS, ""},
    {JSON, STREAM, 200, HTTP_COMPLETE, RETRY_SUCCESS, ""},
    {JSON, "\n\n \n" WHOLE, 200, HTTP_COMPLETE, RETRY_SUCCESS, ""},
    {JSON, "\xEF\xBB\xBF" WHOLE, 200, HTTP_COMPLETE, RETRY_SUCCESS, ""},
    {EVENTS, "data:\n\ndata: \n\n" STREAM, 200, HTTP_COMPLETE, RETRY_SUCCESS, ""},
    {EVENTS, STREAM, 200, HTTP_TIMED_OUT, RETRY_SUCCESS, ""},
    {"text/plain", STREAM, 200, HTTP_COMPLETE, RETRY_SUCCESS, ""},
    {JSON, "{\"choices\":[{\"message\":{\"cont", 200, HTTP_DISCONNECTED, RETRY_TRANSIENT, "broke"},
    {JSON, "{\"choices\":[{\"message\":{\"cont", 200, HTTP_COMPLETE, RETRY_TRANSIENT, "response"},
    {JSON, "{\"choices\":[]}", 200, HTTP_COMPLETE, RETRY_TRANSIENT, "without a reply"},
    {JSON, "", 200, HTTP_COMPLETE, RETRY_TRANSIENT, "truncated"},
    {EVENTS, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", 200, HTTP_COMPLETE,
     RETRY_TRANSIENT, "truncated"},
    {EVENTS, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", 200, HTTP_TIMED_OUT,
     RETRY_TRANSIENT, "broke"},
    {EVENTS, "data: {oops\n\n", 200, HTTP_ABORTED, RETRY_TRANSIENT, "response"},
    {EVENTS, "data: {\"error\":{\"message\":\"CUDA\",\"code\":500}}\n\n", 200, HTTP_COMPLETE,
     RETRY_TRANSIENT, "HTTP 500: CUDA"},
    {EVENTS, "data: {\"error\":{\"message\":\"too long\",\"code\":400}}\n\n", 200, HTTP_COMPLETE,
     RETRY_REJECTED, "HTTP 400: too long"},
    {"text/html", "<html>", 200, HTTP_ABORTED, RETRY_TRANSIENT, "text/html"},
    {JSON, "{\"error\":{\"message\":\"slow down\"}}", 429, HTTP_COMPLETE, RETRY_RATE_LIMITED,
     "slow down"},
    {JSON, "{\"error\":{\"message\":\"You exceeded your current quota\"}}", 429, HTTP_COMPLETE,
     RETRY_UNUSABLE, "quota"},
    {JSON, "{\"error\":{\"message\":\"key KEY-9 is wrong\"}}", 401, HTTP_COMPLETE, RETRY_UNUSABLE,
     "key ***** is wrong"},
    {JSON, "no", 404, HTTP_COMPLETE, RETRY_UNUSABLE, "--model"},
    {JSON, "{\"detail\":\"bad\"}", 422, HTTP_COMPLETE, RETRY_REJECTED, "HTTP 422: bad"},
    {JSON, "", 400, HTTP_COMPLETE, RETRY_REJECTED, "HTTP 400"},
    {"text/html", "<h1>", 502, HTTP_COMPLETE, RETRY_TRANSIENT, "HTTP 502: <h1>"},
    {"", "", 204, HTTP_COMPLETE, RETRY_TRANSIENT, "HTTP 204"},
    {"", "", 0, HTTP_UNREACHABLE, RETRY_UNREACHABLE, "broke"},
    {"", "", 0, HTTP_BAD_CERTIFICATE, RETRY_UNUSABLE, "broke"},
    {"", "", 0, HTTP_FOREIGN_REDIRECT, RETRY_UNUSABLE, "broke"},
    {"", "", 0, HTTP_BAD_REDIRECT, RETRY_TRANSIENT, "broke"},
    {"", "", 0, HTTP_DISCONNECTED, RETRY_TRANSIENT, "broke"},
};

/// Checks the case with its body in pieces of `step` bytes.
static void assert_case(client_response *response, const response_case *c, size_t step)
{
    const http_response head = {.result = c->result,
                                .status = c->status,
                                .reason = "it broke",
                                .content_type = c->type,
                                .retry_after_s = -1};
    size_t length = strlen(c->body);
    assert_ok(client_response_begin(response, 1, &SAMPLING, 100));
    for (size_t at = 0; at < length; at += step) {
        size_t left = length - at;
        http_next next = client_response_receive(
            response, &head, (distill_span){c->body + at, left < step ? left : step});
        if (next == HTTP_ABORT || next == HTTP_ENOUGH)
            break;
    }
    assert_ok(client_response_end(response, &head, "KEY-9"));
    if (response->outcome != c->outcome)
        fail_msg("status %ld, \"%s\", steps of %zu: outcome %d (%s)", c->status, c->body, step,
                 response->outcome, response->reason.bytes);
    if (c->outcome == RETRY_SUCCESS)
        assert_string_equal(response->chat.choices[0].content.bytes, "h\xC3\xA9llo");
    else if (strstr(response->reason.bytes, c->reason) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", response->reason.bytes, c->reason);
}

static void outcomes_do_not_depend_on_how_bytes_are_split(void **state)
{
    (void)state;
    client_response response = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        for (size_t step = 1; step <= strlen(CASES[i].body) + 1; step++)
            assert_case(&response, &CASES[i], step);
    client_response_free(&response);
}

static void replies_end_before_their_response(void **state)
{
    (void)state;
    static const struct {
        const char *type, *body;
        http_next next; // of the last byte
    } cases[] = {
        {EVENTS, STREAM "data: [DONE]\n\n", HTTP_ENOUGH},
        {EVENTS, STREAM "data: [DONE]\n", HTTP_ENOUGH},
        {EVENTS, STREAM, HTTP_LAST},
        {EVENTS, STREAM "data: {\"choices\":[],\"usage\":{\"completion_tokens\":2}}\n\n",
         HTTP_ENOUGH},
        {EVENTS, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", HTTP_CONTENT},
        {EVENTS, ": ping\n\n", HTTP_CONTINUE},
        {EVENTS, "data: {\"choices\":[]}\n\n", HTTP_CONTINUE},
        {JSON, WHOLE, HTTP_ENOUGH},
        {JSON, "{\"choices\":[{\"message\":{}}", HTTP_CONTINUE},
    };
    client_response response = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const http_response head = {.status = 200, .content_type = cases[i].type};
        assert_ok(client_response_begin(&response, 1, &SAMPLING, 100));
        if (client_response_receive(&response, &head, distill_span_of(cases[i].body)) !=
            cases[i].next)
            fail_msg("\"%s\": not %d", cases[i].body, cases[i].next);
    }
    client_response_free(&response);
}

static void the_key_is_masked_in_a_finish_reason(void **state)
{
    (void)state;
    client_response response = {0};
    const http_response head = {.status = 200, .content_type = EVENTS, .reason = ""};
    assert_ok(client_response_begin(&response, 1, &SAMPLING, 100));
    client_response_receive(
        &response, &head,
        distill_span_of("data: {\"choices\":[{\"finish_reason\":\"no KEY-9\"}]}\n\n"));
    assert_ok(client_response_end(&response, &head, "KEY-9"));
    assert_string_equal(response.chat.choices[0].finish_reason, "no *****");
    client_response_free(&response);
}

static void endless_bodies_are_aborted(void **state)
{
    (void)state;
    static char flood[1 << 16];
    client_response response = {0};
    http_response head = {.status = 500, .content_type = "", .reason = "", .retry_after_s = -1};
    memset(flood, 'x', sizeof flood);
    assert_ok(client_response_begin(&response, 1, &SAMPLING, 100));
    size_t received = 0;
    while (received < 1000 &&
           client_response_receive(&response, &head, (distill_span){flood, sizeof flood}) !=
               HTTP_ABORT)
        received++;
    assert_true(received < 100 && response.body.length <= 1 << 16);
    head = (http_response){.status = 200, .content_type = "application/json", .reason = ""};
    assert_ok(client_response_begin(&response, 1, &SAMPLING, 100));
    for (received = 0; received < 1000; received++)
        if (client_response_receive(&response, &head, (distill_span){flood, sizeof flood}) ==
            HTTP_ABORT)
            break;
    assert_true(received < 100); // 100 tokens are less than a megabyte
    client_response_free(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes_do_not_depend_on_how_bytes_are_split),
        cmocka_unit_test(replies_end_before_their_response),
        cmocka_unit_test(the_key_is_masked_in_a_finish_reason),
        cmocka_unit_test(endless_bodies_are_aborted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
