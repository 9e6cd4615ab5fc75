// An answer from its first byte to the verdict on it.
#include "distill/openai/client_response.h"

#include "tests/support/unit.h"

static const distill_sampling SAMPLING = {.max_tokens = 100};

typedef struct answer_case {
    const char *type, *body;
    long status;
    remote_failure failure;
    served_verdict verdict;
    const char *reason; // a part of it
} answer_case;

#define STREAM                                                                                     \
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"h\xC3\xA9llo\"}}]}\r\n\r\n: "       \
    "ping\n\n"                                                                                     \
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define WHOLE                                                                                      \
    "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"h\xC3\xA9llo\"},"                       \
    "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}"
#define EVENTS "text/event-stream; charset=utf-8"
#define JSON "application/json"

static const answer_case CASES[] = {
    {EVENTS, STREAM "data: [DONE]\n\n", 200, REMOTE_NONE, SERVED_GOOD, ""},
    {EVENTS, STREAM, 200, REMOTE_DROPPED, SERVED_GOOD, ""}, // only [DONE] is missing
    {JSON, WHOLE, 200, REMOTE_NONE, SERVED_GOOD, ""},
    {"", WHOLE, 200, REMOTE_NONE, SERVED_GOOD, ""},
    {"text/plain", STREAM, 200, REMOTE_NONE, SERVED_GOOD, ""},
    {JSON, "{\"choices\":[{\"message\":{\"cont", 200, REMOTE_DROPPED, SERVED_FAULTY, "broke"},
    {JSON, "{\"choices\":[{\"message\":{\"cont", 200, REMOTE_NONE, SERVED_FAULTY, "reply"},
    {JSON, "{\"choices\":[]}", 200, REMOTE_NONE, SERVED_FAULTY, "without a reply"},
    {JSON, "", 200, REMOTE_NONE, SERVED_FAULTY, "cut off"},
    {EVENTS, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", 200, REMOTE_NONE,
     SERVED_FAULTY, "cut off"},
    {EVENTS, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", 200, REMOTE_IDLE,
     SERVED_FAULTY, "broke"},
    {EVENTS, "data: {oops\n\n", 200, REMOTE_STOPPED, SERVED_FAULTY, "reply"},
    {EVENTS, "data: {\"error\":{\"message\":\"CUDA\",\"code\":500}}\n\n", 200, REMOTE_NONE,
     SERVED_FAULTY, "HTTP 500: CUDA"},
    {EVENTS, "data: {\"error\":{\"message\":\"too long\",\"code\":400}}\n\n", 200, REMOTE_NONE,
     SERVED_UNFIT, "HTTP 400: too long"},
    {"text/html", "<html>", 200, REMOTE_STOPPED, SERVED_FAULTY, "text/html"},
    {JSON, "{\"error\":{\"message\":\"slow down\"}}", 429, REMOTE_NONE, SERVED_BUSY, "slow down"},
    {JSON, "{\"error\":{\"message\":\"You exceeded your current quota\"}}", 429, REMOTE_NONE,
     SERVED_CLOSED, "quota"},
    {JSON, "{\"error\":{\"message\":\"key KEY-9 is wrong\"}}", 401, REMOTE_NONE, SERVED_CLOSED,
     "key ***** is wrong"},
    {JSON, "no", 404, REMOTE_NONE, SERVED_CLOSED, "--model"},
    {JSON, "{\"detail\":\"bad\"}", 422, REMOTE_NONE, SERVED_UNFIT, "HTTP 422: bad"},
    {JSON, "", 400, REMOTE_NONE, SERVED_UNFIT, "HTTP 400"},
    {"text/html", "<h1>", 502, REMOTE_NONE, SERVED_FAULTY, "HTTP 502: <h1>"},
    {"", "", 204, REMOTE_NONE, SERVED_FAULTY, "HTTP 204"},
    {"", "", 0, REMOTE_UNREACHABLE, SERVED_UNREACHABLE, "broke"},
    {"", "", 0, REMOTE_CERTIFICATE, SERVED_CLOSED, "broke"},
    {"", "", 0, REMOTE_ELSEWHERE, SERVED_CLOSED, "broke"},
    {"", "", 0, REMOTE_CIRCLE, SERVED_FAULTY, "broke"},
    {"", "", 0, REMOTE_DROPPED, SERVED_FAULTY, "broke"},
};

/// The case with its body in pieces of `step` bytes.
static void assert_case(served_answer *answer, const answer_case *c, size_t step)
{
    const remote_answer head = {.failure = c->failure,
                                .status = c->status,
                                .reason = "it broke",
                                .type = c->type,
                                .retry_after_s = -1};
    size_t length = strlen(c->body);
    assert_ok(served_answer_begin(answer, 1, &SAMPLING, 100));
    for (size_t at = 0; at < length; at += step) {
        size_t left = length - at;
        if (!served_answer_take(answer, &head,
                                (distill_span){c->body + at, left < step ? left : step}))
            break;
    }
    assert_ok(served_answer_close(answer, &head, "KEY-9"));
    if (answer->verdict != c->verdict)
        fail_msg("status %ld, \"%s\", steps of %zu: verdict %d (%s)", c->status, c->body, step,
                 answer->verdict, answer->reason.bytes);
    if (c->verdict == SERVED_GOOD)
        assert_string_equal(answer->reply.choices[0].content.bytes, "h\xC3\xA9llo");
    else if (strstr(answer->reason.bytes, c->reason) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", answer->reason.bytes, c->reason);
}

static void answers_get_their_verdict_however_they_are_cut(void **state)
{
    (void)state;
    served_answer answer = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        for (size_t step = 1; step <= strlen(CASES[i].body) + 1; step++)
            assert_case(&answer, &CASES[i], step);
    served_answer_free(&answer);
}

static void a_body_without_an_end_is_not_kept(void **state)
{
    (void)state;
    static char flood[1 << 16];
    served_answer answer = {0};
    remote_answer head = {.status = 500, .type = "", .reason = "", .retry_after_s = -1};
    memset(flood, 'x', sizeof flood);
    assert_ok(served_answer_begin(&answer, 1, &SAMPLING, 100));
    size_t taken = 0;
    while (taken < 1000 && served_answer_take(&answer, &head, (distill_span){flood, sizeof flood}))
        taken++;
    assert_true(taken < 100 && answer.body.length <= 1 << 16);
    head = (remote_answer){.status = 200, .type = "application/json", .reason = ""};
    assert_ok(served_answer_begin(&answer, 1, &SAMPLING, 100));
    for (taken = 0; taken < 1000; taken++)
        if (!served_answer_take(&answer, &head, (distill_span){flood, sizeof flood}))
            break;
    assert_true(taken < 100); // 100 tokens are no megabytes
    served_answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_get_their_verdict_however_they_are_cut),
        cmocka_unit_test(a_body_without_an_end_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
