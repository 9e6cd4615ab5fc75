// distill/train/training_curves.h - the curves of metrics.jsonl for a report: loss, learning rate,
// norm of the gradient, speed.
//
//     distill_training_curves curves = {0};
//     TRY(distill_training_curves_create(&curves, rows, count));
//     TRY(distill_training_curves_add(&page, &curves));            // a section for each
//     distill_training_curves_free(&curves);
#ifndef DISTILL_TRAIN_TRAINING_CURVES_H
#define DISTILL_TRAIN_TRAINING_CURVES_H

#include "distill/report/html_page.h"
#include "distill/train/metrics.h"

typedef struct distill_training_curves {
    size_t count; // steps
    size_t evals; // of them with an evaluation
    // [count], and [evals] of those of evaluations
    double *step, *loss, *smooth, *lr, *norm, *tokens_per_s, *eval_step, *eval_loss;
    double *block; // private: holds all of them
} distill_training_curves;

distill_status distill_training_curves_create(distill_training_curves *out,
                                              const distill_metrics_row *rows,
                                              size_t count) DISTILL_MUST_CHECK;
void distill_training_curves_free(distill_training_curves *c);
distill_status distill_training_curves_add(html_page *page,
                                           const distill_training_curves *c) DISTILL_MUST_CHECK;

#endif
