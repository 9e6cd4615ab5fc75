// tests/support/fake_teacher_connection.h - one client connection: receives requests, sends
// responses.
//
// A connection never blocks. The event loop calls fake_connection_advance when its socket is ready,
// or at the time that the connection has set.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_CONNECTION_H
#define TESTS_SUPPORT_FAKE_TEACHER_CONNECTION_H

#include "tests/support/fake_teacher_answer.h"

#include <openssl/ssl.h>
#include <zlib.h>

/// State shared by all connections.
typedef struct fake_server {
    const fake_settings *settings;
    uint64_t serial; // requests so far
    int log;         // descriptor, -1 = none
    double started_s;
    // how often each prompt was sent, for "[fault:NAME*2]"
    uint64_t *prompts;
    size_t *prompt_counts;
    size_t prompt_count;
    // times of the requests of the last minute, for --requests-per-minute
    double *recent_s;
    size_t recent_count;
} fake_server;

/// Action after `out` is sent.
typedef enum fake_after { FAKE_NEXT_REQUEST, FAKE_CLOSE, FAKE_RESET, FAKE_SILENCE } fake_after;

typedef struct fake_connection {
    int socket;
    SSL *tls; // NULL = plain
    unsigned number;
    distill_text in, out;
    size_t sent; // of out
    fake_request request;
    fake_answer answer;
    const fake_fault *fault;
    uint64_t serial;   // of the request
    bool is_answering; // the response has further pieces
    bool is_chunked;
    bool needs_write;
    bool is_logged; // the end of the response is in the log
    size_t pieces;  // of the response, created so far
    size_t dripped; // bytes sent one at a time
    z_stream *zip;  // NULL = not compressed
    fake_after after;
    double due_s;   // time of the next action; 0 = none
    bool is_closed; // freed by the event loop
} fake_connection;

/// Takes ownership of the socket.
distill_status fake_connection_open(fake_connection **out, int socket, SSL_CTX *tls,
                                    unsigned number) DISTILL_MUST_CHECK;
/// Receives, serves and sends as far as possible without blocking; sets `is_closed`, `needs_write`
/// and `due_s`.
void fake_connection_advance(fake_connection *c, fake_server *server, double now_s);
void fake_connection_close(fake_connection *c);

#endif
