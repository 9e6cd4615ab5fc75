// tests/support/fake_teacher_connection.h - one client: bytes in, requests, answers, bytes out.
//
// A connection never blocks. The loop asks it to move (fake_connection_move) whenever its socket is
// ready or the time it named has come; it says what it waits for.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_CONNECTION_H
#define TESTS_SUPPORT_FAKE_TEACHER_CONNECTION_H

#include "tests/support/fake_teacher_answer.h"

#include <openssl/ssl.h>

/// What all connections share.
typedef struct fake_server {
    const fake_settings *settings;
    uint64_t serial;    // requests so far
    uint64_t completed; // answers sent to their end
    int log;            // descriptor, -1 = none
    double started_s;
    // how often each prompt was asked, for "[fault:NAME*2]"
    uint64_t *prompts;
    size_t *asked;
    size_t prompt_count;
    // requests of the last minute, for --requests-a-minute
    double *recent_s;
    size_t recent_count;
} fake_server;

/// What is to happen once all of `out` is sent.
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
    uint64_t serial; // of the request
    bool answering, chunked, waits_to_write, reported;
    size_t pieces;  // of the answer, sent
    size_t dripped; // bytes
    fake_after after;
    double due_s; // do nothing before this moment
    bool dead;    // to be closed by the loop
} fake_connection;

/// Takes over the socket.
distill_status fake_connection_open(fake_connection **out, int socket, SSL_CTX *tls,
                                    unsigned number) DISTILL_MUST_CHECK;
/// Reads, answers and writes as far as it can; afterwards `dead`, `waits_to_write` and `due_s` say
/// what comes next.
void fake_connection_move(fake_connection *c, fake_server *server, double now_s);
void fake_connection_close(fake_connection *c);

#endif
