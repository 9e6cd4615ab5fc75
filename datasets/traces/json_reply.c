// datasets/traces/json_reply.c - the names under which published data sets give replies and their
// thoughts.
//
// A data set with several teachers gives a thought for each of their replies; the table keeps them
// together.
#include "datasets/traces/json_reply.h"

#include "datasets/traces/json_field.h"
#include "distill/base/json/json_writer.h"
#include "distill/text/chat/conversation_json.h"
#include "distill/text/chat/think.h"

static const char *const THOUGHTS[] = {"reasoning_content", "reasoning", "thinking", NULL};

static const struct {
    const char *reply, *thought; // NULL: one of THOUGHTS
} REPLIES[] = {
    {"response", NULL},
    {"completion", NULL},
    {"output", NULL},
    {"generation", NULL},
    {"llm_response", NULL},
    {"generated_solution", NULL},
    {"deepseek_solution", "deepseek_reasoning"},
    {"deepseek_attempt", "deepseek_thinking_trajectory"},
    {"gemini_attempt", "gemini_thinking_trajectory"},
    {"attempt", "thinking_trajectories"},
};

static const char *const LISTS[] = {"generations", "responses", "completions", NULL};

/// A text, or the first text of a list; an empty span for other values.
static distill_span first_text(const distill_json *doc, const distill_json_node *node)
{
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY)
        node = distill_json_first(node);
    return distill_json_kind_of(node) == DISTILL_JSON_STRING
               ? distill_span_trim(distill_json_string(doc, node))
               : (distill_span){"", 0};
}

/// Sets the thought of a reply from the field `key`, or from one of the usual ones.
static void find_thought(json_reply *out, const distill_json *doc, const char *key)
{
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *node = key != NULL ? distill_json_present(root, key) : NULL;
    if (node == NULL)
        node = json_field_first(doc, THOUGHTS, &key);
    out->thought = first_text(doc, node);
    out->thought_key = out->thought.length > 0 ? key : NULL;
}

void json_reply_find(json_reply *out, const distill_json *doc)
{
    const distill_json_node *root = distill_json_root(doc);
    *out = (json_reply){.thought = {"", 0}};
    for (size_t i = 0; i < sizeof REPLIES / sizeof *REPLIES; i++) {
        out->node = distill_json_present(root, REPLIES[i].reply);
        if (out->node == NULL)
            continue;
        out->key = REPLIES[i].reply;
        find_thought(out, doc, REPLIES[i].thought);
        return;
    }
    out->list = json_field_first(doc, LISTS, &out->key);
}

void json_reply_find_other(json_reply *out, const distill_json *doc)
{
    const distill_json_node *root = distill_json_root(doc);
    *out = (json_reply){.key = "solution", .thought = {"", 0}};
    find_thought(out, doc, NULL);
    out->node = distill_json_present(root, out->key);
    if (out->node != NULL)
        return;
    const distill_json_node *answer = distill_json_present(root, "answer");
    distill_span text = distill_json_string(doc, answer);
    bool worked = distill_span_find(text, distill_span_of("####"), 0) != SIZE_MAX;
    out->key = "answer";
    if (worked || out->thought.length > 0)
        out->node = answer;
}

/// Appends a text after its thought.
static distill_status add_text(distill_text *out, const distill_json *doc,
                               const distill_json_node *node, distill_span thought)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
        TRY(distill_text_add_span(&text, distill_json_string(doc, node)));
    else if (distill_json_kind_of(node) == DISTILL_JSON_NUMBER)
        TRY(distill_json_write_number_node(&text, node));
    else
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a string, found %s",
                         distill_json_where(doc, node, NULL), distill_json_kind_name(node)));
    if (thought.length > 0 && !distill_think_starts(distill_span_trim(distill_text_span(&text))))
        TRY(distill_think_write(out, thought));
    TRY(distill_text_add_span(out, distill_text_span(&text)));
done:
    distill_text_free(&text);
    return status;
}

distill_status json_reply_add(distill_text *out, const distill_json *doc,
                              const distill_json_node *node, distill_span thought)
{
    static const char *const TEXTS[] = {"text", "response", "generation", NULL};
    distill_status status = DISTILL_OK;
    const char *key = NULL;
    if (distill_json_kind_of(node) == DISTILL_JSON_ARRAY) {
        if (distill_json_count(node) != 1)
            TRY(distill_fail(DISTILL_FORMAT, "%s: expected one message, found %zu",
                             distill_json_where(doc, node, NULL), distill_json_count(node)));
        node = distill_json_first(node);
    }
    const distill_json_node *text = json_field_first_in(node, TEXTS, &key);
    if (text != NULL || distill_json_kind_of(node) != DISTILL_JSON_OBJECT)
        TRY(add_text(out, doc, text != NULL ? text : node, thought));
    else
        TRY(conversation_json_add_reply(out, doc, node, thought));
done:
    return status;
}
