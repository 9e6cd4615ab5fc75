// distill/openai/rate_limit.c - a token bucket whose level may become negative.
//
// The level is updated when it is used, from the time since the last update; there is no timer.
#include "distill/openai/rate_limit.h"

#include <math.h>

void rate_limit_start(rate_limit *limit, double per_minute, double now_s)
{
    double per_s = per_minute / 60;
    *limit = (rate_limit){.per_s = per_s, .capacity = fmax(per_s, 1), .updated_s = now_s};
    limit->level = limit->capacity;
}

static void refill(rate_limit *limit, double now_s)
{
    double gained = (now_s - limit->updated_s) * limit->per_s;
    limit->level = fmin(limit->capacity, limit->level + gained);
    limit->updated_s = now_s;
}

double rate_limit_wait_s(rate_limit *limit, double now_s)
{
    if (limit->per_s <= 0)
        return 0;
    refill(limit, now_s);
    return limit->level >= 1 ? 0 : (1 - limit->level) / limit->per_s;
}

void rate_limit_take(rate_limit *limit, double amount, double now_s)
{
    if (limit->per_s <= 0)
        return;
    refill(limit, now_s);
    limit->level -= amount;
}

void rate_limit_correct(rate_limit *limit, double estimate, double actual)
{
    if (limit->per_s > 0)
        limit->level = fmin(limit->capacity, limit->level + estimate - actual);
}
