// datasets/traces/json_field.c - fields by the first of several names, and the parsers of values
// that are words: the end of a reply, the reason, the verdict.
//
// Published sets use different words for the same end of a reply; the table in
// json_field_parse_finish lists all that are accepted.
#include "datasets/traces/json_field.h"

#include "distill/base/json/json_writer.h"

#include <string.h>
#include <strings.h>

const distill_json_node *json_field_first_in(const distill_json_node *object,
                                             const char *const *names, const char **found)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        const distill_json_node *node = distill_json_present(object, names[i]);
        if (node != NULL) {
            *found = names[i];
            return node;
        }
    }
    return NULL;
}

const distill_json_node *json_field_first(const distill_json *doc, const char *const *names,
                                          const char **found)
{
    return json_field_first_in(distill_json_root(doc), names, found);
}

distill_status json_field_wrong_type(const distill_json *doc, const char *key, const char *expected,
                                     const distill_json_node *found)
{
    return distill_fail(DISTILL_FORMAT, "%s: expected %s, found %s",
                        distill_json_where(doc, distill_json_root(doc), key), expected,
                        distill_json_kind_name(found));
}

distill_status json_field_add(distill_text *out, const distill_json *doc,
                              const distill_json_node *node, const char *key)
{
    if (distill_json_kind_of(node) == DISTILL_JSON_STRING)
        return distill_text_add_span(out, distill_json_string(doc, node));
    if (distill_json_kind_of(node) == DISTILL_JSON_NUMBER)
        return distill_json_write_number_node(out, node);
    return json_field_wrong_type(doc, key, "a string or a number", node);
}

distill_status json_field_get_text(distill_span *out, const distill_json *doc, const char *key,
                                   const char *otherwise)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), key);
    *out = distill_span_of(otherwise);
    if (node == NULL)
        return DISTILL_OK;
    if (distill_json_kind_of(node) != DISTILL_JSON_STRING)
        return json_field_wrong_type(doc, key, "a string", node);
    *out = distill_json_string(doc, node);
    return DISTILL_OK;
}

distill_span json_field_label(const distill_json *doc, const char *key, const char *otherwise)
{
    const distill_json_node *node = distill_json_present(distill_json_root(doc), key);
    return distill_json_kind_of(node) == DISTILL_JSON_STRING ? distill_json_string(doc, node)
                                                             : distill_span_of(otherwise);
}

distill_status json_field_parse_finish(trace_finish *out, distill_span text, const char *where)
{
    static const struct {
        const char *name;
        trace_finish finish;
    } names[] = {{"stop", TRACE_FINISH_STOP},           {"length", TRACE_FINISH_LENGTH},
                 {"error", TRACE_FINISH_ERROR},         {"eos", TRACE_FINISH_STOP},
                 {"end_turn", TRACE_FINISH_STOP},       {"max_tokens", TRACE_FINISH_LENGTH},
                 {"eos_token", TRACE_FINISH_STOP},      {"stop_sequence", TRACE_FINISH_STOP},
                 {"content_filter", TRACE_FINISH_ERROR}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text.length == strlen(names[i].name) &&
            strncasecmp(text.bytes, names[i].name, text.length) == 0) {
            *out = names[i].finish;
            return DISTILL_OK;
        }
    return distill_fail(DISTILL_FORMAT, "%s: expected stop, length or error, found \"%.40s\"",
                        where, text.bytes);
}

bool json_field_parse_reason(trace_reason *out, distill_span name)
{
#define MATCH_REASON(symbol, value, key, sentence)                                                 \
    if (distill_span_is(name, key)) {                                                              \
        *out = TRACE_##symbol;                                                                     \
        return true;                                                                               \
    }
    TRACE_REASON_LIST(MATCH_REASON)
#undef MATCH_REASON
    return false;
}

bool json_field_parse_correct(int8_t *out, const distill_json_node *node)
{
    double number = distill_json_number(node);
    *out = -1;
    if (distill_json_kind_of(node) == DISTILL_JSON_BOOL)
        *out = distill_json_true(node) ? 1 : 0;
    else if (distill_json_kind_of(node) == DISTILL_JSON_NUMBER)
        *out = (int8_t)((number > 0) - (number < 0));
    return node == NULL || distill_json_kind_of(node) <= DISTILL_JSON_NUMBER;
}
