// distill/text/chat/chat_template.c - prompts and replies as text and as token ids.
//
// What a template does is observed, not recognised: when a chat is opened, a short conversation is
// rendered, whose end shows what the generation prompt writes of a reply ("<think>\n"), and which
// token follows a reply.
#include "distill/text/chat/chat_template.h"

#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/sha256.h"
#include "distill/text/chat/chat_render.h"
#include "distill/text/chat/chat_standard.h"
#include "distill/text/chat/think.h"
#include "distill/text/tokenizer/tokenizer_parts.h"

#include <stdio.h>
#include <string.h>

enum { MAX_TEMPLATE_BYTES = 4 << 20 };

struct distill_chat {
    const distill_tokenizer *tok;  // borrowed; NULL: text only
    const chat_standard *standard; // NULL: the checkpoint's own template, or a file
    char name[32];
    char *source;
    jinja_template *program;
    distill_json *kwargs;
    char now[16];
    chat_variables variables;
    char *written; // what the generation prompt has of the reply: from "<think>" on, or ""
    int32_t end_of_turn;
    char missing[64]; // a token that the template writes and the tokenizer lacks; "" = none
};

// ------------------------------------------------------------------------------------- rendering

distill_status distill_chat_render(distill_text *out, const distill_chat *chat,
                                   const distill_message *messages, size_t count,
                                   const distill_render_options *options)
{
    distill_status status = DISTILL_OK;
    chat_rendering r = {.variables = &chat->variables};
    TRY(chat_render_messages(&r, messages, count, options));
    TRY(distill_text_add_span(out, r.jinja.text));
done:
    chat_rendering_end(&r);
    return status;
}

distill_status distill_chat_render_json(distill_text *out, const distill_chat *chat,
                                        const distill_json *doc,
                                        const distill_json_node *conversation)
{
    distill_status status = DISTILL_OK;
    chat_rendering r = {.variables = &chat->variables};
    TRY(chat_render_json(&r, doc, conversation));
    TRY(distill_text_add_span(out, r.jinja.text));
done:
    chat_rendering_end(&r);
    return status;
}

// -------------------------------------------------------------------------------------- encoding

/// Checks that the vocabulary has the template's tokens; without them they would be encoded as
/// plain text.
static distill_status check_tokens(const distill_chat *chat)
{
    if (chat->missing[0] == '\0')
        return DISTILL_OK;
    return distill_fail(DISTILL_UNSUPPORTED,
                        "%s: the tokenizer has no %s, which the chat template %s requires; pass "
                        "another --chat-template (none for a base model)",
                        chat->tok->dir, chat->missing, chat->name);
}

/// Appends the ids of a rendering.
static distill_status encode(distill_ids *ids, const distill_chat *chat, const chat_rendering *r)
{
    distill_status status = DISTILL_OK;
    added_range *guarded = NULL;
    const jinja_rendering *text = &r->jinja;
    TRY(DISTILL_NEW(&guarded, text->input_count + 1));
    for (size_t i = 0; i < text->input_count; i++)
        guarded[i] = (added_range){text->input[i].begin, text->input[i].end};
    if (chat->standard != NULL && chat->standard->adds_prefix)
        TRY(distill_ids_append_all(ids, chat->tok->prefix.at, chat->tok->prefix.count));
    TRY(tokenizer_encode_guarded(ids, chat->tok, text->text, guarded, text->input_count));
done:
    distill_free(guarded);
    return status;
}

distill_status distill_chat_encode_prompt(distill_ids *ids, const distill_chat *chat,
                                          const distill_message *messages, size_t count,
                                          const distill_render_options *options)
{
    distill_status status = DISTILL_OK;
    chat_rendering r = {.variables = &chat->variables};
    TRY(check_tokens(chat));
    TRY(chat_render_messages(&r, messages, count, options));
    TRY(encode(ids, chat, &r));
done:
    chat_rendering_end(&r);
    return status;
}

const char *distill_chat_think_prefix(const distill_chat *chat)
{
    // a thought that is also closed is not part of the reply
    return distill_think_has_close(distill_span_of(chat->written)) ? "" : chat->written;
}

static bool skip_text(distill_span *text, const char *head)
{
    size_t length = strlen(head);
    if (length == 0 || text->length < length || memcmp(text->bytes, head, length) != 0)
        return false;
    text->bytes += length;
    text->length -= length;
    return true;
}

/// Appends the ids of text that continues other text, without the "▁" that SentencePiece tokenizers
/// add at the beginning: encodes it after a line end, then drops the ids of that line end.
static distill_status encode_continued(distill_ids *ids, const distill_tokenizer *tok,
                                       distill_span text)
{
    distill_status status = DISTILL_OK;
    distill_ids line = {0}, both = {0};
    distill_text joined = {0};
    if (tok->byte_level) {
        TRY(distill_tokenizer_encode(ids, tok, text.bytes, text.length, DISTILL_PLAIN));
        goto done;
    }
    TRY(distill_text_add_char(&joined, '\n'));
    TRY(distill_text_add_span(&joined, text));
    TRY(distill_tokenizer_encode(&line, tok, "\n", 1, DISTILL_PLAIN));
    TRY(distill_tokenizer_encode(&both, tok, joined.bytes, joined.length, DISTILL_PLAIN));
    bool is_prefix =
        both.count >= line.count &&
        (line.count == 0 || memcmp(both.at, line.at, line.count * sizeof *line.at) == 0);
    if (is_prefix)
        TRY(distill_ids_append_all(ids, both.at + line.count, both.count - line.count));
    else
        TRY(distill_tokenizer_encode(ids, tok, text.bytes, text.length, DISTILL_PLAIN));
done:
    distill_ids_free(&line);
    distill_ids_free(&both);
    distill_text_free(&joined);
    return status;
}

distill_status distill_chat_encode_reply(distill_ids *ids, const distill_chat *chat,
                                         distill_span reply, bool complete)
{
    distill_status status = DISTILL_OK;
    TRY(check_tokens(chat));
    // A reply may begin with the opening tag without its line end.
    if (!skip_text(&reply, chat->written) && distill_chat_think_prefix(chat)[0] != '\0')
        (void)skip_text(&reply, DISTILL_THINK_OPEN);
    TRY(encode_continued(ids, chat->tok, reply));
    if (complete && chat->end_of_turn >= 0)
        TRY(distill_ids_append(ids, chat->end_of_turn));
done:
    return status;
}

int32_t distill_chat_end_of_turn(const distill_chat *chat)
{
    return chat->end_of_turn;
}

// ------------------------------------------------------------------------------------ observation

static const char PROBE[] = "Xq7probe"; // occurs in no template

/// Renders a conversation whose last message is PROBE and sets *tail to the text after it; empty if
/// the template fails or does not write the message.
static void observe(chat_rendering *r, distill_span *tail, size_t count,
                    const distill_render_options *options)
{
    const distill_message messages[] = {
        {.role = distill_span_of("user"), .content = distill_span_of(PROBE)},
        {.role = distill_span_of("assistant"), .content = distill_span_of(PROBE)}};
    *tail = (distill_span){"", 0};
    if (chat_render_messages(r, messages, count, options) != DISTILL_OK)
        return; // the error is met again when a prompt is rendered
    distill_span text = r->jinja.text;
    size_t at = distill_span_find_last(text, distill_span_of(PROBE));
    if (at != SIZE_MAX)
        *tail = (distill_span){text.bytes + at + strlen(PROBE), text.length - at - strlen(PROBE)};
}

/// Appends what the generation prompt has of the reply, with further variables (JSON, or "").
static distill_status observe_written(distill_text *out, const distill_chat *chat,
                                      distill_span kwargs)
{
    distill_status status = DISTILL_OK;
    chat_rendering r = {.variables = &chat->variables};
    distill_span tail;
    observe(&r, &tail, 1,
            &(distill_render_options){.add_generation_prompt = true, .kwargs = kwargs});
    size_t at = distill_span_find(tail, distill_span_of(DISTILL_THINK_OPEN), 0);
    size_t begin = at == SIZE_MAX ? tail.length : at;
    TRY(distill_text_append(out, tail.bytes + begin, tail.length - begin));
done:
    chat_rendering_end(&r);
    return status;
}

static distill_status observe_generation_prompt(distill_chat *chat)
{
    distill_status status = DISTILL_OK;
    distill_text written = {0};
    TRY(observe_written(&written, chat, (distill_span){"", 0}));
    TRY(distill_copy_string(&chat->written, written.bytes != NULL ? written.bytes : "",
                            written.length));
done:
    distill_text_free(&written);
    return status;
}

distill_status distill_chat_add_think_prefix(distill_text *out, const distill_chat *chat,
                                             distill_span kwargs)
{
    distill_status status = DISTILL_OK;
    size_t begin = out->length;
    if (kwargs.length == 0)
        return distill_text_add(out, distill_chat_think_prefix(chat));
    TRY(observe_written(out, chat, kwargs));
    distill_span written = {out->bytes + begin, out->length - begin};
    if (written.length > 0 && distill_think_has_close(written)) {
        out->length = begin;
        out->bytes[begin] = '\0';
    }
done:
    return status;
}

/// Finds the special token that begins the text after a reply, or sets chat->missing.
static distill_status find_token(distill_chat *chat, distill_span tail)
{
    distill_status status = DISTILL_OK;
    distill_ids ids = {0};
    tail = distill_span_trim(tail);
    TRY(tokenizer_encode_guarded(&ids, chat->tok, tail, NULL, 0));
    for (size_t i = 0; i < ids.count && i < 2; i++) // a space may be a token of its own
        if (chat->end_of_turn < 0 && (chat->tok->flags[ids.at[i]] & TOKEN_SPECIAL) != 0)
            chat->end_of_turn = ids.at[i];
    size_t end = distill_span_find(tail, distill_span_of(">"), 0);
    bool is_mark = tail.length > 2 && memcmp(tail.bytes, "<|", 2) == 0 && end != SIZE_MAX;
    if (chat->end_of_turn < 0 && is_mark && end + 2 < sizeof chat->missing)
        snprintf(chat->missing, sizeof chat->missing, "%.*s", (int)end + 1, tail.bytes);
done:
    distill_ids_free(&ids);
    return status;
}

static distill_status observe_end_of_turn(distill_chat *chat)
{
    distill_status status = DISTILL_OK;
    chat_rendering r = {.variables = &chat->variables};
    const char *known = chat->standard != NULL ? chat->standard->end_of_turn : NULL;
    distill_span tail;
    chat->end_of_turn = -1;
    if (known != NULL) {
        chat->end_of_turn = distill_tokenizer_id(chat->tok, known);
        if (chat->end_of_turn < 0)
            snprintf(chat->missing, sizeof chat->missing, "%s", known);
        goto done;
    }
    observe(&r, &tail, 2, &(distill_render_options){0});
    TRY(find_token(chat, tail));
    if (chat->end_of_turn < 0 && chat->missing[0] == '\0')
        chat->end_of_turn = distill_tokenizer_eos(chat->tok);
done:
    chat_rendering_end(&r);
    return status;
}

// --------------------------------------------------------------------------------------- opening

/// Copies the source of the template that `choice` stands for.
static distill_status read_source(distill_chat *chat, const char *choice)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    const char *own = chat->tok != NULL ? chat->tok->chat_template : NULL;
    bool automatic = strcmp(choice, "auto") == 0;
    chat->standard = chat_standard_find(choice);
    if (automatic && own == NULL)
        TRY(distill_fail(DISTILL_UNSUPPORTED,
                         "%s%sthere is no chat template; pass --chat-template none for a base "
                         "model, or the template that it was trained with (%s, or a file)",
                         chat->tok != NULL ? chat->tok->dir : "", chat->tok != NULL ? ": " : "",
                         CHAT_STANDARD_NAMES));
    if (automatic || chat->standard != NULL) {
        const char *source = automatic ? own : chat->standard->source;
        TRY(distill_copy_string(&chat->source, source, strlen(source)));
        goto done;
    }
    if (!distill_file_exists(choice))
        TRY(distill_fail(DISTILL_USAGE,
                         "--chat-template %s: expected auto, %s, or a Jinja file; there is no such "
                         "file",
                         choice, CHAT_STANDARD_NAMES));
    TRY(distill_file_read(&text, choice, MAX_TEMPLATE_BYTES));
    TRY(distill_copy_string(&chat->source, text.bytes, text.length));
done:
    distill_text_free(&text);
    return status;
}

/// Compiles the template, and names it.
static distill_status compile(distill_chat *chat, const char *choice)
{
    distill_status status = DISTILL_OK;
    char hash[DISTILL_SHA256_HEX];
    TRY(read_source(chat, choice));
    TRY(distill_sha256_bytes(hash, chat->source, strlen(chat->source)));
    if (chat->standard != NULL)
        snprintf(chat->name, sizeof chat->name, "%s", chat->standard->name);
    else
        snprintf(chat->name, sizeof chat->name, "sha256:%.16s", hash);
    status = jinja_compile(&chat->program, distill_span_of(chat->source));
    bool is_file = strcmp(choice, "auto") != 0 && chat->standard == NULL;
    if (status != DISTILL_OK)
        TRY(distill_fail_context(status, "%s: chat template",
                                 is_file || chat->tok == NULL ? choice : chat->tok->dir));
done:
    return status;
}

static distill_status read_options(distill_chat *chat, const distill_chat_options *options)
{
    distill_status status = DISTILL_OK;
    if (options->kwargs != NULL) {
        TRY(distill_json_parse(&chat->kwargs, options->kwargs, strlen(options->kwargs),
                               "--chat-template-kwargs"));
        if (distill_json_kind_of(distill_json_root(chat->kwargs)) != DISTILL_JSON_OBJECT)
            TRY(distill_fail(DISTILL_USAGE, "--chat-template-kwargs: expected a JSON object such "
                                            "as {\"enable_thinking\": false}"));
    }
    if (options->now != NULL) {
        if (!chat_date_is_valid(distill_span_of(options->now)))
            TRY(distill_fail(DISTILL_USAGE, "--now %s: expected a date such as 2024-07-26",
                             options->now));
        snprintf(chat->now, sizeof chat->now, "%s", options->now);
    }
done:
    return status;
}

/// True for copies of the templates of QwQ and DeepSeek-R1 with a switch that the published ones do
/// not have: it closes the thought at once unless enable_thinking is true. A variable that is not
/// given must not change what these models were trained with.
static bool assumes_thinking(const char *source)
{
    return strstr(source, "{%- if not enable_thinking -%}{{- '</think>' -}}") != NULL ||
           strstr(source, "{% if not enable_thinking %}{{- '</think>' -}}") != NULL;
}

/// The bos token of the models whose tokens a template writes, for a tokenizer that names none.
static const char *bos_of_source(const char *source)
{
    const char *family = strstr(source, "<|start_header_id|>") != NULL ? "llama3"
                         : strstr(source, "<｜Assistant｜>") != NULL   ? "deepseek-r1"
                                                                       : NULL;
    return family != NULL ? chat_standard_find(family)->bos : NULL;
}

static void set_variables(distill_chat *chat)
{
    const distill_tokenizer *tok = chat->tok;
    const char *bos = chat->standard != NULL ? chat->standard->bos : bos_of_source(chat->source);
    if (tok == NULL) // the server adds it
        bos = "";
    chat->variables = (chat_variables){.program = chat->program,
                                       .bos = bos,
                                       .kwargs = chat->kwargs,
                                       .assumes_thinking = assumes_thinking(chat->source),
                                       .now = chat->now[0] != '\0' ? chat->now : NULL};
    if (tok == NULL)
        return;
    if (tok->bos_text != NULL)
        chat->variables.bos = tok->bos_text;
    chat->variables.eos = tok->eos_text;
    chat->variables.pad = tok->pad_text;
    chat->variables.unk = tok->unk_text;
}

distill_status distill_chat_open(distill_chat **out, const distill_tokenizer *tok,
                                 const distill_chat_options *options)
{
    distill_status status = DISTILL_OK;
    distill_chat *chat = NULL;
    TRY(DISTILL_NEW(&chat, 1));
    chat->tok = tok;
    TRY(compile(chat, options->chat_template));
    TRY(read_options(chat, options));
    set_variables(chat);
    TRY(observe_generation_prompt(chat));
    if (tok != NULL && tok->merges != NULL) // it can encode
        TRY(observe_end_of_turn(chat));
    *out = chat;
    chat = NULL;
done:
    distill_chat_close(chat);
    return status;
}

void distill_chat_close(distill_chat *chat)
{
    if (chat == NULL)
        return;
    jinja_free(chat->program);
    distill_json_free(chat->kwargs);
    distill_free(chat->source);
    distill_free(chat->written);
    distill_free(chat);
}

const char *distill_chat_name(const distill_chat *chat)
{
    return chat->name;
}

const char *distill_chat_source(const distill_chat *chat)
{
    return chat->source;
}

bool distill_chat_uses_date(const distill_chat *chat)
{
    return jinja_uses_name(chat->program, "strftime_now");
}
