// datasets/filter/correctness.c - the verifier's verdict as a reason.
#include "datasets/filter/correctness.h"

#include "datasets/verify/code/code_verdict.h"
#include "datasets/verify/verdict.h"
#include "distill/text/chat/think.h"

bool correctness_runs_code(correctness_rule rule, const trace_record *trace)
{
    bool asked = rule == CORRECTNESS_CODE ||
                 (rule == CORRECTNESS_AUTO &&
                  (trace->domain.length == 0 || distill_span_is(trace->domain, "code")));
    return asked && trace->tests.length > 0;
}

/// Is there a rule for this trace? Without a domain the reference answer tells.
static bool has_rule(correctness_rule rule, const trace_record *trace)
{
    if (rule == CORRECTNESS_CODE || trace->answer.length == 0)
        return correctness_runs_code(rule, trace);
    return correctness_runs_code(rule, trace) || rule != CORRECTNESS_AUTO ||
           trace->domain.length == 0 || distill_span_is(trace->domain, "math") ||
           distill_span_is(trace->domain, "choice");
}

static bool ends_inside_think(const trace_record *trace)
{
    return trace->finish == DISTILL_FINISH_LENGTH && distill_think_is_unfinished(trace->response);
}

distill_status correctness_judge(correctness *out, correctness_rule rule, const trace_record *trace)
{
    distill_status status = DISTILL_OK;
    verdict v = {.outcome = VERDICT_UNKNOWN};
    distill_text_clear(&out->extracted);
    out->correct = -1;
    out->reason = TRACE_KEPT;
    if (rule == CORRECTNESS_NONE)
        goto done;
    if (trace->finish == DISTILL_FINISH_ERROR || ends_inside_think(trace)) {
        out->correct = 0;
        out->reason = TRACE_NO_ANSWER;
        goto done;
    }
    out->reason = TRACE_UNKNOWN;
    if (!has_rule(rule, trace))
        goto done;
    if (correctness_runs_code(rule, trace))
        TRY(verdict_code(&v, &(code_question){trace->tests, trace->prompt, trace->language},
                         trace->response));
    else if (rule == CORRECTNESS_CHOICE)
        TRY(verdict_choice(&v, trace->answer, trace->response));
    else if (rule == CORRECTNESS_MATH)
        TRY(verdict_math(&v, trace->answer, trace->response));
    else
        TRY(verdict_of(&v, trace->domain, trace->answer, trace->response));
    TRY(distill_text_add_span(&out->extracted, distill_text_span(&v.extracted)));
    out->correct = (int8_t)v.outcome;
    if (v.outcome == VERDICT_RIGHT)
        out->reason = TRACE_KEPT;
    else if (!v.found)
        out->reason = TRACE_NO_ANSWER;
    else if (v.outcome == VERDICT_WRONG)
        out->reason = TRACE_WRONG;
done:
    verdict_free(&v);
    return status;
}
