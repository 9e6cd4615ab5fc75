// distill/openai/endpoint.h - one server among several: how much it is given, and when it is left
// out. Pure functions of the time that they are given.
//
//     endpoint *e = endpoint_choose(endpoints, count, now_s);   // NULL: none can take more now
//     endpoint_begin(e);  …  endpoint_end(e);
//     endpoint_answered(e);                            // it works: a first piece of a reply came
//     if (endpoint_failed(e, ENDPOINT_UNREACHABLE, share, now_s)) note("… is left out");
//
// A server that says "too many requests" is given half as many at once, then more again, one for
// each full window of good answers (Jacobson's congestion avoidance, 1988). One that fails several
// times in a row is left out, and tried with a single request after a growing pause.
// Private to the generate room.
#ifndef DISTILL_OPENAI_ENDPOINT_H
#define DISTILL_OPENAI_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct endpoint {
    char *url;
    size_t in_flight;
    double window, most; // requests at once, now and at most
    size_t failures;     // in a row
    size_t outages;      // times in a row that it could not be reached
    size_t refusals;     // pauses in a row that it asked for
    double paused_until_s;
    bool left_out; // until it answers again; tried when the pause is over
    bool given_up; // for good: it does not take the key, or has no such model
    bool proven;   // has answered well
} endpoint;

typedef enum endpoint_failure {
    ENDPOINT_UNREACHABLE, // no connection
    ENDPOINT_FAULTY       // a server error, silence, a cut or senseless reply
} endpoint_failure;

/// The one with the fewest requests in flight among those that can take one more; NULL if none can.
endpoint *endpoint_choose(endpoint *endpoints, size_t count, double now_s);
/// When the next pause ends; infinity if no endpoint pauses.
double endpoint_next_s(const endpoint *endpoints, size_t count, double now_s);
void endpoint_begin(endpoint *e);
void endpoint_end(endpoint *e);
/// It works. True if it had been left out.
bool endpoint_answered(endpoint *e);
/// A whole reply came: the window opens a little.
void endpoint_completed(endpoint *e);
/// `share` in 0 … 1 is drawn (backoff_s). True if it is left out from now on.
bool endpoint_failed(endpoint *e, endpoint_failure failure, double share, double now_s);
/// "Too many requests": pauses for `retry_after_s` (negative: not told) and halves the window, once
/// a pause.
void endpoint_refused(endpoint *e, double retry_after_s, double share, double now_s);

#endif
