// datasets/traces/json_exchange.c - roles and contents of messages, in OpenAI's layout and
// ShareGPT's.
//
// One pass over the list counts the messages of the user and of the assistant; any other number
// than one is an error. The layout is recognised for each message by its members ("from" is
// ShareGPT's).
#include "datasets/traces/json_exchange.h"

static bool is_sharegpt(const distill_json_node *message)
{
    return distill_json_member(message, "from") != NULL;
}

static bool is_user(distill_span role)
{
    return distill_span_is(role, "user") || distill_span_is(role, "human");
}

static bool is_assistant(distill_span role)
{
    return distill_span_is(role, "assistant") || distill_span_is(role, "gpt") ||
           distill_span_is(role, "model");
}

distill_status json_exchange_find(json_exchange *out, const distill_json *doc,
                                  const distill_json_node *list, json_exchange_kind kind)
{
    distill_status status = DISTILL_OK;
    size_t users = 0, replies = 0;
    distill_span role;
    *out = (json_exchange){NULL, NULL};
    for (const distill_json_node *node = distill_json_first(list); node != NULL;
         node = distill_json_next(node)) {
        TRY(distill_json_get_string(&role, doc, node, is_sharegpt(node) ? "from" : "role"));
        if (is_user(role) && ++users == 1)
            out->user = node;
        if (is_assistant(role) && kind == JSON_EXCHANGE_WHOLE && ++replies == 1)
            out->assistant = node;
    }
    if (users != 1 || (replies != 1 && kind == JSON_EXCHANGE_WHOLE))
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: expected one message of the user and one of the assistant, found %zu "
                         "and %zu",
                         distill_json_where(doc, list, NULL), users, replies));
done:
    return status;
}

static distill_status add_parts(distill_text *out, const distill_json *doc,
                                const distill_json_node *parts)
{
    distill_status status = DISTILL_OK;
    distill_span text;
    for (const distill_json_node *part = distill_json_first(parts); part != NULL;
         part = distill_json_next(part)) {
        TRY(distill_json_get_string(&text, doc, part, "text"));
        TRY(distill_text_add_span(out, text));
    }
done:
    return status;
}

distill_status json_exchange_add_content(distill_text *out, const distill_json *doc,
                                         const distill_json_node *message)
{
    distill_status status = DISTILL_OK;
    const char *key = is_sharegpt(message) ? "value" : "content";
    const distill_json_node *node = distill_json_member(message, key);
    distill_span text;
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY)
        return add_parts(out, doc, node);
    TRY(distill_json_get_string(&text, doc, message, key));
    TRY(distill_text_add_span(out, text));
done:
    return status;
}
