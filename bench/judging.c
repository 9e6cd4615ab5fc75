// bench/judging.c - grades a sampled reply and fills the grade into its trace.
#include "bench/judging.h"

#include "datasets/traces/trace_grade.h"

distill_status judging_judge(void *context, trace_record *record)
{
    distill_status status = DISTILL_OK;
    judging *judge = context;
    TRY(trace_grade(&judge->last, GRADE_AUTO, record));
    record->has_verdict = true;
    record->correct = (int8_t)judge->last.verdict.outcome;
    record->extracted = distill_text_span(&judge->last.verdict.extracted);
    record->reason = trace_reason_of_grade(judge->last.reason);
    record->tests = (distill_span){"", 0};
done:
    return status;
}

void judging_free(judging *judge)
{
    grade_free(&judge->last);
}
