// distill/openai/client_retry.c - what becomes of a request that is at its end.
#include "distill/openai/client_state.h"

#include "distill/base/json/json_writer.h"
#include "distill/base/log.h"
#include "distill/base/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_BUSY = 4 }; // times `retries`: how often one request may hear 429

static double share(served *s)
{
    return distill_rng_uniform(&s->rng);
}

void served_stop(served *s, distill_status status)
{
    if (s->status == DISTILL_OK)
        s->status = status;
}

// ---- completions --------------------------------------------------------------------------------

static void tell(served *s, const distill_completion *completion)
{
    if (s->status == DISTILL_OK)
        served_stop(s, s->calls->done(s->calls->context, completion));
}

static void tell_failed(served *s, served_job *j)
{
    for (size_t i = 0; i < j->count; i++) {
        const distill_completion completion = {.text = {"", 0},
                                               .finish = DISTILL_FINISH_ERROR,
                                               .error = distill_text_span(&j->failure),
                                               .tag = j->requests[i].tag};
        tell(s, &completion);
    }
}

/// A reply came, so that the failures before it were those of their requests.
void served_tell_doubtful(served *s)
{
    for (served_job *j = s->doubtful.first; j != NULL; j = j->next)
        tell_failed(s, j);
    served_queue_clear(&s->doubtful);
}

static void tell_reply(served *s, served_job *j, size_t index)
{
    const chat_reply *reply = &j->answer.reply;
    const chat_choice *choice = &reply->choices[index];
    const distill_request *request = &j->requests[index];
    char refused[96] = "";
    distill_status status = chat_choice_text(&s->text, choice, request->prefix);
    if (status != DISTILL_OK) {
        served_stop(s, status);
        return;
    }
    if (choice->end == CHAT_REFUSED)
        snprintf(refused, sizeof refused, "the server ended the reply with \"%s\"",
                 choice->end_name);
    bool rows = choice->count > 0;
    const distill_completion completion = {.ids = rows ? choice->ids : NULL,
                                           .logprobs = rows ? choice->logprobs : NULL,
                                           .count = choice->count,
                                           .sampled = chat_choice_tokens(reply, index),
                                           .prompt_tokens = reply->prompt_tokens,
                                           .text = distill_text_span(&s->text),
                                           .finish = choice->end == CHAT_STOP ? DISTILL_FINISH_STOP
                                                     : choice->end == CHAT_LENGTH
                                                         ? DISTILL_FINISH_LENGTH
                                                         : DISTILL_FINISH_ERROR,
                                           .error = distill_span_of(refused),
                                           .topk_ids = rows ? choice->topk_ids : NULL,
                                           .topk_logprobs = rows ? choice->topk_logprobs : NULL,
                                           .K = reply->K,
                                           .tag = request->tag};
    tell(s, &completion);
}

/// Tells the replies that are whole; the job keeps the requests of the others. Returns how many
/// were told.
static size_t tell_ended(served *s, served_job *j)
{
    size_t kept = 0, told = 0;
    for (size_t i = 0; i < j->asked; i++) {
        if (i < j->answer.reply.n && chat_has_ended(&j->answer.reply.choices[i])) {
            tell_reply(s, j, i);
            told++;
        } else {
            j->requests[kept++] = j->requests[i];
        }
    }
    j->count = kept;
    return told;
}

// ---- accounts -----------------------------------------------------------------------------------

void served_count_usage(served *s, const served_job *j)
{
    const chat_reply *reply = &j->answer.reply;
    size_t pieces = served_answer_pieces(&j->answer);
    double prompt = 0, tokens = (double)pieces;
    s->live -= j->pieces;
    if (reply->has_usage) {
        prompt = (double)reply->prompt_tokens;
        tokens = (double)reply->reply_tokens;
    } else if (pieces > 0) {
        prompt = (double)j->body_bytes / 4;
    }
    s->usage.prompt_tokens += (uint64_t)prompt;
    s->usage.reply_tokens += (uint64_t)tokens;
    rate_limit_correct(&s->tokens_limit, j->estimate, prompt + tokens);
    if (tokens > 0 && reply->n > 0) {
        double each = tokens / (double)reply->n;
        s->mean_reply = s->mean_reply > 0 ? 0.95 * s->mean_reply + 0.05 * each : each;
    }
}

double served_estimate_tokens(const served *s, const served_job *j)
{
    const double first_guess = 1024;
    double reply = s->mean_reply > 0 ? s->mean_reply : first_guess;
    return (double)j->body_bytes / 4 + (double)j->asked * fmin(reply, (double)j->max_tokens);
}

// ---- failures -----------------------------------------------------------------------------------

static void say_left_out(const endpoint *e, const char *reason)
{
    distill_warn("%s: %s; it is left out until it answers again", e->url, reason);
}

/// Back to those that are to be sent, not before `delay_s`.
static void send_again(served *s, served_job *j, double delay_s)
{
    j->ready_s = distill_now_s() + delay_s;
    served_queue_add(&s->waiting, j);
}

/// Failed for good. Told later, or never if nothing succeeds any more.
static void give_up(served *s, served_job *j, const char *reason)
{
    distill_text_clear(&j->failure);
    distill_status status = distill_text_add(&j->failure, reason);
    served_answer_free(&j->answer);
    j->answer = (served_answer){0};
    served_queue_add(&s->doubtful, j);
    if (status == DISTILL_OK && s->doubtful.count >= SERVED_DOUBTS)
        status = distill_fail(DISTILL_REMOTE,
                              "%d requests in a row failed for good, the last one: %s; what was "
                              "sampled is saved: run the same command to go on",
                              SERVED_DOUBTS, reason);
    served_stop(s, status);
}

/// An event of the log file for each attempt that failed.
static void log_failure(const endpoint *e, const served_job *j)
{
    distill_event event;
    if (!distill_event_begin(&event, "request.failed"))
        return;
    distill_json_add_uint(&event.json, "attempt", j->attempts + j->busy);
    distill_json_add_string(&event.json, "server", e->url);
    distill_json_add_span(&event.json, "reason", distill_text_span(&j->answer.reason));
    distill_event_end(&event);
}

static void try_later(served *s, served_job *j, const endpoint *e)
{
    char reason[640];
    const served_answer *answer = &j->answer;
    j->attempts++;
    log_failure(e, j);
    if (j->attempts <= s->options.retries) {
        // a server that answers, if badly, is not overloaded
        double wait_s = backoff_s(j->attempts, share(s)) / (answer->status == 200 ? 4 : 1);
        send_again(s, j, fmax(wait_s, answer->retry_after_s));
        return;
    }
    snprintf(reason, sizeof reason, "%s (tried %zu times)", answer->reason.bytes, j->attempts);
    give_up(s, j, reason);
}

static void on_busy(served *s, served_job *j, endpoint *e)
{
    char reason[640];
    endpoint_refused(e, j->answer.retry_after_s, share(s), distill_now_s());
    j->busy++;
    log_failure(e, j);
    if (j->busy <= MOST_BUSY * s->options.retries && e->refusals <= s->options.retries) {
        send_again(s, j, 0);
        return;
    }
    snprintf(reason, sizeof reason, "%s (tried %zu times)", j->answer.reason.bytes, j->busy);
    give_up(s, j, reason);
}

/// True if some server is not given up and has not failed `retries` connections in a row.
static bool any_hope(const served *s)
{
    for (size_t i = 0; i < s->options.url_count; i++)
        if (!s->endpoints[i].given_up && s->endpoints[i].outages <= s->options.retries)
            return true;
    return false;
}

static void on_unreachable(served *s, served_job *j, endpoint *e)
{
    const char *reason = j->answer.reason.bytes;
    if (endpoint_failed(e, ENDPOINT_UNREACHABLE, share(s), distill_now_s()))
        say_left_out(e, reason);
    if (!any_hope(s))
        served_stop(s,
                    distill_fail(DISTILL_REMOTE,
                                 "%s: %s; no server answers any more: what was sampled is saved, "
                                 "run the same command to go on",
                                 e->url, reason));
    send_again(s, j, 0);
}

static void on_closed(served *s, served_job *j, endpoint *e)
{
    const char *reason = j->answer.reason.bytes;
    if (e->proven) { // it has taken key and model before: this request's own trouble
        give_up(s, j, reason);
        return;
    }
    if (!e->given_up && s->options.url_count > 1)
        distill_warn("%s: %s; it is not asked again", e->url, reason);
    e->given_up = true;
    if (!any_hope(s))
        served_stop(s, distill_fail(DISTILL_REMOTE, "%s: %s", e->url, reason));
    send_again(s, j, 0);
}

/// The longest reply that the server gives to anybody, as its refusal says. True if that is shorter.
static bool shorten_all(served *s, served_job *j)
{
    size_t most = chat_error_most_tokens(distill_text_span(&j->answer.reason));
    if (most == 0 || most >= j->max_tokens)
        return false;
    if (s->most_tokens == 0 || most < s->most_tokens)
        distill_note("replies end at %zu tokens, the most this server gives (%zu were allowed)",
                     most, s->sampling->max_tokens);
    s->most_tokens = j->max_tokens = most;
    return true;
}

/// Reads the room for the reply out of the refusal. True if the request fits in now.
static bool clip(served *s, served_job *j)
{
    size_t context = 0, prompt = 0;
    if (shorten_all(s, j))
        return true;
    if (!chat_error_context(&context, &prompt, distill_text_span(&j->answer.reason)))
        return false;
    if (prompt == 0)
        prompt = j->body_bytes / 2 + 64; // not told: hardly a prompt has more tokens
    if (prompt >= context || context - prompt >= j->max_tokens)
        return false;
    j->max_tokens = context - prompt;
    if (!s->clipped)
        distill_note("replies end where the model's context of %zu tokens does (%zu were allowed)",
                     context, s->sampling->max_tokens);
    s->clipped = true;
    return true;
}

static void on_unfit(served *s, served_job *j, endpoint *e)
{
    const char *what = NULL;
    distill_span reason = distill_text_span(&j->answer.reason);
    if (chat_dialect_learn(&s->dialect, &what, reason, j->asked, s->sampling->logprobs > 0)) {
        s->lessons++;
        distill_note("%s %s", e->url, what);
    } else if (j->dialect == s->lessons && !clip(s, j)) {
        char words[640];
        snprintf(words, sizeof words, "%s%s", j->answer.reason.bytes, chat_error_hint(reason));
        give_up(s, j, words);
        return;
    }
    send_again(s, j, 0);
}

/// Fewer replies than asked for, from a whole answer: from now on one by one.
static void on_fewer(served *s, served_job *j, endpoint *e)
{
    bool empty = true;
    for (size_t i = 0; i < j->answer.reply.n; i++)
        empty = empty && (chat_has_ended(&j->answer.reply.choices[i]) ||
                          j->answer.reply.choices[i].pieces == 0);
    if (empty && !s->dialect.single) {
        s->dialect.single = true;
        s->lessons++;
        distill_note("%s gives one reply a request: n replies are n requests", e->url);
    }
    send_again(s, j, 0);
}

void served_settle(served *s, served_job *j, endpoint *e)
{
    size_t told = tell_ended(s, j);
    if (told > 0) {
        served_tell_doubtful(s);
        endpoint_completed(e);
    }
    if (j->count == 0) {
        served_job_free(j);
        return;
    }
    switch (j->answer.verdict) {
    case SERVED_GOOD:
        on_fewer(s, j, e);
        break;
    case SERVED_FAULTY:
        if (j->answer.retry_after_s > 0)
            endpoint_refused(e, j->answer.retry_after_s, share(s), distill_now_s());
        else if (endpoint_failed(e, ENDPOINT_FAULTY, share(s), distill_now_s()))
            say_left_out(e, j->answer.reason.bytes);
        try_later(s, j, e);
        break;
    case SERVED_BUSY:
        on_busy(s, j, e);
        break;
    case SERVED_UNREACHABLE:
        on_unreachable(s, j, e);
        break;
    case SERVED_UNFIT:
        on_unfit(s, j, e);
        break;
    case SERVED_CLOSED:
        on_closed(s, j, e);
        break;
    }
}
