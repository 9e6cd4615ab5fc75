// bench/perf/throughput_part.h - what the program `throughput` measures, in parts.
//
//     throughput_setup setup = {.folder = "/tmp/models", .seconds = 8, .threads = 2};
//     throughput_ceilings_measure(&setup.ceilings);
//     const throughput_part *part = throughput_part_at(i);   // throughput_part_table.h
//     TRY(part->measure(part, &setup, &rows));
//
// throughput_run.h runs each part in a process of its own, whose peak memory is that of the part
// and whose number of threads can be set.
#ifndef BENCH_PERF_THROUGHPUT_PART_H
#define BENCH_PERF_THROUGHPUT_PART_H

#include "bench/perf/throughput_ceilings.h"
#include "distill/tensor/panel_matrix.h"
#include "distill/train/moments.h"

typedef struct throughput_row {
    char part[32], what[80], unit[16];
    int threads;
    double value;        // in `unit`
    double limit;        // the same, as predicted from a ceiling; 0 = none
    char limited_by[16]; // "fp32", "int8", "memory", "cache"
    double seconds;      // of a step, of a prompt, …; 0 = not given
    uint64_t peak_bytes; // of the process, set by the caller
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
    double seconds; // of a part, which is at least one step
    int threads;
} throughput_setup;

typedef struct throughput_part throughput_part;
typedef distill_status (*throughput_fn)(const throughput_part *part, const throughput_setup *setup,
                                        throughput_rows *rows);
struct throughput_part {
    const char *name;
    const char *shape; // of throughput_model.h
    throughput_fn measure;
    size_t documents, tokens;    // training: documents of a step, tokens of each; prefill: tokens
    size_t batch;                // decoding: replies at once
    distill_weights weights;     // prefill, decoding
    distill_dtype precision;     // training
    distill_optimizer optimizer; // training
    size_t recomputed;           // training: layers
    bool on_request;             // runs only if it is named
};

/// A new row of `part` with its name and number of threads set; never NULL.
throughput_row *throughput_row_add(throughput_rows *rows, const throughput_part *part,
                                   const throughput_setup *setup);
/// Sets the predicted limit of a row and the ceiling that it comes from.
void throughput_row_limit(throughput_row *row, double limit, const char *limited_by);

#endif
