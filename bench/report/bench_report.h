// bench/report/bench_report.h - report.html: the scores, their intervals, and examples of replies.
#ifndef BENCH_REPORT_BENCH_REPORT_H
#define BENCH_REPORT_BENCH_REPORT_H

#include "bench/bench_run.h"

/// Writes the report to `path`. Reads the samples for the examples. Errors  those of the reader; IO.
distill_status bench_report_write(const bench_run *run, const char *path) DISTILL_MUST_CHECK;

#endif
