// datasets/prompts/prompt_line.c - fields of an object under the names that published data sets
// use.
//
// Of each field the first name that the line has is read; a null counts as absent. The result of a
// worked solution is extracted by its mark: "####", or the last \boxed{}.
//
// Limits: prompts are texts; other parts of a message, such as images, are an error.
#include "datasets/prompts/prompt_line.h"

#include "datasets/verify/code/code_tests.h"
#include "datasets/verify/worked_solution.h"
#include "distill/base/json/json_rest.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"

#include <stdio.h>
#include <string.h>

#define KEY_ITEM(key) key,
static const char *const PROMPTS[] = {PROMPT_KEYS(KEY_ITEM) NULL};
static const char *const ANSWERS[] = {ANSWER_KEYS(KEY_ITEM) NULL};
static const char *const IDS[] = {ID_KEYS(KEY_ITEM) NULL};
#undef KEY_ITEM

/// Sets *out to the field `chosen`, which the line must have; without one, to the first of `keys`
/// that it has, or NULL. *found is its name.
static distill_status find_field(const distill_json_node **out, const char **found,
                                 const distill_json *doc, const char *chosen,
                                 const char *const *keys)
{
    const distill_json_node *root = distill_json_root(doc);
    *out = NULL;
    *found = chosen;
    if (chosen != NULL) {
        *out = distill_json_present(root, chosen);
        return *out != NULL ? DISTILL_OK
                            : distill_fail(DISTILL_FORMAT,
                                           "%s is missing; an option names it as the field to read",
                                           distill_json_where(doc, root, chosen));
    }
    for (size_t i = 0; keys[i] != NULL && *out == NULL; i++) {
        *out = distill_json_present(root, keys[i]);
        *found = keys[i];
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
                        "%sno prompt: expected one of " PROMPT_KEYS(
                            PROMPT_KEY_WORD) "messages; found %s (--prompt-field names another)",
                        distill_json_where(doc, NULL, NULL), keys[0] != '\0' ? keys : "no field");
}

/// A system message beside the prompt; "" if there is none.
static distill_span system_of(const distill_json *doc)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), "system");
    return distill_json_kind_of(node) == DISTILL_JSON_STRING ? distill_json_string(doc, node)
                                                             : (distill_span){"", 0};
}

/// Appends Alpaca's input, which completes an instruction.
static distill_status add_input(distill_text *out, json_rest *used, const distill_json *doc)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *input = distill_json_present(distill_json_root(doc), "input");
    distill_span text = distill_json_string(doc, input);
    if (distill_json_kind_of(input) != DISTILL_JSON_STRING)
        return DISTILL_OK;
    json_rest_use(used, "input");
    if (text.length > 0)
        TRY(distill_text_add(out, "\n\n"));
    TRY(distill_text_add_span(out, text));
done:
    return status;
}

/// The node that holds the prompt: a text, or a list of messages.
static distill_status find_prompt(const distill_json_node **out, const char **key,
                                  const distill_json *doc, const char *chosen)
{
    static const char *const LISTS[] = {"messages", "conversations"};
    distill_status status = DISTILL_OK;
    TRY(find_field(out, key, doc, chosen, PROMPTS));
    for (size_t i = 0; i < 2 && *out == NULL; i++) {
        *key = LISTS[i];
        *out = distill_json_present(distill_json_root(doc), *key);
    }
    if (*out == NULL)
        TRY(missing_prompt(doc));
done:
    return status;
}

static distill_status take_prompt(prompt_line *line, json_rest *used, const distill_json *doc,
                                  const char *chosen)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *node = NULL;
    const char *key = NULL;
    distill_text text = {0};
    TRY(find_prompt(&node, &key, doc, chosen));
    json_rest_use(used, key);
    json_rest_use(used, "system");
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY) {
        TRY(conversation_json_read(&line->conversation, doc, node, system_of(doc),
                                   CONVERSATION_PROMPT));
    } else {
        TRY(add_scalar(&text, doc, node, key));
        if (strcmp(key, "instruction") == 0)
            TRY(add_input(&text, used, doc));
        TRY(conversation_json_set(&line->conversation, system_of(doc), distill_text_span(&text)));
    }
    if (distill_span_trim(distill_text_span(&line->conversation.prompt)).length == 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the prompt is empty",
                         distill_json_where(doc, distill_json_root(doc), key)));
done:
    distill_text_free(&text);
    return status;
}

static distill_status take_answer(prompt_line *line, json_rest *used, const distill_json *doc,
                                  const char *chosen)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *node = NULL;
    const char *key = NULL;
    distill_text whole = {0};
    TRY(find_field(&node, &key, doc, chosen, ANSWERS));
    if (node == NULL)
        goto done;
    json_rest_use(used, key);
    TRY(add_scalar(&whole, doc, node, key));
    TRY(distill_text_add_span(&line->answer, worked_solution_result(distill_text_span(&whole),
                                                                    strcmp(key, "solution") == 0)));
done:
    distill_text_free(&whole);
    return status;
}

static distill_status take_id(prompt_line *line, json_rest *used, const distill_json *doc,
                              const char *chosen, size_t number)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *node = NULL;
    const char *key = NULL;
    TRY(find_field(&node, &key, doc, chosen, IDS));
    json_rest_use(used, key);
    if (node != NULL)
        TRY(add_scalar(&line->id, doc, node, key));
    if (line->id.length == 0)
        TRY(distill_text_printf(&line->id, "%zu", number));
done:
    return status;
}

/// Warns once about a domain that no rule verifies; such prompts are kept.
static void check_domain(prompt_line *line, const distill_json *doc)
{
    static const char *const known[] = {"", "math", "choice", "code", "general"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (distill_span_is(line->record.domain, known[i]))
            return;
    if (!line->domain_noted)
        distill_warn("%s is \"%.60s\", not math, choice, code or general: no rule verifies such "
                     "replies",
                     distill_json_where(doc, distill_json_root(doc), "domain"),
                     line->record.domain.bytes);
    line->domain_noted = true;
}

/// The string of a field, "" if it is absent or of another kind.
static distill_span string_of(const distill_json *doc, json_rest *used, const char *key)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), key);
    json_rest_use(used, key);
    return distill_json_kind_of(node) == DISTILL_JSON_STRING ? distill_json_string(doc, node)
                                                             : distill_span_of("");
}

distill_status prompt_line_read(prompt_line *line, const distill_json *doc,
                                const prompt_fields *fields, size_t number)
{
    distill_status status = DISTILL_OK;
    json_rest used = {.count = 0};
    distill_text_clear(&line->id);
    distill_text_clear(&line->answer);
    distill_text_clear(&line->tests);
    distill_text_clear(&line->extra);
    line->record = (prompt_record){.id = {"", 0}};
    if (distill_json_kind_of(distill_json_root(doc)) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%sexpected an object, found %s",
                         distill_json_where(doc, NULL, NULL),
                         distill_json_kind_name(distill_json_root(doc))));
    TRY(take_prompt(line, &used, doc, fields->prompt));
    TRY(take_answer(line, &used, doc, fields->answer));
    TRY(take_id(line, &used, doc, fields->id, number));
    TRY(code_tests_of_line(&line->tests, &used, doc));
    line->record.domain = string_of(doc, &used, "domain");
    line->record.language = string_of(doc, &used, "language");
    TRY(json_rest_write(&line->extra, &used, doc, "extra"));
    line->record.id = distill_text_span(&line->id);
    line->record.prompt = distill_text_span(&line->conversation.prompt);
    line->record.messages = line->conversation.plain
                                ? (distill_span){"", 0}
                                : distill_text_span(&line->conversation.messages);
    line->record.answer = distill_text_span(&line->answer);
    line->record.tests = distill_text_span(&line->tests);
    line->record.extra = distill_text_span(&line->extra);
    check_domain(line, doc);
done:
    return status;
}

void prompt_line_free(prompt_line *line)
{
    distill_text_free(&line->id);
    distill_text_free(&line->answer);
    distill_text_free(&line->tests);
    distill_text_free(&line->extra);
    conversation_json_free(&line->conversation);
    *line = (prompt_line){.domain_noted = false};
}
