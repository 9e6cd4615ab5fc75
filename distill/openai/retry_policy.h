// distill/openai/retry_policy.h - which requests are retried, how often, and with which delay.
//
//     retry_outcome outcome = retry_outcome_of_status(503, message);       // RETRY_TRANSIENT
//     if (retry_transient(&delay_s, &policy, failures, status, retry_after_s, jitter))
//         … send it again in delay_s …
//     else
//         … it has failed permanently …
//
// Private to distill/openai. Pure functions; `jitter` in [0, 1) is a random number from the caller.
//
//     outcome       cause                                the request              the server
//     SUCCESS       a complete response                  -                        is alive
//     TRANSIENT     408, 409, 421, 425, 5xx, a timeout,  retried `max_retries`    suspended after
//                   a truncated, empty or invalid        times, after 1, 2, 4 …   8 in a row
//                   response                             60 s
//     RATE_LIMITED  429                                  retried 4 `max_retries`  paused, window
//                                                        times                    halved
//     UNREACHABLE   no connection                        retried, not counted     suspended after
//                                                                                 2 in a row
//     REJECTED      400, 413, 422, other 4xx             fails, unless changed    -
//     UNUSABLE      401, 402, 403, 404, 405, 410, no     sent to another server;  disabled before
//                   quota, bad certificate, redirect to  fails if the server has  its first reply
//                   another server                       replied before
#ifndef DISTILL_OPENAI_RETRY_POLICY_H
#define DISTILL_OPENAI_RETRY_POLICY_H

#include "distill/base/text.h"

#include <time.h>

typedef enum retry_outcome {
    RETRY_SUCCESS,
    RETRY_TRANSIENT,
    RETRY_RATE_LIMITED,
    RETRY_UNREACHABLE,
    RETRY_REJECTED,
    RETRY_UNUSABLE
} retry_outcome;

typedef struct retry_policy {
    size_t max_retries; // of a request, after the first attempt
} retry_policy;

/// The outcome of an HTTP status other than 200, with the server's error message.
retry_outcome retry_outcome_of_status(long status, distill_span message);

/// Sets the delay before a request that has failed `failures` times with TRANSIENT outcomes is sent
/// again; false if it is not retried. `status` is that of the last response, `retry_after_s` its
/// Retry-After (negative: none). A server that responds with 200, even if the response is invalid,
/// is not overloaded: the delay is then a quarter.
bool retry_transient(double *delay_s, const retry_policy *policy, size_t failures, long status,
                     double retry_after_s, double jitter);
/// True if a request is sent again after `times` rate limits; `server_times` is the number of
/// pauses in a row of its server.
bool retry_rate_limited(const retry_policy *policy, size_t times, size_t server_times);

/// Exponential backoff after the n-th failure in a row: 1, 2, 4 … 60 s, reduced by the jitter by up
/// to a half, so that requests that failed together are not sent again together.
double retry_backoff_s(size_t failures, double jitter);

/// The delay in a Retry-After header: seconds or an HTTP date (RFC 9110, 10.2.3), at most
/// RETRY_AFTER_MAX_S; -1 for any other value.
double retry_after_parse(distill_span value, time_t now);
enum { RETRY_AFTER_MAX_S = 600 };

#endif
