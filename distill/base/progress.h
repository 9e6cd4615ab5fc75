// distill/base/progress.h - one live line on a terminal, a plain line at most every 10 s elsewhere.
//
//     distill_progress bar;
//     distill_progress_start(&bar, "sampling", "traces", total, already_done);
//     distill_progress_update(&bar, done, "%.0f tok/s  correct %.1f%%", rate, share);
//     distill_progress_finish(&bar);
#ifndef DISTILL_BASE_PROGRESS_H
#define DISTILL_BASE_PROGRESS_H

#include "distill/base/status.h"

#include <stdint.h>

typedef struct distill_progress {
    const char *what;
    const char *unit;
    uint64_t total;
    uint64_t first;
    uint64_t done;
    double started_s;
    double shown_s;
    int terminal;
} distill_progress;

void distill_progress_start(distill_progress *bar, const char *what, const char *unit,
                            uint64_t total, uint64_t already_done);
/// Shows `done` (of `total`), rate, ETA and the formatted extra (format may be NULL), not more
/// often than due.
void distill_progress_update(distill_progress *bar, uint64_t done, const char *format, ...)
    DISTILL_PRINTF(3, 4);
/// Ends the live line. Prints nothing else.
void distill_progress_finish(distill_progress *bar);

/// Seconds of a clock that never goes back.
double distill_now_s(void);

#endif
