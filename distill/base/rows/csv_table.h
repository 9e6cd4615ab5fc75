// distill/base/rows/csv_table.h - a table of comma-separated values; the first line names the
// columns.
//
//     TRY(csv_table_read(&table, bytes, "gpqa.csv"));
//     distill_span cell = csv_table_cell(&table, row, csv_table_column(&table, "Question"));
//     csv_table_free(&table);
//
// RFC 4180: a quoted cell may hold commas, line ends and doubled quotes; lines end with LF or CRLF.
// Cells that a row lacks at its end are empty; a row with more cells than names is an error.
#ifndef DISTILL_BASE_ROWS_CSV_TABLE_H
#define DISTILL_BASE_ROWS_CSV_TABLE_H

#include "distill/base/text.h"

typedef struct csv_table {
    distill_text text; // all cells, one after the other
    size_t *ends;      // [1 + rows, columns]: end of each cell in `text`; row 0 holds the names
    size_t *lines;     // [rows]: line of the file in which each row begins
    size_t count, capacity;
    size_t columns, rows; // the row of names is not counted
    size_t line_capacity;
} csv_table;

/// Errors  FORMAT as NAME:LINE for a quote that is not closed, text after a closing quote, and a
///         row with too many cells.
distill_status csv_table_read(csv_table *out, distill_span bytes,
                              const char *name) DISTILL_MUST_CHECK;
/// Number of the column with that name, in any ASCII case; SIZE_MAX if there is none.
size_t csv_table_column(const csv_table *table, const char *name);
/// The name of a column, without white space around it. Borrowed from the table.
distill_span csv_table_name(const csv_table *table, size_t column);
/// Borrowed from the table.
distill_span csv_table_cell(const csv_table *table, size_t row, size_t column);
/// Line of the file, from 1, in which the row begins.
size_t csv_table_line(const csv_table *table, size_t row);
void csv_table_free(csv_table *table);

#endif
