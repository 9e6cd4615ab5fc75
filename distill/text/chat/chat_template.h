// distill/text/chat/chat_template.h - conversations as text and token ids, in the format that a
// model was trained on.
//
//     distill_chat *chat = NULL;
//     distill_render_options options = {.add_generation_prompt = true};
//     TRY(distill_chat_open(&chat, tok, DISTILL_CHAT_AUTO));
//     TRY(distill_chat_encode_prompt(&ids, chat, messages, count, &options));
//     … the model samples text; the reply is distill_chat_think_prefix(chat, &options) + text …
//     distill_chat_close(chat);
//
// Only the template produces special tokens, never the text of a message.
#ifndef DISTILL_TEXT_CHAT_CHAT_TEMPLATE_H
#define DISTILL_TEXT_CHAT_CHAT_TEMPLATE_H

#include "distill/text/chat/conversation.h"
#include "distill/text/tokenizer/tokenizer.h"

typedef struct distill_chat distill_chat;

/// Opens the template `choice` for a checkpoint's tokenizer, which is borrowed until close. Without
/// a tokenizer (NULL) only text can be rendered, in the standard variant of the chosen family and
/// without the bos token, which servers add.
/// Errors  UNSUPPORTED for an unknown template; the message suggests --chat-template.
distill_status distill_chat_open(distill_chat **out, const distill_tokenizer *tok,
                                 distill_chat_choice choice) DISTILL_MUST_CHECK;
void distill_chat_close(distill_chat *chat);
const char *distill_chat_name(const distill_chat *chat);

/// Appends the text of the conversation, as the published template renders it.
distill_status distill_chat_render(distill_text *out, const distill_chat *chat,
                                   const distill_message *messages, size_t count,
                                   const distill_render_options *options) DISTILL_MUST_CHECK;
/// Appends the ids of that text.
distill_status distill_chat_encode_prompt(distill_ids *ids, const distill_chat *chat,
                                          const distill_message *messages, size_t count,
                                          const distill_render_options *options) DISTILL_MUST_CHECK;
/// The part at the end of the generation prompt that belongs to the reply ("<think>\n" for
/// DeepSeek-R1 distills), or "".
const char *distill_chat_think_prefix(const distill_chat *chat,
                                      const distill_render_options *options);
/// Appends the training targets for `reply` after that prompt: without the think prefix, which is
/// in the prompt, and with the end-of-turn token if the reply is complete (`complete`).
distill_status distill_chat_encode_reply(distill_ids *ids, const distill_chat *chat,
                                         distill_span reply, const distill_render_options *options,
                                         bool complete) DISTILL_MUST_CHECK;
/// The token that ends the assistant's turn; -1 if the family has none.
int32_t distill_chat_end_of_turn(const distill_chat *chat);

#endif
