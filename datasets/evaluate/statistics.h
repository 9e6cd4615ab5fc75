// datasets/evaluate/statistics.h - pass@k and bootstrap intervals from n graded samples of each
// problem.
//
//     problem_tally tallies[] = {{.samples = 4, .right = 3}, {.samples = 4, .right = 0}};
//     double pass1 = statistics_pass_at_k(tallies, 2, 1);                         // 0.375
//     TRY(statistics_bootstrap(&interval, shares, 2, seed));
//
// The bootstrap resamples problems, not replies: replies to one problem are not independent, and
// the interval estimates the result on other problems of the same kind. The variation between the
// replies to a problem is part of its share of right ones, so the interval covers both.
#ifndef DATASETS_EVALUATE_STATISTICS_H
#define DATASETS_EVALUATE_STATISTICS_H

#include "distill/base/status.h"

#include <stdbool.h>
#include <stdint.h>

/// Graded replies to one problem. Without replies it counts as never right.
typedef struct problem_tally {
    size_t samples, right;
} problem_tally;

typedef struct statistics_interval {
    double low, high;
} statistics_interval;

enum { BOOTSTRAP_REPLICATES = 10000 };

/// Probability that of k replies, drawn without replacement from n = `samples` of which c = `right`
/// are right, at least one is right:  1 - C(n-c, k) / C(n, k).  A k above n counts as n.
/// Source  Chen et al. 2021, arXiv:2107.03374, equation 1.
double statistics_problem_pass_at_k(problem_tally tally, size_t k);
/// Mean over the problems; 0 without problems. k = 1: the mean share of right replies.
double statistics_pass_at_k(const problem_tally *tallies, size_t problems, size_t k);

/// 95% percentile interval of the mean of `values` over problems drawn with replacement (Efron &
/// Tibshirani 1993, chapter 13). Deterministic in (values, seed), for any number of threads.
/// Without problems both ends are 0.
/// Errors  NO_MEMORY.
distill_status statistics_bootstrap(statistics_interval *out, const double *values, size_t problems,
                                    uint64_t seed) DISTILL_MUST_CHECK;

/// The mean of b - a over problems, and its interval.
typedef struct statistics_difference {
    double mean;
    statistics_interval ci95;
    size_t problems;
    bool distinguishable; // the interval does not contain 0
} statistics_difference;
/// Paired bootstrap: the differences of the problems are resampled, so that the difficulty which
/// both share cancels. a, b [problems]: shares of right replies, the same problems in the same
/// order.
/// Errors  NO_MEMORY.
distill_status statistics_paired(statistics_difference *out, const double *a, const double *b,
                                 size_t problems, uint64_t seed) DISTILL_MUST_CHECK;

#endif
