// distill/openai/chat_request.h - the OpenAI-compatible API as text: what is asked, and what the
// answer says. No network here.
//
//     TRY(chat_write(&body, &ask, &dialect));               // {"model":…,"messages":[…],…}
//     TRY(chat_reply_begin(&reply, n, K, limit_bytes));
//     TRY(chat_reply_take(&reply, payload));                // each event, or a whole JSON answer
//     TRY(chat_choice_text(&text, &reply.choices[0], prefix)); // "<think>\n…\n</think>\n\n…"
//
// Servers differ: what one refuses (`n`, `seed`, `stream_options`, `max_tokens`) is left out or
// renamed once its error message has said so (chat_dialect_learn).
// Private to the generate room.
#ifndef DISTILL_OPENAI_CHAT_REQUEST_H
#define DISTILL_OPENAI_CHAT_REQUEST_H

#include "distill/base/json/json_reader.h"
#include "distill/generate/generator.h"

/// What the servers do not take; all false at first.
typedef struct chat_dialect {
    bool single;           // one choice a request, no "n"
    bool no_seed;          // no "seed"
    bool no_stream_usage;  // no "stream_options"
    bool no_token_ids;     // no "return_tokens_as_token_ids" (vLLM)
    bool completion_limit; // "max_completion_tokens" for "max_tokens"
} chat_dialect;

typedef struct chat_ask {
    const char *model;
    const distill_request *request;
    const distill_sampling *sampling;
    size_t n, max_tokens;
} chat_ask;

/// Appends the JSON body. Messages and prefix make a chat completion, `text` a plain one.
distill_status chat_write(distill_text *out, const chat_ask *ask,
                          const chat_dialect *dialect) DISTILL_MUST_CHECK;
/// "/chat/completions" or "/completions".
const char *chat_path(const distill_request *request);

typedef enum chat_end {
    CHAT_OPEN,    // not at its end
    CHAT_STOP,    // the model ended it, or a stop string
    CHAT_LENGTH,  // at max_tokens
    CHAT_REFUSED, // for good: a content filter, a tool call
    CHAT_AGAIN    // the server gave up: worth another try
} chat_end;

typedef struct chat_choice {
    distill_text thoughts, content;
    chat_end end;
    char end_name[32]; // finish_reason as the server calls it
    size_t event;      // number of the last event that spoke of it
    size_t pieces;     // events that brought text: about one a token
    // with log-probabilities: a row a token
    int32_t *ids; // -1 = not told
    float *logprobs;
    int32_t *topk_ids;    // [count, K]
    float *topk_logprobs; // [count, K]; -infinity where the server gave fewer than K
    size_t count, capacity;
} chat_choice;

typedef struct chat_reply {
    chat_choice *choices;
    size_t n, K, events;
    size_t limit_bytes; // of a choice's text
    bool ended;         // [DONE] came, or the answer was one whole JSON
    bool has_usage;
    size_t prompt_tokens, reply_tokens; // usage; reply_tokens of all choices together
    bool failed;                        // an error came instead of a reply
    long failed_status;                 // the HTTP status that it names; 0 = none
    distill_text failure;               // the server's words
} chat_reply;

/// Forgets what was there before; `n` choices of at most `limit_bytes` of text.
distill_status chat_reply_begin(chat_reply *reply, size_t n, size_t K,
                                size_t limit_bytes) DISTILL_MUST_CHECK;
/// One event of a stream ("[DONE]" too), or the whole JSON of an answer that was not streamed.
/// Errors  FORMAT for what is no such JSON, and for a text beyond the limit.
distill_status chat_reply_take(chat_reply *reply, distill_span payload) DISTILL_MUST_CHECK;
/// Decides the end of choices that no finish_reason closed: with [DONE] they are complete.
void chat_reply_close(chat_reply *reply, size_t max_tokens);
void chat_reply_free(chat_reply *reply);
/// Is it whole, or refused for good?
bool chat_has_ended(const chat_choice *choice);
/// Tokens of choice `index`: as counted by log-probabilities; else the usage, shared out among
/// several choices by the length of their texts; else the pieces they came in.
size_t chat_choice_tokens(const chat_reply *reply, size_t index);

/// Sets `out` to the reply's text. Thoughts that came apart are put before the answer between think
/// tags; an answer that closes a thought which the server's template opened gets the opening tag,
/// unless `prefix` (what the reply was made to begin with) holds it.
distill_status chat_choice_text(distill_text *out, const chat_choice *choice,
                                distill_span prefix) DISTILL_MUST_CHECK;

/// Sets `out` to what an error body says, in one line of at most 400 bytes; occurrences of `secret`
/// (NULL = none) are blotted out.
distill_status chat_error_text(distill_text *out, distill_span body,
                               const char *secret) DISTILL_MUST_CHECK;
/// Replaces occurrences of `secret` (NULL = none) by stars.
void chat_blot_out(distill_text *text, const char *secret);
/// Learns from the text of a refusal. True if the request is worth another try; `what` then says
/// what is done from now on.
bool chat_dialect_learn(chat_dialect *dialect, const char **what, distill_span message, size_t n,
                        bool logprobs);
/// Reads "maximum context length is N tokens … has M input tokens" (vLLM, SGLang, OpenAI); false if
/// the text does not say so. *prompt = 0 if only N is told.
bool chat_error_context(size_t *context, size_t *prompt, distill_span message);

/// Reads "supports at most N completion tokens" (OpenAI) or "valid range of max_tokens is [1, N]"
/// (DeepSeek): the longest reply that the server gives; 0 if the text does not say so.
size_t chat_error_most_tokens(distill_span message);
/// What the user can do about a refusal that names a field of the request; "" if it names none.
const char *chat_error_hint(distill_span message);

/// Sets `out` to the id of the only model in the answer to GET /models; else fails naming them.
distill_status chat_models_only(distill_text *out, distill_span body,
                                const char *url) DISTILL_MUST_CHECK;

#endif
