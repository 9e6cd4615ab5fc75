// datasets/verify/grade.h - grades a reply against the reference answer or the tests of its
// problem.
//
//     grade g = {0};
//     grade_case c = {.domain = domain, .answer = reference, .response = reply};
//     TRY(grade_reply(&g, GRADE_AUTO, &c));
//     g.verdict.outcome, g.reason, g.verdict.extracted;
//     grade_free(&g);
//
// The one policy for filtering, benchmarks and rewards:
//
//     reply                                               outcome   reason
//     none, because the teacher failed                    wrong     FAILED
//     cut within its thought, which is never searched     unknown   TRUNCATED
//     no reference answer; for programs, no tests         unknown   NO_REFERENCE
//     a reference that is no answer ("proof", "n/a")      unknown   BAD_REFERENCE
//     no rule for the domain                              unknown   UNKNOWN
//     cut after its thought, before an answer             unknown   TRUNCATED
//     complete, without an answer                         wrong     NO_ANSWER
//     an answer that the rule cannot read or decide       unknown   UNKNOWN
//     an answer                                           right or wrong
//
// The filter rejects what is unknown, benchmarks count it as not right and apart, and as a reward
// it is 0: it is never wrong and never right.
//
// A reply that was cut counts as cut within its thought unless it contains </think> (or
// <|end_of_thought|>). An opening tag is not required: where the prompt's template ends with
// <think>, the reply has none. A reply that was cut after its thought is graded by the answer that
// it contains. Without a domain the rule is chosen by the case: tests are run; else a reference
// answer that is a single letter is a choice, and any other is mathematics.
//
// Threads: no shared state.
#ifndef DATASETS_VERIFY_GRADE_H
#define DATASETS_VERIFY_GRADE_H

#include "datasets/verify/verdict.h"

/// Which rule compares a reply with its reference.
typedef enum grade_rule {
    GRADE_AUTO, // by the domain
    GRADE_MATH,
    GRADE_CHOICE,
    GRADE_CODE, // runs the program of the reply on the tests
    GRADE_NONE  // no reply is graded
} grade_rule;

/// How a reply ends.
typedef enum reply_end { REPLY_COMPLETE, REPLY_CUT, REPLY_FAILED } reply_end;

/// A reply, and the reference that it is graded against. Borrowed; empty = none.
typedef struct grade_case {
    distill_span domain;   // "math", "choice", "code"; others have no rule
    distill_span answer;   // the reference answer
    distill_span tests;    // JSON, datasets/verify/code/code_tests.h
    distill_span prompt;   // read with tests only: a reply may be the body of its function
    distill_span language; // read with tests only: of a program without a language mark
    distill_span response;
    reply_end end;
} grade_case;

typedef enum grade_reason {
    GRADE_RIGHT,
    GRADE_WRONG,
    GRADE_UNKNOWN,       // no rule applies, or the rule cannot decide
    GRADE_NO_ANSWER,     // the reply is complete and holds no answer
    GRADE_TRUNCATED,     // the reply was cut before its answer
    GRADE_FAILED,        // there is no reply
    GRADE_NOT_GRADED,    // GRADE_NONE
    GRADE_NO_REFERENCE,  // nothing to compare with: no reference answer and no tests
    GRADE_BAD_REFERENCE, // the reference is a placeholder (gold.h)
    GRADE_REASONS
} grade_reason;

/// `verdict` is right, wrong or unknown, with the evidence; `reason` is the row of the table above.
typedef struct grade {
    verdict verdict;
    grade_reason reason;
} grade;

/// "right", "no_answer", "bad_reference", …: the name of a reason in reports.
const char *grade_reason_name(grade_reason reason);
/// The reason of a verdict on a complete reply.
grade_reason grade_reason_of(const verdict *v, distill_span answer);
/// No rule decides, although the reply is complete: a judge may.
bool grade_is_undecided(grade_reason reason);
/// True if the reply's program is run on the tests.
bool grade_runs_tests(grade_rule rule, const grade_case *c);

/// Sets `out`, whose memory is reused. With GRADE_NONE the outcome is unknown.
/// Errors  NO_MEMORY, IO (of the sandbox).
distill_status grade_reply(grade *out, grade_rule rule, const grade_case *c) DISTILL_MUST_CHECK;
void grade_free(grade *g);

#endif
