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
//     failed: the teacher gave none                       wrong     FAILED
//     cut within its thought, which is never searched     unknown   TRUNCATED
//     cut behind its thought, before an answer            unknown   TRUNCATED
//     no rule for the domain, no reference, no tests      unknown   UNKNOWN
//     complete, without an answer                         wrong     NO_ANSWER
//     an answer that the rule cannot read or decide       unknown   UNKNOWN
//     an answer                                           right or wrong
//
// A reply that was cut is within its thought unless a </think> (or <|end_of_thought|>) shows that
// it left it: where the prompt's template writes the <think>, the reply holds no tag of its own.
// One that was cut behind its thought is graded by what is there.
// Without a domain the tests, then the reference answer tell the rule: a single letter is a choice,
// anything else is mathematics.
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

/// A reply and what it is graded against. Borrowed; empty = none.
typedef struct grade_case {
    distill_span domain;   // "math", "choice", "code"; others have no rule
    distill_span answer;   // the reference answer
    distill_span tests;    // JSON, datasets/verify/code/code_tests.h
    distill_span prompt;   // read with tests only: a reply may be the body of its function
    distill_span language; // read with tests only: of a program that does not say
    distill_span response;
    reply_end end;
} grade_case;

typedef enum grade_reason {
    GRADE_RIGHT,
    GRADE_WRONG,
    GRADE_UNKNOWN,   // no rule applies, or the rule cannot decide
    GRADE_NO_ANSWER, // the reply is complete and holds no answer
    GRADE_TRUNCATED, // the reply was cut before its answer
    GRADE_FAILED,    // there is no reply
    GRADE_NOT_GRADED // GRADE_NONE
} grade_reason;

/// `verdict` says right, wrong or unknown and holds the evidence; `reason` says why.
typedef struct grade {
    verdict verdict;
    grade_reason reason;
} grade;

/// True if the reply's program is run on the tests.
bool grade_runs_tests(grade_rule rule, const grade_case *c);

/// Sets `out`, whose memory is used again. With GRADE_NONE the outcome is unknown.
/// Errors  NO_MEMORY, IO (of the sandbox).
distill_status grade_reply(grade *out, grade_rule rule, const grade_case *c) DISTILL_MUST_CHECK;
void grade_free(grade *g);

#endif
