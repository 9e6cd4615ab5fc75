// distill/openai/client.c - a run: requests out, replies in, until nothing is missing.
#include "distill/openai/client_state.h"

#include "distill/base/interrupt.h"
#include "distill/base/log.h"
#include "distill/base/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { LEAST_REPLIES = 1024 }; // that may be in flight however few requests are
static const double CONNECT_TIMEOUT_S = 30, INTERRUPT_GRACE_S = 5;

// ---- queues -------------------------------------------------------------------------------------

void served_queue_add(served_queue *queue, served_job *j)
{
    j->next = NULL;
    if (queue->last != NULL)
        queue->last->next = j;
    else
        queue->first = j;
    queue->last = j;
    queue->count++;
}

void served_queue_remove(served_queue *queue, served_job *j)
{
    served_job *before = NULL;
    for (served_job *at = queue->first; at != j; at = at->next)
        before = at;
    if (before != NULL)
        before->next = j->next;
    else
        queue->first = j->next;
    if (queue->last == j)
        queue->last = before;
    queue->count--;
}

void served_job_free(served_job *j)
{
    served_answer_free(&j->answer);
    distill_text_free(&j->failure);
    distill_free(j);
}

void served_queue_clear(served_queue *queue)
{
    while (queue->first != NULL) {
        served_job *j = queue->first;
        queue->first = j->next;
        served_job_free(j);
    }
    *queue = (served_queue){0};
}

// ---- what remote.h calls ------------------------------------------------------------------------

static void hear(endpoint *e)
{
    if (endpoint_answered(e))
        distill_note("%s answers again", e->url);
}

static bool on_bytes(void *context, void *tag, const remote_answer *head, distill_span bytes)
{
    served *s = context;
    served_job *j = tag;
    bool more = served_answer_take(&j->answer, head, bytes);
    size_t pieces = served_answer_pieces(&j->answer);
    if (pieces > 0 && j->pieces == 0)
        hear(j->at);
    s->live += pieces - j->pieces;
    j->pieces = pieces;
    return more;
}

static void on_done(void *context, void *tag, const remote_answer *end)
{
    served *s = context;
    served_job *j = tag;
    endpoint *e = j->at;
    served_queue_remove(&s->flying, j);
    s->replies_flying -= j->asked;
    endpoint_end(e);
    j->at = NULL;
    distill_status status = served_answer_close(&j->answer, end, s->api_key);
    if (j->answer.verdict == SERVED_GOOD)
        hear(e);
    served_count_usage(s, j);
    if (status != DISTILL_OK) {
        served_stop(s, status);
        served_queue_add(&s->waiting, j); // freed with the run
        return;
    }
    served_settle(s, j, e);
}

// ---- sending ------------------------------------------------------------------------------------

/// Asks for one more request, unless one is at hand.
static distill_status look_ahead(served *s)
{
    distill_status status = DISTILL_OK;
    if (s->has_ahead || !s->more)
        return DISTILL_OK;
    TRY(s->calls->next(s->calls->context, &s->ahead, &s->more));
    s->has_ahead = s->more;
done:
    return status;
}

static size_t limit_of(const served *s, const distill_request *request)
{
    size_t limit = request->max_tokens > 0 ? request->max_tokens : s->sampling->max_tokens;
    return s->most_tokens > 0 && s->most_tokens < limit ? s->most_tokens : limit;
}

/// A job of new requests, as many of one prompt as may go together; NULL if there are none.
static distill_status new_job(served *s, served_job **out)
{
    distill_status status = DISTILL_OK;
    served_job *j = NULL;
    *out = NULL;
    TRY(look_ahead(s));
    if (!s->has_ahead)
        goto done;
    TRY(DISTILL_NEW(&j, 1));
    j->max_tokens = limit_of(s, &s->ahead);
    do {
        j->requests[j->count++] = s->ahead;
        s->has_ahead = false;
        TRY(look_ahead(s));
    } while (s->has_ahead && !s->dialect.single && j->count < SERVED_TOGETHER &&
             s->ahead.prompt_key != 0 && s->ahead.prompt_key == j->requests[0].prompt_key &&
             limit_of(s, &s->ahead) == j->max_tokens);
    *out = j;
    j = NULL;
done:
    if (j != NULL)
        served_job_free(j);
    return status;
}

/// One that waits and may go now, else a new one; NULL if there is none.
static distill_status take_job(served *s, served_job **out, double now_s)
{
    for (served_job *j = s->waiting.first; j != NULL; j = j->next) {
        if (j->ready_s > now_s)
            continue;
        served_queue_remove(&s->waiting, j);
        *out = j;
        return DISTILL_OK;
    }
    *out = NULL;
    size_t open = s->waiting.count + s->doubtful.count;
    if (open > 2 * s->options.concurrency + SERVED_DOUBTS) // failures must not pile up
        return DISTILL_OK;
    return new_job(s, out);
}

/// Splits off what may not go together with the rest any more.
static distill_status keep_single(served *s, served_job *j)
{
    distill_status status = DISTILL_OK;
    while (s->dialect.single && j->count > 1) {
        served_job *other = NULL;
        TRY(DISTILL_NEW(&other, 1));
        other->requests[other->count++] = j->requests[--j->count];
        other->max_tokens = j->max_tokens;
        served_queue_add(&s->waiting, other);
    }
done:
    return status;
}

static distill_status launch(served *s, served_job *j, endpoint *e, double now_s)
{
    distill_status status = DISTILL_OK;
    remote_call *call = NULL;
    chat_ask ask = {s->model, &j->requests[0], s->sampling, j->count, j->max_tokens};
    distill_text_clear(&s->body);
    distill_text_clear(&s->url);
    TRY(chat_write(&s->body, &ask, &s->dialect));
    TRY(distill_text_printf(&s->url, "%s%s", e->url, chat_path(ask.request)));
    TRY(served_answer_begin(&j->answer, j->count, s->sampling, j->max_tokens));
    j->asked = j->count;
    j->body_bytes = s->body.length;
    j->pieces = 0;
    j->dialect = s->lessons;
    j->estimate = served_estimate_tokens(s, j);
    TRY(remote_send(s->net, &call, s->url.bytes, &s->body, j));
    rate_limit_take(&s->requests_limit, 1, now_s);
    rate_limit_take(&s->tokens_limit, j->estimate, now_s);
    j->at = e;
    endpoint_begin(e);
    s->replies_flying += j->asked;
    s->usage.requests++;
    s->usage.retries += j->attempts + j->busy > 0;
done:
    return status;
}

/// Sends what may be sent now.
static distill_status fill(served *s)
{
    distill_status status = DISTILL_OK;
    double now_s = distill_now_s();
    size_t most = s->options.concurrency > LEAST_REPLIES ? s->options.concurrency : LEAST_REPLIES;
    while (s->flying.count < s->options.concurrency && s->replies_flying < most &&
           rate_limit_wait_s(&s->requests_limit, now_s) == 0 &&
           rate_limit_wait_s(&s->tokens_limit, now_s) == 0) {
        served_job *j = NULL;
        endpoint *e = endpoint_choose(s->endpoints, s->options.url_count, now_s);
        if (e == NULL)
            break;
        TRY(take_job(s, &j, now_s));
        if (j == NULL)
            break;
        status = keep_single(s, j);
        if (status == DISTILL_OK)
            status = launch(s, j, e, now_s);
        served_queue_add(status == DISTILL_OK ? &s->flying : &s->waiting, j);
        TRY(status);
    }
done:
    return status;
}

// ---- run ----------------------------------------------------------------------------------------

/// Milliseconds until something may be sent, at most SERVED_STEP_MS.
static int wait_ms(served *s)
{
    double now_s = distill_now_s();
    double wait_s = SERVED_STEP_MS / 1000.0;
    for (const served_job *j = s->waiting.first; j != NULL; j = j->next)
        if (j->ready_s > now_s)
            wait_s = fmin(wait_s, j->ready_s - now_s);
    wait_s = fmin(wait_s, endpoint_next_s(s->endpoints, s->options.url_count, now_s) - now_s);
    double limited = fmax(rate_limit_wait_s(&s->requests_limit, now_s),
                          rate_limit_wait_s(&s->tokens_limit, now_s));
    if (limited > 0)
        wait_s = fmin(wait_s, limited);
    return (int)fmax(1, ceil(1000 * wait_s));
}

/// After a first signal nothing is sent any more; replies that are nearly there may still come.
static distill_status wind_down(served *s, double *until_s)
{
    double now_s = distill_now_s();
    if (*until_s == 0) {
        *until_s = now_s + INTERRUPT_GRACE_S;
        if (s->flying.count > 0)
            distill_note("interrupted: %zu requests in flight are given %.0f s more (a second "
                         "signal stops at once)",
                         s->flying.count, INTERRUPT_GRACE_S);
    }
    if (s->flying.count == 0 || now_s >= *until_s)
        return distill_interrupt_check();
    return DISTILL_OK;
}

static distill_status run_all(served *s)
{
    distill_status status = DISTILL_OK;
    double until_s = 0;
    for (;;) {
        if (distill_interrupted())
            TRY(wind_down(s, &until_s));
        else
            TRY(fill(s));
        if (s->flying.count == 0 && s->waiting.count == 0 && !s->has_ahead && !s->more)
            break;
        TRY(remote_step(s->net, wait_ms(s)));
        TRY(s->status);
        if (s->calls->tick != NULL)
            s->calls->tick(s->calls->context, s->usage.reply_tokens + s->live);
    }
    served_tell_doubtful(s);
    TRY(s->status);
done:
    return status;
}

static void clear_run(served *s)
{
    remote_drop_all(s->net);
    for (const served_job *j = s->flying.first; j != NULL; j = j->next)
        served_count_usage(s, j);
    for (size_t i = 0; i < s->options.url_count; i++)
        s->endpoints[i].in_flight = 0;
    served_queue_clear(&s->waiting);
    served_queue_clear(&s->flying);
    served_queue_clear(&s->doubtful);
    s->replies_flying = 0;
    s->live = 0;
}

distill_status served_run(served *s, const distill_sampling *sampling,
                          const distill_generator_calls *calls)
{
    s->sampling = sampling;
    s->calls = calls;
    s->status = DISTILL_OK;
    s->more = true;
    s->has_ahead = false;
    distill_status status = run_all(s);
    clear_run(s);
    return status;
}

distill_remote_usage served_usage(const served *s)
{
    distill_remote_usage usage = s->usage;
    usage.in_flight = s->flying.count;
    return usage;
}

const char *served_model(const served *s)
{
    return s->model;
}

// ---- open and close -----------------------------------------------------------------------------

static distill_status open_endpoints(served *s)
{
    distill_status status = DISTILL_OK;
    distill_text url = {0};
    TRY(DISTILL_NEW(&s->endpoints, s->options.url_count));
    for (size_t i = 0; i < s->options.url_count; i++) {
        TRY(remote_base_url(&url, s->options.urls[i]));
        TRY(distill_copy_string(&s->endpoints[i].url, url.bytes, url.length));
        s->endpoints[i].window = s->endpoints[i].most = (double)s->options.concurrency;
    }
done:
    distill_text_free(&url);
    return status;
}

/// A connection a request: more than shells usually allow a process to have open.
static void raise_file_limit(size_t concurrency)
{
    const rlim_t others = 64;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= concurrency + others)
        return;
    files.rlim_cur = files.rlim_max < concurrency + others ? files.rlim_max : concurrency + others;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur < concurrency + others)
        distill_warn("%zu requests in flight need as many open files, and the system allows %llu "
                     "(ulimit -n); connections may be refused",
                     concurrency, (unsigned long long)files.rlim_cur);
}

/// A key in memory must not end up in a core file.
static distill_status keep_key(served *s, const char *api_key)
{
    const struct rlimit none = {0, 0};
    if (api_key == NULL || api_key[0] == '\0')
        return DISTILL_OK;
    for (const char *c = api_key; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 127)
            return distill_fail(DISTILL_USAGE, "the API key has blanks or other characters that no "
                                               "key has in it");
    setrlimit(RLIMIT_CORE, &none);
    return distill_copy_string(&s->api_key, api_key, strlen(api_key));
}

distill_status served_open(served **out, const distill_remote_options *options)
{
    distill_status status = DISTILL_OK;
    served *s = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&s, 1));
    s->options = *options;
    if (s->options.concurrency == 0)
        s->options.concurrency = 64;
    s->rng = distill_rng_start((uint64_t)time(NULL), 0);
    raise_file_limit(s->options.concurrency);
    TRY(open_endpoints(s));
    TRY(keep_key(s, options->api_key));
    if (options->model != NULL)
        TRY(distill_copy_string(&s->model, options->model, strlen(options->model)));
    else
        TRY(served_find_model(s, CONNECT_TIMEOUT_S));
    const remote_options net = {.api_key = s->api_key,
                                .most = s->options.concurrency,
                                .connect_timeout_s =
                                    fmin(CONNECT_TIMEOUT_S, options->idle_timeout_s),
                                .idle_timeout_s = options->idle_timeout_s,
                                .bytes = on_bytes,
                                .done = on_done,
                                .context = s};
    TRY(remote_open(&s->net, &net));
    rate_limit_start(&s->requests_limit, options->requests_per_minute, distill_now_s());
    rate_limit_start(&s->tokens_limit, options->tokens_per_minute, distill_now_s());
    *out = s;
    s = NULL;
done:
    served_close(s);
    return status;
}

void served_close(served *s)
{
    if (s == NULL)
        return;
    remote_close(s->net);
    for (size_t i = 0; s->endpoints != NULL && i < s->options.url_count; i++)
        distill_free(s->endpoints[i].url);
    distill_free(s->endpoints);
    if (s->api_key != NULL)
        explicit_bzero(s->api_key, strlen(s->api_key));
    distill_free(s->api_key);
    distill_free(s->model);
    distill_text_free(&s->text);
    distill_text_free(&s->body);
    distill_text_free(&s->url);
    distill_free(s);
}
