// distill/base/progress.h - progress on stderr: one updated line on a terminal, else plain lines.
//
// Updates are at least 0.1 s apart on a terminal and 10 s elsewhere.
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
/// Shows `done` (of `total`), rate, remaining time and the formatted extra (format may be NULL).
/// Calls that follow the last update too closely show nothing.
void distill_progress_update(distill_progress *bar, uint64_t done, const char *format, ...)
    DISTILL_PRINTF(3, 4);
/// Clears the progress line of a terminal.
void distill_progress_finish(distill_progress *bar);

/// Seconds of a monotonic clock.
double distill_now_s(void);

#endif
