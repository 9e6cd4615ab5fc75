// distill/openai/chat_response.h - parses the replies in a server's response, streamed or not.
//
//     TRY(chat_response_begin(&response, n, K, limit_bytes));
//     TRY(chat_response_parse(&response, payload));     // each event, or the whole JSON body
//     chat_response_finish(&response, max_tokens);
//     TRY(chat_choice_text(&text, &response.choices[0], prefix));   // "<think>\n…\n</think>\n\n…"
//
// Private to distill/openai: chat_response.c (events, log-probabilities), chat_usage.c (tokens).
// No network access.
#ifndef DISTILL_OPENAI_CHAT_RESPONSE_H
#define DISTILL_OPENAI_CHAT_RESPONSE_H

#include "distill/openai/chat_choice.h"

typedef struct chat_response {
    chat_choice *choices;
    size_t n, K, events;
    size_t limit_bytes;                      // of a choice's text
    bool is_ended;                           // [DONE] arrived, or the response was one JSON body
    bool has_usage, has_own_usage;           // the server counted all choices, or each
    size_t prompt_tokens, completion_tokens; // of all choices together
    size_t usages;                           // number of counts that arrived
    size_t last_usage_tokens;                // completion tokens of the last one
    bool usages_rise;                        // each was larger than the one before
    size_t usage_event, final_event;         // events with the last count, and the last end
    size_t last_final;                       // choice that ended last; SIZE_MAX = none
    bool has_error;                          // the server sent an error instead of a reply
    long error_status;                       // HTTP status in the error; 0 = none
    distill_text error, scratch;             // JSON of the error; a payload that is changed
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

/// True if every choice has ended, with a finish_reason.
bool chat_response_is_final(const chat_response *response);
/// True if nothing that matters can follow: [DONE] has arrived, or all choices have ended and the
/// usage has arrived since.
bool chat_response_is_complete(const chat_response *response);
/// Adds a count: of choice `owner`, or SIZE_MAX if the event does not say of which (chat_usage.c).
void chat_usage_add(chat_response *response, size_t prompt, size_t completion, size_t owner);
/// Tokens of choice `index`, with the token that ended it: its own usage, or its part of the usage
/// by log-probability rows, by pieces or by text length, so that the parts add up. Without a usage
/// its rows, or its pieces and the end token.
size_t chat_choice_tokens(const chat_response *response, size_t index);

#endif
