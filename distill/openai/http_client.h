// distill/openai/http_client.h - concurrent HTTP requests over libcurl's multi interface.
//
//     TRY(http_client_open(&client, &options));     // callbacks run inside http_client_poll
//     TRY(http_client_send(client, url, &body, tag));
//     while (in_flight > 0)
//         TRY(http_client_poll(client, 200));       // blocks for at most 200 ms
//     http_client_close(client);
//
// Private to distill/openai, and the only module that includes libcurl.
//
// Protocol      HTTP/1.1, or HTTP/2 over TLS if the server offers it; connections are reused.
// Certificates  always verified, against the system's authorities or those of SSL_CERT_FILE and
//               SSL_CERT_DIR.
// Proxies       from the environment (https_proxy, no_proxy, …).
// Redirects     followed only within the same scheme, host and port, at most five times.
// Secrets       the API key is sent in the Authorization header and not stored elsewhere.
// Compression   not asked for, because it delays events; a compressed body is decompressed.
// Limits        headers of at most 64 KiB; the body is passed on as it arrives and not stored.
// Time          three limits: without a byte, without content, and in all.
#ifndef DISTILL_OPENAI_HTTP_CLIENT_H
#define DISTILL_OPENAI_HTTP_CLIENT_H

#include "distill/base/text.h"

typedef struct http_client http_client;

typedef enum http_result {
    HTTP_COMPLETE,         // a complete response, with any status
    HTTP_UNREACHABLE,      // no connection: unknown host, refused, no route
    HTTP_BAD_CERTIFICATE,  // TLS: the certificate is not trusted, or is for another host
    HTTP_TIMED_OUT,        // one of the three limits; `reason` says which
    HTTP_DISCONNECTED,     // the connection closed before the end of the response
    HTTP_FOREIGN_REDIRECT, // a redirect to another server
    HTTP_BAD_REDIRECT,     // too many redirects, or one without a URL
    HTTP_ABORTED           // on_body returned HTTP_ABORT
} http_result;

/// What on_body decides after a piece of the body.
typedef enum http_next {
    HTTP_CONTINUE, // nothing that counts as content, such as a comment
    HTTP_CONTENT,  // the reply has grown: content_timeout_s starts again
    HTTP_LAST,     // little can follow: as HTTP_ENOUGH after two seconds, if nothing does
    HTTP_ENOUGH,   // the reply is complete: on_done follows at once with HTTP_COMPLETE
    HTTP_ABORT     // the rest is of no use: on_done follows with HTTP_ABORTED
} http_next;

/// Borrowed during the callback.
typedef struct http_response {
    http_result result;
    long status;              // 0 = no status line received
    const char *reason;       // why the result is not HTTP_COMPLETE
    const char *content_type; // in lower case; "" = none
    const char *server;       // the header Server; "" = none
    double retry_after_s;     // from Retry-After; negative = none
} http_response;

typedef struct http_client_options {
    const char *api_key;    // NULL = none; borrowed during http_client_open
    size_t max_connections; // kept open for reuse
    double connect_timeout_s, idle_timeout_s;
    double content_timeout_s, total_timeout_s; // 0 = no limit
    /// A piece of the body; status, content type and server are set.
    http_next (*on_body)(void *context, void *tag, const http_response *head, distill_span bytes);
    /// The request has ended; `tag` is not used afterwards. After HTTP_ENOUGH the connection is
    /// read to its end for half a second, so that it can be used again, and closed otherwise.
    void (*on_done)(void *context, void *tag, const http_response *response);
    void *context;
} http_client_options;

distill_status http_client_open(http_client **out,
                                const http_client_options *options) DISTILL_MUST_CHECK;
/// Starts a POST of `body` (copied), or a GET if it is NULL. `tag` is passed to the callbacks.
distill_status http_client_send(http_client *client, const char *url, const distill_text *body,
                                void *tag) DISTILL_MUST_CHECK;
/// Transfers data and runs callbacks; blocks for at most `wait_ms` if nothing is ready.
distill_status http_client_poll(http_client *client, int wait_ms) DISTILL_MUST_CHECK;
/// Cancels all requests in flight without running their callbacks.
void http_client_cancel_all(http_client *client);
void http_client_close(http_client *client);

/// Validates a base URL and sets `out` to it without trailing slashes. Errors  USAGE if it is not
/// http(s)://HOST…, or has a user, a query or a fragment.
distill_status http_base_url(distill_text *out, const char *url) DISTILL_MUST_CHECK;

#endif
