// datasets/verify/grade.c - the steps from a reply to its grade, of which the first that applies
// decides: a reply that failed or was cut within its thought; no rule for it; the verdict of the
// rule; a reply without an answer. The table of grade.h lists the outcomes.
//
// Limits: those of the rules (docs/verifier.md). Tests of programs need the sandbox; without it the
// outcome is unknown.
#include "datasets/verify/grade.h"

#include "datasets/verify/code/code_verdict.h"
#include "distill/text/chat/think.h"

bool grade_runs_tests(grade_rule rule, const grade_case *c)
{
    bool code =
        rule == GRADE_CODE ||
        (rule == GRADE_AUTO && (c->domain.length == 0 || distill_span_is(c->domain, "code")));
    return code && c->tests.length > 0;
}

static bool has_rule(grade_rule rule, const grade_case *c)
{
    if (grade_runs_tests(rule, c))
        return true;
    if (rule == GRADE_CODE || c->answer.length == 0)
        return false;
    return rule != GRADE_AUTO || c->domain.length == 0 || distill_span_is(c->domain, "math") ||
           distill_span_is(c->domain, "choice");
}

static distill_status apply_rule(verdict *out, grade_rule rule, const grade_case *c)
{
    const code_question question = {c->tests, c->prompt, c->language};
    if (grade_runs_tests(rule, c))
        return verdict_code(out, &question, c->response);
    if (rule == GRADE_MATH)
        return verdict_math(out, c->answer, c->response);
    if (rule == GRADE_CHOICE)
        return verdict_choice(out, c->answer, c->response);
    return verdict_of(out, c->domain, c->answer, c->response);
}

static bool is_cut_within_thought(const grade_case *c)
{
    if (c->end != REPLY_CUT)
        return false;
    bool left = distill_think_has_close(c->response) ||
                distill_think_after_mark(c->response).length < c->response.length;
    return !left || distill_think_is_unfinished(c->response);
}

static void set_without_answer(grade *out, verdict_outcome outcome, grade_reason reason)
{
    distill_text_clear(&out->verdict.extracted);
    out->verdict.outcome = outcome;
    out->verdict.found = false;
    out->verdict.found_by = "none";
    out->verdict.rule = "no answer";
    out->reason = reason;
}

static grade_reason reason_of(verdict_outcome outcome)
{
    switch (outcome) {
    case VERDICT_RIGHT:
        return GRADE_RIGHT;
    case VERDICT_WRONG:
        return GRADE_WRONG;
    case VERDICT_UNKNOWN:
        break;
    }
    return GRADE_UNKNOWN;
}

distill_status grade_reply(grade *out, grade_rule rule, const grade_case *c)
{
    distill_status status = DISTILL_OK;
    if (rule == GRADE_NONE) {
        set_without_answer(out, VERDICT_UNKNOWN, GRADE_NOT_GRADED);
    } else if (c->end == REPLY_FAILED) {
        set_without_answer(out, VERDICT_WRONG, GRADE_FAILED);
    } else if (is_cut_within_thought(c)) {
        set_without_answer(out, VERDICT_UNKNOWN, GRADE_TRUNCATED);
    } else if (!has_rule(rule, c)) {
        set_without_answer(out, VERDICT_UNKNOWN, GRADE_UNKNOWN);
    } else {
        TRY(apply_rule(&out->verdict, rule, c));
        if (out->verdict.found)
            out->reason = reason_of(out->verdict.outcome);
        else if (c->end == REPLY_CUT)
            set_without_answer(out, VERDICT_UNKNOWN, GRADE_TRUNCATED);
        else
            set_without_answer(out, VERDICT_WRONG, GRADE_NO_ANSWER);
    }
done:
    return status;
}

void grade_free(grade *g)
{
    verdict_free(&g->verdict);
    *g = (grade){0};
}
