// bench/suites/suite_layouts.h - published layouts that are more than prompt and answer. Private to suite.
//
// Each function reads the file at `path` and adds its problems with suite_add. A problem's question
// is complete: what kind of answer is wanted, and in which form, stands in it.
#ifndef BENCH_SUITES_SUITE_LAYOUTS_H
#define BENCH_SUITES_SUITE_LAYOUTS_H

#include "bench/suites/suite.h"

typedef struct suite_problem {
    distill_span id, prompt, answer, domain, language, tests; // empty = none
    const distill_message *messages;                          // earlier turns
    size_t message_count;
} suite_problem;

/// Appends the problem as a line of suite->problems.
distill_status suite_add(suite *s, const suite_problem *problem) DISTILL_MUST_CHECK;

/// GPQA's CSV: Question, Correct Answer, Incorrect Answer 1 to 3, Record ID. The options' order is
/// drawn from (seed, record); the answer is a letter.
distill_status suite_load_gpqa(suite *s, const char *path,
                               const suite_choice *choice) DISTILL_MUST_CHECK;
/// task_id, prompt, entry_point, test.
distill_status suite_load_humaneval(suite *s, const char *path,
                                    const suite_choice *choice) DISTILL_MUST_CHECK;
/// question_id, question_content, starter_code, contest_date, public_test_cases, ….
distill_status suite_load_livecodebench(suite *s, const char *path,
                                        const suite_choice *choice) DISTILL_MUST_CHECK;
/// open-r1/codeforces: id, title, description, input_format, output_format, official_tests, ….
/// Interactive problems are left out, with a note.
distill_status suite_load_codeforces(suite *s, const char *path,
                                     const suite_choice *choice) DISTILL_MUST_CHECK;

#endif
