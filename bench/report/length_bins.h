// bench/report/length_bins.h - share of right replies by reply length.
//
//     length_bins bins;
//     length_bins_plan(&bins, 12, 900);          // 10, 20, 50, 100, 200, 500, 1000
//     length_bins_count(&bins, &score);
#ifndef BENCH_REPORT_LENGTH_BINS_H
#define BENCH_REPORT_LENGTH_BINS_H

#include "datasets/evaluate/sample_score.h"
#include "distill/report/svg_plot.h"

enum { MOST_BINS = 10 };

typedef struct length_bins {
    svg_bin bins[MOST_BINS]; // value: share of right replies
    size_t count;
} length_bins;

/// Bins with round borders for every length from `low` to `high` tokens: equally wide, or with
/// borders 1, 2, 5, 10, ... if the longest reply is more than ten times the shortest. All counts
/// are 0.
void length_bins_plan(length_bins *out, int32_t low, int32_t high);
/// Counts the replies of a score, and sets the share of right ones.
void length_bins_count(length_bins *bins, const sample_score *score);

#endif
