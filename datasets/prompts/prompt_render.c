// datasets/prompts/prompt_render.c - the prompt template, the chat template, and the forced
// beginning of a reply.
//
// A prompt goes through three steps: the prompt template, the chat template, the tokenizer. Texts
// of a prompt are encoded without special tokens, so that a prompt cannot contain control tokens.
#include "datasets/prompts/prompt_render.h"

#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"

#include <stdio.h>
#include <string.h>

static const char PLACE[] = "{prompt}";
typedef enum line_breaks { BREAK_ALWAYS, BREAK_UNLESS_LATEX } line_breaks;

/// Appends `text` with a line break for each "\n" typed as two characters.
static distill_status read_breaks(distill_text *out, const char *text, line_breaks breaks)
{
    distill_status status = DISTILL_OK;
    for (const char *c = text; *c != '\0'; c++) {
        bool latex = breaks == BREAK_UNLESS_LATEX && c[1] != '\0' && c[2] >= 'a' && c[2] <= 'z';
        bool line_break = c[0] == '\\' && c[1] == 'n' && !latex;
        TRY(distill_text_add_char(out, line_break ? '\n' : *c));
        c += line_break;
    }
done:
    return status;
}

distill_status prompt_style_create(prompt_style *out, const distill_chat *chat, const char *system,
                                   const char *prompt_template, const char *think_prefix)
{
    distill_status status = DISTILL_OK;
    const char *opened = chat != NULL ? distill_chat_think_prefix(chat) : "";
    size_t skip = strlen(opened);
    *out = (prompt_style){.chat = chat, .system = system};
    if (prompt_template == NULL)
        prompt_template = PLACE;
    if (strstr(prompt_template, PLACE) == NULL)
        return distill_fail(
            DISTILL_USAGE,
            "prompt-template: \"%s\" has no {prompt}, the place of the prompt's text",
            prompt_template);
    TRY(read_breaks(&out->template, prompt_template, BREAK_UNLESS_LATEX));
    TRY(distill_text_add(&out->forced, ""));
    TRY(read_breaks(&out->forced, think_prefix != NULL ? think_prefix : "", BREAK_ALWAYS));
    if (out->forced.length >= skip && memcmp(out->forced.bytes, opened, skip) == 0) {
        memmove(out->forced.bytes, out->forced.bytes + skip, out->forced.length - skip + 1);
        out->forced.length -= skip;
    }
    TRY(distill_text_add(&out->reply_start, opened));
    TRY(distill_text_add_span(&out->reply_start, distill_text_span(&out->forced)));
done:
    if (status != DISTILL_OK)
        prompt_style_free(out);
    return status;
}

void prompt_style_free(prompt_style *style)
{
    distill_text_free(&style->template);
    distill_text_free(&style->forced);
    distill_text_free(&style->reply_start);
}

/// Appends the prompt template with the prompt in it.
static distill_status fill_template(distill_text *out, const prompt_style *style,
                                    distill_span prompt)
{
    distill_status status = DISTILL_OK;
    const distill_span template = distill_text_span(&style->template);
    const distill_span place = distill_span_of(PLACE);
    size_t from = 0, at;
    while ((at = distill_span_find(template, place, from)) != SIZE_MAX) {
        TRY(distill_text_append(out, template.bytes + from, at - from));
        TRY(distill_text_add_span(out, prompt));
        from = at + place.length;
    }
    TRY(distill_text_append(out, template.bytes + from, template.length - from));
done:
    return status;
}

/// Puts the messages of a record into c->list: those it has, or the prompt as the only one.
static distill_status read_messages(prompt_conversation *c, const prompt_record *record)
{
    char name[160];
    if (record->messages.length == 0)
        return DISTILL_OK;
    snprintf(name, sizeof name, "messages of prompt %.*s",
             (int)(record->id.length < 100 ? record->id.length : 100), record->id.bytes);
    return message_list_parse(&c->list, record->messages, name);
}

static distill_status take_field(distill_text *text, distill_span *out, const distill_json *doc,
                                 const char *key)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *node = distill_json_present(distill_json_root(doc), key);
    if (node == NULL)
        goto done;
    TRY(distill_json_write_node(text, doc, node));
    *out = distill_text_span(text);
done:
    return status;
}

/// Sets c->options from the record's other fields.
static distill_status read_options(prompt_conversation *c, const prompt_record *record)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    c->options = (distill_render_options){.add_generation_prompt = true};
    if (record->extra.length == 0)
        goto done;
    TRY(distill_json_parse(&doc, record->extra.bytes, record->extra.length, "extra"));
    TRY(take_field(&c->tools, &c->options.tools, doc, "tools"));
    TRY(take_field(&c->documents, &c->options.documents, doc, "documents"));
    TRY(take_field(&c->kwargs, &c->options.kwargs, doc, "chat_template_kwargs"));
done:
    distill_json_free(doc);
    return status;
}

distill_status prompt_conversation_make(prompt_conversation *c, const prompt_style *style,
                                        const prompt_record *record)
{
    distill_status status = DISTILL_OK;
    distill_message only = {.role = distill_span_of("user")}, *last = NULL;
    *c = (prompt_conversation){.count = 0};
    TRY(read_options(c, record));
    TRY(read_messages(c, record));
    size_t turns = c->list.count > 0 ? c->list.count : 1;
    const distill_message *given = c->list.count > 0 ? c->list.at : &only;
    bool own = distill_span_is(given->role, "system") || distill_span_is(given->role, "developer");
    TRY(DISTILL_NEW(&c->messages, turns + 1));
    if (style->system != NULL && !own)
        c->messages[c->count++] = (distill_message){.role = distill_span_of("system"),
                                                    .content = distill_span_of(style->system)};
    for (size_t i = 0; i < turns; i++) {
        distill_message *message = &c->messages[c->count++];
        *message = given[i];
        if (distill_span_is(message->role, "user"))
            last = message;
    }
    TRY(fill_template(&c->user, style, record->prompt));
    if (last != NULL)
        last->content = distill_text_span(&c->user);
done:
    return status;
}

void prompt_conversation_free(prompt_conversation *c)
{
    message_list_free(&c->list);
    distill_free(c->messages);
    distill_text_free(&c->user);
    distill_text_free(&c->tools);
    distill_text_free(&c->documents);
    distill_text_free(&c->kwargs);
    *c = (prompt_conversation){.count = 0};
}

distill_status prompt_reply_start(distill_text *out, const prompt_style *style,
                                  const prompt_record *record)
{
    distill_status status = DISTILL_OK;
    prompt_conversation c = {.count = 0};
    distill_span key = distill_span_of("\"chat_template_kwargs\"");
    if (style->chat == NULL || distill_span_find(record->extra, key, 0) == SIZE_MAX)
        return distill_text_add_span(out, distill_text_span(&style->reply_start));
    TRY(read_options(&c, record));
    TRY(distill_chat_add_think_prefix(out, style->chat, c.options.kwargs));
    TRY(distill_text_add_span(out, distill_text_span(&style->forced)));
done:
    prompt_conversation_free(&c);
    return status;
}

distill_status prompt_encode(distill_ids *ids, const prompt_style *style,
                             const distill_tokenizer *tok, const prompt_record *record)
{
    distill_status status = DISTILL_OK;
    prompt_conversation c = {0};
    TRY(prompt_conversation_make(&c, style, record));
    TRY(distill_chat_encode_prompt(ids, style->chat, c.messages, c.count, &c.options));
    TRY(distill_tokenizer_encode(ids, tok, style->forced.bytes, style->forced.length,
                                 DISTILL_PARSE_SPECIAL));
done:
    prompt_conversation_free(&c);
    return status;
}

distill_status prompt_text(distill_text *out, const prompt_style *style,
                           const prompt_record *record)
{
    distill_status status = DISTILL_OK;
    prompt_conversation c = {0};
    TRY(prompt_conversation_make(&c, style, record));
    TRY(distill_chat_render(out, style->chat, c.messages, c.count, &c.options));
    TRY(distill_text_add_span(out, distill_text_span(&style->forced)));
done:
    prompt_conversation_free(&c);
    return status;
}
