// bench/perf/throughput_decode.h - parts that measure the engine of local sampling.
#ifndef BENCH_PERF_THROUGHPUT_DECODE_H
#define BENCH_PERF_THROUGHPUT_DECODE_H

#include "bench/perf/throughput_part.h"

/// One prompt, up to its first token.
distill_status throughput_prefill(const throughput_part *part, const throughput_setup *setup,
                                  throughput_rows *rows) DISTILL_MUST_CHECK;
/// A batch of replies after their first token.
distill_status throughput_decode(const throughput_part *part, const throughput_setup *setup,
                                 throughput_rows *rows) DISTILL_MUST_CHECK;
/// From opening the checkpoint to the first token.
distill_status throughput_start(const throughput_part *part, const throughput_setup *setup,
                                throughput_rows *rows) DISTILL_MUST_CHECK;

#endif
