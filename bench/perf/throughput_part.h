// bench/perf/throughput_part.h - what the program `throughput` measures, in parts that run apart.
//
//     throughput_setup setup = {.folder = "/tmp/…", .ceilings = …, .seconds = 8, .threads = 2};
//     const throughput_part *part = throughput_part_at(i);          // "train-q", "decode-q-bf16-32", …
//     TRY(part->measure(part, &setup, &rows));
//
// A part runs in a process of its own, so that its peak memory is its own and the number of threads
// can be chosen. Work is counted as ../docs/performance.md says, not as the processor does it:
//     a trained token   6 N + 6 L T H Dh   FLOP (T: tokens it sees on average, times 2: causal)
//     a prompt's token  2 (N - V D) + 2 L T H Dh;  the head is computed for the last one alone
//     a decoded token   2 N
// N counts every parameter, a tied embedding once.
#ifndef BENCH_PERF_THROUGHPUT_PART_H
#define BENCH_PERF_THROUGHPUT_PART_H

#include "distill/base/text.h"
#include "distill/model/config.h"

/// What this machine can do with a number of threads; measured before everything else.
typedef struct throughput_ceilings {
    int threads;
    double fp32_flops;   // multiply-adds in registers, the widest that there are; 2 a multiply-add
    double int8_ops;     // likewise for bytes, summed to 32 bits
    double memory_bytes; // a second, read from DRAM in several streams
    double cache_bytes;  // a second, from a set of CACHE_SET_BYTES
    const char *isa;     // "avx512", "avx2", "plain"
} throughput_ceilings;
enum { THROUGHPUT_CACHE_SET_BYTES = 8 << 20 };

typedef struct throughput_row {
    char part[32], what[80], unit[16];
    int threads;
    double value;        // in `unit`
    double limit;        // the same, as predicted from a ceiling; 0 = none
    char limited_by[16]; // "fp32", "int8", "memory", "cache"
    double seconds;      // of a step, of a prompt, …; 0 = not given
    uint64_t peak_bytes; // of the process, filled in by the caller
    char failure[240];   // "" = measured
} throughput_row;

enum { THROUGHPUT_MOST_ROWS = 16 };
typedef struct throughput_rows {
    throughput_row at[THROUGHPUT_MOST_ROWS];
    size_t count;
} throughput_rows;

typedef struct throughput_setup {
    const char *folder; // for random checkpoints; exists
    throughput_ceilings ceilings;
    double seconds; // to spend on a part, beyond one step
    int threads;
} throughput_setup;

typedef struct throughput_part throughput_part;
typedef distill_status (*throughput_fn)(const throughput_part *part, const throughput_setup *setup,
                                        throughput_rows *rows);
struct throughput_part {
    const char *name, *shape; // shape: of throughput_shape_named, or "builtin"
    throughput_fn measure;
    size_t documents, tokens;          // training: documents a step, tokens of each
    size_t batch;                      // decoding
    const char *weights;               // decoding: "fp32", …
    const char *precision, *optimizer; // training
    size_t recomputed;                 // training: layers
    bool on_request;                   // runs only if it is named
};

/// NULL behind the last.
const throughput_part *throughput_part_at(size_t index);

/// Measures the ceilings with the number of threads of this process.
void throughput_ceilings_measure(throughput_ceilings *out);

/// The peers' shapes S, M, Q (Qwen2.5-0.5B) and R (Qwen2.5-1.5B) as config.json.
distill_status throughput_shape_config(distill_text *json, const char *shape) DISTILL_MUST_CHECK;
/// Sets `dir` to a checkpoint of random bfloat16 weights in `folder`, made if it is not there;
/// "builtin" is the teacher's.
distill_status throughput_checkpoint(distill_text *dir, const char *folder,
                                     const char *shape) DISTILL_MUST_CHECK;

/// Parameters, a tied embedding once.
double throughput_parameters(const distill_config *config);
/// FLOP of a training step over `documents` of `tokens` each, forward and backward.
double throughput_train_flop(const distill_config *config, size_t documents, size_t tokens);
double throughput_prefill_flop(const distill_config *config, size_t tokens);

distill_status throughput_train(const throughput_part *part, const throughput_setup *setup,
                                throughput_rows *rows) DISTILL_MUST_CHECK;
/// Clipping and AdamW alone.
distill_status throughput_optimizer(const throughput_part *part, const throughput_setup *setup,
                                    throughput_rows *rows) DISTILL_MUST_CHECK;
distill_status throughput_prefill(const throughput_part *part, const throughput_setup *setup,
                                  throughput_rows *rows) DISTILL_MUST_CHECK;
distill_status throughput_decode(const throughput_part *part, const throughput_setup *setup,
                                 throughput_rows *rows) DISTILL_MUST_CHECK;
distill_status throughput_start(const throughput_part *part, const throughput_setup *setup,
                                throughput_rows *rows) DISTILL_MUST_CHECK;

/// A new row of `part` with its name and number of threads filled in; never NULL.
throughput_row *throughput_row_add(throughput_rows *rows, const throughput_part *part,
                                   const throughput_setup *setup);

/// The ceilings and one line a row, aligned; and the same as JSON.
distill_status throughput_table(distill_text *out, const throughput_ceilings *ceilings,
                                size_t ceiling_count, const throughput_row *rows,
                                size_t count) DISTILL_MUST_CHECK;
distill_status throughput_json(distill_text *out, const throughput_ceilings *ceilings,
                               size_t ceiling_count, const throughput_row *rows,
                               size_t count) DISTILL_MUST_CHECK;

#endif
