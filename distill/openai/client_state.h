// distill/openai/client_state.h - private header of the module client: client.c (sending, the run),
// client_retry.c (completed requests), client_models.c (models and kinds of servers).
//
// A job is one HTTP request for one or more replies to a prompt. It is in one queue at a time:
//
//     pending ──► in_flight ──► freed             all its replies are delivered
//        ▲            │
//        └────────────┼──► failed                 permanent failure, not delivered yet
//          retry      ▼
#ifndef DISTILL_OPENAI_CLIENT_STATE_H
#define DISTILL_OPENAI_CLIENT_STATE_H

#include "distill/base/rng.h"
#include "distill/openai/chat_request.h"
#include "distill/openai/client.h"
#include "distill/openai/client_response.h"
#include "distill/openai/endpoint.h"
#include "distill/openai/rate_limit.h"

enum {
    CLIENT_MAX_CHOICES = 32,  // replies of one HTTP request
    CLIENT_MAX_FAILURES = 16, // permanent failures in a row that end the run
    CLIENT_POLL_MS = 100
};

typedef struct client_job {
    distill_request requests[CLIENT_MAX_CHOICES]; // missing replies
    size_t count;
    size_t max_tokens;
    client_response response;
    endpoint *server;        // NULL = not in flight
    size_t n;                // choices of the HTTP request
    size_t failures;         // attempts with a transient failure
    size_t empties;          // attempts that the server ended without a text
    size_t rate_limits;      // attempts answered with 429
    size_t dialect_version;  // when the request was sent
    size_t pieces;           // of the response, counted so far
    size_t body_bytes;       // of the HTTP request
    double ready_s;          // not sent before this time
    double estimated_tokens; // charged to the rate limit
    distill_text failure;    // reason of a permanent failure
    struct client_job *next; // in its queue
} client_job;

typedef struct client_queue {
    client_job *first, *last;
    size_t count;
} client_queue;

typedef struct client {
    distill_generator base;
    distill_client_options options;
    retry_policy policy;
    char *model, *api_key;
    endpoint *endpoints;
    http_client *http;
    chat_dialect dialect;
    size_t dialect_version;  // number of changes of the dialect
    size_t max_reply_tokens; // the servers' limit; 0 = unknown
    rate_limit requests_limit, tokens_limit;
    double mean_reply_tokens; // for estimates; 0 = no reply yet
    distill_rng jitter;       // seeded with the time: it affects no output
    distill_usage usage;
    uint64_t live_pieces; // of replies in flight
    // state of a run
    const distill_sampling *sampling;
    const distill_generator_calls *calls;
    client_queue pending, in_flight, failed;
    size_t replies_in_flight;
    distill_request next; // fetched from the caller, not in a job yet
    bool has_next;
    bool has_more; // the caller may have more requests
    bool clip_noted, mask_warned;
    distill_text text, body, url;
    distill_status status; // first failure of a callback
} client;

void client_queue_add(client_queue *queue, client_job *job);
void client_queue_remove(client_queue *queue, client_job *job);
void client_queue_clear(client_queue *queue);
void client_job_free(client_job *job);

// client_retry.c

/// Handles a job whose HTTP request has completed: delivers replies, then retries the rest, fails
/// it, or frees the job. Failures of callbacks are stored in c->status.
void client_complete(client *c, client_job *job, endpoint *e);
/// Delivers the permanent failures whose delivery was deferred.
void client_deliver_failures(client *c);
/// Adds the tokens of the job's response to the usage, and corrects the rate limit.
void client_count_usage(client *c, const client_job *job);
/// Estimated number of tokens of the job, prompt and replies.
double client_estimate_tokens(const client *c, const client_job *job);
/// Ends the run with `status`, unless it is already ending with another failure.
void client_stop(client *c, distill_status status);

// client_models.c

/// The models that a server lists.
typedef struct client_models {
    char **names;
    size_t count;
    bool is_known; // the server has responded with a list
} client_models;

/// Sets c->model: the one that is given, or the only one that the servers list in common. Requests
/// the lists if it is not given, or if there are several servers.
/// Errors  REMOTE if no server responds, if the lists have several models or none in common, or if
///         only some have the given one; INTERRUPTED.
distill_status client_find_model(client *c) DISTILL_MUST_CHECK;
/// Chooses from `count` lists, of which some may be unknown; *name is the given model or NULL, and
/// is set to the only common one.
distill_status client_choose_model(const char **name, const endpoint *endpoints,
                                   const client_models *lists, size_t count) DISTILL_MUST_CHECK;
/// Adds the ids in the body of GET /models, with `secret` masked. Errors  FORMAT.
distill_status client_parse_models(client_models *models, distill_span body, const char *url,
                                   const char *secret) DISTILL_MUST_CHECK;
bool client_models_have(const client_models *models, const char *name);
void client_models_free(client_models *models);
/// Finds out once, with up to two requests, whether the server is llama.cpp's. Errors  INTERRUPTED.
distill_status client_recognise(client *c, endpoint *e) DISTILL_MUST_CHECK;
/// Sends one choice per request from now on if the server is llama.cpp's.
void client_use_server_kind(client *c, const endpoint *e);

#endif
