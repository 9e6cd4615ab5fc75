// distill/openai/http_transfer.h - private header of the module http_client: http_client.c (the client,
// polling), http_transfer.c (one request), http_url.c (URLs).
#ifndef DISTILL_OPENAI_HTTP_TRANSFER_H
#define DISTILL_OPENAI_HTTP_TRANSFER_H

#include "distill/base/text.h"
#include "distill/openai/http_client.h"

#include <curl/curl.h>

typedef struct http_request {
    http_client *client;
    CURL *easy;
    distill_text url, body;
    bool is_post;
    bool is_aborted; // on_body returned false
    void *tag;
    double last_byte_s;
    size_t header_bytes;
    size_t redirects;
    char error[CURL_ERROR_SIZE];
    char content_type[128];
    http_response head;
    struct http_request *next, **link; // in the client's list
} http_request;

struct http_client {
    http_client_options options;
    CURLM *multi;
    struct curl_slist *post_headers, *get_headers;
    http_request *requests; // in flight
    double idle_scan_s;     // time of the last scan for idle requests
};

// http_transfer.c

/// Handles a transfer that libcurl has ended with `code`: follows a redirect, or ends the request.
void http_request_finish(http_request *request, CURLcode code);
/// Ends a request in which no byte has arrived for `limit_s`.
void http_request_time_out(http_request *request, double limit_s);
/// Removes the request from the client and frees it without a callback; NULL is legal.
void http_request_free(http_request *request);

// http_url.c

/// True if scheme, host and port are equal.
bool http_same_server(const char *a, const char *b);
/// Writes the reason why a redirect to another server is not followed.
void http_describe_foreign_redirect(char *reason, size_t capacity, const char *target);

#endif
