// distill/base/lines.h - reads lines of a file, of a zstd-compressed file, or of standard input.
//
//     distill_lines *lines = NULL;
//     distill_span line;
//     bool more = true;
//     TRY(distill_lines_open(&lines, "prompts.jsonl.zst", 256 << 20));
//     for (;;) {
//         TRY(distill_lines_next(lines, &line, &more));
//         if (!more)
//             break;
//         ...                                  // line number distill_lines_number(lines)
//     }
// done:
//     distill_lines_close(lines);
#ifndef DISTILL_BASE_LINES_H
#define DISTILL_BASE_LINES_H

#include "distill/base/text.h"

typedef struct distill_lines distill_lines;

/// Opens a file, which is decompressed if its name ends in ".zst", or standard input ("-"). `limit`
/// is the longest line in bytes.
/// Errors  IO.
distill_status distill_lines_open(distill_lines **out, const char *path,
                                  size_t limit) DISTILL_MUST_CHECK;
/// Sets *line, without its line end ("\n" or "\r\n"; optional in the last line), and *more. The
/// bytes are borrowed until the next call and followed by a NUL. After the last line *more is
/// false.
/// Errors  IO; LIMIT for a line that is too long; FORMAT for damaged or truncated zstd data.
distill_status distill_lines_next(distill_lines *lines, distill_span *line,
                                  bool *more) DISTILL_MUST_CHECK;
/// Number, from 1, of the line that the last call of distill_lines_next returned.
size_t distill_lines_number(const distill_lines *lines);
void distill_lines_close(distill_lines *lines);

#endif
