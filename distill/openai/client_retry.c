// distill/openai/client_retry.c - handles a completed HTTP request: deliver, count, retry or fail.
//
// Final replies are delivered whatever happened to the others. The others are retried or fail
// depending on the outcome (retry_policy.h), the state of the server (endpoint.h) and, for a
// rejected request, on what the message says about dialect and context (chat_error.h).
#include "distill/openai/client_state.h"

#include "distill/base/json/json_writer.h"
#include "distill/base/log.h"
#include "distill/base/progress.h"
#include "distill/openai/chat_error.h"
#include "distill/openai/secret.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { REASON_BYTES = 640, BYTES_A_TOKEN = 4, FIRST_GUESS_TOKENS = 1024 };
static const double UNUSABLE_PAUSE_S = 1;

static double jitter(client *c)
{
    return distill_rng_uniform(&c->jitter);
}

void client_stop(client *c, distill_status status)
{
    if (c->status == DISTILL_OK)
        c->status = status;
}

// ---- completions --------------------------------------------------------------------------------

static void deliver(client *c, const distill_completion *completion)
{
    if (c->status == DISTILL_OK)
        client_stop(c, c->calls->done(c->calls->context, completion));
}

void client_deliver_failures(client *c)
{
    for (client_job *job = c->failed.first; job != NULL; job = job->next) {
        for (size_t i = 0; i < job->count; i++) {
            const distill_completion completion = {.text = {"", 0},
                                                   .finish = DISTILL_FINISH_ERROR,
                                                   .error = distill_text_span(&job->failure),
                                                   .tag = job->requests[i].tag};
            deliver(c, &completion);
        }
    }
    client_queue_clear(&c->failed);
}

static distill_finish finish_of(const chat_choice *choice)
{
    if (choice->finish == CHAT_STOP)
        return DISTILL_FINISH_STOP;
    return choice->finish == CHAT_LENGTH ? DISTILL_FINISH_LENGTH : DISTILL_FINISH_ERROR;
}

/// Masks the key in the reply's text; true if it contains it.
static bool mask_reply(client *c)
{
    if (!secret_mask_reply(&c->text, c->api_key))
        return false;
    if (!c->mask_warned)
        distill_warn("a server repeats the API key in a reply; it is masked there");
    c->mask_warned = true;
    return true;
}

static void deliver_reply(client *c, client_job *job, size_t index)
{
    const chat_response *chat = &job->response.chat;
    const chat_choice *choice = &chat->choices[index];
    const distill_request *request = &job->requests[index];
    char error[160] = "";
    distill_status status = chat_choice_text(&c->text, choice, request->prefix);
    if (status != DISTILL_OK) {
        client_stop(c, status);
        return;
    }
    if (choice->finish == CHAT_REFUSED)
        snprintf(error, sizeof error, "the server ended the reply with \"%s\"",
                 choice->finish_reason);
    else if (chat_choice_is_empty(choice))
        snprintf(error, sizeof error,
                 "the reply is empty: the server ended it with \"%s\" (tried %zu times)",
                 choice->finish_reason, job->empties + 1);
    bool has_rows = choice->count > 0 && !mask_reply(c); // rows would spell the key
    const distill_completion completion = {.ids = has_rows ? choice->ids : NULL,
                                           .logprobs = has_rows ? choice->logprobs : NULL,
                                           .count = has_rows ? choice->count : 0,
                                           .sampled = chat_choice_tokens(chat, index),
                                           .prompt_tokens = chat->prompt_tokens,
                                           .text = distill_text_span(&c->text),
                                           .finish = finish_of(choice),
                                           .error = distill_span_of(error),
                                           .topk_ids = has_rows ? choice->topk_ids : NULL,
                                           .topk_logprobs = has_rows ? choice->topk_logprobs : NULL,
                                           .K = chat->K,
                                           .tag = request->tag};
    deliver(c, &completion);
}

/// True if the reply is to be delivered. An empty one is requested again, and delivered as it is
/// when the attempts are used up.
static bool is_deliverable(const client *c, const client_job *job, const chat_choice *choice)
{
    return chat_choice_is_final(choice) &&
           (!chat_choice_is_empty(choice) || job->empties >= c->policy.max_retries);
}

/// Delivers the final replies; the job keeps the requests of the others. Returns the number
/// delivered.
static size_t deliver_final(client *c, client_job *job)
{
    size_t kept = 0, delivered = 0;
    for (size_t i = 0; i < job->n; i++) {
        const chat_response *chat = &job->response.chat;
        if (i < chat->n && is_deliverable(c, job, &chat->choices[i])) {
            deliver_reply(c, job, i);
            delivered++;
        } else {
            job->requests[kept++] = job->requests[i];
        }
    }
    job->count = kept;
    return delivered;
}

// ---- usage --------------------------------------------------------------------------------------

void client_count_usage(client *c, const client_job *job)
{
    const chat_response *chat = &job->response.chat;
    size_t pieces = client_response_pieces(&job->response);
    double prompt = 0, tokens = (double)pieces;
    c->live_pieces -= job->pieces;
    if (chat->has_usage) {
        prompt = (double)chat->prompt_tokens;
        tokens = (double)chat->completion_tokens;
    } else if (pieces > 0) {
        prompt = (double)job->body_bytes / BYTES_A_TOKEN;
    }
    c->usage.prompt_tokens += (uint64_t)prompt;
    c->usage.reply_tokens += (uint64_t)tokens;
    rate_limit_correct(&c->tokens_limit, job->estimated_tokens, prompt + tokens);
    if (tokens > 0 && chat->n > 0) { // a moving average
        double each = tokens / (double)chat->n, mean = c->mean_reply_tokens;
        c->mean_reply_tokens = mean > 0 ? 0.95 * mean + 0.05 * each : each;
    }
}

double client_estimate_tokens(const client *c, const client_job *job)
{
    double reply = c->mean_reply_tokens > 0 ? c->mean_reply_tokens : FIRST_GUESS_TOKENS;
    return (double)job->body_bytes / BYTES_A_TOKEN +
           (double)job->n * fmin(reply, (double)job->max_tokens);
}

// ---- retry and failure --------------------------------------------------------------------------

static void retry(client *c, client_job *job, double delay_s)
{
    job->ready_s = distill_now_s() + delay_s;
    client_queue_add(&c->pending, job);
}

/// Records a permanent failure, to be delivered after the next success or at the end of the run.
/// `reason` may belong to the response, which is freed here.
static void fail(client *c, client_job *job, const char *reason)
{
    distill_text_clear(&job->failure);
    distill_status status = distill_text_add(&job->failure, reason);
    client_response_free(&job->response);
    job->response = (client_response){0};
    client_queue_add(&c->failed, job);
    if (status == DISTILL_OK && c->failed.count >= CLIENT_MAX_FAILURES)
        status = distill_fail(DISTILL_REMOTE,
                              "%d requests in a row failed permanently, the last one: %s; the "
                              "samples so far are saved: run the same command to resume",
                              CLIENT_MAX_FAILURES, job->failure.bytes);
    client_stop(c, status);
}

static void fail_after(client *c, client_job *job, size_t attempts)
{
    char reason[REASON_BYTES];
    snprintf(reason, sizeof reason, "%s (tried %zu times)", job->response.reason.bytes, attempts);
    fail(c, job, reason);
}

static void warn_suspended(const endpoint *e, const char *reason)
{
    distill_warn("%s: %s; it is suspended until it responds again", e->url, reason);
}

/// Writes an event to the log file for each attempt that failed.
static void log_failure(const endpoint *e, const client_job *job)
{
    distill_event event;
    if (!distill_event_begin(&event, "request.failed"))
        return;
    distill_json_add_uint(&event.json, "attempt", job->failures + job->rate_limits);
    distill_json_add_string(&event.json, "server", e->url);
    distill_json_add_span(&event.json, "reason", distill_text_span(&job->response.reason));
    distill_event_end(&event);
}

static void on_transient(client *c, client_job *job, endpoint *e)
{
    const client_response *response = &job->response;
    double delay_s;
    if (response->retry_after_s > 0)
        endpoint_mark_rate_limited(e, response->retry_after_s, jitter(c), distill_now_s());
    else if (endpoint_mark_failed(e, ENDPOINT_FAULTY, jitter(c), distill_now_s()))
        warn_suspended(e, response->reason.bytes);
    job->failures++;
    log_failure(e, job);
    if (retry_transient(&delay_s, &c->policy, job->failures, response->status,
                        response->retry_after_s, jitter(c)))
        retry(c, job, delay_s);
    else
        fail_after(c, job, job->failures);
}

static void on_rate_limited(client *c, client_job *job, endpoint *e)
{
    endpoint_mark_rate_limited(e, job->response.retry_after_s, jitter(c), distill_now_s());
    job->rate_limits++;
    log_failure(e, job);
    if (retry_rate_limited(&c->policy, job->rate_limits, e->rate_limits))
        retry(c, job, 0);
    else
        fail_after(c, job, job->rate_limits);
}

/// True if some server is not disabled and has not failed `max_retries` connections in a row.
static bool has_usable_server(const client *c)
{
    for (size_t i = 0; i < c->options.url_count; i++)
        if (!c->endpoints[i].is_disabled && c->endpoints[i].outages <= c->policy.max_retries)
            return true;
    return false;
}

static void on_unreachable(client *c, client_job *job, endpoint *e)
{
    const char *reason = job->response.reason.bytes;
    if (endpoint_mark_failed(e, ENDPOINT_UNREACHABLE, jitter(c), distill_now_s()))
        warn_suspended(e, reason);
    if (!has_usable_server(c))
        client_stop(c, distill_fail(DISTILL_REMOTE,
                                    "%s: %s; no server responds any more: the samples so far are "
                                    "saved, run the same command to resume",
                                    e->url, reason));
    retry(c, job, 0);
}

static void on_unusable(client *c, client_job *job, endpoint *e)
{
    const char *reason = job->response.reason.bytes;
    if (e->has_replied) { // it has accepted key and model before: the request is the cause
        fail(c, job, reason);
        return;
    }
    if (!e->is_disabled && e->in_flight > 0) { // one of the others may be accepted
        retry(c, job, UNUSABLE_PAUSE_S);
        return;
    }
    if (!e->is_disabled && c->options.url_count > 1)
        distill_warn("%s: %s; no further requests are sent to it", e->url, reason);
    e->is_disabled = true;
    if (!has_usable_server(c))
        client_stop(c, distill_fail(DISTILL_REMOTE, "%s: %s", e->url, reason));
    retry(c, job, 0);
}

/// Lowers max_tokens of all requests to the server's limit, if the message contains a lower one.
static bool clip_to_server_limit(client *c, client_job *job)
{
    size_t limit = chat_error_max_tokens(distill_text_span(&job->response.reason));
    if (limit == 0 || limit >= job->max_tokens)
        return false;
    if (c->max_reply_tokens == 0 || limit < c->max_reply_tokens)
        distill_note("replies end at %zu tokens, the server's limit (%zu were allowed)", limit,
                     c->sampling->max_tokens);
    c->max_reply_tokens = job->max_tokens = limit;
    return true;
}

/// Lowers max_tokens so that prompt and reply fit into the context stated in the message. True if
/// this changes max_tokens.
static bool clip_to_context(client *c, client_job *job)
{
    size_t context = 0, prompt = 0;
    if (!chat_error_context(&context, &prompt, distill_text_span(&job->response.reason)))
        return false;
    if (prompt == 0)
        prompt = job->body_bytes / 2 + 64; // not stated: an estimate that few prompts exceed
    if (prompt >= context || context - prompt >= job->max_tokens)
        return false;
    job->max_tokens = context - prompt;
    if (!c->clip_noted)
        distill_note("replies end where the model's context of %zu tokens does (%zu were allowed)",
                     context, c->sampling->max_tokens);
    c->clip_noted = true;
    return true;
}

static void on_rejected(client *c, client_job *job, endpoint *e)
{
    const char *change = NULL;
    char words[REASON_BYTES];
    distill_span reason = distill_text_span(&job->response.reason);
    if (chat_dialect_adapt(&c->dialect, &change, reason, job->n, c->sampling->logprobs > 0)) {
        c->dialect_version++;
        distill_note("%s %s", e->url, change);
    } else if (job->dialect_version == c->dialect_version && !clip_to_server_limit(c, job) &&
               !clip_to_context(c, job)) {
        snprintf(words, sizeof words, "%s%s", job->response.reason.bytes, chat_error_hint(reason));
        fail(c, job, words);
        return;
    }
    retry(c, job, 0);
}

/// Handles a complete response of which some replies are missing or empty. If no part of those that
/// are missing has arrived, the server returns one reply at a time.
static void on_fewer_replies(client *c, client_job *job, endpoint *e)
{
    const chat_response *chat = &job->response.chat;
    size_t missing = 0, begun = 0, empty = 0;
    double delay_s = 0;
    for (size_t i = 0; i < chat->n; i++) {
        const chat_choice *choice = &chat->choices[i];
        missing += !chat_choice_is_final(choice);
        begun += !chat_choice_is_final(choice) && choice->pieces > 0;
        empty += chat_choice_is_empty(choice);
    }
    job->empties += empty > 0;
    if (empty > 0)
        (void)retry_transient(&delay_s, &c->policy, job->empties, 200, -1, jitter(c));
    if (missing > 0 && begun == 0 && !c->dialect.one_choice) {
        c->dialect.one_choice = true;
        c->dialect_version++;
        distill_note("%s returns one reply per request: n replies take n requests", e->url);
    }
    retry(c, job, delay_s);
}

void client_complete(client *c, client_job *job, endpoint *e)
{
    static void (*const handlers[])(client *, client_job *, endpoint *) = {
        [RETRY_SUCCESS] = on_fewer_replies,     [RETRY_TRANSIENT] = on_transient,
        [RETRY_RATE_LIMITED] = on_rate_limited, [RETRY_UNREACHABLE] = on_unreachable,
        [RETRY_REJECTED] = on_rejected,         [RETRY_UNUSABLE] = on_unusable};
    if (deliver_final(c, job) > 0) {
        client_deliver_failures(c); // the server works, so these requests themselves failed
        endpoint_mark_completed(e);
    }
    if (job->count == 0)
        client_job_free(job);
    else
        handlers[job->response.outcome](c, job, e);
}
