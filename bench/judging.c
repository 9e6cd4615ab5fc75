// bench/judging.c - see judging.h.
#include "bench/judging.h"

#include "datasets/verify/code/code_verdict.h"
#include "distill/text/chat/think.h"

/// A reply without an answer part, and why; TRACE_KEPT if it is to be judged.
static trace_reason unfinished(const trace_record *record)
{
    if (record->finish == DISTILL_FINISH_ERROR)
        return TRACE_ERROR;
    if (record->finish == DISTILL_FINISH_LENGTH && !distill_think_has_close(record->response))
        return TRACE_TRUNCATED;
    if (distill_think_is_never_closed(record->response))
        return TRACE_NO_ANSWER;
    return TRACE_KEPT;
}

static trace_reason reason_of(const verdict *v, const trace_record *record)
{
    if (v->outcome == VERDICT_RIGHT)
        return TRACE_KEPT;
    if (record->finish == DISTILL_FINISH_LENGTH && !v->found)
        return TRACE_TRUNCATED;
    if (v->outcome == VERDICT_UNKNOWN)
        return TRACE_UNKNOWN;
    return v->found ? TRACE_WRONG : TRACE_NO_ANSWER;
}

static distill_status read_verdict(verdict *out, const trace_record *record, distill_span tests)
{
    distill_span domain = record->domain.length > 0 ? record->domain : distill_span_of("math");
    code_question question = {tests, record->prompt, record->language};
    if (tests.length > 0 && distill_span_is(domain, "code"))
        return verdict_code(out, &question, record->response);
    return verdict_of(out, domain, record->answer, record->response);
}

distill_status judging_judge(void *context, trace_record *record)
{
    distill_status status = DISTILL_OK;
    judging *judge = context;
    distill_span tests = record->tests;
    verdict_free(&judge->last);
    judge->last = (verdict){0};
    record->has_verdict = true;
    record->extracted = (distill_span){"", 0};
    record->tests = (distill_span){"", 0};
    record->correct = 0;
    record->reason = unfinished(record);
    if (record->reason != TRACE_KEPT)
        return status;
    TRY(read_verdict(&judge->last, record, tests));
    record->correct = (int8_t)judge->last.outcome;
    record->extracted = distill_text_span(&judge->last.extracted);
    record->reason = reason_of(&judge->last, record);
done:
    return status;
}

void judging_free(judging *judge)
{
    verdict_free(&judge->last);
    *judge = (judging){0};
}
