// distill/openai/client_response.h - one HTTP response: received in pieces, then classified.
//
//     TRY(client_response_begin(&response, n, sampling, max_tokens));
//     next = client_response_receive(&response, &head, bytes);      // from http_client.h
//     TRY(client_response_end(&response, &http, api_key));
//     if (response.outcome == RETRY_SUCCESS) …  // final choices are in `chat` with any outcome
//
// Private to distill/openai. Everything received is bounded: texts, events, bodies and error
// messages have limits.
#ifndef DISTILL_OPENAI_CLIENT_RESPONSE_H
#define DISTILL_OPENAI_CLIENT_RESPONSE_H

#include "distill/generate/generator.h"
#include "distill/openai/chat_response.h"
#include "distill/openai/http_client.h"
#include "distill/openai/retry_policy.h"
#include "distill/openai/sse.h"

typedef struct client_response {
    chat_response chat;
    retry_outcome outcome; // SUCCESS: complete, possibly with fewer choices than requested
    distill_text reason;   // if not SUCCESS: status and message, with the key masked
    double retry_after_s;  // negative = none
    long status;           // HTTP; 0 = none arrived
    // while receiving
    enum { RESPONSE_UNKNOWN, RESPONSE_EVENTS, RESPONSE_BODY, RESPONSE_ERROR } format;
    sse_parser events;
    distill_text body;
    size_t body_limit, skipped_bytes, max_tokens;
    bool is_invalid; // not a response of this API; see `reason`
} client_response;

/// Starts a response; discards the previous one.
distill_status client_response_begin(client_response *response, size_t n,
                                     const distill_sampling *sampling,
                                     size_t max_tokens) DISTILL_MUST_CHECK;
/// HTTP_ENOUGH once the replies are complete, whether the response has ended or not; HTTP_LAST once
/// only the usage can follow; HTTP_ABORT if the rest is of no use.
http_next client_response_receive(client_response *response, const http_response *head,
                                  distill_span bytes);
/// Sets outcome, reason, status and retry_after_s. Errors  NO_MEMORY.
distill_status client_response_end(client_response *response, const http_response *http,
                                   const char *api_key) DISTILL_MUST_CHECK;
/// Number of pieces of text received so far, which is about the number of tokens.
size_t client_response_pieces(const client_response *response);
void client_response_free(client_response *response);

#endif
