// bench/suites/suite_code.h - programming problems with their tests, from the published JSON lines.
// Each question says which languages are allowed and that the reply is a code block.
//
//     humaneval      task_id, prompt, entry_point, test
//     livecodebench  question_id, question_content, starter_code, contest_date, test cases
//     codeforces     id, title, description, input_format, output_format, examples, note, limits,
//                    official_tests, generated_checker (open-r1/codeforces)
//
// Left out, with a note: interactive problems, and contests outside --since and --until.
#ifndef BENCH_SUITES_SUITE_CODE_H
#define BENCH_SUITES_SUITE_CODE_H

#include "bench/suites/suite_options.h"
#include "datasets/prompts/prompts.h"

/// Each adds the problems of the file.
/// Errors  IO; FORMAT as FILE:LINE with the field that is missing, or the problem without tests.
distill_status suite_code_load_humaneval(prompt_set *problems, const char *path,
                                         const suite_options *options) DISTILL_MUST_CHECK;
distill_status suite_code_load_livecodebench(prompt_set *problems, const char *path,
                                             const suite_options *options) DISTILL_MUST_CHECK;
distill_status suite_code_load_codeforces(prompt_set *problems, const char *path,
                                          const suite_options *options) DISTILL_MUST_CHECK;

#endif
