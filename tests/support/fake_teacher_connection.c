// tests/support/fake_teacher_connection.c - input and output of a connection on a non-blocking
// socket.
#include "tests/support/fake_teacher_connection.h"

#include "distill/base/memory.h"
#include "tests/support/fake_teacher_parts.h"
#include "tests/support/fake_teacher_wire.h"

#include <string.h>
#include <unistd.h>

enum { PIECES_A_TURN = 64, DRIP_BYTES = 15 };
static const double DRIP_S = 0.1;

distill_status fake_connection_open(fake_connection **out, int socket, SSL_CTX *tls,
                                    unsigned number)
{
    distill_status status = DISTILL_OK;
    fake_connection *c = NULL;
    TRY(DISTILL_NEW(&c, 1));
    c->socket = socket;
    c->number = number;
    if (tls != NULL) {
        c->tls = SSL_new(tls);
        SSL_set_fd(c->tls, socket);
        SSL_set_accept_state(c->tls);
    }
    *out = c;
done:
    return status;
}

void fake_connection_close(fake_connection *c)
{
    if (c == NULL)
        return;
    SSL_free(c->tls);
    close(c->socket);
    distill_text_free(&c->in);
    distill_text_free(&c->out);
    fake_request_free(&c->request);
    fake_answer_free(&c->answer);
    fake_odd_end_compression(c);
    distill_free(c);
}

/// Number of bytes of `out` that are headers.
static size_t head_bytes(const fake_connection *c)
{
    distill_span out = distill_text_span(&c->out);
    if (out.length < 5 || memcmp(out.bytes, "HTTP/", 5) != 0)
        return 0;
    size_t end = distill_span_find(out, distill_span_of("\r\n\r\n"), 0);
    return end == SIZE_MAX ? out.length : end + 4;
}

/// Sends pending output; true once all of it is sent.
static bool flush(fake_connection *c, double now_s)
{
    fake_damage damage = c->is_answering ? c->answer.damage : FAKE_INTACT;
    size_t head = damage == FAKE_DRIP ? head_bytes(c) : 0;
    while (c->sent < c->out.length) {
        bool drips = damage == FAKE_DRIP && c->dripped < DRIP_BYTES && c->sent >= head;
        size_t left = (c->sent < head ? head : c->out.length) - c->sent;
        size_t part = drips || damage == FAKE_TINY_WRITES ? 1 : left;
        long written = fake_wire_write(c, c->out.bytes + c->sent, part);
        if (written < 0) {
            c->is_closed = written == FAKE_WIRE_GONE;
            c->needs_write = true;
            return false;
        }
        c->sent += (size_t)written;
        if (drips) {
            c->dripped++;
            c->due_s = now_s + DRIP_S;
            return c->sent == c->out.length;
        }
    }
    distill_text_clear(&c->out);
    c->sent = 0;
    return true;
}

/// Receives the available bytes.
static void receive(fake_connection *c)
{
    char buffer[16 << 10];
    while (!c->is_closed && c->in.length < FAKE_BODY_BYTES + FAKE_HEAD_BYTES) {
        long got = fake_wire_read(c, buffer, sizeof buffer);
        if (got == FAKE_WIRE_LATER)
            return;
        if (got <= 0 || distill_text_append(&c->in, buffer, (size_t)got) != DISTILL_OK)
            c->is_closed = true;
    }
}

/// Parses and serves the next request; false if it is not complete.
static bool take_request(fake_connection *c, fake_server *server, double now_s)
{
    fake_parse parsed = fake_request_parse(&c->request, distill_text_span(&c->in));
    if (parsed == FAKE_PARSE_BAD)
        c->is_closed = true;
    if (parsed == FAKE_PARSE_MORE && c->request.expects_continue && c->in.length > 0) {
        c->request.expects_continue = false;
        return distill_text_add(&c->out, "HTTP/1.1 100 Continue\r\n\r\n") == DISTILL_OK;
    }
    if (parsed != FAKE_PARSE_READY)
        return false;
    memmove(c->in.bytes, c->in.bytes + c->request.bytes, c->in.length - c->request.bytes);
    c->in.length -= c->request.bytes;
    c->is_closed = fake_serve(c, server, now_s) != DISTILL_OK;
    return !c->is_closed;
}

/// Handles the end of a response. True if the connection stays open for another request.
static bool end_response(fake_connection *c, fake_server *server)
{
    const bool complete =
        c->answer.phase == FAKE_PHASE_OVER || c->answer.damage == FAKE_CUT_BEFORE_DONE;
    if (c->answer.replies != NULL && !c->is_logged && complete && c->after != FAKE_SILENCE)
        fake_log_end(server, c, "done");
    c->is_logged = true;
    if (c->after == FAKE_NEXT_REQUEST)
        return true;
    if (c->after == FAKE_RESET)
        fake_wire_reset(c);
    c->is_closed = c->after != FAKE_SILENCE;
    return false;
}

void fake_connection_advance(fake_connection *c, fake_server *server, double now_s)
{
    c->needs_write = false;
    receive(c);
    for (int i = 0; i < PIECES_A_TURN && !c->is_closed; i++) {
        if (now_s < c->due_s)
            break;
        if (!flush(c, now_s))
            break;
        if (c->is_answering) {
            c->is_closed = fake_produce(c) != DISTILL_OK;
            if (server->settings->event_ms > 0 && c->is_answering)
                c->due_s = now_s + (double)server->settings->event_ms / 1000;
            continue;
        }
        if (!end_response(c, server))
            break;
        if (!take_request(c, server, now_s))
            break;
    }
    if (c->out.length > 0 || c->is_answering)
        c->needs_write = true;
    if (c->is_closed && c->is_answering)
        fake_log_end(server, c, "abandoned");
}
