// tests/support/fake_teacher_request.c - parses HTTP/1.1 requests and their JSON bodies.
#include "tests/support/fake_teacher_request.h"

#include "distill/base/json/json_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/// Value of a header; empty if it is absent.
static distill_span header(distill_span head, const char *name)
{
    size_t length = strlen(name);
    for (size_t at = 0; at < head.length;) {
        size_t end = distill_span_find(head, distill_span_of("\r\n"), at);
        if (end == SIZE_MAX)
            end = head.length;
        if (end - at > length && head.bytes[at + length] == ':' &&
            strncasecmp(head.bytes + at, name, length) == 0)
            return distill_span_trim(
                (distill_span){head.bytes + at + length + 1, end - at - length - 1});
        at = end + 2;
    }
    return (distill_span){0};
}

static bool set(distill_text *out, distill_span value)
{
    distill_text_clear(out);
    return distill_text_add_span(out, value) == DISTILL_OK;
}

/// "POST /v1/x HTTP/1.1"
static bool parse_first_line(fake_request *request, distill_span head)
{
    size_t end = distill_span_find(head, distill_span_of("\r\n"), 0);
    distill_span line = {head.bytes, end == SIZE_MAX ? head.length : end};
    size_t first = distill_span_find(line, distill_span_of(" "), 0);
    size_t last = distill_span_find_last(line, distill_span_of(" HTTP/1.1"));
    if (first == SIZE_MAX || last == SIZE_MAX || last <= first)
        return false;
    return set(&request->method, (distill_span){line.bytes, first}) &&
           set(&request->path, (distill_span){line.bytes + first + 1, last - first - 1});
}

fake_parse fake_request_parse(fake_request *request, distill_span bytes)
{
    size_t end = distill_span_find(bytes, distill_span_of("\r\n\r\n"), 0);
    if (end == SIZE_MAX)
        return bytes.length > FAKE_HEAD_BYTES ? FAKE_PARSE_BAD : FAKE_PARSE_MORE;
    distill_span head = {bytes.bytes, end};
    if (!parse_first_line(request, head) || header(head, "Transfer-Encoding").length > 0)
        return FAKE_PARSE_BAD;
    distill_span length = header(head, "Content-Length");
    size_t body_bytes = length.length > 0 ? (size_t)strtoul(length.bytes, NULL, 10) : 0;
    if (body_bytes > FAKE_BODY_BYTES)
        return FAKE_PARSE_BAD;
    request->expects_continue = header(head, "Expect").length > 0;
    request->keep_alive = !distill_span_is(header(head, "Connection"), "close");
    if (bytes.length < end + 4 + body_bytes)
        return FAKE_PARSE_MORE;
    request->bytes = end + 4 + body_bytes;
    return set(&request->authorization, header(head, "Authorization")) &&
                   set(&request->body, (distill_span){bytes.bytes + end + 4, body_bytes})
               ? FAKE_PARSE_READY
               : FAKE_PARSE_BAD;
}

/// Reads the messages; the prompt is the last user message.
static distill_status read_messages(fake_request *request, const distill_json *doc)
{
    const distill_json_node *messages = distill_json_present(distill_json_root(doc), "messages");
    distill_span role, content, prompt = {0};
    distill_status status = DISTILL_OK;
    if (messages == NULL || distill_json_count(messages) == 0)
        TRY(distill_fail(DISTILL_FORMAT, "messages: expected a list"));
    for (const distill_json_node *m = distill_json_first(messages); m != NULL;
         m = distill_json_next(m)) {
        TRY(distill_json_get_string(&role, doc, m, "role"));
        TRY(distill_json_get_string(&content, doc, m, "content"));
        if (distill_span_is(role, "user"))
            prompt = content;
    }
    TRY(distill_text_add_span(&request->prompt, prompt));
done:
    return status;
}

static distill_status read_numbers(fake_request *request, const distill_json *doc)
{
    const distill_json_node *root = distill_json_root(doc);
    distill_status status = DISTILL_OK;
    const char *limit = distill_json_present(root, "max_completion_tokens") != NULL
                            ? "max_completion_tokens"
                            : "max_tokens";
    const distill_json_node *seed = distill_json_present(root, "seed");
    const distill_json_node *options = distill_json_present(root, "stream_options");
    TRY(distill_json_get_size_or(&request->n, doc, root, "n", 1, 1024, 1));
    TRY(distill_json_get_size_or(&request->max_tokens, doc, root, limit, 1, 1 << 24, 0));
    TRY(distill_json_get_number_or(&request->temperature, doc, root, "temperature", 0, 2, 1));
    TRY(distill_json_get_bool_or(&request->stream, doc, root, "stream", false));
    TRY(distill_json_get_bool_or(&request->names_ids, doc, root, "return_tokens_as_token_ids",
                                 false));
    request->has_seed = seed != NULL;
    if (seed != NULL) {
        const char *digits = distill_json_digits(seed);
        request->seed = digits != NULL ? strtoull(digits, NULL, 10)
                                       : (uint64_t)(int64_t)distill_json_number(seed);
    }
    if (options != NULL)
        TRY(distill_json_get_bool_or(&request->include_usage, doc, options, "include_usage",
                                     false));
    const distill_json_node *logprobs = distill_json_present(root, "logprobs");
    request->logprobs = logprobs != NULL && (!request->chat || distill_json_true(logprobs));
    TRY(distill_json_get_size_or(&request->top_logprobs, doc, root,
                                 request->chat ? "top_logprobs" : "logprobs", 0, 100, 0));
done:
    return status;
}

distill_status fake_request_read_body(fake_request *request)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_span model, prompt;
    request->chat = strstr(request->path.bytes, "/chat/completions") != NULL;
    distill_text_clear(&request->prompt);
    distill_text_clear(&request->model);
    TRY(distill_json_parse(&doc, request->body.bytes, request->body.length, "body"));
    TRY(distill_json_get_string(&model, doc, distill_json_root(doc), "model"));
    TRY(distill_text_add_span(&request->model, model));
    if (request->chat)
        TRY(read_messages(request, doc));
    else {
        TRY(distill_json_get_string(&prompt, doc, distill_json_root(doc), "prompt"));
        TRY(distill_text_add_span(&request->prompt, prompt));
    }
    TRY(read_numbers(request, doc));
done:
    distill_json_free(doc);
    return status;
}

bool fake_request_unknown_key(const fake_request *request, char *name, size_t capacity)
{
    static const char KNOWN[] =
        " model messages prompt n seed stream stream_options max_tokens "
        "max_completion_tokens temperature top_p logprobs top_logprobs stop "
        "user presence_penalty frequency_penalty ";
    distill_json *doc = NULL;
    char word[128];
    bool unknown = false;
    if (distill_json_parse(&doc, request->body.bytes, request->body.length, "body") != DISTILL_OK)
        return false;
    for (const distill_json_node *m = distill_json_first(distill_json_root(doc));
         m != NULL && !unknown; m = distill_json_next(m)) {
        snprintf(word, sizeof word, " %s ", distill_json_key(m));
        unknown = strstr(KNOWN, word) == NULL;
        if (unknown)
            snprintf(name, capacity, "%s", distill_json_key(m));
    }
    distill_json_free(doc);
    return unknown;
}

fake_key fake_request_key(const fake_request *request, const char *key)
{
    distill_span given = distill_text_span(&request->authorization);
    if (given.length == 0)
        return FAKE_KEY_NONE;
    bool right = key != NULL && given.length == 7 + strlen(key) &&
                 memcmp(given.bytes, "Bearer ", 7) == 0 &&
                 memcmp(given.bytes + 7, key, given.length - 7) == 0;
    return right ? FAKE_KEY_RIGHT : FAKE_KEY_WRONG;
}

void fake_request_free(fake_request *request)
{
    distill_text *texts[] = {&request->method, &request->path,  &request->authorization,
                             &request->body,   &request->model, &request->prompt};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        distill_text_free(texts[i]);
}
