// distill/openai/chat_response.c - reads choices, log-probabilities and usage from JSON.
//
// Servers differ: a token's id is in the text "token_id:N" (vLLM), in "id" (llama.cpp) or absent;
// an error may be an event, a choice, or the whole response. Values that a server leaves out are
// marked as unknown. Everything received is bounded by the limits of chat_response_begin. The texts
// of replies are joined in chat_choice.c.
#include "distill/openai/chat_response.h"

#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/text/unicode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- lifetime -----------------------------------------------------------------------------------

void chat_response_free(chat_response *response)
{
    for (size_t i = 0; response->choices != NULL && i < response->n; i++)
        chat_choice_free(&response->choices[i]);
    distill_free(response->choices);
    distill_text_free(&response->error);
    distill_text_free(&response->scratch);
    *response = (chat_response){0};
}

distill_status chat_response_begin(chat_response *response, size_t n, size_t K, size_t limit_bytes)
{
    distill_status status = DISTILL_OK;
    chat_response_free(response);
    TRY(DISTILL_NEW(&response->choices, n));
    response->n = n;
    response->K = K;
    response->limit_bytes = limit_bytes;
    response->last_final = SIZE_MAX;
    for (size_t i = 0; i < n; i++)
        response->choices[i].thought.limit = response->choices[i].content.limit = limit_bytes;
done:
    return status;
}

// ---- log-probabilities --------------------------------------------------------------------------

static distill_status grow_rows(chat_choice *choice, size_t K)
{
    distill_status status = DISTILL_OK;
    size_t n = choice->count, more = n < 128 ? 256 : 2 * n;
    if (n < choice->capacity)
        return DISTILL_OK;
    TRY(distill_grow((void **)&choice->ids, n, more, sizeof *choice->ids));
    TRY(distill_grow((void **)&choice->logprobs, n, more, sizeof *choice->logprobs));
    TRY(distill_grow((void **)&choice->topk_ids, n * K, more * K, sizeof *choice->topk_ids));
    TRY(distill_grow((void **)&choice->topk_logprobs, n * K, more * K,
                     sizeof *choice->topk_logprobs));
    choice->capacity = more;
done:
    return status;
}

static distill_span text_of(const distill_json *doc, const distill_json_node *node)
{
    return node != NULL ? distill_json_string(doc, node) : (distill_span){0};
}

/// The id in "token_id:123" (vLLM); -1 for any other text, which is the token's text.
static int32_t id_of(distill_span token)
{
    static const char mark[] = "token_id:";
    size_t length = sizeof mark - 1;
    if (token.length <= length || memcmp(token.bytes, mark, length) != 0)
        return -1;
    unsigned long id = strtoul(token.bytes + length, NULL, 10);
    return id <= INT32_MAX ? (int32_t)id : -1;
}

/// The id of a row: "id", or the number in "token".
static int32_t id_of_row(const distill_json *doc, const distill_json_node *row)
{
    const distill_json_node *id = distill_json_present(row, "id");
    double number = id != NULL && distill_json_kind_of(id) == DISTILL_JSON_NUMBER
                        ? distill_json_number(id)
                        : -1;
    if (number >= 0 && number <= INT32_MAX)
        return (int32_t)number;
    return id_of(text_of(doc, distill_json_member(row, "token")));
}

static float logprob_of(const distill_json_node *node)
{
    return node != NULL && distill_json_kind_of(node) == DISTILL_JSON_NUMBER
               ? (float)distill_json_number(node)
               : NAN;
}

/// Adds a row: the token's own log-probability, and K empty entries.
static distill_status add_row(const chat_response *response, chat_choice *choice, int32_t id,
                              float logprob)
{
    distill_status status = DISTILL_OK;
    size_t K = response->K;
    if (choice->count > response->limit_bytes)
        TRY(distill_fail(DISTILL_FORMAT, "response: a reply of more than %zu tokens",
                         response->limit_bytes));
    TRY(grow_rows(choice, K));
    choice->ids[choice->count] = id;
    choice->logprobs[choice->count] = logprob;
    for (size_t k = choice->count * K; k < (choice->count + 1) * K; k++) {
        choice->topk_ids[k] = -1;
        choice->topk_logprobs[k] = -INFINITY;
    }
    choice->count++;
done:
    return status;
}

static void set_top(const chat_response *response, chat_choice *choice, size_t k, int32_t id,
                    float logprob)
{
    size_t at = (choice->count - 1) * response->K + k;
    choice->topk_ids[at] = id;
    choice->topk_logprobs[at] = logprob;
}

/// Chat: {"content":[{"id":…,"token":…,"logprob":…,"top_logprobs":[{…},…]},…]}
static distill_status add_chat_rows(const chat_response *response, chat_choice *choice,
                                    const distill_json *doc, const distill_json_node *content)
{
    distill_status status = DISTILL_OK;
    for (const distill_json_node *row = distill_json_first(content); row != NULL;
         row = distill_json_next(row)) {
        TRY(add_row(response, choice, id_of_row(doc, row),
                    logprob_of(distill_json_member(row, "logprob"))));
        const distill_json_node *tops = distill_json_present(row, "top_logprobs");
        const distill_json_node *top = tops != NULL ? distill_json_first(tops) : NULL;
        for (size_t k = 0; top != NULL && k < response->K; k++, top = distill_json_next(top))
            set_top(response, choice, k, id_of_row(doc, top),
                    logprob_of(distill_json_member(top, "logprob")));
    }
done:
    return status;
}

/// Plain: {"tokens":[…],"token_logprobs":[…],"top_logprobs":[{TOKEN:LOGPROB,…},…]}
static distill_status add_plain_rows(const chat_response *response, chat_choice *choice,
                                     const distill_json *doc, const distill_json_node *logprobs)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *tokens = distill_json_present(logprobs, "tokens");
    const distill_json_node *values = distill_json_present(logprobs, "token_logprobs");
    const distill_json_node *tops = distill_json_present(logprobs, "top_logprobs");
    const distill_json_node *token = tokens != NULL ? distill_json_first(tokens) : NULL;
    const distill_json_node *value = values != NULL ? distill_json_first(values) : NULL;
    const distill_json_node *map = tops != NULL ? distill_json_first(tops) : NULL;
    for (; value != NULL; value = distill_json_next(value)) {
        TRY(add_row(response, choice, id_of(text_of(doc, token)), logprob_of(value)));
        const distill_json_node *top = map != NULL ? distill_json_first(map) : NULL;
        for (size_t k = 0; top != NULL && k < response->K; k++, top = distill_json_next(top))
            set_top(response, choice, k, id_of(distill_span_of(distill_json_key(top))),
                    logprob_of(top));
        token = token != NULL ? distill_json_next(token) : NULL;
        map = map != NULL ? distill_json_next(map) : NULL;
    }
done:
    return status;
}

static distill_status add_logprobs(const chat_response *response, chat_choice *choice,
                                   const distill_json *doc, const distill_json_node *node)
{
    const distill_json_node *logprobs = distill_json_present(node, "logprobs");
    if (logprobs == NULL || response->K == 0)
        return DISTILL_OK;
    const distill_json_node *content = distill_json_present(logprobs, "content");
    if (content != NULL)
        return add_chat_rows(response, choice, doc, content);
    return add_plain_rows(response, choice, doc, logprobs);
}

// ---- events -------------------------------------------------------------------------------------

/// {"prompt_tokens":…,"completion_tokens":…}; invalid values are ignored.
static void parse_usage(chat_response *response, const distill_json *doc,
                        const distill_json_node *usage, size_t owner)
{
    size_t prompt = 0, completion = 0;
    const size_t limit = (size_t)1 << 40;
    if (usage != NULL && distill_json_kind_of(usage) == DISTILL_JSON_OBJECT &&
        distill_json_get_size_or(&prompt, doc, usage, "prompt_tokens", 0, limit, 0) == DISTILL_OK &&
        distill_json_get_size_or(&completion, doc, usage, "completion_tokens", 0, limit, 0) ==
            DISTILL_OK)
        chat_usage_add(response, prompt, completion, owner);
}

/// The reason is a text, or an object with a type (SGLang's own API).
static void parse_finish(chat_response *response, size_t index, const distill_json *doc,
                         const distill_json_node *node)
{
    chat_choice *choice = &response->choices[index];
    const distill_json_node *reason = distill_json_present(node, "finish_reason");
    const distill_json_node *type = reason != NULL ? distill_json_present(reason, "type") : NULL;
    bool was_final = choice->finish != CHAT_UNFINISHED;
    chat_choice_set_finish(choice, text_of(doc, type != NULL ? type : reason));
    if (was_final || choice->finish == CHAT_UNFINISHED)
        return;
    response->last_final = index;
    response->final_event = response->events;
}

static distill_status parse_choice(chat_response *response, const distill_json *doc,
                                   const distill_json_node *node, size_t place)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *delta = distill_json_present(node, "delta");
    const distill_json_node *message = distill_json_present(node, "message");
    size_t index = place;
    TRY(distill_json_get_size_or(&index, doc, node, "index", 0, 1 << 20, place));
    if (index >= response->n)
        return DISTILL_OK; // not requested
    chat_choice *choice = &response->choices[index];
    if (choice->event == response->events)
        TRY(distill_fail(DISTILL_FORMAT, "response: two choices of index %zu in one event", index));
    choice->event = response->events;
    TRY(chat_choice_add(choice, doc,
                        delta != NULL     ? delta
                        : message != NULL ? message
                                          : node,
                        response->limit_bytes));
    TRY(add_logprobs(response, choice, doc, node));
    parse_finish(response, index, doc, node);
    parse_usage(response, doc, distill_json_present(node, "usage"), index); // Moonshot
    if (message != NULL)
        response->is_ended = true;
done:
    return status;
}

/// True if a member that tells of an error does: servers also send null, false, "" and {}.
static bool is_error(const distill_json *doc, const distill_json_node *node)
{
    if (node == NULL)
        return false;
    distill_json_kind kind = distill_json_kind_of(node);
    if (kind == DISTILL_JSON_STRING)
        return distill_json_string(doc, node).length > 0;
    return kind == DISTILL_JSON_OBJECT && distill_json_first(node) != NULL;
}

/// The error in a response: {"error":…}, a choice with "error", or an object without choices that
/// has a message; NULL if there is none.
static const distill_json_node *find_error(const distill_json *doc, const distill_json_node *root)
{
    const distill_json_node *error = distill_json_present(root, "error");
    const distill_json_node *list = distill_json_present(root, "choices");
    if (is_error(doc, error))
        return error;
    for (const distill_json_node *node = list != NULL ? distill_json_first(list) : NULL;
         node != NULL; node = distill_json_next(node))
        if (is_error(doc, distill_json_present(node, "error")))
            return distill_json_present(node, "error");
    bool has_message = text_of(doc, distill_json_present(root, "message")).length > 0;
    return list == NULL && (has_message || distill_json_present(root, "detail") != NULL) ? root
                                                                                         : NULL;
}

static distill_status parse_error(chat_response *response, const distill_json *doc,
                                  const distill_json_node *error)
{
    distill_json_writer w = {.out = &response->error};
    const distill_json_node *node = distill_json_present(error, "code");
    if (node == NULL)
        node = distill_json_present(error, "status");
    distill_span word = text_of(doc, node);
    double code = word.length > 0 ? strtod(word.bytes, NULL) : 0;
    if (node != NULL && distill_json_kind_of(node) == DISTILL_JSON_NUMBER)
        code = distill_json_number(node);
    response->has_error = true;
    response->error_status = code >= 400 && code < 600 ? (long)code : 0;
    distill_text_clear(&response->error);
    distill_json_begin_object(&w, NULL);
    distill_json_add_node(&w, "error", doc, error);
    distill_json_end_object(&w);
    return distill_json_finish(&w);
}

// ---- halves of UTF-16 pairs ---------------------------------------------------------------------

/// The number in an escape \uNNNN at `bytes`; -1 if there is none.
static long escape_at(const char *bytes, size_t length)
{
    char digits[5] = "";
    if (length < 6 || bytes[0] != '\\' || bytes[1] != 'u')
        return -1;
    memcpy(digits, bytes + 2, 4);
    return strspn(digits, "0123456789abcdefABCDEF") == 4 ? strtol(digits, NULL, 16) : -1;
}

/// Replaces each escape of a half without its other half, which the JSON reader rejects, by the
/// three bytes that chat_choice.c joins. *payload is then the changed copy in `scratch`.
static distill_status replace_halves(distill_text *scratch, distill_span *payload)
{
    distill_status status = DISTILL_OK;
    const char *bytes = payload->bytes;
    size_t from = 0;
    distill_text_clear(scratch);
    for (size_t i = 0; i < payload->length; i++) {
        if (bytes[i] != '\\')
            continue;
        long first = escape_at(bytes + i, payload->length - i);
        long second =
            i + 6 < payload->length ? escape_at(bytes + i + 6, payload->length - i - 6) : -1;
        if (first < 0xD800 || first > 0xDFFF) {
            i++; // skips the escaped character
        } else if (first < 0xDC00 && second >= 0xDC00 && second <= 0xDFFF) {
            i += 11;
        } else {
            const char half[3] = {(char)0xED, (char)(0x80 | (first >> 6 & 63)),
                                  (char)(0x80 | (first & 63))};
            TRY(distill_text_append(scratch, bytes + from, i - from));
            TRY(distill_text_append(scratch, half, sizeof half));
            i += 5;
            from = i + 1;
        }
    }
    if (from == 0)
        return DISTILL_OK;
    TRY(distill_text_append(scratch, bytes + from, payload->length - from));
    *payload = distill_text_span(scratch);
done:
    return status;
}

static bool may_have_halves(distill_span payload)
{
    return distill_span_find(payload, distill_span_of("\\ud"), 0) != SIZE_MAX ||
           distill_span_find(payload, distill_span_of("\\uD"), 0) != SIZE_MAX;
}

// ---- the response -------------------------------------------------------------------------------

/// The choices and the usage of an event, or of the whole response.
static distill_status parse_object(chat_response *response, const distill_json *doc,
                                   const distill_json_node *root)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *list = distill_json_present(root, "choices");
    const distill_json_node *node = list != NULL ? distill_json_first(list) : NULL;
    const distill_json_node *groq = distill_json_present(root, "x_groq");
    const distill_json_node *usage = distill_json_present(root, "usage");
    size_t place = 0, owner = SIZE_MAX;
    response->events++;
    for (; node != NULL; node = distill_json_next(node))
        TRY(parse_choice(response, doc, node, place++));
    for (size_t i = 0; place == 1 && i < response->n;
         i++) // the usage of a single choice is its own
        if (response->choices[i].event == response->events)
            owner = i;
    if (usage == NULL && groq != NULL)
        usage = distill_json_present(groq, "usage");
    parse_usage(response, doc, usage, owner);
done:
    return status;
}

distill_status chat_response_parse(chat_response *response, distill_span payload)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    payload = distill_span_trim(payload);
    if (distill_span_is(payload, "[DONE]")) {
        response->is_ended = true;
        return DISTILL_OK;
    }
    if (payload.length >= 3 && memcmp(payload.bytes, "\xEF\xBB\xBF", 3) == 0)
        payload = (distill_span){payload.bytes + 3, payload.length - 3};
    if (unicode_valid_prefix(payload.bytes, payload.length) != payload.length)
        TRY(distill_fail(DISTILL_FORMAT, "response: not valid UTF-8"));
    if (may_have_halves(payload))
        TRY(replace_halves(&response->scratch, &payload));
    TRY(distill_json_parse(&doc, payload.bytes, payload.length, "response"));
    const distill_json_node *root = distill_json_root(doc);
    if (distill_json_kind_of(root) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "response: expected an object, found %s",
                         distill_json_kind_name(root)));
    const distill_json_node *error = find_error(doc, root);
    if (error != NULL)
        TRY(parse_error(response, doc, error));
    else
        TRY(parse_object(response, doc, root));
done:
    distill_json_free(doc);
    return status;
}

void chat_response_finish(chat_response *response, size_t max_tokens)
{
    for (size_t i = 0; i < response->n; i++) {
        chat_choice *choice = &response->choices[i];
        chat_choice_repair(choice);
        if (!response->is_ended || choice->finish != CHAT_UNFINISHED ||
            chat_choice_bytes(choice) == 0)
            continue;
        bool full = chat_choice_tokens(response, i) >= max_tokens;
        choice->finish = full ? CHAT_LENGTH : CHAT_STOP;
    }
}

bool chat_response_is_final(const chat_response *response)
{
    for (size_t i = 0; i < response->n; i++)
        if (response->choices[i].finish == CHAT_UNFINISHED)
            return false;
    return true;
}

bool chat_response_is_complete(const chat_response *response)
{
    return response->is_ended ||
           (response->usages > 0 && response->usage_event >= response->final_event &&
            chat_response_is_final(response));
}
