// bench/suites/suite.h - a benchmark: named problems with reference answers, from the file in which it was
// published.
//
//     suite_load(&suite, "gsm8k=gsm8k/test.jsonl", &choice) // "… #### 18" becomes the answer 18
//     suite_publish(&suite, "out/problems")               // the problems as they are asked, one a line
//     suite.prompts                                           // for datasets/sample/sampling.h
//
// Known layouts (the answer is brought to the form that belongs into \boxed{}):
//     aime24, amc23   problem or question; answer: text or number (27.0 is 27)
//     math500         problem; answer
//     gsm8k           question; answer: the value after the last "####", without thousands commas
//     gpqa            CSV with Question, Correct Answer, Incorrect Answer 1 to 3; the options are
//                     shuffled, the answer is a letter
//     humaneval       prompt, entry_point, test            (programs are judged by their tests:
//     livecodebench   question_content, public_test_cases, private_test_cases    docs/sandbox.md)
//     codeforces      description, official_tests, generated_checker
//     builtin:TASK    the held-out split of datasets/prompts/builtin_tasks.h
//     any other name  prompt (or problem, question, instruction); answer
#ifndef BENCH_SUITES_SUITE_H
#define BENCH_SUITES_SUITE_H

#include "datasets/prompts/prompts.h"
#include "distill/base/sha256.h"

/// Which problems of a file.
typedef struct suite_choice {
    size_t limit;              // at most so many; 0 = all
    uint64_t seed;             // of the order of options
    const char *since, *until; // days of contests, YYYY-MM-DD; NULL = any
} suite_choice;

typedef struct suite {
    char *name, *folder;
    distill_text problems; // JSON lines: id, prompt, answer, domain, tests, …
    bool complete_prompts; // they say themselves what the answer should look like
    size_t count;
    char digest[DISTILL_SHA256_HEX]; // of `problems`
    prompt_set *prompts;             // the same, after suite_publish
} suite;

/// `word`: NAME=FILE, builtin:TASK[:COUNT] or NAME=builtin:TASK[:COUNT].
/// Errors  USAGE for a suite without its file; FORMAT as FILE with the problem that has no answer.
distill_status suite_load(suite *out, const char *word,
                          const suite_choice *choice) DISTILL_MUST_CHECK;
/// Writes FOLDER/NAME.jsonl and opens it as a prompt set.
distill_status suite_publish(suite *out, const char *folder) DISTILL_MUST_CHECK;
void suite_close(suite *s);

/// Splits the values of --suite at commas ("aime24,gsm8k" as lm-eval writes lists), except in
/// values with a "=". Release words->at with suite_words_free.
typedef struct suite_words {
    char **at;
    size_t count;
} suite_words;
distill_status suite_words_split(suite_words *out, const char *const *values,
                                 size_t count) DISTILL_MUST_CHECK;
void suite_words_free(suite_words *words);

#endif
