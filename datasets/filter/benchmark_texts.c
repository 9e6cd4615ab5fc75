// datasets/filter/benchmark_texts.c - reads prompts in the layout of the file: a prompt file, JSON
// lines with the fields of LiveCodeBench or Codeforces, or a table.
#include "datasets/filter/benchmark_texts.h"

#include "datasets/prompts/prompts.h"
#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/rows/csv_table.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const size_t MOST_FILE_BYTES = (size_t)1 << 30;

/// Tries the usual names of the prompt's field, then those of LiveCodeBench and Codeforces.
static distill_status open_prompts(prompt_set **out, const char *path)
{
    static const char *const FIELDS[] = {NULL, "question_content", "description"};
    distill_status status = DISTILL_OK;
    char first_error[DISTILL_ERROR_CAPACITY];
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        const prompt_fields fields = {.prompt = FIELDS[i], .split = BUILTIN_TEST};
        status = prompt_set_open(out, path, &fields);
        if (status == DISTILL_OK)
            return status;
        if (i == 0)
            distill_error_take(first_error, sizeof first_error);
        if (status != DISTILL_FORMAT)
            break;
    }
    distill_error_put(first_error); // that of the usual names, since the other fields are rare
    return status;
}

/// Passes on the texts among a problem's other fields, such as its worked solution.
static distill_status read_extra(const prompt_record *prompt, benchmark_text_fn fn, void *context)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    if (prompt->extra.length == 0)
        goto done;
    TRY(distill_json_parse(&doc, prompt->extra.bytes, prompt->extra.length, "extra"));
    for (const distill_json_node *node = distill_json_first(distill_json_root(doc)); node != NULL;
         node = distill_json_next(node))
        if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
            TRY(fn(context, prompt->id, BENCHMARK_OTHER, distill_json_string(doc, node)));
done:
    distill_json_free(doc);
    return status;
}

static distill_status read_prompts(const char *path, benchmark_fields fields, benchmark_text_fn fn,
                                   void *context)
{
    distill_status status = DISTILL_OK;
    prompt_set *prompts = NULL;
    TRY(open_prompts(&prompts, path));
    for (size_t i = 0; i < prompt_set_count(prompts); i++) {
        const prompt_record *prompt = prompt_set_at(prompts, i);
        TRY(fn(context, prompt->id, BENCHMARK_PROMPT, prompt->prompt));
        if (fields == BENCHMARK_PROMPTS)
            continue;
        TRY(fn(context, prompt->id, BENCHMARK_OTHER, prompt->answer));
        TRY(read_extra(prompt, fn, context));
    }
done:
    prompt_set_close(prompts);
    return status;
}

/// Column of the first of `names`; SIZE_MAX if the table has none of them.
static size_t find_column(const csv_table *table, const char *const *names)
{
    size_t column = SIZE_MAX;
    for (; *names != NULL && column == SIZE_MAX; names++)
        column = csv_table_column(table, *names);
    return column;
}

/// Passes on the cells of a row: the prompt, or all of them but the id.
static distill_status read_row(const csv_table *table, size_t row, size_t text, size_t id,
                               benchmark_fields fields, distill_span name, benchmark_text_fn fn,
                               void *context)
{
    distill_status status = DISTILL_OK;
    for (size_t column = 0; column < table->columns; column++)
        if (column == text || (fields == BENCHMARK_ALL && column != id))
            TRY(fn(context, name, column == text ? BENCHMARK_PROMPT : BENCHMARK_OTHER,
                   csv_table_cell(table, row, column)));
done:
    return status;
}

static distill_status read_rows(const csv_table *table, const char *path, benchmark_fields fields,
                                benchmark_text_fn fn, void *context)
{
    static const char *const TEXTS[] = {"question", "problem", "prompt", "instruction", NULL};
    static const char *const IDS[] = {"record id", "id", "unique_id", "task_id", NULL};
    distill_status status = DISTILL_OK;
    char number[32];
    size_t text = find_column(table, TEXTS), id = find_column(table, IDS);
    if (text == SIZE_MAX)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s:1: expected a column Question, problem, prompt or instruction", path));
    for (size_t row = 0; row < table->rows; row++) {
        snprintf(number, sizeof number, "%zu", csv_table_line(table, row));
        distill_span name = distill_span_of(number);
        if (id != SIZE_MAX && csv_table_cell(table, row, id).length > 0)
            name = csv_table_cell(table, row, id);
        TRY(read_row(table, row, text, id, fields, name, fn, context));
    }
done:
    return status;
}

static distill_status read_table(const char *path, benchmark_fields fields, benchmark_text_fn fn,
                                 void *context)
{
    distill_status status = DISTILL_OK;
    distill_text file = {0};
    csv_table table = {0};
    TRY(distill_file_read(&file, path, MOST_FILE_BYTES));
    TRY(csv_table_read(&table, distill_text_span(&file), path));
    TRY(read_rows(&table, path, fields, fn, context));
done:
    csv_table_free(&table);
    distill_text_free(&file);
    return status;
}

distill_status benchmark_texts_read(const char *path, benchmark_fields fields, benchmark_text_fn fn,
                                    void *context)
{
    size_t length = strlen(path);
    bool is_table = length >= 4 && strcasecmp(path + length - 4, ".csv") == 0;
    return is_table ? read_table(path, fields, fn, context)
                    : read_prompts(path, fields, fn, context);
}
