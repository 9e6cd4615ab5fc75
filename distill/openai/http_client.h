// distill/openai/http_client.h - many HTTP requests at once. The only file that knows libcurl.
//
//     TRY(remote_open(&net, &options));                     // bytes and done are called from step
//     TRY(remote_send(net, &call, url, body, tag));
//     while (busy) TRY(remote_step(net, 200));              // waits at most 200 ms
//     remote_close(net);
//
// HTTP/1.1, and HTTP/2 over TLS where the server speaks it; connections are kept and used again.
// Certificates are verified, always: against the system's authorities, or those of SSL_CERT_FILE
// and SSL_CERT_DIR. Proxies as the environment says (https_proxy, no_proxy, …). A redirect is
// followed by the same request only within the same scheme, host and port, five times at most.
// The key goes into one header and nowhere else. Nothing a server sends is kept here: headers end
// at 64 KiB, bytes are passed on as they come.
// Private to the generate room.
#ifndef DISTILL_OPENAI_HTTP_CLIENT_H
#define DISTILL_OPENAI_HTTP_CLIENT_H

#include "distill/base/text.h"

typedef struct remote_net remote_net;
typedef struct remote_call remote_call;

typedef enum remote_failure {
    REMOTE_NONE,        // a whole answer with a status came
    REMOTE_UNREACHABLE, // no connection: no such host, refused, no route
    REMOTE_CERTIFICATE, // TLS: the certificate is not to be trusted, or does not fit
    REMOTE_IDLE,        // no byte for idle_timeout_s
    REMOTE_DROPPED,     // the connection broke off
    REMOTE_ELSEWHERE,   // a redirect to another server
    REMOTE_CIRCLE,      // more redirects than are followed
    REMOTE_STOPPED      // `bytes` wanted no more
} remote_failure;

/// Borrowed during the callback.
typedef struct remote_answer {
    remote_failure failure;
    long status;          // HTTP; 0 = none came
    const char *reason;   // of a failure, in words
    const char *type;     // Content-Type in lower case; "" = none
    double retry_after_s; // -1 = not told
} remote_answer;

typedef struct remote_options {
    const char *api_key; // NULL = none; borrowed during remote_open
    size_t most;         // requests at once, for the pool of connections
    double connect_timeout_s, idle_timeout_s;
    /// A piece of the body; status and type are known. False stops the request (REMOTE_STOPPED).
    bool (*bytes)(void *context, void *tag, const remote_answer *head, distill_span bytes);
    /// The request is at its end; the call is gone afterwards.
    void (*done)(void *context, void *tag, const remote_answer *answer);
    void *context;
} remote_options;

distill_status remote_open(remote_net **out, const remote_options *options) DISTILL_MUST_CHECK;
/// Begins a POST of `body` (copied), or a GET if it is NULL.
distill_status remote_send(remote_net *net, remote_call **call, const char *url,
                           const distill_text *body, void *tag) DISTILL_MUST_CHECK;
/// Moves bytes and calls back; waits at most `wait_ms` if there is nothing to do.
distill_status remote_step(remote_net *net, int wait_ms) DISTILL_MUST_CHECK;
/// Drops every request that is in flight, without a call back.
void remote_drop_all(remote_net *net);
void remote_close(remote_net *net);

/// Checks a base URL and sets `out` to it without a "/" at its end. Errors  USAGE if it is not
/// http(s)://HOST…, or holds a user, a query or a fragment.
distill_status remote_base_url(distill_text *out, const char *url) DISTILL_MUST_CHECK;

#endif
