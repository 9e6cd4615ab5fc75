// datasets/filter/pipeline.c - blocks are checked in parallel (trace_check.h) and taken in the
// order of the input: duplicates, decisions that need all traces, output.
//
// Without a decision that needs all traces there is one pass, and a block is written when it is
// taken. Otherwise the first pass stores a summary of each trace (trace_summary.h), the decisions
// are made on the summaries, and the second pass reads and writes the traces that an output takes.
//
// Limits: the memory of the second case and of duplicates is computed before the run, which is
// refused if less is free; the report has at most 10,000 overlaps.
#include "datasets/filter/pipeline.h"

#include "datasets/filter/block_queue.h"
#include "datasets/filter/trace_check.h"
#include "distill/base/hash_map.h"
#include "distill/base/interrupt.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"
#include "distill/base/threads.h"

enum {
    SELECTION_BYTES_A_TRACE = 40,
    EXTRACTED_BYTES_A_TRACE = 16,
    MOST_OVERLAPS = 10000, // in the report
    BYTES_A_THREAD = 48 << 20
};

typedef struct pass {
    const filter_job *job;
    filter_result *result;
    block_queue *queue;
    bool two_passes;
    trace_summary *traces;    // [total] with two passes
    size_t count;             // of traces taken
    distill_text extracted;   // with two passes: the extracted answers of all traces
    distill_hash_set prompts; // their hashes
    distill_hash_set replies; // of kept traces, for exact duplicates
    near_index *near;         // of kept traces; NULL = off
    domain_names domains;
    distill_json_writer overlaps; // an array, into the result
    distill_progress bar;
} pass;

// --- in the order of the input ------------------------------------------------------------------

/// Rejects a trace that is a duplicate or a near duplicate of one that was kept.
static distill_status find_duplicate(pass *p, block_slot *slot, finding *found)
{
    distill_status status = DISTILL_OK;
    trace_summary *summary = &found->summary;
    bool is_new = true;
    uint32_t match = NEAR_NONE;
    if (summary->reason != TRACE_KEPT)
        return DISTILL_OK;
    if (p->job->settings.selection.drop_duplicates)
        TRY(distill_hash_set_insert(&is_new, &p->replies, summary->reply));
    if (!is_new) {
        summary->reason = TRACE_DUPLICATE;
        goto done;
    }
    if (found->signature != NULL)
        TRY(near_index_add(p->near, found->signature, (uint32_t)summary->index, &match));
    if (match == NEAR_NONE)
        goto done;
    summary->reason = TRACE_NEAR_DUPLICATE;
    summary->extracted = slot->extracted.length;
    TRY(distill_text_printf(&slot->extracted, "like trace %u of the input", match));
    summary->extracted_length = (uint32_t)(slot->extracted.length - summary->extracted);
done:
    return status;
}

/// Adds the prompt, the benchmark's item and the words in common to the report.
static void add_overlap(pass *p, const contamination *overlap, const trace_record *record)
{
    distill_json_writer *w = &p->overlaps;
    distill_span words = {record->prompt.bytes + overlap->begin, overlap->end - overlap->begin};
    if (p->result->overlap_count++ >= MOST_OVERLAPS)
        return;
    distill_json_begin_object(w, NULL);
    distill_json_add_span(w, "id", record->id);
    distill_json_add_string(w, "file", overlap->file);
    distill_json_add_span(w, "item", overlap->item);
    distill_json_add_span(w, "words", words);
    distill_json_end_object(w);
}

/// Counts a trace, and makes the decisions that depend on the traces before it.
static distill_status collect(pass *p, block_slot *slot, size_t i)
{
    distill_status status = DISTILL_OK;
    finding *found = &slot->findings[i];
    const trace_record *record = trace_block_at(slot->block, i);
    bool first = false;
    TRY(domain_names_find(&p->domains, record->domain, &found->summary.domain));
    TRY(find_duplicate(p, slot, found));
    TRY(distill_hash_set_insert(&first, &p->prompts, found->summary.prompt));
    if (found->summary.reason == TRACE_CONTAMINATED && first)
        add_overlap(p, &found->overlap, record);
    p->result->prompts += first;
    p->result->bytes += record->prompt.length + record->response.length;
    p->result->grades.of[found->summary.grade]++;
    p->result->grades.truncated += record->finish == TRACE_FINISH_LENGTH;
    p->count++;
done:
    return status;
}

/// Stores the summary of a trace for the decisions that need all traces.
static distill_status add_summary(pass *p, const block_slot *slot, size_t i)
{
    distill_status status = DISTILL_OK;
    trace_summary *trace = &p->traces[slot->first + i];
    *trace = slot->findings[i].summary;
    distill_span extracted = {slot->extracted.bytes + trace->extracted, trace->extracted_length};
    trace->extracted = p->extracted.length;
    TRY(distill_text_add_span(&p->extracted, extracted));
done:
    return status;
}

// --- writing ------------------------------------------------------------------------------------

static trace_store *store_of(const pass *p, const trace_summary *trace)
{
    return trace->reason == TRACE_KEPT ? p->job->kept : p->job->rejected;
}

/// True if an output takes the trace and does not have it yet.
static bool is_needed(const pass *p, const trace_summary *trace)
{
    trace_store *store = store_of(p, trace);
    return store != NULL && !trace_store_has_order(store, trace->index);
}

static distill_status write_trace(pass *p, const trace_record *record, const trace_summary *trace,
                                  const char *extracted)
{
    trace_record with_verdict = *record;
    if (!is_needed(p, trace))
        return DISTILL_OK;
    with_verdict.has_verdict = true;
    with_verdict.correct = trace->correct;
    with_verdict.reason = (trace_reason)trace->reason;
    with_verdict.extracted = (distill_span){extracted, trace->extracted_length};
    return trace_store_write(store_of(p, trace), &with_verdict, trace->index);
}

static distill_status finish_outputs(pass *p)
{
    distill_status status = DISTILL_OK;
    if (p->job->kept != NULL)
        TRY(trace_store_finish(p->job->kept));
    if (p->job->rejected != NULL)
        TRY(trace_store_finish(p->job->rejected));
done:
    return status;
}

static const char *extracted_of(const distill_text *pool, const trace_summary *trace)
{
    return trace->extracted_length > 0 ? pool->bytes + trace->extracted : "";
}

/// Takes the traces of a checked block, in their order.
static distill_status take_block(pass *p, block_slot *slot)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < trace_block_count(slot->block); i++) {
        const trace_summary *trace = &slot->findings[i].summary;
        TRY(collect(p, slot, i));
        if (p->two_passes) {
            TRY(add_summary(p, slot, i));
            continue;
        }
        p->result->reasons[trace->reason]++;
        TRY(write_trace(p, trace_block_at(slot->block, i), trace,
                        extracted_of(&slot->extracted, trace)));
    }
done:
    return status;
}

static distill_status check_block(block_slot *slot, void *context)
{
    const pass *p = context;
    return trace_check_block(slot, &p->job->settings);
}

static distill_status check_all(pass *p)
{
    distill_status status = DISTILL_OK;
    const block_work work = {
        .part = p->two_passes ? TRACE_BLOCK_TEXTS : TRACE_BLOCK_ALL,
        .check = check_block,
        .context = p,
        .signatures = p->near != NULL,
    };
    block_queue_start(p->queue, &work);
    for (;;) {
        block_slot *slot = NULL;
        TRY(block_queue_next(p->queue, &slot));
        if (slot == NULL)
            break;
        TRY(take_block(p, slot));
        distill_progress_update(&p->bar, p->count, NULL);
        TRY(distill_interrupt_check());
    }
done:
    return status;
}

// --- two passes ---------------------------------------------------------------------------------

static distill_status decide(pass *p)
{
    distill_status status = DISTILL_OK;
    const filter_settings *settings = &p->job->settings;
    TRY(selection_apply(p->traces, p->count, &settings->selection));
    if (settings->domains != NULL)
        TRY(mixture_apply(settings->domains, &p->domains, p->traces, p->count,
                          settings->selection.seed));
    for (size_t i = 0; i < p->count; i++)
        p->result->reasons[p->traces[i].reason]++;
done:
    return status;
}

static uint64_t next_needed(uint64_t index, void *context)
{
    const pass *p = context;
    while (index < p->count && !is_needed(p, &p->traces[index]))
        index++;
    return index;
}

static distill_status write_block(pass *p, const block_slot *slot)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < trace_block_count(slot->block); i++) {
        const trace_summary *trace = &p->traces[slot->first + i];
        TRY(write_trace(p, trace_block_at(slot->block, i), trace,
                        extracted_of(&p->extracted, trace)));
    }
done:
    return status;
}

static distill_status write_all(pass *p)
{
    distill_status status = DISTILL_OK;
    const block_work work = {.part = TRACE_BLOCK_ALL, .next = next_needed, .context = p};
    distill_progress_start(&p->bar, "writing", "traces", p->count, 0);
    block_queue_start(p->queue, &work);
    for (;;) {
        block_slot *slot = NULL;
        TRY(block_queue_next(p->queue, &slot));
        if (slot == NULL)
            break;
        TRY(write_block(p, slot));
        distill_progress_update(&p->bar, slot->first, NULL);
        TRY(distill_interrupt_check());
    }
    distill_progress_finish(&p->bar);
done:
    return status;
}

/// Prints how much memory the run needs at most. Errors  LIMIT if less is free.
static distill_status plan(const pass *p)
{
    char bytes[32], available[32], count[32];
    const filter_settings *settings = &p->job->settings;
    uint64_t total = block_queue_total(p->queue);
    double each = 16; // hash of the prompt
    if (p->two_passes)
        each += (double)(sizeof(trace_summary) + SELECTION_BYTES_A_TRACE + EXTRACTED_BYTES_A_TRACE);
    if (settings->selection.drop_duplicates)
        each += 16;
    if (settings->near_duplicates > 0)
        each += NEAR_BYTES_A_TRACE;
    double needed = (double)total * each + (double)distill_threads() * BYTES_A_THREAD;
    double free_bytes = (double)distill_memory_available();
    distill_format_bytes(bytes, sizeof bytes, needed);
    distill_format_bytes(available, sizeof available, free_bytes);
    if (needed > free_bytes)
        return distill_fail(
            DISTILL_LIMIT,
            "%llu traces need about %s of memory, %s are free (filter the inputs one by one)",
            (unsigned long long)total, bytes, available);
    distill_note("plan: %s traces, %d threads, at most %s of memory",
                 distill_format_count(count, sizeof count, total), distill_threads(), bytes);
    return DISTILL_OK;
}

static distill_status open_pass(pass *p, const filter_job *job, filter_result *result)
{
    distill_status status = DISTILL_OK;
    const selection_limits *limits = &job->settings.selection;
    p->job = job;
    p->result = result;
    p->overlaps = (distill_json_writer){.out = &result->overlaps};
    distill_json_begin_array(&p->overlaps, NULL);
    p->two_passes = limits->rule.order != SELECT_ALL || limits->min_pass_rate > 0 ||
                    limits->max_pass_rate < 1 || job->settings.domains != NULL;
    TRY(block_queue_create(&p->queue, job->inputs, job->input_count));
    TRY(plan(p));
    if (job->settings.near_duplicates > 0)
        TRY(near_index_create(&p->near, job->settings.near_duplicates));
    if (p->two_passes)
        TRY(DISTILL_NEW(&p->traces, block_queue_total(p->queue)));
done:
    return status;
}

static void close_pass(pass *p)
{
    block_queue_free(p->queue);
    distill_free(p->traces);
    distill_text_free(&p->extracted);
    distill_hash_set_free(&p->prompts);
    distill_hash_set_free(&p->replies);
    near_index_free(p->near);
    domain_names_free(&p->domains);
}

static void log_result(const filter_result *result)
{
    distill_event event;
    if (!distill_event_begin(&event, "filter.done"))
        return;
    distill_json_add_uint(&event.json, "seen", result->seen);
    distill_json_add_uint(&event.json, "kept", result->kept);
    distill_json_add_fixed(&event.json, "seconds", result->seconds, 3);
    distill_event_end(&event);
}

distill_status filter_run(filter_result *result, const filter_job *job)
{
    distill_status status = DISTILL_OK;
    pass p = {0};
    double started_s = distill_now_s();
    *result = (filter_result){0};
    TRY(open_pass(&p, job, result));
    distill_progress_start(&p.bar, "filtering", "traces", block_queue_total(p.queue), 0);
    TRY(check_all(&p));
    distill_progress_finish(&p.bar);
    if (p.two_passes) {
        TRY(decide(&p));
        TRY(write_all(&p));
    }
    TRY(finish_outputs(&p));
    distill_json_end_array(&p.overlaps);
    TRY(distill_json_finish(&p.overlaps));
    result->seen = p.count;
    result->kept = result->reasons[TRACE_KEPT];
    result->seconds = distill_now_s() - started_s;
    log_result(result);
done:
    close_pass(&p);
    return status;
}

void filter_result_free(filter_result *result)
{
    distill_text_free(&result->overlaps);
}
