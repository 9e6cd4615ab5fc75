// datasets/prompts/prompts.c - a prompt a line, with the usual names of fields; or problems of a built-in
// task.
//
//   prompt   problem, question, prompt, instruction (a text, or messages), else messages
//   answer   answer, else solution, else expected_answer; a number is written as a number
//            (27.0: "27"); of a worked text only the result is kept: what follows the last "####"
//            (GSM8K), for `solution` the last \boxed{} (MATH)
//   id       id, unique_id, task_id; a line without one gets its number
//   tests    tests, or what published programming problems have (datasets/verify/code/code_tests.h)
//   domain   if there, else code with tests, math without;   language   if there
#include "datasets/prompts/prompts.h"

#include "datasets/prompts/builtin_tasks.h"
#include "datasets/verify/code/code_tests.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/lines.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINE_BYTES = 1 << 28 };
static const size_t MOST_BUILTIN = 100 * 1000 * 1000;

/// A prompt's texts stand one behind the other in a block of their own; `record` points into it.
typedef struct prompt_entry {
    prompt_record record;
    distill_message *messages;
    char *block;
    size_t line; // 0 = of a built-in task
} prompt_entry;

struct prompt_set {
    prompt_entry *entries;
    size_t count, capacity;
};

/// What a line holds, before it is copied.
typedef struct draft {
    distill_text id, prompt, answer, domain, language, tests;
    const distill_json_node *messages; // the array that the prompt was taken from, or NULL
    size_t message_count;              // messages before the prompt
} draft;

typedef struct reader {
    prompt_set *set;
    const prompt_fields *fields;
    draft draft;
    bool warned_domain;
} reader;

static void draft_clear(draft *d)
{
    distill_text *const texts[] = {&d->id,     &d->prompt,   &d->answer,
                                   &d->domain, &d->language, &d->tests};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        distill_text_clear(texts[i]);
    d->messages = NULL;
    d->message_count = 0;
}

static void draft_free(draft *d)
{
    distill_text *const texts[] = {&d->id,     &d->prompt,   &d->answer,
                                   &d->domain, &d->language, &d->tests};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        distill_text_free(texts[i]);
}

// --- fields of a line -------------------------------------------------------------------------

static const char *const PROMPT_NAMES[] = {"problem", "question", "prompt", "instruction", NULL};
static const char *const ANSWER_NAMES[] = {"answer", "solution", "expected_answer", NULL};
static const char *const ID_NAMES[] = {"id", "unique_id", "task_id", NULL};

/// The field that the user named (an error if the line lacks it), or the first of `names` that is
/// there; NULL if there is none.
static distill_status find_field(const distill_json_node **out, const char **found,
                                 const distill_json *doc, const char *chosen,
                                 const char *const *names)
{
    const distill_json_node *root = distill_json_root(doc);
    *out = NULL;
    *found = chosen;
    if (chosen != NULL) {
        *out = distill_json_present(root, chosen);
        return *out != NULL ? DISTILL_OK
                            : distill_fail(DISTILL_FORMAT, "%s is missing; it was named as a field",
                                           distill_json_where(doc, root, chosen));
    }
    for (size_t i = 0; names[i] != NULL && *out == NULL; i++) {
        *out = distill_json_present(root, names[i]);
        *found = names[i];
    }
    return DISTILL_OK;
}

static distill_status add_scalar(distill_text *out, const distill_json *doc,
                                 const distill_json_node *node, const char *key)
{
    if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
        return distill_text_add_span(out, distill_json_string(doc, node));
    if (distill_json_kind_of(node) == DISTILL_JSON_NUMBER)
        return distill_json_write_number_node(out, node);
    return distill_fail(DISTILL_FORMAT, "%s: expected a string or a number, found %s",
                        distill_json_where(doc, distill_json_root(doc), key),
                        distill_json_kind_name(node));
}

static distill_status missing_prompt(const distill_json *doc)
{
    char keys[200] = "";
    size_t length = 0;
    for (const distill_json_node *node = distill_json_first(distill_json_root(doc)); node != NULL;
         node = distill_json_next(node)) {
        int more = snprintf(keys + length, sizeof keys - length, "%s%s", length > 0 ? ", " : "",
                            distill_json_key(node));
        if (more < 0 || length + (size_t)more >= sizeof keys)
            break;
        length += (size_t)more;
    }
    return distill_fail(DISTILL_FORMAT,
                        "%sno prompt: expected one of problem, question, prompt, instruction, "
                        "messages; found %s (--prompt-field names another)",
                        distill_json_where(doc, NULL, NULL), keys[0] != '\0' ? keys : "no field");
}

/// The prompt is the last message of the user; what stands before it are earlier turns.
static distill_status take_messages(draft *d, const distill_json *doc,
                                    const distill_json_node *list)
{
    distill_status status = DISTILL_OK;
    size_t index = 0;
    const distill_json_node *last = NULL;
    distill_span role, content;
    for (const distill_json_node *node = distill_json_first(list); node != NULL;
         node = distill_json_next(node), index++) {
        TRY(distill_json_get_string(&role, doc, node, "role"));
        TRY(distill_json_get_string(&content, doc, node, "content"));
        if (distill_span_is(role, "user")) {
            last = node;
            d->message_count = index;
        }
    }
    if (last == NULL)
        TRY(distill_fail(DISTILL_FORMAT, "%s: no message with the role user",
                         distill_json_where(doc, list, NULL)));
    TRY(distill_json_get_string(&content, doc, last, "content"));
    TRY(distill_text_add_span(&d->prompt, content));
    d->messages = list;
done:
    return status;
}

static distill_status take_prompt(reader *r, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *node = NULL;
    const char *key = NULL;
    draft *d = &r->draft;
    TRY(find_field(&node, &key, doc, r->fields->prompt, PROMPT_NAMES));
    if (node == NULL) {
        key = "messages";
        node = distill_json_present(distill_json_root(doc), key);
    }
    if (node == NULL)
        TRY(missing_prompt(doc));
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY)
        TRY(take_messages(d, doc, node));
    else
        TRY(add_scalar(&d->prompt, doc, node, key));
    if (distill_span_trim(distill_text_span(&d->prompt)).length == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the prompt is empty",
                         distill_json_where(doc, distill_json_root(doc), key)));
done:
    return status;
}

/// What follows the last "####"; the whole if there is none.
static distill_span after_hashes(distill_span text)
{
    size_t at = distill_span_find_last(text, distill_span_of("####"));
    if (at == SIZE_MAX)
        return text;
    return distill_span_trim((distill_span){text.bytes + at + 4, text.length - at - 4});
}

/// Content of the last \boxed{} whose braces balance; the whole if there is none.
static distill_span last_boxed(distill_span text)
{
    static const char name[] = "\\boxed{";
    distill_span rest = text;
    for (size_t at; (at = distill_span_find_last(rest, distill_span_of(name))) != SIZE_MAX;
         rest.length = at) {
        size_t begin = at + sizeof name - 1;
        int depth = 1;
        for (size_t i = begin; i < text.length; i++) {
            if (text.bytes[i] == '\\' && i + 1 < text.length)
                i++;
            else if (text.bytes[i] == '{')
                depth++;
            else if (text.bytes[i] == '}' && --depth == 0)
                return (distill_span){text.bytes + begin, i - begin};
        }
    }
    return text;
}

static distill_status take_answer(reader *r, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *node = NULL;
    const char *key = NULL;
    distill_text whole = {0};
    TRY(find_field(&node, &key, doc, r->fields->answer, ANSWER_NAMES));
    if (node == NULL)
        goto done;
    TRY(add_scalar(&whole, doc, node, key));
    distill_span answer = after_hashes(distill_text_span(&whole));
    if (answer.length == whole.length && strcmp(key, "solution") == 0)
        answer = last_boxed(answer);
    TRY(distill_text_add_span(&r->draft.answer, answer));
done:
    distill_text_free(&whole);
    return status;
}

static distill_status take_id(reader *r, const distill_json *doc, size_t line)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *node = NULL;
    const char *key = NULL;
    TRY(find_field(&node, &key, doc, r->fields->id, ID_NAMES));
    if (node != NULL)
        TRY(add_scalar(&r->draft.id, doc, node, key));
    if (r->draft.id.length == 0)
        TRY(distill_text_printf(&r->draft.id, "%zu", line));
done:
    return status;
}

/// Domains outside the list are kept, but no rule can verify their replies: said once.
static void check_domain(reader *r, const distill_json *doc)
{
    static const char *const known[] = {"math", "choice", "code", "general"};
    for (size_t i = 0; i < 4; i++)
        if (distill_span_is(distill_text_span(&r->draft.domain), known[i]))
            return;
    if (!r->warned_domain)
        distill_warn("%s is \"%.60s\", not math, choice, code or general: no rule verifies such "
                     "replies",
                     distill_json_where(doc, distill_json_root(doc), "domain"),
                     r->draft.domain.bytes);
    r->warned_domain = true;
}

static distill_status take_rest(reader *r, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *domain = distill_json_present(root, "domain");
    const distill_json_node *language = distill_json_present(root, "language");
    draft *d = &r->draft;
    TRY(code_tests_of_line(&d->tests, doc));
    if (domain != NULL && distill_json_kind_of(domain) == DISTILL_JSON_STRING) {
        TRY(add_scalar(&d->domain, doc, domain, "domain"));
        check_domain(r, doc);
    }
    if (d->domain.length == 0) {
        distill_text_clear(&d->domain);
        TRY(distill_text_add(&d->domain, d->tests.length > 0 ? "code" : "math"));
    }
    if (language != NULL && distill_json_kind_of(language) == DISTILL_JSON_STRING)
        TRY(add_scalar(&d->language, doc, language, "language"));
done:
    return status;
}

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
                   record->domain.length + record->language.length + record->tests.length + 6;
    for (size_t i = 0; i < record->message_count; i++)
        bytes += record->messages[i].role.length + record->messages[i].content.length + 2;
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
    if (record->message_count == 0)
        goto done;
    TRY(DISTILL_NEW(&entry->messages, record->message_count));
    for (size_t i = 0; i < record->message_count; i++)
        entry->messages[i] =
            (distill_message){.role = place(&next, record->messages[i].role),
                              .content = place(&next, record->messages[i].content)};
    entry->record.messages = entry->messages;
    entry->record.message_count = record->message_count;
done:
    return status;
}

static distill_status append_draft(prompt_set *set, const draft *d, const distill_json *doc,
                                   size_t line)
{
    distill_status status = DISTILL_OK;
    distill_message *messages = NULL;
    size_t index = 0;
    TRY(DISTILL_NEW(&messages, d->message_count));
    for (const distill_json_node *node = distill_json_first(d->messages);
         node != NULL && index < d->message_count; node = distill_json_next(node), index++) {
        messages[index].role = distill_json_string(doc, distill_json_member(node, "role"));
        messages[index].content = distill_json_string(doc, distill_json_member(node, "content"));
    }
    const prompt_record record = {.id = distill_text_span(&d->id),
                                  .prompt = distill_text_span(&d->prompt),
                                  .answer = distill_text_span(&d->answer),
                                  .domain = distill_text_span(&d->domain),
                                  .language = distill_text_span(&d->language),
                                  .tests = distill_text_span(&d->tests),
                                  .messages = messages,
                                  .message_count = d->message_count};
    TRY(append_record(set, &record, line));
done:
    distill_free(messages);
    return status;
}

static distill_status read_line(reader *r, distill_span line, const char *source, size_t number)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text name = {0};
    draft_clear(&r->draft);
    TRY(distill_text_printf(&name, "%s:%zu", source, number));
    TRY(distill_json_parse(&doc, line.bytes, line.length, name.bytes));
    if (distill_json_kind_of(distill_json_root(doc)) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected an object, found %s", name.bytes,
                         distill_json_kind_name(distill_json_root(doc))));
    TRY(take_prompt(r, doc));
    TRY(take_answer(r, doc));
    TRY(take_id(r, doc, number));
    TRY(take_rest(r, doc));
    TRY(append_draft(r->set, &r->draft, doc, number));
done:
    distill_json_free(doc);
    distill_text_free(&name);
    return status;
}

static distill_status read_file(reader *r, const char *source)
{
    distill_status status = DISTILL_OK;
    distill_lines *lines = NULL;
    distill_span line;
    bool more = false;
    TRY(distill_lines_open(&lines, source, MOST_LINE_BYTES));
    for (;;) {
        TRY(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        size_t number = distill_lines_number(lines);
        if (number == 1 && line.length >= 3 && memcmp(line.bytes, "\xEF\xBB\xBF", 3) == 0)
            line = (distill_span){line.bytes + 3, line.length - 3}; // byte order mark
        if (distill_span_trim(line).length > 0)
            TRY(read_line(r, line, source, number));
    }
    if (r->set->count == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: no prompts in it", source));
done:
    distill_lines_close(lines);
    return status;
}

static distill_status read_count(size_t *count, const char *text)
{
    char *end = NULL;
    unsigned long long value = strtoull(text, &end, 10);
    if (end == text || *end != '\0' || text[0] == '-' || value == 0 || value > MOST_BUILTIN)
        return distill_fail(DISTILL_USAGE,
                            "builtin task: expected a count from 1 to %zu behind the name, found "
                            "\"%s\"",
                            MOST_BUILTIN, text);
    *count = value;
    return DISTILL_OK;
}

/// `spec`: TASK or TASK:COUNT.
static distill_status read_builtin(reader *r, const char *spec)
{
    distill_status status = DISTILL_OK;
    builtin_problem problem = {0};
    char *name = NULL;
    draft *d = &r->draft;
    const char *split = r->fields->split != NULL ? r->fields->split : "train";
    builtin_split from = strcmp(split, "test") == 0 ? BUILTIN_TEST : BUILTIN_TRAIN;
    const char *colon = strchr(spec, ':');
    TRY(distill_copy_string(&name, spec, colon != NULL ? (size_t)(colon - spec) : strlen(spec)));
    const builtin_task *task = builtin_task_find(name);
    if (task == NULL)
        TRY(distill_fail(DISTILL_USAGE, "builtin:%s: there is no such task; there are %s", name,
                         builtin_task_names()));
    size_t count = builtin_task_default_count(task);
    if (colon != NULL)
        TRY(read_count(&count, colon + 1));
    for (size_t i = 0; i < count; i++) {
        TRY(builtin_task_problem(&problem, task, from, i));
        draft_clear(d);
        TRY(distill_text_printf(&d->id, "%s-%s-%zu", name, split, i));
        TRY(distill_text_add_span(&d->prompt, distill_text_span(&problem.prompt)));
        TRY(distill_text_add_span(&d->answer, distill_text_span(&problem.answer)));
        TRY(distill_text_add(&d->domain, "math"));
        TRY(distill_text_add(&d->language, "en"));
        TRY(append_draft(r->set, d, NULL, 0));
    }
done:
    builtin_problem_free(&problem);
    distill_free(name);
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

distill_status prompt_set_open(prompt_set **out, const char *source, const prompt_fields *fields)
{
    distill_status status = DISTILL_OK;
    static const prompt_fields none = {0};
    reader r = {.fields = fields != NULL ? fields : &none};
    TRY(DISTILL_NEW(&r.set, 1));
    if (strncmp(source, "builtin:", 8) == 0)
        TRY(read_builtin(&r, source + 8));
    else
        TRY(read_file(&r, source));
    TRY(prompt_set_check_ids(r.set, source));
    *out = r.set;
    r.set = NULL;
done:
    draft_free(&r.draft);
    prompt_set_close(r.set);
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
    for (size_t i = 0; i < set->count; i++) {
        distill_free(set->entries[i].messages);
        distill_free(set->entries[i].block);
    }
    distill_free(set->entries);
    distill_free(set);
}
