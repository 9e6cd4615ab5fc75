// distill/text/jinja/values/jinja_json.c - json.dumps, as the filter `tojson` of transformers calls it.
#include "distill/text/jinja/values/jinja_print.h"
#include "distill/text/unicode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct json_visit {
    jinja_builder *b;
    bool ascii;
} json_visit;

/// The escape of a character, or "" if it is written as it is.
static void escape(char out[16], uint32_t code, bool ascii)
{
    static const char from[] = "\"\\\n\r\t\b\f", to[] = "\"\\nrtbf";
    const char *plain = code > 0 && code < 128 ? strchr(from, (int)code) : NULL;
    out[0] = '\0';
    if (plain != NULL)
        snprintf(out, 16, "\\%c", to[plain - from]);
    else if (code < 0x20 || (ascii && code >= 0x7F && code < 0x10000))
        snprintf(out, 16, "\\u%04x", code);
    else if (ascii && code >= 0x10000)
        snprintf(out, 16, "\\u%04x\\u%04x", 0xD800 + ((code - 0x10000) >> 10),
                 0xDC00 + ((code - 0x10000) & 0x3FF));
}

static distill_status add_escaped(void *context, distill_span part, bool is_input)
{
    distill_status status = DISTILL_OK;
    const json_visit *visit = context;
    size_t plain = 0; // text from here on is not yet added
    uint32_t code;
    for (size_t at = 0; at < part.length;) {
        char text[16];
        size_t begin = at;
        at += unicode_next(&code, part.bytes + at);
        escape(text, code, visit->ascii && code != 0x7F);
        if (text[0] == '\0')
            continue;
        TRY(jinja_builder_add_span(visit->b, (distill_span){part.bytes + plain, begin - plain},
                                   is_input));
        TRY(jinja_builder_add_span(visit->b, distill_span_of(text), is_input));
        plain = at;
    }
    TRY(jinja_builder_add_span(visit->b, (distill_span){part.bytes + plain, part.length - plain},
                               is_input));
done:
    return status;
}

static distill_status add_string(jinja_builder *b, jinja_value string,
                                 const jinja_json_style *style)
{
    distill_status status = DISTILL_OK;
    json_visit visit = {b, style->ascii};
    TRY(jinja_charge_bytes(b->run, string.length * 2));
    TRY(jinja_builder_add_format(b, "\""));
    TRY(jinja_visit_parts(string, add_escaped, &visit));
    TRY(jinja_builder_add_format(b, "\""));
done:
    return status;
}

static distill_status add_value(jinja_builder *b, jinja_value value, const jinja_json_style *style,
                                size_t level);

static distill_status break_line(jinja_builder *b, const jinja_json_style *style, size_t level)
{
    distill_status status = DISTILL_OK;
    if (!style->has_indent)
        return DISTILL_OK;
    TRY(jinja_builder_add_format(b, "\n"));
    for (size_t i = 0; i < level; i++)
        TRY(jinja_builder_add_text(b, style->indent));
done:
    return status;
}

static distill_status add_list(jinja_builder *b, const jinja_list *list,
                               const jinja_json_style *style, size_t level)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_builder_add_format(b, "["));
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            TRY(jinja_builder_add_text(b, style->item));
        TRY(break_line(b, style, level + 1));
        TRY(add_value(b, list->items[i], style, level + 1));
    }
    if (list->count > 0)
        TRY(break_line(b, style, level));
    TRY(jinja_builder_add_format(b, "]"));
done:
    return status;
}

static distill_status add_key(jinja_builder *b, jinja_value key, const jinja_json_style *style)
{
    distill_status status = DISTILL_OK;
    if (key.kind == JINJA_STRING)
        return add_string(b, key, style);
    if (key.kind != JINJA_NONE && !jinja_is_number(key))
        TRY(jinja_fail(b->run, "keys of JSON must be str, int, float, bool or None, not %s",
                       jinja_type_name(key)));
    TRY(jinja_builder_add_format(b, "\""));
    TRY(add_value(b, key, style, 0));
    TRY(jinja_builder_add_format(b, "\""));
done:
    return status;
}

/// The positions of the entries in the order of their keys.
static distill_status sorted_keys(size_t **out, jinja_run *run, const jinja_dict *dict)
{
    distill_status status = DISTILL_OK;
    size_t *order = NULL;
    TRY(jinja_memory_take((void **)&order, &run->memory, (dict->count + 1) * sizeof *order));
    for (size_t i = 0; i < dict->count; i++) {
        size_t at = i;
        for (; at > 0; at--) {
            int sign;
            TRY(jinja_step(run));
            TRY(jinja_compare(&sign, run, dict->entries[order[at - 1]].key, dict->entries[i].key));
            if (sign <= 0)
                break;
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
    *out = order;
done:
    return status;
}

static distill_status add_dict(jinja_builder *b, const jinja_dict *dict,
                               const jinja_json_style *style, size_t level)
{
    distill_status status = DISTILL_OK;
    size_t *order = NULL;
    if (style->sort_keys)
        TRY(sorted_keys(&order, b->run, dict));
    TRY(jinja_builder_add_format(b, "{"));
    for (size_t i = 0; i < dict->count; i++) {
        const jinja_entry *entry = &dict->entries[order != NULL ? order[i] : i];
        if (i > 0)
            TRY(jinja_builder_add_text(b, style->item));
        TRY(break_line(b, style, level + 1));
        TRY(add_key(b, entry->key, style));
        TRY(jinja_builder_add_text(b, style->key));
        TRY(add_value(b, entry->value, style, level + 1));
    }
    if (dict->count > 0)
        TRY(break_line(b, style, level));
    TRY(jinja_builder_add_format(b, "}"));
done:
    return status;
}

static distill_status add_float(jinja_builder *b, double real)
{
    if (isnan(real) || isinf(real))
        return jinja_builder_add_format(b, "%s",
                                        isnan(real) ? "NaN"
                                        : real > 0  ? "Infinity"
                                                    : "-Infinity");
    return jinja_print_float(b, real);
}

static distill_status add_value(jinja_builder *b, jinja_value value, const jinja_json_style *style,
                                size_t level)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_enter(b->run));
    TRY(jinja_step(b->run));
    if (value.kind == JINJA_STRING)
        TRY(add_string(b, value, style));
    else if (value.kind == JINJA_NONE)
        TRY(jinja_builder_add_format(b, "null"));
    else if (value.kind == JINJA_BOOL)
        TRY(jinja_builder_add_format(b, value.as.truth ? "true" : "false"));
    else if (value.kind == JINJA_INT)
        TRY(jinja_builder_add_format(b, "%lld", (long long)value.as.integer));
    else if (value.kind == JINJA_FLOAT)
        TRY(add_float(b, value.as.real));
    else if (value.kind == JINJA_LIST && value.form <= JINJA_FORM_TUPLE)
        TRY(add_list(b, value.as.list, style, level));
    else if (value.kind == JINJA_DICT)
        TRY(add_dict(b, value.as.dict, style, level));
    else
        TRY(jinja_fail(b->run, "Object of type %s is not JSON serializable",
                       jinja_type_name(value)));
    b->run->depth--;
done:
    return status;
}

distill_status jinja_print_json(jinja_builder *b, jinja_value value, const jinja_json_style *style)
{
    return add_value(b, value, style, 0);
}
