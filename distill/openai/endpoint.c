#include "distill/openai/endpoint.h"

#include "distill/openai/rate_limit.h"

#include <math.h>

enum { MOST_OUTAGES = 2, MOST_FAILURES = 8 }; // in a row, before it is left out
static const double SHORTEST_PAUSE_S = 0.05;

static bool can_take(const endpoint *e, double now_s)
{
    if (e->given_up || now_s < e->paused_until_s)
        return false;
    double room = e->left_out ? 1 : fmax(1, floor(e->window));
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

double endpoint_next_s(const endpoint *endpoints, size_t count, double now_s)
{
    double next = INFINITY;
    for (size_t i = 0; i < count; i++)
        if (!endpoints[i].given_up && endpoints[i].paused_until_s > now_s)
            next = fmin(next, endpoints[i].paused_until_s);
    return next;
}

void endpoint_begin(endpoint *e)
{
    e->in_flight++;
}

void endpoint_end(endpoint *e)
{
    e->in_flight--;
}

bool endpoint_answered(endpoint *e)
{
    bool back = e->left_out;
    e->left_out = false;
    e->proven = true;
    e->failures = e->outages = 0;
    return back;
}

void endpoint_completed(endpoint *e)
{
    e->refusals = 0;
    e->window = fmin(e->most, e->window + 1 / fmax(1, e->window));
}

bool endpoint_failed(endpoint *e, endpoint_failure failure, double share, double now_s)
{
    bool unreachable = failure == ENDPOINT_UNREACHABLE;
    if (now_s < e->paused_until_s) // others of the same moment have been counted
        return false;
    e->failures++;
    e->outages += unreachable;
    bool out = e->outages >= MOST_OUTAGES || e->failures >= MOST_FAILURES;
    if (!out && !unreachable)
        return false;
    size_t pauses = unreachable ? e->outages : e->failures - MOST_FAILURES + 1;
    e->paused_until_s = fmax(e->paused_until_s, now_s + backoff_s(pauses, share));
    bool news = out && !e->left_out;
    e->left_out = e->left_out || out;
    return news;
}

void endpoint_refused(endpoint *e, double retry_after_s, double share, double now_s)
{
    if (now_s >= e->paused_until_s) { // the first of those that were sent together
        e->refusals++;
        e->window = fmax(1, e->window / 2);
    }
    double wait_s = retry_after_s >= 0 ? retry_after_s : backoff_s(e->refusals, share);
    e->paused_until_s = fmax(e->paused_until_s, now_s + fmax(wait_s, SHORTEST_PAUSE_S));
}
