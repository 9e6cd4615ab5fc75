// distill/tools/line_io.h - lines of text from standard input, and lines to standard output.
//
//     line_reader in = {0};
//     bool more;
//     TRY(line_reader_open(&in, "-", LINE_TEXT));
//     for (;;) {
//         TRY(line_reader_next(&in, &more));
//         if (!more)
//             break;
//         … in.text, and in.where for messages …
//     }
// done:
//     line_reader_close(&in);
#ifndef DISTILL_TOOLS_LINE_IO_H
#define DISTILL_TOOLS_LINE_IO_H

#include "distill/base/json/json_reader.h"
#include "distill/base/lines.h"

/// Contents of a line.
typedef enum line_form {
    LINE_TEXT,         // plain text
    LINE_JSON_STRING,  // a JSON string, so that the text may contain line feeds
    LINE_JSON,         // any JSON value
    LINE_JSON_OR_EMPTY // any JSON value; empty lines are skipped
} line_form;

typedef struct line_reader {
    distill_span text; // of the line: plain text, the value of its string, or the JSON
    distill_json *doc; // the parsed line; NULL for plain text
    size_t number;     // of the line, from 1
    char where[512];   // "standard input:7"
    // private
    const char *name;
    line_form form;
    distill_lines *lines;
} line_reader;

/// Opens a file of lines; "-" is standard input. `path` is borrowed.
distill_status line_reader_open(line_reader *in, const char *path,
                                line_form form) DISTILL_MUST_CHECK;
/// Reads the next line; after the last one *more is false. Fields are valid until the next call.
/// Errors  FORMAT for invalid JSON, or a value other than a string; INTERRUPTED after a signal.
distill_status line_reader_next(line_reader *in, bool *more) DISTILL_MUST_CHECK;
void line_reader_close(line_reader *in);

/// Writes `text` to standard output, which is flushed at the end of the program (distill_exit).
distill_status line_write(distill_span text) DISTILL_MUST_CHECK;

#endif
