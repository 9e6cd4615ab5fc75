// tests/support/fake_teacher_serve.c - the response to a request: an error, the list of models, a
// fault of the table, or the start of a reply. Each request is logged.
#include "distill/base/json/json_writer.h"
#include "distill/base/memory.h"
#include "tests/support/fake_teacher_parts.h"
#include "tests/support/fake_teacher_wire.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double MINUTE_S = 60;

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

void fake_log_end(const fake_server *server, const fake_connection *c, const char *event)
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

static distill_status add_server_header(distill_text *out, const fake_settings *settings)
{
    return settings->server_header == NULL
               ? DISTILL_OK
               : distill_text_printf(out, "Server: %s\r\n", settings->server_header);
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
        TRY(add_server_header(&c->out, settings));
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

static distill_status add_stream_head(fake_connection *c, const fake_settings *settings)
{
    distill_status status = DISTILL_OK;
    bool old = settings->connections == FAKE_CONNECTIONS_HTTP10;
    TRY(distill_text_printf(&c->out,
                            "HTTP/1.%d 200 OK\r\nContent-Type: text/event-stream; "
                            "charset=utf-8\r\nCache-Control: no-cache\r\n%s",
                            old ? 0 : 1,
                            c->is_chunked ? "Transfer-Encoding: chunked\r\n"
                            : old         ? ""
                                          : "Connection: close\r\n"));
    if (c->zip != NULL)
        TRY(distill_text_printf(&c->out, "Content-Encoding: %s\r\n",
                                c->answer.damage == FAKE_GZIP ? "gzip" : "deflate"));
    TRY(add_server_header(&c->out, settings));
    TRY(distill_text_add(&c->out, "\r\n"));
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
    c->is_chunked = c->answer.stream && damage != FAKE_UNFRAMED &&
                    settings->connections == FAKE_CONNECTIONS_KEPT;
    c->after = damage == FAKE_UNFRAMED || !c->request.keep_alive ? FAKE_CLOSE : FAKE_NEXT_REQUEST;
    c->due_s = now_s + (double)settings->latency_ms / 1000;
    fake_odd_end_compression(c);
    if (c->answer.stream && (damage == FAKE_GZIP || damage == FAKE_DEFLATE))
        TRY(fake_odd_start_compression(c));
    if (damage == FAKE_STALL_START) {
        c->is_answering = false;
        c->after = FAKE_SILENCE;
    } else if (damage == FAKE_HEADER_FLOOD)
        TRY(distill_text_add(&c->out, "HTTP/1.1 200 OK\r\n"));
    else if (c->answer.stream)
        TRY(add_stream_head(c, settings));
done:
    return status;
}

distill_status fake_serve(fake_connection *c, fake_server *server, double now_s)
{
    distill_status status = DISTILL_OK;
    const fake_settings *settings = server->settings;
    bool rejected = false;
    const char *path = c->request.path.bytes;
    c->serial = ++server->serial;
    c->fault = NULL;
    distill_text_clear(&c->request.prompt);
    if (settings->connections != FAKE_CONNECTIONS_KEPT)
        c->request.keep_alive = false;
    if (strstr(path, "/v1/models") != NULL) {
        log_request(server, c);
        return list_models(c, settings);
    }
    if (settings->props && strcmp(path, "/props") == 0) {
        log_request(server, c);
        return respond(c, settings, 200, "", NULL,
                       "{\"default_generation_settings\":{\"n_ctx\":4096},\"total_slots\":4}");
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
