// distill/openai/chat_response.h - the replies in a server's response, streamed or not.
//
//     TRY(chat_response_begin(&response, n, K, limit_bytes));
//     TRY(chat_response_parse(&response, payload));     // each event, or the whole JSON body
//     chat_response_finish(&response, max_tokens);
//     TRY(chat_choice_text(&text, &response.choices[0], prefix));   // "<think>\n…\n</think>\n\n…"
//
// Private to distill/openai. No network here.
#ifndef DISTILL_OPENAI_CHAT_RESPONSE_H
#define DISTILL_OPENAI_CHAT_RESPONSE_H

#include "distill/base/text.h"

typedef enum chat_finish {
    CHAT_UNFINISHED,
    CHAT_STOP,    // the model ended it, or a stop string
    CHAT_LENGTH,  // at max_tokens
    CHAT_REFUSED, // for good: a content filter, a tool call
    CHAT_ABORTED  // by the server: worth another attempt
} chat_finish;

typedef struct chat_choice {
    distill_text thought, content;
    chat_finish finish;
    char finish_reason[32]; // as the server spells it
    size_t event;           // number of the last event that mentioned it
    size_t pieces;          // events with text: about one a token
    // with log-probabilities: a row a token
    int32_t *ids; // -1 = not given
    float *logprobs;
    int32_t *topk_ids;    // [count, K]
    float *topk_logprobs; // [count, K]; -infinity where the server gave fewer than K
    size_t count, capacity;
} chat_choice;

typedef struct chat_response {
    chat_choice *choices;
    size_t n, K, events;
    size_t limit_bytes; // of a choice's text
    bool is_ended;      // [DONE] arrived, or the response was one JSON body
    bool has_usage;
    size_t prompt_tokens, completion_tokens; // of the usage; all choices together
    bool has_error;                          // an error arrived instead of a reply
    long error_status;                       // the HTTP status that it names; 0 = none
    distill_text error;                      // the JSON
} chat_response;

/// Starts a response of `n` choices with at most `limit_bytes` of text each and K log-probabilities
/// a token. Discards an earlier one.
distill_status chat_response_begin(chat_response *response, size_t n, size_t K,
                                   size_t limit_bytes) DISTILL_MUST_CHECK;
/// Adds one event of a stream ("[DONE]" too), or the JSON body of a response that is not streamed.
/// Errors  FORMAT for anything else, and for a text beyond the limit.
distill_status chat_response_parse(chat_response *response,
                                   distill_span payload) DISTILL_MUST_CHECK;
/// Sets how choices without a finish_reason ended: where [DONE] arrived, they are complete.
void chat_response_finish(chat_response *response, size_t max_tokens);
void chat_response_free(chat_response *response);

/// True if the choice is complete, or refused for good.
bool chat_choice_is_final(const chat_choice *choice);
/// Tokens of choice `index`: the usage if it is the only choice; else the rows of its
/// log-probabilities; else the usage, divided by the length of the texts; else its pieces.
size_t chat_choice_tokens(const chat_response *response, size_t index);
/// Sets `out` to the reply's text. A thought that the server gave apart is written before the
/// answer with its tags. A content that closes a thought which the server's template opened gets
/// the opening tag, unless `prefix` (which the reply was forced to begin with) contains it.
distill_status chat_choice_text(distill_text *out, const chat_choice *choice,
                                distill_span prefix) DISTILL_MUST_CHECK;

#endif
