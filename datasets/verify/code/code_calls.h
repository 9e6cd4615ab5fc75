// datasets/verify/code/code_calls.h - tests that call functions: two processes, each in a sandbox
// of its own. Private to the verifier.
//
//   harness (tests, expected values) ── socket: calls ──► candidate (the program)
//        │                           ◄── values, as plain data ──
//        └─► descriptor 4: the verdict. The candidate never has it, and what either process prints
//            is kept apart and not read.
#ifndef DATASETS_VERIFY_CODE_CODE_CALLS_H
#define DATASETS_VERIFY_CODE_CODE_CALLS_H

#include "datasets/verify/code/code_run.h"

/// CALL and ASSERT tests of a Python program. *out must be empty and unknown.
/// Errors  NO_MEMORY, IO.
distill_status code_calls_check(code_result *out, const code_tests *tests,
                                const code_candidate *candidate) DISTILL_MUST_CHECK;

#endif
