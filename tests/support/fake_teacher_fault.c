// tests/support/fake_teacher_fault.c - the table of faults, and the choice of a request's fault.
#include "tests/support/fake_teacher_fault.h"

#include "distill/base/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERROR_JSON(type, message)                                                                  \
    "{\"error\":{\"message\":\"" message "\",\"type\":\"" type "\",\"param\":null,\"code\":null}}"
#define HTML "<!DOCTYPE html><html><body><h1>Gateway</h1></body></html>\n"

#define DAMAGED(name, remedy, damage)                                                              \
    {                                                                                              \
        name, remedy, damage, 0, "", NULL, NULL                                                    \
    }

// clang-format off
static const fake_fault FAULTS[] = {
    {"429", FAKE_RETRY, FAKE_INTACT, 429, "", NULL, ERROR_JSON("rate_limit", "too many requests")},
    {"429-after", FAKE_RETRY, FAKE_INTACT, 429, "Retry-After: 1\r\n", NULL, ERROR_JSON("rate_limit", "slow down")},
    {"429-date", FAKE_RETRY, FAKE_INTACT, 429, "Retry-After: %DATE%\r\n", NULL, ERROR_JSON("rate_limit", "slow down")},
    {"429-nonsense", FAKE_RETRY, FAKE_INTACT, 429, "Retry-After: soon\r\n", NULL, "too many"},
    {"500", FAKE_RETRY, FAKE_INTACT, 500, "", NULL, ERROR_JSON("server_error", "CUDA out of memory")},
    {"502", FAKE_RETRY, FAKE_INTACT, 502, "", "text/html", HTML},
    {"503", FAKE_RETRY, FAKE_INTACT, 503, "", NULL, ""},
    {"503-after", FAKE_RETRY, FAKE_INTACT, 503, "Retry-After: 1\r\n", NULL, ERROR_JSON("unavailable", "loading")},
    {"504", FAKE_RETRY, FAKE_INTACT, 504, "", "text/html", HTML},
    {"500-echo", FAKE_RETRY, FAKE_INTACT, 500, "X-Debug: %KEY%\r\n", NULL, ERROR_JSON("server_error", "header was %KEY%")},
    {"html", FAKE_RETRY, FAKE_INTACT, 200, "", "text/html", HTML},
    {"empty-body", FAKE_RETRY, FAKE_INTACT, 200, "", NULL, ""},
    {"gzip", FAKE_RETRY, FAKE_INTACT, 200, "Content-Encoding: gzip\r\n", NULL, "this is not compressed"},
    {"400", FAKE_GIVE_UP, FAKE_INTACT, 400, "", NULL, ERROR_JSON("invalid_request", "a message is not understood")},
    {"400-context", FAKE_GIVE_UP, FAKE_INTACT, 400, "", NULL,
     ERROR_JSON("BadRequestError", "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens")},
    {"400-echo", FAKE_GIVE_UP, FAKE_INTACT, 400, "", NULL, ERROR_JSON("invalid_request", "your request: Authorization: %KEY%")},
    {"401", FAKE_GIVE_UP, FAKE_INTACT, 401, "", NULL, ERROR_JSON("authentication", "wrong key: %KEY%")},
    {"403", FAKE_GIVE_UP, FAKE_INTACT, 403, "", NULL, ERROR_JSON("forbidden", "not for you")},
    {"404", FAKE_GIVE_UP, FAKE_INTACT, 404, "", NULL, ERROR_JSON("not_found", "no such model")},
    {"redirect-loop", FAKE_GIVE_UP, FAKE_INTACT, 307, "Location: %PATH%\r\n", NULL, ""},
    {"redirect-away", FAKE_GIVE_UP, FAKE_INTACT, 307, "Location: %AWAY%\r\n", NULL, ""},
    {"not-http", FAKE_RETRY, FAKE_INTACT, -1, "", NULL, "SSH-2.0-OpenSSH_9.2p1\r\n"},
    DAMAGED("cut-event", FAKE_RETRY, FAKE_CUT_PIECE),
    DAMAGED("cut-utf8", FAKE_RETRY, FAKE_CUT_UTF8),
    DAMAGED("cut-between", FAKE_RETRY, FAKE_CUT_BETWEEN),
    DAMAGED("cut-cleanly", FAKE_RETRY, FAKE_CUT_CLEANLY),
    DAMAGED("cut-before-done", FAKE_NO_REMEDY, FAKE_CUT_BEFORE_DONE),
    DAMAGED("rst", FAKE_RETRY, FAKE_CUT_RESET),
    DAMAGED("stall-start", FAKE_RETRY, FAKE_STALL_START),
    DAMAGED("stall-middle", FAKE_RETRY, FAKE_STALL_MIDDLE),
    DAMAGED("drip", FAKE_NO_REMEDY, FAKE_DRIP),
    DAMAGED("endless", FAKE_RETRY, FAKE_ENDLESS),
    DAMAGED("endless-line", FAKE_RETRY, FAKE_ENDLESS_LINE),
    DAMAGED("header-flood", FAKE_RETRY, FAKE_HEADER_FLOOD),
    DAMAGED("invalid-json", FAKE_RETRY, FAKE_INVALID_JSON),
    DAMAGED("empty-choices", FAKE_RETRY, FAKE_EMPTY_CHOICES),
    DAMAGED("missing-choices", FAKE_RETRY, FAKE_MISSING_CHOICES),
    DAMAGED("wrong-types", FAKE_RETRY, FAKE_WRONG_TYPES),
    DAMAGED("duplicate-choices", FAKE_NO_REMEDY, FAKE_DUPLICATE_CHOICES),
    DAMAGED("extra-choices", FAKE_NO_REMEDY, FAKE_EXTRA_CHOICES),
    DAMAGED("same-id", FAKE_NO_REMEDY, FAKE_SAME_ID),
    DAMAGED("huge-numbers", FAKE_NO_REMEDY, FAKE_HUGE_NUMBERS),
    DAMAGED("bad-utf8", FAKE_RETRY, FAKE_BAD_UTF8),
    DAMAGED("error-event", FAKE_RETRY, FAKE_ERROR_EVENT),
    DAMAGED("bad-chunk", FAKE_RETRY, FAKE_BAD_CHUNK),
    DAMAGED("crlf", FAKE_NO_REMEDY, FAKE_CRLF),
    DAMAGED("comments", FAKE_NO_REMEDY, FAKE_COMMENTS),
    DAMAGED("tiny-writes", FAKE_NO_REMEDY, FAKE_TINY_WRITES),
    DAMAGED("unframed", FAKE_NO_REMEDY, FAKE_UNFRAMED),
    DAMAGED("json-anyway", FAKE_NO_REMEDY, FAKE_JSON_ANYWAY),
    DAMAGED("done-held", FAKE_NO_REMEDY, FAKE_DONE_HELD),
    DAMAGED("finish-held", FAKE_NO_REMEDY, FAKE_FINISH_HELD),
    DAMAGED("comments-only", FAKE_RETRY, FAKE_COMMENTS_ONLY),
    DAMAGED("dribble", FAKE_RETRY, FAKE_DRIBBLE),
    DAMAGED("empty-reply", FAKE_RETRY, FAKE_EMPTY_REPLY),
    DAMAGED("parts", FAKE_NO_REMEDY, FAKE_PARTS),
    DAMAGED("doubled", FAKE_NO_REMEDY, FAKE_DOUBLED),
    DAMAGED("gzip-reply", FAKE_NO_REMEDY, FAKE_GZIP),
    DAMAGED("deflate-reply", FAKE_NO_REMEDY, FAKE_DEFLATE),
    DAMAGED("halves", FAKE_NO_REMEDY, FAKE_HALVES),
    DAMAGED("capitals", FAKE_NO_REMEDY, FAKE_CAPITALS),
    DAMAGED("finish-alone", FAKE_NO_REMEDY, FAKE_FINISH_ALONE),
    DAMAGED("data-lines", FAKE_NO_REMEDY, FAKE_DATA_LINES),
    DAMAGED("blank-data", FAKE_NO_REMEDY, FAKE_BLANK_DATA),
    DAMAGED("byte-order-mark", FAKE_NO_REMEDY, FAKE_BYTE_ORDER_MARK),
    DAMAGED("error-field", FAKE_RETRY, FAKE_ERROR_FIELD),
    DAMAGED("error-choice", FAKE_RETRY, FAKE_ERROR_CHOICE),
    DAMAGED("error-object", FAKE_RETRY, FAKE_ERROR_OBJECT),
    DAMAGED("echo-key", FAKE_OTHER, FAKE_ECHO_KEY),
};
// clang-format on
enum { FAULT_COUNT = sizeof FAULTS / sizeof *FAULTS };
_Static_assert((int)FAULT_COUNT <= (int)FAKE_FAULTS, "there is space for a rule of each fault");

const fake_fault *fake_fault_at(size_t at)
{
    return at < FAULT_COUNT ? &FAULTS[at] : NULL;
}

const fake_fault *fake_fault_named(distill_span name)
{
    for (size_t i = 0; i < FAULT_COUNT; i++)
        if (distill_span_is(name, FAULTS[i].name))
            return &FAULTS[i];
    return NULL;
}

distill_status fake_faults_add(fake_faults *faults, const char *rule)
{
    const char *colon = strrchr(rule, ':');
    size_t length = colon != NULL ? (size_t)(colon - rule) : strlen(rule);
    const fake_fault *row = fake_fault_named((distill_span){rule, length});
    if (row == NULL || colon == NULL || faults->count == FAKE_FAULTS)
        return distill_fail(DISTILL_USAGE,
                            "--fault %s: expected NAME:PROBABILITY; --list-faults "
                            "prints the names",
                            rule);
    faults->row[faults->count] = row;
    faults->probability[faults->count++] = strtod(colon + 1, NULL);
    return DISTILL_OK;
}

/// Finds the fault that the prompt requests. True if it names one, even if that has occurred often
/// enough.
static bool find_requested(const fake_fault **row, distill_span prompt, size_t earlier)
{
    size_t at = distill_span_find(prompt, distill_span_of("[fault:"), 0);
    size_t end = at == SIZE_MAX ? at : distill_span_find(prompt, distill_span_of("]"), at);
    if (end == SIZE_MAX)
        return false;
    distill_span name = {prompt.bytes + at + 7, end - at - 7};
    size_t star = distill_span_find(name, distill_span_of("*"), 0);
    size_t times = SIZE_MAX;
    if (star != SIZE_MAX) {
        times = (size_t)strtoul(name.bytes + star + 1, NULL, 10);
        name.length = star;
    }
    *row = earlier < times ? fake_fault_named(name) : NULL;
    return true;
}

const fake_fault *fake_faults_draw(const fake_faults *faults, distill_span prompt, size_t earlier,
                                   uint64_t serial)
{
    const fake_fault *row = NULL;
    if (find_requested(&row, prompt, earlier))
        return row;
    double u = distill_rng_at(distill_rng_stream(faults->seed, "fault", 5, 0), serial);
    for (size_t i = 0; i < faults->count; i++) {
        if (u < faults->probability[i])
            return faults->row[i];
        u -= faults->probability[i];
    }
    return NULL;
}
