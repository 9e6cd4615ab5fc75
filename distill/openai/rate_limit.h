// distill/openai/rate_limit.h - how fast requests may be sent, and how long to wait after a
// failure. Pure functions of the time that they are given.
//
//     rate_limit_start(&limit, 60, now_s);                      // 60 a minute, evenly
//     if (rate_limit_wait_s(&limit, now_s) == 0) rate_limit_take(&limit, 1, now_s);
//     ready_s = now_s + backoff_s(failures, distill_rng_uniform(&rng));
//
// Private to the generate room.
#ifndef DISTILL_OPENAI_RATE_LIMIT_H
#define DISTILL_OPENAI_RATE_LIMIT_H

#include "distill/base/text.h"

#include <time.h>

/// A bucket that fills at an even rate and holds what one second brings (at least 1). What is taken
/// may leave it in debt: a request that is larger than the bucket waits for the debt of the one
/// before it, then goes.
typedef struct rate_limit {
    double per_s; // 0 = no limit
    double level, most;
    double at_s; // when `level` was right
} rate_limit;

void rate_limit_start(rate_limit *limit, double per_minute, double now_s);
/// Seconds until something may be taken; 0 = now.
double rate_limit_wait_s(rate_limit *limit, double now_s);
void rate_limit_take(rate_limit *limit, double amount, double now_s);
/// What was taken turned out to be `actual` instead of `estimate`.
void rate_limit_correct(rate_limit *limit, double estimate, double actual);

/// Seconds to wait after the n-th failure in a row: 1, 2, 4 … 60, of which `share` (0 … 1, drawn)
/// cuts off up to a half, so that requests which failed together do not come back together.
double backoff_s(size_t failures, double share);

/// Seconds that a Retry-After header asks for, in seconds or as an HTTP date (RFC 9110, 10.2.3), at
/// most RETRY_AFTER_MOST_S; -1 if it says neither.
double retry_after_s(distill_span value, time_t now);
enum { RETRY_AFTER_MOST_S = 600 };

#endif
