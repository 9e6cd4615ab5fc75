// Tables: quoted cells, short rows, line numbers.
#include "tests/support/unit.h"

#include "distill/base/rows/csv_table.h"

static void assert_cell(const csv_table *table, size_t row, const char *column,
                        const char *expected)
{
    distill_span cell = csv_table_cell(table, row, csv_table_column(table, column));
    if (!distill_span_is(cell, expected))
        fail_msg("row %zu, %s: \"%.*s\", expected \"%s\"", row, column, (int)cell.length,
                 cell.bytes, expected);
}

static void cells_are_found_by_row_and_name(void **state)
{
    (void)state;
    static const char TEXT[] = "\xEF\xBB\xBFName, Text \r\n"
                               "a,\"one, \"\"two\"\"\n"
                               "three\"\r\n"
                               "\n"
                               "b\n"
                               "c,last";
    csv_table table;
    assert_ok(csv_table_read(&table, distill_span_of(TEXT), "t.csv"));
    assert_int_equal(table.columns, 2);
    assert_int_equal(table.rows, 3);
    assert_cell(&table, 0, "Name", "a");
    assert_cell(&table, 0, "text", "one, \"two\"\nthree");
    assert_cell(&table, 1, "TEXT", "");
    assert_cell(&table, 2, "text", "last");
    assert_int_equal(csv_table_column(&table, "other"), SIZE_MAX);
    assert_int_equal(csv_table_line(&table, 0), 2);
    assert_int_equal(csv_table_line(&table, 1), 5);
    assert_int_equal(csv_table_line(&table, 2), 6);
    csv_table_free(&table);
}

static void broken_tables_are_refused_with_their_line(void **state)
{
    (void)state;
    csv_table table;
    assert_fails(csv_table_read(&table, distill_span_of("a,b\n\"x"), "t.csv"), DISTILL_FORMAT,
                 "t.csv:2: a quote is not closed");
    assert_fails(csv_table_read(&table, distill_span_of("a,b\n\n1,2,3\n"), "t.csv"), DISTILL_FORMAT,
                 "t.csv:3: 3 cells");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_found_by_row_and_name),
        cmocka_unit_test(broken_tables_are_refused_with_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
