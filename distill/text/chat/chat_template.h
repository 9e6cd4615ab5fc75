// distill/text/chat/chat_template.h - conversations as the families write them, and where the reply
// begins.
//
//     distill_chat *chat = NULL;
//     TRY(distill_chat_open(&chat, tok, "auto"));
//     TRY(distill_chat_encode_prompt(&ids, chat, messages, count, &DISTILL_RENDER_PROMPT));
//     ... the model samples a reply; a complete reply is distill_chat_think_prefix(chat, &options)
//     + sampled text ...
//
// Special tokens come from the template alone: text of messages never produces one.
#ifndef DISTILL_TEXT_CHAT_CHAT_TEMPLATE_H
#define DISTILL_TEXT_CHAT_CHAT_TEMPLATE_H

#include "distill/text/tokenizer/tokenizer.h"

/// Names that distill_chat_open takes, for options.
#define DISTILL_CHAT_CHOICES "auto|chatml|qwen3|qwq|llama3|deepseek-r1|r1-zero|none"

typedef struct distill_message {
    distill_span role; // "system", "user", "assistant"
    distill_span content;
} distill_message;

typedef enum distill_thinking {
    DISTILL_THINKING_UNSET,
    DISTILL_THINKING_OFF,
    DISTILL_THINKING_ON
} distill_thinking;

typedef struct distill_render_options {
    bool add_generation_prompt;
    distill_thinking thinking; // Qwen3
    const char *date_string;   // Llama 3.x; NULL = the template's own default
} distill_render_options;

typedef struct distill_chat distill_chat;

/// With `tok` NULL only text can be rendered, in the standard form of the family that is named, and
/// without the token that begins a text: for servers, which put it in front themselves.
/// `name`: "auto" (recognised from the checkpoint's chat_template), chatml, qwen3, llama3,
/// deepseek-r1, r1-zero or none. Errors  UNSUPPORTED for a template that is not known, naming
/// --chat-template.
distill_status distill_chat_open(distill_chat **out, const distill_tokenizer *tok,
                                 const char *name) DISTILL_MUST_CHECK;
void distill_chat_close(distill_chat *chat);
const char *distill_chat_name(const distill_chat *chat);

/// Appends the exact text the family's published template gives.
distill_status distill_chat_render(distill_text *out, const distill_chat *chat,
                                   const distill_message *messages, size_t count,
                                   const distill_render_options *options) DISTILL_MUST_CHECK;
/// Appends the ids of that text (generation prompt as the options say).
distill_status distill_chat_encode_prompt(distill_ids *ids, const distill_chat *chat,
                                          const distill_message *messages, size_t count,
                                          const distill_render_options *options) DISTILL_MUST_CHECK;
/// Text at the end of the generation prompt that belongs to the reply ("<think>\n" for DeepSeek-R1
/// distills), or "".
const char *distill_chat_think_prefix(const distill_chat *chat,
                                      const distill_render_options *options);
/// Appends the ids to learn for `reply` after that prompt: without the think prefix that the prompt
/// already has, with the end-of-turn token behind (unless `complete` is false: a truncated reply
/// has no end).
distill_status distill_chat_encode_reply(distill_ids *ids, const distill_chat *chat,
                                         distill_span reply, const distill_render_options *options,
                                         bool complete) DISTILL_MUST_CHECK;
/// Token that ends the assistant's turn (-1 if the family has none).
int32_t distill_chat_end_of_turn(const distill_chat *chat);

#endif
