// distill/text/chat/conversation_json.h - reads the conversations of published data sets, and
// messages that were stored as JSON.
//
//     conversation_json talk = {.message_count = 0};
//     TRY(conversation_json_read(&talk, doc, list, system, CONVERSATION_WITH_REPLY));
//     use(talk.messages);     // [{"role":"system","content":"…"},{"role":"user","content":"…"}]
//     use(talk.reply);        // <think>…</think>…
//     conversation_json_free(&talk);
//
// Layouts  OpenAI's {"role":…,"content":…} and ShareGPT's {"from":…,"value":…}, with their names of
//          roles (human, gpt, model, bot, observation, function_response); contents are a text, null
//          or a list of parts [{"type":"text","text":…},{"type":"thinking","thinking":…}].
// Messages are written in one form: "role", "content" (always a string), then all other members as
//          they were given (reasoning_content, tool_calls, name, …).
#ifndef DISTILL_TEXT_CHAT_CONVERSATION_JSON_H
#define DISTILL_TEXT_CHAT_CONVERSATION_JSON_H

#include "distill/base/json/json_reader.h"
#include "distill/text/chat/conversation.h"

typedef enum conversation_end {
    CONVERSATION_PROMPT,    // turns of the assistant after the last of the user are left out
    CONVERSATION_WITH_REPLY // the last turn is the assistant's: the reply
} conversation_end;

typedef struct conversation_json {
    distill_text messages; // JSON array of the turns before the reply
    distill_text prompt;   // text of the last of them that is the user's
    distill_text reply;    // the last turn, with its thought in tags and its tool calls; "" = none
    size_t message_count;  // in `messages`
    bool plain;            // `messages` is one turn of the user, without other members
    bool has_system;       // it begins with a system message (role system or developer)
} conversation_json;

/// Overwrites *out with the conversation `list`. `system`: text of a system message that the line
/// gives beside the list; it becomes the first message unless the list has one; "" = none.
/// Errors  FORMAT with the path of the message: no turn of the user, no reply at the end, a content
///         of another type (images).
distill_status conversation_json_read(conversation_json *out, const distill_json *doc,
                                      const distill_json_node *list, distill_span system,
                                      conversation_end end) DISTILL_MUST_CHECK;
/// Overwrites *out with a system message ("" = none) and one turn of the user.
distill_status conversation_json_set(conversation_json *out, distill_span system,
                                     distill_span prompt) DISTILL_MUST_CHECK;
void conversation_json_free(conversation_json *conversation);

/// Appends a message of any layout as a reply: its thought in tags, its content, its tool calls.
/// `thought`: a thought from elsewhere, used if the message has none; "" = none.
distill_status conversation_json_add_reply(distill_text *out, const distill_json *doc,
                                           const distill_json_node *message,
                                           distill_span thought) DISTILL_MUST_CHECK;

/// Messages that were stored as JSON, parsed.
typedef struct message_list {
    distill_message *at;
    size_t count;
    distill_json *doc;   // private: the texts
    distill_text fields; // private
} message_list;

/// Overwrites *out with the messages in `json`, an array that conversation_json_read wrote.
/// Errors  FORMAT with `name`.
distill_status message_list_parse(message_list *out, distill_span json,
                                  const char *name) DISTILL_MUST_CHECK;
void message_list_free(message_list *list);
/// Appends a message of the assistant as a reply: its thought in tags, its content, its tool calls.
distill_status message_add_reply(distill_text *out,
                                 const distill_message *message) DISTILL_MUST_CHECK;

#endif
