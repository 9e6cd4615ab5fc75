// distill/openai/rate_limit.h - a token bucket that limits how fast requests are sent.
//
//     rate_limit_start(&limit, 60, now_s);                      // 60 a minute, evenly
//     if (rate_limit_wait_s(&limit, now_s) == 0)
//         rate_limit_take(&limit, 1, now_s);
//
// Private to distill/openai. Pure functions: the time is an argument.
#ifndef DISTILL_OPENAI_RATE_LIMIT_H
#define DISTILL_OPENAI_RATE_LIMIT_H

/// A bucket that fills at an even rate; its capacity is the amount of one second, at least 1. The
/// level may become negative: a request that exceeds it is sent at once, and the next one only when
/// the level is positive again.
typedef struct rate_limit {
    double per_s; // 0 = no limit
    double level, capacity;
    double updated_s; // time of the last update of `level`
} rate_limit;

void rate_limit_start(rate_limit *limit, double per_minute, double now_s);
/// Seconds until something can be taken; 0 = now.
double rate_limit_wait_s(rate_limit *limit, double now_s);
void rate_limit_take(rate_limit *limit, double amount, double now_s);
/// Replaces an estimate that was taken by the actual amount.
void rate_limit_correct(rate_limit *limit, double estimate, double actual);

#endif
