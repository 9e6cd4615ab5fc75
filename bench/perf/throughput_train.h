// bench/perf/throughput_train.h - parts that measure training.
#ifndef BENCH_PERF_THROUGHPUT_TRAIN_H
#define BENCH_PERF_THROUGHPUT_TRAIN_H

#include "bench/perf/throughput_part.h"

/// Whole optimizer steps of the trainer.
distill_status throughput_train(const throughput_part *part, const throughput_setup *setup,
                                throughput_rows *rows) DISTILL_MUST_CHECK;
/// Clipping and AdamW alone.
distill_status throughput_optimizer(const throughput_part *part, const throughput_setup *setup,
                                    throughput_rows *rows) DISTILL_MUST_CHECK;

#endif
