// distill/openai/chat_response.c - reads choices, log-probabilities and usage from JSON.
//
// Servers differ: the thought is in "reasoning_content", in "reasoning", in both, or in the content
// between tags; token ids are in the text "token_id:N" or absent. Values that a server leaves out
// are marked as unknown. Everything received is bounded by the limits of chat_response_begin.
#include "distill/openai/chat_response.h"

#include "distill/base/json/json_reader.h"
#include "distill/base/memory.h"
#include "distill/text/chat/think.h"
#include "distill/text/unicode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- lifetime -----------------------------------------------------------------------------------

static void free_choice(chat_choice *choice)
{
    distill_text_free(&choice->thought);
    distill_text_free(&choice->content);
    distill_free(choice->ids);
    distill_free(choice->logprobs);
    distill_free(choice->topk_ids);
    distill_free(choice->topk_logprobs);
}

void chat_response_free(chat_response *response)
{
    for (size_t i = 0; response->choices != NULL && i < response->n; i++)
        free_choice(&response->choices[i]);
    distill_free(response->choices);
    distill_text_free(&response->error);
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
    for (size_t i = 0; i < n; i++)
        response->choices[i].thought.limit = response->choices[i].content.limit = limit_bytes;
done:
    return status;
}

// ---- text ---------------------------------------------------------------------------------------

static distill_status append(const chat_response *response, chat_choice *choice, distill_text *to,
                             distill_span text)
{
    if (text.length > 0 && choice->finish != CHAT_UNFINISHED)
        return distill_fail(DISTILL_FORMAT, "response: a reply continues after its end");
    if (choice->thought.length + choice->content.length + text.length > response->limit_bytes)
        return distill_fail(DISTILL_FORMAT, "response: a reply of more than %zu bytes",
                            response->limit_bytes);
    choice->pieces += text.length > 0;
    return distill_text_add_span(to, text);
}

/// The content is a string, or a list of parts of which some have a text.
static distill_status append_content(const chat_response *response, chat_choice *choice,
                                     const distill_json *doc, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
        return append(response, choice, &choice->content, distill_json_string(doc, node));
    if (distill_json_kind_of(node) != DISTILL_JSON_ARRAY)
        return distill_fail(DISTILL_FORMAT, "%s: expected a text, found %s",
                            distill_json_where(doc, node, NULL), distill_json_kind_name(node));
    for (const distill_json_node *part = distill_json_first(node); part != NULL;
         part = distill_json_next(part)) {
        const distill_json_node *text = distill_json_present(part, "text");
        if (text != NULL && distill_json_kind_of(text) == DISTILL_JSON_STRING)
            TRY(append(response, choice, &choice->content, distill_json_string(doc, text)));
    }
done:
    return status;
}

/// `message` is the member of this name in a response that is not streamed, `delta` in an event, or
/// the choice itself in a plain completion.
static distill_status add_message(const chat_response *response, chat_choice *choice,
                                  const distill_json *doc, const distill_json_node *message)
{
    static const char *const thoughts[] = {"reasoning_content", "reasoning"}; // if both: equal
    static const char *const contents[] = {"content", "refusal", "text"};
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < 2; i++) {
        const distill_json_node *node = distill_json_present(message, thoughts[i]);
        if (node == NULL || distill_json_kind_of(node) != DISTILL_JSON_STRING)
            continue;
        TRY(append(response, choice, &choice->thought, distill_json_string(doc, node)));
        break;
    }
    for (size_t i = 0; i < 3; i++) {
        const distill_json_node *node = distill_json_present(message, contents[i]);
        if (node == NULL)
            continue;
        TRY(append_content(response, choice, doc, node));
        break;
    }
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

static distill_span text_of(const distill_json *doc, const distill_json_node *node)
{
    return node != NULL ? distill_json_string(doc, node) : (distill_span){0};
}

/// Chat: {"content":[{"token":…,"logprob":…,"top_logprobs":[{…},…]},…]}
static distill_status add_chat_rows(const chat_response *response, chat_choice *choice,
                                    const distill_json *doc, const distill_json_node *content)
{
    distill_status status = DISTILL_OK;
    for (const distill_json_node *row = distill_json_first(content); row != NULL;
         row = distill_json_next(row)) {
        TRY(add_row(response, choice, id_of(text_of(doc, distill_json_member(row, "token"))),
                    logprob_of(distill_json_member(row, "logprob"))));
        const distill_json_node *tops = distill_json_present(row, "top_logprobs");
        const distill_json_node *top = tops != NULL ? distill_json_first(tops) : NULL;
        for (size_t k = 0; top != NULL && k < response->K; k++, top = distill_json_next(top))
            set_top(response, choice, k, id_of(text_of(doc, distill_json_member(top, "token"))),
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

static chat_finish finish_of(distill_span reason)
{
    static const struct {
        const char *reason;
        chat_finish finish;
    } reasons[] = {
        {"stop", CHAT_STOP},         {"eos", CHAT_STOP},
        {"eos_token", CHAT_STOP},    {"stop_sequence", CHAT_STOP},
        {"end_turn", CHAT_STOP},     {"length", CHAT_LENGTH},
        {"max_tokens", CHAT_LENGTH}, {"abort", CHAT_ABORTED},
        {"error", CHAT_ABORTED},     {"insufficient_system_resource", CHAT_ABORTED},
        {"cancelled", CHAT_ABORTED}, {"timeout", CHAT_ABORTED},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (distill_span_is(reason, reasons[i].reason))
            return reasons[i].finish;
    return CHAT_REFUSED;
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
    TRY(add_message(response, choice, doc,
                    delta != NULL     ? delta
                    : message != NULL ? message
                                      : node));
    TRY(add_logprobs(response, choice, doc, node));
    distill_span reason = text_of(doc, distill_json_present(node, "finish_reason"));
    if (reason.length > 0) {
        choice->finish = finish_of(reason);
        snprintf(choice->finish_reason, sizeof choice->finish_reason, "%.*s", (int)reason.length,
                 reason.bytes);
    }
    if (message != NULL)
        response->is_ended = true;
done:
    return status;
}

/// {"prompt_tokens":…,"completion_tokens":…}; invalid values are ignored.
static void parse_usage(chat_response *response, const distill_json *doc,
                        const distill_json_node *usage)
{
    size_t prompt = 0, completion = 0;
    const size_t limit = (size_t)1 << 40;
    if (usage == NULL || distill_json_kind_of(usage) != DISTILL_JSON_OBJECT ||
        distill_json_get_size_or(&prompt, doc, usage, "prompt_tokens", 0, limit, 0) != DISTILL_OK ||
        distill_json_get_size_or(&completion, doc, usage, "completion_tokens", 0, limit, 0) !=
            DISTILL_OK)
        return;
    response->has_usage = prompt > 0 || completion > 0;
    response->prompt_tokens = prompt;
    response->completion_tokens = completion;
}

static distill_status parse_error(chat_response *response, const distill_json *doc,
                                  const distill_json_node *error, distill_span payload)
{
    double code = 0;
    const distill_json_node *node = distill_json_present(error, "code");
    if (node != NULL && distill_json_kind_of(node) == DISTILL_JSON_NUMBER)
        code = distill_json_number(node);
    else if (node != NULL)
        code = strtod(distill_json_string(doc, node).bytes != NULL
                          ? distill_json_string(doc, node).bytes
                          : "",
                      NULL);
    response->has_error = true;
    response->error_status = code >= 400 && code < 600 ? (long)code : 0;
    distill_text_clear(&response->error);
    return distill_text_add_span(&response->error, payload);
}

distill_status chat_response_parse(chat_response *response, distill_span payload)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    if (distill_span_is(distill_span_trim(payload), "[DONE]")) {
        response->is_ended = true;
        return DISTILL_OK;
    }
    if (unicode_valid_prefix(payload.bytes, payload.length) != payload.length)
        TRY(distill_fail(DISTILL_FORMAT, "response: not valid UTF-8"));
    TRY(distill_json_parse(&doc, payload.bytes, payload.length, "response"));
    const distill_json_node *root = distill_json_root(doc);
    if (distill_json_kind_of(root) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "response: expected an object, found %s",
                         distill_json_kind_name(root)));
    const distill_json_node *error = distill_json_present(root, "error");
    if (error != NULL) {
        TRY(parse_error(response, doc, error, payload));
        goto done;
    }
    const distill_json_node *list = distill_json_present(root, "choices");
    size_t place = 0;
    response->events++;
    for (const distill_json_node *node = list != NULL ? distill_json_first(list) : NULL;
         node != NULL; node = distill_json_next(node))
        TRY(parse_choice(response, doc, node, place++));
    parse_usage(response, doc, distill_json_present(root, "usage"));
done:
    distill_json_free(doc);
    return status;
}

void chat_response_finish(chat_response *response, size_t max_tokens)
{
    for (size_t i = 0; response->is_ended && i < response->n; i++) {
        chat_choice *choice = &response->choices[i];
        if (choice->finish != CHAT_UNFINISHED ||
            choice->thought.length + choice->content.length == 0)
            continue;
        bool full = chat_choice_tokens(response, i) >= max_tokens;
        choice->finish = full ? CHAT_LENGTH : CHAT_STOP;
    }
}

// ---- results ------------------------------------------------------------------------------------

bool chat_choice_is_final(const chat_choice *choice)
{
    return choice->finish == CHAT_STOP || choice->finish == CHAT_LENGTH ||
           choice->finish == CHAT_REFUSED;
}

static size_t text_bytes(const chat_choice *choice)
{
    return choice->thought.length + choice->content.length;
}

size_t chat_choice_tokens(const chat_response *response, size_t index)
{
    const chat_choice *choice = &response->choices[index];
    if (response->has_usage && response->n == 1)
        return response->completion_tokens;
    if (choice->count > 0)
        return choice->count;
    if (!response->has_usage)
        return choice->pieces;
    // differences of running sums, so that the parts add up to the usage
    double total = 0, before = 0;
    for (size_t i = 0; i < response->n; i++) {
        total += (double)text_bytes(&response->choices[i]);
        before += i < index ? (double)text_bytes(&response->choices[i]) : 0;
    }
    if (total == 0)
        return response->completion_tokens / response->n;
    double tokens = (double)response->completion_tokens, mine = (double)text_bytes(choice);
    return (size_t)(tokens * (before + mine) / total) - (size_t)(tokens * before / total);
}

/// Strips the line ends that belong to the tags: vLLM leaves them in the thought, DeepSeek and
/// SGLang remove them.
static distill_span strip_tag_lines(distill_span thought)
{
    if (thought.length == 0 || thought.bytes[0] != '\n')
        return thought;
    thought = (distill_span){thought.bytes + 1, thought.length - 1};
    if (thought.length > 0 && thought.bytes[thought.length - 1] == '\n')
        thought.length--;
    return thought;
}

distill_status chat_choice_text(distill_text *out, const chat_choice *choice, distill_span prefix)
{
    distill_status status = DISTILL_OK;
    distill_span content = distill_text_span(&choice->content);
    distill_span thought = strip_tag_lines(distill_text_span(&choice->thought));
    bool opened = distill_think_has_open(prefix), apart = choice->thought.length > 0;
    bool closes = distill_think_has_close(content) && !distill_think_has_open(content);
    // a thought that is truncated by the limit stays open, which marks the reply as truncated
    bool cut = choice->finish == CHAT_LENGTH && distill_span_trim(content).length == 0;
    distill_text_clear(out);
    TRY(distill_text_add(out, !opened && (apart || closes) ? DISTILL_THINK_BEGIN : ""));
    TRY(distill_text_add_span(out, thought));
    TRY(distill_text_add(out, apart && !cut ? DISTILL_THINK_END : ""));
    while ((apart || (closes && !opened)) && content.length > 0 && content.bytes[0] == '\n')
        content = (distill_span){content.bytes + 1, content.length - 1};
    TRY(distill_text_add_span(out, content));
done:
    return status;
}
