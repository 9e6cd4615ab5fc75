// bench/suites/suite_gpqa.h - GPQA's multiple choice questions, from the published CSV file.
//
// Columns, found by their names: Question, Correct Answer, Incorrect Answer 1 to 3, Record ID (else
// the number of the row). The options are shuffled by (seed, record id); the answer is a letter.
// Each question states that the answer is the option's letter.
// Source  Rein et al. 2023, "GPQA", arXiv:2311.12022.
#ifndef BENCH_SUITES_SUITE_GPQA_H
#define BENCH_SUITES_SUITE_GPQA_H

#include "bench/suites/suite_options.h"
#include "datasets/prompts/prompts.h"

/// Adds the problems of the file. Errors  IO; FORMAT naming the column that is missing.
distill_status suite_gpqa_load(prompt_set *problems, const char *path,
                               const suite_options *options) DISTILL_MUST_CHECK;

#endif
