// distill/openai/endpoint.h - load balancing over servers: concurrency windows, suspension.
//
//     endpoint *e = endpoint_choose(endpoints, count, now_s);   // NULL: all are busy or paused
//     endpoint_acquire(e);  …  endpoint_release(e);
//     endpoint_mark_alive(e);                                   // a piece of a reply arrived
//     if (endpoint_mark_failed(e, ENDPOINT_UNREACHABLE, jitter, now_s))
//         warn("… is suspended");
//
// Private to distill/openai. Pure functions: the time is an argument.
//
// A window limits the number of requests in flight at a server. "Too many requests" halves it; each
// full window of successful responses widens it by one (congestion avoidance; Jacobson 1988). A
// server that fails several times in a row is suspended, and probed with a single request after an
// exponentially growing pause.
#ifndef DISTILL_OPENAI_ENDPOINT_H
#define DISTILL_OPENAI_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct endpoint {
    char *url;
    size_t in_flight;
    double window, max_window; // requests in flight, now and at most
    size_t failures;           // in a row
    size_t outages;            // failed connections in a row
    size_t rate_limits;        // pauses in a row because of "too many requests"
    double paused_until_s;
    bool is_suspended; // until it responds; probed after the pause
    bool is_disabled;  // permanently: it rejects the key, or does not have the model
    bool has_replied;
    bool is_recognised, is_llama_cpp; // client_models.c
} endpoint;

typedef enum endpoint_failure {
    ENDPOINT_UNREACHABLE, // no connection
    ENDPOINT_FAULTY       // a server error, a timeout, a truncated or invalid response
} endpoint_failure;

/// The endpoint with the fewest requests in flight among those that can accept another; NULL if
/// there is none.
endpoint *endpoint_choose(endpoint *endpoints, size_t count, double now_s);
/// Time at which the next pause ends; infinity if no endpoint is paused.
double endpoint_next_resume_s(const endpoint *endpoints, size_t count, double now_s);
void endpoint_acquire(endpoint *e);
void endpoint_release(endpoint *e);
/// Records a response. True if the endpoint was suspended until now.
bool endpoint_mark_alive(endpoint *e);
/// A complete reply arrived: widens the window.
void endpoint_mark_completed(endpoint *e);
/// `jitter` is that of retry_backoff_s. True if the endpoint is suspended by this failure.
bool endpoint_mark_failed(endpoint *e, endpoint_failure failure, double jitter, double now_s);
/// Records "too many requests": pauses for `retry_after_s` (negative: backoff) and halves the
/// window, once for each pause.
void endpoint_mark_rate_limited(endpoint *e, double retry_after_s, double jitter, double now_s);

#endif
