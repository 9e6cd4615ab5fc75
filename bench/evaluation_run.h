// bench/evaluation_run.h - every model answers every suite: sampling, verdicts, scores.
#ifndef BENCH_EVALUATION_RUN_H
#define BENCH_EVALUATION_RUN_H

#include "bench/bench_run.h"

/// Publishes the problems, checks that every model can be read and fits into memory, samples what is missing, and fills run->scores. One model is in memory
/// at a time, and only if replies are missing.
/// Errors  those of the generator and the store; INTERRUPTED with the work so far saved.
distill_status examination_run(bench_run *run) DISTILL_MUST_CHECK;

#endif
