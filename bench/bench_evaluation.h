// bench/bench_evaluation.h - evaluates every model on every suite.
#ifndef BENCH_BENCH_EVALUATION_H
#define BENCH_BENCH_EVALUATION_H

#include "bench/bench_run.h"

/// Writes the problems into the output, checks that every model can be read and fits into memory,
/// samples the replies that are missing, and sets run->scores. One model at a time is in memory,
/// and only if replies are missing.
/// Errors  those of the generator and the store; INTERRUPTED with the work so far saved.
distill_status bench_evaluate(bench_run *run) DISTILL_MUST_CHECK;

#endif
