// bench/perf/throughput_part_table.h - all parts of the program `throughput`.
#ifndef BENCH_PERF_THROUGHPUT_PART_TABLE_H
#define BENCH_PERF_THROUGHPUT_PART_TABLE_H

#include "bench/perf/throughput_part.h"

/// NULL after the last.
const throughput_part *throughput_part_at(size_t index);

#endif
