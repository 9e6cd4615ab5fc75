#include "distill/openai/client_response.h"

#include <string.h>

enum {
    MOST_EVENT_BYTES = 4 << 20,
    MOST_ERROR_BYTES = 1 << 16,   // kept of an error's body …
    MOST_SKIPPED_BYTES = 1 << 20, // … and read over behind that
    TOKEN_BYTES = 16,             // a long reply's tokens are 3 to 5 bytes
    ROW_BYTES = 160               // of JSON for one log-probability
};

distill_status served_answer_begin(served_answer *answer, size_t n,
                                   const distill_sampling *sampling, size_t max_tokens)
{
    distill_status status = DISTILL_OK;
    size_t most = (size_t)128 << 20, K = sampling->logprobs;
    size_t text = max_tokens < most / TOKEN_BYTES ? max_tokens * TOKEN_BYTES + (1 << 16) : most;
    size_t rows =
        K > 0 ? (max_tokens < most / ROW_BYTES / (K + 1) ? max_tokens * (K + 1) * ROW_BYTES : most)
              : 0;
    TRY(chat_reply_begin(&answer->reply, n, K, text));
    event_stream_reset(&answer->events);
    answer->events.limit = MOST_EVENT_BYTES;
    distill_text_clear(&answer->body);
    distill_text_clear(&answer->reason);
    answer->body_limit = n * (2 * text + rows);
    answer->form = ANSWER_UNKNOWN;
    answer->skipped = 0;
    answer->max_tokens = max_tokens;
    answer->broken = false;
    answer->retry_after_s = -1;
done:
    return status;
}

void served_answer_free(served_answer *answer)
{
    chat_reply_free(&answer->reply);
    event_stream_free(&answer->events);
    distill_text_free(&answer->body);
    distill_text_free(&answer->reason);
}

size_t served_answer_pieces(const served_answer *answer)
{
    size_t pieces = 0;
    for (size_t i = 0; answer->reply.choices != NULL && i < answer->reply.n; i++)
        pieces += answer->reply.choices[i].pieces;
    return pieces;
}

// ---- while it comes -----------------------------------------------------------------------------

static distill_status take_event(void *context, distill_span payload)
{
    return chat_reply_take(context, payload);
}

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/// Decides by the status and Content-Type; where that is of no use, by the first byte.
static distill_status find_form(served_answer *answer, const remote_answer *head, char first)
{
    if (head->status != 200)
        answer->form = ANSWER_ERROR;
    else if (begins(head->type, "text/event-stream"))
        answer->form = ANSWER_EVENTS;
    else if (begins(head->type, "application/json"))
        answer->form = ANSWER_WHOLE;
    else if (head->type[0] == '\0' || begins(head->type, "text/plain") ||
             begins(head->type, "application/octet-stream"))
        answer->form = first == '{' ? ANSWER_WHOLE : ANSWER_EVENTS;
    else
        return distill_fail(DISTILL_FORMAT,
                            "expected text/event-stream or application/json, found %.60s",
                            head->type);
    return DISTILL_OK;
}

static distill_status take_error(served_answer *answer, distill_span bytes, bool *more)
{
    size_t room = MOST_ERROR_BYTES - answer->body.length;
    size_t kept = bytes.length < room ? bytes.length : room;
    answer->skipped += bytes.length - kept;
    *more = answer->skipped <= MOST_SKIPPED_BYTES;
    return distill_text_append(&answer->body, bytes.bytes, kept);
}

static distill_status take(served_answer *answer, const remote_answer *head, distill_span bytes,
                           bool *more)
{
    distill_status status = DISTILL_OK;
    if (answer->form == ANSWER_UNKNOWN)
        TRY(find_form(answer, head, bytes.bytes[0]));
    if (answer->form == ANSWER_EVENTS)
        return event_stream_feed(&answer->events, bytes, take_event, &answer->reply);
    if (answer->form == ANSWER_ERROR)
        return take_error(answer, bytes, more);
    if (answer->body.length + bytes.length > answer->body_limit)
        TRY(distill_fail(DISTILL_FORMAT, "an answer of more than %zu bytes", answer->body_limit));
    TRY(distill_text_add_span(&answer->body, bytes));
done:
    return status;
}

/// Keeps the failure of this thread as the reason.
static void set_broken(served_answer *answer)
{
    answer->broken = true;
    distill_text_clear(&answer->reason);
    if (distill_text_add(&answer->reason, distill_error_message()) != DISTILL_OK)
        distill_text_clear(&answer->reason);
}

bool served_answer_take(served_answer *answer, const remote_answer *head, distill_span bytes)
{
    bool more = true;
    if (bytes.length == 0)
        return true;
    if (take(answer, head, bytes, &more) != DISTILL_OK)
        set_broken(answer);
    return more && !answer->broken && !answer->reply.failed;
}

// ---- at its end ---------------------------------------------------------------------------------

static size_t count_ended(const chat_reply *reply)
{
    size_t count = 0;
    for (size_t i = 0; i < reply->n; i++)
        count += chat_has_ended(&reply->choices[i]);
    return count;
}

static served_verdict verdict_of_status(long status, distill_span message)
{
    switch (status) {
    case 429:
        return distill_span_find(message, distill_span_of("exceeded your current quota"), 0) !=
                       SIZE_MAX
                   ? SERVED_CLOSED
                   : SERVED_BUSY;
    case 401:
    case 402:
    case 403:
    case 404:
    case 405:
    case 410:
        return SERVED_CLOSED;
    case 408:
    case 409:
    case 421:
    case 425:
        return SERVED_FAULTY;
    default:
        return status >= 400 && status < 500 ? SERVED_UNFIT : SERVED_FAULTY;
    }
}

static const char *hint_of_status(long status)
{
    switch (status) {
    case 401:
        return " (is the key in the environment variable that --api-key-env names?)";
    case 404:
        return " (is --model a model of this server, and does the address end in /v1?)";
    default:
        return "";
    }
}

static distill_status judge_status(served_answer *answer, long code, distill_span body,
                                   const char *api_key)
{
    distill_status status = DISTILL_OK;
    distill_text message = {0};
    TRY(chat_error_text(&message, body, api_key));
    answer->verdict = verdict_of_status(code, distill_text_span(&message));
    distill_text_clear(&answer->reason);
    TRY(distill_text_printf(&answer->reason, "HTTP %ld%s%s%s", code, message.length > 0 ? ": " : "",
                            message.length > 0 ? message.bytes : "", hint_of_status(code)));
done:
    distill_text_free(&message);
    return status;
}

static distill_status fault(served_answer *answer, const char *reason)
{
    answer->verdict = SERVED_FAULTY;
    distill_text_clear(&answer->reason);
    return distill_text_add(&answer->reason, reason);
}

/// What stands in the events or the body, now that no more comes.
static void read_rest(served_answer *answer, bool complete)
{
    distill_status status = DISTILL_OK;
    if (answer->broken || answer->reply.failed)
        return;
    if (answer->form == ANSWER_EVENTS && complete)
        status = event_stream_end(&answer->events, take_event, &answer->reply);
    if (answer->form == ANSWER_WHOLE && complete) {
        status = chat_reply_take(&answer->reply, distill_text_span(&answer->body));
        answer->reply.ended = true;
    }
    if (status != DISTILL_OK)
        set_broken(answer);
    else
        chat_reply_close(&answer->reply, answer->max_tokens);
}

/// Status 200: is it a reply?
static distill_status judge_reply(served_answer *answer, bool complete, const char *transport,
                                  const char *api_key)
{
    read_rest(answer, complete);
    if (answer->broken) {
        answer->verdict = SERVED_FAULTY;
        return DISTILL_OK;
    }
    if (answer->reply.failed)
        return judge_status(answer,
                            answer->reply.failed_status > 0 ? answer->reply.failed_status : 500,
                            distill_text_span(&answer->reply.failure), api_key);
    size_t ended = count_ended(&answer->reply);
    if (ended == answer->reply.n || (complete && ended > 0)) {
        answer->verdict = SERVED_GOOD;
        return DISTILL_OK;
    }
    if (!complete)
        return fault(answer, transport);
    const char *name = answer->reply.choices[0].end_name;
    if (name[0] == '\0')
        return fault(answer, answer->reply.ended ? "an answer without a reply in it"
                                                 : "the reply was cut off");
    distill_text_clear(&answer->reason);
    answer->verdict = SERVED_FAULTY;
    return distill_text_printf(&answer->reason, "the server ended the reply with \"%s\"", name);
}

static distill_status judge(served_answer *answer, const remote_answer *end, const char *api_key)
{
    switch (end->failure) {
    case REMOTE_UNREACHABLE:
        answer->verdict = SERVED_UNREACHABLE;
        break;
    case REMOTE_CERTIFICATE:
    case REMOTE_ELSEWHERE:
        answer->verdict = SERVED_CLOSED;
        break;
    case REMOTE_CIRCLE:
        answer->verdict = SERVED_FAULTY;
        break;
    case REMOTE_NONE:
    case REMOTE_STOPPED:
    case REMOTE_IDLE:
    case REMOTE_DROPPED:
        if (end->status != 0 && end->status != 200)
            return judge_status(answer, end->status, distill_text_span(&answer->body), api_key);
        return judge_reply(answer, end->failure == REMOTE_NONE, end->reason, api_key);
    }
    distill_text_clear(&answer->reason);
    return distill_text_add(&answer->reason, end->reason);
}

distill_status served_answer_close(served_answer *answer, const remote_answer *end,
                                   const char *api_key)
{
    distill_status status = judge(answer, end, api_key);
    answer->retry_after_s = end->retry_after_s;
    answer->status = end->status;
    chat_blot_out(&answer->reason, api_key);
    return status;
}
