// datasets/filter/pipeline.c - judge in parallel, decide by prompt, copy.
#include "datasets/filter/pipeline.h"

#include "datasets/filter/filter_rows.h"
#include "datasets/key_set.h"
#include "datasets/trace_frame.h"
#include "distill/base/interrupt.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/base/threads.h"

#include <math.h>
#include <string.h>

enum {
    BATCH = 256,
    SELECTION_BYTES_A_TRACE = 40,
    EXTRACTED_BYTES_A_TRACE = 16,
    SLOT_BYTES = 1 << 17
};

/// A trace of the batch: a copy of its texts, and what is found out about it.
typedef struct slot {
    distill_text frame;
    trace_record record;
    correctness verdict;
    trace_summary summary;
    distill_status status;
    char *message; // [DISTILL_ERROR_CAPACITY] if status is a failure
} slot;

typedef struct pass {
    const filter_job *job;
    filter_result *result;
    slot slots[BATCH];
    size_t filled;
    trace_summary *traces;
    size_t count;           // traces judged
    distill_text extracted; // all extracted answers, one after the other
    distill_progress bar;
    size_t total;
} pass;

static size_t count_inputs(const filter_job *job)
{
    size_t total = 0;
    for (size_t i = 0; i < job->input_count; i++)
        total += trace_reader_count(job->inputs[i]);
    return total;
}

// --- first pass ----------------------------------------------------------------------------------

static float mean_logprob(const trace_record *record)
{
    double sum = 0;
    if (record->logprobs == NULL || record->token_count == 0)
        return NAN;
    for (size_t i = 0; i < record->token_count; i++)
        sum += record->logprobs[i];
    return (float)(sum / (double)record->token_count);
}

static distill_status fill_slot(slot *s, const trace_record *record, uint64_t index)
{
    distill_status status = DISTILL_OK;
    trace_record texts = *record;
    uint64_t order = 0;
    texts.token_ids = NULL;
    TRY(trace_frame_encode(&s->frame, &texts, index));
    TRY(trace_frame_decode(&s->record, &order, distill_text_span(&s->frame)));
    s->summary = (trace_summary){
        .index = index,
        .tokens = (uint32_t)record->response_tokens,
        .bytes = record->response.length,
        .mean_logprob = mean_logprob(record),
    };
    s->status = DISTILL_OK;
done:
    return status;
}

static distill_status judge(slot *s, const filter_settings *settings)
{
    distill_status status = DISTILL_OK;
    const trace_record *record = &s->record;
    trace_reason reason = TRACE_KEPT;
    s->summary.prompt = key_hash(key_hash(1, record->id), record->prompt);
    s->summary.reply = key_hash(s->summary.prompt, record->response);
    TRY(filter_rows_check(&reason, settings, record));
    TRY(correctness_judge(&s->verdict, settings->verify, record));
    if (reason == TRACE_KEPT)
        reason = s->verdict.reason;
    s->summary.reason = (uint8_t)reason;
    s->summary.correct = s->verdict.correct;
done:
    return status;
}

static void judge_range(void *context, size_t begin, size_t end, int worker)
{
    pass *p = context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        slot *s = &p->slots[i];
        s->status = judge(s, &p->job->settings);
        if (s->status != DISTILL_OK && s->message != NULL)
            distill_error_take(s->message, DISTILL_ERROR_CAPACITY);
    }
}

static distill_status collect(pass *p, const slot *s)
{
    distill_status status = DISTILL_OK;
    trace_summary *trace = &p->traces[p->count];
    const trace_record *record = &s->record;
    if (s->status != DISTILL_OK) {
        distill_error_put(s->message);
        TRY(s->status);
    }
    *trace = s->summary;
    trace->extracted = p->extracted.length;
    trace->extracted_length = (uint32_t)s->verdict.extracted.length;
    TRY(distill_text_add_span(&p->extracted, distill_text_span(&s->verdict.extracted)));
    p->result->bytes += record->prompt.length + record->response.length;
    p->result->without_answer += record->answer.length == 0 && record->tests.length == 0;
    p->count++;
done:
    return status;
}

static distill_status judge_batch(pass *p)
{
    distill_status status = DISTILL_OK;
    distill_parallel_for(judge_range, p, p->filled, 1);
    for (size_t i = 0; i < p->filled; i++)
        TRY(collect(p, &p->slots[i]));
    p->filled = 0;
    distill_progress_update(&p->bar, p->count, NULL);
    TRY(distill_interrupt_check());
done:
    return status;
}

static distill_status judge_all(pass *p)
{
    distill_status status = DISTILL_OK;
    uint64_t index = 0;
    trace_record record;
    for (size_t input = 0; input < p->job->input_count; input++) {
        trace_reader *reader = p->job->inputs[input];
        for (size_t i = 0; i < trace_reader_count(reader); i++) {
            TRY(trace_reader_read(reader, i, &record));
            TRY(fill_slot(&p->slots[p->filled++], &record, index++));
            if (p->filled == BATCH)
                TRY(judge_batch(p));
        }
    }
    TRY(judge_batch(p));
done:
    return status;
}

// --- second pass ---------------------------------------------------------------------------------

static distill_status copy_trace(pass *p, trace_reader *reader, size_t row,
                                 const trace_summary *trace)
{
    distill_status status = DISTILL_OK;
    trace_record record;
    trace_store *store = trace->reason == TRACE_KEPT ? p->job->kept : p->job->rejected;
    if (store == NULL || trace_store_has_order(store, trace->index))
        return DISTILL_OK;
    TRY(trace_reader_read(reader, row, &record));
    record.has_verdict = true;
    record.correct = trace->correct;
    record.reason = (trace_reason)trace->reason;
    record.extracted =
        (distill_span){p->extracted.bytes + trace->extracted, trace->extracted_length};
    TRY(trace_store_append(store, &record, trace->index));
done:
    return status;
}

static distill_status settle(pass *p, uint64_t index)
{
    distill_status status = DISTILL_OK;
    if (p->job->kept != NULL)
        TRY(trace_store_settle(p->job->kept, index));
    if (p->job->rejected != NULL)
        TRY(trace_store_settle(p->job->rejected, index));
    distill_progress_update(&p->bar, index, NULL);
    TRY(distill_interrupt_check());
done:
    return status;
}

static distill_status copy_all(pass *p)
{
    distill_status status = DISTILL_OK;
    uint64_t index = 0;
    for (size_t input = 0; input < p->job->input_count; input++) {
        trace_reader *reader = p->job->inputs[input];
        for (size_t i = 0; i < trace_reader_count(reader); i++, index++) {
            TRY(copy_trace(p, reader, i, &p->traces[index]));
            if (index % BATCH == BATCH - 1)
                TRY(settle(p, index + 1));
        }
    }
    if (p->job->kept != NULL)
        TRY(trace_store_finish(p->job->kept));
    if (p->job->rejected != NULL)
        TRY(trace_store_finish(p->job->rejected));
done:
    return status;
}

static void count_reasons(pass *p)
{
    p->result->seen = p->count;
    for (size_t i = 0; i < p->count; i++)
        p->result->reasons[p->traces[i].reason]++;
    p->result->kept = p->result->reasons[TRACE_KEPT];
}

/// Says what the work takes, and refuses what does not fit.
static distill_status plan(const pass *p)
{
    char bytes[32], available[32], count[32];
    size_t each = sizeof(trace_summary) + SELECTION_BYTES_A_TRACE + EXTRACTED_BYTES_A_TRACE;
    double needed = (double)p->total * (double)each + BATCH * (double)SLOT_BYTES;
    double free_bytes = (double)distill_memory_available();
    distill_format_bytes(bytes, sizeof bytes, needed);
    distill_format_bytes(available, sizeof available, free_bytes);
    if (needed > free_bytes)
        return distill_fail(
            DISTILL_LIMIT,
            "%zu traces need about %s of memory, %s are free; filter the inputs one "
            "by one",
            p->total, bytes, available);
    distill_note("plan: %s traces, %d threads, about %s of memory",
                 distill_format_count(count, sizeof count, p->total), distill_threads(), bytes);
    return DISTILL_OK;
}

distill_status filter_run(filter_result *result, const filter_job *job)
{
    distill_status status = DISTILL_OK;
    pass *p = NULL;
    double started_s = distill_now_s();
    size_t prompts = 0;
    *result = (filter_result){0};
    TRY(DISTILL_NEW(&p, 1));
    p->job = job;
    p->result = result;
    p->total = count_inputs(job);
    TRY(plan(p));
    TRY(DISTILL_NEW(&p->traces, p->total));
    for (size_t i = 0; i < BATCH; i++)
        TRY(DISTILL_NEW(&p->slots[i].message, DISTILL_ERROR_CAPACITY));
    distill_progress_start(&p->bar, "judging", "traces", p->total, 0);
    TRY(judge_all(p));
    distill_progress_finish(&p->bar);
    TRY(selection_apply(p->traces, p->count, &job->settings.selection, &prompts));
    result->prompts = prompts;
    count_reasons(p);
    distill_progress_start(&p->bar, "writing", "traces", p->total, 0);
    TRY(copy_all(p));
    distill_progress_finish(&p->bar);
    result->seconds = distill_now_s() - started_s;
    distill_event("filter.done", "\"seen\":%llu,\"kept\":%llu,\"seconds\":%.3f",
                  (unsigned long long)result->seen, (unsigned long long)result->kept,
                  result->seconds);
done:
    for (size_t i = 0; p != NULL && i < BATCH; i++) {
        distill_text_free(&p->slots[i].frame);
        distill_text_free(&p->slots[i].verdict.extracted);
        distill_free(p->slots[i].message);
    }
    if (p != NULL) {
        distill_free(p->traces);
        distill_text_free(&p->extracted);
    }
    distill_free(p);
    return status;
}
