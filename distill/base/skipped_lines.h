// distill/base/skipped_lines.h - the bad lines of an input that were left out (--skip-bad), for
// OUTPUT/skipped.jsonl.
//
//     skipped_lines skipped = {.allowed = options->skip_bad};
//     TRY(skipped_lines_add(&skipped, read, "prompts.jsonl", 17, line));     // read: of that line
//     TRY(skipped_lines_write(&skipped, "output"));
//     skipped_lines_free(&skipped);
//
// A line of the file: {"file":"prompts.jsonl","line":17,"reason":"…","text":"…"}.
// Limits  64 MiB of such lines; more are an error: the input is not what it should be.
#ifndef DISTILL_BASE_SKIPPED_LINES_H
#define DISTILL_BASE_SKIPPED_LINES_H

#include "distill/base/text.h"

#define SKIPPED_LINES_FILE "skipped.jsonl"

typedef struct skipped_lines {
    bool allowed; // else every bad line is an error
    size_t count;
    // private
    distill_text lines;
} skipped_lines;

/// Called with the status of reading a line, whose message is the current error. Returns OK if it was
/// OK, or if it was FORMAT or UNSUPPORTED and bad lines are allowed: the line is noted then. Other
/// failures are returned; where --skip-bad would help, the message says so. `skipped` may be NULL.
/// Threads  one at a time.
distill_status skipped_lines_add(skipped_lines *skipped, distill_status read, const char *file,
                                 size_t number, distill_span line) DISTILL_MUST_CHECK;
/// Writes DIR/skipped.jsonl and says how many lines it holds; removes a file of an earlier run if
/// none was skipped.
distill_status skipped_lines_write(skipped_lines *skipped, const char *dir) DISTILL_MUST_CHECK;
void skipped_lines_free(skipped_lines *skipped);

#endif
