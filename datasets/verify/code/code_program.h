// datasets/verify/code/code_program.h - makes a program of the blocks of a reply. Private to the
// verifier.
//
// Tests of a function may come with the code that the reply continues (HumanEval's prompt: imports,
// helpers, the head of the function):
//   the reply defines the function    it runs after that code, whose names it may replace
//   it does not                       it is the body: that code + reply
// Helpers and imports that the program uses and another block defines are taken from there.
#ifndef DATASETS_VERIFY_CODE_CODE_PROGRAM_H
#define DATASETS_VERIFY_CODE_CODE_PROGRAM_H

#include "datasets/verify/code/code_reply.h"

/// Replaces tests->prefix by the code that comes before the reply, complete so that it can be run;
/// "" if the problem has none. `prompt` may hold it in a block.
distill_status code_program_prefix(code_tests *tests, distill_span prompt) DISTILL_MUST_CHECK;
/// Appends the program; tests->prefix is complete. *continues is set if the prefix is a part of it.
distill_status code_program_write(distill_text *out, bool *continues, const code_tests *tests,
                                  const code_reply *reply) DISTILL_MUST_CHECK;

#endif
