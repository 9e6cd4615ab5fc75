// distill/openai/retry_policy.c - outcomes of responses, exponential backoff, and Retry-After.
//
// The table in the header is the specification; this file implements it without state.
#include "distill/openai/retry_policy.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE_LIMITED_FACTOR = 4 }; // a request may receive 429 this many times max_retries

static const double MAX_BACKOFF_S = 60;

retry_outcome retry_outcome_of_status(long status, distill_span message)
{
    static const char NO_QUOTA[] = "exceeded your current quota"; // OpenAI: retrying does not help
    switch (status) {
    case 429:
        return distill_span_find(message, distill_span_of(NO_QUOTA), 0) != SIZE_MAX
                   ? RETRY_UNUSABLE
                   : RETRY_RATE_LIMITED;
    case 401:
    case 402:
    case 403:
    case 404:
    case 405:
    case 410:
        return RETRY_UNUSABLE;
    case 408:
    case 409:
    case 421:
    case 425:
        return RETRY_TRANSIENT;
    default:
        return status >= 400 && status < 500 ? RETRY_REJECTED : RETRY_TRANSIENT;
    }
}

bool retry_transient(double *delay_s, const retry_policy *policy, size_t failures, long status,
                     double retry_after_s, double jitter)
{
    double backoff_s = retry_backoff_s(failures, jitter);
    *delay_s = fmax(status == 200 ? backoff_s / 4 : backoff_s, retry_after_s);
    return failures <= policy->max_retries;
}

bool retry_rate_limited(const retry_policy *policy, size_t times, size_t server_times)
{
    return times <= RATE_LIMITED_FACTOR * policy->max_retries &&
           server_times <= policy->max_retries;
}

double retry_backoff_s(size_t failures, double jitter)
{
    double longest_s = failures > 6 ? MAX_BACKOFF_S : ldexp(1, (int)failures - 1);
    return failures == 0 ? 0 : fmin(MAX_BACKOFF_S, longest_s) * (1 - 0.5 * jitter);
}

/// Reads "Sun, 06 Nov 1994 08:49:37 GMT"; -1 if the text is not such a date. strptime would read
/// the names of months in the language of the locale.
static time_t http_date(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char month[4] = "";
    struct tm date = {0};
    const char *comma = strchr(text, ',');
    if (comma == NULL || sscanf(comma + 1, " %d %3s %d %d:%d:%d GMT", &date.tm_mday, month,
                                &date.tm_year, &date.tm_hour, &date.tm_min, &date.tm_sec) != 6)
        return -1;
    const char *found = strstr(months, month);
    if (strlen(month) != 3 || found == NULL || (found - months) % 3 != 0 || date.tm_year < 1970 ||
        date.tm_year > 9999)
        return -1;
    date.tm_mon = (int)(found - months) / 3;
    date.tm_year -= 1900;
    return timegm(&date);
}

double retry_after_parse(distill_span value, time_t now)
{
    char text[64];
    value = distill_span_trim(value);
    if (value.length == 0 || value.length >= sizeof text)
        return -1;
    memcpy(text, value.bytes, value.length);
    text[value.length] = '\0';
    char *end = NULL;
    double seconds = isdigit((unsigned char)text[0]) ? strtod(text, &end) : -1;
    if (end == NULL || *end != '\0') {
        time_t date = http_date(text);
        if (date == -1)
            return -1;
        seconds = date > now ? (double)(date - now) : 0;
    }
    return seconds < RETRY_AFTER_MAX_S ? seconds : RETRY_AFTER_MAX_S;
}
