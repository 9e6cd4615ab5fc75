// datasets/verify/code/code_check.h - runs a program on the tests of its problem, in the sandbox.
// Private to the verifier.
//
//     code_result r = {0};
//     code_candidate candidate = {.program = program, .language = CODE_PYTHON};
//     TRY(code_check(&r, &tests, &candidate));
//     r.outcome == VERDICT_WRONG; r.evidence.bytes;  // "test 3 of 5: word 1 of the output: …"
//
// STREAM: each test is a run of its own. CALL and ASSERT: the tests run in one process and the
// program in another, which never has the tests; only right values pass.
// Limits:  those of code_run.h for each test, 300 s for all tests together, 30 s for the compiler.
//          Exceeding the limit of all tests is unknown, exceeding any other is wrong.
// Threads: tests of one program run in parallel, unless the caller is a worker itself.
#ifndef DATASETS_VERIFY_CODE_CODE_CHECK_H
#define DATASETS_VERIFY_CODE_CODE_CHECK_H

#include "datasets/verify/code/code_run.h"

/// Clears and fills *out.
/// Errors  NO_MEMORY, IO. A missing interpreter, compiler or sandbox is VERDICT_UNKNOWN.
distill_status code_check(code_result *out, const code_tests *tests,
                          const code_candidate *candidate) DISTILL_MUST_CHECK;

#endif
