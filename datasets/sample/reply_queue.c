// datasets/sample/reply_queue.c - renders prompts one after the other and keeps the replies in
// flight in a list.
//
// The list is in rising order. A reply that completes out of order stays in the list as done until
// all replies before it are done; the order of the first one in the list is then the one below
// which all are done. Prompts are freed when their last reply completes.
#include "datasets/sample/reply_queue.h"

#include "distill/base/log.h"
#include "distill/base/rng.h"

distill_status reply_queue_open(reply_queue *queue, const sampling_job *job)
{
    distill_status status = DISTILL_OK;
    size_t context = distill_generator_context(job->generator);
    *queue = (reply_queue){.job = job,
                           .tok = distill_generator_tokenizer(job->generator),
                           .context = context > 0 ? context : SIZE_MAX,
                           .total = (uint64_t)prompt_set_count(job->prompts) * job->samples,
                           .current_index = SIZE_MAX};
    TRY(prompt_style_create(&queue->style, job->chat, job->system, job->prompt_template,
                            job->think_prefix));
done:
    return status;
}

static void release(rendered_prompt *prompt)
{
    if (prompt == NULL || --prompt->users > 0)
        return;
    distill_ids_free(&prompt->ids);
    prompt_conversation_free(&prompt->conversation);
    distill_text_free(&prompt->text);
    distill_free(prompt);
}

static void warn_skipped(const reply_queue *queue, const prompt_record *record, size_t tokens)
{
    enum { MOST_WARNINGS = 5 };
    if (queue->skipped <= MOST_WARNINGS)
        distill_warn(
            "prompt %.*s: its %zu tokens leave no room in the context of %zu tokens; it is skipped",
            (int)record->id.length, record->id.bytes, tokens, queue->context);
}

static void note_clipped(reply_queue *queue, size_t prompt_tokens)
{
    size_t most = queue->job->sampling.max_tokens;
    if (queue->clip_noted || prompt_tokens + most <= queue->context)
        return;
    queue->clip_noted = true;
    distill_note("replies end where the model's context of %zu tokens does (%zu were allowed)",
                 queue->context, most);
}

/// Ids for a local model.
static distill_status encode_current(reply_queue *queue, const prompt_record *record)
{
    distill_status status = DISTILL_OK;
    distill_ids *ids = &queue->current->ids;
    TRY(prompt_encode(ids, &queue->style, queue->tok, record));
    if (ids->count == 0)
        TRY(distill_fail(DISTILL_FORMAT, "prompt %.*s: the tokenizer gives no tokens for it",
                         (int)record->id.length, record->id.bytes));
    queue->current_fits = ids->count < queue->context;
    if (queue->current_fits) {
        note_clipped(queue, ids->count);
    } else {
        queue->skipped++;
        warn_skipped(queue, record, ids->count);
    }
done:
    return status;
}

/// Renders prompt `index` unless it is the current one.
static distill_status render_current(reply_queue *queue, size_t index)
{
    distill_status status = DISTILL_OK;
    const prompt_record *record = prompt_set_at(queue->job->prompts, index);
    if (index == queue->current_index)
        return DISTILL_OK;
    release(queue->current);
    queue->current = NULL;
    queue->current_index = index;
    queue->current_fits = true;
    TRY(DISTILL_NEW(&queue->current, 1));
    queue->current->users = 1;
    queue->current->index = index;
    if (queue->tok != NULL)
        TRY(encode_current(queue, record));
    else if (queue->job->chat != NULL)
        TRY(prompt_text(&queue->current->text, &queue->style, record));
    else
        TRY(prompt_conversation_make(&queue->current->conversation, &queue->style, record));
done:
    return status;
}

/// Advances `order` to the next reply that is not stored and whose prompt fits in the context.
static distill_status find_next(reply_queue *queue, bool *more)
{
    distill_status status = DISTILL_OK;
    const sampling_job *job = queue->job;
    for (*more = true; queue->order < queue->total; queue->order++) {
        size_t index = queue->order / job->samples;
        const prompt_record *record = prompt_set_at(job->prompts, index);
        if (trace_store_has(job->store, record->id, (int32_t)(queue->order % job->samples)))
            continue;
        TRY(render_current(queue, index));
        if (queue->current_fits)
            return DISTILL_OK;
    }
    *more = false;
done:
    return status;
}

static distill_status append_pending(reply_queue *queue, pending_reply **out)
{
    distill_status status = DISTILL_OK;
    pending_reply *reply = NULL;
    TRY(DISTILL_NEW(&reply, 1));
    *reply = (pending_reply){.prompt = queue->current,
                             .order = queue->order,
                             .sample = (int32_t)(queue->order % queue->job->samples)};
    queue->current->users++;
    queue->order++;
    if (queue->last != NULL)
        queue->last->next = reply;
    else
        queue->first = reply;
    queue->last = reply;
    *out = reply;
done:
    return status;
}

distill_status reply_queue_next(reply_queue *queue, distill_request *request, bool *more)
{
    distill_status status = DISTILL_OK;
    const sampling_job *job = queue->job;
    pending_reply *reply = NULL;
    TRY(find_next(queue, more));
    if (!*more)
        goto done;
    TRY(append_pending(queue, &reply));
    const rendered_prompt *prompt = reply->prompt;
    const prompt_record *record = prompt_set_at(job->prompts, prompt->index);
    *request =
        (distill_request){.prompt = prompt->ids.at,
                          .prompt_count = prompt->ids.count,
                          .messages = prompt->conversation.messages,
                          .message_count = prompt->conversation.count,
                          .tools = prompt->conversation.options.tools,
                          .template_kwargs = prompt->conversation.options.kwargs,
                          .text = distill_text_span(&prompt->text),
                          .prefix = distill_text_span(&queue->style.reply_start),
                          .prompt_key = job->samples > 1 ? prompt->index + 1 : 0,
                          .stream = distill_rng_stream(job->seed, record->id.bytes,
                                                       record->id.length, (uint64_t)reply->sample),
                          .max_tokens = job->sampling.max_tokens,
                          .tag = reply};
done:
    return status;
}

static void drop_done(reply_queue *queue)
{
    while (queue->first != NULL && queue->first->done) {
        pending_reply *reply = queue->first;
        queue->first = reply->next;
        if (queue->first == NULL)
            queue->last = NULL;
        distill_free(reply);
    }
}

uint64_t reply_queue_finish(reply_queue *queue, pending_reply *reply)
{
    reply->done = true;
    release(reply->prompt);
    reply->prompt = NULL;
    drop_done(queue);
    return queue->first != NULL ? queue->first->order : queue->order;
}

void reply_queue_close(reply_queue *queue)
{
    while (queue->first != NULL) {
        queue->first->done = true;
        release(queue->first->prompt);
        drop_done(queue);
    }
    release(queue->current);
    prompt_style_free(&queue->style);
    *queue = (reply_queue){0};
}
