// distill/openai/client_response.c - classifies one HTTP response.
//
// Status and Content-Type determine the format; if they are ambiguous, the first byte does. Status
// 200 alone is not a success: the response must contain replies that ended. A reply whose
// finish_reason has arrived counts even if the connection broke after it.
#include "distill/openai/client_response.h"

#include "distill/openai/chat_error.h"
#include "distill/openai/secret.h"

#include <string.h>

enum {
    MAX_EVENT_BYTES = 4 << 20,
    MAX_ERROR_BYTES = 1 << 16,   // part of an error's body that is stored
    MAX_SKIPPED_BYTES = 1 << 20, // further part that is read and discarded
    TOKEN_BYTES = 16,            // text per token; in a long reply the average is 3 to 5 bytes
    ROW_BYTES = 160              // JSON per log-probability
};

distill_status client_response_begin(client_response *response, size_t n,
                                     const distill_sampling *sampling, size_t max_tokens)
{
    distill_status status = DISTILL_OK;
    size_t limit = (size_t)128 << 20, K = sampling->logprobs, rows = 0;
    size_t text = max_tokens < limit / TOKEN_BYTES ? max_tokens * TOKEN_BYTES + (1 << 16) : limit;
    if (K > 0)
        rows = max_tokens < limit / ROW_BYTES / (K + 1) ? max_tokens * (K + 1) * ROW_BYTES : limit;
    TRY(chat_response_begin(&response->chat, n, K, text));
    sse_reset(&response->events);
    response->events.limit_bytes = MAX_EVENT_BYTES;
    distill_text_clear(&response->body);
    distill_text_clear(&response->reason);
    response->body_limit = n * (2 * text + rows);
    response->format = RESPONSE_UNKNOWN;
    response->skipped_bytes = 0;
    response->max_tokens = max_tokens;
    response->is_invalid = false;
    response->retry_after_s = -1;
done:
    return status;
}

void client_response_free(client_response *response)
{
    chat_response_free(&response->chat);
    sse_free(&response->events);
    distill_text_free(&response->body);
    distill_text_free(&response->reason);
}

size_t client_response_pieces(const client_response *response)
{
    size_t pieces = 0;
    for (size_t i = 0; response->chat.choices != NULL && i < response->chat.n; i++)
        pieces += response->chat.choices[i].pieces;
    return pieces;
}

// ---- receiving ----------------------------------------------------------------------------------

/// Events without a payload are skipped: some servers keep the connection alive with them.
static distill_status parse_event(void *context, distill_span payload)
{
    if (distill_span_trim(payload).length == 0)
        return DISTILL_OK;
    return chat_response_parse(context, payload);
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/// The format by the first characters: events, also with a wrong Content-Type, or one JSON value.
static bool looks_like_json(distill_span bytes)
{
    bytes = distill_span_trim(bytes);
    return bytes.length > 0 && bytes.bytes[0] == '{';
}

static bool looks_like_events(distill_span bytes)
{
    bytes = distill_span_trim(bytes);
    return bytes.length > 0 && (bytes.bytes[0] == ':' || bytes.bytes[0] == 'd');
}

static distill_status detect_format(client_response *response, const http_response *head,
                                    distill_span bytes)
{
    const char *type = head->content_type;
    if (head->status != 200)
        response->format = RESPONSE_ERROR;
    else if (starts_with(type, "text/event-stream"))
        response->format = looks_like_json(bytes) ? RESPONSE_BODY : RESPONSE_EVENTS;
    else if (starts_with(type, "application/json"))
        response->format = looks_like_events(bytes) ? RESPONSE_EVENTS : RESPONSE_BODY;
    else if (type[0] == '\0' || starts_with(type, "text/plain") ||
             starts_with(type, "application/octet-stream"))
        response->format = looks_like_json(bytes) ? RESPONSE_BODY : RESPONSE_EVENTS;
    else
        return distill_fail(DISTILL_FORMAT,
                            "expected text/event-stream or application/json, found %s", type);
    return DISTILL_OK;
}

static distill_status receive_error(client_response *response, distill_span bytes, bool *more)
{
    size_t left = MAX_ERROR_BYTES - response->body.length;
    size_t kept = bytes.length < left ? bytes.length : left;
    response->skipped_bytes += bytes.length - kept;
    *more = response->skipped_bytes <= MAX_SKIPPED_BYTES;
    return distill_text_append(&response->body, bytes.bytes, kept);
}

/// Adds bytes of a JSON body, and parses it when it may be complete: the response need not be.
static distill_status receive_body(client_response *response, distill_span bytes)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    if (response->body.length + bytes.length > response->body_limit)
        TRY(distill_fail(DISTILL_FORMAT, "response: more than %zu bytes", response->body_limit));
    TRY(distill_text_add_span(&response->body, bytes));
    distill_span all = distill_text_span(&response->body), end = distill_span_trim(bytes);
    if (end.length == 0 || end.bytes[end.length - 1] != '}' ||
        distill_json_parse(&doc, all.bytes, all.length, "response") != DISTILL_OK)
        goto done;
    TRY(chat_response_parse(&response->chat, all));
    response->chat.is_ended = true;
done:
    distill_json_free(doc);
    return status;
}

static distill_status receive(client_response *response, const http_response *head,
                              distill_span bytes, bool *more)
{
    distill_status status = DISTILL_OK;
    if (response->format == RESPONSE_UNKNOWN)
        TRY(detect_format(response, head, bytes));
    if (response->format == RESPONSE_EVENTS)
        return sse_feed(&response->events, bytes, parse_event, &response->chat);
    if (response->format == RESPONSE_ERROR)
        return receive_error(response, bytes, more);
    TRY(receive_body(response, bytes));
done:
    return status;
}

/// Marks the response invalid; the reason is this thread's error message.
static void set_invalid(client_response *response)
{
    response->is_invalid = true;
    distill_text_clear(&response->reason);
    if (distill_text_add(&response->reason, distill_error_message()) != DISTILL_OK)
        distill_text_clear(&response->reason);
}

http_next client_response_receive(client_response *response, const http_response *head,
                                  distill_span bytes)
{
    bool more = true;
    size_t pieces = client_response_pieces(response);
    const chat_response *chat = &response->chat;
    if (bytes.length == 0)
        return HTTP_CONTINUE;
    if (receive(response, head, bytes, &more) != DISTILL_OK)
        set_invalid(response);
    if (!more || response->is_invalid || chat->has_error)
        return HTTP_ABORT;
    if (head->status == 200 && chat_response_is_complete(chat))
        return HTTP_ENOUGH;
    if (chat->events > 0 && chat_response_is_final(chat))
        return HTTP_LAST;
    return client_response_pieces(response) > pieces ? HTTP_CONTENT : HTTP_CONTINUE;
}

// ---- the outcome --------------------------------------------------------------------------------

static distill_status set_outcome(client_response *response, retry_outcome outcome,
                                  const char *reason)
{
    response->outcome = outcome;
    distill_text_clear(&response->reason);
    return distill_text_add(&response->reason, reason);
}

static const char *hint_of_status(long status)
{
    switch (status) {
    case 401:
        return " (check the environment variable that --api-key-env names)";
    case 404:
        return " (check that the server has this --model and that the URL ends in /v1)";
    default:
        return "";
    }
}

static distill_status classify_error(client_response *response, long code, distill_span body,
                                     const char *api_key)
{
    distill_status status = DISTILL_OK;
    distill_text message = {0};
    TRY(chat_error_text(&message, body, api_key));
    response->outcome = retry_outcome_of_status(code, distill_text_span(&message));
    distill_text_clear(&response->reason);
    TRY(distill_text_printf(&response->reason, "HTTP %ld%s%s%s", code,
                            message.length > 0 ? ": " : "", message.length > 0 ? message.bytes : "",
                            hint_of_status(code)));
done:
    distill_text_free(&message);
    return status;
}

/// Parses the remaining bytes: the last event, or the body.
static void parse_rest(client_response *response, bool is_complete)
{
    distill_status status = DISTILL_OK;
    if (response->is_invalid || response->chat.has_error)
        return;
    if (response->format == RESPONSE_EVENTS && is_complete)
        status = sse_finish(&response->events, parse_event, &response->chat);
    if (response->format == RESPONSE_BODY && is_complete && !response->chat.is_ended) {
        status = chat_response_parse(&response->chat, distill_text_span(&response->body));
        response->chat.is_ended = true;
    }
    if (status != DISTILL_OK)
        set_invalid(response);
    else
        chat_response_finish(&response->chat, response->max_tokens);
}

static size_t count_final(const chat_response *chat)
{
    size_t count = 0;
    for (size_t i = 0; i < chat->n; i++)
        count += chat_choice_is_final(&chat->choices[i]);
    return count;
}

/// Classifies a response with status 200. `is_complete` is false if its end is missing; `transport`
/// is then the reason.
static distill_status classify_reply(client_response *response, bool is_complete,
                                     const char *transport, const char *api_key)
{
    const chat_response *chat = &response->chat;
    parse_rest(response, is_complete);
    if (response->is_invalid) {
        response->outcome = RETRY_TRANSIENT;
        return DISTILL_OK;
    }
    if (chat->has_error)
        return classify_error(response, chat->error_status > 0 ? chat->error_status : 500,
                              distill_text_span(&chat->error), api_key);
    size_t final = count_final(chat);
    if (final == chat->n || (is_complete && final > 0)) {
        response->outcome = RETRY_SUCCESS;
        return DISTILL_OK;
    }
    if (!is_complete)
        return set_outcome(response, RETRY_TRANSIENT, transport);
    char *finish_reason = response->chat.choices[0].finish_reason;
    secret_mask_bytes(finish_reason, strlen(finish_reason), api_key);
    if (finish_reason[0] == '\0')
        return set_outcome(response, RETRY_TRANSIENT,
                           chat->is_ended ? "a response without a reply"
                                          : "the reply is truncated");
    distill_text_clear(&response->reason);
    response->outcome = RETRY_TRANSIENT;
    return distill_text_printf(&response->reason, "the server ended the reply with \"%s\"",
                               finish_reason);
}

static distill_status classify(client_response *response, const http_response *http,
                               const char *api_key)
{
    switch (http->result) {
    case HTTP_UNREACHABLE:
        return set_outcome(response, RETRY_UNREACHABLE, http->reason);
    case HTTP_BAD_CERTIFICATE:
    case HTTP_FOREIGN_REDIRECT:
        return set_outcome(response, RETRY_UNUSABLE, http->reason);
    case HTTP_BAD_REDIRECT:
        return set_outcome(response, RETRY_TRANSIENT, http->reason);
    case HTTP_COMPLETE:
    case HTTP_ABORTED:
    case HTTP_TIMED_OUT:
    case HTTP_DISCONNECTED:
        break;
    }
    if (http->status != 0 && http->status != 200)
        return classify_error(response, http->status, distill_text_span(&response->body), api_key);
    return classify_reply(response, http->result == HTTP_COMPLETE, http->reason, api_key);
}

distill_status client_response_end(client_response *response, const http_response *http,
                                   const char *api_key)
{
    distill_status status = classify(response, http, api_key);
    response->retry_after_s = http->retry_after_s;
    response->status = http->status;
    secret_mask(&response->reason, api_key);
    for (size_t i = 0; i < response->chat.n; i++) {
        char *reason = response->chat.choices[i].finish_reason;
        secret_mask_bytes(reason, strlen(reason), api_key);
    }
    return status;
}
