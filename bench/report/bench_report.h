// bench/report/bench_report.h - report.html: the scores, how sure they are, and replies to read.
#ifndef BENCH_REPORT_BENCH_REPORT_H
#define BENCH_REPORT_BENCH_REPORT_H

#include "bench/bench_run.h"

/// Writes the report to `path`; the samples are read for the examples.
distill_status bench_report_write(const bench_run *run, const char *path) DISTILL_MUST_CHECK;

#endif
