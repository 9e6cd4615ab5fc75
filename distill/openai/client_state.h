// distill/openai/client_state.h - private to served*.c: jobs, queues, and what a run knows.
#ifndef DISTILL_OPENAI_CLIENT_STATE_H
#define DISTILL_OPENAI_CLIENT_STATE_H

#include "distill/base/rng.h"
#include "distill/openai/client.h"
#include "distill/openai/client_response.h"
#include "distill/openai/endpoint.h"
#include "distill/openai/rate_limit.h"

enum {
    SERVED_TOGETHER = 32, // most replies of one HTTP request
    SERVED_DOUBTS = 16,   // failures for good without a success, before the run ends
    SERVED_STEP_MS = 100
};

/// One or more replies to one prompt, asked for by one HTTP request.
typedef struct served_job {
    distill_request requests[SERVED_TOGETHER]; // whose replies are missing
    size_t count;
    size_t max_tokens;
    served_answer answer;
    endpoint *at;          // NULL = not in flight
    size_t asked;          // replies asked for by the request in flight
    size_t attempts, busy; // that failed; that were answered with 429
    size_t dialect;        // lessons known when it was sent
    size_t pieces;         // of the answer, counted so far
    size_t body_bytes;
    double ready_s, estimate; // when it may be sent (again); tokens that the limit was charged with
    distill_text failure;     // failed for good: why
    struct served_job *next;  // in its queue
} served_job;

typedef struct served_queue {
    served_job *first, *last;
    size_t count;
} served_queue;

struct served {
    distill_remote_options options;
    char *model, *api_key;
    endpoint *endpoints;
    remote_net *net;
    chat_dialect dialect;
    size_t lessons;
    size_t most_tokens; // of any reply, as a server said; 0 = it did not
    rate_limit requests_limit, tokens_limit;
    double mean_reply; // tokens, for estimates; 0 = none seen yet
    distill_rng rng;   // jitter: need not be the same twice
    distill_remote_usage usage;
    uint64_t live; // pieces of replies in flight
    // of a run
    const distill_sampling *sampling;
    const distill_generator_calls *calls;
    served_queue waiting, flying,
        doubtful; // to be sent (again); in flight; failed for good, untold
    size_t replies_flying;
    distill_request ahead; // asked for, not in a served_job yet
    bool has_ahead, more, clipped;
    distill_text text, body, url;
    distill_status status; // of the first failure in a callback
};

void served_queue_add(served_queue *queue, served_job *j);
void served_queue_remove(served_queue *queue, served_job *j);
void served_queue_clear(served_queue *queue);
void served_job_free(served_job *j);

/// A request is at its end: tells what it brought, counts what it cost, and decides what becomes of
/// the rest. Failures of callbacks end up in s->status.
void served_settle(served *s, served_job *j, endpoint *e);
/// Tells the failures that were held back.
void served_tell_doubtful(served *s);
/// Adds what the job's answer has cost so far.
void served_count_usage(served *s, const served_job *j);
/// Tokens, prompt and replies, that the job will probably cost.
double served_estimate_tokens(const served *s, const served_job *j);
/// Keeps the first failure of a run.
void served_stop(served *s, distill_status status);
/// Sets s->model to the name of the only model that the first server that answers has.
/// Errors  REMOTE; INTERRUPTED.
distill_status served_find_model(served *s, double connect_timeout_s) DISTILL_MUST_CHECK;

#endif
