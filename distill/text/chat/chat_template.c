// distill/text/chat/chat_template.c - prompts and replies as text and as token ids.
//
// A checkpoint's template is not executed: chat_family.c recognises which known template it is, and
// chat_render.c renders that one.
#include "distill/text/chat/chat_template.h"

#include "distill/base/memory.h"
#include "distill/text/chat/chat_render.h"
#include "distill/text/chat/think.h"
#include "distill/text/tokenizer/tokenizer_parts.h"

#include <string.h>

struct distill_chat {
    const distill_tokenizer *tok; // borrowed
    chat_family family;
};

// ------------------------------------------------------------------------------------- rendering

static const char *bos_text(const distill_chat *chat)
{
    if (chat->tok == NULL) // the server adds it
        return "";
    return chat->tok->bos_text != NULL ? chat->tok->bos_text : chat->family.bos;
}

/// Renders into `out`; the caller frees r->guarded.
static distill_status render(chat_rendering *r, distill_text *out, const distill_chat *chat,
                             const distill_message *messages, size_t count,
                             const distill_render_options *options)
{
    *r = (chat_rendering){.family = &chat->family,
                          .options = options,
                          .messages = messages,
                          .count = count,
                          .bos = bos_text(chat),
                          .out = out};
    return chat_render(r);
}

distill_status distill_chat_render(distill_text *out, const distill_chat *chat,
                                   const distill_message *messages, size_t count,
                                   const distill_render_options *options)
{
    chat_rendering r;
    distill_status status = render(&r, out, chat, messages, count, options);
    distill_free(r.guarded);
    return status;
}

// -------------------------------------------------------------------------------------- encoding

static bool writes_own_bos(const distill_chat *chat)
{
    return chat->family.layout != CHAT_R1_ZERO && chat->family.layout != CHAT_NONE;
}

/// Checks that the vocabulary has the template's tokens; without them they would be encoded as
/// plain text.
static distill_status check_tokens(const distill_chat *chat)
{
    const char *end = chat->family.end_of_turn;
    if (end == NULL || distill_tokenizer_id(chat->tok, end) >= 0)
        return DISTILL_OK;
    return distill_fail(DISTILL_UNSUPPORTED,
                        "%s: the tokenizer has no %s, which the chat template %s requires; pass "
                        "another --chat-template (none for a base model)",
                        chat->tok->dir, end, chat->family.name);
}

distill_status distill_chat_encode_prompt(distill_ids *ids, const distill_chat *chat,
                                          const distill_message *messages, size_t count,
                                          const distill_render_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    chat_rendering r = {0};
    TRY(check_tokens(chat));
    TRY(render(&r, &text, chat, messages, count, options));
    if (!writes_own_bos(chat))
        TRY(distill_ids_append_all(ids, chat->tok->prefix.at, chat->tok->prefix.count));
    TRY(tokenizer_encode_guarded(ids, chat->tok, distill_text_span(&text), r.guarded,
                                 r.guarded_count));
done:
    distill_free(r.guarded);
    distill_text_free(&text);
    return status;
}

const char *distill_chat_think_prefix(const distill_chat *chat,
                                      const distill_render_options *options)
{
    const char *opening = chat_family_opening(&chat->family, options->thinking);
    // an opening that also closes the thought is not part of the reply
    return distill_think_has_close(distill_span_of(opening)) ? "" : opening;
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
                                         distill_span reply, const distill_render_options *options,
                                         bool complete)
{
    distill_status status = DISTILL_OK;
    const char *opening = chat_family_opening(&chat->family, options->thinking);
    TRY(check_tokens(chat));
    // A reply may begin with the opening tag without its line end.
    if (!skip_text(&reply, opening) && strcmp(opening, DISTILL_THINK_BEGIN) == 0)
        (void)skip_text(&reply, DISTILL_THINK_OPEN);
    TRY(encode_continued(ids, chat->tok, reply));
    int32_t end = distill_chat_end_of_turn(chat);
    if (complete && end >= 0)
        TRY(distill_ids_append(ids, end));
done:
    return status;
}

int32_t distill_chat_end_of_turn(const distill_chat *chat)
{
    const char *end = chat->family.end_of_turn;
    return end != NULL ? distill_tokenizer_id(chat->tok, end) : distill_tokenizer_eos(chat->tok);
}

// --------------------------------------------------------------------------------------- opening

static distill_status choose_family(chat_family *family, const distill_tokenizer *tok,
                                    distill_chat_choice choice)
{
    distill_status status = DISTILL_OK;
    bool automatic = choice == DISTILL_CHAT_AUTO;
    if (tok == NULL)
        return chat_family_standard(family, choice);
    if (automatic && tok->chat_template == NULL)
        return distill_fail(DISTILL_UNSUPPORTED,
                            "%s: the checkpoint has no chat template; pass --chat-template none "
                            "for a base model, or the template that it was trained with (%s)",
                            tok->dir, CHAT_FAMILY_NAMES);
    if (automatic) {
        status = chat_family_recognize(family, tok->chat_template);
        return status == DISTILL_OK ? status : distill_fail_context(status, "%s", tok->dir);
    }
    TRY(chat_family_standard(family, choice));
    // The checkpoint's own variant of the family takes precedence over the standard one.
    chat_family own;
    if (tok->chat_template != NULL &&
        chat_family_recognize(&own, tok->chat_template) == DISTILL_OK &&
        strcmp(own.name, family->name) == 0)
        *family = own;
done:
    return status;
}

distill_status distill_chat_open(distill_chat **out, const distill_tokenizer *tok,
                                 distill_chat_choice choice)
{
    distill_status status = DISTILL_OK;
    distill_chat *chat = NULL;
    TRY(DISTILL_NEW(&chat, 1));
    chat->tok = tok;
    TRY(choose_family(&chat->family, tok, choice));
    *out = chat;
    chat = NULL;
done:
    distill_chat_close(chat);
    return status;
}

void distill_chat_close(distill_chat *chat)
{
    distill_free(chat);
}

const char *distill_chat_name(const distill_chat *chat)
{
    return chat->family.name;
}
