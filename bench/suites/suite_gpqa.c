// bench/suites/suite_gpqa.c - turns rows of a table into questions with shuffled options.
#include "bench/suites/suite_gpqa.h"

#include "distill/base/file.h"
#include "distill/base/memory.h"
#include "distill/base/rng.h"
#include "distill/base/rows/csv_table.h"

enum { OPTION_COUNT = 4 };
static const size_t MOST_BYTES = (size_t)1 << 30;

/// The right answer comes first.
static const char *const COLUMNS[] = {"Correct Answer", "Incorrect Answer 1", "Incorrect Answer 2",
                                      "Incorrect Answer 3"};

typedef struct gpqa_columns {
    size_t question, id, options[OPTION_COUNT];
} gpqa_columns;

static distill_status find_columns(gpqa_columns *out, const csv_table *table, const char *path)
{
    distill_status status = DISTILL_OK;
    out->question = csv_table_column(table, "Question");
    out->id = csv_table_column(table, "Record ID");
    const char *missing = out->question == SIZE_MAX ? "Question" : NULL;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        out->options[i] = csv_table_column(table, COLUMNS[i]);
        if (out->options[i] == SIZE_MAX)
            missing = COLUMNS[i];
    }
    if (missing != NULL)
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s: no column \"%s\" in its first line (expected GPQA's CSV: Question, "
                         "Correct Answer, Incorrect Answer 1, 2 and 3)",
                         path, missing));
done:
    return status;
}

/// Writes the question with its options in the order drawn from `stream`; sets *right to the letter
/// of the answer.
static distill_status write_question(distill_text *out, char *right, const csv_table *table,
                                     const gpqa_columns *columns, size_t row, uint64_t stream)
{
    distill_status status = DISTILL_OK;
    size_t order[OPTION_COUNT] = {0, 1, 2, 3};
    distill_rng rng = {.stream = stream};
    distill_rng_shuffle(&rng, order, OPTION_COUNT);
    distill_text_clear(out);
    TRY(distill_text_add_span(out,
                              distill_span_trim(csv_table_cell(table, row, columns->question))));
    TRY(distill_text_add(out, "\n\n"));
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        distill_span option =
            distill_span_trim(csv_table_cell(table, row, columns->options[order[i]]));
        TRY(distill_text_printf(out, "(%c) ", (char)('A' + i)));
        TRY(distill_text_add_span(out, option));
        TRY(distill_text_add_char(out, '\n'));
        if (order[i] == 0)
            *right = (char)('A' + i);
    }
    TRY(distill_text_add(out, "\nPlease reason step by step, and put the letter of the right "
                              "option within \\boxed{}."));
done:
    return status;
}

static distill_status add_row(prompt_set *problems, distill_text *question, const csv_table *table,
                              const gpqa_columns *columns, size_t row, uint64_t seed)
{
    distill_status status = DISTILL_OK;
    distill_text id = {0};
    char right = '\0';
    if (columns->id != SIZE_MAX)
        TRY(distill_text_add_span(&id, distill_span_trim(csv_table_cell(table, row, columns->id))));
    if (id.length == 0)
        TRY(distill_text_printf(&id, "%zu", row + 1));
    uint64_t stream = distill_rng_stream(seed, id.bytes, id.length, 0);
    TRY(write_question(question, &right, table, columns, row, stream));
    TRY(prompt_set_add(problems,
                       &(prompt_record){.id = distill_text_span(&id),
                                        .prompt = distill_text_span(question),
                                        .answer = {&right, 1},
                                        .domain = distill_span_of("choice"),
                                        .language = distill_span_of("en")},
                       0));
done:
    distill_text_free(&id);
    return status;
}

distill_status suite_gpqa_load(prompt_set *problems, const char *path, const suite_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text bytes = {0}, question = {0};
    csv_table table = {0};
    gpqa_columns columns;
    TRY(distill_file_read(&bytes, path, MOST_BYTES));
    TRY(csv_table_read(&table, distill_text_span(&bytes), path));
    TRY(find_columns(&columns, &table, path));
    for (size_t row = 0; row < table.rows && (options->limit == 0 || row < options->limit); row++)
        TRY(add_row(problems, &question, &table, &columns, row, options->seed));
done:
    csv_table_free(&table);
    distill_text_free(&bytes);
    distill_text_free(&question);
    return status;
}
