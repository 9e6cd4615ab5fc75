// distill/train/metrics.h - metrics.jsonl: one line per optimizer step.
//
//     {"step":1,"epoch":0.01,"tokens":32768,"loss":1.83,"lr":1e-05,"grad_norm":2.1,…}
//
//     distill_metrics *metrics = NULL;
//     TRY(distill_metrics_open(&metrics, "out/metrics.jsonl", 40));   // keeps steps 1 … 40
//     TRY(distill_metrics_add(metrics, &row, NULL, NULL));
//     distill_metrics_close(metrics);
//
// Each line is one write; an incomplete line, left by a killed run, is removed when the file is
// opened.
#ifndef DISTILL_TRAIN_METRICS_H
#define DISTILL_TRAIN_METRICS_H

#include "distill/base/json/json_writer.h"

typedef struct distill_metrics_row {
    uint64_t step;
    double epoch;          // passes over the data so far
    uint64_t tokens;       // seen so far, prompts included
    uint64_t step_tokens;  // of this step
    uint64_t step_targets; // of this step: tokens that were learned
    double loss;           // mean over the targets, nats a token
    double lr;
    double grad_norm; // before clipping
    double tokens_per_s;
    double seconds; // of this step
    bool has_eval;
    double eval_loss; // nats a token
} distill_metrics_row;

typedef struct distill_metrics distill_metrics;

/// Opens the file for appending; lines of steps after `last_step` and incomplete lines are removed
/// first.
distill_status distill_metrics_open(distill_metrics **out, const char *path,
                                    uint64_t last_step) DISTILL_MUST_CHECK;
/// Appends a line; `more` (NULL = none) adds members of its own behind those of the row.
typedef void (*distill_metrics_more)(void *context, distill_json_writer *line);
distill_status distill_metrics_add(distill_metrics *metrics, const distill_metrics_row *row,
                                   distill_metrics_more more, void *context) DISTILL_MUST_CHECK;
/// Calls fsync; to be called before a checkpoint records these steps as done.
distill_status distill_metrics_sync(distill_metrics *metrics) DISTILL_MUST_CHECK;
void distill_metrics_close(distill_metrics *metrics);

/// Reads all rows; *rows belongs to the caller (distill_free).
distill_status distill_metrics_read(distill_metrics_row **rows, size_t *count,
                                    const char *path) DISTILL_MUST_CHECK;

#endif
