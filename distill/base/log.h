// distill/base/log.h - notes as text on stderr, and the same as JSON events in a log file.
//
//     distill_note("plan: weights %s, activations %s", w, a);       // a line on stderr
//
//     distill_event event;                                          // a JSON line in --log-file
//     if (distill_event_begin(&event, "train.step")) {
//         distill_json_add_uint(&event.json, "step", step);
//         distill_json_add_rounded(&event.json, "loss_nats", loss, 6);
//         distill_event_end(&event);
//     }
//
// gives {"time":1733011200.123,"event":"train.step","step":7,"loss_nats":0.512}.
//
// Event names have the form noun.verb; the unit of a number is part of its key.
// Threads  all functions except open and close may be called from any thread.
// Errors   logging is best effort: a line that cannot be written is dropped.
#ifndef DISTILL_BASE_LOG_H
#define DISTILL_BASE_LOG_H

#include "distill/base/json/json_writer.h"
#include "distill/base/status.h"

#include <stdbool.h>

/// Sets the file to which events are appended (NULL = none) and whether notes are printed.
/// Errors  IO if the file cannot be opened.
distill_status distill_log_open(const char *log_file, bool quiet) DISTILL_MUST_CHECK;
void distill_log_close(void);

/// Prints a line on stderr unless --quiet is set, and logs an event "note" with the member "text".
/// Longer texts are truncated to 2,047 bytes.
void distill_note(const char *format, ...) DISTILL_PRINTF(1, 2);
/// Like distill_note, with "warning: " before it; also printed with --quiet.
void distill_warn(const char *format, ...) DISTILL_PRINTF(1, 2);

/// Prints "PREFIXtext" and a line end on stderr. Control characters in the text, which may come from
/// files and servers, are shown as escapes; so it is in notes, warnings and error messages.
void distill_log_print(const char *prefix, const char *text);

/// An event under construction; members are added to `json`.
typedef struct distill_event {
    distill_json_writer json;
    distill_text line;
} distill_event;

/// Begins the event {"time":…,"event":NAME,…}. False if there is no log file: skip the event.
bool distill_event_begin(distill_event *event, const char *name) DISTILL_MUST_CHECK;
/// Appends the event to the log file and releases its memory.
void distill_event_end(distill_event *event);

bool distill_log_is_quiet(void);

#endif
