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
    bool is_aborted;  // on_body returned HTTP_ABORT
    bool is_enough;   // on_body returned HTTP_ENOUGH; on_done has not run yet
    bool is_draining; // on_done has run: the rest of the body is read and discarded
    void *tag;
    double sent_s, last_byte_s, content_s, drain_until_s;
    double last_s; // when on_body returned HTTP_LAST; 0 = it has not
    size_t header_bytes;
    size_t redirects;
    char error[CURL_ERROR_SIZE];
    char content_type[128], server[64];
    http_response head;
    struct http_request *next, **link; // in the client's list
} http_request;

struct http_client {
    http_client_options options;
    CURLM *multi;
    struct curl_slist *post_headers, *get_headers;
    http_request *requests; // in flight
    double idle_scan_s;     // time of the last scan for requests beyond a limit
    size_t enough_count;    // requests with is_enough
    size_t draining_count;
};

// http_transfer.c

/// Handles a transfer that libcurl has ended with `code`: follows a redirect, or ends the request.
void http_request_finish(http_request *request, CURLcode code);
/// Ends a request that has exceeded a limit of time.
void http_request_time_out(http_request *request, const char *reason);
/// Ends a request whose reply is complete; its connection drains, unless too many do.
void http_request_complete(http_request *request);
/// Removes the request from the client and frees it without a callback; NULL is legal.
void http_request_free(http_request *request);

// http_url.c

/// True if scheme, host and port are equal.
bool http_same_server(const char *a, const char *b);
/// Writes the reason why a redirect to another server is not followed.
void http_describe_foreign_redirect(char *reason, size_t capacity, const char *target);

#endif
