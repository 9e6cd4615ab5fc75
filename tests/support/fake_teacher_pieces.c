// tests/support/fake_teacher_pieces.c - the pieces of a reply as HTTP, with damage to framing and
// length. Damage to the JSON itself is in fake_teacher_answer.c.
#include "tests/support/fake_teacher_parts.h"

#include "tests/support/fake_teacher_wire.h"

#include <string.h>

static const double COMMENT_S = 0.02; // between two of endless comments or bytes
enum { FLOOD_BYTES = 64 << 10 };

static distill_status add_raw_chunk(fake_connection *c, distill_span bytes)
{
    distill_status status = DISTILL_OK;
    if (bytes.length == 0)
        return DISTILL_OK;
    if (c->is_chunked)
        TRY(distill_text_printf(&c->out, "%zx\r\n", bytes.length));
    TRY(distill_text_add_span(&c->out, bytes));
    if (c->is_chunked)
        TRY(distill_text_add(&c->out, "\r\n"));
done:
    return status;
}

/// Adds the bytes as a chunk, compressed if the damage says so.
static distill_status add_chunk(fake_connection *c, distill_span bytes)
{
    distill_status status = DISTILL_OK;
    distill_text packed = {0};
    if (c->zip == NULL)
        return add_raw_chunk(c, bytes);
    TRY(fake_odd_compress(&packed, c, bytes, false));
    TRY(add_raw_chunk(c, distill_text_span(&packed)));
done:
    distill_text_free(&packed);
    return status;
}

static distill_status stop(fake_connection *c, fake_after after)
{
    c->is_answering = false;
    c->after = after;
    return DISTILL_OK;
}

/// Adds the headers of a response that is not streamed; `length` is the Content-Length.
static distill_status add_body_head(fake_connection *c, size_t length)
{
    if (c->after == FAKE_CLOSE)
        return distill_text_add(&c->out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                         "Connection: close\r\n\r\n");
    return distill_text_printf(&c->out,
                               "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                               "Content-Length: %zu\r\n\r\n",
                               length);
}

/// A position between two bytes of a character; SIZE_MAX if all bytes are ASCII.
static size_t inside_character(distill_span bytes)
{
    for (size_t i = 0; i + 1 < bytes.length; i++)
        if ((unsigned char)bytes.bytes[i] >= 0xc2 && (unsigned char)bytes.bytes[i + 1] >= 0x80)
            return i + 1;
    return SIZE_MAX;
}

/// Number of bytes of this piece that are sent before the connection closes; SIZE_MAX = all.
static size_t cut_of(const fake_connection *c, distill_span piece)
{
    bool half = c->pieces >= c->answer.total / 2;
    bool ending = c->answer.stream && c->answer.phase >= FAKE_PHASE_DONE;
    switch (c->answer.damage) {
    case FAKE_CUT_PIECE:
    case FAKE_CUT_RESET:
    case FAKE_STALL_MIDDLE:
        return half ? piece.length / 2 : SIZE_MAX;
    case FAKE_CUT_CLEANLY:
        return half ? (c->answer.stream ? 0 : piece.length / 2) : SIZE_MAX;
    case FAKE_CUT_BETWEEN:
        return half ? (c->answer.stream ? 0 : piece.length / 2) : SIZE_MAX;
    case FAKE_CUT_UTF8:
        return ending ? 0 : inside_character(piece);
    case FAKE_CUT_BEFORE_DONE:
    case FAKE_FINISH_HELD:
        return ending ? 0 : SIZE_MAX;
    default:
        return SIZE_MAX;
    }
}

static distill_status cut(fake_connection *c, distill_span piece, size_t length)
{
    distill_status status = DISTILL_OK;
    static const fake_after ends[] = {[FAKE_CUT_RESET] = FAKE_RESET,
                                      [FAKE_STALL_MIDDLE] = FAKE_SILENCE,
                                      [FAKE_FINISH_HELD] = FAKE_SILENCE};
    fake_damage damage = c->answer.damage;
    bool clean = damage == FAKE_CUT_CLEANLY;
    if (!c->answer.stream)
        TRY(add_body_head(c, clean ? length : piece.length));
    TRY(add_chunk(c, (distill_span){piece.bytes, length}));
    if (clean && c->is_chunked)
        TRY(distill_text_add(&c->out, "0\r\n\r\n"));
    if (damage == FAKE_CUT_RESET || damage == FAKE_STALL_MIDDLE || damage == FAKE_FINISH_HELD)
        return stop(c, ends[damage]);
    c->is_logged = damage != FAKE_CUT_BEFORE_DONE;
    return stop(c, clean ? c->after : FAKE_CLOSE);
done:
    return status;
}

/// Appends the piece with its framing, and damages single events.
static distill_status frame(distill_text *out, const fake_connection *c, distill_span json)
{
    distill_status status = DISTILL_OK;
    fake_damage damage = c->answer.damage;
    bool half = c->pieces >= c->answer.total / 2;
    if (half && damage == FAKE_INVALID_JSON)
        json = distill_span_of("{\"choices\":[{\"index\":0,\"delta\":{\"content\":");
    if (half && damage == FAKE_ERROR_EVENT)
        json = distill_span_of("{\"error\":{\"message\":\"the engine has died\",\"type\":"
                               "\"InternalServerError\",\"code\":500}}");
    if (!c->answer.stream)
        return distill_text_add_span(out, json);
    if (fake_odd_is(damage))
        return fake_odd_frame(out, c, json);
    if (damage == FAKE_COMMENTS)
        TRY(distill_text_add(out, ": keep-alive\n\nevent: message\nid: 7\nretry: 10\n"));
    TRY(distill_text_add(out, damage == FAKE_CRLF ? "data:" : "data: "));
    TRY(distill_text_add_span(out, json));
    TRY(distill_text_add(out, damage == FAKE_CRLF ? "\r\n\r\n" : "\n\n"));
done:
    return status;
}

static distill_status add_flood(fake_connection *c, const char *before, const char *after)
{
    distill_status status = DISTILL_OK;
    char block[FLOOD_BYTES];
    size_t length = strlen(before), end = strlen(after);
    memset(block, 'x', sizeof block);
    memcpy(block, before, length);
    memcpy(block + sizeof block - end, after, end);
    TRY(add_chunk(c, (distill_span){block, sizeof block}));
done:
    return status;
}

static distill_status finish_answer(fake_connection *c)
{
    distill_status status = DISTILL_OK;
    distill_text packed = {0};
    if (c->zip != NULL)
        TRY(fake_odd_compress(&packed, c, (distill_span){"", 0}, true));
    TRY(add_raw_chunk(c, distill_text_span(&packed)));
    if (c->answer.damage == FAKE_DONE_HELD) {
        TRY(stop(c, FAKE_SILENCE));
        goto done;
    }
    if (c->is_chunked)
        TRY(distill_text_add(&c->out, "0\r\n\r\n"));
    TRY(stop(c, c->after));
done:
    distill_text_free(&packed);
    return status;
}

/// Adds a comment, or a byte of an event, and waits before the next one.
static distill_status add_endless(fake_connection *c)
{
    distill_status status = DISTILL_OK;
    bool dribbles = c->answer.damage == FAKE_DRIBBLE;
    TRY(add_chunk(c, distill_span_of(!dribbles        ? ": processing\n\n"
                                     : c->pieces == 0 ? "data: {\"x\":\""
                                                      : "x")));
    c->pieces++;
    c->due_s = fake_now_s() + COMMENT_S;
done:
    return status;
}

static distill_status add_piece(fake_connection *c, distill_span json)
{
    distill_status status = DISTILL_OK;
    distill_text piece = {0};
    fake_damage damage = c->answer.damage;
    TRY(frame(&piece, c, json));
    distill_span bytes = distill_text_span(&piece);
    size_t length = cut_of(c, bytes);
    if (length != SIZE_MAX) {
        TRY(cut(c, bytes, length));
        goto done;
    }
    if (!c->answer.stream)
        TRY(add_body_head(c, bytes.length));
    if (damage == FAKE_BAD_CHUNK && c->pieces >= c->answer.total / 2) {
        TRY(distill_text_add(&c->out, "zzzz\r\n"));
        TRY(stop(c, FAKE_CLOSE));
        c->is_logged = true;
    }
    TRY(add_chunk(c, bytes));
    if ((damage == FAKE_ERROR_EVENT || damage >= FAKE_ERROR_FIELD) &&
        c->pieces >= c->answer.total / 2)
        TRY(finish_answer(c));
done:
    distill_text_free(&piece);
    return status;
}

distill_status fake_produce(fake_connection *c)
{
    distill_status status = DISTILL_OK;
    distill_text json = {0};
    bool more = false;
    fake_damage damage = c->answer.damage;
    if (damage == FAKE_HEADER_FLOOD) {
        c->is_chunked = false;
        return add_flood(c, "X-Flood: ", "\r\n");
    }
    if ((damage == FAKE_COMMENTS_ONLY || damage == FAKE_DRIBBLE) && c->answer.stream)
        return add_endless(c);
    if (damage == FAKE_ENDLESS_LINE && (c->pieces > 0 || !c->answer.stream)) {
        if (!c->answer.stream && c->pieces++ == 0)
            TRY(add_body_head(c, (size_t)1 << 50));
        return add_flood(c, "", "");
    }
    TRY(fake_answer_next(&c->answer, &json, &more));
    if (more)
        TRY(add_piece(c, distill_text_span(&json)));
    // the end of the response is sent with its last piece: a client may not wait for it
    if (c->is_answering && c->answer.phase == FAKE_PHASE_OVER)
        TRY(finish_answer(c));
    c->pieces++;
done:
    distill_text_free(&json);
    return status;
}
