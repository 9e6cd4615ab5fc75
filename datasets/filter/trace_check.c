// datasets/filter/trace_check.c - the decisions on a trace that need no other trace.
#include "datasets/filter/trace_check.h"

#include "datasets/filter/judge/judge_pass.h"
#include "datasets/filter/rules/byte_scan.h"
#include "datasets/traces/trace_grade.h"

/// The evidence of contamination replaces the extracted answer.
static distill_status show_overlap(distill_text *extracted, const contamination *overlap,
                                   const trace_record *record)
{
    distill_status status = DISTILL_OK;
    distill_text_clear(extracted);
    TRY(distill_text_printf(extracted, "overlap: %s, item ", overlap->file));
    TRY(distill_text_add_span(extracted, overlap->item));
    TRY(distill_text_add(extracted, ": "));
    TRY(distill_text_append(extracted, record->prompt.bytes + overlap->begin,
                            overlap->end - overlap->begin));
done:
    return status;
}

/// Sets the reason and the verdict of a trace: by the rules, then by the grader, whose result pass
/// rates need for every trace, then by the judge.
static distill_status check_trace(finding *out, block_slot *slot, const trace_record *record,
                                  const filter_settings *settings)
{
    distill_status status = DISTILL_OK;
    trace_reason reason = TRACE_KEPT;
    trace_summary *summary = &out->summary;
    verdict *v = &slot->grade.verdict;
    uint64_t prompt = text_hash(1, record->prompt.bytes, record->prompt.length);
    TRY(filter_rules_check(&reason, settings, record, &slot->scratch));
    TRY(trace_grade(&slot->grade, settings->verify, record));
    TRY(judge_pass_apply(settings, &slot->grade, record, reason));
    if (reason == TRACE_CONTAMINATED) {
        out->overlap = slot->scratch.overlap;
        TRY(show_overlap(&v->extracted, &out->overlap, record));
    }
    bool keep_cut = settings->keep_truncated && slot->grade.reason == GRADE_TRUNCATED;
    if (reason == TRACE_KEPT && !keep_cut)
        reason = trace_reason_of_grade(slot->grade.reason);
    *summary = (trace_summary){
        .prompt = text_hash(prompt, record->id.bytes, record->id.length),
        .extracted = slot->extracted.length,
        .extracted_length = (uint32_t)v->extracted.length,
        .tokens = (uint32_t)record->response_tokens,
        .bytes = (uint32_t)record->response.length,
        .repetition = slot->scratch.repetition_share,
        .correct = (int8_t)v->outcome,
        .reason = (uint8_t)reason,
        .grade = (uint8_t)slot->grade.reason,
        .unfinished = slot->grade.reason == GRADE_TRUNCATED,
    };
    if (settings->selection.drop_duplicates && reason == TRACE_KEPT)
        summary->reply = text_hash(prompt, record->response.bytes, record->response.length);
    TRY(distill_text_add_span(&slot->extracted, distill_text_span(&v->extracted)));
done:
    return status;
}

distill_status trace_check_block(block_slot *slot, const filter_settings *settings)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < trace_block_count(slot->block); i++) {
        finding *found = &slot->findings[i];
        const trace_record *record = trace_block_at(slot->block, i);
        TRY(check_trace(found, slot, record, settings));
        found->summary.index = slot->first + i;
        found->signature = NULL;
        if (settings->near_duplicates > 0 && found->summary.reason == TRACE_KEPT) {
            found->signature = &slot->signatures[i];
            near_signature_make(found->signature, record->prompt, record->response);
        }
    }
done:
    return status;
}
