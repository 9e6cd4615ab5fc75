// bench/suites/suite_options.h - which problems of a benchmark's file are read, and how.
#ifndef BENCH_SUITES_SUITE_OPTIONS_H
#define BENCH_SUITES_SUITE_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

typedef struct suite_options {
    size_t limit;              // problems at most; 0 = all
    uint64_t seed;             // of the order of options (GPQA)
    const char *since, *until; // days of contests (LiveCodeBench), YYYY-MM-DD; NULL = any
} suite_options;

#endif
