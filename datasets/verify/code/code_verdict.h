// datasets/verify/code/code_verdict.h - does the program in a reply pass the tests?
//
//     code_question q = {.tests = tests_json, .prompt = prompt, .language = language};
//     TRY(verdict_code(&v, &q, response));
//     v.outcome; v.extracted.bytes // "test 3 of 5: expected 42, found 41"
//
// Unknown: no tests, tests of unknown layout, no interpreter or compiler, no sandbox. Slow, by its
// nature: a run costs at least the start of an interpreter.
#ifndef DATASETS_VERIFY_CODE_CODE_VERDICT_H
#define DATASETS_VERIFY_CODE_CODE_VERDICT_H

#include "datasets/verify/verdict.h"

typedef struct code_question {
    distill_span tests;    // see code_tests.h
    distill_span prompt;   // what a reply that is only a function's body continues
    distill_span language; // of a block that does not say; "" or a natural language: by its look
} code_question;

/// `extracted` is the evidence: the first test that failed and why, or how many passed.
distill_status verdict_code(verdict *v, const code_question *question,
                            distill_span response) DISTILL_MUST_CHECK;

#endif
