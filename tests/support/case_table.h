// tests/support/case_table.h - tables of cases as text: tests/tables/*.test.
//
//     case_table table;
//     case_table_open(&table, "math_equal.test", 3);
//     while (case_table_next(&table))
//         check(table.field[0], table.field[1], table.field[2]);      // a failure shows table.line
//     case_table_close(&table);
//
// A case is `fields` lines followed by a blank line; "# " begins a comment; ¶ stands for a line
// end, ␀ for an empty field.
#ifndef TESTS_SUPPORT_CASE_TABLE_H
#define TESTS_SUPPORT_CASE_TABLE_H

#include "distill/base/text.h"

enum { CASE_FIELDS = 4 };

typedef struct case_table {
    const char *name;
    distill_text text;
    size_t at, line, fields, cases;
    char *field[CASE_FIELDS]; // of the current case; borrowed until the next one
} case_table;

/// Fails the test if the table does not exist.
void case_table_open(case_table *table, const char *name, size_t fields);
/// False after the last case; fails the test if a case has another number of fields.
bool case_table_next(case_table *table);
void case_table_close(case_table *table);

#endif
