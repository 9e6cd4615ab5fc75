// distill/openai/chat_choice.h - one reply of a response: its text as it arrives, and how it ended.
//
//     TRY(chat_choice_add(&choice, doc, delta, limit_bytes));       // of each event, or the message
//     chat_choice_set_finish(&choice, reason);                      // "stop", "LENGTH", …
//     TRY(chat_choice_text(&text, &choice, prefix));                // "<think>\n…\n</think>\n\n…"
//
// Private to distill/openai. Servers give the thought in a field of its own (several names), as a
// part of the content, between tags in the content, or in two of these places at once.
#ifndef DISTILL_OPENAI_CHAT_CHOICE_H
#define DISTILL_OPENAI_CHAT_CHOICE_H

#include "distill/base/json/json_reader.h"
#include "distill/base/text.h"

typedef enum chat_finish {
    CHAT_UNFINISHED,
    CHAT_STOP,    // ended by the model, or by a stop string
    CHAT_LENGTH,  // truncated at max_tokens
    CHAT_REFUSED, // permanently, by a content filter for example
    CHAT_ABORTED  // by the server: can be retried
} chat_finish;

/// A call of a tool.
typedef struct chat_call {
    distill_text name, arguments; // the arguments as JSON
} chat_call;
enum { CHAT_MAX_CALLS = 64 };

typedef struct chat_choice {
    distill_text thought, content;
    chat_call *calls; // [CHAT_MAX_CALLS]; NULL = none
    size_t call_count;
    chat_finish finish;
    char finish_reason[64]; // as sent by the server
    size_t event;           // number of the last event with this choice
    size_t pieces;          // events with text: about one per token
    bool has_usage;         // the server counted this choice alone
    size_t usage_tokens;
    // with log-probabilities: one row per token
    int32_t *ids; // -1 = unknown
    float *logprobs;
    int32_t *topk_ids;    // [count, K]
    float *topk_logprobs; // [count, K]; -infinity in entries that the server did not send
    size_t count, capacity;
} chat_choice;

/// Adds the thought and the content of `message`: the member of this name in a response that is
/// not streamed, `delta` in an event, or the choice itself in a plain completion.
/// Errors  FORMAT for content of another type, text after the end, or beyond `limit_bytes`.
distill_status chat_choice_add(chat_choice *choice, const distill_json *doc,
                               const distill_json_node *message,
                               size_t limit_bytes) DISTILL_MUST_CHECK;
/// Upper and lower case are equal; "" and "null" leave the choice unfinished.
void chat_choice_set_finish(chat_choice *choice, distill_span reason);
void chat_choice_free(chat_choice *choice);

/// Replaces each half of a UTF-16 pair whose other half never arrived by U+FFFD.
void chat_choice_repair(chat_choice *choice);
/// Bytes of thought, content and calls.
size_t chat_choice_bytes(const chat_choice *choice);
/// True if the choice is complete or permanently refused.
bool chat_choice_is_final(const chat_choice *choice);
/// True if the server ended the reply without any text.
bool chat_choice_is_empty(const chat_choice *choice);

/// Sets `out` to the reply's text. A thought in a separate field is written before the answer with
/// its tags, unless the content repeats it. If the server's template opened the thought, so that
/// the content only closes it, the opening tag is added, unless it is in `prefix`, with which the
/// reply was forced to begin. Calls of tools follow, in the form of Hermes and Qwen:
///     <tool_call>\n{"name": …, "arguments": …}\n</tool_call>
distill_status chat_choice_text(distill_text *out, const chat_choice *choice,
                                distill_span prefix) DISTILL_MUST_CHECK;

#endif
