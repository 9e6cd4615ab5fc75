// distill/base/rows/csv_table.c - one pass over the bytes, a cell at a time.
//
// All cells are copied into one text; an array holds the end of each. A row with fewer cells than
// the first line is filled with empty ones.
//
// Limits: the table is held in memory as a whole; UTF-8, commas as separators.
#include "distill/base/rows/csv_table.h"

#include "distill/base/memory.h"

#include <string.h>
#include <strings.h>

typedef struct csv_reader {
    csv_table *table;
    distill_span rest;
    size_t line; // from 1
    const char *name;
} csv_reader;

static distill_status end_cell(csv_table *table)
{
    distill_status status = DISTILL_OK;
    if (table->count == table->capacity) {
        size_t capacity = table->capacity > 0 ? 2 * table->capacity : 256;
        TRY(distill_grow((void **)&table->ends, table->count, capacity, sizeof *table->ends));
        table->capacity = capacity;
    }
    table->ends[table->count++] = table->text.length;
done:
    return status;
}

static char take(csv_reader *r)
{
    char c = *r->rest.bytes++;
    r->rest.length--;
    r->line += c == '\n';
    return c;
}

static bool next_is(const csv_reader *r, char c)
{
    return r->rest.length > 0 && *r->rest.bytes == c;
}

/// Reads a quoted cell from the byte after its opening quote to its closing one.
static distill_status read_quoted(csv_reader *r)
{
    distill_status status = DISTILL_OK;
    size_t opened = r->line;
    while (r->rest.length > 0) {
        char c = take(r);
        if (c == '"' && !next_is(r, '"'))
            return status;
        if (c == '"')
            take(r);
        TRY(distill_text_add_char(&r->table->text, c));
    }
    TRY(distill_fail(DISTILL_FORMAT, "%s:%zu: a quote is not closed", r->name, opened));
done:
    return status;
}

/// Reads one cell; *last is true if it ends its row.
static distill_status read_cell(csv_reader *r, bool *last)
{
    distill_status status = DISTILL_OK;
    *last = true;
    if (next_is(r, '"')) {
        take(r);
        TRY(read_quoted(r));
    } else {
        while (r->rest.length > 0 && strchr(",\r\n", *r->rest.bytes) == NULL)
            TRY(distill_text_add_char(&r->table->text, take(r)));
    }
    TRY(end_cell(r->table));
    if (next_is(r, ',')) {
        take(r);
        *last = false;
        goto done;
    }
    if (next_is(r, '\r'))
        take(r);
    if (next_is(r, '\n'))
        take(r);
    else if (r->rest.length > 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s:%zu: expected a comma or a line end after a cell",
                         r->name, r->line));
done:
    return status;
}

static distill_status read_row(csv_reader *r)
{
    distill_status status = DISTILL_OK;
    csv_table *table = r->table;
    size_t begin = table->count, line = r->line;
    bool last = false;
    while (!last)
        TRY(read_cell(r, &last));
    size_t width = table->count - begin;
    if (table->columns == 0) {
        table->columns = width;
        goto done;
    }
    if (width > table->columns)
        TRY(distill_fail(DISTILL_FORMAT, "%s:%zu: %zu cells, the first line names %zu columns",
                         r->name, line, width, table->columns));
    while (table->count < begin + table->columns)
        TRY(end_cell(table));
    if (table->rows == table->line_capacity) {
        size_t capacity = table->line_capacity > 0 ? 2 * table->line_capacity : 64;
        TRY(distill_grow((void **)&table->lines, table->rows, capacity, sizeof *table->lines));
        table->line_capacity = capacity;
    }
    table->lines[table->rows++] = line;
done:
    return status;
}

distill_status csv_table_read(csv_table *out, distill_span bytes, const char *name)
{
    distill_status status = DISTILL_OK;
    csv_reader r = {.table = out, .rest = bytes, .line = 1, .name = name};
    *out = (csv_table){0};
    if (bytes.length >= 3 && memcmp(bytes.bytes, "\xEF\xBB\xBF", 3) == 0) // byte order mark
        r.rest = (distill_span){bytes.bytes + 3, bytes.length - 3};
    while (r.rest.length > 0) {
        if (next_is(&r, '\n') || next_is(&r, '\r')) { // a blank line
            take(&r);
            continue;
        }
        TRY(read_row(&r));
    }
done:
    if (status != DISTILL_OK)
        csv_table_free(out);
    return status;
}

/// Cell `i`, counted from the first name.
static distill_span cell_at(const csv_table *table, size_t i)
{
    size_t begin = i > 0 ? table->ends[i - 1] : 0;
    return (distill_span){table->text.bytes + begin, table->ends[i] - begin};
}

size_t csv_table_column(const csv_table *table, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < table->columns; i++) {
        distill_span cell = distill_span_trim(cell_at(table, i));
        if (cell.length == length && strncasecmp(cell.bytes, name, length) == 0)
            return i;
    }
    return SIZE_MAX;
}

distill_span csv_table_name(const csv_table *table, size_t column)
{
    return distill_span_trim(cell_at(table, column));
}

distill_span csv_table_cell(const csv_table *table, size_t row, size_t column)
{
    return cell_at(table, (row + 1) * table->columns + column);
}

size_t csv_table_line(const csv_table *table, size_t row)
{
    return table->lines[row];
}

void csv_table_free(csv_table *table)
{
    distill_free(table->lines);
    distill_text_free(&table->text);
    distill_free(table->ends);
    *table = (csv_table){0};
}
