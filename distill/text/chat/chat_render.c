// distill/text/chat/chat_render.c - sets the variables that transformers passes to a template, and
// runs it.
//
// Texts of messages, tools and kwargs are input; a role that is one plain word is not, because
// templates make tokens of it ("<|" + role + "|>").
#include "distill/text/chat/chat_render.h"

#include <ctype.h>
#include <string.h>

static distill_status set(chat_rendering *r, const char *name, jinja_value value)
{
    return jinja_rendering_set(&r->jinja, name, value);
}

/// Sets each member of an object as a variable.
static distill_status set_members(chat_rendering *r, const distill_json *doc,
                                  const distill_json_node *object)
{
    distill_status status = DISTILL_OK;
    jinja_value value;
    for (const distill_json_node *item = distill_json_first(object); item != NULL;
         item = distill_json_next(item)) {
        TRY(jinja_from_json(&value, &r->jinja.run, doc, item));
        TRY(set(r, distill_json_key(item), value));
    }
done:
    return status;
}

static distill_status set_token(chat_rendering *r, const char *name, const char *text)
{
    if (text == NULL)
        return DISTILL_OK;
    return set(r, name, jinja_string(distill_span_of(text), JINJA_FROM_TEMPLATE));
}

/// Begins a rendering with the variables that do not depend on the conversation.
static distill_status begin(chat_rendering *r)
{
    distill_status status = DISTILL_OK;
    const chat_variables *v = r->variables;
    r->jinja.program = v->program;
    r->jinja.now = r->now[0] != '\0' ? r->now : v->now;
    TRY(jinja_rendering_begin(&r->jinja));
    TRY(set(r, "tools", jinja_none()));
    TRY(set(r, "documents", jinja_none()));
    TRY(set_token(r, "bos_token", v->bos));
    TRY(set_token(r, "eos_token", v->eos));
    TRY(set_token(r, "pad_token", v->pad));
    TRY(set_token(r, "unk_token", v->unk));
    if (v->assumes_thinking)
        TRY(set(r, "enable_thinking", jinja_bool(true)));
    if (v->kwargs != NULL)
        TRY(set_members(r, v->kwargs, distill_json_root(v->kwargs)));
done:
    return status;
}

static distill_status run(chat_rendering *r)
{
    distill_status status = jinja_rendering_run(&r->jinja);
    return status == DISTILL_OK ? status : distill_fail_context(status, "chat template");
}

// ---------------------------------------------------------------------------------------- messages

static bool is_word(distill_span text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!isalnum((unsigned char)text.bytes[i]) && text.bytes[i] != '_')
            return false;
    return text.length > 0 && text.length < 64;
}

static jinja_value key(const char *name)
{
    return jinja_string(distill_span_of(name), JINJA_FROM_TEMPLATE);
}

static distill_status make_message(jinja_value *out, jinja_run *state,
                                   const distill_message *message)
{
    distill_status status = DISTILL_OK;
    jinja_value role, content;
    TRY(jinja_from_text(&role, state, message->role));
    TRY(jinja_from_text(&content, state, message->content));
    if (is_word(message->role))
        role.origin = JINJA_FROM_TEMPLATE;
    TRY(jinja_dict_new(out, state));
    TRY(jinja_dict_set(out->as.dict, state, key("role"), role));
    TRY(jinja_dict_set(out->as.dict, state, key("content"), content));
done:
    return status;
}

/// Parses the other members of all messages, "name":"x","tool_calls":[…], as one array of objects in
/// r->docs[CHAT_FIELDS]; nothing if no message has any.
static distill_status parse_fields(chat_rendering *r, const distill_message *messages, size_t count)
{
    distill_status status = DISTILL_OK;
    distill_text json = {0};
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any = any || messages[i].fields.length > 0;
    for (size_t i = 0; any && i < count; i++) {
        TRY(distill_text_add(&json, i == 0 ? "[{" : ",{"));
        TRY(distill_text_add_span(&json, messages[i].fields));
        TRY(distill_text_add_char(&json, '}'));
    }
    if (any) {
        TRY(distill_text_add_char(&json, ']'));
        TRY(distill_json_parse(&r->docs[CHAT_FIELDS], json.bytes, json.length, "messages"));
    }
done:
    distill_text_free(&json);
    return status;
}

/// Adds the members of `fields` to the dict of a message.
static distill_status set_fields(chat_rendering *r, jinja_value message,
                                 const distill_json_node *fields)
{
    distill_status status = DISTILL_OK;
    jinja_value value;
    for (const distill_json_node *item = distill_json_first(fields); item != NULL;
         item = distill_json_next(item)) {
        TRY(jinja_from_json(&value, &r->jinja.run, r->docs[CHAT_FIELDS], item));
        TRY(jinja_dict_set(message.as.dict, &r->jinja.run, key(distill_json_key(item)), value));
    }
done:
    return status;
}

static distill_status set_messages(chat_rendering *r, const distill_message *messages, size_t count)
{
    distill_status status = DISTILL_OK;
    jinja_value list;
    TRY(parse_fields(r, messages, count));
    const distill_json_node *fields = NULL;
    if (r->docs[CHAT_FIELDS] != NULL)
        fields = distill_json_first(distill_json_root(r->docs[CHAT_FIELDS]));
    TRY(jinja_list_new(&list, &r->jinja.run, count));
    for (size_t i = 0; i < count; i++, fields = distill_json_next(fields)) {
        TRY(make_message(&list.as.list->items[i], &r->jinja.run, &messages[i]));
        TRY(set_fields(r, list.as.list->items[i], fields));
    }
    TRY(set(r, "messages", list));
done:
    return status;
}

static distill_status check_count(size_t count)
{
    if (count == 0)
        return distill_fail(DISTILL_FORMAT, "a conversation without messages cannot be rendered");
    return DISTILL_OK;
}

/// Parses an option into r->docs[slot]; an empty one is skipped.
static distill_status parse(chat_rendering *r, size_t slot, distill_span text, const char *name)
{
    if (text.length == 0)
        return DISTILL_OK;
    return distill_json_parse(&r->docs[slot], text.bytes, text.length, name);
}

/// Sets a variable to the value in r->docs[slot], if there is one.
static distill_status set_parsed(chat_rendering *r, size_t slot, const char *name)
{
    distill_status status = DISTILL_OK;
    jinja_value value;
    if (r->docs[slot] == NULL)
        return DISTILL_OK;
    TRY(jinja_from_json(&value, &r->jinja.run, r->docs[slot], distill_json_root(r->docs[slot])));
    TRY(set(r, name, value));
done:
    return status;
}

distill_status chat_render_messages(chat_rendering *r, const distill_message *messages,
                                    size_t count, const distill_render_options *options)
{
    distill_status status = DISTILL_OK;
    TRY(check_count(count));
    TRY(parse(r, CHAT_TOOLS, options->tools, "tools"));
    TRY(parse(r, CHAT_DOCUMENTS, options->documents, "documents"));
    TRY(parse(r, CHAT_KWARGS, options->kwargs, "chat_template_kwargs"));
    TRY(begin(r));
    TRY(set_messages(r, messages, count));
    TRY(set(r, "add_generation_prompt", jinja_bool(options->add_generation_prompt)));
    TRY(set_parsed(r, CHAT_TOOLS, "tools"));
    TRY(set_parsed(r, CHAT_DOCUMENTS, "documents"));
    if (r->docs[CHAT_KWARGS] != NULL)
        TRY(set_members(r, r->docs[CHAT_KWARGS], distill_json_root(r->docs[CHAT_KWARGS])));
    TRY(run(r));
done:
    return status;
}

// -------------------------------------------------------------------------------------------- JSON

bool chat_date_is_valid(distill_span date)
{
    for (size_t i = 0; i < date.length; i++)
        if (i == 4 || i == 7 ? date.bytes[i] != '-' : !isdigit((unsigned char)date.bytes[i]))
            return false;
    if (date.length != 10)
        return false;
    int month = (date.bytes[5] - '0') * 10 + date.bytes[6] - '0';
    int day = (date.bytes[8] - '0') * 10 + date.bytes[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static distill_status read_date(chat_rendering *r, const distill_json *doc,
                                const distill_json_node *conversation)
{
    distill_status status = DISTILL_OK;
    distill_span date;
    if (distill_json_present(conversation, "now") == NULL)
        return DISTILL_OK;
    TRY(distill_json_get_string(&date, doc, conversation, "now"));
    if (date.length > 10 && date.bytes[10] == 'T')
        date.length = 10;
    if (!chat_date_is_valid(date))
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a date such as 2024-07-26",
                         distill_json_where(doc, conversation, "now")));
    memcpy(r->now, date.bytes, date.length);
done:
    return status;
}

/// Roles that are plain words are not input.
static void trust_roles(jinja_value messages)
{
    for (size_t i = 0; i < messages.as.list->count; i++) {
        jinja_value message = messages.as.list->items[i];
        for (size_t k = 0; message.kind == JINJA_DICT && k < message.as.dict->count; k++) {
            jinja_entry *entry = &message.as.dict->entries[k];
            if (jinja_string_is(entry->key, "role") && jinja_is_string(entry->value) &&
                is_word(jinja_span(entry->value)))
                entry->value.origin = JINJA_FROM_TEMPLATE;
        }
    }
}

distill_status chat_render_json(chat_rendering *r, const distill_json *doc,
                                const distill_json_node *conversation)
{
    static const char *const variables[] = {"tools", "documents", "enable_thinking", "date_string"};
    distill_status status = DISTILL_OK;
    jinja_value value;
    bool generates;
    const distill_json_node *list = distill_json_member(conversation, "messages");
    if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a list of messages, found %s",
                         distill_json_where(doc, conversation, "messages"),
                         distill_json_kind_name(list)));
    TRY(check_count(distill_json_count(list)));
    TRY(read_date(r, doc, conversation));
    TRY(distill_json_get_bool_or(&generates, doc, conversation, "add_generation_prompt", false));
    TRY(begin(r));
    TRY(jinja_from_json(&value, &r->jinja.run, doc, list));
    trust_roles(value);
    TRY(set(r, "messages", value));
    TRY(set(r, "add_generation_prompt", jinja_bool(generates)));
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const distill_json_node *node = distill_json_present(conversation, variables[i]);
        if (node == NULL)
            continue;
        TRY(jinja_from_json(&value, &r->jinja.run, doc, node));
        TRY(set(r, variables[i], value));
    }
    TRY(set_members(r, doc, distill_json_present(conversation, "chat_template_kwargs")));
    TRY(run(r));
done:
    return status;
}

void chat_rendering_end(chat_rendering *r)
{
    jinja_rendering_end(&r->jinja);
    for (size_t i = 0; i < sizeof r->docs / sizeof *r->docs; i++)
        distill_json_free(r->docs[i]);
    *r = (chat_rendering){.variables = r->variables};
}
