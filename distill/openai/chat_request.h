// distill/openai/chat_request.h - the JSON body of a request to an OpenAI-compatible server.
//
//     const chat_request chat = {model, &request, &sampling, n, max_tokens};
//     TRY(chat_request_write(&body, &chat, &dialect));   // {"model":…,"messages":[…],…}
//
// Private to distill/openai. No network access.
//
// Servers accept different fields (`n`, `seed`, `stream_options`, `max_tokens`). A field that a
// server has rejected is left out or renamed in all later requests (chat_error.h).
#ifndef DISTILL_OPENAI_CHAT_REQUEST_H
#define DISTILL_OPENAI_CHAT_REQUEST_H

#include "distill/generate/generator.h"

/// What the servers do not accept; initially all false.
typedef struct chat_dialect {
    bool one_choice;            // one choice per request, no "n"
    bool no_seed;               // no "seed"
    bool no_stream_usage;       // no "stream_options"
    bool no_token_ids;          // no "return_tokens_as_token_ids" (vLLM)
    bool max_completion_tokens; // "max_completion_tokens" instead of "max_tokens"
} chat_dialect;

/// `n` replies to one request.
typedef struct chat_request {
    const char *model;
    const distill_request *request;
    const distill_sampling *sampling;
    size_t n, max_tokens;
    size_t redraws; // earlier attempts whose reply was empty: another seed for each
} chat_request;

/// Appends the JSON body: a chat completion of messages and prefix, or a plain completion of
/// `text`.
distill_status chat_request_write(distill_text *out, const chat_request *chat,
                                  const chat_dialect *dialect) DISTILL_MUST_CHECK;
/// "/chat/completions" or "/completions".
const char *chat_request_path(const distill_request *request);

#endif
