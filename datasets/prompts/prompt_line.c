// datasets/prompts/prompt_line.c - fields of an object under the names that published data sets
// use.
//
// Of each field the first name that the line has is read; a null counts as absent. The result of a
// worked solution is extracted by its mark: "####", or the last \boxed{}.
//
// Limits: prompts are texts; other parts of a message, such as images, are an error.
#include "datasets/prompts/prompt_line.h"

#include "datasets/verify/code/code_tests.h"
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

static distill_status reserve_messages(prompt_line *line, size_t count)
{
    distill_status status = DISTILL_OK;
    if (count <= line->message_capacity)
        return DISTILL_OK;
    TRY(distill_grow((void **)&line->messages, 0, count, sizeof *line->messages));
    line->message_capacity = count;
done:
    return status;
}

/// The prompt is the last message of the user; the messages before it are earlier turns.
static distill_status take_messages(prompt_line *line, const distill_json *doc,
                                    const distill_json_node *list)
{
    distill_status status = DISTILL_OK;
    size_t index = 0, last = SIZE_MAX;
    TRY(reserve_messages(line, distill_json_count(list)));
    for (const distill_json_node *node = distill_json_first(list); node != NULL;
         node = distill_json_next(node), index++) {
        distill_message *message = &line->messages[index];
        TRY(distill_json_get_string(&message->role, doc, node, "role"));
        TRY(distill_json_get_string(&message->content, doc, node, "content"));
        if (distill_span_is(message->role, "user"))
            last = index;
    }
    if (last == SIZE_MAX)
        TRY(distill_fail(DISTILL_FORMAT, "%s: no message with the role user",
                         distill_json_where(doc, list, NULL)));
    TRY(distill_text_add_span(&line->prompt, line->messages[last].content));
    line->record.messages = last > 0 ? line->messages : NULL;
    line->record.message_count = last;
done:
    return status;
}

static distill_status take_prompt(prompt_line *line, const distill_json *doc, const char *chosen)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *node = NULL;
    const char *key = NULL;
    TRY(find_field(&node, &key, doc, chosen, PROMPTS));
    if (node == NULL) {
        key = "messages";
        node = distill_json_present(distill_json_root(doc), key);
    }
    if (node == NULL)
        TRY(missing_prompt(doc));
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY)
        TRY(take_messages(line, doc, node));
    else
        TRY(add_scalar(&line->prompt, doc, node, key));
    if (distill_span_trim(distill_text_span(&line->prompt)).length == 0)
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

static distill_status take_answer(prompt_line *line, const distill_json *doc, const char *chosen)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *node = NULL;
    const char *key = NULL;
    distill_text whole = {0};
    TRY(find_field(&node, &key, doc, chosen, ANSWERS));
    if (node == NULL)
        goto done;
    TRY(add_scalar(&whole, doc, node, key));
    distill_span answer = after_hashes(distill_text_span(&whole));
    if (answer.length == whole.length && strcmp(key, "solution") == 0)
        answer = last_boxed(answer);
    TRY(distill_text_add_span(&line->answer, answer));
done:
    distill_text_free(&whole);
    return status;
}

static distill_status take_id(prompt_line *line, const distill_json *doc, const char *chosen,
                              size_t number)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *node = NULL;
    const char *key = NULL;
    TRY(find_field(&node, &key, doc, chosen, IDS));
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
static distill_span string_of(const distill_json *doc, const char *key)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), key);
    return distill_json_kind_of(node) == DISTILL_JSON_STRING ? distill_json_string(doc, node)
                                                             : distill_span_of("");
}

distill_status prompt_line_read(prompt_line *line, const distill_json *doc,
                                const prompt_fields *fields, size_t number)
{
    distill_status status = DISTILL_OK;
    distill_text_clear(&line->id);
    distill_text_clear(&line->prompt);
    distill_text_clear(&line->answer);
    distill_text_clear(&line->tests);
    line->record = (prompt_record){.message_count = 0};
    if (distill_json_kind_of(distill_json_root(doc)) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%sexpected an object, found %s",
                         distill_json_where(doc, NULL, NULL),
                         distill_json_kind_name(distill_json_root(doc))));
    TRY(take_prompt(line, doc, fields->prompt));
    TRY(take_answer(line, doc, fields->answer));
    TRY(take_id(line, doc, fields->id, number));
    TRY(code_tests_of_line(&line->tests, doc));
    line->record.id = distill_text_span(&line->id);
    line->record.prompt = distill_text_span(&line->prompt);
    line->record.answer = distill_text_span(&line->answer);
    line->record.tests = distill_text_span(&line->tests);
    line->record.domain = string_of(doc, "domain");
    line->record.language = string_of(doc, "language");
    check_domain(line, doc);
done:
    return status;
}

void prompt_line_free(prompt_line *line)
{
    distill_text_free(&line->id);
    distill_text_free(&line->prompt);
    distill_text_free(&line->answer);
    distill_text_free(&line->tests);
    distill_free(line->messages);
    *line = (prompt_line){.domain_noted = false};
}
