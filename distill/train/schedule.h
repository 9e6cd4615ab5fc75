// distill/train/schedule.h - the learning rate of each optimizer step.
//
//     distill_schedule s = {DISTILL_COSINE, .peak = 1e-5, .min_ratio = 0.1, .warmup = 30,
//                           .total = 1000};
//     lr = distill_schedule_at(&s, step);       // step = 1, 2, … total
//
// Step k <= W: peak k / W. Later, with x = (k - W) / (S - W) from 0 to 1:
//     cosine   peak (m + (1 - m) (1 + cos(pi x)) / 2)
//     linear   peak (m + (1 - m) (1 - x))
//     constant peak
#ifndef DISTILL_TRAIN_SCHEDULE_H
#define DISTILL_TRAIN_SCHEDULE_H

#include <stdint.h>

typedef enum distill_schedule_kind {
    DISTILL_COSINE,
    DISTILL_LINEAR,
    DISTILL_CONSTANT
} distill_schedule_kind;

typedef struct distill_schedule {
    distill_schedule_kind kind;
    double peak;
    double min_ratio; // m: the last step's rate as a share of the peak
    uint64_t warmup;  // W, steps
    uint64_t total;   // S, steps
} distill_schedule;

double distill_schedule_at(const distill_schedule *schedule, uint64_t step);

#endif
