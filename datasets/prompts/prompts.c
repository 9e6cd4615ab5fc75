// datasets/prompts/prompts.c - a set of prompts, each in one block of memory.
//
// Prompts are sorted by id once to find an id that occurs twice. A file is read row by row
// (json_rows.h); a built-in task is generated.
//
// Limits: the whole set is in memory.
#include "datasets/prompts/prompts.h"

#include "datasets/prompts/prompt_line.h"
#include "distill/base/memory.h"
#include "distill/base/rows/json_rows.h"
#include "distill/text/unicode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINE_BYTES = 1 << 28 };
static const size_t MOST_BUILTIN = 100 * 1000 * 1000;

typedef struct prompt_entry {
    prompt_record record; // points into `block`
    char *block;          // all texts, each with a NUL
    size_t line;          // 0 = not read from a file
} prompt_entry;

struct prompt_set {
    prompt_entry *entries;
    size_t count, capacity;
};

// --- the set ------------------------------------------------------------------------------------

/// Copies `text` to *next and moves it on.
static distill_span place(char **next, distill_span text)
{
    distill_span copy = {*next, text.length};
    if (text.length > 0)
        memcpy(*next, text.bytes, text.length);
    (*next)[text.length] = '\0';
    *next += text.length + 1;
    return copy;
}

/// Copies a prompt into a block of the set's own.
static distill_status append_record(prompt_set *set, const prompt_record *record, size_t line)
{
    distill_status status = DISTILL_OK;
    size_t bytes = record->id.length + record->prompt.length + record->answer.length +
                   record->domain.length + record->language.length + record->tests.length +
                   record->messages.length + record->extra.length + 8;
    if (set->count == set->capacity) {
        size_t capacity = set->capacity > 0 ? 2 * set->capacity : 64;
        TRY(distill_grow((void **)&set->entries, set->count, capacity, sizeof *set->entries));
        set->capacity = capacity;
    }
    prompt_entry *entry = &set->entries[set->count];
    *entry = (prompt_entry){.line = line};
    TRY(DISTILL_NEW(&entry->block, bytes));
    set->count++;
    char *next = entry->block;
    entry->record.id = place(&next, record->id);
    entry->record.prompt = place(&next, record->prompt);
    entry->record.answer = place(&next, record->answer);
    entry->record.domain = place(&next, record->domain);
    entry->record.language = place(&next, record->language);
    entry->record.tests = place(&next, record->tests);
    entry->record.messages = place(&next, record->messages);
    entry->record.extra = place(&next, record->extra);
done:
    return status;
}

distill_status prompt_set_create(prompt_set **out)
{
    return DISTILL_NEW(out, 1);
}

distill_status prompt_set_add(prompt_set *set, const prompt_record *record, size_t line)
{
    distill_status status = DISTILL_OK;
    char number[24];
    prompt_record copy = *record;
    if (copy.id.length == 0) {
        snprintf(number, sizeof number, "%zu", set->count + 1);
        copy.id = distill_span_of(number);
    }
    if (distill_span_trim(copy.prompt).length == 0)
        TRY(distill_fail(DISTILL_FORMAT, "the prompt \"%.*s\" is empty", (int)copy.id.length,
                         copy.id.bytes));
    if (copy.domain.length == 0)
        copy.domain = distill_span_of(copy.tests.length > 0 ? "code" : "math");
    TRY(append_record(set, &copy, line));
done:
    return status;
}

static int by_id(const void *a, const void *b)
{
    const prompt_entry *x = *(const prompt_entry *const *)a, *y = *(const prompt_entry *const *)b;
    size_t length =
        x->record.id.length < y->record.id.length ? x->record.id.length : y->record.id.length;
    int order = memcmp(x->record.id.bytes, y->record.id.bytes, length);
    if (order == 0)
        order = (x->record.id.length > y->record.id.length) -
                (x->record.id.length < y->record.id.length);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

distill_status prompt_set_check_ids(const prompt_set *set, const char *source)
{
    distill_status status = DISTILL_OK;
    const prompt_entry **sorted = NULL;
    TRY(DISTILL_NEW(&sorted, set->count));
    for (size_t i = 0; i < set->count; i++)
        sorted[i] = &set->entries[i];
    qsort(sorted, set->count, sizeof *sorted, by_id);
    for (size_t i = 1; i < set->count; i++) {
        const prompt_entry *first = sorted[i - 1], *second = sorted[i];
        if (!distill_span_equal(first->record.id, second->record.id))
            continue;
        if (second->line == 0)
            TRY(distill_fail(DISTILL_FORMAT, "%s: the id \"%.100s\" occurs twice", source,
                             second->record.id.bytes));
        TRY(distill_fail(DISTILL_FORMAT,
                         "%s:%zu: the id \"%.100s\" is that of line %zu already (a line without "
                         "an id has its number as id; --id-field names another field)",
                         source, second->line, second->record.id.bytes, first->line));
    }
done:
    distill_free(sorted);
    return status;
}

// --- from a file ---------------------------------------------------------------------------------

static distill_status add_line(prompt_set *set, prompt_line *line, const prompt_fields *fields,
                               distill_span bytes, const char *source, size_t number)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text name = {0};
    TRY(distill_text_printf(&name, "%s:%zu", source, number));
    TRY(unicode_check(bytes, name.bytes));
    TRY(distill_json_parse(&doc, bytes.bytes, bytes.length, name.bytes));
    TRY(prompt_line_read(line, doc, fields, number));
    TRY(prompt_set_add(set, &line->record, number));
done:
    distill_json_free(doc);
    distill_text_free(&name);
    return status;
}

static distill_status add_file(prompt_set *set, const char *source, const prompt_fields *fields)
{
    distill_status status = DISTILL_OK;
    json_rows *rows = NULL;
    prompt_line line = {.domain_noted = false};
    distill_span bytes;
    bool more = false;
    TRY(json_rows_open(&rows, source, MOST_LINE_BYTES));
    for (;;) {
        TRY(json_rows_next(rows, &bytes, &more));
        if (!more)
            break;
        size_t number = json_rows_number(rows);
        TRY(skipped_lines_add(fields->skipped, add_line(set, &line, fields, bytes, source, number),
                              source, number, bytes));
    }
    if (set->count == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the file contains no prompts", source));
done:
    prompt_line_free(&line);
    json_rows_close(rows);
    return status;
}

// --- from a built-in task ------------------------------------------------------------------------

static distill_status read_count(size_t *count, const char *text)
{
    char *end = NULL;
    unsigned long long value = strtoull(text, &end, 10);
    if (end == text || *end != '\0' || text[0] == '-' || value == 0 || value > MOST_BUILTIN)
        return distill_fail(DISTILL_USAGE,
                            "builtin task: expected a count from 1 to %zu after the name, found "
                            "\"%s\"",
                            MOST_BUILTIN, text);
    *count = value;
    return DISTILL_OK;
}

static distill_status add_problem(prompt_set *set, const builtin_problem *problem, const char *task,
                                  builtin_split split, size_t number)
{
    distill_status status = DISTILL_OK;
    distill_text id = {0};
    TRY(distill_text_printf(&id, "%s-%s-%zu", task, split == BUILTIN_TEST ? "test" : "train",
                            number));
    const prompt_record record = {.id = distill_text_span(&id),
                                  .prompt = distill_text_span(&problem->prompt),
                                  .answer = distill_text_span(&problem->answer),
                                  .domain = distill_span_of("math"),
                                  .language = distill_span_of("en")};
    TRY(prompt_set_add(set, &record, 0));
done:
    distill_text_free(&id);
    return status;
}

/// `spec`: TASK or TASK:COUNT.
static distill_status add_builtin(prompt_set *set, const char *spec, builtin_split split)
{
    distill_status status = DISTILL_OK;
    builtin_problem problem = {0};
    char *name = NULL;
    size_t count = BUILTIN_DEFAULT_COUNT;
    const char *colon = strchr(spec, ':');
    TRY(distill_copy_string(&name, spec, colon != NULL ? (size_t)(colon - spec) : strlen(spec)));
    const builtin_task *task = builtin_task_find(name);
    if (task == NULL)
        TRY(distill_fail(DISTILL_USAGE, "builtin:%s: unknown task; expected one of %s", name,
                         builtin_task_names()));
    if (colon != NULL)
        TRY(read_count(&count, colon + 1));
    for (size_t i = 0; i < count; i++) {
        TRY(builtin_task_problem(&problem, task, split, i));
        TRY(add_problem(set, &problem, name, split, i));
    }
done:
    builtin_problem_free(&problem);
    distill_free(name);
    return status;
}

distill_status prompt_set_open(prompt_set **out, const char *source, const prompt_fields *fields)
{
    distill_status status = DISTILL_OK;
    static const prompt_fields defaults = {.split = BUILTIN_TRAIN};
    prompt_set *set = NULL;
    if (fields == NULL)
        fields = &defaults;
    TRY(prompt_set_create(&set));
    if (strncmp(source, "builtin:", 8) == 0)
        TRY(add_builtin(set, source + 8, fields->split));
    else
        TRY(add_file(set, source, fields));
    TRY(prompt_set_check_ids(set, source));
    *out = set;
    set = NULL;
done:
    prompt_set_close(set);
    return status;
}

size_t prompt_set_count(const prompt_set *set)
{
    return set->count;
}

const prompt_record *prompt_set_at(const prompt_set *set, size_t index)
{
    return &set->entries[index].record;
}

void prompt_set_close(prompt_set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->count; i++)
        distill_free(set->entries[i].block);
    distill_free(set->entries);
    distill_free(set);
}
