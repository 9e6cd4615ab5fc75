// bench/report/results_table.h - the table that distill-bench prints, and the paired differences
// below it.
//
//              math500 (250 problems, n=64)
//     model      pass@1 ± 95%    cons@64   tokens   truncated  unknown
//     before      41.2% ± 4.9      52.0%    1,204        3.1%     0.2%
//     after       62.5% ± 4.4      71.2%    2,870        1.2%     0.3%
//
//     verdicts on all replies
//     math500   before: 6,592 right, 8,880 wrong (12 no_answer), 528 unknown (496 truncated, …); …
//
//     paired difference in pass@1, in percentage points with its 95% interval
//     math500   after - before           +21.3  [+17.0, +25.6]
//     math500   other - after             +0.7  [-3.0, +4.4]   not distinguishable
//
// Suites are side by side as far as the width allows, further ones below.
#ifndef BENCH_REPORT_RESULTS_TABLE_H
#define BENCH_REPORT_RESULTS_TABLE_H

#include "bench/bench_run.h"

/// Appends the table.
distill_status results_table_write(distill_text *out, const bench_run *run) DISTILL_MUST_CHECK;

/// Appends "62.5% ± 4.4": pass@1 and half the width of its interval, in percent.
distill_status results_table_pass1(distill_text *out, const sample_score *score) DISTILL_MUST_CHECK;

#endif
