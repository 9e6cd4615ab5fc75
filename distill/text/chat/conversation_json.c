// distill/text/chat/conversation_json.c - conversations in the layouts of published data sets.
//
// The list is read once: every message is written in the one form, and the last turn of the
// assistant is kept apart as the reply.
//
// Limits: text only; other parts of a content (images, audio) are an error.
#include "distill/text/chat/conversation_json.h"

#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "distill/text/chat/think.h"

#include <string.h>

/// Members that hold the thought of a message.
static const char *const THOUGHTS[] = {"reasoning_content", "reasoning", "thinking", "thought"};

static bool is_sharegpt(const distill_json_node *message)
{
    return distill_json_member(message, "from") != NULL &&
           distill_json_member(message, "role") == NULL;
}

/// The name of a role that templates know.
static distill_span usual_role(distill_span role)
{
    static const char *const NAMES[][2] = {{"human", "user"},
                                           {"gpt", "assistant"},
                                           {"model", "assistant"},
                                           {"bot", "assistant"},
                                           {"chatgpt", "assistant"},
                                           {"observation", "tool"},
                                           {"function_response", "tool"},
                                           {"function", "tool"},
                                           {"ipython", "tool"}};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (distill_span_is(role, NAMES[i][0]))
            return distill_span_of(NAMES[i][1]);
    return role;
}

static distill_status role_of(distill_span *out, const distill_json *doc,
                              const distill_json_node *message)
{
    distill_status status = DISTILL_OK;
    if (distill_json_kind_of(message) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a message, found %s",
                         distill_json_where(doc, message, NULL), distill_json_kind_name(message)));
    TRY(distill_json_get_string(out, doc, message, is_sharegpt(message) ? "from" : "role"));
    *out = usual_role(*out);
done:
    return status;
}

static const char *content_key(const distill_json_node *message)
{
    return is_sharegpt(message) ? "value" : "content";
}

/// Appends the parts of a content: texts to `out`, thoughts to `thought`.
static distill_status add_parts(distill_text *out, distill_text *thought, const distill_json *doc,
                                const distill_json_node *parts)
{
    distill_status status = DISTILL_OK;
    distill_span text;
    for (const distill_json_node *part = distill_json_first(parts); part != NULL;
         part = distill_json_next(part)) {
        bool thinks = distill_json_member(part, "thinking") != NULL;
        if (distill_json_kind_of(part) == DISTILL_JSON_STRING)
            text = distill_json_string(doc, part);
        else
            TRY(distill_json_get_string(&text, doc, part, thinks ? "thinking" : "text"));
        TRY(distill_text_add_span(thinks ? thought : out, text));
    }
done:
    return status;
}

/// Appends the content of a message to `out`, and thoughts among its parts to `thought`. A null or
/// absent content is empty where the message has tool calls.
static distill_status add_content(distill_text *out, distill_text *thought, const distill_json *doc,
                                  const distill_json_node *message)
{
    const char *key = content_key(message);
    const distill_json_node *node = distill_json_present(message, key);
    distill_span text;
    if (node == NULL && distill_json_present(message, "tool_calls") != NULL)
        return DISTILL_OK;
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY)
        return add_parts(out, thought, doc, node);
    distill_status status = distill_json_get_string(&text, doc, message, key);
    return status == DISTILL_OK ? distill_text_add_span(out, text) : status;
}

/// The thought in a member of its own; an empty span if there is none.
static distill_span thought_member(const distill_json *doc, const distill_json_node *message)
{
    for (size_t i = 0; i < sizeof THOUGHTS / sizeof *THOUGHTS; i++) {
        const distill_json_node *node = distill_json_present(message, THOUGHTS[i]);
        if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
            return distill_span_trim(distill_json_string(doc, node));
    }
    return (distill_span){"", 0};
}

static bool is_thought_key(const char *key)
{
    for (size_t i = 0; i < sizeof THOUGHTS / sizeof *THOUGHTS; i++)
        if (strcmp(key, THOUGHTS[i]) == 0)
            return true;
    return false;
}

/// The members that write_message writes itself.
static bool is_written(const distill_json_node *message, const char *key)
{
    return strcmp(key, "role") == 0 || strcmp(key, "from") == 0 ||
           strcmp(key, content_key(message)) == 0 || is_thought_key(key);
}

/// Writes a message in the one form, and appends its content to `text`.
static distill_status write_message(distill_json_writer *w, distill_text *text,
                                    const distill_json *doc, const distill_json_node *message,
                                    distill_span role)
{
    distill_status status = DISTILL_OK;
    distill_text thought = {0};
    distill_span own = thought_member(doc, message);
    size_t begin = text->length;
    TRY(add_content(text, &thought, doc, message));
    if (thought.length == 0)
        TRY(distill_text_add_span(&thought, own));
    distill_json_begin_object(w, NULL);
    distill_json_add_span(w, "role", role);
    distill_json_add_span(
        w, "content",
        (distill_span){text->bytes != NULL ? text->bytes + begin : "", text->length - begin});
    if (thought.length > 0)
        distill_json_add_span(w, "reasoning_content", distill_text_span(&thought));
    for (const distill_json_node *node = distill_json_first(message); node != NULL;
         node = distill_json_next(node))
        if (!is_written(message, distill_json_key(node)) &&
            distill_json_kind_of(node) != DISTILL_JSON_NULL)
            distill_json_add_node(w, distill_json_key(node), doc, node);
    distill_json_end_object(w);
done:
    distill_text_free(&thought);
    return status;
}

/// Appends tool calls as Hermes and Qwen write them, each in tags on lines of its own.
/// Source  the chat template of Qwen2.5-Instruct.
static distill_status add_tool_calls(distill_text *out, const distill_json *doc,
                                     const distill_json_node *calls)
{
    distill_status status = DISTILL_OK;
    for (const distill_json_node *call = distill_json_first(calls); call != NULL;
         call = distill_json_next(call)) {
        const distill_json_node *function = distill_json_present(call, "function");
        if (function == NULL)
            function = call;
        const distill_json_node *given = distill_json_present(function, "arguments");
        distill_span name, text = distill_json_string(doc, given);
        TRY(distill_json_get_string(&name, doc, function, "name"));
        TRY(distill_text_add(out, out->length > 0 ? "\n<tool_call>\n{\"name\": "
                                                  : "<tool_call>\n{\"name\": "));
        TRY(distill_json_write_string(out, name));
        TRY(distill_text_add(out, ", \"arguments\": "));
        if (distill_json_kind_of(given) == DISTILL_JSON_STRING) // a text that holds JSON
            TRY(distill_text_add_span(out, text));
        else if (given != NULL)
            TRY(distill_json_write_node(out, doc, given));
        else
            TRY(distill_text_add(out, "{}"));
        TRY(distill_text_add(out, "}\n</tool_call>"));
    }
done:
    return status;
}

distill_status conversation_json_add_reply(distill_text *out, const distill_json *doc,
                                           const distill_json_node *message, distill_span thought)
{
    distill_status status = DISTILL_OK;
    distill_text content = {0}, parts = {0};
    distill_span own = thought_member(doc, message);
    TRY(add_content(&content, &parts, doc, message));
    TRY(distill_think_standardise(&content));
    distill_span from_parts = distill_span_trim(distill_text_span(&parts));
    distill_span chosen = from_parts.length > 0 ? from_parts : own.length > 0 ? own : thought;
    if (chosen.length > 0 && !distill_think_starts(distill_span_trim(distill_text_span(&content))))
        TRY(distill_think_write(out, chosen));
    TRY(add_tool_calls(&content, doc, distill_json_present(message, "tool_calls")));
    TRY(distill_text_add_span(out, distill_text_span(&content)));
done:
    distill_text_free(&content);
    distill_text_free(&parts);
    return status;
}

static void clear(conversation_json *c)
{
    distill_text_clear(&c->messages);
    distill_text_clear(&c->prompt);
    distill_text_clear(&c->reply);
    c->message_count = 0;
    c->plain = c->has_system = false;
}

static void write_system(distill_json_writer *w, conversation_json *c, distill_span system)
{
    distill_json_begin_object(w, NULL);
    distill_json_add_string(w, "role", "system");
    distill_json_add_span(w, "content", system);
    distill_json_end_object(w);
    c->has_system = true;
    c->message_count++;
}

/// What a list holds.
typedef struct turns {
    const distill_json_node *last_user, *last;
    bool system; // the first is a system message
} turns;

static distill_status find_turns(turns *out, const distill_json *doc, const distill_json_node *list)
{
    distill_status status = DISTILL_OK;
    distill_span role;
    *out = (turns){NULL, NULL, false};
    if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a list of messages, found %s",
                         distill_json_where(doc, list, NULL), distill_json_kind_name(list)));
    for (const distill_json_node *node = distill_json_first(list); node != NULL;
         node = distill_json_next(node)) {
        TRY(role_of(&role, doc, node));
        if (out->last == NULL)
            out->system = distill_span_is(role, "system") || distill_span_is(role, "developer");
        if (distill_span_is(role, "user"))
            out->last_user = node;
        out->last = node;
    }
    if (out->last_user == NULL)
        TRY(distill_fail(DISTILL_FORMAT, "%s: no message with the role user",
                         distill_json_where(doc, list, NULL)));
done:
    return status;
}

/// The node after the last message before the reply; NULL = all messages are before it.
static distill_status find_end(const distill_json_node **end, const distill_json *doc,
                               const turns *found, conversation_end kind)
{
    distill_status status = DISTILL_OK;
    distill_span role;
    *end = NULL;
    TRY(role_of(&role, doc, found->last));
    bool replied = distill_span_is(role, "assistant");
    if (kind == CONVERSATION_WITH_REPLY && !replied)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: the last message must be the assistant's, which is the reply; it is "
                         "of the role %.*s",
                         distill_json_where(doc, found->last, NULL),
                         (int)(role.length < 40 ? role.length : 40), role.bytes));
    if (kind == CONVERSATION_WITH_REPLY)
        *end = found->last;
    else if (replied) // a prompt ends with what is to be answered
        *end = distill_json_next(found->last_user);
done:
    return status;
}

distill_status conversation_json_read(conversation_json *out, const distill_json *doc,
                                      const distill_json_node *list, distill_span system,
                                      conversation_end kind)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = &out->messages};
    const distill_json_node *end = NULL;
    distill_text content = {0};
    distill_span role;
    turns found;
    clear(out);
    TRY(find_turns(&found, doc, list));
    TRY(find_end(&end, doc, &found, kind));
    distill_json_begin_array(&w, NULL);
    if (system.length > 0 && !found.system)
        write_system(&w, out, system);
    out->has_system = out->has_system || found.system;
    for (const distill_json_node *node = distill_json_first(list); node != end;
         node = distill_json_next(node), out->message_count++) {
        TRY(role_of(&role, doc, node));
        distill_text_clear(&content);
        TRY(write_message(&w, node == found.last_user ? &out->prompt : &content, doc, node, role));
    }
    distill_json_end_array(&w);
    TRY(distill_json_finish(&w));
    out->plain = out->message_count == 1 && distill_json_count(found.last_user) == 2;
    if (kind == CONVERSATION_WITH_REPLY)
        TRY(conversation_json_add_reply(&out->reply, doc, found.last, (distill_span){"", 0}));
done:
    distill_text_free(&content);
    return status;
}

distill_status conversation_json_set(conversation_json *out, distill_span system,
                                     distill_span prompt)
{
    distill_status status = DISTILL_OK;
    distill_json_writer w = {.out = &out->messages};
    clear(out);
    TRY(distill_text_add_span(&out->prompt, prompt));
    distill_json_begin_array(&w, NULL);
    if (system.length > 0)
        write_system(&w, out, system);
    distill_json_begin_object(&w, NULL);
    distill_json_add_string(&w, "role", "user");
    distill_json_add_span(&w, "content", prompt);
    distill_json_end_object(&w);
    distill_json_end_array(&w);
    TRY(distill_json_finish(&w));
    out->message_count++;
    out->plain = system.length == 0;
done:
    return status;
}

void conversation_json_free(conversation_json *c)
{
    distill_text_free(&c->messages);
    distill_text_free(&c->prompt);
    distill_text_free(&c->reply);
    *c = (conversation_json){.message_count = 0};
}

/// Appends the members of a message besides role and content, as raw JSON members.
static distill_status add_fields(distill_text *out, const distill_json *doc,
                                 const distill_json_node *message)
{
    distill_status status = DISTILL_OK;
    size_t begin = out->length;
    for (const distill_json_node *node = distill_json_first(message); node != NULL;
         node = distill_json_next(node)) {
        const char *key = distill_json_key(node);
        if (strcmp(key, "role") == 0 || strcmp(key, "content") == 0)
            continue;
        if (out->length > begin)
            TRY(distill_text_add_char(out, ','));
        TRY(distill_json_write_string(out, distill_span_of(key)));
        TRY(distill_text_add_char(out, ':'));
        TRY(distill_json_write_node(out, doc, node));
    }
done:
    return status;
}

distill_status message_list_parse(message_list *out, distill_span json, const char *name)
{
    distill_status status = DISTILL_OK;
    message_list_free(out);
    TRY(distill_json_parse(&out->doc, json.bytes, json.length, name));
    const distill_json_node *list = distill_json_root(out->doc);
    if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY || distill_json_count(list) == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a list of messages, found %s", name,
                         distill_json_kind_name(list)));
    TRY(DISTILL_NEW(&out->at, distill_json_count(list)));
    TRY(distill_text_reserve(&out->fields, 1));
    for (const distill_json_node *node = distill_json_first(list); node != NULL;
         node = distill_json_next(node)) {
        distill_message *message = &out->at[out->count++];
        size_t begin = out->fields.length;
        TRY(distill_json_get_string(&message->role, out->doc, node, "role"));
        TRY(distill_json_get_string(&message->content, out->doc, node, "content"));
        TRY(add_fields(&out->fields, out->doc, node));
        message->fields.length = out->fields.length - begin;
    }
    for (size_t i = 0, at = 0; i < out->count; at += out->at[i++].fields.length)
        out->at[i].fields.bytes = out->fields.bytes + at; // `fields` is not reallocated any more
done:
    if (status != DISTILL_OK)
        message_list_free(out);
    return status;
}

void message_list_free(message_list *list)
{
    distill_free(list->at);
    distill_json_free(list->doc);
    distill_text_free(&list->fields);
    *list = (message_list){.count = 0};
}

distill_status message_add_reply(distill_text *out, const distill_message *message)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text json = {0};
    if (message->fields.length == 0)
        return distill_text_add_span(out, message->content);
    TRY(distill_text_add(&json, "{\"content\":"));
    TRY(distill_json_write_string(&json, message->content));
    TRY(distill_text_add_char(&json, ','));
    TRY(distill_text_add_span(&json, message->fields));
    TRY(distill_text_add_char(&json, '}'));
    TRY(distill_json_parse(&doc, json.bytes, json.length, "message"));
    TRY(conversation_json_add_reply(out, doc, distill_json_root(doc), (distill_span){"", 0}));
done:
    distill_text_free(&json);
    distill_json_free(doc);
    return status;
}
