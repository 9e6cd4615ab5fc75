#include "distill/openai/rate_limit.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rate_limit_start(rate_limit *limit, double per_minute, double now_s)
{
    double per_s = per_minute / 60;
    *limit = (rate_limit){.per_s = per_s, .most = fmax(per_s, 1), .at_s = now_s};
    limit->level = limit->most;
}

static void refill(rate_limit *limit, double now_s)
{
    limit->level = fmin(limit->most, limit->level + (now_s - limit->at_s) * limit->per_s);
    limit->at_s = now_s;
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
        limit->level = fmin(limit->most, limit->level + estimate - actual);
}

double backoff_s(size_t failures, double share)
{
    double longest = failures > 6 ? 60 : fmin(60, ldexp(1, (int)failures - 1));
    return failures == 0 ? 0 : longest * (1 - 0.5 * share);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"; -1 if it is none. strptime would ask the locale for the names.
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

double retry_after_s(distill_span value, time_t now)
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
    return seconds < RETRY_AFTER_MOST_S ? seconds : RETRY_AFTER_MOST_S;
}
