// bench/results_table.h - the scores for people: one table on stdout, and the paired differences under it.
//
//              math500 (250 problems, n=64)                      aime24 (30 problems, n=64)
//     model      pass@1 ± 95%    cons@64   tokens   truncated      pass@1 ± 95%    cons@64   tokens   truncated
//     before      41.2% ± 4.9      52.0%    1,204        3.1%       6.2% ± 6.0      10.0%    8,311       21.0%
//     after       62.5% ± 4.4      71.2%    2,870        1.2%      24.9% ± 11.8     36.7%   11,402        9.3%
//
//     paired difference in pass@1, in percentage points with its 95% interval
//     math500   after - before           +21.3  [+17.0, +25.6]
//     aime24    after - before            +0.7  [-3.0, +4.4]   not distinguishable
//
// Suites that do not fit beside each other follow below.
#ifndef BENCH_RESULTS_TABLE_H
#define BENCH_RESULTS_TABLE_H

#include "bench/bench_run.h"

distill_status results_table_write(distill_text *out, const bench_run *run) DISTILL_MUST_CHECK;

/// Appends "62.5% ± 4.4": pass@1 and half of the interval's width, in percent.
distill_status results_table_pass1(distill_text *out, const bench_score *score) DISTILL_MUST_CHECK;

#endif
