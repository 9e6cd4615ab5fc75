// datasets/verify/code/code_calls.h - tests that call functions: two processes, each in a sandbox.
//
//   examiner (tests, expected values) ── socket: calls ──► candidate (the reply)
//                                     ◄── values, as plain data ──
//
// Private to code_check.
#ifndef DATASETS_VERIFY_CODE_CODE_CALLS_H
#define DATASETS_VERIFY_CODE_CODE_CALLS_H

#include "datasets/sandbox/sandbox.h"
#include "datasets/verify/code/code_check.h"

/// `out` is empty and unknown.
distill_status code_calls_check(code_check_result *out, const code_tests *tests,
                                distill_span program) DISTILL_MUST_CHECK;

// of code_check.c
sandbox_limits code_limits(const code_tests *tests);
/// At most 100 bytes of one line.
distill_status code_add_excerpt(distill_text *out, distill_span text) DISTILL_MUST_CHECK;
/// "exit status 1: ValueError: …"
distill_status code_add_failure(distill_text *out, const sandbox_result *r) DISTILL_MUST_CHECK;
/// The program was not run: that says nothing about it.
bool code_is_unknown(const sandbox_result *r);

#endif
