// datasets/verify/grade.c - one path from a reply to its grade: is there a reply, is there a rule, what
// does the rule say, is an answer missing. Where the filter and the benchmarks differ, both ways stand
// side by side.
#include "datasets/verify/grade.h"

#include "datasets/verify/code/code_verdict.h"
#include "distill/text/chat/think.h"

// --- which rule ----------------------------------------------------------------------------------

/// Filter: a problem with tests and without a domain is code. Bench: its domain is math.
static bool is_code(const grade_case *c, grade_policy policy)
{
    return distill_span_is(c->domain, "code") ||
           (policy == GRADE_FOR_FILTER && c->domain.length == 0);
}

bool grade_runs_tests(grade_rule rule, const grade_case *c, grade_policy policy)
{
    return (rule == GRADE_CODE || (rule == GRADE_AUTO && is_code(c, policy))) &&
           c->tests.length > 0;
}

/// Filter: without a reference answer there is no rule, whatever the reply holds. Bench: the rule of
/// the domain runs against the empty reference, and finds replies without an answer wrong.
static bool has_rule(grade_rule rule, const grade_case *c, grade_policy policy)
{
    if (policy == GRADE_FOR_BENCH || grade_runs_tests(rule, c, policy))
        return true;
    if (rule == GRADE_CODE || c->answer.length == 0)
        return false;
    return rule != GRADE_AUTO || c->domain.length == 0 || distill_span_is(c->domain, "math") ||
           distill_span_is(c->domain, "choice");
}

static distill_status apply_rule(verdict *out, grade_rule rule, const grade_case *c,
                                 grade_policy policy)
{
    code_question question = {c->tests, c->prompt, c->language};
    if (grade_runs_tests(rule, c, policy))
        return verdict_code(out, &question, c->response);
    if (rule == GRADE_CHOICE)
        return verdict_choice(out, c->answer, c->response);
    // filter: without a domain the reference tells math from choice; bench: it is math
    bool math = policy == GRADE_FOR_BENCH && c->domain.length == 0;
    if (rule == GRADE_MATH || math)
        return verdict_math(out, c->answer, c->response);
    return verdict_of(out, c->domain, c->answer, c->response);
}

// --- replies without an answer -------------------------------------------------------------------

/// Filter: the last <think> is open, in a reply that was cut. It is wrong for want of an answer.
static grade_reason filter_missing_part(const grade_case *c)
{
    bool cut = c->end == REPLY_CUT && distill_think_is_unfinished(c->response);
    return c->end == REPLY_FAILED || cut ? GRADE_NO_ANSWER : GRADE_RIGHT;
}

/// Bench: no </think> stands in a reply that was cut, with or without a <think>; no </think> follows
/// in one that is complete.
static grade_reason bench_missing_part(const grade_case *c)
{
    if (c->end == REPLY_FAILED)
        return GRADE_FAILED;
    if (c->end == REPLY_CUT && !distill_think_has_close(c->response))
        return GRADE_TRUNCATED;
    return distill_think_is_never_closed(c->response) ? GRADE_NO_ANSWER : GRADE_RIGHT;
}

// --- reasons -------------------------------------------------------------------------------------

/// Filter: an answer that is not found is the reason, also where the outcome is unknown (choice).
static grade_reason filter_reason(const verdict *v)
{
    if (v->outcome == VERDICT_RIGHT)
        return GRADE_RIGHT;
    if (!v->found)
        return GRADE_NO_ANSWER;
    return v->outcome == VERDICT_WRONG ? GRADE_WRONG : GRADE_UNKNOWN;
}

/// Bench: the token limit is the reason before a missing answer is, and an unknown outcome too.
static grade_reason bench_reason(const verdict *v, reply_end end)
{
    if (v->outcome == VERDICT_RIGHT)
        return GRADE_RIGHT;
    if (end == REPLY_CUT && !v->found)
        return GRADE_TRUNCATED;
    if (v->outcome == VERDICT_UNKNOWN)
        return GRADE_UNKNOWN;
    return v->found ? GRADE_WRONG : GRADE_NO_ANSWER;
}

static void set(grade *out, verdict_outcome outcome, grade_reason reason)
{
    distill_text_clear(&out->verdict.extracted);
    out->verdict.outcome = outcome;
    out->verdict.found = false;
    out->verdict.found_by = "none";
    out->verdict.rule = "no answer";
    out->reason = reason;
}

distill_status grade_reply(grade *out, grade_rule rule, const grade_case *c, grade_policy policy)
{
    distill_status status = DISTILL_OK;
    set(out, VERDICT_UNKNOWN, GRADE_NOT_GRADED);
    if (rule == GRADE_NONE)
        return status;
    grade_reason missing =
        policy == GRADE_FOR_FILTER ? filter_missing_part(c) : bench_missing_part(c);
    if (missing != GRADE_RIGHT) {
        set(out, VERDICT_WRONG, missing);
        return status;
    }
    set(out, VERDICT_UNKNOWN, GRADE_UNKNOWN);
    if (!has_rule(rule, c, policy))
        return status;
    TRY(apply_rule(&out->verdict, rule, c, policy));
    out->reason = policy == GRADE_FOR_FILTER ? filter_reason(&out->verdict)
                                             : bench_reason(&out->verdict, c->end);
done:
    return status;
}

void grade_free(grade *g)
{
    verdict_free(&g->verdict);
    *g = (grade){0};
}
