// distill/openai/chat_response.h - parses the replies in a server's response, streamed or not.
//
//     TRY(chat_response_begin(&response, n, K, limit_bytes));
//     TRY(chat_response_parse(&response, payload));     // each event, or the whole JSON body
//     chat_response_finish(&response, max_tokens);
//     TRY(chat_choice_text(&text, &response.choices[0], prefix));   // "<think>\n…\n</think>\n\n…"
//
// Private to distill/openai. No network access.
#ifndef DISTILL_OPENAI_CHAT_RESPONSE_H
#define DISTILL_OPENAI_CHAT_RESPONSE_H

#include "distill/base/text.h"

typedef enum chat_finish {
    CHAT_UNFINISHED,
    CHAT_STOP,    // ended by the model, or by a stop string
    CHAT_LENGTH,  // truncated at max_tokens
    CHAT_REFUSED, // permanently: by a content filter, or a tool call
    CHAT_ABORTED  // by the server: can be retried
} chat_finish;

typedef struct chat_choice {
    distill_text thought, content;
    chat_finish finish;
    char finish_reason[32]; // as sent by the server
    size_t event;           // number of the last event with this choice
    size_t pieces;          // events with text: about one per token
    // with log-probabilities: one row per token
    int32_t *ids; // -1 = unknown
    float *logprobs;
    int32_t *topk_ids;    // [count, K]
    float *topk_logprobs; // [count, K]; -infinity in entries that the server did not send
    size_t count, capacity;
} chat_choice;

typedef struct chat_response {
    chat_choice *choices;
    size_t n, K, events;
    size_t limit_bytes; // of a choice's text
    bool is_ended;      // [DONE] arrived, or the response was one JSON body
    bool has_usage;
    size_t prompt_tokens, completion_tokens; // usage of all choices together
    bool has_error;                          // the server sent an error instead of a reply
    long error_status;                       // HTTP status in the error; 0 = none
    distill_text error;                      // JSON of the error
} chat_response;

/// Starts a response of `n` choices. Each has at most `limit_bytes` of text and K log-probabilities
/// per token. Discards the previous response.
distill_status chat_response_begin(chat_response *response, size_t n, size_t K,
                                   size_t limit_bytes) DISTILL_MUST_CHECK;
/// Adds one event of a stream (including "[DONE]"), or the JSON body of a response that is not
/// streamed. Errors  FORMAT for anything else, and for text beyond the limit.
distill_status chat_response_parse(chat_response *response,
                                   distill_span payload) DISTILL_MUST_CHECK;
/// Decides how choices without a finish_reason ended: if [DONE] has arrived they are complete.
void chat_response_finish(chat_response *response, size_t max_tokens);
void chat_response_free(chat_response *response);

/// True if the choice is complete or permanently refused.
bool chat_choice_is_final(const chat_choice *choice);
/// Tokens of choice `index`: the usage if there is only one choice; else the number of its
/// log-probability rows; else its part of the usage by text length; else its pieces.
size_t chat_choice_tokens(const chat_response *response, size_t index);
/// Sets `out` to the reply's text. A thought in a separate field is written before the answer with
/// its tags. If the server's template opened the thought, so that the content only closes it, the
/// opening tag is added, unless it is in `prefix`, with which the reply was forced to begin.
distill_status chat_choice_text(distill_text *out, const chat_choice *choice,
                                distill_span prefix) DISTILL_MUST_CHECK;

#endif
