// datasets/prompts/csv_table.h - a table of comma-separated values, its first line the names of the columns.
//
//     TRY(csv_table_read(&table, bytes, "gpqa.csv"));
//     distill_span cell = csv_table_cell(&table, row, csv_table_column(&table, "Question"));
//
// RFC 4180: a quoted cell may hold commas, line ends and doubled quotes; lines end with LF or CRLF.
// Rows are as wide as the first line: missing cells at the end are empty, more are an error.
#ifndef DATASETS_PROMPTS_CSV_TABLE_H
#define DATASETS_PROMPTS_CSV_TABLE_H

#include "distill/base/text.h"

typedef struct csv_table {
    distill_text text; // all cells, one after the other
    size_t *ends;      // [1 + rows, columns]: where each cell ends; the first row are the names
    size_t *lines;     // [rows]: line of the file in which each row begins
    size_t count, capacity;
    size_t columns, rows; // rows without the names
    size_t line_capacity;
} csv_table;

/// Errors  FORMAT as NAME:LINE for an open quote, text behind one, and a row that is too wide.
distill_status csv_table_read(csv_table *out, distill_span bytes,
                              const char *name) DISTILL_MUST_CHECK;
/// Number of the column with that name, in any ASCII case; SIZE_MAX if there is none.
size_t csv_table_column(const csv_table *table, const char *name);
/// Borrowed from the table.
distill_span csv_table_cell(const csv_table *table, size_t row, size_t column);
/// Line of the file, from 1, in which the row begins.
size_t csv_table_line(const csv_table *table, size_t row);
void csv_table_free(csv_table *table);

#endif
