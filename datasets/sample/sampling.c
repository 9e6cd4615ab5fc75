// datasets/sample/sampling.c - requests from prompts, traces from completions, and progress.
#include "datasets/sample/sampling.h"

#include "datasets/prompts/prompt_render.h"
#include "distill/base/file.h"
#include "distill/base/interrupt.h"
#include "distill/base/log.h"
#include "distill/base/progress.h"
#include "distill/base/rng.h"
#include "distill/tensor/dtype.h"

#include <stdlib.h>
#include <string.h>

static const double SYNC_PERIOD_S = 5; // what a power cut may cost
enum { SETTLE_EVERY = 128 };           // traces between two looks at which shards are complete

/// A prompt that has replies in flight.
typedef struct open_prompt {
    distill_ids ids;                  // for a local model
    prompt_conversation conversation; // for a server, or
    distill_text text;                // for a server that completes text
    size_t index;
    size_t users; // replies in flight, and the run while it still asks for more
} open_prompt;

/// A reply in flight. They are queued in the order they were asked for, hence of rising `order`.
typedef struct open_reply {
    open_prompt *prompt;
    struct open_reply *next;
    uint64_t order;
    int32_t sample;
    bool done;
} open_reply;

typedef struct sampling_run_state {
    const sampling_job *job;
    sampling_result *result;
    const distill_tokenizer *tok; // NULL: the generator is a server
    prompt_style style;
    size_t context;        // SIZE_MAX = not known
    uint64_t order, total; // next (prompt, sample) to look at
    open_prompt *current;  // prompt that `order` is in; NULL = not encoded yet
    size_t current_index;
    bool current_skipped;
    open_reply *first, *last;
    distill_text response;
    uint16_t *halves; // top-K log-probabilities as stored
    size_t half_capacity;
    distill_progress bar;
    double started_s, synced_s;
    uint64_t tokens;           // sampled so far
    bool clipped;              // has been said
    distill_usage used_before; // by earlier runs of the generator
    spending spent_before;     // by earlier runs on the output
} sampling_run_state;

// ---- requests -----------------------------------------------------------------------------------

static void release(open_prompt *prompt)
{
    if (prompt == NULL || --prompt->users > 0)
        return;
    distill_ids_free(&prompt->ids);
    prompt_conversation_free(&prompt->conversation);
    distill_text_free(&prompt->text);
    distill_free(prompt);
}

static void say_skipped(sampling_run_state *run, const prompt_record *record, size_t tokens)
{
    enum { SAID = 5 };
    if (run->result->skipped <= SAID)
        distill_warn("prompt %.*s: its %zu tokens leave no room in a context of %zu; it is skipped",
                     (int)record->id.length, record->id.bytes, tokens, run->context);
}

/// Ids for the model in this process; too many of them are said and skipped.
static distill_status encode_current(sampling_run_state *run, const prompt_record *record)
{
    distill_status status = DISTILL_OK;
    open_prompt *prompt = run->current;
    TRY(prompt_encode(&prompt->ids, &run->style, run->tok, record));
    run->current_skipped = prompt->ids.count >= run->context;
    run->result->skipped += run->current_skipped;
    if (run->current_skipped)
        say_skipped(run, record, prompt->ids.count);
    if (prompt->ids.count == 0)
        TRY(distill_fail(DISTILL_FORMAT, "prompt %.*s: nothing is left of it after encoding",
                         (int)record->id.length, record->id.bytes));
    if (!run->clipped && !run->current_skipped &&
        prompt->ids.count + run->job->sampling.max_tokens > run->context) {
        run->clipped = true;
        distill_note("replies end where the model's context of %zu tokens does (%zu were allowed)",
                     run->context, run->job->sampling.max_tokens);
    }
done:
    return status;
}

/// Prepares the prompt that comes next, unless it was.
static distill_status open_current(sampling_run_state *run, size_t index)
{
    distill_status status = DISTILL_OK;
    const prompt_record *record = prompt_set_at(run->job->prompts, index);
    if (index == run->current_index)
        return DISTILL_OK;
    release(run->current);
    run->current = NULL;
    run->current_index = index;
    TRY(DISTILL_NEW(&run->current, 1));
    run->current->users = 1;
    run->current->index = index;
    if (run->tok != NULL)
        TRY(encode_current(run, record));
    else if (run->job->chat != NULL)
        TRY(prompt_text(&run->current->text, &run->style, record));
    else
        TRY(prompt_conversation_make(&run->current->conversation, &run->style, record));
done:
    return status;
}

/// Moves `order` to the next reply that is not stored and has a prompt that fits; false at the end.
static distill_status find_next(sampling_run_state *run, bool *more)
{
    distill_status status = DISTILL_OK;
    const sampling_job *job = run->job;
    for (*more = true; run->order < run->total; run->order++) {
        size_t index = run->order / job->samples;
        const prompt_record *record = prompt_set_at(job->prompts, index);
        if (trace_store_has(job->store, record->id, (int32_t)(run->order % job->samples)))
            continue;
        TRY(open_current(run, index));
        if (!run->current_skipped)
            return DISTILL_OK;
    }
    *more = false;
done:
    return status;
}

static distill_status next_request(void *context, distill_request *request, bool *more)
{
    sampling_run_state *run = context;
    distill_status status = DISTILL_OK;
    open_reply *reply = NULL;
    TRY(find_next(run, more));
    if (!*more)
        goto done;
    const prompt_record *record = prompt_set_at(run->job->prompts, run->current->index);
    TRY(DISTILL_NEW(&reply, 1));
    *reply = (open_reply){.prompt = run->current,
                          .order = run->order,
                          .sample = (int32_t)(run->order % run->job->samples)};
    run->current->users++;
    if (run->last != NULL)
        run->last->next = reply;
    else
        run->first = reply;
    run->last = reply;
    run->order++;
    *request =
        (distill_request){.prompt = run->current->ids.at,
                          .prompt_count = run->current->ids.count,
                          .messages = run->current->conversation.messages,
                          .message_count = run->current->conversation.count,
                          .text = distill_text_span(&run->current->text),
                          .prefix = distill_text_span(&run->style.reply_start),
                          .prompt_key = run->job->samples > 1 ? run->current->index + 1 : 0,
                          .stream = distill_rng_stream(run->job->seed, record->id.bytes,
                                                       record->id.length, (uint64_t)reply->sample),
                          .max_tokens = run->job->sampling.max_tokens,
                          .tag = reply};
done:
    return status;
}

/// Takes finished replies off the front of the queue; returns the order of the oldest in flight.
static uint64_t drop_finished(sampling_run_state *run)
{
    while (run->first != NULL && run->first->done) {
        open_reply *reply = run->first;
        run->first = reply->next;
        if (run->first == NULL)
            run->last = NULL;
        distill_free(reply);
    }
    return run->first != NULL ? run->first->order : run->order;
}

// ---- completions --------------------------------------------------------------------------------

static distill_status narrow_topk(sampling_run_state *run, const distill_completion *completion)
{
    distill_status status = DISTILL_OK;
    size_t count = completion->count * completion->K;
    if (count > run->half_capacity) {
        TRY(distill_grow((void **)&run->halves, 0, 2 * count, sizeof *run->halves));
        run->half_capacity = 2 * count;
    }
    if (count > 0)
        distill_dtype_narrow(run->halves, completion->topk_logprobs, DISTILL_F16, count);
done:
    return status;
}

static trace_finish finish_of(const distill_completion *completion)
{
    switch (completion->finish) {
    case DISTILL_FINISH_STOP:
        return TRACE_FINISH_STOP;
    case DISTILL_FINISH_LENGTH:
        return TRACE_FINISH_LENGTH;
    case DISTILL_FINISH_ERROR:
        break;
    }
    return TRACE_FINISH_ERROR;
}

static distill_status fill_record(trace_record *trace, sampling_run_state *run,
                                  const open_reply *reply, const distill_completion *completion)
{
    distill_status status = DISTILL_OK;
    const prompt_record *record = prompt_set_at(run->job->prompts, reply->prompt->index);
    bool nothing = completion->finish == DISTILL_FINISH_ERROR && completion->text.length == 0;
    distill_text_clear(&run->response);
    if (!nothing)
        TRY(distill_text_add_span(&run->response, distill_text_span(&run->style.reply_start)));
    TRY(distill_text_add_span(&run->response, completion->text));
    TRY(narrow_topk(run, completion));
    distill_span error = completion->error;
    if (completion->finish == DISTILL_FINISH_ERROR && error.length == 0)
        error = distill_span_of("the model's numbers were not finite");
    *trace = (trace_record){
        .id = record->id,
        .prompt = record->prompt,
        .response = distill_text_span(&run->response),
        .answer = record->answer,
        .domain = record->domain,
        .language = record->language,
        .tests = record->tests,
        .sample = reply->sample,
        .finish = finish_of(completion),
        .error = error,
        .prompt_tokens =
            (int32_t)(run->tok != NULL ? reply->prompt->ids.count : completion->prompt_tokens),
        .response_tokens = (int32_t)(run->tok != NULL ? completion->count : completion->sampled),
        .token_ids = completion->ids,
        .logprobs = completion->logprobs,
        .token_count = completion->count,
        .topk = completion->count > 0 || run->tok != NULL ? completion->K : 0,
        .topk_ids = completion->topk_ids,
        .topk_logprobs = run->halves};
done:
    return status;
}

// ---- progress and accounts ----------------------------------------------------------------------

/// What this run has had from servers.
static distill_usage usage_of(const sampling_run_state *run)
{
    distill_usage usage = distill_generator_usage(run->job->generator);
    const distill_usage *before = &run->used_before;
    usage.requests -= before->requests;
    usage.retries -= before->retries;
    usage.prompt_tokens -= before->prompt_tokens;
    usage.reply_tokens -= before->reply_tokens;
    return usage;
}

/// "  12 in flight  3 retries  1.2M tokens  $4.56", or nothing.
static void describe_usage(char *out, size_t capacity, const sampling_run_state *run)
{
    const sampling_job *job = run->job;
    char tokens[32], cost[32] = "";
    out[0] = '\0';
    if (run->tok != NULL)
        return;
    distill_usage usage = usage_of(run);
    spending spent = spending_of(&usage, job->price_in, job->price_out, 0);
    if (job->price_in > 0 || job->price_out > 0)
        snprintf(cost, sizeof cost, "  $%.2f", run->spent_before.cost + spent.cost);
    snprintf(out, capacity, "  %zu in flight  %llu retries  %s tokens%s", usage.in_flight,
             (unsigned long long)usage.retries,
             distill_format_count(tokens, sizeof tokens, usage.prompt_tokens + usage.reply_tokens),
             cost);
}

static void show_progress(sampling_run_state *run)
{
    const sampling_result *result = run->result;
    double seconds = distill_now_s() - run->started_s;
    char usage[160], failed[48] = "";
    describe_usage(usage, sizeof usage, run);
    if (result->errors > 0)
        snprintf(failed, sizeof failed, "  failed %llu", (unsigned long long)result->errors);
    distill_progress_update(
        &run->bar, run->bar.first + result->traces, "%.0f tok/s%s  truncated %.1f%%%s",
        seconds > 0 ? (double)run->tokens / seconds : 0, usage,
        result->traces > 0 ? 100 * (double)result->truncated / (double)result->traces : 0, failed);
}

/// Enters what this run has cost so far.
static distill_status keep_account(sampling_run_state *run)
{
    const sampling_job *job = run->job;
    sampling_result *result = run->result;
    if (run->tok != NULL)
        return DISTILL_OK;
    distill_usage usage = usage_of(run);
    result->spent =
        spending_of(&usage, job->price_in, job->price_out, distill_now_s() - run->started_s);
    result->spent_in_all = spending_sum(&run->spent_before, &result->spent);
    return job->spending_path != NULL ? spending_write(&result->spent_in_all, job->spending_path)
                                      : DISTILL_OK;
}

static distill_status store_completion(void *context, const distill_completion *completion)
{
    sampling_run_state *run = context;
    distill_status status = DISTILL_OK;
    const sampling_job *job = run->job;
    open_reply *reply = completion->tag;
    trace_record trace;
    TRY(fill_record(&trace, run, reply, completion));
    if (job->judge != NULL)
        TRY(job->judge(job->judge_context, &trace));
    TRY(trace_store_append(job->store, &trace, reply->order));
    reply->done = true;
    release(reply->prompt);
    reply->prompt = NULL;
    run->result->traces++;
    run->result->tokens += completion->sampled;
    run->result->truncated += completion->finish == DISTILL_FINISH_LENGTH;
    run->result->errors += completion->finish == DISTILL_FINISH_ERROR;
    uint64_t oldest = drop_finished(run);
    if (run->result->traces % SETTLE_EVERY == 0)
        TRY(trace_store_settle(job->store, oldest));
    if (distill_now_s() - run->synced_s > SYNC_PERIOD_S) {
        TRY(trace_store_sync(job->store));
        TRY(keep_account(run));
        run->synced_s = distill_now_s();
    }
done:
    return status;
}

static void count_tokens(void *context, uint64_t tokens)
{
    sampling_run_state *run = context;
    run->tokens = tokens;
    show_progress(run);
}

// ---- run ----------------------------------------------------------------------------------------

static distill_status create_style(prompt_style *style, const sampling_job *job)
{
    return prompt_style_create(style, job->chat, job->system, job->prompt_template,
                               job->think_prefix);
}

static void free_state(sampling_run_state *run)
{
    while (run->first != NULL) { // in flight when the run failed
        run->first->done = true;
        release(run->first->prompt);
        drop_finished(run);
    }
    release(run->current);
    prompt_style_free(&run->style);
    distill_text_free(&run->response);
    distill_free(run->halves);
}

/// Saves what there is, however the run ended: a failure of the generator stays the status.
static distill_status save(sampling_run_state *run, distill_status status)
{
    char message[1024];
    distill_error_take(message, sizeof message);
    distill_status saved = trace_store_sync(run->job->store);
    if (saved == DISTILL_OK)
        saved = keep_account(run);
    if (status == DISTILL_OK)
        return saved;
    distill_error_put(message);
    return status;
}

static void log_end(const sampling_result *result)
{
    distill_event event;
    if (!distill_event_begin(&event, "sampling.end"))
        return;
    distill_json_add_uint(&event.json, "traces", result->traces);
    distill_json_add_uint(&event.json, "tokens", result->tokens);
    distill_json_add_uint(&event.json, "truncated", result->truncated);
    distill_json_add_uint(&event.json, "failed", result->errors);
    distill_json_add_uint(&event.json, "skipped", result->skipped);
    distill_json_add_fixed(&event.json, "seconds", result->seconds, 3);
    distill_json_add_fixed(&event.json, "requests", result->spent.requests, 0);
    distill_json_add_fixed(&event.json, "retries", result->spent.retries, 0);
    distill_json_add_rounded(&event.json, "cost", result->spent.cost, 6);
    distill_event_end(&event);
}

distill_status sampling_run(sampling_result *result, const sampling_job *job)
{
    distill_status status = DISTILL_OK;
    size_t context = distill_generator_context(job->generator);
    sampling_run_state run = {.job = job,
                              .result = result,
                              .tok = distill_generator_tokenizer(job->generator),
                              .context = context > 0 ? context : SIZE_MAX,
                              .total = (uint64_t)prompt_set_count(job->prompts) * job->samples,
                              .current_index = SIZE_MAX,
                              .used_before = distill_generator_usage(job->generator),
                              .started_s = distill_now_s()};
    distill_generator_calls calls = {next_request, store_completion, count_tokens, &run};
    *result = (sampling_result){0};
    run.synced_s = run.started_s;
    distill_progress_start(&run.bar, job->what, "traces", run.total, trace_store_count(job->store));
    if (job->spending_path != NULL)
        TRY(spending_read(&run.spent_before, job->spending_path));
    TRY(create_style(&run.style, job));
    status = distill_generator_run(job->generator, &job->sampling, &calls);
    distill_progress_finish(&run.bar);
    result->seconds = distill_now_s() - run.started_s;
    status = save(&run, status);
    log_end(result);
done:
    free_state(&run);
    return status;
}

distill_status sampling_context(size_t *tokens, const sampling_job *job)
{
    enum {
        SLACK = 64
    }; // special tokens that a tokenizer adds, and normalisation that lengthens a text
    distill_status status = DISTILL_OK;
    prompt_style style = {0};
    size_t longest = 0, bytes;
    TRY(create_style(&style, job));
    for (size_t i = 0; i < prompt_set_count(job->prompts); i++) {
        TRY(prompt_text_bytes(&bytes, &style, prompt_set_at(job->prompts, i)));
        longest = bytes > longest ? bytes : longest;
    }
    if (!distill_add_size(tokens, longest + SLACK, job->sampling.max_tokens))
        *tokens = SIZE_MAX;
done:
    prompt_style_free(&style);
    return status;
}
