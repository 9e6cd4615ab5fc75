// distill/openai/client.h - a generator whose replies come from OpenAI-compatible servers.
//
//     const char *urls[] = {"https://api.example.com/v1"};
//     distill_client_options options = DISTILL_CLIENT_DEFAULTS;
//     options.urls = urls;
//     options.url_count = 1;
//     options.model = "some-model";
//     TRY(distill_client_open(&generator, &options));
//     TRY(distill_generator_run(generator, &sampling, &calls));
//
// Consecutive requests with the same prompt key are sent as one HTTP request ("n"), unless a server
// returns one reply at a time. Replies that are complete when a response breaks off are kept; only
// the others are requested again. Several servers share the load. retry_policy.h defines what is
// retried, endpoint.h when a server is suspended.
//
// A permanent failure is a completion with DISTILL_FINISH_ERROR. It is delivered only after a later
// request has succeeded, or at the end: 16 permanent failures in a row end the run with REMOTE
// instead and are not delivered. So an outage fails the run and not its prompts.
#ifndef DISTILL_OPENAI_CLIENT_H
#define DISTILL_OPENAI_CLIENT_H

#include "distill/generate/generator.h"

/// Strings are borrowed until close.
typedef struct distill_client_options {
    const char *const *urls; // base URLs, "https://api.example.com/v1"
    size_t url_count;
    const char *model;   // name on the servers; NULL = the only one that they list
    const char *api_key; // NULL = none; sent as a bearer token, never stored or logged
    size_t concurrency;  // HTTP requests in flight; 0 = 64
    size_t retries;      // of a request, after the first attempt
    // a request is aborted and retried after a time without a byte, without a token (comments do
    // not count), and in all; the last two: 0 = no limit
    double idle_timeout_s, content_timeout_s, total_timeout_s;
    double requests_per_minute; // 0 = no limit
    double tokens_per_minute;   // prompts and replies; 0 = no limit
} distill_client_options;

#define DISTILL_CLIENT_DEFAULTS                                                                    \
    {                                                                                              \
        .concurrency = 64, .retries = 8, .idle_timeout_s = 600, .content_timeout_s = 1800          \
    }

/// Requests the list of models if options->model is NULL; sends nothing else yet.
/// Errors  USAGE for an invalid URL, a URL with a password, or a key with blanks; REMOTE if no
///         server responds, or if the model is not given and the servers list none or several.
distill_status distill_client_open(distill_generator **out,
                                   const distill_client_options *options) DISTILL_MUST_CHECK;

#endif
