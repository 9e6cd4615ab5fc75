// datasets/verify/grade.c - the steps from a reply to its grade, of which the first that applies
// decides: a reply that failed or was cut within its thought; no rule for it; the verdict of the
// rule; a reply without an answer. The table of grade.h lists the outcomes.
//
// Limits: those of the rules (docs/verifier.md). Tests of programs need the sandbox; without it the
// outcome is unknown.
#include "datasets/verify/grade.h"

#include "datasets/verify/code/code_verdict.h"
#include "datasets/verify/gold.h"
#include "distill/text/chat/think.h"

bool grade_runs_tests(grade_rule rule, const grade_case *c)
{
    bool code =
        rule == GRADE_CODE ||
        (rule == GRADE_AUTO && (c->domain.length == 0 || distill_span_is(c->domain, "code")));
    return code && c->tests.length > 0;
}

/// What a reply can be compared with is missing: tests of a program, otherwise the answer.
static bool lacks_reference(grade_rule rule, const grade_case *c)
{
    bool code = rule == GRADE_CODE || (rule == GRADE_AUTO && distill_span_is(c->domain, "code"));
    return !grade_runs_tests(rule, c) && (code || distill_span_trim(c->answer).length == 0);
}

static bool has_rule(grade_rule rule, const grade_case *c)
{
    return grade_runs_tests(rule, c) || rule != GRADE_AUTO || c->domain.length == 0 ||
           distill_span_is(c->domain, "math") || distill_span_is(c->domain, "choice");
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

const char *grade_reason_name(grade_reason reason)
{
    static const char *const NAMES[GRADE_REASONS] = {
        [GRADE_RIGHT] = "right",
        [GRADE_WRONG] = "wrong",
        [GRADE_UNKNOWN] = "unknown",
        [GRADE_NO_ANSWER] = "no_answer",
        [GRADE_TRUNCATED] = "truncated",
        [GRADE_FAILED] = "error",
        [GRADE_NOT_GRADED] = "not_graded",
        [GRADE_NO_REFERENCE] = "no_reference",
        [GRADE_BAD_REFERENCE] = "bad_reference",
    };
    return NAMES[reason];
}

bool grade_is_undecided(grade_reason reason)
{
    return reason == GRADE_UNKNOWN || reason == GRADE_NO_REFERENCE || reason == GRADE_BAD_REFERENCE;
}

grade_reason grade_reason_of(const verdict *v, distill_span answer)
{
    if (v->outcome == VERDICT_RIGHT)
        return GRADE_RIGHT;
    if (v->outcome == VERDICT_UNKNOWN && gold_is_no_answer(answer))
        return GRADE_BAD_REFERENCE;
    if (!v->found)
        return GRADE_NO_ANSWER;
    return v->outcome == VERDICT_WRONG ? GRADE_WRONG : GRADE_UNKNOWN;
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
    } else if (lacks_reference(rule, c)) {
        set_without_answer(out, VERDICT_UNKNOWN, GRADE_NO_REFERENCE);
    } else if (!has_rule(rule, c)) {
        set_without_answer(out, VERDICT_UNKNOWN, GRADE_UNKNOWN);
    } else if (!grade_runs_tests(rule, c) && gold_is_no_answer(c->answer)) {
        set_without_answer(out, VERDICT_UNKNOWN, GRADE_BAD_REFERENCE);
    } else {
        TRY(apply_rule(&out->verdict, rule, c));
        if (out->verdict.found)
            out->reason = grade_reason_of(&out->verdict, c->answer);
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
