// distill/base/rows/json_rows.c - chooses the reader by the file's name and first byte.
//
// Elements of an array are found by counting brackets outside of strings. They are not validated
// here: the caller parses them.
#include "distill/base/rows/json_rows.h"

#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/lines.h"
#include "distill/base/memory.h"
#include "distill/base/rows/csv_table.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct json_rows {
    char *path;
    size_t limit, number;
    distill_lines *lines;  // JSON lines, or
    distill_mapping array; // an array, or
    size_t at;             // in the array: after the last element
    bool is_table;
    csv_table table;
    size_t next;
    distill_text row;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool has_ending(const char *path, const char *ending)
{
    size_t length = strlen(path), end = strlen(ending);
    return length >= end && strcasecmp(path + length - end, ending) == 0;
}

/// The first byte of a file that is neither white space nor a byte order mark; NUL if there is none,
/// and for a pipe, whose bytes can be read only once.
static char first_byte(const char *path)
{
    struct stat info;
    bool regular = stat(path, &info) == 0 && S_ISREG(info.st_mode);
    FILE *file = regular ? fopen(path, "re") : NULL;
    int c = file != NULL ? getc(file) : EOF;
    while (c != EOF && (is_space((char)c) || c == 0xEF || c == 0xBB || c == 0xBF))
        c = getc(file);
    if (file != NULL)
        fclose(file);
    return c != EOF ? (char)c : '\0';
}

static distill_status open_table(json_rows *rows)
{
    distill_status status = DISTILL_OK;
    distill_text file = {0};
    TRY(distill_file_read(&file, rows->path, (size_t)1 << 32));
    distill_span text = distill_text_span(&file), mark = distill_span_of("\xEF\xBB\xBF");
    if (distill_span_starts(text, mark)) // byte order mark
        text = (distill_span){text.bytes + mark.length, text.length - mark.length};
    TRY(csv_table_read(&rows->table, text, rows->path));
    rows->is_table = true;
done:
    distill_text_free(&file);
    return status;
}

static distill_status open_array(json_rows *rows)
{
    distill_status status = DISTILL_OK;
    TRY(distill_file_map(&rows->array, rows->path));
    while (rows->array.bytes[rows->at] != '[')
        rows->at++;
    rows->at++;
done:
    return status;
}

distill_status json_rows_open(json_rows **out, const char *path, size_t limit)
{
    distill_status status = DISTILL_OK;
    json_rows *rows = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&rows, 1));
    rows->limit = limit;
    TRY(distill_copy_string(&rows->path, path, strlen(path)));
    bool plain = strcmp(path, "-") != 0 && !has_ending(path, ".zst");
    if (plain && has_ending(path, ".csv"))
        TRY(open_table(rows));
    else if (plain && first_byte(path) == '[')
        TRY(open_array(rows));
    else
        TRY(distill_lines_open(&rows->lines, path, limit));
    *out = rows;
    rows = NULL;
done:
    json_rows_close(rows);
    return status;
}

// ------------------------------------------------------------------------------------------ tables

/// A whole number that is written as JSON writes it, so that its text can be had again.
static bool is_integer(distill_span cell)
{
    size_t sign = cell.length > 0 && *cell.bytes == '-', digits = cell.length - sign;
    bool plain = digits > 0 && digits <= 15 && (cell.bytes[sign] != '0' || cell.length == 1);
    for (size_t i = sign; i < cell.length; i++)
        plain = plain && cell.bytes[i] >= '0' && cell.bytes[i] <= '9';
    return plain;
}

/// Adds a cell: as JSON where it is an array, an object or an integer, else as a string.
static void add_cell(distill_json_writer *w, const char *key, distill_span cell)
{
    distill_json *doc = NULL;
    distill_span trimmed = distill_span_trim(cell);
    bool may_be_json = trimmed.length > 1 && (*trimmed.bytes == '[' || *trimmed.bytes == '{');
    if (is_integer(cell))
        distill_json_add_raw(w, key, cell);
    else if (may_be_json &&
             distill_json_parse(&doc, trimmed.bytes, trimmed.length, "cell") == DISTILL_OK)
        distill_json_add_node(w, key, doc, distill_json_root(doc));
    else
        distill_json_add_span(w, key, cell);
    distill_json_free(doc);
}

static distill_status next_of_table(json_rows *rows, distill_span *row, bool *more)
{
    distill_status status = DISTILL_OK;
    const csv_table *table = &rows->table;
    distill_json_writer w = {.out = &rows->row};
    distill_text key = {0};
    *more = rows->next < table->rows;
    if (!*more)
        return DISTILL_OK;
    distill_text_clear(&rows->row);
    distill_json_begin_object(&w, NULL);
    for (size_t column = 0; column < table->columns; column++) {
        distill_span cell = csv_table_cell(table, rows->next, column);
        if (cell.length == 0)
            continue;
        distill_text_clear(&key);
        TRY(distill_text_add_span(&key, csv_table_name(table, column)));
        add_cell(&w, key.bytes, cell);
    }
    distill_json_end_object(&w);
    TRY(distill_json_finish(&w));
    rows->number = csv_table_line(table, rows->next++);
    *row = distill_text_span(&rows->row);
done:
    distill_text_free(&key);
    return status;
}

// ------------------------------------------------------------------------------------------ arrays

/// The end of the element that begins at `at`; SIZE_MAX if the file ends before.
static size_t element_end(const distill_mapping *array, size_t at)
{
    const unsigned char *bytes = array->bytes;
    size_t depth = 0;
    bool quoted = false;
    for (; at < array->length; at++) {
        unsigned char c = bytes[at];
        if (quoted && c == '\\') {
            at++;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == '[' || c == '{')) {
            depth++;
        } else if (!quoted && (c == ']' || c == '}' || c == ',')) {
            if (depth == 0)
                return at;
            depth -= c != ',';
        }
    }
    return SIZE_MAX;
}

static void skip_space(json_rows *rows)
{
    while (rows->at < rows->array.length && is_space((char)rows->array.bytes[rows->at]))
        rows->at++;
}

static distill_status check_rest(json_rows *rows)
{
    rows->at++;
    skip_space(rows);
    if (rows->at < rows->array.length)
        return distill_fail(DISTILL_FORMAT, "%s: byte %zu: text after the end of the array",
                            rows->path, rows->at + 1);
    return DISTILL_OK;
}

static distill_status next_of_array(json_rows *rows, distill_span *row, bool *more)
{
    distill_status status = DISTILL_OK;
    const char *bytes = (const char *)rows->array.bytes;
    skip_space(rows);
    *more = rows->at < rows->array.length && bytes[rows->at] != ']';
    if (rows->at < rows->array.length && !*more)
        return check_rest(rows);
    size_t end = element_end(&rows->array, rows->at);
    rows->number++;
    if (end == SIZE_MAX || bytes[end] == '}')
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: element %zu does not end; the file is cut or is no JSON array",
                         rows->path, rows->number));
    if (end - rows->at > rows->limit)
        TRY(distill_fail(DISTILL_LIMIT, "%s: element %zu has %zu bytes, more than %zu", rows->path,
                         rows->number, end - rows->at, rows->limit));
    distill_text_clear(&rows->row);
    TRY(distill_text_append(&rows->row, bytes + rows->at, end - rows->at));
    *row = distill_span_trim(distill_text_span(&rows->row));
    rows->row.bytes[row->bytes + row->length - rows->row.bytes] = '\0';
    rows->at = end + (bytes[end] == ',');
done:
    return status;
}

// ------------------------------------------------------------------------------------------- lines

static distill_status next_line(json_rows *rows, distill_span *row, bool *more)
{
    distill_status status = DISTILL_OK;
    do
        TRY(distill_lines_next(rows->lines, row, more));
    while (*more && distill_span_trim(*row).length == 0);
    if (*more)
        rows->number = distill_lines_number(rows->lines);
    if (*more && rows->number == 1 && distill_span_starts(*row, distill_span_of("\xEF\xBB\xBF")))
        *row = (distill_span){row->bytes + 3, row->length - 3}; // byte order mark
done:
    return status;
}

distill_status json_rows_next(json_rows *rows, distill_span *row, bool *more)
{
    if (rows->lines != NULL)
        return next_line(rows, row, more);
    return rows->is_table ? next_of_table(rows, row, more) : next_of_array(rows, row, more);
}

size_t json_rows_number(const json_rows *rows)
{
    return rows->number;
}

void json_rows_close(json_rows *rows)
{
    if (rows == NULL)
        return;
    distill_lines_close(rows->lines);
    distill_file_unmap(&rows->array);
    csv_table_free(&rows->table);
    distill_text_free(&rows->row);
    distill_free(rows->path);
    distill_free(rows);
}
