// distill/text/chat/chat_template.h - conversations as text and token ids, in the format that a
// model was trained on.
//
//     distill_chat *chat = NULL;
//     const distill_chat_options choice = DISTILL_CHAT_DEFAULTS;
//     distill_render_options options = {.add_generation_prompt = true};
//     TRY(distill_chat_open(&chat, tok, &choice));
//     TRY(distill_chat_encode_prompt(&ids, chat, messages, count, &options));
//     … the model samples text; the reply is distill_chat_think_prefix(chat) + text …
//     distill_chat_close(chat);
//
// A chat template is a program in a subset of Jinja2, which is executed as transformers does it.
// Only the template produces special tokens, never the text of a message.
// Threads  a chat is immutable and may be shared.
#ifndef DISTILL_TEXT_CHAT_CHAT_TEMPLATE_H
#define DISTILL_TEXT_CHAT_CHAT_TEMPLATE_H

#include "distill/base/json/json_reader.h"
#include "distill/text/chat/chat_options.h"
#include "distill/text/chat/conversation.h"
#include "distill/text/tokenizer/tokenizer.h"

typedef struct distill_chat distill_chat;

/// Opens a template for a checkpoint's tokenizer, which is borrowed until close. Without a
/// tokenizer (NULL) only text can be rendered, with a template chosen by name or file and without
/// the bos token, which servers add.
/// Errors  UNSUPPORTED without a template, or for one that uses what the interpreter does not know;
///         FORMAT for a file that is not a template; USAGE for bad kwargs or a bad date.
distill_status distill_chat_open(distill_chat **out, const distill_tokenizer *tok,
                                 const distill_chat_options *options) DISTILL_MUST_CHECK;
void distill_chat_close(distill_chat *chat);
/// Which template it is, for settings: the name that it was chosen by, or "sha256:" and the
/// beginning of the hash of its source.
const char *distill_chat_name(const distill_chat *chat);
/// The source of the template.
const char *distill_chat_source(const distill_chat *chat);
/// True if the template writes the date (strftime_now).
bool distill_chat_uses_date(const distill_chat *chat);

/// Appends the text of the conversation.
/// Errors  FORMAT without messages, and for an error of the template or an exception that it
///         raises.
distill_status distill_chat_render(distill_text *out, const distill_chat *chat,
                                   const distill_message *messages, size_t count,
                                   const distill_render_options *options) DISTILL_MUST_CHECK;
/// The same for a conversation as JSON: {"messages": [...], "add_generation_prompt": bool, "tools":
/// [...], "documents": [...], "chat_template_kwargs": {...}, "now": "2024-07-26", "enable_thinking":
/// bool, "date_string": text}, all but the messages optional. Messages keep all their members.
distill_status distill_chat_render_json(distill_text *out, const distill_chat *chat,
                                        const distill_json *doc,
                                        const distill_json_node *conversation) DISTILL_MUST_CHECK;
/// Appends the ids of a conversation's text.
distill_status distill_chat_encode_prompt(distill_ids *ids, const distill_chat *chat,
                                          const distill_message *messages, size_t count,
                                          const distill_render_options *options) DISTILL_MUST_CHECK;
/// The part at the end of the generation prompt that belongs to the reply: "<think>\n" if the
/// template ends with it, or "".
const char *distill_chat_think_prefix(const distill_chat *chat);
/// Appends the same for a prompt with variables of its own (JSON, or ""), which may switch thinking
/// on or off.
distill_status distill_chat_add_think_prefix(distill_text *out, const distill_chat *chat,
                                             distill_span kwargs) DISTILL_MUST_CHECK;
/// Appends the training targets for `reply` after that prompt: without what the generation prompt
/// has of it, and with the end-of-turn token if the reply is complete.
distill_status distill_chat_encode_reply(distill_ids *ids, const distill_chat *chat,
                                         distill_span reply, bool complete) DISTILL_MUST_CHECK;
/// The token that ends the assistant's turn, as the template writes it; the tokenizer's eos token
/// if the template writes none; -1 if there is neither.
int32_t distill_chat_end_of_turn(const distill_chat *chat);

#endif
