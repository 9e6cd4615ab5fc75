// tests/support/fake_teacher.c - an OpenAI-compatible server on 127.0.0.1 that fails on request.
//
//     fake_teacher --port-file port.txt --log log.jsonl --fault 429-after:0.05 --fault rst:0.02 &
//     distill-gen --teacher http://127.0.0.1:$(cat port.txt)/v1 --model fake-teacher …
//
// A single thread with epoll, plain or TLS. Replies are a pure function of the request
// (fake_teacher_reply.h), faults of the seed and the request's number (fake_teacher_fault.h). The
// log has a line for each request and for each response that was sent completely.
// The program exits when its parent does, at a signal, or after --life seconds, so that no test
// leaves it running.
#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "tests/support/fake_teacher_tls.h"
#include "tests/support/fake_teacher_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { MAX_EVENTS = 256 };

#define AT(field) offsetof(fake_settings, field)
#define TEXT_ROW(name_, field, unit_, help_)                                                       \
    {                                                                                              \
        .name = name_, .type = DISTILL_OPT_STRING, .offset = AT(field), .unit = unit_,             \
        .help = help_                                                                              \
    }
#define SIZE_ROW(name_, field, help_)                                                              \
    {                                                                                              \
        .name = name_, .type = DISTILL_OPT_SIZE, .offset = AT(field), .low = 0, .high = 1e9,       \
        .unit = "N", .help = help_                                                                 \
    }
#define FLAG_ROW(name_, field, help_)                                                              \
    {                                                                                              \
        .name = name_, .type = DISTILL_OPT_FLAG, .offset = AT(field), .help = help_                \
    }
#define CHOICE_ROW(name_, field, choices_, help_)                                                  \
    {                                                                                              \
        .name = name_, .type = DISTILL_OPT_CHOICE, .offset = AT(field), .choices = choices_,       \
        .help = help_                                                                              \
    }

static const fake_settings DEFAULTS = {
    .common = DISTILL_COMMON_DEFAULTS,
    .model = "fake-teacher",
    .event_tokens = 1,
    .life_s = 900,
};

static const distill_option ROWS[] = {
    {.section = "Address"},
    {.name = "port",
     .type = DISTILL_OPT_INT,
     .offset = AT(port),
     .low = 0,
     .high = 65535,
     .unit = "N",
     .help = "0: chosen by the kernel"},
    TEXT_ROW("port-file", port_file, "FILE",
             "file to which the port is written when the server listens"),
    TEXT_ROW("log", log, "FILE", "JSON lines: requests and responses"),
    CHOICE_ROW("tls", tls, FAKE_TLS_CHOICES, "serve https with this kind of certificate"),
    TEXT_ROW("tls-ca", tls_ca, "FILE", "file to which the authority's certificate is written"),
    {.section = "Behaviour"},
    TEXT_ROW("model", model, "NAME", "the only model"),
    TEXT_ROW("key-env", key_env, "VAR", "variable with the key that requests must contain"),
    CHOICE_ROW("reasoning", reasoning, FAKE_REASONING_CHOICES,
               "where the thought is sent; open: in the content, without its opening tag"),
    CHOICE_ROW("many", many, FAKE_MANY_CHOICES, "response to requests with n > 1"),
    CHOICE_ROW("logprobs", logprobs, FAKE_LOGPROBS_CHOICES, "response to requests for them"),
    CHOICE_ROW("usage", usage, FAKE_USAGE_CHOICES, "whether tokens are counted"),
    CHOICE_ROW("connections", connections, FAKE_CONNECTIONS_CHOICES,
               "whether a connection is closed after each response, with HTTP/1.1 or 1.0"),
    TEXT_ROW("server-header", server_header, "TEXT", "the header Server; none by default"),
    FLAG_ROW("props", props, "have the path /props, as llama.cpp's server does"),
    FLAG_ROW("judge", judge, "respond as a judge of replies"),
    FLAG_ROW("strict", strict, "reject fields that the OpenAI API does not have"),
    FLAG_ROW("ignore-stream", ignore_stream, "never stream"),
    SIZE_ROW("reply-tokens", reply_tokens, "length of replies; 0: 20 to 100"),
    SIZE_ROW("tokens-per-event", event_tokens, "tokens of a streamed event"),
    SIZE_ROW("context", context, "tokens of prompt and reply; 0: no limit"),
    SIZE_ROW("latency-ms", latency_ms, "before a response"),
    SIZE_ROW("event-ms", event_ms, "between the pieces of a response"),
    {.section = "Faults"},
    {.name = "fault",
     .type = DISTILL_OPT_LIST,
     .offset = AT(fault_rules),
     .unit = "NAME:P",
     .help = "probability of the fault"},
    FLAG_ROW("list-faults", list_faults, "print the names of all faults"),
    TEXT_ROW("away", away, "URL", "target of redirect-away"),
    SIZE_ROW("requests-per-minute", requests_per_minute, "429 for more; 0: no limit"),
    SIZE_ROW("die-after", die_after, "requests after which all connections are reset"),
    SIZE_ROW("dead-for-ms", dead_for_ms, "and none is accepted for so long"),
    SIZE_ROW("life", life_s, "seconds after which the program exits"),
    DISTILL_COMMON_ROWS,
};

static const distill_program PROGRAM = {
    .name = "fake_teacher",
    .summary = "an OpenAI-compatible server for tests, with faults on request",
    .usage = "fake_teacher --port-file FILE [options]",
    .options = ROWS,
    .option_count = sizeof ROWS / sizeof *ROWS,
    .defaults = &DEFAULTS,
    .size = sizeof DEFAULTS,
};

typedef struct loop {
    fake_server server;
    SSL_CTX *tls;
    int epoll, listener, port;
    fake_connection **connections;
    size_t count, capacity;
    unsigned number;
    bool has_died;
    double restart_s; // 0 = listening
} loop;

static volatile sig_atomic_t is_stopped;

static void on_signal(int number)
{
    (void)number;
    is_stopped = 1;
}

static distill_status watch(const loop *l, int operation, int socket, fake_connection *c)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (c != NULL && c->needs_write && c->due_s <= fake_now_s())
        event.events |= EPOLLOUT;
    if (epoll_ctl(l->epoll, operation, socket, &event) != 0)
        return distill_fail_errno(DISTILL_IO, "epoll");
    return DISTILL_OK;
}

static distill_status start_listening(loop *l)
{
    distill_status status = DISTILL_OK;
    TRY(fake_wire_listen(&l->listener, &l->port));
    TRY(watch(l, EPOLL_CTL_ADD, l->listener, NULL));
done:
    return status;
}

static distill_status accept_all(loop *l)
{
    distill_status status = DISTILL_OK;
    int socket, one = 1;
    while ((socket = accept4(l->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (l->count == l->capacity) {
            TRY(distill_grow((void **)&l->connections, l->capacity, l->capacity * 2 + 64,
                             sizeof *l->connections));
            l->capacity = l->capacity * 2 + 64;
        }
        TRY(fake_connection_open(&l->connections[l->count], socket, l->tls, ++l->number));
        TRY(watch(l, EPOLL_CTL_ADD, socket, l->connections[l->count++]));
    }
done:
    return status;
}

/// Closes and frees connections that have ended.
static void remove_closed(loop *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++) {
        if (l->connections[i]->is_closed)
            fake_connection_close(l->connections[i]);
        else
            l->connections[kept++] = l->connections[i];
    }
    l->count = kept;
}

static distill_status advance(const loop *l, fake_connection *c, fake_server *server, double now_s)
{
    distill_status status = DISTILL_OK;
    fake_connection_advance(c, server, now_s);
    if (!c->is_closed)
        TRY(watch(l, EPOLL_CTL_MOD, c->socket, c));
done:
    return status;
}

/// --die-after: resets all connections and stops listening; later listens again on the same port.
static distill_status stop_or_restart(loop *l, double now_s)
{
    distill_status status = DISTILL_OK;
    const fake_settings *settings = l->server.settings;
    if (l->restart_s > 0 && now_s >= l->restart_s) {
        l->restart_s = 0;
        TRY(start_listening(l));
    }
    if (l->has_died || settings->die_after == 0 || l->server.serial < settings->die_after)
        return DISTILL_OK;
    l->has_died = true;
    l->restart_s = now_s + (double)settings->dead_for_ms / 1000;
    for (size_t i = 0; i < l->count; i++) {
        fake_wire_reset(l->connections[i]);
        l->connections[i]->is_closed = true;
    }
    close(l->listener);
done:
    return status;
}

/// Advances the connections that are due. Sets *wait_ms to the time until the next one is due, at
/// most 1 s.
static distill_status advance_due(loop *l, double now_s, int *wait_ms)
{
    distill_status status = DISTILL_OK;
    double next_s = l->restart_s;
    for (size_t i = 0; i < l->count; i++) {
        fake_connection *c = l->connections[i];
        if (c->due_s > 0 && c->due_s <= now_s) {
            c->due_s = 0;
            TRY(advance(l, c, &l->server, now_s));
        }
        if (!c->is_closed && c->due_s > 0 && (next_s == 0 || c->due_s < next_s))
            next_s = c->due_s;
    }
    *wait_ms = next_s == 0 ? 1000 : next_s <= now_s ? 0 : (int)((next_s - now_s) * 1000) + 1;
done:
    return status;
}

static distill_status serve(loop *l)
{
    distill_status status = DISTILL_OK;
    struct epoll_event events[MAX_EVENTS];
    int wait_ms = 1000;
    while (!is_stopped) {
        int ready = epoll_wait(l->epoll, events, MAX_EVENTS, wait_ms < 1000 ? wait_ms : 1000);
        double now_s = fake_now_s();
        if (ready < 0 && errno != EINTR)
            TRY(distill_fail_errno(DISTILL_IO, "epoll_wait"));
        for (int i = 0; i < ready; i++) {
            fake_connection *c = events[i].data.ptr;
            if (c == NULL)
                TRY(accept_all(l));
            else
                TRY(advance(l, c, &l->server, now_s));
        }
        TRY(advance_due(l, now_s, &wait_ms));
        TRY(stop_or_restart(l, now_s));
        remove_closed(l);
    }
done:
    return status;
}

static distill_status prepare(loop *l, fake_settings *settings)
{
    distill_status status = DISTILL_OK;
    struct rlimit files;
    char text[32];
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    signal(SIGPIPE, SIG_IGN);
    alarm((unsigned)settings->life_s);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (settings->key_env != NULL && (settings->key = getenv(settings->key_env)) == NULL)
        TRY(distill_fail(DISTILL_USAGE, "--key-env %s: the variable is not set",
                         settings->key_env));
    if (settings->event_tokens == 0)
        settings->event_tokens = 1;
    settings->faults.seed = settings->common.seed;
    for (size_t i = 0; i < settings->fault_rules.count; i++)
        TRY(fake_faults_add(&settings->faults, settings->fault_rules.at[i]));
    if (settings->requests_per_minute > 0)
        TRY(DISTILL_NEW(&l->server.recent_s, settings->requests_per_minute));
    if (settings->log != NULL) {
        l->server.log = open(settings->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (l->server.log < 0)
            TRY(distill_fail_errno(DISTILL_IO, "%s", settings->log));
    }
    if (settings->tls != FAKE_TLS_NONE)
        TRY(fake_tls_open(&l->tls, settings->tls, settings->tls_ca));
    l->port = settings->port;
    TRY(start_listening(l));
    snprintf(text, sizeof text, "%d\n", l->port);
    if (settings->port_file != NULL)
        TRY(distill_file_write(settings->port_file, text, strlen(text)));
done:
    return status;
}

static void list_faults(void)
{
    static const char *const remedies[] = {"retry", "give-up", "none", "other"};
    const fake_fault *row;
    for (size_t i = 0; (row = fake_fault_at(i)) != NULL; i++)
        printf("%s %s\n", row->name, remedies[row->remedy]);
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    fake_settings settings = DEFAULTS;
    loop l = {.server = {.settings = &settings, .log = -1, .started_s = fake_now_s()}};
    TRY(distill_options_parse(&settings, &PROGRAM, argc, argv));
    if (settings.list_faults) {
        list_faults();
        goto done;
    }
    l.epoll = epoll_create1(EPOLL_CLOEXEC);
    TRY(prepare(&l, &settings));
    TRY(serve(&l));
done:
    for (size_t i = 0; i < l.count; i++)
        fake_connection_close(l.connections[i]);
    distill_free(l.connections);
    distill_free(l.server.prompts);
    distill_free(l.server.prompt_counts);
    distill_free(l.server.recent_s);
    SSL_CTX_free(l.tls);
    distill_free(settings.fault_rules.at);
    return distill_exit(&PROGRAM, status);
}
