// bench/perf/throughput_run.h - the program `throughput`: measures the parts one after the other,
// each in a process of its own, and reports them.
#ifndef BENCH_PERF_THROUGHPUT_RUN_H
#define BENCH_PERF_THROUGHPUT_RUN_H

#include "bench/perf/throughput_part.h"
#include "distill/base/options/options.h"

typedef struct throughput_options {
    distill_common_options common;
    distill_string_list only; // parts, or prefixes of their names
    bool scaling;             // each part with one thread as well
    double seconds;
    const char *json;
    const char *work_dir;
    bool list;
} throughput_options;

extern const distill_program THROUGHPUT_PROGRAM;

typedef struct throughput_run {
    const throughput_options *options;
    distill_text folder; // of random checkpoints
    bool remove_folder;
    throughput_ceilings ceilings[2]; // with one thread; with all
    size_t ceiling_count;
    throughput_row *rows;
    size_t count;
} throughput_run;

distill_status throughput_run_prepare(throughput_run *run,
                                      const throughput_options *options) DISTILL_MUST_CHECK;
/// Errors  INTERRUPTED. A part that fails has a row with its error.
distill_status throughput_run_measure(throughput_run *run) DISTILL_MUST_CHECK;
/// Prints the table on stdout and writes the JSON if it was requested.
distill_status throughput_run_report(throughput_run *run) DISTILL_MUST_CHECK;
void throughput_run_close(throughput_run *run);

#endif
