// tests/support/fake_teacher.c - an OpenAI-compatible server on 127.0.0.1 that misbehaves as told.
//
//     fake_teacher --port-file port.txt --log log.jsonl --fault 429-after:0.05 --fault rst:0.02 &
//     distill-gen --teacher http://127.0.0.1:$(cat port.txt)/v1 --model fake-teacher …
//
// One thread, epoll, plain or TLS. Replies are a pure function of what was asked
// (fake_teacher_reply.h), faults of the seed and the request's number (fake_teacher_fault.h). The log
// has a line for every request and every answer that was sent to its end.
// It ends when its parent does, when told, or after --life seconds: a test leaves nothing running.
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

enum { EVENTS_A_TURN = 256 };

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
    .reasoning = "inline",
    .many = "all",
    .logprobs = "yes",
    .usage = "yes",
    .tokens_an_event = 1,
    .life_s = 900,
};

static const distill_option ROWS[] = {
    {.section = "Where"},
    {.name = "port",
     .type = DISTILL_OPT_INT,
     .offset = AT(port),
     .low = 0,
     .high = 65535,
     .unit = "N",
     .help = "0: chosen by the kernel"},
    TEXT_ROW("port-file", port_file, "FILE", "file for the port, there once it can be used"),
    TEXT_ROW("log", log, "FILE", "JSON lines: requests, answers"),
    CHOICE_ROW("tls", tls, "good|self|host|expired", "https, with such a certificate"),
    TEXT_ROW("tls-ca", tls_ca, "FILE", "file for the authority's certificate"),
    {.section = "What is served"},
    TEXT_ROW("model", model, "NAME", "the only model there is"),
    TEXT_ROW("key-env", key_env, "VAR", "variable with the key that requests must carry"),
    CHOICE_ROW("reasoning", reasoning, "inline|reasoning_content|reasoning|open",
               "where the think part goes; open: in the text, without its opening tag"),
    CHOICE_ROW("many", many, "all|refuse|one", "what a request for n > 1 gets"),
    CHOICE_ROW("logprobs", logprobs, "yes|refuse|ignore", "what a request for them gets"),
    CHOICE_ROW("usage", usage, "yes|no", "whether tokens are counted"),
    FLAG_ROW("judge", judge, "answer as a judge of replies"),
    FLAG_ROW("strict", strict, "refuse what the OpenAI API does not know"),
    FLAG_ROW("ignore-stream", ignore_stream, "one JSON object whatever is asked"),
    SIZE_ROW("reply-tokens", reply_tokens, "length of replies; 0: 20 to 100"),
    SIZE_ROW("tokens-per-event", tokens_an_event, "tokens a streamed event"),
    SIZE_ROW("context", context, "tokens of prompt and reply; 0: any"),
    SIZE_ROW("latency-ms", latency_ms, "before an answer"),
    SIZE_ROW("event-ms", event_ms, "between the pieces of an answer"),
    {.section = "What goes wrong"},
    {.name = "fault",
     .type = DISTILL_OPT_LIST,
     .offset = AT(fault_rules),
     .unit = "NAME:P",
     .help = "share of requests that meet it"},
    FLAG_ROW("list-faults", list_faults, "print the faults there are"),
    TEXT_ROW("away", away, "URL", "where redirect-away leads"),
    SIZE_ROW("requests-per-minute", requests_a_minute, "429 for more; 0: any"),
    SIZE_ROW("die-after", die_after, "requests after which every connection is reset"),
    SIZE_ROW("dead-for-ms", dead_for_ms, "and no new one is taken for so long"),
    SIZE_ROW("life", life_s, "seconds after which the program ends"),
    DISTILL_COMMON_ROWS,
};

static const distill_program PROGRAM = {
    .name = "fake_teacher",
    .summary = "an OpenAI-compatible server for tests that misbehaves as told",
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
    double reborn_s; // 0 = alive
} loop;

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

static distill_status watch(const loop *l, int operation, int socket, fake_connection *c)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (c != NULL && c->waits_to_write && c->due_s <= fake_now_s())
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

static void bury(loop *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++) {
        if (l->connections[i]->dead)
            fake_connection_close(l->connections[i]);
        else
            l->connections[kept++] = l->connections[i];
    }
    l->count = kept;
}

static distill_status move(const loop *l, fake_connection *c, fake_server *server, double now_s)
{
    distill_status status = DISTILL_OK;
    fake_connection_move(c, server, now_s);
    if (!c->dead)
        TRY(watch(l, EPOLL_CTL_MOD, c->socket, c));
done:
    return status;
}

/// --die-after: everything is gone for a while, then the same port answers again.
static distill_status die_or_come_back(loop *l, double now_s)
{
    distill_status status = DISTILL_OK;
    const fake_settings *settings = l->server.settings;
    if (l->reborn_s > 0 && now_s >= l->reborn_s) {
        l->reborn_s = 0;
        TRY(start_listening(l));
    }
    if (l->has_died || settings->die_after == 0 || l->server.serial < settings->die_after)
        return DISTILL_OK;
    l->has_died = true;
    l->reborn_s = now_s + (double)settings->dead_for_ms / 1000;
    for (size_t i = 0; i < l->count; i++) {
        fake_wire_reset(l->connections[i]);
        l->connections[i]->dead = true;
    }
    close(l->listener);
done:
    return status;
}

/// Moves every connection whose moment has come; gives milliseconds until the next (-1 = none).
static distill_status move_due(loop *l, double now_s, int *wait_ms)
{
    distill_status status = DISTILL_OK;
    double next_s = l->reborn_s;
    for (size_t i = 0; i < l->count; i++) {
        fake_connection *c = l->connections[i];
        if (c->due_s > 0 && c->due_s <= now_s) {
            c->due_s = 0;
            TRY(move(l, c, &l->server, now_s));
        }
        if (!c->dead && c->due_s > 0 && (next_s == 0 || c->due_s < next_s))
            next_s = c->due_s;
    }
    *wait_ms = next_s == 0 ? 1000 : next_s <= now_s ? 0 : (int)((next_s - now_s) * 1000) + 1;
done:
    return status;
}

static distill_status serve(loop *l)
{
    distill_status status = DISTILL_OK;
    struct epoll_event events[EVENTS_A_TURN];
    int wait_ms = 1000;
    while (!stopped) {
        int ready = epoll_wait(l->epoll, events, EVENTS_A_TURN, wait_ms < 1000 ? wait_ms : 1000);
        double now_s = fake_now_s();
        if (ready < 0 && errno != EINTR)
            TRY(distill_fail_errno(DISTILL_IO, "epoll_wait"));
        for (int i = 0; i < ready; i++) {
            fake_connection *c = events[i].data.ptr;
            if (c == NULL)
                TRY(accept_all(l));
            else
                TRY(move(l, c, &l->server, now_s));
        }
        TRY(move_due(l, now_s, &wait_ms));
        TRY(die_or_come_back(l, now_s));
        bury(l);
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
        TRY(distill_fail(DISTILL_USAGE, "--key-env %s: not set", settings->key_env));
    if (settings->tokens_an_event == 0)
        settings->tokens_an_event = 1;
    settings->faults.seed = settings->common.seed;
    for (size_t i = 0; i < settings->fault_rules.count; i++)
        TRY(fake_faults_add(&settings->faults, settings->fault_rules.at[i]));
    if (settings->requests_a_minute > 0)
        TRY(DISTILL_NEW(&l->server.recent_s, settings->requests_a_minute));
    if (settings->log != NULL) {
        l->server.log = open(settings->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (l->server.log < 0)
            TRY(distill_fail_errno(DISTILL_IO, "%s", settings->log));
    }
    if (settings->tls != NULL)
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
    static const char *const remedies[] = {"retry", "give-up", "no-matter"};
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
    distill_free(l.server.asked);
    distill_free(l.server.recent_s);
    SSL_CTX_free(l.tls);
    distill_free(settings.fault_rules.at);
    return distill_exit(&PROGRAM, status);
}
