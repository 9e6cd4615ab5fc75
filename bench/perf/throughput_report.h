// bench/perf/throughput_report.h - measured rows as a table and as JSON.
#ifndef BENCH_PERF_THROUGHPUT_REPORT_H
#define BENCH_PERF_THROUGHPUT_REPORT_H

#include "bench/perf/throughput_part.h"
#include "distill/base/text.h"

typedef struct throughput_report {
    const throughput_ceilings *ceilings;
    size_t ceiling_count;
    const throughput_row *rows;
    size_t count;
} throughput_report;

/// The ceilings and one line for each row, aligned.
distill_status throughput_report_table(distill_text *out,
                                       const throughput_report *report) DISTILL_MUST_CHECK;
distill_status throughput_report_json(distill_text *out,
                                      const throughput_report *report) DISTILL_MUST_CHECK;

#endif
