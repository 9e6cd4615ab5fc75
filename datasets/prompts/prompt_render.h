// datasets/prompts/prompt_render.h - a prompt as text, token ids or messages: the input of a model.
//
//     prompt_style style;
//     TRY(prompt_style_create(&style, chat, NULL, "{prompt}\nAnswer in one word.", "<think>\n"));
//     TRY(prompt_encode(&ids, &style, tok, record));
//     … a complete reply is style.reply_start + the sampled text …
//     prompt_style_free(&style);
//
// The prompt replaces each {prompt} of the template. `system` is ignored where a conversation has a
// system message of its own. If the chat template ends with the beginning of the reply ("<think>\n"
// for DeepSeek-R1 distills), a think prefix that begins with the same text is not written twice. In
// template and prefix, "\n" typed as two characters is a line break; in the template only if no
// small letter follows, so that LaTeX (\neq, \nabla) is left alone.
#ifndef DATASETS_PROMPTS_PROMPT_RENDER_H
#define DATASETS_PROMPTS_PROMPT_RENDER_H

#include "datasets/prompts/prompt_record.h"
#include "distill/text/chat/chat_template.h"
#include "distill/text/chat/conversation_json.h"

typedef struct prompt_style {
    const distill_chat *chat; // borrowed; NULL: messages are sent to a server as they are
    const char *system;       // borrowed; NULL = none
    distill_text template;
    distill_text forced;      // text after the rendered template that the reply must begin with
    distill_text reply_start; // all text of a reply before its first sampled token
} prompt_style;

/// `system` and `think_prefix` may be NULL: none. `prompt_template` may be NULL: the prompt as
/// given.
/// Errors  USAGE if the template does not hold {prompt}.
distill_status prompt_style_create(prompt_style *out, const distill_chat *chat, const char *system,
                                   const char *prompt_template,
                                   const char *think_prefix) DISTILL_MUST_CHECK;
void prompt_style_free(prompt_style *style);

/// Appends all text of a reply before its first sampled token: style->reply_start, or what the
/// template writes with the prompt's own variables.
distill_status prompt_reply_start(distill_text *out, const prompt_style *style,
                                  const prompt_record *record) DISTILL_MUST_CHECK;

/// Appends the ids of the rendered conversation up to the first token to sample.
distill_status prompt_encode(distill_ids *ids, const prompt_style *style,
                             const distill_tokenizer *tok,
                             const prompt_record *record) DISTILL_MUST_CHECK;
/// Appends the same as text.
distill_status prompt_text(distill_text *out, const prompt_style *style,
                           const prompt_record *record) DISTILL_MUST_CHECK;

/// The messages of a prompt, system message and template applied, and what a chat template gets
/// beside them: `tools`, `documents` and `chat_template_kwargs` of the record's other fields. Borrows
/// from style and record.
typedef struct prompt_conversation {
    distill_message *messages;
    size_t count;
    distill_text user;              // the last turn of the user
    distill_render_options options; // for chat templates: the generation prompt, tools, kwargs
    // private
    message_list list;
    distill_text tools, documents, kwargs;
} prompt_conversation;
/// Errors  FORMAT for messages that are no conversation.
distill_status prompt_conversation_make(prompt_conversation *out, const prompt_style *style,
                                        const prompt_record *record) DISTILL_MUST_CHECK;
void prompt_conversation_free(prompt_conversation *conversation);

#endif
