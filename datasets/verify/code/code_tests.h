// datasets/verify/code/code_tests.h - reads the tests of a programming problem in any published
// layout.
//
// The result is one of three kinds:
//   STREAM   a test is the standard input of the program and its expected output
//   CALL     a test is a list of arguments (JSON) and the expected value of the function
//   ASSERT   a test is Python text with assertions
//
// Layouts (JSON; a string that holds JSON is read again):
//   [{"input": text, "output": text}, …]           also "testtype": "functional" (LiveCodeBench), with the
//                                                  function's name in "metadata" or "fn_name" of each
//   {"inputs": […], "outputs": […]}                with "fn_name": CALL (APPS, TACO)
//   {"test": python, "entry_point": name, "prompt": python}                        (HumanEval)
//   ["assert …", …]; {"test_list": […], "test_setup_code": python}                 (MBPP)
//   {"public_test_cases": …, "private_test_cases": …, "metadata": …}               (LiveCodeBench)
//   {"official_tests": […], "time_limit": s, "memory_limit": MB, "generated_checker": python}
//                                                                                  (Codeforces)
#ifndef DATASETS_VERIFY_CODE_CODE_TESTS_H
#define DATASETS_VERIFY_CODE_CODE_TESTS_H

#include "distill/base/json/json_rest.h"

typedef enum code_test_kind { CODE_NO_TESTS, CODE_STREAM, CODE_CALL, CODE_ASSERT } code_test_kind;

/// STREAM: texts. CALL: a JSON array of arguments, and a JSON value. ASSERT: `input` is Python
/// text.
typedef struct code_test {
    distill_text input, output;
} code_test;

typedef struct code_tests {
    code_test_kind kind;
    code_test *at;
    size_t count, capacity;
    distill_text entry;   // CALL, and ASSERT with a check function: the name of the function
    bool wrapped;         // CALL: the expected value may stand in a list of its own (APPS)
    distill_text prefix;  // code that the program continues; "" = none
    distill_text checker; // Python program that decides whether an output is right; "" = none
    double time_s;        // limit of a test; 0 = not given
    double memory_mb;     // likewise
    char unusable[200];   // why these tests cannot be used; "" = they can
} code_tests;

/// Reads `json` into *out, which the caller frees. Tests of an unknown layout are not an error:
/// `unusable` says what is wrong with them.
/// Errors  NO_MEMORY.
distill_status code_tests_read(code_tests *out, distill_span json) DISTILL_MUST_CHECK;
void code_tests_free(code_tests *tests);

/// Appends the tests of a line of a published data set: its field `tests`, or an object of the
/// fields named above, which are marked as used. Appends nothing if it has none.
distill_status code_tests_of_line(distill_text *out, json_rest *used,
                                  const distill_json *doc) DISTILL_MUST_CHECK;

#endif
