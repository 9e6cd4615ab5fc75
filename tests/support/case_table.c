// tests/support/case_table.c - splits a table into cases, in memory and in place.
#include "tests/support/case_table.h"

#include "distill/base/file.h"
#include "tests/support/unit.h"

void case_table_open(case_table *table, const char *name, size_t fields)
{
    char path[1024];
    *table = (case_table){.name = name, .fields = fields};
    snprintf(path, sizeof path, "%s/tests/tables/%s", DISTILL_SOURCE_DIR, name);
    assert_ok(distill_file_read(&table->text, path, 1 << 24));
    assert_true(fields <= CASE_FIELDS);
}

/// Replaces each `sign` in the line by one byte, in place; a NUL removes it.
static void replace(char *line, const char *sign, char by)
{
    size_t length = strlen(sign);
    for (char *found; (found = strstr(line, sign)) != NULL;) {
        size_t cut = by != '\0' ? length - 1 : length;
        memmove(found + length - cut, found + length, strlen(found + length) + 1);
        if (by != '\0')
            *found = by;
    }
}

/// The next line; NULL at the end.
static char *next_line(case_table *table)
{
    if (table->at >= table->text.length)
        return NULL;
    char *line = table->text.bytes + table->at;
    char *end = strchr(line, '\n');
    if (end != NULL)
        *end = '\0';
    table->at += strlen(line) + 1;
    table->line++;
    return line;
}

bool case_table_next(case_table *table)
{
    size_t count = 0;
    for (char *line; (line = next_line(table)) != NULL;) {
        if (strncmp(line, "# ", 2) == 0)
            continue;
        if (line[0] == '\0') {
            if (count > 0)
                break;
            continue;
        }
        if (count == table->fields)
            fail_msg("%s:%zu: more than %zu fields", table->name, table->line, table->fields);
        replace(line, "¶", '\n');
        replace(line, "␀", '\0');
        table->field[count++] = line;
    }
    if (count == 0)
        return false;
    if (count < table->fields)
        fail_msg("%s:%zu: %zu fields, %zu expected", table->name, table->line, count,
                 table->fields);
    table->cases++;
    return true;
}

void case_table_close(case_table *table)
{
    assert_true(table->cases > 0);
    distill_text_free(&table->text);
}
