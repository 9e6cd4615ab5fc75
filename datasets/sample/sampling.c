// datasets/sample/sampling.c - runs the generator and turns its completions into traces: each is
// graded if the job has a judge, appended to the store and added to the account.
//
// The generator asks for requests when it has room for them, so that batches are filled and memory
// is bounded by the replies in flight. The store and the account are synced every SYNC_PERIOD_S
// seconds.
#include "datasets/sample/sampling.h"

#include "datasets/sample/reply_queue.h"
#include "distill/base/log.h"
#include "distill/base/progress.h"
#include "distill/tensor/dtype.h"

#include <stdio.h>

static const double SYNC_PERIOD_S = 5; // at most so many seconds are lost by a power cut
enum { SETTLE_EVERY = 128 };           // traces from one trace_store_settle to the next

typedef struct run_state {
    const sampling_job *job;
    sampling_result *result;
    reply_queue queue;
    distill_text response;
    uint16_t *halves; // top-K log-probabilities as they are stored
    size_t half_capacity;
    distill_progress bar;
    double started_s, synced_s;
    uint64_t tokens;           // sampled so far
    distill_usage used_before; // the generator's, before this run
    spending spent_before;     // by earlier runs on the output
} run_state;

static bool is_served(const run_state *run)
{
    return run->queue.tok == NULL;
}

// ---- completions --------------------------------------------------------------------------------

static distill_status narrow_topk(run_state *run, const distill_completion *completion)
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

/// Sets the reply: its forced beginning and the sampled text; "" if there is none.
static distill_status set_response(run_state *run, const prompt_record *record,
                                   const distill_completion *completion)
{
    distill_status status = DISTILL_OK;
    distill_text_clear(&run->response);
    if (completion->finish != DISTILL_FINISH_ERROR || completion->text.length > 0)
        TRY(prompt_reply_start(&run->response, &run->queue.style, record));
    TRY(distill_text_add_span(&run->response, completion->text));
done:
    return status;
}

static distill_span error_of(const distill_completion *completion)
{
    if (completion->finish == DISTILL_FINISH_ERROR && completion->error.length == 0)
        return distill_span_of("the model's numbers were not finite");
    return completion->error;
}

/// Fills `trace` from the prompt's fields and the completion; borrows from both and from `run`.
static distill_status fill_record(trace_record *trace, run_state *run, const pending_reply *reply,
                                  const distill_completion *completion)
{
    distill_status status = DISTILL_OK;
    const prompt_record *record = prompt_set_at(run->job->prompts, reply->prompt->index);
    bool served = is_served(run);
    TRY(set_response(run, record, completion));
    TRY(narrow_topk(run, completion));
    *trace = (trace_record){
        .id = record->id,
        .prompt = record->prompt,
        .response = distill_text_span(&run->response),
        .answer = record->answer,
        .domain = record->domain,
        .language = record->language,
        .tests = record->tests,
        .messages = record->messages,
        .extra = record->extra,
        .sample = reply->sample,
        .finish = finish_of(completion),
        .error = error_of(completion),
        .prompt_tokens = (int32_t)(served ? completion->prompt_tokens : reply->prompt->ids.count),
        .response_tokens = (int32_t)completion->sampled, // the end token is counted
        .token_ids = completion->ids,
        .logprobs = completion->logprobs,
        .token_count = completion->count,
        .topk = completion->count > 0 || !served ? completion->K : 0,
        .topk_ids = completion->topk_ids,
        .topk_logprobs = run->halves};
done:
    return status;
}

// ---- progress and accounts ----------------------------------------------------------------------

/// The usage of servers by this run.
static distill_usage usage_of(const run_state *run)
{
    distill_usage usage = distill_generator_usage(run->job->generator);
    const distill_usage *before = &run->used_before;
    usage.requests -= before->requests;
    usage.retries -= before->retries;
    usage.prompt_tokens -= before->prompt_tokens;
    usage.reply_tokens -= before->reply_tokens;
    return usage;
}

/// "  12 in flight  3 retries  1,200,000 tokens  $4.56"; "" for a local model.
static void describe_usage(char *out, size_t capacity, const run_state *run)
{
    const sampling_job *job = run->job;
    char tokens[32], cost[32] = "";
    out[0] = '\0';
    if (!is_served(run))
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

static void show_progress(run_state *run)
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

/// Adds the usage and cost of this run so far to the account.
static distill_status update_account(run_state *run)
{
    const sampling_job *job = run->job;
    sampling_result *result = run->result;
    if (!is_served(run))
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
    run_state *run = context;
    distill_status status = DISTILL_OK;
    const sampling_job *job = run->job;
    pending_reply *reply = completion->tag;
    trace_record trace;
    TRY(fill_record(&trace, run, reply, completion));
    if (job->judge != NULL)
        TRY(job->judge(job->judge_context, &trace));
    TRY(trace_store_append(job->store, &trace, reply->order));
    uint64_t settled = reply_queue_finish(&run->queue, reply);
    run->result->traces++;
    run->result->tokens += completion->sampled;
    run->result->truncated += completion->finish == DISTILL_FINISH_LENGTH;
    run->result->errors += completion->finish == DISTILL_FINISH_ERROR;
    if (run->result->traces % SETTLE_EVERY == 0)
        TRY(trace_store_settle(job->store, settled));
    if (distill_now_s() - run->synced_s > SYNC_PERIOD_S) {
        TRY(trace_store_sync(job->store));
        TRY(update_account(run));
        run->synced_s = distill_now_s();
    }
done:
    return status;
}

static void count_tokens(void *context, uint64_t tokens)
{
    run_state *run = context;
    run->tokens = tokens;
    show_progress(run);
}

// ---- run ----------------------------------------------------------------------------------------

static distill_status next_request(void *context, distill_request *request, bool *more)
{
    run_state *run = context;
    return reply_queue_next(&run->queue, request, more);
}

/// Saves the traces and the account however the run ended. A failure of the run takes precedence
/// over one of saving.
static distill_status save(run_state *run, distill_status status)
{
    char message[DISTILL_ERROR_CAPACITY];
    distill_error_take(message, sizeof message);
    distill_status saved = trace_store_sync(run->job->store);
    if (saved == DISTILL_OK)
        saved = update_account(run);
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
    run_state run = {.job = job,
                     .result = result,
                     .used_before = distill_generator_usage(job->generator),
                     .started_s = distill_now_s()};
    distill_generator_calls calls = {next_request, store_completion, count_tokens, &run};
    *result = (sampling_result){0};
    run.synced_s = run.started_s;
    TRY(reply_queue_open(&run.queue, job));
    if (job->spending_path != NULL)
        TRY(spending_read(&run.spent_before, job->spending_path));
    distill_progress_start(&run.bar, job->what, "traces", run.queue.total,
                           trace_store_count(job->store));
    status = distill_generator_run(job->generator, &job->sampling, &calls);
    distill_progress_finish(&run.bar);
    result->skipped = run.queue.skipped;
    result->seconds = distill_now_s() - run.started_s;
    status = save(&run, status);
    log_end(result);
done:
    reply_queue_close(&run.queue);
    distill_text_free(&run.response);
    distill_free(run.halves);
    return status;
}

distill_status sampling_context(size_t *tokens, const sampling_job *job)
{
    enum {
        SLACK = 64
    }; // special tokens that a tokenizer adds, and texts that normalisation lengthens
    distill_status status = DISTILL_OK;
    prompt_style style = {0};
    distill_text text = {0};
    size_t longest = 0; // in bytes: a token is one byte or more
    TRY(prompt_style_create(&style, job->chat, job->system, job->prompt_template,
                            job->think_prefix));
    for (size_t i = 0; i < prompt_set_count(job->prompts); i++) {
        distill_text_clear(&text);
        TRY(prompt_text(&text, &style, prompt_set_at(job->prompts, i)));
        longest = text.length > longest ? text.length : longest;
    }
    if (!distill_add_size(tokens, longest + SLACK, job->sampling.max_tokens))
        *tokens = SIZE_MAX;
done:
    prompt_style_free(&style);
    distill_text_free(&text);
    return status;
}
