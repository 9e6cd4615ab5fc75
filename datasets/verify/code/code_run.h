// datasets/verify/code/code_run.h - what the two ways of testing a program (code_check.c,
// code_calls.c) share: limits of a run, the result, and its evidence. Private to the verifier.
#ifndef DATASETS_VERIFY_CODE_CODE_RUN_H
#define DATASETS_VERIFY_CODE_CODE_RUN_H

#include "datasets/sandbox/sandbox.h"
#include "datasets/verify/code/code_language.h"
#include "datasets/verify/code/code_tests.h"
#include "datasets/verify/verdict_type.h"

/// Owns `evidence`.
typedef struct code_result {
    verdict_outcome outcome;
    distill_text evidence; // one line: the first test that failed and why, or how many passed
} code_result;

/// The program to be tested; borrowed.
typedef struct code_candidate {
    distill_span program;
    distill_span before; // Python code that runs before the program; its failure does not count
    code_language language;
} code_candidate;

/// The limits of one run: twice the processor time of the problem (10 s where it gives none, since
/// machines differ), and its memory with 128 MiB for the interpreter (1 GiB where it gives none).
sandbox_limits code_run_limits(const code_tests *tests);
/// The program was not run, which says nothing about it.
bool code_run_is_unknown(const sandbox_result *r);
/// Appends the first 100 bytes of `text` on one line; bytes outside ASCII become "?".
distill_status code_run_add_excerpt(distill_text *out, distill_span text) DISTILL_MUST_CHECK;
/// Appends how a run ended: "exit status 1: ValueError: …".
distill_status code_run_add_failure(distill_text *out, const sandbox_result *r) DISTILL_MUST_CHECK;

#endif
