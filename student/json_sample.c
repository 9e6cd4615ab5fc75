// student/json_sample.c - reads a prompt with its response, or a conversation in one of two
// notations.
#include "student/json_sample.h"

#include "distill/base/json/json_reader.h"
#include "distill/base/memory.h"
#include "distill/text/chat/think.h"

#include <stdio.h>
#include <string.h>

enum { MOST_MESSAGES = 4096 };

static const char *const PROMPT_KEYS[] = {"prompt", "problem", "question", "instruction"};
static const char *const RESPONSE_KEYS[] = {"response", "completion", "output"};

typedef struct line_reader {
    const distill_json *doc;
    const distill_json_node *root;
    data_sample *sample;
} line_reader;

static distill_status missing(const line_reader *r, const char *what)
{
    return distill_fail(DISTILL_FORMAT,
                        "%s%s is missing; a line holds \"messages\", or \"prompt\" and "
                        "\"response\"",
                        distill_json_where(r->doc, r->root, NULL), what);
}

static distill_status string_of(distill_span *out, const line_reader *r,
                                const distill_json_node *object, const char *key)
{
    const distill_json_node *node = distill_json_member(object, key);
    if (node == NULL || distill_json_kind_of(node) != DISTILL_JSON_STRING)
        return distill_fail(DISTILL_FORMAT, "%s: expected a string, found %s",
                            distill_json_where(r->doc, object, key), distill_json_kind_name(node));
    *out = distill_json_string(r->doc, node);
    return DISTILL_OK;
}

// ---------------------------------------------------------------------------- prompt and response

static distill_status add_first_key(distill_text *out, const line_reader *r,
                                    const char *const *keys, size_t count)
{
    distill_status status = DISTILL_OK;
    distill_span text;
    for (size_t i = 0; i < count; i++) {
        if (distill_json_present(r->root, keys[i]) == NULL)
            continue;
        TRY(string_of(&text, r, r->root, keys[i]));
        TRY(distill_text_add_span(out, text));
        goto done;
    }
    char name[64];
    snprintf(name, sizeof name, "\"%s\"", keys[0]);
    TRY(missing(r, name));
done:
    return status;
}

static distill_status read_pair(const line_reader *r)
{
    distill_status status = DISTILL_OK;
    TRY(add_first_key(&r->sample->prompt, r, PROMPT_KEYS,
                      sizeof PROMPT_KEYS / sizeof *PROMPT_KEYS));
    TRY(add_first_key(&r->sample->response, r, RESPONSE_KEYS,
                      sizeof RESPONSE_KEYS / sizeof *RESPONSE_KEYS));
done:
    return status;
}

// --------------------------------------------------------------------------------------- messages

// The two notations of conversations.
typedef struct turn_keys {
    const char *list, *role, *content;
} turn_keys;

static const turn_keys OPENAI = {"messages", "role", "content"};
static const turn_keys SHAREGPT = {"conversations", "from", "value"};

static distill_span role_of(distill_span name)
{
    if (distill_span_is(name, "human"))
        return distill_span_of("user");
    if (distill_span_is(name, "gpt"))
        return distill_span_of("assistant");
    return name;
}

// Appends a turn's text, after its thought if that is in a field of its own.
static distill_status add_turn_text(distill_text *out, const line_reader *r,
                                    const distill_json_node *turn, const turn_keys *keys)
{
    distill_status status = DISTILL_OK;
    distill_span content, reasoning;
    TRY(string_of(&content, r, turn, keys->content));
    if (distill_json_present(turn, "reasoning_content") != NULL) {
        TRY(string_of(&reasoning, r, turn, "reasoning_content"));
        TRY(distill_think_write(out, distill_span_trim(reasoning)));
    }
    TRY(distill_text_add_span(out, content));
done:
    return status;
}

static distill_status read_turn(const line_reader *r, const distill_json_node *turn,
                                const turn_keys *keys, bool is_last)
{
    distill_status status = DISTILL_OK;
    data_sample *sample = r->sample;
    distill_span role;
    TRY(string_of(&role, r, turn, keys->role));
    role = role_of(role);
    bool assistant = distill_span_is(role, "assistant");
    if (!assistant && !distill_span_is(role, "user") && !distill_span_is(role, "system"))
        TRY(distill_fail(DISTILL_UNSUPPORTED,
                         "%s: expected system, user or assistant, found \"%.*s\"",
                         distill_json_where(r->doc, turn, keys->role),
                         (int)(role.length > 32 ? 32 : role.length), role.bytes));
    if (is_last && !assistant)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the last turn must be the assistant's",
                         distill_json_where(r->doc, turn, keys->role)));
    if (is_last) {
        TRY(add_turn_text(&sample->response, r, turn, keys));
        goto done;
    }
    distill_message *message = &sample->messages[sample->message_count++];
    message->role = distill_span_of(assistant                         ? "assistant"
                                    : distill_span_is(role, "system") ? "system"
                                                                      : "user");
    size_t first = sample->turns.length;
    TRY(add_turn_text(&sample->turns, r, turn, keys));
    message->content = (distill_span){NULL, sample->turns.length - first};
done:
    return status;
}

static distill_status read_messages(const line_reader *r, const distill_json_node *list,
                                    const turn_keys *keys)
{
    distill_status status = DISTILL_OK;
    data_sample *sample = r->sample;
    size_t count = distill_json_count(list), offset = 0;
    if (distill_json_kind_of(list) != DISTILL_JSON_ARRAY || count < 2 || count > MOST_MESSAGES)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected an array of 2 to %d turns",
                         distill_json_where(r->doc, list, NULL), MOST_MESSAGES));
    TRY(DISTILL_NEW(&sample->messages, count));
    TRY(distill_text_reserve(&sample->turns, 1)); // empty turns need an address, too
    for (const distill_json_node *turn = distill_json_first(list); turn != NULL;
         turn = distill_json_next(turn))
        TRY(read_turn(r, turn, keys, distill_json_next(turn) == NULL));
    for (size_t i = 0; i < sample->message_count; i++) { // `turns` is not reallocated any more
        sample->messages[i].content.bytes = sample->turns.bytes + offset;
        offset += sample->messages[i].content.length;
    }
done:
    return status;
}

// ----------------------------------------------------------------------------------------- lines

static distill_status read_finish(const line_reader *r)
{
    distill_status status = DISTILL_OK;
    distill_span finish;
    if (distill_json_present(r->root, "finish") == NULL)
        return DISTILL_OK;
    TRY(string_of(&finish, r, r->root, "finish"));
    r->sample->complete = !distill_span_is(finish, "length");
    r->sample->failed = distill_span_is(finish, "error");
done:
    return status;
}

distill_status json_sample_parse(data_sample *sample, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    char name[1100];
    snprintf(name, sizeof name, "%.1000s:%zu", path, sample->number);
    TRY(distill_json_parse(&doc, sample->line.bytes, sample->line.length, name));
    line_reader r = {doc, distill_json_root(doc), sample};
    if (distill_json_kind_of(r.root) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected an object, found %s", name,
                         distill_json_kind_name(r.root)));
    const distill_json_node *messages = distill_json_present(r.root, OPENAI.list);
    const distill_json_node *conversations = distill_json_present(r.root, SHAREGPT.list);
    if (messages != NULL)
        TRY(read_messages(&r, messages, &OPENAI));
    else if (conversations != NULL)
        TRY(read_messages(&r, conversations, &SHAREGPT));
    else
        TRY(read_pair(&r));
    TRY(read_finish(&r));
done:
    distill_json_free(doc);
    return status;
}
