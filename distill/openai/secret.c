// distill/openai/secret.c - searches for the API key, and masks it.
#include "distill/openai/secret.h"

#include <string.h>
#include <strings.h>

enum {
    SHORTEST = 4,           // a shorter key is not secret
    SHORTEST_BEGINNING = 6, // of a key that is cut off
    SHORTEST_IN_REPLY = 8
};

void secret_mask_bytes(char *bytes, size_t length, const char *secret)
{
    size_t whole = secret != NULL ? strlen(secret) : 0;
    if (whole < SHORTEST)
        return;
    for (size_t at = 0; at < length; at++) {
        size_t left = length - at, part = left < whole ? left : whole;
        if (part < whole && part < SHORTEST_BEGINNING)
            return;
        if (strncasecmp(bytes + at, secret, part) != 0)
            continue;
        memset(bytes + at, '*', part);
        at += part - 1;
    }
}

void secret_mask(distill_text *text, const char *secret)
{
    if (text->length > 0)
        secret_mask_bytes(text->bytes, text->length, secret);
}

bool secret_mask_reply(distill_text *text, const char *secret)
{
    bool found = false;
    if (secret == NULL || strlen(secret) < SHORTEST_IN_REPLY || text->length == 0)
        return false;
    distill_span needle = distill_span_of(secret);
    for (size_t at = 0;
         (at = distill_span_find(distill_text_span(text), needle, at)) != SIZE_MAX;) {
        memset(text->bytes + at, '*', needle.length);
        found = true;
    }
    return found;
}
