// distill/openai/client.c - the run: sends requests until none is left and no reply is missing.
//
// Single-threaded: http_client_poll runs the callbacks below, which move jobs between queues.
// Requests are fetched from the caller only when one can be sent, so that memory is bounded by the
// concurrency and not by the number of prompts.
#include "distill/openai/client_state.h"

#include "distill/base/interrupt.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
    DEFAULT_CONCURRENCY = 64,
    MIN_REPLIES_IN_FLIGHT = 1024 // limit on replies in flight, unless the concurrency is higher
};
static const double CONNECT_TIMEOUT_S = 30, INTERRUPT_GRACE_S = 5;

// ---- queues -------------------------------------------------------------------------------------

void client_queue_add(client_queue *queue, client_job *job)
{
    job->next = NULL;
    if (queue->last != NULL)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
    queue->count++;
}

void client_queue_remove(client_queue *queue, client_job *job)
{
    client_job *before = NULL;
    for (client_job *at = queue->first; at != job; at = at->next)
        before = at;
    if (before != NULL)
        before->next = job->next;
    else
        queue->first = job->next;
    if (queue->last == job)
        queue->last = before;
    queue->count--;
}

void client_job_free(client_job *job)
{
    client_response_free(&job->response);
    distill_text_free(&job->failure);
    distill_free(job);
}

void client_queue_clear(client_queue *queue)
{
    while (queue->first != NULL) {
        client_job *job = queue->first;
        queue->first = job->next;
        client_job_free(job);
    }
    *queue = (client_queue){0};
}

// ---- callbacks of http_client -------------------------------------------------------------------

static void mark_alive(endpoint *e)
{
    if (endpoint_mark_alive(e))
        distill_note("%s responds again", e->url);
}

static http_next on_body(void *context, void *tag, const http_response *head, distill_span bytes)
{
    client *c = context;
    client_job *job = tag;
    http_next next = client_response_receive(&job->response, head, bytes);
    size_t pieces = client_response_pieces(&job->response);
    if (pieces > 0 && job->pieces == 0)
        mark_alive(job->server);
    c->live_pieces += pieces - job->pieces;
    job->pieces = pieces;
    return next;
}

static void on_done(void *context, void *tag, const http_response *http)
{
    client *c = context;
    client_job *job = tag;
    endpoint *e = job->server;
    client_queue_remove(&c->in_flight, job);
    c->replies_in_flight -= job->n;
    endpoint_release(e);
    job->server = NULL;
    distill_status status = client_response_end(&job->response, http, c->api_key);
    if (job->response.outcome == RETRY_SUCCESS)
        mark_alive(e);
    e->is_llama_cpp = e->is_llama_cpp || strstr(http->server, "llama.cpp") != NULL;
    client_use_server_kind(c, e);
    client_count_usage(c, job);
    if (status != DISTILL_OK) {
        client_stop(c, status);
        client_queue_add(&c->pending, job); // freed at the end of the run
        return;
    }
    client_complete(c, job, e);
}

// ---- jobs ---------------------------------------------------------------------------------------

/// Fetches a request from the caller, unless one is buffered.
static distill_status fetch_next(client *c)
{
    distill_status status = DISTILL_OK;
    if (c->has_next || !c->has_more)
        return DISTILL_OK;
    TRY(c->calls->next(c->calls->context, &c->next, &c->has_more));
    c->has_next = c->has_more;
done:
    return status;
}

static size_t max_tokens_of(const client *c, const distill_request *request)
{
    size_t limit = request->max_tokens > 0 ? request->max_tokens : c->sampling->max_tokens;
    return c->max_reply_tokens > 0 && c->max_reply_tokens < limit ? c->max_reply_tokens : limit;
}

/// Makes a job of consecutive requests that may be sent together; NULL if the caller has none left.
static distill_status create_job(client *c, client_job **out)
{
    distill_status status = DISTILL_OK;
    client_job *job = NULL;
    *out = NULL;
    TRY(fetch_next(c));
    if (!c->has_next)
        goto done;
    TRY(DISTILL_NEW(&job, 1));
    job->max_tokens = max_tokens_of(c, &c->next);
    do {
        job->requests[job->count++] = c->next;
        c->has_next = false;
        TRY(fetch_next(c));
    } while (c->has_next && !c->dialect.one_choice && job->count < CLIENT_MAX_CHOICES &&
             c->next.prompt_key != 0 && c->next.prompt_key == job->requests[0].prompt_key &&
             max_tokens_of(c, &c->next) == job->max_tokens);
    *out = job;
    job = NULL;
done:
    if (job != NULL)
        client_job_free(job);
    return status;
}

/// Takes a pending job that may be sent now, or creates one; NULL if neither is possible.
static distill_status take_job(client *c, client_job **out, double now_s)
{
    for (client_job *job = c->pending.first; job != NULL; job = job->next) {
        if (job->ready_s > now_s)
            continue;
        client_queue_remove(&c->pending, job);
        *out = job;
        return DISTILL_OK;
    }
    *out = NULL;
    size_t unresolved = c->pending.count + c->failed.count;
    if (unresolved > 2 * c->options.concurrency + CLIENT_MAX_FAILURES) // bounds the backlog
        return DISTILL_OK;
    return create_job(c, out);
}

/// Splits a job that was created before the servers proved to return one reply per request.
static distill_status split_job(client *c, client_job *job)
{
    distill_status status = DISTILL_OK;
    while (c->dialect.one_choice && job->count > 1) {
        client_job *other = NULL;
        TRY(DISTILL_NEW(&other, 1));
        other->requests[other->count++] = job->requests[--job->count];
        other->max_tokens = job->max_tokens;
        client_queue_add(&c->pending, other);
    }
done:
    return status;
}

static distill_status send_job(client *c, client_job *job, endpoint *e, double now_s)
{
    distill_status status = DISTILL_OK;
    const chat_request chat = {c->model,   &job->requests[0], c->sampling,
                               job->count, job->max_tokens,   job->empties};
    distill_text_clear(&c->body);
    distill_text_clear(&c->url);
    TRY(chat_request_write(&c->body, &chat, &c->dialect));
    TRY(distill_text_printf(&c->url, "%s%s", e->url, chat_request_path(chat.request)));
    TRY(client_response_begin(&job->response, job->count, c->sampling, job->max_tokens));
    job->n = job->count;
    job->body_bytes = c->body.length;
    job->pieces = 0;
    job->dialect_version = c->dialect_version;
    job->estimated_tokens = client_estimate_tokens(c, job);
    TRY(http_client_send(c->http, c->url.bytes, &c->body, job));
    rate_limit_take(&c->requests_limit, 1, now_s);
    rate_limit_take(&c->tokens_limit, job->estimated_tokens, now_s);
    job->server = e;
    endpoint_acquire(e);
    c->replies_in_flight += job->n;
    c->usage.requests++;
    c->usage.retries += job->failures + job->rate_limits > 0;
done:
    return status;
}

/// Sends as many jobs as concurrency, rate limits and endpoints permit.
static distill_status send_jobs(client *c)
{
    distill_status status = DISTILL_OK;
    double now_s = distill_now_s();
    size_t max_replies = c->options.concurrency > MIN_REPLIES_IN_FLIGHT ? c->options.concurrency
                                                                        : MIN_REPLIES_IN_FLIGHT;
    while (c->in_flight.count < c->options.concurrency && c->replies_in_flight < max_replies &&
           rate_limit_wait_s(&c->requests_limit, now_s) == 0 &&
           rate_limit_wait_s(&c->tokens_limit, now_s) == 0) {
        client_job *job = NULL;
        endpoint *e = endpoint_choose(c->endpoints, c->options.url_count, now_s);
        if (e == NULL)
            break;
        TRY(take_job(c, &job, now_s));
        if (job == NULL)
            break;
        if (job->count > 1)
            status = client_recognise(c, e);
        if (status == DISTILL_OK)
            status = split_job(c, job);
        if (status == DISTILL_OK)
            status = send_job(c, job, e, now_s);
        client_queue_add(status == DISTILL_OK ? &c->in_flight : &c->pending, job);
        TRY(status);
    }
done:
    return status;
}

// ---- run ----------------------------------------------------------------------------------------

/// Milliseconds until something can be sent, at most CLIENT_POLL_MS.
static int poll_ms(client *c)
{
    double now_s = distill_now_s();
    double wait_s = CLIENT_POLL_MS / 1000.0;
    for (const client_job *job = c->pending.first; job != NULL; job = job->next)
        if (job->ready_s > now_s)
            wait_s = fmin(wait_s, job->ready_s - now_s);
    double resume_s = endpoint_next_resume_s(c->endpoints, c->options.url_count, now_s);
    wait_s = fmin(wait_s, resume_s - now_s);
    double limited_s = fmax(rate_limit_wait_s(&c->requests_limit, now_s),
                            rate_limit_wait_s(&c->tokens_limit, now_s));
    if (limited_s > 0)
        wait_s = fmin(wait_s, limited_s);
    return (int)fmax(1, ceil(1000 * wait_s));
}

/// After an interrupt nothing new is sent, and requests in flight have a few seconds to complete.
static distill_status drain(client *c, double *until_s)
{
    double now_s = distill_now_s();
    if (*until_s == 0) {
        *until_s = now_s + INTERRUPT_GRACE_S;
        if (c->in_flight.count > 0)
            distill_note("interrupted: waiting up to %.0f s for %zu requests in flight (a second "
                         "signal exits at once)",
                         INTERRUPT_GRACE_S, c->in_flight.count);
    }
    if (c->in_flight.count == 0 || now_s >= *until_s)
        return distill_interrupt_check();
    return DISTILL_OK;
}

static distill_status run_all(client *c)
{
    distill_status status = DISTILL_OK;
    double until_s = 0;
    for (;;) {
        if (distill_interrupted())
            TRY(drain(c, &until_s));
        else
            TRY(send_jobs(c));
        if (c->in_flight.count == 0 && c->pending.count == 0 && !c->has_next && !c->has_more)
            break;
        TRY(http_client_poll(c->http, poll_ms(c)));
        TRY(c->status);
        if (c->calls->tick != NULL)
            c->calls->tick(c->calls->context, c->usage.reply_tokens + c->live_pieces);
    }
    client_deliver_failures(c);
    TRY(c->status);
done:
    return status;
}

static void clear_run(client *c)
{
    http_client_cancel_all(c->http);
    for (const client_job *job = c->in_flight.first; job != NULL; job = job->next)
        client_count_usage(c, job);
    for (size_t i = 0; i < c->options.url_count; i++)
        c->endpoints[i].in_flight = 0;
    client_queue_clear(&c->pending);
    client_queue_clear(&c->in_flight);
    client_queue_clear(&c->failed);
    c->replies_in_flight = 0;
    c->live_pieces = 0;
}

static distill_status run(distill_generator *generator, const distill_sampling *sampling,
                          const distill_generator_calls *calls)
{
    client *c = (client *)generator;
    c->sampling = sampling;
    c->calls = calls;
    c->status = DISTILL_OK;
    c->has_more = true;
    c->has_next = false;
    distill_status status = run_all(c);
    clear_run(c);
    return status;
}

static distill_usage usage(const distill_generator *generator)
{
    const client *c = (const client *)generator;
    distill_usage usage_now = c->usage;
    usage_now.in_flight = c->in_flight.count;
    return usage_now;
}

// ---- open and close -----------------------------------------------------------------------------

static void close_client(distill_generator *generator)
{
    client *c = (client *)generator;
    http_client_close(c->http);
    for (size_t i = 0; c->endpoints != NULL && i < c->options.url_count; i++)
        distill_free(c->endpoints[i].url);
    distill_free(c->endpoints);
    if (c->api_key != NULL)
        explicit_bzero(c->api_key, strlen(c->api_key));
    distill_free(c->api_key);
    distill_free(c->model);
    distill_text_free(&c->text);
    distill_text_free(&c->body);
    distill_text_free(&c->url);
    distill_free(c);
}

static distill_status open_endpoints(client *c)
{
    distill_status status = DISTILL_OK;
    distill_text url = {0};
    TRY(DISTILL_NEW(&c->endpoints, c->options.url_count));
    for (size_t i = 0; i < c->options.url_count; i++) {
        endpoint *e = &c->endpoints[i];
        TRY(http_base_url(&url, c->options.urls[i]));
        TRY(distill_copy_string(&e->url, url.bytes, url.length));
        e->window = e->max_window = (double)c->options.concurrency;
    }
done:
    distill_text_free(&url);
    return status;
}

/// Raises the limit on open files: each request in flight may need a connection of its own, and
/// connections of completed ones drain.
static void raise_file_limit(size_t connections)
{
    const rlim_t others = 64;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= connections + others)
        return;
    files.rlim_cur = files.rlim_max < connections + others ? files.rlim_max : connections + others;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur < connections + others)
        distill_warn("%zu connections need as many open files, but the limit is %llu "
                     "(ulimit -n); some may fail",
                     connections, (unsigned long long)files.rlim_cur);
}

/// Copies the key, and disables core dumps, which would contain it.
static distill_status keep_key(client *c, const char *api_key)
{
    const struct rlimit none = {0, 0};
    if (api_key == NULL || api_key[0] == '\0')
        return DISTILL_OK;
    for (const char *p = api_key; *p != '\0'; p++)
        if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 127)
            return distill_fail(DISTILL_USAGE, "the API key contains blanks or characters that "
                                               "are not printable ASCII");
    setrlimit(RLIMIT_CORE, &none);
    return distill_copy_string(&c->api_key, api_key, strlen(api_key));
}

static distill_status open_http(client *c)
{
    double idle_timeout_s = c->options.idle_timeout_s;
    const http_client_options http = {.api_key = c->api_key,
                                      .max_connections = c->options.concurrency,
                                      .connect_timeout_s = fmin(CONNECT_TIMEOUT_S, idle_timeout_s),
                                      .idle_timeout_s = idle_timeout_s,
                                      .content_timeout_s = c->options.content_timeout_s,
                                      .total_timeout_s = c->options.total_timeout_s,
                                      .on_body = on_body,
                                      .on_done = on_done,
                                      .context = c};
    return http_client_open(&c->http, &http);
}

distill_status distill_client_open(distill_generator **out, const distill_client_options *options)
{
    static const distill_generator_methods METHODS = {run, usage, close_client};
    distill_status status = DISTILL_OK;
    client *c = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&c, 1));
    c->base.methods = &METHODS;
    c->options = *options;
    c->policy.max_retries = options->retries;
    if (c->options.concurrency == 0)
        c->options.concurrency = DEFAULT_CONCURRENCY;
    c->jitter = distill_rng_start((uint64_t)time(NULL), 0);
    raise_file_limit(2 * c->options.concurrency);
    TRY(open_endpoints(c));
    TRY(keep_key(c, options->api_key));
    TRY(client_find_model(c));
    c->base.model = c->model;
    TRY(open_http(c));
    rate_limit_start(&c->requests_limit, options->requests_per_minute, distill_now_s());
    rate_limit_start(&c->tokens_limit, options->tokens_per_minute, distill_now_s());
    *out = &c->base;
    c = NULL;
done:
    if (c != NULL)
        close_client(&c->base);
    return status;
}
