// datasets/filter/benchmark_texts.c - prompt files by the reader of prompts, tables by hand.
#include "datasets/filter/benchmark_texts.h"

#include "datasets/prompts/prompts.h"
#include "distill/base/file.h"
#include "distill/base/memory.h"

#include <string.h>
#include <strings.h>

enum { MOST_FILE_BYTES = 1 << 30, MOST_COLUMNS = 256 };

static distill_status read_prompts(const char *path, benchmark_text_fn fn, void *context)
{
    distill_status status = DISTILL_OK;
    static const char *const names[] = {NULL, "question_content", "description"};
    prompt_set *prompts = NULL;
    char first[DISTILL_ERROR_CAPACITY];
    for (size_t i = 0; i < sizeof names / sizeof *names && prompts == NULL; i++) {
        const prompt_fields fields = {.prompt = names[i], .split = "test"};
        status = prompt_set_open(&prompts, path, &fields);
        if (status == DISTILL_OK)
            break;
        if (i == 0)
            distill_error_take(first, sizeof first);
        if (status != DISTILL_FORMAT)
            break;
    }
    if (prompts == NULL) {
        distill_error_put(first); // what the file lacks as a file of prompts
        goto done;
    }
    for (size_t i = 0; i < prompt_set_count(prompts); i++) {
        const prompt_record *prompt = prompt_set_at(prompts, i);
        TRY(fn(context, prompt->id, prompt->prompt));
    }
done:
    prompt_set_close(prompts);
    return status;
}

// --- tables (RFC 4180) -----------------------------------------------------------------------

typedef struct table_reader {
    distill_span text;
    size_t at, line;
    distill_text cells[MOST_COLUMNS];
    size_t count; // cells of the row
} table_reader;

/// Reads a cell that begins at `at`, quotes taken off; *last: the row ends behind it.
static distill_status read_cell(table_reader *table, distill_text *cell, bool *last)
{
    distill_status status = DISTILL_OK;
    bool quoted = table->at < table->text.length && table->text.bytes[table->at] == '"';
    distill_text_clear(cell);
    TRY(distill_text_append(cell, "", 0));
    table->at += quoted;
    *last = true;
    while (table->at < table->text.length) {
        char c = table->text.bytes[table->at++];
        table->line += c == '\n';
        if (quoted && c == '"') {
            if (table->at < table->text.length && table->text.bytes[table->at] == '"')
                table->at++;
            else {
                quoted = false;
                continue;
            }
        } else if (!quoted && c == ',') {
            *last = false;
            break;
        } else if (!quoted && c == '\n') {
            break;
        } else if (!quoted && c == '\r') {
            continue;
        }
        TRY(distill_text_add_char(cell, c));
    }
done:
    return status;
}

static distill_status read_row(table_reader *table, const char *path)
{
    distill_status status = DISTILL_OK;
    bool last = false;
    table->count = 0;
    while (!last) {
        if (table->count == MOST_COLUMNS)
            TRY(distill_fail(DISTILL_FORMAT, "%s:%zu: more than %d columns", path, table->line,
                             MOST_COLUMNS));
        TRY(read_cell(table, &table->cells[table->count], &last));
        table->count++;
    }
done:
    return status;
}

/// Column of the first of `names`; MOST_COLUMNS if there is none.
static size_t find_column(const table_reader *table, const char *const *names)
{
    for (; *names != NULL; names++)
        for (size_t i = 0; i < table->count; i++)
            if (strcasecmp(table->cells[i].bytes, *names) == 0)
                return i;
    return MOST_COLUMNS;
}

static distill_status read_rows(table_reader *table, const char *path, benchmark_text_fn fn,
                                void *context)
{
    distill_status status = DISTILL_OK;
    static const char *const texts[] = {"question", "problem", "prompt", "instruction", NULL};
    static const char *const ids[] = {"record id", "id", "unique_id", "task_id", NULL};
    char number[32];
    TRY(read_row(table, path));
    size_t text = find_column(table, texts), id = find_column(table, ids);
    if (text == MOST_COLUMNS)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s:1: expected a column Question, problem, prompt or instruction", path));
    while (table->at < table->text.length) {
        snprintf(number, sizeof number, "%zu", table->line);
        TRY(read_row(table, path));
        if (table->count == 1 && table->cells[0].length == 0)
            continue;
        if (text >= table->count)
            TRY(distill_fail(DISTILL_FORMAT, "%s:%s: expected at least %zu columns, found %zu",
                             path, number, text + 1, table->count));
        distill_span name = id < table->count && table->cells[id].length > 0
                                ? distill_text_span(&table->cells[id])
                                : distill_span_of(number);
        TRY(fn(context, name, distill_text_span(&table->cells[text])));
    }
done:
    return status;
}

static distill_status read_table(const char *path, benchmark_text_fn fn, void *context)
{
    distill_status status = DISTILL_OK;
    distill_text file = {0};
    table_reader *table = NULL;
    TRY(DISTILL_NEW(&table, 1));
    TRY(distill_file_read(&file, path, MOST_FILE_BYTES));
    table->text = distill_text_span(&file);
    if (table->text.length >= 3 && memcmp(table->text.bytes, "\xEF\xBB\xBF", 3) == 0)
        table->at = 3;
    table->line = 1;
    TRY(read_rows(table, path, fn, context));
done:
    for (size_t i = 0; table != NULL && i < MOST_COLUMNS; i++)
        distill_text_free(&table->cells[i]);
    distill_free(table);
    distill_text_free(&file);
    return status;
}

distill_status benchmark_texts_read(const char *path, benchmark_text_fn fn, void *context)
{
    size_t length = strlen(path);
    bool is_table = length >= 4 && strcasecmp(path + length - 4, ".csv") == 0;
    return is_table ? read_table(path, fn, context) : read_prompts(path, fn, context);
}
