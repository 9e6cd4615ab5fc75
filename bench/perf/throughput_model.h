// bench/perf/throughput_model.h - the shapes that are measured, random checkpoints of them, and the
// number of operations of a token.
//
// Operations are counted as docs/performance.md says, not as the processor executes them:
//     a trained token   6 N + 6 L T H Dh   FLOP (T: tokens it sees on average, times 2: causal)
//     a prompt token    2 (N - V D) + 2 L T H Dh;  the head is computed for the last one only
//     a decoded token   2 N
// N counts every parameter, a tied embedding once.
#ifndef BENCH_PERF_THROUGHPUT_MODEL_H
#define BENCH_PERF_THROUGHPUT_MODEL_H

#include "distill/base/text.h"
#include "distill/model/config.h"

/// Appends config.json of a shape: S and M (small), Q (Qwen2.5-0.5B) or R (Qwen2.5-1.5B).
distill_status throughput_shape_config(distill_text *json, const char *shape) DISTILL_MUST_CHECK;
/// Sets `dir` to a checkpoint of random bfloat16 weights in `folder`, which is written if it does
/// not exist; for "builtin" to the built-in teacher.
distill_status throughput_checkpoint(distill_text *dir, const char *folder,
                                     const char *shape) DISTILL_MUST_CHECK;

/// Parameters, a tied embedding once.
double throughput_parameters(const distill_config *config);
/// FLOP of a training step over `documents` of `tokens` each, forward and backward.
double throughput_train_flop(const distill_config *config, size_t documents, size_t tokens);
/// FLOP of a forward pass over a prompt of `tokens`.
double throughput_prefill_flop(const distill_config *config, size_t tokens);

#endif
