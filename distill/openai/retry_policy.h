// distill/openai/retry_policy.h - which requests are retried, how often, and after how long.
//
//     retry_outcome outcome = retry_outcome_of_status(503, message);       // RETRY_TRANSIENT
//     if (retry_transient(&delay_s, &policy, failures, status, retry_after_s, jitter))
//         … send it again in delay_s …
//     else
//         … it has failed for good …
//
// Private to distill/openai. Pure functions: `jitter` in [0, 1) is a random number of the caller's.
//
//     outcome       cause                                   the request                the server
//     SUCCESS       a complete response                     -                          is alive
//     TRANSIENT     408, 409, 421, 425, 5xx, silence, a     retried `max_retries`      suspended after
//                   broken, empty or invalid response       times, 1, 2, 4 … 60 s      8 in a row
//     RATE_LIMITED  429                                     retried 4 `max_retries`    paused, its
//                                                           times                      window halved
//     UNREACHABLE   no connection                           retried, not counted       suspended after
//                                                                                      2 in a row
//     REJECTED      400, 413, 422, other 4xx                fails, unless changed      -
//     UNUSABLE      401, 402, 403, 404, 405, 410, no quota, sent to another server;    disabled
//                   certificate, redirect to elsewhere      fails if it worked before  before its
//                                                                                      first reply
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
    size_t max_retries; // of a request, after its first attempt
} retry_policy;

/// The outcome of an HTTP status other than 200, with the server's error message.
retry_outcome retry_outcome_of_status(long status, distill_span message);

/// Delay before a request that has failed `failures` times with TRANSIENT outcomes is sent again;
/// false if it is not. `status` is that of the last response, `retry_after_s` what it asked for
/// (negative: nothing). A server that responds with 200, even if the response is invalid, is not
/// overloaded: the delay is a quarter then.
bool retry_transient(double *delay_s, const retry_policy *policy, size_t failures, long status,
                     double retry_after_s, double jitter);
/// True if a request that was rate-limited `times` times is sent again; `server_times` counts the
/// pauses in a row of its server.
bool retry_rate_limited(const retry_policy *policy, size_t times, size_t server_times);

/// Exponential backoff after the n-th failure in a row: 1, 2, 4 … 60 s, of which the jitter takes
/// off up to a half, so that requests which failed together are not sent again together.
double retry_backoff_s(size_t failures, double jitter);

/// The delay of a Retry-After header, which holds seconds or an HTTP date (RFC 9110, 10.2.3), at
/// most RETRY_AFTER_MAX_S; -1 if it holds neither.
double retry_after_parse(distill_span value, time_t now);
enum { RETRY_AFTER_MAX_S = 600 };

#endif
