// tests/support/fake_teacher_connection.c - HTTP/1.1 on a non-blocking socket, and damage to it.
#include "tests/support/fake_teacher_connection.h"

#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "tests/support/fake_teacher_wire.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FLOOD_BYTES = 64 << 10, PIECES_A_TURN = 64, DRIP_BYTES = 15 };
static const double DRIP_S = 0.1, MINUTE_S = 60;

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
    distill_free(c);
}

// --- the log -------------------------------------------------------------------------------------

/// Begins a line of the log with the members that all events have.
static void begin_log(distill_json_writer *w, const fake_server *server, const char *event,
                      const fake_connection *c)
{
    static const char *const keys[] = {"none", "right", "wrong"};
    const fake_request *r = &c->request;
    distill_span question = fake_question(distill_text_span(&r->prompt));
    distill_json_begin_object(w, NULL);
    distill_json_add_fixed(w, "t", fake_now_s() - server->started_s, 3);
    distill_json_add_string(w, "event", event);
    distill_json_add_uint(w, "serial", c->serial);
    distill_json_add_uint(w, "connection", c->number);
    distill_json_add_format(w, "path", "%.60s", r->path.length > 0 ? r->path.bytes : "");
    distill_json_add_string(w, "key", keys[fake_request_key(r, server->settings->key)]);
    distill_json_add_format(w, "prompt", "%016llx", (unsigned long long)fake_hash(question, 0));
    distill_json_add_uint(w, "seed", r->seed);
    distill_json_add_uint(w, "n", r->n);
}

static void end_log(distill_json_writer *w, const fake_server *server)
{
    distill_json_end_object(w);
    if (distill_json_finish_line(w) != DISTILL_OK ||
        write(server->log, w->out->bytes, w->out->length) != (ssize_t)w->out->length)
        perror("fake_teacher: log");
    distill_text_free(w->out);
}

static void log_request(const fake_server *server, const fake_connection *c)
{
    distill_text line = {0};
    distill_json_writer w = {.out = &line};
    if (server->log < 0)
        return;
    begin_log(&w, server, "request", c);
    distill_json_add_bool(&w, "stream", c->request.stream);
    distill_json_add_string(&w, "fault", c->fault != NULL ? c->fault->name : "");
    end_log(&w, server);
}

static void log_end(const fake_server *server, const fake_connection *c, const char *event)
{
    distill_text line = {0};
    distill_json_writer w = {.out = &line};
    if (server->log < 0)
        return;
    begin_log(&w, server, event, c);
    distill_json_add_uint(&w, "choices", c->answer.choices);
    distill_json_add_uint(&w, "tokens", fake_answer_tokens(&c->answer));
    distill_json_add_uint(&w, "pieces", c->pieces);
    end_log(&w, server);
}

// --- responses without a reply -------------------------------------------------------------------

static const char *phrase_of(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {{200, "OK"},
                   {307, "Temporary Redirect"},
                   {400, "Bad Request"},
                   {401, "Unauthorized"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {429, "Too Many Requests"}};
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "Server Error";
}

/// Appends `text` with %KEY%, %DATE%, %PATH% and %AWAY% replaced.
static distill_status expand(distill_text *out, const char *text, const fake_connection *c,
                             const fake_settings *settings)
{
    distill_status status = DISTILL_OK;
    char date[64];
    time_t soon = time(NULL) + 2;
    struct tm when;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&soon, &when));
    const char *key = c->request.authorization.length > 0 ? c->request.authorization.bytes : "";
    const char *path = c->request.path.length > 0 ? c->request.path.bytes : "/";
    const char *const values[][2] = {{"%KEY%", key},
                                     {"%DATE%", date},
                                     {"%PATH%", path},
                                     {"%AWAY%", settings->away != NULL ? settings->away : path}};
    while (*text != '\0') {
        size_t i = 0;
        while (i < 4 && strncmp(text, values[i][0], strlen(values[i][0])) != 0)
            i++;
        if (i < 4)
            TRY(distill_text_add(out, values[i][1]));
        else
            TRY(distill_text_add_char(out, *text));
        text += i < 4 ? strlen(values[i][0]) : 1;
    }
done:
    return status;
}

static distill_status respond(fake_connection *c, const fake_settings *settings, int status_code,
                              const char *headers, const char *type, const char *body)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    TRY(expand(&text, body, c, settings));
    if (status_code > 0) {
        TRY(distill_text_printf(
            &c->out, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n", status_code,
            phrase_of(status_code), type != NULL ? type : "application/json", text.length));
        TRY(expand(&c->out, headers, c, settings));
        TRY(distill_text_add(&c->out,
                             c->request.keep_alive ? "\r\n" : "Connection: close\r\n\r\n"));
    }
    TRY(distill_text_add_span(&c->out, distill_text_span(&text)));
    c->after = status_code > 0 && c->request.keep_alive ? FAKE_NEXT_REQUEST : FAKE_CLOSE;
done:
    distill_text_free(&text);
    return status;
}

/// Responds with an error: `format` with one "%s".
static distill_status reject(fake_connection *c, const fake_settings *settings, int code,
                             const char *format, const char *argument)
{
    distill_status status = DISTILL_OK;
    distill_text message = {0}, body = {0};
    distill_json_writer w = {.out = &body};
    TRY(distill_text_printf(&message, format, argument));
    distill_json_begin_object(&w, NULL);
    distill_json_begin_object(&w, "error");
    distill_json_add_span(&w, "message", distill_text_span(&message));
    distill_json_add_string(&w, "type", "invalid_request_error");
    distill_json_add_int(&w, "code", code);
    distill_json_end_object(&w);
    distill_json_end_object(&w);
    TRY(distill_json_finish(&w));
    TRY(respond(c, settings, code, code == 429 ? "Retry-After: 1\r\n" : "", NULL, body.bytes));
done:
    distill_text_free(&message);
    distill_text_free(&body);
    return status;
}

static distill_status list_models(fake_connection *c, const fake_settings *settings)
{
    distill_status status = DISTILL_OK;
    distill_text body = {0};
    distill_json_writer w = {.out = &body};
    distill_json_begin_object(&w, NULL);
    distill_json_add_string(&w, "object", "list");
    distill_json_begin_array(&w, "data");
    distill_json_begin_object(&w, NULL);
    distill_json_add_string(&w, "id", settings->model);
    distill_json_add_string(&w, "object", "model");
    distill_json_add_string(&w, "owned_by", "tests");
    distill_json_add_uint(&w, "max_model_len", settings->context);
    distill_json_end_object(&w);
    distill_json_end_array(&w);
    distill_json_end_object(&w);
    TRY(distill_json_finish(&w));
    TRY(respond(c, settings, 200, "", NULL, body.bytes));
done:
    distill_text_free(&body);
    return status;
}

// --- requests ------------------------------------------------------------------------------------

/// Returns how often this prompt was sent before, and counts it.
static size_t count_prompt(fake_server *server, distill_span prompt)
{
    uint64_t hash = fake_hash(prompt, 0);
    for (size_t i = 0; i < server->prompt_count; i++)
        if (server->prompts[i] == hash)
            return server->prompt_counts[i]++;
    size_t count = server->prompt_count;
    if (distill_grow((void **)&server->prompts, count, count + 1, sizeof *server->prompts) !=
            DISTILL_OK ||
        distill_grow((void **)&server->prompt_counts, count, count + 1,
                     sizeof *server->prompt_counts) != DISTILL_OK)
        return 0;
    server->prompts[count] = hash;
    server->prompt_counts[count] = 1;
    server->prompt_count++;
    return 0;
}

/// True if this request exceeds --requests-per-minute.
static bool is_too_fast(fake_server *server, double now_s)
{
    size_t limit = server->settings->requests_per_minute, kept = 0;
    if (limit == 0)
        return false;
    for (size_t i = 0; i < server->recent_count; i++)
        if (now_s - server->recent_s[i] < MINUTE_S)
            server->recent_s[kept++] = server->recent_s[i];
    server->recent_count = kept;
    if (kept >= limit)
        return true;
    server->recent_s[server->recent_count++] = now_s;
    return false;
}

/// Sends an error to a request that the settings do not permit; *rejected is then true.
static distill_status check_request(fake_connection *c, fake_server *server, double now_s,
                                    bool *rejected)
{
    distill_status status = DISTILL_OK;
    const fake_settings *s = server->settings;
    const fake_request *r = &c->request;
    char text[128];
    *rejected = true;
    if (s->key != NULL && fake_request_key(r, s->key) != FAKE_KEY_RIGHT)
        TRY(reject(c, s, 401, "Incorrect API key provided: %s",
                   r->authorization.length > 0 ? r->authorization.bytes : ""));
    else if (is_too_fast(server, now_s))
        TRY(reject(c, s, 429, "Rate limit reached%s", ""));
    else if (!distill_span_is(distill_text_span(&r->model), s->model))
        TRY(reject(c, s, 404, "The model `%.80s` does not exist", r->model.bytes));
    else if (s->strict && fake_request_unknown_key(r, text, sizeof text))
        TRY(reject(c, s, 400, "Unrecognized request argument supplied: %s", text));
    else if (r->n > 1 && s->many == FAKE_MANY_REFUSE)
        TRY(reject(c, s, 400, "n > 1 is not supported%s", ""));
    else if (r->logprobs && s->logprobs == FAKE_LOGPROBS_REFUSE)
        TRY(reject(c, s, 400, "logprobs are not supported%s", ""));
    else if (s->context > 0 && r->prompt.length / 4 + r->max_tokens > s->context) {
        snprintf(text, sizeof text, "%zu tokens. However, you requested %zu tokens", s->context,
                 r->prompt.length / 4 + r->max_tokens);
        TRY(reject(c, s, 400, "This model's maximum context length is %s", text));
    } else
        *rejected = false;
done:
    return status;
}

static distill_status start_answer(fake_connection *c, const fake_server *server, double now_s)
{
    distill_status status = DISTILL_OK;
    const fake_settings *settings = server->settings;
    fake_damage damage = c->fault != NULL ? c->fault->damage : FAKE_INTACT;
    TRY(fake_answer_start(&c->answer, settings, &c->request, damage, c->serial));
    c->is_answering = true;
    c->is_logged = false;
    c->pieces = c->dripped = 0;
    c->is_chunked = c->answer.stream && damage != FAKE_UNFRAMED;
    c->after = damage == FAKE_UNFRAMED || !c->request.keep_alive ? FAKE_CLOSE : FAKE_NEXT_REQUEST;
    c->due_s = now_s + (double)settings->latency_ms / 1000;
    if (damage == FAKE_STALL_START) {
        c->is_answering = false;
        c->after = FAKE_SILENCE;
    } else if (damage == FAKE_HEADER_FLOOD)
        TRY(distill_text_add(&c->out, "HTTP/1.1 200 OK\r\n"));
    else if (c->answer.stream)
        TRY(distill_text_printf(&c->out,
                                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; "
                                "charset=utf-8\r\nCache-Control: no-cache\r\n%s\r\n",
                                c->is_chunked ? "Transfer-Encoding: chunked\r\n"
                                              : "Connection: close\r\n"));
done:
    return status;
}

static distill_status serve(fake_connection *c, fake_server *server, double now_s)
{
    distill_status status = DISTILL_OK;
    const fake_settings *settings = server->settings;
    bool rejected = false;
    const char *path = c->request.path.bytes;
    c->serial = ++server->serial;
    c->fault = NULL;
    distill_text_clear(&c->request.prompt);
    if (strstr(path, "/v1/models") != NULL) {
        log_request(server, c);
        return list_models(c, settings);
    }
    if (strstr(path, "/completions") == NULL ||
        !distill_span_is(distill_text_span(&c->request.method), "POST")) {
        log_request(server, c);
        return reject(c, settings, 404, "no such path: %.60s", path);
    }
    if (fake_request_read_body(&c->request) != DISTILL_OK) {
        log_request(server, c);
        return reject(c, settings, 400, "%s", distill_error_message());
    }
    distill_span prompt = distill_text_span(&c->request.prompt);
    c->fault = fake_faults_draw(&settings->faults, prompt, count_prompt(server, prompt), c->serial);
    log_request(server, c);
    TRY(check_request(c, server, now_s, &rejected));
    if (rejected)
        goto done;
    if (c->fault != NULL && c->fault->body != NULL)
        TRY(respond(c, settings, c->fault->status, c->fault->headers, c->fault->type,
                    c->fault->body));
    else
        TRY(start_answer(c, server, now_s));
done:
    return status;
}

// --- the pieces of a response --------------------------------------------------------------------

static distill_status add_chunk(fake_connection *c, distill_span bytes)
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
        return ending ? 0 : SIZE_MAX;
    default:
        return SIZE_MAX;
    }
}

static distill_status cut(fake_connection *c, distill_span piece, size_t length)
{
    distill_status status = DISTILL_OK;
    static const fake_after ends[] = {
        [FAKE_CUT_RESET] = FAKE_RESET, [FAKE_STALL_MIDDLE] = FAKE_SILENCE};
    fake_damage damage = c->answer.damage;
    bool clean = damage == FAKE_CUT_CLEANLY;
    if (!c->answer.stream)
        TRY(add_body_head(c, clean ? length : piece.length));
    TRY(add_chunk(c, (distill_span){piece.bytes, length}));
    if (clean && c->is_chunked)
        TRY(distill_text_add(&c->out, "0\r\n\r\n"));
    if (damage == FAKE_CUT_RESET || damage == FAKE_STALL_MIDDLE)
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
    if (c->is_chunked)
        TRY(distill_text_add(&c->out, "0\r\n\r\n"));
    TRY(stop(c, c->after));
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
    if (damage == FAKE_ERROR_EVENT && c->pieces >= c->answer.total / 2)
        TRY(finish_answer(c));
done:
    distill_text_free(&piece);
    return status;
}

/// Appends the next piece of the response to `out`.
static distill_status produce(fake_connection *c)
{
    distill_status status = DISTILL_OK;
    distill_text json = {0};
    bool more = false;
    fake_damage damage = c->answer.damage;
    if (damage == FAKE_HEADER_FLOOD) {
        c->is_chunked = false;
        return add_flood(c, "X-Flood: ", "\r\n");
    }
    if (damage == FAKE_ENDLESS_LINE && (c->pieces > 0 || !c->answer.stream)) {
        if (!c->answer.stream && c->pieces++ == 0)
            TRY(add_body_head(c, (size_t)1 << 50));
        return add_flood(c, "", "");
    }
    TRY(fake_answer_next(&c->answer, &json, &more));
    if (more)
        TRY(add_piece(c, distill_text_span(&json)));
    else
        TRY(finish_answer(c));
    c->pieces++;
done:
    distill_text_free(&json);
    return status;
}

// --- input and output ----------------------------------------------------------------------------

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
    c->is_closed = serve(c, server, now_s) != DISTILL_OK;
    return !c->is_closed;
}

/// Handles the end of a response. True if the connection stays open for another request.
static bool end_response(fake_connection *c, fake_server *server)
{
    const bool complete =
        c->answer.phase == FAKE_PHASE_OVER || c->answer.damage == FAKE_CUT_BEFORE_DONE;
    if (c->answer.replies != NULL && !c->is_logged && complete && c->after != FAKE_SILENCE)
        log_end(server, c, "done");
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
            c->is_closed = produce(c) != DISTILL_OK;
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
        log_end(server, c, "abandoned");
}
