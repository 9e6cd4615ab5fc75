// datasets/verify/code/code_check.h - runs a program on the tests of its problem, in the sandbox.
//
//     code_check_result r = {0};
//     TRY(code_check(&r, &tests, program, CODE_PYTHON));
//     r.outcome == VERDICT_WRONG; r.evidence.bytes   // "test 3 of 5: expected 42, found 41"
//
// STREAM: each test is a run of its own. CALL and ASSERT: the tests run in one process, the program
// in another that never sees them; the only way to pass is to return the right values.
// Limits  a test may use twice the processor time that the problem gives (10 s where it gives none;
//         machines differ), and the memory that it gives and 128 MiB for the interpreter (1 GiB);
//         all tests together 300 s, a compiler 30 s. More than that in all is unknown.
// Threads: tests of one program run side by side, unless the caller is a worker itself.
#ifndef DATASETS_VERIFY_CODE_CODE_CHECK_H
#define DATASETS_VERIFY_CODE_CODE_CHECK_H

#include "datasets/verify/code/code_reply.h"
#include "datasets/verify/code/code_tests.h"
#include "datasets/verify/verdict.h"

typedef struct code_check_result {
    verdict_outcome outcome;
    distill_text evidence; // one line
} code_check_result;

/// Errors  NO_MEMORY, IO. A missing interpreter, compiler or sandbox is VERDICT_UNKNOWN.
distill_status code_check(code_check_result *out, const code_tests *tests, distill_span program,
                          code_language language) DISTILL_MUST_CHECK;

#endif
