// distill/base/rows/json_rows.h - the rows of a data file as JSON objects: JSON lines, a JSON array, or
// a table of comma-separated values.
//
//     json_rows *rows = NULL;
//     TRY(json_rows_open(&rows, "prompts.csv", 256 << 20));
//     for (;;) {
//         TRY(json_rows_next(rows, &row, &more));
//         if (!more)
//             break;
//         …                                // row: {"question":"…","answer":"…"}; json_rows_number(rows)
//     }
//     json_rows_close(rows);
//
// A file whose name ends in .csv is a table (csv_table.h): its first line names the members, cells are
// strings, and empty cells are left out. A cell that is a JSON array or object (messages, tools) or a
// plain integer is that value. A file that begins with [ is an array, whose elements are the rows; other files are
// JSON lines, plain or .zst (lines.h).
// Limits  arrays and tables are plain files, not .zst, pipes or standard input; a table is held in
//         memory, an array is mapped.
#ifndef DISTILL_BASE_ROWS_JSON_ROWS_H
#define DISTILL_BASE_ROWS_JSON_ROWS_H

#include "distill/base/text.h"

typedef struct json_rows json_rows;

/// `limit`: the longest row in bytes.
/// Errors  IO; those of csv_table_read.
distill_status json_rows_open(json_rows **out, const char *path, size_t limit) DISTILL_MUST_CHECK;
/// Sets *row, which is borrowed until the next call and followed by a NUL, and *more. Empty lines are
/// skipped.
/// Errors  those of distill_lines_next; FORMAT for an array that does not end; LIMIT.
distill_status json_rows_next(json_rows *rows, distill_span *row, bool *more) DISTILL_MUST_CHECK;
/// Line of the file in which the last row begins; of an array, the number of the element, from 1.
size_t json_rows_number(const json_rows *rows);
void json_rows_close(json_rows *rows);

#endif
