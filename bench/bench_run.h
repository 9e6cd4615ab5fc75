// bench/bench_run.h - a run of distill-bench: its models, suites and settings, and their scores.
//
//     TRY(bench_run_open(&run, &options));        // reads and checks models and suites
//     TRY(bench_evaluate(&run));                  // bench/bench_evaluation.h: samples and scores
//     TRY(bench_run_compare(&run));               // paired differences
#ifndef BENCH_BENCH_RUN_H
#define BENCH_BENCH_RUN_H

#include "bench/bench_options.h"
#include "bench/bench_output.h"
#include "bench/model_under_test.h"
#include "bench/suites/suite.h"
#include "datasets/evaluate/sample_score.h"
#include "distill/text/chat/chat_date.h"

/// The difference of model b to model a on a suite.
typedef struct bench_pair {
    size_t suite, a, b;
    statistics_difference difference;
} bench_pair;

typedef struct bench_run {
    const bench_options *options;
    char date[DISTILL_CHAT_DATE_CAPACITY]; // of chat templates that write it
    model_under_test *models;
    size_t model_count;
    suite *suites;
    size_t suite_count;
    size_t *pass_k; // ascending
    size_t pass_k_count;
    distill_text settings; // a JSON object
    bench_output output;
    sample_score *scores; // [model, suite]
    bench_pair *pairs;    // suite by suite, each model with every earlier one
    size_t pair_count;
} bench_run;

/// `options` is borrowed. Release with bench_run_close, also after an error.
/// Errors  USAGE, and those of model_under_test_open, suite_load and bench_output_open.
distill_status bench_run_open(bench_run *run, bench_options *options) DISTILL_MUST_CHECK;
sample_score *bench_run_score(const bench_run *run, size_t model, size_t s);
/// Sets the pairs, from the scores.
distill_status bench_run_compare(bench_run *run) DISTILL_MUST_CHECK;
void bench_run_close(bench_run *run);

/// Parses the values of --k ("1,8,64") into ascending numbers, each once; without values 1, 2, 4,
/// ... and n.
/// Owns    *out is the caller's, also after an error.
/// Errors  USAGE for what is not a number in 1 ... n.
distill_status bench_pass_k(size_t **out, size_t *count, const char *const *values,
                            size_t value_count, size_t n) DISTILL_MUST_CHECK;

#endif
