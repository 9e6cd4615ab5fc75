// datasets/evaluate/statistics.h - what n samples of each problem say about a model, and how sure that is.
//
//     problem_tally tallies[] = {{.samples = 4, .right = 3}, {.samples = 4, .right = 0}};
//     double pass1 = statistics_pass_at_k(tallies, 2, 1);                         // 0.375
//     TRY(statistics_bootstrap(&interval, shares, 2, seed));
//
// The unit that is drawn again is the problem, not the reply: replies to one problem are not
// independent, and the question is how the model would do on other problems of the same kind. What
// differs between a problem's replies is in its share of right ones, so both kinds of chance are in
// the interval.
#ifndef DATASETS_EVALUATE_STATISTICS_H
#define DATASETS_EVALUATE_STATISTICS_H

#include "distill/base/status.h"

#include <stdbool.h>
#include <stdint.h>

/// Replies to one problem. A problem without replies counts as one that was never right.
typedef struct problem_tally {
    size_t samples, right;
} problem_tally;

typedef struct statistics_interval {
    double low, high;
} statistics_interval;

enum { BOOTSTRAP_REPLICATES = 10000 };

/// Probability that at least one of k replies, drawn without putting back from `samples` of which
/// `right` are right, is right:  1 - C(n-c, k) / C(n, k).  k <= samples; more is read as all of
/// them.
/// Source  Chen et al. 2021, arXiv:2107.03374, equation 1.
double statistics_problem_pass_at_k(problem_tally tally, size_t k);
/// Mean over the problems; 0 without problems. k = 1: the mean share of right replies.
double statistics_pass_at_k(const problem_tally *tallies, size_t problems, size_t k);

/// 95% percentile interval of the mean of `values` over problems drawn with replacement (Efron &
/// Tibshirani 1993, chapter 13): deterministic in (values, seed), whatever the number of threads.
/// Without problems: 0 … 0.
/// Errors  NO_MEMORY.
distill_status statistics_bootstrap(statistics_interval *out, const double *values, size_t problems,
                                    uint64_t seed) DISTILL_MUST_CHECK;

/// A difference b - a over the problems both have, and its interval.
typedef struct statistics_difference {
    double mean;
    statistics_interval ci95;
    size_t problems;
    bool distinguishable; // the interval leaves out 0
} statistics_difference;
/// Paired: each problem's own difference is drawn again, so that what makes a problem hard for both
/// cancels. a, b [problems]: shares of right replies, the same problems in the same order.
distill_status statistics_paired(statistics_difference *out, const double *a, const double *b,
                                 size_t problems, uint64_t seed) DISTILL_MUST_CHECK;

#endif
