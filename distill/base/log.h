// distill/base/log.h - what people read on stderr, and the same as events for machines.
//
//     distill_note("plan: weights %s, activations %s", w, a);               // a line on stderr
//     distill_event("train.step", "\"step\":%zu,\"loss_nats\":%.6g", step, loss);   // a JSON line
//     in --log-file
#ifndef DISTILL_BASE_LOG_H
#define DISTILL_BASE_LOG_H

#include "distill/base/status.h"

#include <stdbool.h>

/// Sets where events go (NULL = nowhere; appended to) and whether notes are printed.
distill_status distill_log_open(const char *log_file, bool quiet) DISTILL_MUST_CHECK;
void distill_log_close(void);
/// Prints a line on stderr unless --quiet; also an event "note" in the log file. Thread-safe.
void distill_note(const char *format, ...) DISTILL_PRINTF(1, 2);
/// Like distill_note, with "warning: " before it and printed with --quiet too.
void distill_warn(const char *format, ...) DISTILL_PRINTF(1, 2);
/// Appends {"time":…,"event":NAME, FIELDS} to the log file; `fields` are JSON members without
/// braces.
void distill_event(const char *name, const char *fields, ...) DISTILL_PRINTF(2, 3);
bool distill_log_is_quiet(void);

#endif
