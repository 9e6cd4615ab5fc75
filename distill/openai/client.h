// distill/openai/client.h - a generator whose replies come from OpenAI-compatible servers.
//
//     const char *urls[] = {"https://api.example.com/v1"};
//     distill_client_options options = DISTILL_CLIENT_DEFAULTS;
//     options.urls = urls;
//     options.url_count = 1;
//     options.model = "some-model";
//     TRY(distill_client_open(&generator, &options));
//     TRY(distill_generator_run(generator, &sampling, &calls));   // next() gives messages, or a text
//
// Consecutive requests with one prompt key are sent as one HTTP request ("n"), until a server turns
// out to give one reply at a time. Replies that ended before a response broke off are kept; only
// the others are requested again. Several servers share the load. What is retried, and when a
// server is suspended, is in retry_policy.h and endpoint.h.
//
// A request that fails for good is a completion with DISTILL_FINISH_ERROR. It is delivered only
// after a later request has succeeded, or at the end: 16 such failures in a row without a success
// end the run with REMOTE instead, and are not delivered. So an outage fails the run and not its
// prompts.
#ifndef DISTILL_OPENAI_CLIENT_H
#define DISTILL_OPENAI_CLIENT_H

#include "distill/generate/generator.h"

/// Strings are borrowed until close.
typedef struct distill_client_options {
    const char *const *urls; // base URLs, "https://api.example.com/v1"
    size_t url_count;
    const char *model;          // the servers' name for it; NULL = the only one that they list
    const char *api_key;        // NULL = none; sent as a bearer token, never stored or logged
    size_t concurrency;         // HTTP requests in flight; 0 = 64
    size_t retries;             // of a request, after its first attempt
    double idle_timeout_s;      // without a byte, after which a request is aborted and retried
    double requests_per_minute; // 0 = no limit
    double tokens_per_minute;   // of prompts and replies; 0 = no limit
} distill_client_options;

#define DISTILL_CLIENT_DEFAULTS                                                                    \
    {                                                                                              \
        .concurrency = 64, .retries = 8, .idle_timeout_s = 600                                     \
    }

/// Requests the list of models if options->model is NULL; otherwise sends nothing yet.
/// Errors  USAGE for an invalid URL, or one with a password, and for a key with blanks; REMOTE if no
///         server responds, or if the model is not given and there is not exactly one.
distill_status distill_client_open(distill_generator **out,
                                   const distill_client_options *options) DISTILL_MUST_CHECK;

#endif
