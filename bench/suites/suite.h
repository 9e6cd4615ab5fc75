// bench/suites/suite.h - a benchmark: named problems with reference answers, from the file as
// published.
//
//     TRY(suite_load(&suite, "gsm8k=gsm8k/test.jsonl", &options)); // "... #### 18": the answer is 18
//     TRY(suite_write_problems(&suite, "out/problems"));
//     suite.problems;                                              // for datasets/evaluate
//
// Known layouts; the answer is converted to the form that \boxed{} holds:
//     aime24, amc23   problem or question; answer: a text or a number (27.0 is 27)
//     math500         problem; answer
//     gsm8k           question; answer: what follows the last "####", without thousands commas
//     gpqa            suite_gpqa.h
//     humaneval, livecodebench (lcb), codeforces   suite_code.h
//     builtin:TASK    the held-out split of datasets/prompts/builtin_tasks.h
//     any other name  prompt (or problem, question, instruction, messages); answer or tests
#ifndef BENCH_SUITES_SUITE_H
#define BENCH_SUITES_SUITE_H

#include "bench/suites/suite_options.h"
#include "datasets/prompts/prompts.h"
#include "distill/base/sha256.h"

typedef struct suite {
    char *name, *folder;
    prompt_set *problems;
    size_t count;
    bool complete_prompts;           // the questions state the form of the answer
    char digest[DISTILL_SHA256_HEX]; // of the problems
} suite;

/// `word`: NAME=FILE, builtin:TASK[:COUNT] or NAME=builtin:TASK[:COUNT].
/// Errors  USAGE for a suite without its file; FORMAT as FILE with the problem that has no answer.
/// Owns    release with suite_close; after an error there is nothing to release.
distill_status suite_load(suite *out, const char *word,
                          const suite_options *options) DISTILL_MUST_CHECK;
/// Writes FOLDER/NAME.jsonl, a problem a line, as prompt_set_open reads it.
distill_status suite_write_problems(const suite *s, const char *folder) DISTILL_MUST_CHECK;
void suite_close(suite *s);

#endif
