// distill/openai/http_url.c - checks of base URLs, and comparison of the servers that URLs name.
//
// libcurl's URL parser compares servers, so that both URLs are read as libcurl will read them.
#include "distill/openai/http_transfer.h"

#include <string.h>
#include <strings.h>

distill_status http_base_url(distill_text *out, const char *url)
{
    distill_status status = DISTILL_OK;
    bool http = strncmp(url, "http://", 7) == 0, https = strncmp(url, "https://", 8) == 0;
    const char *host = url + (https ? 8 : 7);
    distill_text_clear(out);
    if ((!http && !https) || *host == '\0' || *host == '/' || *host == ':')
        TRY(distill_fail(DISTILL_USAGE, "%s: expected http://HOST[:PORT]/v1 or https://…", url));
    size_t authority = strcspn(host, "/?#");
    if (memchr(host, '@', authority) !=
        NULL) // the URL is not printed, because it may hold a password
        TRY(distill_fail(DISTILL_USAGE,
                         "a URL must not contain a user or password, which would appear in the "
                         "process list and in logs; put the key into the environment variable "
                         "that --api-key-env names"));
    if (strpbrk(host, "?#") != NULL)
        TRY(distill_fail(DISTILL_USAGE, "%.*s…: a base URL must not contain ? or #",
                         (int)strcspn(url, "?#"), url));
    for (const char *c = url; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || *c == 127)
            TRY(distill_fail(DISTILL_USAGE, "%s: a URL must not contain blanks", url));
    size_t length = strlen(url);
    while (url[length - 1] == '/')
        length--;
    TRY(distill_text_append(out, url, length));
done:
    return status;
}

bool http_same_server(const char *a, const char *b)
{
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
    CURLU *left = curl_url(), *right = curl_url();
    bool same = left != NULL && right != NULL &&
                curl_url_set(left, CURLUPART_URL, a, 0) == CURLUE_OK &&
                curl_url_set(right, CURLUPART_URL, b, 0) == CURLUE_OK;
    for (size_t i = 0; same && i < sizeof parts / sizeof *parts; i++) {
        char *x = NULL, *y = NULL;
        same = curl_url_get(left, parts[i], &x, CURLU_DEFAULT_PORT) == CURLUE_OK &&
               curl_url_get(right, parts[i], &y, CURLU_DEFAULT_PORT) == CURLUE_OK &&
               strcasecmp(x, y) == 0;
        curl_free(x);
        curl_free(y);
    }
    curl_url_cleanup(left);
    curl_url_cleanup(right);
    return same;
}

void http_describe_foreign_redirect(char *reason, size_t capacity, const char *target)
{
    CURLU *url = curl_url();
    char *host = NULL, *scheme = NULL;
    if (url != NULL && curl_url_set(url, CURLUPART_URL, target, 0) == CURLUE_OK) {
        curl_url_get(url, CURLUPART_HOST, &host, 0);
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
    }
    snprintf(reason, capacity,
             "redirect to another server, %s://%.100s, not followed to protect the key and the "
             "prompts; pass the URL of that server if you trust it",
             scheme != NULL ? scheme : "?", host != NULL ? host : "?");
    curl_free(host);
    curl_free(scheme);
    curl_url_cleanup(url);
}
