// datasets/filter/judge/judge_pass.c - a pass over the traces before that of the filter: it
// collects the cases, sends the requests, and stores the entry of each case for the counts.
#include "datasets/filter/judge/judge_pass.h"

#include "datasets/filter/block_queue.h"
#include "datasets/traces/trace_grade.h"
#include "datasets/verify/gold.h"
#include "distill/base/interrupt.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/progress.h"

typedef struct judge_pass {
    judge *j;
    const filter_settings *settings;
    trace_reader *const *inputs;
    size_t input_count;
    uint32_t *entries; // of the traces that the judge decides
    size_t count, capacity;
} judge_pass;

static bool needs_every_verdict(const filter_settings *settings)
{
    return settings->selection.min_pass_rate > 0 || settings->selection.max_pass_rate < 1;
}

static bool runs_tests(const filter_settings *settings, const trace_record *trace)
{
    const grade_case c = trace_grade_case(trace);
    return grade_runs_tests(settings->verify, &c);
}

/// True if no rule decides this trace, and its verdict has an effect.
static bool is_for_judge(const filter_settings *settings, const grade *found,
                         const trace_record *trace, trace_reason reason)
{
    return grade_is_undecided(found->reason) && trace->finish == TRACE_FINISH_STOP &&
           !runs_tests(settings, trace) && (reason == TRACE_KEPT || needs_every_verdict(settings));
}

static judge_case case_of(const trace_record *trace)
{
    distill_span none = {"", 0};
    return (judge_case){.question = trace->prompt,
                        .reference = gold_is_no_answer(trace->answer) ? none : trace->answer,
                        .reply = judge_final_part(trace->response)};
}

// --- the cases ----------------------------------------------------------------------------------

/// Sets the reason of the traces for the judge to TRACE_UNKNOWN. Runs no programs.
static distill_status mark_block(block_slot *slot, void *context)
{
    distill_status status = DISTILL_OK;
    const judge_pass *g = context;
    for (size_t i = 0; i < trace_block_count(slot->block); i++) {
        const trace_record *trace = trace_block_at(slot->block, i);
        trace_reason reason = TRACE_KEPT;
        trace_summary *summary = &slot->findings[i].summary;
        *summary = (trace_summary){.reason = TRACE_KEPT};
        if (runs_tests(g->settings, trace))
            continue;
        TRY(filter_rules_check(&reason, g->settings, trace, &slot->scratch));
        TRY(trace_grade(&slot->grade, g->settings->verify, trace));
        if (is_for_judge(g->settings, &slot->grade, trace, reason))
            summary->reason = TRACE_UNKNOWN;
    }
done:
    return status;
}

static distill_status take_block(judge_pass *g, const block_slot *slot)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < trace_block_count(slot->block); i++) {
        if (slot->findings[i].summary.reason != TRACE_UNKNOWN)
            continue;
        if (g->count == g->capacity) {
            size_t capacity = g->capacity * 2 + 1024;
            TRY(distill_grow((void **)&g->entries, g->capacity, capacity, sizeof *g->entries));
            g->capacity = capacity;
        }
        judge_case c = case_of(trace_block_at(slot->block, i));
        TRY(judge_add(g->j, &g->entries[g->count++], &c, slot->first + i));
    }
done:
    return status;
}

static distill_status find_cases(judge_pass *g)
{
    distill_status status = DISTILL_OK;
    block_queue *queue = NULL;
    distill_progress bar;
    const block_work work = {.part = TRACE_BLOCK_TEXTS, .check = mark_block, .context = g};
    TRY(block_queue_create(&queue, g->inputs, g->input_count));
    distill_progress_start(&bar, "collecting cases for the judge", "traces",
                           block_queue_total(queue), 0);
    uint64_t seen = 0;
    block_queue_start(queue, &work);
    for (;;) {
        block_slot *slot = NULL;
        TRY(block_queue_next(queue, &slot));
        if (slot == NULL)
            break;
        TRY(take_block(g, slot));
        seen += trace_block_count(slot->block);
        distill_progress_update(&bar, seen, NULL);
        TRY(distill_interrupt_check());
    }
    distill_progress_finish(&bar);
done:
    block_queue_free(queue);
    return status;
}

// --- requests -----------------------------------------------------------------------------------

static distill_status fetch_case(void *context, judge_case *c, uint64_t place)
{
    distill_status status = DISTILL_OK;
    const judge_pass *g = context;
    trace_record trace;
    size_t input = 0;
    while (place >= trace_reader_count(g->inputs[input]))
        place -= trace_reader_count(g->inputs[input++]);
    TRY(trace_reader_read(g->inputs[input], place, &trace));
    *c = case_of(&trace);
done:
    return status;
}

static void log_counts(const judge_pass_counts *counts)
{
    distill_event event;
    if (!distill_event_begin(&event, "judge.done"))
        return;
    distill_json_add_uint(&event.json, "traces", counts->traces);
    distill_json_add_uint(&event.json, "asked", counts->judge.verdicts);
    distill_json_add_uint(&event.json, "failed", counts->judge.failed);
    distill_event_end(&event);
}

distill_status judge_pass_run(judge_pass_counts *counts, judge *j, const filter_settings *settings,
                              trace_reader *const *inputs, size_t input_count)
{
    distill_status status = DISTILL_OK;
    judge_pass g = {.j = j, .settings = settings, .inputs = inputs, .input_count = input_count};
    double started_s = distill_now_s();
    *counts = (judge_pass_counts){0};
    TRY(find_cases(&g));
    TRY(judge_run(j, fetch_case, &g));
    counts->traces = g.count;
    for (size_t i = 0; i < g.count; i++)
        counts->outcomes[judge_verdict_of(j, g.entries[i]).outcome]++;
    counts->judge = judge_count(j);
    counts->seconds = distill_now_s() - started_s;
    log_counts(counts);
done:
    distill_free(g.entries);
    return status;
}

// --- verdicts -----------------------------------------------------------------------------------

distill_status judge_pass_apply(const filter_settings *settings, grade *found,
                                const trace_record *trace, trace_reason reason)
{
    distill_status status = DISTILL_OK;
    judge_verdict answer;
    if (settings->judge == NULL || !is_for_judge(settings, found, trace, reason))
        return DISTILL_OK;
    judge_case c = case_of(trace);
    TRY(judge_find(settings->judge, &answer, &c));
    if (answer.outcome == JUDGE_CORRECT) {
        found->verdict.outcome = VERDICT_RIGHT;
        found->reason = GRADE_RIGHT;
    } else if (answer.outcome == JUDGE_INCORRECT) {
        found->verdict.outcome = VERDICT_WRONG;
        found->reason = GRADE_WRONG;
    }
    distill_text *evidence = &found->verdict.extracted;
    distill_text_clear(evidence);
    TRY(distill_text_printf(evidence, "judge: %s", judge_outcome_key(answer.outcome)));
    if (answer.why.length > 0)
        TRY(distill_text_add(evidence, "; "));
    TRY(distill_text_add_span(evidence, answer.why));
done:
    return status;
}

// --- the report ---------------------------------------------------------------------------------

void judge_pass_add_report(distill_json_writer *w, const judge_pass_counts *counts)
{
    const judge_counts *j = &counts->judge;
    distill_json_begin_object(w, "judge");
    distill_json_add_uint(w, "traces", counts->traces);
    for (int i = 0; i < JUDGE_OUTCOMES; i++)
        distill_json_add_uint(w, judge_outcome_key((judge_outcome)i), counts->outcomes[i]);
    distill_json_add_uint(w, "cases", j->cases);
    distill_json_add_uint(w, "asked", j->verdicts);
    distill_json_add_uint(w, "reused", j->reused);
    distill_json_add_uint(w, "retries", j->retries);
    distill_json_add_uint(w, "prompt_tokens", j->prompt_tokens);
    distill_json_add_uint(w, "reply_tokens", j->reply_tokens);
    distill_json_add_fixed(w, "seconds", counts->seconds, 3);
    distill_json_end_object(w);
}

void judge_pass_note(const judge_pass_counts *counts)
{
    const judge_counts *j = &counts->judge;
    distill_note("judge: %llu traces, %llu different cases: %llu new verdicts, %llu reused, %llu "
                 "failed; %llu prompt + %llu reply tokens",
                 (unsigned long long)counts->traces, (unsigned long long)j->cases,
                 (unsigned long long)j->verdicts, (unsigned long long)j->reused,
                 (unsigned long long)j->failed, (unsigned long long)j->prompt_tokens,
                 (unsigned long long)j->reply_tokens);
    for (int i = 0; i < JUDGE_OUTCOMES; i++)
        if (counts->outcomes[i] > 0)
            distill_note("judge: %llu traces: %s", (unsigned long long)counts->outcomes[i],
                         judge_outcome_text((judge_outcome)i));
}
