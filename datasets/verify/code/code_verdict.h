// datasets/verify/code/code_verdict.h - does the program in a reply pass the tests of its problem?
//
//     code_question q = {.tests = tests_json, .prompt = prompt, .language = language};
//     TRY(verdict_code(&v, &q, response));
//     v.outcome; v.extracted.bytes; // "test 3 of 5: word 1 of the output: expected 42, found 41"
//
// Unknown: no tests, tests of an unknown layout, no interpreter or compiler, no sandbox. A verdict
// takes at least the start of an interpreter (about 12 ms).
#ifndef DATASETS_VERIFY_CODE_CODE_VERDICT_H
#define DATASETS_VERIFY_CODE_CODE_VERDICT_H

#include "datasets/verify/verdict_type.h"

/// All spans are borrowed.
typedef struct code_question {
    distill_span tests;    // JSON, see code_tests.h
    distill_span prompt;   // what a reply continues that is only the body of a function
    distill_span language; // of an unmarked block: "python", "cpp", "c"; anything else is ignored
} code_question;

/// v->extracted is the evidence: the first test that failed and why, or how many passed.
/// Errors  NO_MEMORY, IO.
distill_status verdict_code(verdict *v, const code_question *question,
                            distill_span response) DISTILL_MUST_CHECK;

#endif
