// datasets/verify/code/code_tests.h - tests of a programming problem, from the layouts in which they are
// published, brought into one of three kinds.
//
//   STREAM   each test is what the program reads and what it should print
//   CALL     each test is a list of arguments (JSON) and the value that the function should return
//   ASSERT   Python text with assertions
//
// Layouts (JSON; text that holds JSON is read again):
//   [{"input": text, "output": text}, …]           also "testtype": "functional" (LiveCodeBench)
//   {"inputs": […], "outputs": […]}                with "fn_name": CALL (APPS, TACO)
//   {"test": python, "entry_point": name, "prompt": python}                        (HumanEval)
//   ["assert …", …]; {"test_list": […], "test_setup_code": python}                 (MBPP)
//   {"public_test_cases": …, "private_test_cases": …, "metadata": …}               (LiveCodeBench)
//   {"official_tests": […], "time_limit": s, "memory_limit": MB, "generated_checker": python}
//                                                                                  (Codeforces)
#ifndef DATASETS_VERIFY_CODE_CODE_TESTS_H
#define DATASETS_VERIFY_CODE_CODE_TESTS_H

#include "distill/base/json/json_reader.h"

typedef enum code_test_kind { CODE_NO_TESTS, CODE_STREAM, CODE_CALL, CODE_ASSERT } code_test_kind;

/// STREAM: texts. CALL: a JSON array of arguments, a JSON value. ASSERT: `input` is Python text.
typedef struct code_test {
    distill_text input, output;
} code_test;

typedef struct code_tests {
    code_test_kind kind;
    code_test *at;
    size_t count, capacity;
    distill_text entry;   // CALL, and ASSERT with a check function: the function's name
    distill_text prefix;  // what a program is the continuation of; "" = nothing
    distill_text checker; // Python: says whether an output is right; "" = it is compared
    double time_s;        // 0 = not given
    double memory_mb;     // likewise
    char unusable[200];   // why no program can be judged by these tests; "" = it can
} code_tests;

/// Tests of unknown layout are no failure: `unusable` says what is wrong.
distill_status code_tests_read(code_tests *out, distill_span json) DISTILL_MUST_CHECK;
void code_tests_free(code_tests *tests);

/// Appends the tests of a published line: its field `tests`, or an object of the fields named above.
/// Nothing if it has none.
distill_status code_tests_of_line(distill_text *out, const distill_json *doc) DISTILL_MUST_CHECK;

#endif
