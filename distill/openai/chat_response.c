// distill/openai/chat_response.c - what a server answers, piece by piece (declared in chat_api.h).
#include "distill/openai/chat_request.h"

#include "distill/text/chat/think.h"
#include "distill/text/unicode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- lifetime -----------------------------------------------------------------------------------

static void free_choice(chat_choice *choice)
{
    distill_text_free(&choice->thoughts);
    distill_text_free(&choice->content);
    distill_free(choice->ids);
    distill_free(choice->logprobs);
    distill_free(choice->topk_ids);
    distill_free(choice->topk_logprobs);
}

void chat_reply_free(chat_reply *reply)
{
    for (size_t i = 0; reply->choices != NULL && i < reply->n; i++)
        free_choice(&reply->choices[i]);
    distill_free(reply->choices);
    distill_text_free(&reply->failure);
    *reply = (chat_reply){0};
}

distill_status chat_reply_begin(chat_reply *reply, size_t n, size_t K, size_t limit_bytes)
{
    distill_status status = DISTILL_OK;
    chat_reply_free(reply);
    TRY(DISTILL_NEW(&reply->choices, n));
    reply->n = n;
    reply->K = K;
    reply->limit_bytes = limit_bytes;
    for (size_t i = 0; i < n; i++)
        reply->choices[i].thoughts.limit = reply->choices[i].content.limit = limit_bytes;
done:
    return status;
}

// ---- text ---------------------------------------------------------------------------------------

static distill_status append(const chat_reply *reply, chat_choice *choice, distill_text *to,
                             distill_span text)
{
    if (text.length > 0 && choice->end != CHAT_OPEN)
        return distill_fail(DISTILL_FORMAT, "a reply goes on behind its end");
    if (choice->thoughts.length + choice->content.length + text.length > reply->limit_bytes)
        return distill_fail(DISTILL_FORMAT, "a reply of more than %zu bytes", reply->limit_bytes);
    choice->pieces += text.length > 0;
    return distill_text_add_span(to, text);
}

/// A string, or a list of parts that have a text.
static distill_status append_content(const chat_reply *reply, chat_choice *choice,
                                     const distill_json *doc, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
        return append(reply, choice, &choice->content, distill_json_string(doc, node));
    if (distill_json_kind_of(node) != DISTILL_JSON_ARRAY)
        return distill_fail(DISTILL_FORMAT, "%s: expected a text, found %s",
                            distill_json_where(doc, node, NULL), distill_json_kind_name(node));
    for (const distill_json_node *part = distill_json_first(node); part != NULL;
         part = distill_json_next(part)) {
        const distill_json_node *text = distill_json_present(part, "text");
        if (text != NULL && distill_json_kind_of(text) == DISTILL_JSON_STRING)
            TRY(append(reply, choice, &choice->content, distill_json_string(doc, text)));
    }
done:
    return status;
}

/// `message` of a whole answer, `delta` of an event; a plain completion has its text by itself.
static distill_status take_message(const chat_reply *reply, chat_choice *choice,
                                   const distill_json *doc, const distill_json_node *message)
{
    static const char *const thoughts[] = {"reasoning_content", "reasoning"}; // or both: the same
    static const char *const contents[] = {"content", "refusal", "text"};
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < 2; i++) {
        const distill_json_node *node = distill_json_present(message, thoughts[i]);
        if (node == NULL || distill_json_kind_of(node) != DISTILL_JSON_STRING)
            continue;
        TRY(append(reply, choice, &choice->thoughts, distill_json_string(doc, node)));
        break;
    }
    for (size_t i = 0; i < 3; i++) {
        const distill_json_node *node = distill_json_present(message, contents[i]);
        if (node == NULL)
            continue;
        TRY(append_content(reply, choice, doc, node));
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

/// "token_id:123" (vLLM) names its id; any other text is the token's own.
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

/// Begins a row: the token's own, and K places that are empty yet.
static distill_status add_row(const chat_reply *reply, chat_choice *choice, int32_t id,
                              float logprob)
{
    distill_status status = DISTILL_OK;
    size_t K = reply->K;
    if (choice->count > reply->limit_bytes)
        TRY(distill_fail(DISTILL_FORMAT, "a reply of more than %zu tokens", reply->limit_bytes));
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

static void set_top(const chat_reply *reply, chat_choice *choice, size_t k, int32_t id,
                    float logprob)
{
    size_t at = (choice->count - 1) * reply->K + k;
    choice->topk_ids[at] = id;
    choice->topk_logprobs[at] = logprob;
}

static distill_span text_of(const distill_json *doc, const distill_json_node *node)
{
    return node != NULL ? distill_json_string(doc, node) : (distill_span){0};
}

/// Chat: {"content":[{"token":…,"logprob":…,"top_logprobs":[{…},…]},…]}
static distill_status take_chat_rows(const chat_reply *reply, chat_choice *choice,
                                     const distill_json *doc, const distill_json_node *content)
{
    distill_status status = DISTILL_OK;
    for (const distill_json_node *row = distill_json_first(content); row != NULL;
         row = distill_json_next(row)) {
        TRY(add_row(reply, choice, id_of(text_of(doc, distill_json_member(row, "token"))),
                    logprob_of(distill_json_member(row, "logprob"))));
        const distill_json_node *tops = distill_json_present(row, "top_logprobs");
        const distill_json_node *top = tops != NULL ? distill_json_first(tops) : NULL;
        for (size_t k = 0; top != NULL && k < reply->K; k++, top = distill_json_next(top))
            set_top(reply, choice, k, id_of(text_of(doc, distill_json_member(top, "token"))),
                    logprob_of(distill_json_member(top, "logprob")));
    }
done:
    return status;
}

/// Plain: {"tokens":[…],"token_logprobs":[…],"top_logprobs":[{TOKEN:LOGPROB,…},…]}
static distill_status take_plain_rows(const chat_reply *reply, chat_choice *choice,
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
        TRY(add_row(reply, choice, id_of(text_of(doc, token)), logprob_of(value)));
        const distill_json_node *top = map != NULL ? distill_json_first(map) : NULL;
        for (size_t k = 0; top != NULL && k < reply->K; k++, top = distill_json_next(top))
            set_top(reply, choice, k, id_of(distill_span_of(distill_json_key(top))),
                    logprob_of(top));
        token = token != NULL ? distill_json_next(token) : NULL;
        map = map != NULL ? distill_json_next(map) : NULL;
    }
done:
    return status;
}

static distill_status take_logprobs(const chat_reply *reply, chat_choice *choice,
                                    const distill_json *doc, const distill_json_node *node)
{
    const distill_json_node *logprobs = distill_json_present(node, "logprobs");
    if (logprobs == NULL || reply->K == 0)
        return DISTILL_OK;
    const distill_json_node *content = distill_json_present(logprobs, "content");
    if (content != NULL)
        return take_chat_rows(reply, choice, doc, content);
    return take_plain_rows(reply, choice, doc, logprobs);
}

// ---- ends ---------------------------------------------------------------------------------------

static chat_end end_of(distill_span name)
{
    static const struct {
        const char *name;
        chat_end end;
    } names[] = {
        {"stop", CHAT_STOP},         {"eos", CHAT_STOP},
        {"eos_token", CHAT_STOP},    {"stop_sequence", CHAT_STOP},
        {"end_turn", CHAT_STOP},     {"length", CHAT_LENGTH},
        {"max_tokens", CHAT_LENGTH}, {"abort", CHAT_AGAIN},
        {"error", CHAT_AGAIN},       {"insufficient_system_resource", CHAT_AGAIN},
        {"cancelled", CHAT_AGAIN},   {"timeout", CHAT_AGAIN},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (distill_span_is(name, names[i].name))
            return names[i].end;
    return CHAT_REFUSED;
}

static distill_status take_choice(chat_reply *reply, const distill_json *doc,
                                  const distill_json_node *node, size_t place)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *delta = distill_json_present(node, "delta");
    const distill_json_node *message = distill_json_present(node, "message");
    size_t index = place;
    TRY(distill_json_get_size_or(&index, doc, node, "index", 0, 1 << 20, place));
    if (index >= reply->n)
        return DISTILL_OK; // nobody asked for it
    chat_choice *choice = &reply->choices[index];
    if (choice->event == reply->events)
        TRY(distill_fail(DISTILL_FORMAT, "two choices of index %zu in one event", index));
    choice->event = reply->events;
    TRY(take_message(reply, choice, doc, delta != NULL ? delta : message != NULL ? message : node));
    TRY(take_logprobs(reply, choice, doc, node));
    distill_span name = text_of(doc, distill_json_present(node, "finish_reason"));
    if (name.length > 0) {
        choice->end = end_of(name);
        snprintf(choice->end_name, sizeof choice->end_name, "%.*s", (int)name.length, name.bytes);
    }
    if (message != NULL)
        reply->ended = true;
done:
    return status;
}

/// {"prompt_tokens":…,"completion_tokens":…}; nonsense counts as not told.
static void take_usage(chat_reply *reply, const distill_json *doc, const distill_json_node *usage)
{
    size_t prompt = 0, completion = 0;
    const size_t most = (size_t)1 << 40;
    if (usage == NULL || distill_json_kind_of(usage) != DISTILL_JSON_OBJECT ||
        distill_json_get_size_or(&prompt, doc, usage, "prompt_tokens", 0, most, 0) != DISTILL_OK ||
        distill_json_get_size_or(&completion, doc, usage, "completion_tokens", 0, most, 0) !=
            DISTILL_OK)
        return;
    reply->has_usage = prompt > 0 || completion > 0;
    reply->prompt_tokens = prompt;
    reply->reply_tokens = completion;
}

static distill_status take_failure(chat_reply *reply, const distill_json *doc,
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
    reply->failed = true;
    reply->failed_status = code >= 400 && code < 600 ? (long)code : 0;
    distill_text_clear(&reply->failure);
    return distill_text_add_span(&reply->failure, payload);
}

distill_status chat_reply_take(chat_reply *reply, distill_span payload)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    if (distill_span_is(distill_span_trim(payload), "[DONE]")) {
        reply->ended = true;
        return DISTILL_OK;
    }
    if (unicode_valid_prefix(payload.bytes, payload.length) != payload.length)
        TRY(distill_fail(DISTILL_FORMAT, "reply: not valid UTF-8"));
    TRY(distill_json_parse(&doc, payload.bytes, payload.length, "reply"));
    const distill_json_node *root = distill_json_root(doc);
    if (distill_json_kind_of(root) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "reply: expected an object, found %s",
                         distill_json_kind_name(root)));
    const distill_json_node *error = distill_json_present(root, "error");
    if (error != NULL) {
        TRY(take_failure(reply, doc, error, payload));
        goto done;
    }
    const distill_json_node *list = distill_json_present(root, "choices");
    size_t place = 0;
    reply->events++;
    for (const distill_json_node *node = list != NULL ? distill_json_first(list) : NULL;
         node != NULL; node = distill_json_next(node))
        TRY(take_choice(reply, doc, node, place++));
    take_usage(reply, doc, distill_json_present(root, "usage"));
done:
    distill_json_free(doc);
    return status;
}

void chat_reply_close(chat_reply *reply, size_t max_tokens)
{
    for (size_t i = 0; reply->ended && i < reply->n; i++) {
        chat_choice *choice = &reply->choices[i];
        if (choice->end != CHAT_OPEN || choice->thoughts.length + choice->content.length == 0)
            continue;
        bool full = chat_choice_tokens(reply, i) >= max_tokens;
        choice->end = full ? CHAT_LENGTH : CHAT_STOP;
    }
}

// ---- results ------------------------------------------------------------------------------------

bool chat_has_ended(const chat_choice *choice)
{
    return choice->end == CHAT_STOP || choice->end == CHAT_LENGTH || choice->end == CHAT_REFUSED;
}

static size_t text_bytes(const chat_choice *choice)
{
    return choice->thoughts.length + choice->content.length;
}

size_t chat_choice_tokens(const chat_reply *reply, size_t index)
{
    const chat_choice *choice = &reply->choices[index];
    if (reply->has_usage && reply->n == 1)
        return reply->reply_tokens;
    if (choice->count > 0)
        return choice->count;
    if (!reply->has_usage)
        return choice->pieces;
    // shares by running sums, so that they add up to the usage
    double total = 0, before = 0;
    for (size_t i = 0; i < reply->n; i++) {
        total += (double)text_bytes(&reply->choices[i]);
        before += i < index ? (double)text_bytes(&reply->choices[i]) : 0;
    }
    if (total == 0)
        return reply->reply_tokens / reply->n;
    double tokens = (double)reply->reply_tokens, mine = (double)text_bytes(choice);
    return (size_t)(tokens * (before + mine) / total) - (size_t)(tokens * before / total);
}

/// Servers give what stood between the tags with the tags' own line ends (vLLM) or without them
/// (DeepSeek, SGLang): in the first case those are taken off.
static distill_span without_tag_lines(distill_span thoughts)
{
    if (thoughts.length == 0 || thoughts.bytes[0] != '\n')
        return thoughts;
    thoughts = (distill_span){thoughts.bytes + 1, thoughts.length - 1};
    if (thoughts.length > 0 && thoughts.bytes[thoughts.length - 1] == '\n')
        thoughts.length--;
    return thoughts;
}

distill_status chat_choice_text(distill_text *out, const chat_choice *choice, distill_span prefix)
{
    distill_status status = DISTILL_OK;
    distill_span content = distill_text_span(&choice->content);
    distill_span thoughts = without_tag_lines(distill_text_span(&choice->thoughts));
    bool opened = distill_think_has_open(prefix), apart = choice->thoughts.length > 0;
    distill_text_clear(out);
    TRY(distill_text_add(out, ""));
    bool closes = distill_think_has_close(content) && !distill_think_has_open(content);
    if (!opened && (apart || closes))
        TRY(distill_text_add(out, DISTILL_THINK_BEGIN));
    if (apart) {
        TRY(distill_text_add_span(out, thoughts));
        // thoughts that the limit cut off stay open: they are truncated, and seen to be
        bool cut = choice->end == CHAT_LENGTH && distill_span_trim(content).length == 0;
        if (!cut)
            TRY(distill_text_add(out, DISTILL_THINK_END));
        while (content.length > 0 && content.bytes[0] == '\n')
            content = (distill_span){content.bytes + 1, content.length - 1};
    } else if (!opened && closes) {
        while (content.length > 0 && content.bytes[0] == '\n')
            content = (distill_span){content.bytes + 1, content.length - 1};
    }
    TRY(distill_text_add_span(out, content));
done:
    return status;
}
