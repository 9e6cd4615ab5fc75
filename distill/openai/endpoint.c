// distill/openai/endpoint.c - chooses a server, and suspends servers that fail.
//
// Requests that are in flight at the same time tend to fail together. Only the first failure of
// such a burst is counted: failures during a pause are ignored.
#include "distill/openai/endpoint.h"

#include "distill/openai/retry_policy.h"

#include <math.h>

enum { MAX_OUTAGES = 2, MAX_FAILURES = 8 }; // in a row, until the server is suspended
static const double MIN_PAUSE_S = 0.05;

static bool can_take(const endpoint *e, double now_s)
{
    if (e->is_disabled || now_s < e->paused_until_s)
        return false;
    double room = e->is_suspended ? 1 : fmax(1, floor(e->window));
    return (double)e->in_flight < room;
}

endpoint *endpoint_choose(endpoint *endpoints, size_t count, double now_s)
{
    endpoint *best = NULL;
    for (size_t i = 0; i < count; i++) {
        endpoint *e = &endpoints[i];
        if (can_take(e, now_s) && (best == NULL || e->in_flight < best->in_flight))
            best = e;
    }
    return best;
}

double endpoint_next_resume_s(const endpoint *endpoints, size_t count, double now_s)
{
    double next = INFINITY;
    for (size_t i = 0; i < count; i++)
        if (!endpoints[i].is_disabled && endpoints[i].paused_until_s > now_s)
            next = fmin(next, endpoints[i].paused_until_s);
    return next;
}

void endpoint_acquire(endpoint *e)
{
    e->in_flight++;
}

void endpoint_release(endpoint *e)
{
    e->in_flight--;
}

bool endpoint_mark_alive(endpoint *e)
{
    bool was_suspended = e->is_suspended;
    e->is_suspended = false;
    e->has_replied = true;
    e->failures = e->outages = 0;
    return was_suspended;
}

void endpoint_mark_completed(endpoint *e)
{
    e->rate_limits = 0;
    e->window = fmin(e->max_window, e->window + 1 / fmax(1, e->window));
}

bool endpoint_mark_failed(endpoint *e, endpoint_failure failure, double jitter, double now_s)
{
    bool unreachable = failure == ENDPOINT_UNREACHABLE;
    if (now_s < e->paused_until_s) // part of a burst that was counted
        return false;
    e->failures++;
    e->outages += unreachable;
    bool suspend = e->outages >= MAX_OUTAGES || e->failures >= MAX_FAILURES;
    if (!suspend && !unreachable)
        return false;
    size_t pauses = unreachable ? e->outages : e->failures - MAX_FAILURES + 1;
    e->paused_until_s = fmax(e->paused_until_s, now_s + retry_backoff_s(pauses, jitter));
    bool is_new = suspend && !e->is_suspended;
    e->is_suspended = e->is_suspended || suspend;
    return is_new;
}

void endpoint_mark_rate_limited(endpoint *e, double retry_after_s, double jitter, double now_s)
{
    if (now_s >= e->paused_until_s) { // the first of a burst
        e->rate_limits++;
        e->window = fmax(1, e->window / 2);
    }
    double wait_s = retry_after_s >= 0 ? retry_after_s : retry_backoff_s(e->rate_limits, jitter);
    e->paused_until_s = fmax(e->paused_until_s, now_s + fmax(wait_s, MIN_PAUSE_S));
}
